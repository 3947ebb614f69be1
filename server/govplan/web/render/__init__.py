"""Showing: pages, tables, charts and their words, from what the read model and the store say."""
