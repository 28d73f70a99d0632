"""Which understanding a conversation has: its own, loaded here, or one asked over the network."""

from __future__ import annotations

from collections.abc import Callable

from assistant.distant import DistantMind
from assistant.guide import Guide
from assistant.mind import Mind
from assistant.settings import Settings

AnyMind = Mind | DistantMind


def mind_of(settings: Settings, guide: Callable[[], Guide]) -> AnyMind:
    """In this process, unless `UNDERSTANDING_URL` names a service that understands for several."""
    if settings.understanding_url:
        return DistantMind(settings.understanding_url, settings.understanding_key)
    return Mind(settings, guide)
