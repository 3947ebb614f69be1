"""Adapters of the port `Store`: what answers queries."""
