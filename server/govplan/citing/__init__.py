"""Citing: the normal form of a query, the hashes of an answer, keys, records and styles. No Flask, no HTML."""
