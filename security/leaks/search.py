"""Fills a day with secrets, and looks for each of them in all that is left: whole, in pieces, however it is written."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

from assistant.folding import fold
from assistant.mind import Mind
from assistant.noise import AVERAGE, HEAVY, LIGHT, noised
from assistant.numerals import digits
from security.attack.ledger import Ledger
from security.leaks.day import CHANNELS, whole_day
from security.leaks.drawn import KINDS, Secret, bare, secrets_of

KIND = "leak"
PLACE = "[secret]"  # noise leaves what is in brackets alone


def search(ledger: Ledger, folder: Path, people: int, seed: int, mind: Mind | None = None) -> None:
    """`people` conversations, and everything that could be left of them."""
    draw, sent = Random(seed), list[tuple[Secret, str]]()
    with whole_day(folder, mind) as day:
        for index, (secret, sentence) in enumerate(islice(secrets_of(seed), people)):
            # An access of a practice is called by somebody's name: there, a name is no secret.
            named = secret.kind.startswith("name")
            channel = CHANNELS[index // len(KINDS) % (len(CHANNELS) - named)]
            around = sentence.format(PLACE)
            # What announces a name must be left of it; those sentences are in a hurry already.
            around = around if named else noised(around, draw.choice((LIGHT, AVERAGE, HEAVY)), draw)
            text = around.replace(PLACE, secret.written)
            left = day.say(channel, text)
            found = _found(secret, left)
            what = f"{secret.kind} by {channel}: {text}"
            ledger.note(
                f"{KIND}: {secret.kind}",
                what,
                f"left in what was said: {found}" if found else "nothing left",
                held=not found,
            )
            sent.append((secret, what))
        kept = [(name, bare(text), _said(text)) for name, text in day.kept()]
    everything = "\n".join(text for _, text, _ in kept) + "\n" + "\n".join(said for _, _, said in kept)
    for secret, what in sent:
        piece = next((each for each in secret.sought if each in everything), "")
        where = next((name for name, text, said in kept if piece in text or piece in said), "") if piece else ""
        ledger.note(f"{KIND}: {secret.kind}", what, f"kept in {where}" if piece else "kept nowhere", held=not piece)
    counts = Counter(secret.kind for secret, _ in sent)
    ledger.figures["Secrets sent"] = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    ledger.figures["Places searched"] = f"{len(kept):,} cells, files and pages, {len(everything):,} characters"


def _found(secret: Secret, text: str) -> str:
    plain, said = bare(text), _said(text)
    return next((piece for piece in secret.sought if piece in plain or piece in said), "")


def _said(text: str) -> str:
    """The digits that `text` says in words, line by line."""
    return "\n".join(digits(fold(line).split()) for line in text.splitlines())
