"""Where one name of a private network leads: to each of several services that answer to it."""

from __future__ import annotations

import random
import socket
from urllib.parse import urlsplit


def doors(url: str) -> tuple[str, ...]:
    """`url` once for each address that its name has, in a drawn order: "http://172.23.0.6:8100".

    None for https, whose certificate is the name's, and when the name is not known.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        return ()
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    hosts = list(dict.fromkeys(str(address[0]) for *_, address in found))
    random.shuffle(hosts)
    return tuple(parts._replace(netloc=_at(host, parts.port or 80)).geturl() for host in hosts)


def _at(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
