"""Opens a conversation for a command of the terminal: the configured database, and the trained model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from assistant.conversation import Conversation
from assistant.rasa_stores import refuse_rasa_stores
from assistant.settings import Settings, read_settings
from assistant.storage.database import Database
from assistant.training import is_stale
from channels.cli.train import train_with_progress


@contextmanager
def opened(console: Console | None = None, *, understanding: bool = True) -> Iterator[tuple[Settings, Conversation]]:
    """The settings and a conversation, ready to be talked to; closed when the block ends.

    Trains first if what Camille learns from has changed. What is said meanwhile goes to the error output, so that a
    command's own lines can be read by another program.
    """
    console = console or Console(stderr=True)
    settings = read_settings()
    refuse_rasa_stores()
    database = Database(settings.database_url)
    database.prepare(here=settings.local)
    database.recognise(settings.peppers)
    conversation = Conversation(settings, database)
    try:
        if understanding:
            if not settings.understanding_url and is_stale(settings):
                train_with_progress(console)
            with console.status("Camille se prépare…"):
                conversation.mind.prepare()
        yield settings, conversation
    finally:
        conversation.close()
