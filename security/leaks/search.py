"""Fills a day with secrets, and looks for each of them in all that is left: whole, in pieces, however it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from assistant.folding import fold
from assistant.mind import Mind
from assistant.noise import AVERAGE, HEAVY, LIGHT, noised
from assistant.numerals import digits
from security.attack.ledger import Ledger
from security.leaks.day import CHANNELS, OPENED, Day, whole_day
from security.leaks.drawn import KINDS, Secret, bare, secrets_of, telephone
from security.leaks.pages import pages
from security.leaks.reports import reports
from security.leaks.waiting import leave_waiting

KIND = "leak"
PLACE = "[secret]"  # noise leaves what is in brackets alone
# Eleven of 64 parts of all people must have said it.
CROWD = 40
MISHEARD = "pourquoi il y a {} dans le papier"
QUEUE = "the file huey.sqlite"
# Of a mobile, as it stands after 0 or +33.
NUMBER = re.compile(r"(?=([67]\d{8}))")
SHORT = 8
RUN = re.compile(r"[A-Za-z0-9_-]{20,}")
# A digest in hexadecimal: in the millions of its signs that a day leaves, eight figures of some secret stand by chance.
DIGEST = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{32,}")
LINK = re.compile(r"/i/([\w-]{20,})")


def search(ledger: Ledger, folder: Path, people: int, seed: int, mind: Mind | None = None) -> None:
    """`people` conversations, as many again of a crowd that is not understood, and everything that could be left."""
    with whole_day(folder, mind) as day:
        sent = [_say(ledger, day, *said) for said in (*_various(people, seed), *_misheard(seed))]
        leave_waiting(day)
        # What is filed is kept in a table no longer, and in a file from then on.
        found = dict.fromkeys((*day.stored(), *pages(day), *reports(day), *day.stored()))
    kept = [Kept.of(name, text) for name, text in found]
    everything = Kept.together(kept)
    for secret, what in sent:
        piece = next((each for each in secret.sought if everything.holds(each)), "")
        where = next((each.name for each in kept if each.holds(piece)), "") if piece else ""
        ledger.note(f"{KIND}: {secret.kind}", what, f"kept in {where}" if piece else "kept nowhere", held=not piece)
    links = {bare(link) for name, text in found if name.endswith(OPENED) for link in LINK.findall(text)}
    _sealed(ledger, day.numbers, links, kept)
    counts = Counter(secret.kind for secret, _ in sent)
    ledger.figures["Secrets sent"] = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    ledger.figures["Places searched"] = f"{len(kept):,} cells, files and pages, {len(everything.text):,} characters"


@dataclass(frozen=True)
class Kept:
    """One place: what stands there run together, the same without drawn names, its words, the digits that it says.

    Nothing of a digest counts: what is made of a secret and a key holds no piece of it, but by chance.
    """

    name: str
    text: str
    plain: str
    words: frozenset[str]
    said: str

    @classmethod
    def of(cls, name: str, text: str) -> Kept:
        text = DIGEST.sub(" ", text)
        return cls(name, bare(text), bare(RUN.sub(_undrawn, text)), frozenset(fold(text).split()), _said(text))

    @classmethod
    def together(cls, kept: Sequence[Kept]) -> Kept:
        texts, plain, said = ("\n".join(getattr(each, part) for each in kept) for part in ("text", "plain", "said"))
        return cls("everywhere", texts, plain, frozenset().union(*(each.words for each in kept)), said)

    def holds(self, piece: str) -> bool:
        """A short one stands in drawn names by chance: a name must be a word, a code stand elsewhere than in them."""
        if len(piece) >= SHORT:
            return piece in self.text or piece in self.said
        return piece in self.words if piece.isalpha() else piece in self.plain or piece in self.said


def _various(people: int, seed: int) -> Iterator[tuple[str, Secret, str]]:
    """The channel, the secret, and the text that holds it, of so many people."""
    draw = Random(seed)
    for index, (secret, sentence) in enumerate(islice(secrets_of(seed), people)):
        named = secret.kind.startswith("name")
        channel = CHANNELS[index // len(KINDS) % (len(CHANNELS) - named)]
        around = sentence.format(PLACE)
        # What announces a name must be left of it; those sentences are in a hurry already.
        around = around if named else noised(around, draw.choice((LIGHT, AVERAGE, HEAVY)), draw)
        yield channel, secret, around.replace(PLACE, secret.written)


def _misheard(seed: int) -> Iterator[tuple[str, Secret, str]]:
    """Enough people who say the same, which is not understood, for those who run the service to be told of it."""
    draw = Random(seed)
    for _ in range(CROWD):
        secret = telephone(draw)
        yield "sms", secret, MISHEARD.format(secret.written)


def _say(ledger: Ledger, day: Day, channel: str, secret: Secret, text: str) -> tuple[Secret, str]:
    left = day.say(channel, text)
    found, what = _found(secret, left, day.numbers), f"{secret.kind} by {channel}: {text}"
    outcome = f"left in what was said: {found}" if found else "nothing left"
    ledger.note(f"{KIND}: {secret.kind}", what, outcome, held=not found)
    return secret, what


def _sealed(ledger: Ledger, numbers: set[str], links: set[str], kept: Sequence[Kept]) -> None:
    """What must be known to write to somebody, and what is written to her: it waits, and only sealed."""
    opened = [each for each in kept if each.name.endswith(OPENED)]
    in_clear = [each for each in kept if not each.name.endswith(OPENED)]
    everything = "\n".join(each.text + "\n" + each.said for each in in_clear)
    for kind, sought in (("number of somebody", numbers), ("link to somebody", links)):
        for one in sorted(sought):
            where = next(each.name for each in in_clear if each.holds(one)) if one in everything else ""
            outcome = f"in clear in {where}" if where else "nowhere in clear"
            ledger.note(f"{KIND}: {kind}", one, outcome, held=not where)
    for place, sought in (("outbox.number", numbers), ("reminders.number", numbers), ("outbox.body", links)):
        waits = {one for each in opened if each.name == place + OPENED for one in sought if one in each.text}
        ledger.note(f"{KIND}: what waits", place, f"{len(waits)} wait there", held=bool(waits))
    queued = any(each.name == QUEUE and "send" in each.text for each in kept)
    ledger.note(f"{KIND}: what waits", QUEUE, "a round waits" if queued else "nothing waits", held=queued)


def _found(secret: Secret, text: str, numbers: Collection[str] = ()) -> str:
    """What `text` holds of `secret`, or one of `numbers`."""
    plain, said = bare(text), _said(text)
    piece = next((piece for piece in secret.sought if piece in plain or piece in said), "")
    return piece or next((number for number in NUMBER.findall(plain) if number in numbers), "")


def _said(text: str) -> str:
    """The digits that `text` says in words, line by line."""
    return "\n".join(digits(fold(line).split()) for line in text.splitlines())


def _undrawn(run: re.Match[str]) -> str:
    """Nothing of an identifier, which has small and capital letters and figures; anything else as it is."""
    kinds = (str.islower, str.isupper, str.isdigit)
    return " " if all(any(is_one(sign) for sign in run[0]) for is_one in kinds) else run[0]
