"""Where a request comes from, as a keyed name of one day: no IP address is kept, and tomorrow's name is another."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from assistant.privacy.peppers import Peppers
from assistant.privacy.pseudonyms import pseudonym
from channels.services import services
from channels.web import visit

# One household, or one telephone, has all the addresses of such a network and takes another one at will.
ONE_HOUSEHOLD = 64
# And whoever rents a machine is often given as many such networks as there are in this one, for nothing.
ONE_SITE = 48


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
    return pseudonym(kind, f"{found.clock():%Y-%m-%d} {_network(width)}", found.settings.peppers[-1])


def _network(width: int) -> str:
    """The address as it is, or the network of an IPv6 one. What a careless proxy wrote there instead is one name."""
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((int(found), width), strict=False))
    return str(found)
