"""Who may open a page of a practice: whoever has an access may invite, and nothing else."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from channels.practice.member import member, required


def physicians_only() -> ResponseReturnValue | None:
    """For `before_request`: who is not signed in goes to the door, who is no physician is told so kindly."""
    sent_away = required()
    if sent_away is None and member().role != "physician":
        return render_template("practice/physicians_only.html"), 403
    return sent_away
