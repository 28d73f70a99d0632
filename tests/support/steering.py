"""Those who run the service, one of each role, and browsers, without JavaScript, in which they are signed in."""

from __future__ import annotations

import re
from typing import Any

import pyotp
from flask import Flask, Response
from sqlalchemy import select

from assistant.one_time_codes import new_key
from assistant.operator_proofs import OperatorProofs, hashed
from assistant.storage import operators, practice_slips, schema
from assistant.storage.operators import Role
from channels.services import Services
from channels.steering import operator
from tests.support.practice import Browser

PASSWORD = "le train de huit heures"


def an_operator(app: Flask, role: Role, word: str = "") -> tuple[str, pyotp.TOTP]:
    """Somebody who has taken her access up: her name and her telephone."""
    given: Services = app.extensions["camille"]
    codes = OperatorProofs(given.settings).codes
    with given.conversation.database.transaction() as connection:
        name, token = operators.add(connection, word or role, role, given.clock())
        practice_slips.take(connection, operators.GIVEN, token, given.clock())
        key = new_key(name)
        operators.take_up(connection, name, hashed(PASSWORD), codes.seal(key))
    return name, pyotp.TOTP(key.secret)


def cookie(app: Flask, name: str, base: str) -> tuple[str, str]:
    """The cookie of a new session: its name and what it carries."""
    with app.test_request_context(base_url=base):
        given = operator.sign_in(name, Response()).headers["Set-Cookie"]
    label, _, rest = given.partition("=")
    return label, rest.split(";")[0]


def browser(app: Flask, name: str, base: str) -> Browser:
    client = app.test_client()
    label, token = cookie(app, name, base)
    client.set_cookie(label, token, domain=re.sub(r"https?://|:\d+", "", base), secure=base.startswith("https"))
    return Browser(client, base)


def acts(app: Flask) -> list[tuple[str, str]]:
    """What was noted, but for coming and going: the act and what it was about."""
    given: Services = app.extensions["camille"]
    with given.conversation.database.transaction() as connection:
        rows: list[Any] = connection.execute(select(schema.operator_acts).order_by(schema.operator_acts.c.id)).all()
    return [(row.act, row.about) for row in rows if not row.act.startswith("signed_")]
