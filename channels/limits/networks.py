"""Whose an address is: a household, or whoever rents a machine, has a whole IPv6 network and takes others at will."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

# One household, or one telephone, has all the addresses of such a network.
ONE_HOUSEHOLD = 64
# And whoever rents a machine is often given as many such networks as there are in this one, for nothing.
ONE_SITE = 48


def network(address: str, width: int = ONE_HOUSEHOLD) -> str:
    """`address` as it is, or the network of an IPv6 one. What a careless proxy wrote there instead is one name."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((int(found), width), strict=False))
    return str(found)
