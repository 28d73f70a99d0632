"""`camille rotate-pepper`: names everybody by the newest of the peppers in PSEUDONYM_PEPPER."""

from __future__ import annotations

from time import monotonic

from rich.console import Console
from sqlalchemy.exc import OperationalError

from assistant.errors import SettingError
from assistant.privacy.rotating import rotate
from assistant.privacy.sealing import Sealer
from assistant.settings import read_settings
from assistant.storage.database import Database


def rotate_pepper() -> None:
    """Rename all at once, and say what was. Raises a CamilleError when nothing was changed."""
    settings, console = read_settings(), Console()
    database = Database(settings.database_url)
    database.prepare(here=settings.local)
    began = monotonic()
    try:
        done = rotate(database, database.know(settings.peppers), Sealer(*settings.secret_keys))
    except OperationalError as error:
        raise SettingError(
            "la base est occupée : une sauvegarde, peut-être. Rien n'est changé. Recommencez plus tard."
        ) from error
    finally:
        database.close()
    if done is None:
        console.print(
            "La base est déjà écrite avec le plus récent des secrets de PSEUDONYM_PEPPER. Pour en changer, ajoutez-en "
            "un à la fin, après une virgule, redémarrez tout, puis relancez cette commande."
        )
        return
    names = ", ".join(f"{count} {table}" for table, count in done.tables.items() if count)
    console.print(f"Renommé en {monotonic() - began:.1f} s : {names}.", highlight=False)
    console.print(f"La base est écrite avec le secret n° {done.after}. Rien ne reste sous les précédents.")
    if done.shut:
        console.print(f"{done.shut} numéros étaient déjà illisibles : SECRET_KEY a été changé. Ils ne partiront pas.")
    console.print("Gardez tous les secrets, les anciens aussi : chaque nom passe par tous.")
