"""/medecin/sms: an invitation by SMS. The number is typed after a spoken yes, used once, and not shown again."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from assistant.budget import Budget
from assistant.daytime import daytime
from assistant.inviting import LIVES
from assistant.inviting_by_sms import A_DAY, A_MINUTE, LINK, WORDS, InvitingBySms, Refused
from assistant.mobiles import Mobile, mobile
from assistant.privacy.purposes import INVITED
from assistant.settings import Settings
from assistant.storage.unanswered import MOST as SILENCE
from channels.limits.limits import limits
from channels.practice.choice import Choice, choose
from channels.practice.member import member, required
from channels.practice.moments import when_name
from channels.services import services
from channels.web.once import id_of

texting = Blueprint("texting", __name__, url_prefix="/medecin", template_folder="templates")
texting.before_request(required)

# Shown on the next page, once: first and last two digits.
SENT_TO = "sent_to"
MINUTE = timedelta(minutes=1)


@texting.get("/sms")
def page() -> ResponseReturnValue:
    """The form, or why nothing can be sent now."""
    return _form(choose(request.args))


@texting.post("/sms")
def send() -> ResponseReturnValue:
    """One invitation; then another page, so that a reload sends nothing."""
    choice, typed, agreed = choose(request.form), request.form.get("numero", ""), bool(request.form.get("accord"))
    settings, at = services().settings, services().clock()
    found = mobile(typed, fiction=settings.local)
    if not leaves_now() or choice.physician is None or not isinstance(found, Mobile) or not agreed:
        faults: dict[str, str] = {} if isinstance(found, Mobile) else {"numero": found}
        faults |= {} if agreed else {"accord": "missing"}
        faults |= {} if choice.physician else {"chez": "unknown"}
        return _form(choice, typed=typed, agreed=agreed, faults=faults), 422
    if not limits().dependable:
        # A message is paid for: while nobody can count for all processes together, none leaves.
        return _form(choice, typed=typed, agreed=True, uncounted=True), 503, {"Retry-After": str(MINUTE.seconds)}
    inviting = InvitingBySms(settings, services().conversation.database, _words)
    done = inviting.send(
        member(),
        found,
        physician=choice.physician.id,
        aim=choice.aim,
        form=id_of(request.form),
        at=at,
    )
    if isinstance(done, Refused):
        return _form(choice, typed=typed, agreed=True, refused=done), 429
    session[SENT_TO] = found.masked
    return redirect(url_for("texting.left", **choice.query), 303)


@texting.get("/sms/parti")
def left() -> ResponseReturnValue:
    """It is on its way. The number is told by four digits, and only to who comes from the form."""
    masked = session.pop(SENT_TO, None)
    return render_template(
        "practice/sms_left.html", masked=masked, choice=choose(request.args), life=LIVES["sms"][0].days
    )


def open_here(settings: Settings) -> bool:
    """Whether an SMS can leave, and be answered with STOP. On one machine alone, the terminal shows what would."""
    if settings.invitations_per_day == 0:
        return False
    return settings.sender.two_way if settings.twilio else settings.local


def leaves_now() -> bool:
    """The same, unless those who run the service switched SMS off, or the month's budget for them is used up.

    What is typed here waits for nobody's decision.
    """
    if not open_here(services().settings) or services().conversation.is_off("sms"):
        return False
    budget = Budget.of(services().settings)
    if budget is None:
        return True
    with services().conversation.database.transaction() as connection:
        return not budget.is_spent(connection, services().clock())


def _form(
    choice: Choice,
    *,
    typed: str = "",
    agreed: bool = False,
    faults: dict[str, str] | None = None,
    refused: Refused | None = None,
    uncounted: bool = False,
) -> str:
    settings, at = services().settings, services().clock()
    opens = daytime(at)
    return render_template(
        "practice/sms.html",
        choice=choice,
        typed=typed,
        agreed=agreed,
        wrong=faults or {},
        refused="uncounted" if uncounted else refused.cap if refused else "",
        caps={cap.name: cap.most for cap in (A_MINUTE, A_DAY)},
        between=INVITED.days,
        silence=SILENCE,
        again=_again(refused.again, at) if refused and refused.again else "",
        leaves_now=leaves_now(),
        opens=when_name(opens, at) if opens > at else "",
        text=_words().replace(LINK, f"{settings.public_base_url}/i/…"),
    )


def _again(again: datetime, at: datetime) -> str:
    """When it will go, to the next full minute: at 14 h 05 it must really go."""
    full = again.replace(second=0, microsecond=0)
    return when_name(full if full == again else full + MINUTE, at)


def _words() -> str:
    return services().conversation.book.answers[WORDS].say.sms
