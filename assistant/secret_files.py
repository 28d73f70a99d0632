"""Settings as given, secrets also from files: `SECRET_KEY_FILE=/run/secrets/key` names what `SECRET_KEY` would hold.

Docker, Kubernetes and systemd (`LoadCredential`) hand secrets over as files. An environment is read by every process
that is started from it, and ends in crash reports and in `docker inspect`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from assistant.errors import SettingError

# What must not be read by others. Addresses of databases are here because they carry passwords.
SECRETS = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "PSEUDONYM_PEPPER",
    "TWILIO_AUTH_TOKEN",
    "PSC_CLIENT_SECRET",
    "UNDERSTANDING_KEY",
    "METRICS_TOKEN",
)


class WithFiles(Mapping[str, str]):
    """`given`, where each secret may also be named by a file. Raises SettingError, never with what the file holds."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._read: dict[str, str] = {}
        filled = {name: value for name, value in given.items() if value}
        for name in SECRETS:
            variable = f"{name}_FILE"
            if variable in filled:
                if name in filled:
                    raise SettingError(f"{name} et {variable} sont donnés tous les deux. Gardez-en un.")
                self._read[name] = _held(variable, Path(filled[variable]))

    def __getitem__(self, name: str) -> str:
        found = self._read.get(name)
        # Asked for by `get`, so that whoever gave us the settings sees which of them were asked for.
        value = self._given.get(name) if found is None else found
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter({*self._given, *self._read})

    def __len__(self) -> int:
        return len({*self._given, *self._read})


def _held(variable: str, path: Path) -> str:
    """What the file holds, without the line end that editors and `echo` leave behind."""
    try:
        value = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise SettingError(f"{variable} : le fichier {path} ne se lit pas ({type(error).__name__}).") from error
    if not value.strip():
        raise SettingError(f"{variable} : le fichier {path} est vide.")
    if "\n" in value or "\0" in value:
        raise SettingError(f"{variable} : le fichier {path} doit tenir sur une seule ligne.")
    return value
