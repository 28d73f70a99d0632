"""Writes one JSON line for each turn, each failed sign-in and each fault: names and times, never what people wrote.

What must not be in a log is taken out last, of every line, whoever wrote it: private numbers, addresses of the network,
the letters of links. Of an error, its type and where it happened are kept; its value and the locals could hold words.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter

from assistant.privacy.masking import mask
from assistant.settings import ROOT
from assistant.watching import LETTERS, Seen

Line = MutableMapping[str, Any]

# Ours, and no words: a time would be taken for a long number, eight random letters for a code.
PLAIN = frozenset({"timestamp", "level", "logger"})
WHO = "who"
NETWORK = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.I
)
# Links, tokens and whole pseudonyms: 22 letters at random, of which some are digits or capitals.
SECRET = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z0-9])[A-Za-z0-9_-]{22,}(?![\w-])")
FRAMES = 30


def install(stream: TextIO | None = None) -> None:
    """Send everything that this process logs to `stream` (standard error), one JSON line each. Twice is once."""
    root = logging.getLogger()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter())
    for old in [one for one in root.handlers if isinstance(one.formatter, ProcessorFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    logging.getLogger("camille").setLevel(logging.INFO)


def formatter() -> logging.Formatter:
    """Makes the line of a record, whoever logged it."""
    return ProcessorFormatter(
        foreign_pre_chain=_named(),
        processors=[
            ProcessorFormatter.remove_processors_meta,
            traced,
            redacted,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def told(seen: Seen) -> None:
    """The line of one turn."""
    line: dict[str, Any] = {"channel": seen.channel, "topic": seen.topic, "step": seen.step, "who": seen.who}
    line["ms"] = round(seen.seconds * 1000, 1)
    line |= {f"{stage}_ms": round(seconds * 1000, 1) for stage, seconds in seen.stages.items()}
    line |= {name: value for name, value in (("failed", seen.failed), ("held", seen.held)) if value}
    if seen.missed:
        line["missed"] = True
    _turns.info("turn", **line)


def sign_in_failed(door: str, why: str) -> None:
    """The line of who was not let in: no name, no code, no address."""
    _sign_ins.warning("sign_in_failed", door=door, why=why)


def traced(_logger: Any, _name: str, line: Line) -> Line:
    """Of an error: its types, the cause last, and the places; neither values nor locals nor lines of code."""
    given = line.pop("exc_info", None)
    for part in ("exception", "stack_info", "stack"):
        line.pop(part, None)
    if given is True:
        given = sys.exc_info()
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if error is not None:
        line["error"], line["at"] = _types(error), _places(error.__traceback__)
    return line


def redacted(_logger: Any, _name: str, line: Line) -> Line:
    """The line without what must not be in it, however deep."""
    kept = {name: value if name in PLAIN else _clean(value) for name, value in line.items()}
    return kept | {WHO: str(line[WHO])[:LETTERS]} if WHO in line else kept


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(_clean(name)): _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    if isinstance(value, bool | int | float) or value is None:
        return value
    text = SECRET.sub("[jeton]", NETWORK.sub("[adresse]", str(value)))
    return mask(text).text


def _types(error: BaseException) -> list[str]:
    found: list[str] = []
    now: BaseException | None = error
    while now is not None and len(found) < FRAMES:
        found.append(type(now).__name__)
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    return found


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{_short(frame.filename)} {frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-FRAMES:]]


def _short(filename: str) -> str:
    """Ours from the root of the project; a library's from its own folder."""
    path = Path(filename)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])


def _named() -> list[Any]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _lines(name: str) -> BoundLogger:
    """With a chain of its own: Rasa's import sets structlog for everybody else (assistant/rasa_imports.py)."""
    lines: BoundLogger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[structlog.stdlib.filter_by_level, *_named(), ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
    )
    return lines


_turns, _sign_ins = _lines("camille.turns"), _lines("camille.sign_ins")
