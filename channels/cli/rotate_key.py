"""`camille rotate-key`: seals everything kept under the first of the secrets in SECRET_KEY."""

from __future__ import annotations

from rich.console import Console

from assistant.errors import SettingError
from assistant.privacy.resealing import reseal
from assistant.privacy.sealing import Sealer
from assistant.settings import read_settings
from assistant.storage.database import Database


def rotate_key() -> None:
    """Seal all anew, and say what was. Raises SettingError when there is one secret only."""
    settings, console = read_settings(), Console()
    if not settings.older_secret_keys:
        raise SettingError("SECRET_KEY ne contient qu'un secret : mettez le nouveau devant, puis une virgule.")
    database = Database(settings.database_url)
    database.prepare(here=settings.local)
    database.recognise(settings.peppers)
    try:
        done = reseal(database, Sealer(*settings.secret_keys))
    finally:
        database.close()
    names = ", ".join(f"{count} {table}" for table, count in done.tables.items()) or "rien, tout l'était déjà"
    console.print(f"Scellé de nouveau : {names}.", highlight=False)
    if done.shut:
        console.print(f"{done.shut} valeurs ne s'ouvrent sous aucun des secrets : elles sont perdues.")
    console.print("Demain, retirez les anciens secrets : ce qui ne dure que quelques heures est encore sous eux.")
