"""Reads labelled messages: JSON lines {"text", "intent"[, "style"]}, a Rasa NLU YAML file, or a folder of such files.

Who wrote them stands beside: in FILE.about.txt for a file, in the first paragraph of ABOUT.md for a folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.content.document import Document, Problem, read
from assistant.errors import ContentError
from assistant.settings import ROOT

LINES, RASA = (".jsonl",), (".yml", ".yaml")
MOST_PROBLEMS = 10
# What else Rasa's files hold.
OTHERS = {"synonym", "lookup", "regex"}
# Rasa's marks for entities: « [Lyon](ville) », « [Lyon]{"entity": "ville"} ». Our masks have nothing behind them.
ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Labelled:
    """One message and the topic that its writer meant. `style` is whatever the file says: "sms", "voice", a writer."""

    text: str
    intent: str
    style: str = ""


# With the line it stands on.
Placed = tuple[int, Labelled]


@dataclass(frozen=True)
class MessageSet:
    """The messages of one file or folder, under its name; `who` wrote them, empty when nobody said."""

    name: str
    who: str
    messages: tuple[Labelled, ...]


def read_labelled(path: Path, topics: Collection[str] = ()) -> MessageSet:
    """The messages of `path`, about `topics` when these are given.

    Raises ContentError with one line a problem: which file, which line, what to mend.
    """
    name = shown(path)
    if not path.exists():
        raise ContentError(f"{name} n'existe pas.")
    files = sorted(found for found in path.rglob("*") if found.suffix in RASA + LINES) if path.is_dir() else [path]
    messages: list[Labelled] = []
    problems: list[Problem] = []
    for file in files:
        for line, message in _read(file, problems):
            messages.append(message)
            if topics and message.intent not in topics:
                problems.append(Problem(shown(file), line, f"« {message.intent} » n'est pas un thème de Camille."))
    if problems:
        raise ContentError("\n".join(str(problem) for problem in sorted(problems)[:MOST_PROBLEMS]))
    if not messages:
        raise ContentError(f"{name} ne contient aucun message (il faut un fichier .jsonl ou .yml, ou un dossier).")
    return MessageSet(name, _who(path), tuple(messages))


def shown(path: Path) -> str:
    """The name of `path` in a report: its place in the project, or its last part. Whose machine it was is not told."""
    full = path.resolve()
    return full.relative_to(ROOT).as_posix() if full.is_relative_to(ROOT) else full.name


def _read(path: Path, problems: list[Problem]) -> list[Placed]:
    if path.suffix in RASA:
        document, unread = read(path.resolve(), path.resolve().parent)
        problems += [Problem(shown(path), problem.line, problem.sentence) for problem in unread]
        return [] if unread else list(_rasa(document, shown(path), problems))
    if path.suffix in LINES:
        return list(_lines(path, problems))
    problems.append(Problem(shown(path), 1, "un fichier de messages se termine par .jsonl, .yml ou .yaml."))
    return []


def _lines(path: Path, problems: list[Problem]) -> Iterator[Placed]:
    name = shown(path)
    try:
        # Not splitlines(): a text may hold the other signs that end a line.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(name, 1, f"ne se lit pas : {error}."))
        return
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and _is_words(found.get("text")) and _is_words(found.get("intent")):
            yield number, Labelled(_whole(found["text"]), _whole(found["intent"].strip()), _style(found))
        else:
            problems.append(Problem(name, number, 'chaque ligne est un objet {"text": "...", "intent": "..."}.'))


def _rasa(document: Document, name: str, problems: list[Problem]) -> Iterator[Placed]:
    """The examples of the intents."""
    entries = document.data.get("nlu") if isinstance(document.data, dict) else None
    if not isinstance(entries, list):
        problems.append(Problem(name, 1, "il faut un groupe « nlu: », comme dans data/nlu."))
        return
    for index, entry in enumerate(entries):
        if isinstance(entry, dict) and OTHERS & entry.keys():
            continue
        line = document.problem(("nlu", index), "").line
        if not isinstance(entry, dict) or not _is_words(entry.get("intent")):
            problems.append(Problem(name, line, "« intent: » est le nom d'un thème."))
            continue
        texts = _examples(entry.get("examples"))
        if texts is None:
            problems.append(Problem(name, line, "« examples: | » est suivi de lignes « - message »."))
            continue
        yield from ((line, Labelled(ENTITY.sub(r"\1", text), entry["intent"].strip())) for text in texts)


def _examples(examples: Any) -> Sequence[str] | None:
    """The messages of a block of « - » lines, or of a list; None when it is neither."""
    if isinstance(examples, str):
        lines = [line.strip() for line in examples.splitlines() if line.strip()]
        if all(line.startswith("-") for line in lines):
            return [text for line in lines if (text := line.removeprefix("-").strip())]
    if isinstance(examples, list):
        texts = [item.get("text") if isinstance(item, dict) else item for item in examples]
        if all(isinstance(text, str) for text in texts):
            return [text.strip() for text in map(str, texts) if text.strip()]
    return None


def _who(path: Path) -> str:
    """Who wrote the messages, in one line."""
    beside = [path / "ABOUT.md"] if path.is_dir() else [path.with_suffix(".about.txt"), Path(f"{path}.about.txt")]
    for about in beside:
        if about.is_file():
            paragraphs = about.read_text(encoding="utf-8", errors="replace").split("\n\n")
            told = [" ".join(text.split()) for text in paragraphs if text.strip() and not text.lstrip().startswith("#")]
            return told[0] if told else ""
    return ""


def _style(found: dict[str, Any]) -> str:
    style = found.get("style")
    return _whole(style.strip()) if isinstance(style, str) else ""


def _whole(text: str) -> str:
    """`text` without half letters (lone surrogates), which no report could be written with."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
