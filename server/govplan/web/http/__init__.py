"""HTTP: reading requests, negotiation, caching, errors and answers. Nothing here knows what a plan is."""
