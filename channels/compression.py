"""Sends text packed (gzip) to browsers that take it: a page and its sheet weigh a third, which a 3G telephone feels.

Packing a secret together with words that a stranger chose would let him guess the secret by the size (BREACH). What he
can choose is an address that he has somebody open: a form needs a token of ours. One page shows a part of its address
back, /i/<token>, and the one secret on it is such a token. Of that, what stays the same for a session opens nothing;
what opens is a signature of 160 bits, new each second. tests/channels/test_compression.py looks at every page.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Response, request

PACKED = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "image/svg+xml",
        "application/manifest+json",
    }
)
# Below this the packet on the line is the same.
LEAST = 1024
LEVEL = 6


def pack(response: Response) -> Response:
    """`response`, packed where that is worth it and asked for."""
    if response.mimetype not in PACKED:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 206 or "Content-Encoding" in response.headers or request.method == "HEAD":
        return response
    if not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False  # a file, that would be sent as it lies on the disk
    body = response.get_data()
    if len(body) < LEAST:
        return response
    # Pages differ each time; files come from the memory of those packed before.
    packed = _same(body) if response.headers.get("ETag") else gzip.compress(body, LEVEL, mtime=0)
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # the same content in other bytes
    return response


@lru_cache(maxsize=32)
def _same(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
