"""A running server: its processes, the release that it serves, and the only place that names concrete adapters."""
