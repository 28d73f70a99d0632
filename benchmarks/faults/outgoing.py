"""The provider is down for an hour: what waits goes out once when it is back, or not at all where it is too late.

The plan of tries and the hours of reminders go by a clock. The worker and the provider are told a later one, in steps
from try to try, so that the hour takes a minute: it steps only while nobody is asking anybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from assistant.reminders.hours import CLOSES, PARIS, allowed, instant
from assistant.storage import outbox
from benchmarks.crowd import REMINDER, STOP
from benchmarks.faults.deaths import worker_killed
from benchmarks.faults.house import House
from benchmarks.faults.ledger import Ledger, Row
from benchmarks.faults.people import Writer
from benchmarks.faults.post import OPEN, Post, post

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# It falls so long before reminders may not be written any more: they are too late when it is back.
BEFORE_CLOSING = timedelta(minutes=50)
# Rows that failed one after the other are tried again together.
TOGETHER = timedelta(seconds=45)
# The words of who goes on without a reminder.
BACK = "reprendre"


def provider_down(house: House, ledger: Ledger, row: Row) -> None:
    """Reminders, what was asked for on the telephone, and invitations wait; some say STOP, or go on by themselves."""
    numbers = [house.number() for _ in range(row.people)]
    reminded, told, late, fresh = numbers[::2], numbers[1::2], house.number(), house.number()
    writers = {number: Writer(house, ledger, row, number) for number in numbers}
    with post(house) as out:
        for number in reminded:
            for body in ("Bonjour", "1", *REMINDER):
                writers[number].say(body)
        fell = _evening(max(each.due_at for number in reminded for each in out.rows("reminders", number)))
        out.go_to(fell)
        for number in told:
            out.put(number, f"text:{number}", f"Votre étape {number[-4:]}")
        out.put(late, f"{outbox.INVITE}{late}", "Une invitation", old=DAY - HOUR / 2)
        out.put(fresh, f"{outbox.INVITE}{fresh}", "Une invitation")

        # As it falls, it still takes a few: nobody hears that it did.
        out.provider.down, out.provider.taken = True, len(told) // 2 + 1
        out.worker()
        out.until_quiet()
        taken = len(out.provider.ledger.sent)
        row.check(taken > 0, "nothing was taken as it fell")
        out.owed = dict.fromkeys([*numbers, fresh], 1) | {late: 0}
        for number in (*reminded[::3], *told[::3]):
            writers[number].say(STOP)
            out.owed[number] = out.stopped[number] = out.took(number)
        for number in reminded[1::3]:
            writers[number].say(BACK)
            out.owed[number] = out.took(number)
        _tries(out, fell + HOUR)
        row.check(len(out.provider.ledger.sent) == taken, "something went while it was down")
        vain = out.provider.asked.total()

        out.provider.down = False
        _tries(out, fell + 2 * HOUR)
        evening = out.provider.ledger.sent[taken:]
        row.check(bool(evening), "nothing went when it was back")
        row.check(not {sent.to for sent in evening} & {*reminded}, f"a reminder was written after {CLOSES}")
        codes = {each.code for each in out.rows("outbox", late)}
        row.check(codes == {"old"}, f"an invitation of the day before ended with {codes}")
        out.go_to(allowed(out.at()))
        out.until_quiet()
        morning = len(out.provider.ledger.sent) - taken - len(evening)
        row.check(morning > 0, "no reminder was left for the morning")
        minutes = max([(sent.made_at - fell).total_seconds() / 60 for sent in evening], default=0.0)
        row.notes.append(
            f"asked {vain} times in vain, it had taken {taken} all the same; {len(evening)} went that evening, "
            f"{minutes:.0f} minutes after it fell, {morning} the next morning"
        )
        out.count(row)


def _evening(last: datetime) -> datetime:
    """The first evening on which reminders may be written, and all of them are due."""
    day = last.astimezone(PARIS).date()
    while True:
        fell = instant(day, CLOSES) - BEFORE_CLOSING
        if fell > last and allowed(fell) == fell:
            return fell
        day += DAY


def _tries(out: Post, until: datetime) -> None:
    """Have the clock step from try to try until then."""
    while True:
        out.until_quiet()
        waiting = [each.next_at for each in out.rows("outbox") if each.state in OPEN and each.next_at < until]
        if not waiting:
            break
        out.go_to(min(min(waiting) + TOGETHER, until))
    out.go_to(until)
    out.until_quiet()


FAULTS = {"provider down": provider_down, "worker killed": worker_killed}
