"""Headers that every answer carries (OWASP ASVS 5.0: 3.4.3 to 3.4.6, 14.3.2). A view that set one keeps its own."""

from __future__ import annotations

from flask import Response

from channels.services import services


def policy(ancestors: str = "'none'") -> str:
    """What a page may load (nothing but ours) and which sites may show it in a frame (none, but for `ancestors`)."""
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        f"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )


def harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", policy())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    if not services().settings.local:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
