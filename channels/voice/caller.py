"""Names the other end of a call by a pseudonym, whether the number is shown or not."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.privacy.pseudonyms import e164, pseudonym

HIDDEN = "hidden number"


@dataclass(frozen=True)
class Caller:
    """`lasting`: her next call will come from the same address; that of a hidden number is the call itself.

    `network` is one for all hidden numbers: each call is a new address, and wrong guesses must not begin anew with it.
    """

    address: str
    lasting: bool
    number: str = field(default="", repr=False)
    network: str = ""

    @classmethod
    def of(cls, number: str, call: str, pepper: str) -> Caller:
        """Who is at `number`; when it is hidden, who is on `call`, or all hidden callers would share one place."""
        shown = e164(number)
        if shown:
            return cls(pseudonym("phone", shown, pepper), True, shown)
        return cls(pseudonym("call", call, pepper), False, network=pseudonym("network", HIDDEN, pepper))
