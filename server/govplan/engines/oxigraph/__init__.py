"""Oxigraph on one release, behind worker processes that a query may end without harm to any other.

Nothing is imported here: a worker would import it too, and it is to start in no time.
"""
