"""`camille understand`: understands for other processes, which then need neither Rasa nor a model."""

from __future__ import annotations

from threading import Thread

from flask import Flask
from rich.console import Console

from assistant.content.book import open_book
from assistant.errors import ModelError, SettingError
from assistant.guides import open_guide
from assistant.mind import Mind
from assistant.rasa_stores import refuse_rasa_stores
from assistant.settings import Settings, read_settings
from assistant.training import is_stale
from channels.cli.gunicorn_service import GunicornService
from channels.cli.serve import must_be_free
from channels.operations.tracing import MIND, collector_of
from channels.understanding.service import create_service

# One sentence at a time is understood; threads are for those who wait, and for /readyz.
THREADS = 8


def understand() -> None:
    """Serve until Ctrl-C. Raises a CamilleError, in one plain sentence, for whatever prevents it."""
    settings, console = read_settings(keeping=False), Console()
    refuse_rasa_stores()
    if not settings.understanding_key:
        raise SettingError("Il manque UNDERSTANDING_BIND, l'adresse où écouter. Exemple : 127.0.0.1:8100")
    if is_stale(settings):
        raise ModelError("Le modèle manque, ou n'est plus celui des données. Lancez avant : camille train")
    open_book(settings.data)
    host, _, port = settings.understanding_bind.rpartition(":")
    must_be_free(host, int(port))
    console.print(f"Camille comprend pour d'autres, sur {settings.understanding_bind}   (Ctrl-C pour arrêter)")
    GunicornService(settings.understanding_bind, lambda: _application(settings, console), threads=THREADS).run()


def _application(settings: Settings, console: Console) -> Flask:
    # Of Twilio's account it knows nothing: a number that is given is one that rings.
    guide = open_guide(settings, rings=True)
    mind = Mind(settings, lambda: guide)

    def prepare() -> None:
        mind.prepare_behind().join()
        console.print("Camille est prête à comprendre." if mind.ready else mind.problem)

    Thread(target=prepare, name="ready", daemon=True).start()
    return create_service(mind, settings.understanding_key, collector_of(settings, MIND))
