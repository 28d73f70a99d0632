"""One thing to say, worded for each channel, and the facts it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assistant.content.document import Document, Place, Problem
from assistant.turns import Channel

CHANNELS: tuple[Channel, ...] = ("web", "sms", "voice")


@dataclass(frozen=True)
class Wording:
    """The same thing for the page, the SMS and the ear."""

    web: str
    sms: str
    voice: str

    def on(self, channel: Channel) -> str:
        return {"web": self.web, "sms": self.sms, "voice": self.voice}[channel]


@dataclass(frozen=True)
class Basis:
    """Why a text may be said: facts of data/sources.yml, or `ours` when it speaks of Camille herself."""

    facts: tuple[str, ...]
    ours: bool
    checked: date


class Form:
    """Reads the fields of one entry and gathers what is wrong, so that one run tells everything."""

    def __init__(self, document: Document, place: Place, data: Any, problems: list[Problem]) -> None:
        self.document = document
        self.place = place
        self.problems = problems
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.wrong("Il faut ici des champs (nom: valeur).")

    def wrong(self, sentence: str, *below: str | int) -> None:
        self.problems.append(self.document.problem((*self.place, *below), sentence))

    def allow(self, *names: str) -> None:
        """A misspelt field would be ignored in silence: name it."""
        for name in self.data:
            if name not in names:
                self.wrong(f"Le champ « {name} » n'existe pas. Champs possibles : {', '.join(names)}.", name)

    def text(self, name: str, *, default: str | None = None) -> str:
        value = self.data.get(name, default)
        if isinstance(value, str) and (value.strip() or default is not None):
            return " ".join(value.split())
        self.wrong(f"Il manque le texte « {name} ».", name)
        return ""

    def words(self, name: str) -> tuple[str, ...]:
        value = self.data.get(name) or []
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.wrong(f"« {name} » est une liste de mots.", name)
        return ()

    def mapping(self, name: str) -> dict[str, Any]:
        """A field that holds names and values; empty when it is not there or is something else."""
        value = self.data.get(name)
        if value is None:
            return {}
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return value
        self.wrong(f"« {name} » demande des champs (nom: valeur).", name)
        return {}

    def names(self, name: str) -> dict[str, str]:
        """A field that maps names to names."""
        found = self.mapping(name)
        if all(isinstance(value, str) for value in found.values()):
            return found
        self.wrong(f"« {name} » relie des noms à des noms.", name)
        return {}

    def listed(self, name: str) -> list[Any]:
        """A field that holds a list; empty when it is not there or is something else."""
        value = self.data.get(name)
        if value is None or isinstance(value, list):
            return list(value or [])
        self.wrong(f"« {name} » est une liste.", name)
        return []

    def wording(self, name: str, *, required: bool = True) -> Wording | None:
        value = self.data.get(name)
        if value is None and not required:
            return None
        if not isinstance(value, dict):
            self.wrong(f"Il manque « {name} » avec ses trois textes : web, sms, voice.", name)
            return Wording("", "", "")
        below = Form(self.document, (*self.place, name), value, self.problems)
        below.allow(*CHANNELS)
        return Wording(below.text("web"), below.text("sms"), below.text("voice"))

    def basis(self) -> Basis:
        """`facts:` or `ours: true`, and `checked:`."""
        facts = self.words("facts")
        ours = self.data.get("ours") is True
        if not facts and not ours:
            self.wrong("Il manque les faits (facts: [..]), ou « ours: true » si le texte parle de Camille.", "facts")
        checked = self.data.get("checked")
        if isinstance(checked, datetime):
            checked = checked.date()
        if not isinstance(checked, date):
            self.wrong("Il manque la date de relecture (checked: 2026-11-23).", "checked")
            checked = date.min
        return Basis(facts, ours, checked)
