"""Our own files (sheet, script, drawings): their address changes with what they hold, so browsers keep them a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, request

FOLDER = Path(__file__).parent / "static"
OURS = "web.static"
STATIC = ".static"  # how Flask names the endpoint of a blueprint's own files
YEAR = 365 * 24 * 3600


def versioned(endpoint: str, values: dict[str, Any]) -> None:
    """Add the print of the file to the address that `url_for` makes."""
    if endpoint.endswith(STATIC) and "v" not in values:
        values["v"] = _print_of(endpoint, values.get("filename", ""))


def kept(response: Response) -> Response:
    """Let what was asked for by its print be kept. By its bare name, a file is asked for again each time (ETag)."""
    if request.endpoint and request.endpoint.endswith(STATIC) and response.status_code in (200, 304):
        version = request.args.get("v")
        if version and version == _print_of(request.endpoint, (request.view_args or {}).get("filename", "")):
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _print_of(endpoint: str, name: str) -> str | None:
    face = current_app.blueprints.get(endpoint.removesuffix(STATIC))
    folder = FOLDER if endpoint == OURS else face and face.static_folder
    if not folder:
        return None
    path = Path(folder) / name
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> str:
    """`_changed` is there for those who edit a file while it is served."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
