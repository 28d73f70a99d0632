"""The understanding breaks: it is gone, slow, says rubbish, or an action raises. Free words are told honestly."""

from __future__ import annotations

import time
from contextlib import ExitStack

from benchmarks.faults.house import House
from benchmarks.faults.ledger import HONEST, Ledger, Row, told
from benchmarks.faults.people import SORRY, Writer
from tests.support.carrier import Phone

WORDS = "la météo marine de demain"
# What is said of words that cannot be understood just now.
NOT_NOW = ("ne lis pas les phrases", SORRY)


def broken(house: House, ledger: Ledger, name: str, mode: str, people: int) -> Row:
    """Several people write words that only understanding can answer; then it is well again."""
    with told(ledger, name, people) as row:
        with ExitStack() as stack:
            stack.callback(setattr, house.understanding, "mode", "")
            writers = [Writer(house, ledger, row, house.number()) for _ in range(people)]
            phones = [Phone(house.line, writer.number) for writer in writers]
            right = []
            for writer, phone in zip(writers, phones, strict=True):
                writer.write(phone.form("Bonjour"), "Bonjour")
                right.append(writer.write(phone.form("1"), "1"))
            house.understanding.mode = mode
            for writer, phone in zip(writers, phones, strict=True):
                came, text = writer.write(phone.form(WORDS), WORDS)
                row.check(came in ("honest", "reply"), f"nothing was said ({came})")
                row.dishonest += HONEST not in text or not any(part in text for part in NOT_NOW)
                # What needs no understanding goes on.
                row.check(
                    bool(writer.write(phone.form("répéter"), "répéter")[1]), "a word of the gate was not answered"
                )
            row.check(house.understanding.asked > 0, "it was not asked")
        end = time.monotonic() + 20
        house.ready()
        for writer, phone, (_, step) in zip(writers, phones, right, strict=True):
            text = NOT_NOW[0]
            while any(part in text for part in NOT_NOW) and time.monotonic() < end:
                text = writer.write(phone.form(WORDS), WORDS)[1]
                time.sleep(0.3)
            row.check(not any(part in text for part in NOT_NOW), "it did not come back")
            row.check(step != "", "nobody was on a step")
    return row


MODES = {
    "understanding gone": "gone",
    "understanding not ready": "away",
    "understanding slow": "slow",
    "understanding says rubbish": "rubbish",
    "an action raises": "raising",
}
