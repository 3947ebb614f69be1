"""Mirrors: RDF of others, taken whole, checked, and kept as files of a project."""
