"""The Flask application over one release, and the shell around it that speaks HTTP."""

from govplan.web.app import App, create_app

__all__ = ["App", "create_app"]
