"""Oxigraph on one release, behind worker processes that a query may end without harm to any other."""

from govplan.store.embedded.pool import EmbeddedStore, PoolLimits

__all__ = ["EmbeddedStore", "PoolLimits"]
