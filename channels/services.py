"""What a face needs inside a request: the settings, the conversation, the clock, the drawings, the purposes."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from assistant.clock import Clock
from assistant.conversation import Conversation
from assistant.privacy.register import Entry
from assistant.settings import Settings
from channels.web.drawings import Drawings


@dataclass(frozen=True)
class Services:
    """Given once, when the application is built."""

    settings: Settings
    conversation: Conversation
    clock: Clock
    drawings: Drawings
    register: tuple[Entry, ...]


def services() -> Services:
    """What `create_app` was given."""
    found: Services = current_app.extensions["camille"]
    return found
