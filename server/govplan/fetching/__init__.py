"""Fetching from other servers: within a time and a size, from public addresses and the hosts that a project allows."""
