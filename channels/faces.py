"""The Flask application of the faces: what breaks in a view is logged by the name of the view.

Flask would log the path, and the path of an invitation or of a resume link is its secret.
"""

from __future__ import annotations

import logging
from types import TracebackType

from flask import Flask, request

log = logging.getLogger("camille")


class Faces(Flask):
    """Flask, but for what it logs."""

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        log.error("A view failed: %s", request.endpoint, exc_info=exc_info)
