"""`camille review`: what operators filed under a topic; with --adopt, taken into data/nlu for the next training."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant.content.document import read
from assistant.errors import ContentError, SettingError
from assistant.folding import fold
from assistant.review_file import emptied, read_review
from assistant.settings import read_settings

EXAMPLE = "    - "


def review(*, adopt: bool) -> None:
    """Show it, or take it in. Raises ContentError for a file that is something else."""
    settings, console = read_settings(keeping=False), Console()
    path = settings.review_file
    if path is None:
        raise SettingError("Il manque REVIEW_FILE : où le pilotage range ce qui n'a pas été compris.")
    filed = {topic: texts for topic, texts in read_review(path).items() if texts}
    if not filed:
        console.print("Rien n'attend d'être relu.")
        return
    if not adopt:
        table = Table("sujet", "phrases")
        for topic, texts in sorted(filed.items()):
            table.add_row(topic, "\n".join(texts))
        console.print(table)
        console.print(f"Le fichier : {path}", highlight=False, soft_wrap=True)
        console.print("Corrigez-le s'il le faut, puis : camille review --adopt")
        return
    try:
        with emptied(path) as filed:
            taken, left = take_in(settings.data, filed)
    except OSError as error:
        raise ContentError(f"{path} ne peut pas être pris : {error}. Vérifiez les droits, puis relancez.") from error
    for line in left:
        console.print(line, highlight=False, markup=False)
    console.print(f"Phrases entrées dans data/nlu : {taken}. Le fichier de relecture est effacé.")
    console.print("Relisez la différence, puis : camille train")


def take_in(data: Path, filed: dict[str, list[str]]) -> tuple[int, list[str]]:
    """Add to each topic's file of messages what none of them holds yet. How many, and a line for each left out."""
    files = {path.stem: path for path in sorted(data.glob("nlu/**/*.yml"))}
    known = {fold(message): topic for topic, path in files.items() for message in _messages(path)}
    taken, left = 0, []
    for topic, texts in sorted(filed.items()):
        if topic not in files:
            raise ContentError(
                f"« {topic} » n'est pas un sujet. Corrigez le fichier et relancez. Les sujets d'avant sont déjà pris."
            )
        new = []
        for text in texts:
            where = known.get(fold(text))
            if where is None:
                known[fold(text)] = topic
                new.append(text)
            elif where != topic:
                left.append(f"« {text} » est déjà un exemple de {where} : écartée.")
        if new:
            path = files[topic]
            before = path.read_text(encoding="utf-8").rstrip("\n")
            path.write_text(before + "".join(f"\n{EXAMPLE}{text}" for text in new) + "\n", encoding="utf-8")
        taken += len(new)
    return taken, left


def _messages(path: Path) -> list[str]:
    document, _ = read(path, path.parent)
    return [line.removeprefix("- ") for entry in document.data["nlu"] for line in entry["examples"].splitlines()]
