"""The Flask application over one release, and the shell around it that speaks HTTP."""

from govplan.web.app import App, application, create_app, open_site

__all__ = ["App", "application", "create_app", "open_site"]
