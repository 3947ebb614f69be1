"""The port `Store`, through which queries are answered, and the scan that every query text passes first."""

from govplan.sparql.port import Answer, Request, Scan, Store

__all__ = ["Answer", "Request", "Scan", "Store"]
