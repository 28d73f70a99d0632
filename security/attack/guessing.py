"""Guesses at what few know: resume codes, words and digits of invitations, links, accesses and their one-time codes.

Two promises: only so many are looked at, from everywhere together; and neither the words of an answer nor the time
that it takes tells what exists from what does not.
"""

from __future__ import annotations

import random
import re
import statistics
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial

import pyotp
from sqlalchemy import delete, func, select

from assistant.storage import accesses, schema
from assistant.storage.guesses import ACCESS, ALL, INVITATION, OPERATOR, RESUME
from security.attack.desk import Desk
from security.attack.ledger import Ledger
from security.attack.looking import faults
from security.attack.operators import COOKIE, DOOR, LINK, Operator, offered, pressed
from security.attack.target import Target
from security.attack.visitor import Answer, Visitor
from security.attack.webhooks import form_of

# What chance varies in a page: tokens, ids, the short name that was typed.
VARIED = re.compile(r'value="[^"]*"|/[A-Za-z0-9_-]{22}(?=["/])|\bv=[0-9a-f]{12}')
# A millisecond tells nothing over a network; a hash or a query left out would be found in the middle of many.
TELLING = 0.02
# A busy machine draws both out, one a little more than the other. A door without its hash takes a fifth of the time.
BUSY = 0.25


def guess(target: Target, ledger: Ledger, rounds: int) -> None:
    """`rounds` measures of time for each thing that is there and for each that is not."""
    _resume_codes(target, ledger)
    _invitation_words(target, ledger)
    _invitation_digits(target, ledger)
    _links(target, ledger, rounds)
    _accesses(target, ledger, rounds)
    _operators(target, ledger, rounds)
    _sessions(target, ledger)


def _resume_codes(target: Target, ledger: Ledger) -> None:
    """Many telephones guess at a code that exists: the table of guesses fills up to its end, and none gets there."""
    owner = Visitor(target)
    owner.send("/", {"text": "activer"})
    owner.send("/reprise", {})
    shown = re.search(r"\b(\d)\D{0,8}(\d)\D{0,8}(\d)\D{0,8}(\d)\b", owner.look("/reprise").text)
    ledger.note("guesses", "somebody has a code to be guessed", "yes" if shown else "no", held=bool(shown))
    for number in range(RESUME.most_of_all + 30):
        answer = Visitor(target).webhook("/sms", {**form_of("/sms"), "Body": f"reprise {9000 + number}"})
        _told(target, ledger, "guesses", f"resume code {number}", answer)
    _counted(target, ledger, RESUME.kind + ALL, RESUME.most_of_all)
    forget(target)
    one = form_of("/sms")
    for number in range(RESUME.most * 3):
        form = {**form_of("/sms", one["From"]), "Body": f"reprise {9000 + number}"}
        _told(
            target, ledger, "guesses", f"resume code {number} of one telephone", Visitor(target).webhook("/sms", form)
        )
    _counted(target, ledger, RESUME.kind, RESUME.most)
    forget(target)


def _invitation_words(target: Target, ledger: Ledger) -> None:
    Desk.of(target).invitation()
    for number in range(INVITATION.most_of_all + 30):
        answer = Visitor(target).webhook("/sms", {**form_of("/sms"), "Body": f"tulipe {number:03d}"})
        _told(target, ledger, "guesses", f"invitation word {number}", answer)
    came = _rows(target, "guests")
    ledger.note("guesses", "nobody came by a word that was guessed", f"{came} came", held=came == 0)
    forget(target)


def _invitation_digits(target: Target, ledger: Ledger) -> None:
    for number in range(INVITATION.most_of_all + 30):
        call = form_of("/voice")
        caller = Visitor(target)
        caller.webhook("/voice", call)
        answer = caller.webhook("/voice/turn?n=1&i=1", {**call, "Digits": f"{random.randrange(400000, 1000000)}"})
        _told(target, ledger, "guesses", f"invitation digits {number}", answer)
    came = _rows(target, "guests")
    ledger.note("guesses", "nobody came by digits that were guessed", f"{came} came", held=came == 0)
    forget(target)


def _links(target: Target, ledger: Ledger, rounds: int) -> None:
    """An invitation, a resume link, a link to an access: what never was is told as what is over, in the same time."""
    desk = Desk.of(target)
    over = _over(target, desk)
    _, link = offered(target, "lecture")
    pressed(Visitor(target), link)
    used = link.removeprefix(LINK)
    for name, there in (("/i/", over), ("/reprise/", "a" * 22), ("/medecin/acces/", "b" * 43), (LINK, used)):
        paths = (f"{name}{there}", f"{name}{'z' * len(there)}")
        first, second = (Visitor(target).look(path) for path in paths)
        same = first.status == second.status and VARIED.sub("", first.text) == VARIED.sub("", second.text)
        ledger.note(
            "telling apart", f"{name} over or never there", "the same page" if same else "another page", held=same
        )
        _timed(
            ledger,
            f"{name} over or never there",
            rounds,
            *(lambda path=path: Visitor(target).look(path) for path in paths),
        )


def _over(target: Target, desk: Desk) -> str:
    """The letters of an invitation that was ended."""
    path, _, _ = desk.invitation()
    with target.database.transaction() as connection:
        connection.execute(
            schema.invitations.update()
            .where(schema.invitations.c.practice == desk.physician.practice)
            .values(ended_at=datetime.now(timezone.utc))
        )
    return path.removeprefix("/i/")


def _accesses(target: Target, ledger: Ledger, rounds: int) -> None:
    """A short name that exists and one that does not, with a wrong code; then the right one, after too many tries."""
    desk = Desk.of(target)
    name, key = taken_up(target, desk)

    def ask(who: str, code: str = "000000") -> Answer:
        return Visitor(target).send("/medecin/entrer/code", {"nom": who, "code": code})

    here, nowhere = ask(name), ask("accueil-zzzz")
    same = here.status == nowhere.status and VARIED.sub("", here.text) == VARIED.sub("", nowhere.text)
    ledger.note("telling apart", "an access that exists or not", "the same page" if same else "another page", held=same)
    forget(target)

    def timed(who: str) -> Answer:
        forget(target)
        return ask(who)

    _timed(ledger, "an access that exists or not", rounds, lambda: timed(name), lambda: timed("accueil-zzzz"))
    forget(target)
    for number in range(ACCESS.most):
        answer = ask(name, f"{number:06d}")
        _told(target, ledger, "guesses", f"one-time code {number}", answer, let_in=False)
    blocked = ask(name, pyotp.TOTP(key).now())
    held = blocked.status == 429 and not signed_in(blocked)
    ledger.note("guesses", "the right one-time code after too many wrong ones", f"answered {blocked.status}", held=held)
    forget(target)
    for number in range(ACCESS.most_of_all + 10):
        answer = ask(f"accueil-{number:04d}")
        _told(target, ledger, "guesses", f"an access by name {number}", answer, let_in=False)
    blocked = ask(name, pyotp.TOTP(key).now())
    held = not signed_in(blocked)
    ledger.note(
        "guesses", "names one after the other, from everywhere, close the door", f"answered {blocked.status}", held=held
    )
    forget(target)
    code = pyotp.TOTP(key).now()
    first, again = ask(name, code), ask(name, code)
    held = signed_in(first) and not signed_in(again)
    ledger.note(
        "guesses", "a one-time code that was seen over a shoulder", "good once" if held else "good again", held=held
    )


def _operators(target: Target, ledger: Ledger, rounds: int) -> None:
    """A name that exists or not, a password that is right or not: one page, in one time. Then the right ones, late."""
    one, fresh = Operator.of(target, "exploitation"), offered(target, "lecture")[0]
    wrong, nobody = "le train de huit heures", "attaque-2222"

    def ask(name: str, password: str = wrong, code: str = "000000") -> Answer:
        return Visitor(target).send(DOOR, {"nom": name, "passe": password, "code": code})

    def timed(name: str, password: str) -> Answer:
        forget(target)
        return ask(name, password)

    for what, name, password in (
        ("an operator that exists or not", one.name, wrong),
        ("an operator's access that nobody took up, or none", fresh, ""),
        ("an operator's password that is right or not", one.name, one.password),
    ):
        here, nowhere = timed(name, password), timed(nobody, wrong)
        same = here.status == nowhere.status and VARIED.sub("", here.text) == VARIED.sub("", nowhere.text)
        ledger.note("telling apart", what, "the same page" if same else "another page", held=same)
        _timed(ledger, what, rounds, partial(timed, name, password), partial(timed, nobody, wrong))
    for what, password in (("code", one.password), ("password", wrong)):
        forget(target)
        for number in range(OPERATOR.most):
            answer = ask(one.name, password, one.code if password == wrong else "000000")
            _told(target, ledger, "guesses", f"an operator's {what} {number}", answer, let_in=False)
        blocked = ask(one.name, one.password, one.code)
        held = blocked.status == 429 and not signed_in(blocked)
        ledger.note("guesses", f"both, after wrong guesses at her {what}", f"answered {blocked.status}", held=held)
    forget(target)
    code = one.code
    held = signed_in(ask(one.name, one.password, code)) and not signed_in(ask(one.name, one.password, code))
    ledger.note("guesses", "an operator's code that was seen", "good once" if held else "good again", held=held)
    forget(target)
    letters = offered(target, "lecture")[1].removeprefix(LINK)
    for tried in ("a", "z" * 22, "z" * 500, letters[:-1], letters + "a", letters.swapcase(), f"%00{letters}"):
        for answer in (Visitor(target).look(LINK + tried), Visitor(target).send(LINK + tried, {})):
            led = Visitor(target).follow(answer)
            held = led.status == 404 and not signed_in(answer)
            ledger.note("guesses", f"{answer.method} {LINK}{tried[:40]}", f"answered {led.status}", held=held)


def taken_up(target: Target, desk: Desk) -> tuple[str, str]:
    """An access whose codes somebody has: its short name, and the key of its codes."""
    name, letters = desk.access("Accueil")
    secretary = Visitor(target)
    page = secretary.follow(secretary.send(f"/medecin/acces/{letters}", {}))
    shown = "".join(re.findall(r"\b[A-Z2-7]{4}\b", page.text[page.text.index("<main") :]))[:32]
    answer = secretary.send(f"/medecin/acces/{letters}/code", {"code": pyotp.TOTP(shown).now()})
    if not signed_in(answer):
        raise LookupError(f"an access could not be taken up: {answer.status}")
    with target.database.transaction() as connection:
        connection.execute(delete(schema.practice_slips).where(schema.practice_slips.c.kind == "code"))
        if accesses.find(connection, name) is None:
            raise LookupError("the access is not there")
    return name, shown


def _sessions(target: Target, ledger: Ledger) -> None:
    """Cookies of a practice, and of those who run the service, that nobody was given."""
    cookies = ("", "a", "a" * 43, "a" * 5000, "' OR 1=1 --", "null", "%00", "{}", "0" * 64)
    for cookie in cookies:
        for name, page, door in (
            ("__Host-camille-cabinet", "/medecin/journal", "/medecin/entrer"),
            (COOKIE, "/pilotage/journal", DOOR),
        ):
            answer = Visitor(target, cookies={name: cookie}).look(page)
            held = answer.status == 303 and answer.header("location").startswith(door)
            ledger.note("guesses", f"a session {cookie[:40]!r} for {page}", f"answered {answer.status}", held=held)


def _told(target: Target, ledger: Ledger, kind: str, what: str, answer: Answer, *, let_in: bool | None = None) -> None:
    wrong = faults(answer, target)
    if let_in is not None and signed_in(answer) != let_in:
        wrong.append("signed in")
    ledger.note(kind, what, ", ".join(wrong) or f"answered {answer.status}", held=not wrong)


def signed_in(answer: Answer) -> bool:
    begun = ("__Host-camille-cabinet=", f"{COOKIE}=")
    return any(name == "set-cookie" and value.startswith(begun) for name, value in answer.headers)


def _counted(target: Target, ledger: Ledger, kind: str, most: int) -> None:
    with target.database.transaction() as connection:
        found = connection.execute(
            select(func.count()).select_from(schema.guesses).where(schema.guesses.c.kind == kind)
        ).scalar_one()
    ledger.note("guesses", f"at most {most} guesses of kind {kind} are looked at", f"{found} were", held=found <= most)


def _rows(target: Target, table: str) -> int:
    with target.database.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.metadata.tables[table])).scalar_one())


def forget(target: Target) -> None:
    """Let the next thing be guessed at anew."""
    with target.database.transaction() as connection:
        connection.execute(delete(schema.guesses))


def _timed(ledger: Ledger, what: str, rounds: int, here: Callable[[], Answer], nowhere: Callable[[], Answer]) -> None:
    """Both in turns, so that what else the machine does weighs on both."""
    pairs = [(here().seconds, nowhere().seconds) for _ in range(rounds)]
    first, second = (statistics.median(side) for side in zip(*pairs, strict=True))
    told = f"{first * 1000:.1f} and {second * 1000:.1f} ms in the middle of {rounds}"
    ledger.figures[f"Time for {what}"] = told
    held = abs(first - second) < TELLING + BUSY * max(first, second)
    ledger.note("telling apart", f"the time for {what}", "no telling" if held else told, held=held)
