"""`camille serve`: the service, on gunicorn. It answers within seconds; Camille learns and loads meanwhile."""

from __future__ import annotations

import atexit
import socket
from functools import partial
from threading import Event, Thread

from flask import Flask
from rich.console import Console

from assistant.clock import now
from assistant.conversation import Conversation
from assistant.errors import SettingError
from assistant.guide import Guide
from assistant.guides import open_guide
from assistant.lexicon import Lexicon, open_lexicon
from assistant.privacy.plain_words import plain_words
from assistant.rasa_stores import refuse_rasa_stores
from assistant.reminders.hours import allowed
from assistant.settings import Settings, read_settings
from assistant.storage.database import Database
from assistant.training import is_stale
from channels.app import create_app, with_views
from channels.cli.carrying import carry, courier_of
from channels.cli.gunicorn_service import GunicornService
from channels.cli.purging import purge_nightly
from channels.cli.train import train_with_progress
from channels.cli.trying import open_trial
from channels.faces import Faces
from channels.providers.console import ConsoleCarrier
from channels.web.drawings import Drawings

# One process holds one model (some 400 MB) and takes one sentence at a time; threads are for those who wait.
THREADS = 16
# Seconds that a service which understands is waited for before anybody is answered: nearby it takes some milliseconds.
MET_WITHIN = 1.0
Content = tuple[Guide | None, Lexicon | None]


def serve() -> None:
    """Serve until Ctrl-C. Raises a CamilleError, in one plain sentence, for whatever prevents it."""
    settings, console = read_settings(), Console()
    refuse_rasa_stores()
    guide, lexicon = open_guide(settings, rings=settings.twilio), open_lexicon(settings.data / "lexicon")
    Drawings(settings.data, lambda: guide.book)
    database = Database(settings.database_url)
    database.prepare(here=settings.local)
    database.recognise(settings.peppers)
    database.close()
    host = "127.0.0.1" if settings.local else "0.0.0.0"  # noqa: S104 - in its container, behind a proxy
    must_be_free(host, settings.port)
    if settings.local:
        read: Content = (None, None)  # the conversation reads data/, again and again: a writer changes it
    else:
        # Before a worker is forked: one that takes the place of another answers at once.
        read = (guide, lexicon)
        warm(settings)
    console.print(f"\nCamille est sur [bold]{settings.public_base_url}[/]   (Ctrl-C pour arrêter)")
    console.print("Dans un autre terminal : camille chat, camille sms, camille call, camille doctor\n")
    bind, build = f"{host}:{settings.port}", partial(_application, settings, console, *read)
    GunicornService(bind, build, threads=THREADS, proxies=settings.trusted_proxies).run()


def warm(settings: Settings) -> None:
    """Make what is made once now, not in the middle of somebody's turn: pages, ordinary words, public holidays."""
    with_views(Faces("channels"), local=settings.local).compile_templates()
    plain_words(settings.data)
    allowed(now())


def _application(settings: Settings, console: Console, guide: Guide | None, lexicon: Lexicon | None) -> Flask:
    conversation = Conversation(settings, Database(settings.database_url), guide=guide, lexicon=lexicon)
    atexit.register(conversation.close)

    def train() -> None:
        console.print("Les données ont changé : Camille apprend. La page attend avec vous.")
        train_with_progress(console)

    def prepare() -> None:
        if settings.local:
            warm(settings)
        here = not settings.understanding_url
        conversation.mind.prepare_behind(train if here and is_stale(settings) else None).join()
        if conversation.mind.ready:
            console.print(f"Camille est prête : [bold]{settings.public_base_url}[/]")
        else:
            console.print(f"Camille ne comprend pas les phrases : {conversation.mind.problem}")

    app = create_app(settings, conversation)
    open_trial(app, settings, console)
    if settings.understanding_url:
        # Whoever wrote while this process started is answered at once, and may have written a sentence.
        conversation.mind.prepare_behind().join(MET_WITHIN)
    Thread(target=prepare, name="ready", daemon=True).start()
    if settings.local and not settings.twilio:
        work_here(conversation, console, Event())
    return app


def work_here(conversation: Conversation, console: Console, stopped: Event) -> None:
    """Do what `camille worker` does, until `stopped`, but print what would be sent.

    On one machine with nothing configured, one command is enough.
    """
    courier = courier_of(conversation, ConsoleCarrier(lambda line: console.print(line, markup=False)))
    Thread(target=carry, args=(courier, stopped), name="courier", daemon=True).start()
    purge_nightly(conversation.database, stopped)


def must_be_free(host: str, port: int) -> None:
    """Raises SettingError when somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(f"le port {port} est déjà pris. Choisissez-en un autre : PORT=8001 make run") from error
