"""A visit outlives clocks that differ: those of two machines, and one that was set back by a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, TimestampSigner

from channels.web.visit import Visits

DAY = 24 * 3600


@pytest.fixture
def app() -> Flask:
    made = Flask("clocks")
    made.secret_key = "k" * 40
    made.permanent_session_lifetime = timedelta(days=30)
    return made


def signed(app: Flask, monkeypatch: pytest.MonkeyPatch, apart: int) -> str:
    """A cookie that a machine whose clock is ahead by `apart` seconds made."""
    serializer = Visits().get_signing_serializer(app)
    assert serializer
    now = TimestampSigner.get_timestamp
    with monkeypatch.context() as patched:
        patched.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) + apart)
        return str(serializer.dumps({"visit": "a"}))


@pytest.mark.parametrize("apart", [0, 2, DAY, -DAY])
def test_it_is_found_again(app: Flask, monkeypatch: pytest.MonkeyPatch, apart: int) -> None:
    cookie, serializer = signed(app, monkeypatch, apart), Visits().get_signing_serializer(app)
    assert serializer
    assert serializer.loads(cookie, max_age=30 * DAY) == {"visit": "a"}


def test_flask_alone_would_lose_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie, theirs = signed(app, monkeypatch, 2), SecureCookieSessionInterface().get_signing_serializer(app)
    assert theirs
    with pytest.raises(BadSignature):
        theirs.loads(cookie, max_age=30 * DAY)


def test_what_is_too_old_or_forged_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    serializer = Visits().get_signing_serializer(app)
    assert serializer
    with pytest.raises(BadSignature):
        serializer.loads(signed(app, monkeypatch, -31 * DAY), max_age=30 * DAY)
    with pytest.raises(BadSignature):
        serializer.loads(signed(app, monkeypatch, 0)[:-2] + "xx", max_age=30 * DAY)
