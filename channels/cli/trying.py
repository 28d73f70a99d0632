"""The way in to /medecin on one machine with nothing configured: a pretend identity provider, or a one-time link."""

from __future__ import annotations

from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from rich.console import Console

from assistant.settings import LOCAL_HOSTS, Settings
from channels.practice.pretend.running import PretendError, PretendProvider
from channels.practice.psc import EXTENSION, Doorway
from channels.practice.trial import offer_link


def open_trial(app: Flask, settings: Settings, console: Console) -> Thread | None:
    """Prepare it behind. Does nothing on a public address, nor where Pro Santé Connect is set."""
    if not settings.local or settings.psc.configured:
        return None
    doorway: Doorway = app.extensions[EXTENSION]
    doorway.state = "preparing"

    def prepare() -> None:
        try:
            provider = PretendProvider(settings.var / "pretend", sites(settings))
        except (PretendError, OSError) as error:
            # Told at once: without it, a link is all there is.
            why = str(error) if isinstance(error, PretendError) else type(error).__name__
            offer_link(app, lambda link: _write(console, link, why))
            return
        app.extensions["camille.pretend"] = provider  # as long as it is held, it runs
        doorway.open(provider.psc, pretend=True)
        console.print(f"Pour les médecins, à l'essai : [bold]{settings.public_base_url}/medecin[/]")

    thread = Thread(target=prepare, name="trial", daemon=True)
    thread.start()
    return thread


def sites(settings: Settings) -> list[str]:
    """Every name that this machine's page may be opened by."""
    parts: Any = urlsplit(settings.public_base_url)
    port = f":{parts.port}" if parts.port else ""
    hosts = (f"[{host}]" if ":" in host else host for host in sorted(LOCAL_HOSTS))
    return [f"{parts.scheme}://{host}{port}" for host in hosts]


def _write(console: Console, link: str, why: str) -> None:
    told = f"\nPour les médecins, à l'essai. {why} Ce lien sert une fois, pendant un quart d'heure :"
    console.print(told, markup=False)
    console.print(link, markup=False, soft_wrap=True)
