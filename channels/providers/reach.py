"""How somebody can be reached later on the telephone she is using: by SMS, by a call, or not at all."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

from assistant.privacy.pseudonyms import REGIONS
from assistant.senders import Sender
from assistant.turns import Reach

MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
# Newer ranges than the library knows, and those kept for fiction, are mobiles too (Arcep, numbering plan).
MOBILE_START = ("+336", "+337")


def reach(number: str, sender: Sender) -> tuple[Reach, ...]:
    """What `sender` can do for `number`, in international form: French mobiles are texted, any French number rung.

    A landline is never promised an SMS (Twilio 21614). Nothing goes abroad: it costs, and is what fraud is after.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    if phonenumbers.region_code_for_number(parsed) not in REGIONS:
        return ()
    mobile = phonenumbers.number_type(parsed) in MOBILE or number.startswith(MOBILE_START)
    texted: tuple[Reach, ...] = ("sms",) if sender.kind != "none" and mobile else ()
    return (*texted, "voice") if sender.calls else texted
