"""The web room: a Flask application over one release. Views are thin; see one module per URL family."""

from govplan.web.app import create_app, in_front
from govplan.web.cache import Cache

__all__ = ["Cache", "create_app", "in_front"]
