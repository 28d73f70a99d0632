"""How many calls of one number go on at once. A hidden number has no name to count by; calls of ours do not count."""

from __future__ import annotations

from flask import request

from channels.limits.limits import limits
from channels.providers.signature import event_id
from channels.services import services
from channels.voice.caller import Caller

# A call of ours: the person is at the other end than for a call that comes in.
OURS = "outbound"


def ours() -> bool:
    """Whether it is Camille who rang."""
    return request.form.get("Direction", "").startswith(OURS)


def caller() -> Caller:
    """Who is at the other end of the call under way."""
    other = request.form.get("To" if ours() else "From", "").strip()
    return Caller.of(other, event_id(request, "CallSid"), services().settings.pseudonym_pepper)


def one_too_many() -> bool:
    """Note that the call goes on, and tell whether it is more than one number may have."""
    found = caller()
    return found.lasting and not ours() and limits().too_many_calls(found.address, event_id(request, "CallSid"))


def is_over() -> None:
    """The provider says that the call under way has ended."""
    limits().hung_up(caller().address, event_id(request, "CallSid"))
