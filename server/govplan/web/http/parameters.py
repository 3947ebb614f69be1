"""The request as views see it: an empty parameter is an absent one, at every address."""

from functools import cached_property

import flask
from werkzeug.datastructures import ImmutableMultiDict


class PlainRequest(flask.Request):
    """A request whose empty parameters count as absent."""

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:
        """The parameters of the address that say something."""
        return ImmutableMultiDict(pair for pair in super().args.items(multi=True) if pair[1])
