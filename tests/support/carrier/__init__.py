"""A pretend Twilio, with a memory: its REST interface over real HTTP, its telephones, and its bad days.

`Ledger` is what Twilio knows: messages, calls, who said STOP. `rest.application` answers the client library from it.
`Line` brings what people do to our webhooks, signed, with retries and duplicates. `Phone` writes, `Caller` calls and
follows TwiML. `Served` serves any of them, and our own application, on a port of this machine.
"""

from __future__ import annotations

from tests.support.carrier.caller import Caller
from tests.support.carrier.faults import Fault
from tests.support.carrier.ledger import Ledger, Sent
from tests.support.carrier.line import Line, Mishaps, Transport, over_http, within_process
from tests.support.carrier.phone import Phone
from tests.support.carrier.rest import application
from tests.support.carrier.serving import Served

__all__ = [
    "Caller", "Fault", "Ledger", "Line", "Mishaps", "Phone", "Sent", "Served", "Transport", "application", "over_http",
    "within_process",
]  # fmt: skip
