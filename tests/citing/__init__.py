"""Tests of the normal form of queries, the hashes of answers, keys, records and styles."""
