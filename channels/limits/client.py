"""Where a request comes from, as a keyed name of one day: no IP address is kept, and tomorrow's name is another."""

from __future__ import annotations

from ipaddress import ip_address

from flask import request

from assistant.privacy.peppers import Peppers
from assistant.privacy.pseudonyms import pseudonym
from channels.limits.networks import ONE_HOUSEHOLD, ONE_SITE, network
from channels.services import services
from channels.web import visit


def client() -> str:
    """The name, today, of the network that asks. Whoever stands behind TRUSTED_PROXIES is named, not the proxy."""
    return _named("client", ONE_HOUSEHOLD)


def neighbourhood() -> str:
    """The same, wider, for what wrong guesses are counted by; "" on one machine alone, whose address is everybody's."""
    return "" if alone_here() else _named("neighbourhood", ONE_SITE)


def whoever_visits() -> str:
    """The address of the visit under way; before there is one, the network."""
    address = visit.address()
    return Peppers(services().settings.peppers).newest(address) if address else client()


def alone_here() -> bool:
    """Whether the service is for this machine only, and asked from it: there, only visits are told apart."""
    return services().settings.local and on_this_machine()


def on_this_machine() -> bool:
    """Whether the request comes from the machine itself, and through nobody who speaks for others."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP")):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _named(kind: str, width: int) -> str:
    found = services()
    whose = network(request.remote_addr or "", width)
    return pseudonym(kind, f"{found.clock():%Y-%m-%d} {whose}", found.settings.peppers[-1])
