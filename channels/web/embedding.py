"""The button that other sites put on their pages: its script, and the window it opens where it may.

A page in a frame of another site has no visit: its cookie is SameSite=Lax, and a browser would not send it. So the
window only presents Camille and leads to the real page, in a page of its own (docs/architecture.md, « The web »).
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from channels.headers import policy
from channels.services import services

embedding = Blueprint("embedding", __name__)

# A mistake of ours in it is mended everywhere within the hour.
HOUR = 3600


@embedding.get("/bouton")
def start() -> ResponseReturnValue:
    """The one page that may stand in a frame, and only on the sites that were allowed. It has no form and no cookie."""
    answer = make_response(render_template("web/start.html"))
    answer.headers["Content-Security-Policy"] = policy(" ".join(services().settings.embed_origins) or "'none'")
    return answer


@embedding.get("/bouton.js")
def button() -> ResponseReturnValue:
    """The script of the button: the same for everybody; where we are, it knows from its own address."""
    answer = Response(render_template("web/button.js"), mimetype="text/javascript")
    answer.headers["Cache-Control"] = f"public, max-age={HOUR}"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # it is made to be loaded from elsewhere
    answer.add_etag()
    return answer.make_conditional(request)
