"""What the tests of the assistant share: generated examples have no deadline, so that a busy machine fails none."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("camille", deadline=None)
settings.load_profile("camille")
