"""The understanding breaks, before its door or in its own process. Free words are told honestly, the rest goes on."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.settings import ROOT
from assistant.training import MODEL, RECORD
from benchmarks.faults.house import House
from benchmarks.faults.ledger import HONEST, Ledger, Row, told
from benchmarks.faults.people import SORRY, Writer
from tests.support.carrier import Phone
from tests.support.deployment import ENDS_WITHIN, free_ports
from tests.support.failing_understand import FAILING

WORDS = "la météo marine de demain"
# What is said of words that cannot be understood just now.
NOT_NOW = ("ne lis pas les phrases", SORRY)
BACK_WITHIN = 60.0
ASSISTANT = "assistant-real"


@dataclass
class Way:
    """How it breaks and how it is mended; `seen` tells, while it is broken, what is not as it should be."""

    breaks: Callable[[], None]
    mends: Callable[[], None]
    seen: Callable[[Row], None]


def broken(house: House, ledger: Ledger, name: str, people: int) -> Row:
    """Several people write words that only understanding can answer; then it is well again."""
    with told(ledger, name, people) as row, WAYS[name](house) as way, ExitStack() as stack:
        writers = [Writer(house, ledger, row, house.number()) for _ in range(people)]
        phones = [Phone(house.line, writer.number) for writer in writers]
        for writer, phone in zip(writers, phones, strict=True):
            writer.write(phone.form("Bonjour"), "Bonjour")
            row.check(bool(writer.write(phone.form("1"), "1")[1]), "nobody was on a step")
            row.check(_understood(writer, phone), "it was not well before")
        stack.callback(way.mends)
        way.breaks()
        for writer, phone in zip(writers, phones, strict=True):
            came, text = writer.write(phone.form(WORDS), WORDS)
            row.check(came in ("honest", "reply"), f"nothing was said ({came})")
            row.dishonest += HONEST not in text or not any(part in text for part in NOT_NOW)
            # What needs no understanding goes on.
            row.check(bool(writer.write(phone.form("répéter"), "répéter")[1]), "a word of the gate was not answered")
        way.seen(row)
        stack.pop_all()
        way.mends()
        house.ready()
        end = time.monotonic() + BACK_WITHIN
        for writer, phone in zip(writers, phones, strict=True):
            while not (well := _understood(writer, phone)) and time.monotonic() < end:
                time.sleep(0.3)
            row.check(well, "it did not come back")
    return row


def _understood(writer: Writer, phone: Phone) -> bool:
    text = writer.write(phone.form(WORDS), WORDS)[1]
    return bool(text) and not any(part in text for part in NOT_NOW)


def before_its_door(mode: str) -> Callable[[House], AbstractContextManager[Way]]:
    """What stands before the understanding does as `mode` says: benchmarks/faults/breaking.py."""

    @contextmanager
    def placed(house: House) -> Iterator[Way]:
        before = house.understanding.asked
        yield Way(
            lambda: setattr(house.understanding, "mode", mode),
            lambda: setattr(house.understanding, "mode", ""),
            lambda row: row.check(house.understanding.asked > before, "it was not asked"),
        )

    return placed


@contextmanager
def raising(house: House) -> Iterator[Way]:
    """An action of Rasa raises, in an assistant that is otherwise well."""
    with _assistant(house) as folder:
        flag = folder / FAILING
        yield Way(flag.touch, flag.unlink, lambda _: _wait(house))  # it did not end with it


@contextmanager
def model_broken(house: House) -> Iterator[Way]:
    """Half of the model's file is gone: who runs does not mind, who starts refuses it, in one plain sentence."""
    with _assistant(house) as folder:
        deployment, model = house.deployment, folder / MODEL

        def breaks() -> None:
            model.write_bytes(model.read_bytes()[: model.stat().st_size // 2])
            _wait(house)  # it runs, and does not mind
            deployment.end(ASSISTANT)
            _start(house, folder)

        def mends() -> None:
            shutil.copy(ROOT / "models" / MODEL, model)
            if ASSISTANT in deployment.running:
                deployment.end(ASSISTANT)
            _start(house, folder)
            _wait(house)

        def seen(row: Row) -> None:
            code = deployment.running[ASSISTANT].wait(ENDS_WITHIN)
            said = deployment.said(ASSISTANT).strip().splitlines()[-1]
            row.check(code != 0, "it started with a broken model")
            row.check("camille train" in said, f"it said: {said[-200:]}")
            row.notes.append(f"the assistant that was started with it ended with {code}: « {said} »")

        yield Way(breaks, mends, seen)


@contextmanager
def _assistant(house: House) -> Iterator[Path]:
    """A real assistant in place of what stands in for it; the folder that it has its model from."""
    deployment, folder = house.deployment, house.deployment.folder / ASSISTANT
    folder.mkdir(exist_ok=True)
    for name in (MODEL, RECORD):
        shutil.copy(ROOT / "models" / name, folder / name)
    stood_in, deployment.minds = deployment.minds, free_ports(1)
    try:
        _start(house, folder)
        _wait(house)
        _faces_again(house)
        yield folder
    finally:
        deployment.minds = stood_in
        if ASSISTANT in deployment.running:
            deployment.end(ASSISTANT)
        _faces_again(house)


def _start(house: House, folder: Path) -> None:
    bind = _url(house).removeprefix("http://")
    module = ("tests.support.failing_understand", str(folder))
    house.deployment.start(ASSISTANT, "assistant", *module, UNDERSTANDING_BIND=bind)


def _faces_again(house: House) -> None:
    for number, _ in enumerate(house.deployment.faces):
        house.again(number, signal.SIGTERM)


def _url(house: House) -> str:
    return f"http://127.0.0.1:{house.deployment.minds[0]}"


def _wait(house: House) -> None:
    """Until the assistant is ready. Raises AssertionError with what it said when it ended instead."""
    house.deployment.wait(ASSISTANT, f"{_url(house)}/readyz")


WAYS: dict[str, Callable[[House], AbstractContextManager[Way]]] = {
    "understanding gone": before_its_door("gone"),
    "understanding not ready": before_its_door("away"),
    "understanding slow": before_its_door("slow"),
    "understanding says rubbish": before_its_door("rubbish"),
    "model file broken": model_broken,
    "an action raises": raising,
}
