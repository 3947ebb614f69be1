"""The web room: a Flask application over one release. Views are thin; see one module per URL family."""

from govplan.web.app import App, create_app

__all__ = ["App", "create_app"]
