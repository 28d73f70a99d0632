"""The Flask application of the faces: what breaks in a view is logged by the name of the view.

Flask would log the path, and the path of an invitation or of a resume link is its secret.

Templates are compiled once in a process, for those that it forks too: all of them take a second, in which sixteen
threads would each compile the page that they were all asked for.
"""

from __future__ import annotations

import logging
from types import TracebackType

from flask import Flask, request
from jinja2.bccache import Bucket, BytecodeCache

log = logging.getLogger("camille")


class Compiled(BytecodeCache):
    """What templates became, in memory. Jinja asks for it by name and file, and looks whether the text is the same."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


class Faces(Flask):
    """Flask, but for what it logs, and that its templates are compiled once for all applications of a process.

    Jinja works out already then what a filter makes of a word in the template: ours depend on no application.
    """

    jinja_options = Flask.jinja_options | {"bytecode_cache": Compiled()}

    def compile_templates(self) -> None:
        """All of them, now."""
        for name in self.jinja_env.list_templates():
            self.jinja_env.get_template(name)

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        log.error("A view failed: %s", request.endpoint, exc_info=exc_info)
