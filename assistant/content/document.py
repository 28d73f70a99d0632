"""A YAML file that remembers where each value stands, so that a writer is told the line to mend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend: which file, which line, and a sentence a writer understands."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


@dataclass(frozen=True)
class Document:
    """A parsed file: `data` is plain Python, `lines` gives the line of each key path."""

    file: str
    data: Any
    lines: dict[Place, int]

    def problem(self, place: Place, sentence: str) -> Problem:
        """A Problem at the nearest known line at or above `place`."""
        while place and place not in self.lines:
            place = place[:-1]
        return Problem(self.file, self.lines.get(place, 1), sentence)


def read(path: Path, root: Path) -> tuple[Document, list[Problem]]:
    """Parse `path`; a broken file gives an empty Document and one Problem. Never raises for bad content."""
    name = path.relative_to(root).as_posix()
    loader: Any = None
    try:
        # The parser written in C is seven times as fast, and not on every machine.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        problems: list[Problem] = []
        if node is None:
            return Document(name, {}, {}), [Problem(name, 1, "Ce fichier est vide.")]
        _walk(node, (), lines, problems, name)
        return Document(name, loader.construct_document(node), lines), problems
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Document(name, {}, {}), [Problem(name, line, f"Ce fichier ne se lit pas : {error.problem}.")]
    except (OSError, ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        return Document(name, {}, {}), [Problem(name, 1, f"Ce fichier ne se lit pas : {error}.")]
    finally:
        if loader is not None:
            loader.dispose()


def _walk(node: Any, place: Place, lines: dict[Place, int], problems: list[Problem], name: str) -> None:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            here = (*place, str(key.value))
            if key.value in seen:
                problems.append(Problem(name, key.start_mark.line + 1, f"« {key.value} » est écrit deux fois."))
            seen.add(key.value)
            _walk(value, here, lines, problems, name)
            lines[here] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*place, index), lines, problems, name)
