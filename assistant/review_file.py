"""The review file: what was not understood and somebody filed under a topic, in Rasa's own format of training messages.

It stands outside data/, which a service never writes. `camille review --adopt` takes it into data/nlu, where a person
reads the difference before it is trained. Marks of words that were taken out are left out of the messages.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import ContentError
from assistant.folding import fold

VERSION = "3.1"
MARK = re.compile(r"\[[^\]]*\]")
# « [mot] [mot] oui » teaches nothing.
FEWEST_WORDS = 2
HEAD = "# What was not understood, filed under its topic. Read it, then: camille review --adopt\n"


def example(text: str) -> str:
    """`text` as a training message; "" where too little is left of it."""
    plain = " ".join(MARK.sub(" ", text).replace("[", " ").replace("]", " ").split()).strip(" .,;:!?-")
    return plain if len(fold(plain).split()) >= FEWEST_WORDS else ""


def read_review(path: Path) -> dict[str, list[str]]:
    """The messages of each topic; nothing when there is no file. Raises ContentError for a file that is something
    else."""
    if not path.is_file():
        return {}
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {
            str(entry["intent"]): [line.removeprefix("- ") for line in str(entry["examples"]).splitlines() if line]
            for entry in data["nlu"]
        }
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path} : ce n'est pas un fichier de relecture.") from error


def file(path: Path, topic: str, texts: Iterable[str]) -> int:
    """Add `texts` to `topic`, each once. Returns how many are new. Raises OSError when it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        found = read_review(path)
        kept = found.setdefault(topic, [])
        known = {fold(text) for text in kept}
        fresh = {fold(text): text for text in reversed([*filter(None, map(example, texts))])}
        new = [text for folded, text in reversed(fresh.items()) if folded not in known]
        kept += new
        if new:
            _write(path, found)
    return len(new)


@contextmanager
def emptied(path: Path) -> Iterator[dict[str, list[str]]]:
    """What is filed, to be taken elsewhere: when that went well the file is gone, and nothing was filed meanwhile.

    Raises ContentError for a file that is something else.
    """
    if not path.is_file():
        yield {}
        return
    with _alone(path):
        yield read_review(path)
        path.unlink(missing_ok=True)


def told(topics: Mapping[str, Iterable[str]]) -> str:
    """The file as text."""
    lines = [HEAD, f'version: "{VERSION}"\n', "nlu:\n"]
    for topic, texts in sorted(topics.items()):
        examples = [f"    - {text}\n" for text in texts]
        if examples:
            lines += [f"- intent: {topic}\n", "  examples: |\n", *examples]
    return "".join(lines)


def _write(path: Path, topics: Mapping[str, Iterable[str]]) -> None:
    """All of it or nothing: whoever reads meanwhile finds the one before."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as draft:
        draft.write(told(topics))
    Path(draft.name).replace(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two presses at once, or a press while it is taken in, in two processes, are one after the other."""
    with path.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield
