"""The telephone faces over a real conversation and an empty database, with a mind that understands no sentence."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from assistant.content.book import Book, open_book
from assistant.conversation import Conversation
from assistant.guide import Guide
from assistant.guides import guide_over
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon, open_lexicon
from assistant.settings import ROOT, Settings, read_settings
from assistant.telling import Outcome
from assistant.turns import Channel
from channels.app import create_app
from tests.support.migrated import migrated
from tests.support.run_folders import run_folder
from tests.support.signing import signature

BASE = "https://camille.example"
TOKEN = "z" * 32
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
PERSON = "+33639980001"


class NoWords:
    """A mind that is there and understands nothing: what is decided without it is what is tested."""

    ready = True
    state = "ready"

    def __init__(self) -> None:
        self.guide: Guide | None = None
        self.heard: list[str] = []

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        self.heard.append(text)
        assert self.guide
        return self.guide.miss(place, channel)

    def answers(self) -> bool:
        return self.ready

    def parse(self, text: str) -> tuple[tuple[str, float], ...]:
        return ()

    def close(self) -> None:
        pass


@dataclass
class Face:
    """An application and the means to reach it as Twilio does."""

    app: Flask
    conversation: Conversation
    settings: Settings

    def post(
        self, path: str, form: Mapping[str, str], *, signed: bool = True, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """A POST with the signature of `path`, and whatever other headers."""
        given = dict(headers or {})
        if signed:
            given["X-Twilio-Signature"] = signature(TOKEN, BASE + path, form)
        client = self.app.test_client()
        return client.post(path, data=dict(form), headers=given)

    def close(self) -> None:
        self.conversation.close()


def open_face(var: Path, *, limited: bool = False, **changed: Any) -> Face:
    """A service with a Twilio account. `changed` replaces settings. Not `limited`: a test is many people at once."""
    settings = replace(
        read_settings(
            {
                "CAMILLE_VAR": str(var),
                "SECRET_KEY": "x" * 40,
                "PSEUDONYM_PEPPER": "y" * 40,
                "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
                "TWILIO_AUTH_TOKEN": TOKEN,
                "PUBLIC_BASE_URL": BASE,
            }
        ),
        **changed,
    )
    database = migrated(settings.database_url)
    mind: Any = NoWords()
    guide = guide_over(_book(), settings, rings=settings.twilio)
    conversation = Conversation(settings, database, mind, guide=guide, lexicon=_lexicon())
    mind.guide = conversation.guide
    app = create_app(settings, conversation, lambda: NOON, limited=limited)
    app.jinja_env.bytecode_cache = _templates()
    return Face(app, conversation, settings)


@functools.lru_cache(maxsize=1)
def _book() -> Book:
    """Read once: it takes more time than all the rest of a test."""
    return open_book(ROOT / "data")


@functools.cache
def _templates() -> FileSystemBytecodeCache:
    """Compiled once, like the book: each test has an application of its own."""
    return FileSystemBytecodeCache(str(run_folder("templates")))


@functools.lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return open_lexicon(ROOT / "data" / "lexicon")


def sms_form(text: str, *, number: str = PERSON, sid: str = "SM" + "1" * 32, **more: str) -> dict[str, str]:
    """What Twilio posts for a message."""
    return {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "From": number,
        "To": "+33199000001",
        "Body": text,
        "NumMedia": "0",
        "NumSegments": "1",
        "FromCity": "",
        "FromState": "",
        "FromZip": "",
        "FromCountry": "FR",
        "ToCountry": "FR",
        "ApiVersion": "2010-04-01",
        **more,
    }


def call_form(*, number: str = PERSON, sid: str = "CA" + "1" * 32, **more: str) -> dict[str, str]:
    """What Twilio posts for a call."""
    return {
        "CallSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "From": number,
        "To": "+33199000001",
        "CallStatus": "in-progress",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
        **more,
    }
