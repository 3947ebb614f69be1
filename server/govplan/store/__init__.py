"""Answering queries: the port `Store` and its adapters."""

from govplan.store.port import Answer, Request, Scan, Store

__all__ = ["Answer", "Request", "Scan", "Store"]
