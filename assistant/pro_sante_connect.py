"""Pro Santé Connect as it is set: who says that somebody is a physician, and at which addresses.

Only the issuer must be given, or one of two words for it. The other addresses follow from it, and each may be given
too: the service signs in at another host (`wallet.`) than the one it issues from (`auth.`), and may move.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from assistant.errors import SettingError

PRESETS = {
    "bac-a-sable": "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet",
    "production": "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet",
}
OFFICIAL = re.compile(r"https://auth\.([a-z0-9.-]+\.esante\.gouv\.fr)/auth/realms/[^/]+")
PHYSICIAN = "10"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# The addresses that may each be given, and the variables that give them.
ADDRESSES = {
    "authorization": "PSC_AUTHORIZATION_URL",
    "token": "PSC_TOKEN_URL",
    "userinfo": "PSC_USERINFO_URL",
    "keys": "PSC_JWKS_URL",
    "logout": "PSC_LOGOUT_URL",
}
BELOW = "/protocol/openid-connect/"  # it is a Keycloak


@dataclass(frozen=True)
class ProSanteConnect:
    """The provider, its addresses, and which professions may sign in. Nothing is configured without an issuer."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    authorization: str = ""
    token: str = ""
    userinfo: str = ""
    keys: str = ""
    logout: str = ""
    professions: tuple[str, ...] = (PHYSICIAN,)

    @property
    def configured(self) -> bool:
        return bool(self.issuer)


def at_issuer(issuer: str, client_id: str, client_secret: str, **given: str) -> ProSanteConnect:
    """The provider of `issuer`, with each address that is not `given` where such a provider has it."""
    official = OFFICIAL.fullmatch(issuer)
    usual = f"https://wallet.{official[1]}/auth" if official else f"{issuer}{BELOW}auth"
    return ProSanteConnect(
        issuer,
        client_id,
        client_secret,
        authorization=given.get("authorization") or usual,
        token=given.get("token") or f"{issuer}{BELOW}token",
        userinfo=given.get("userinfo") or f"{issuer}{BELOW}userinfo",
        keys=given.get("keys") or f"{issuer}{BELOW}certs",
        logout=given.get("logout") or f"{issuer}{BELOW}logout",
    )


def read_pro_sante_connect(env: Mapping[str, str], local: bool) -> ProSanteConnect:
    """What the environment says. Raises SettingError naming the variable."""
    given = {name: env.get(name, "").strip() for name in ("PSC_ISSUER", "PSC_CLIENT_ID", "PSC_CLIENT_SECRET")}
    addresses = {address: env.get(name, "").strip() for address, name in ADDRESSES.items()}
    professions = _professions(env.get("PSC_PROFESSIONS", ""))
    if not any(given.values()):
        return ProSanteConnect(professions=professions)
    for name, value in given.items():
        if not value:
            raise SettingError(f"Il manque {name} : Pro Santé Connect a besoin de {', '.join(given)} ensemble.")
    issuer = PRESETS.get(given["PSC_ISSUER"], given["PSC_ISSUER"]).rstrip("/")
    urls = {"PSC_ISSUER": issuer} | {ADDRESSES[address]: url for address, url in addresses.items()}
    for name, url in urls.items():
        if url:
            _must_be_address(name, url, local)
    made = at_issuer(issuer, given["PSC_CLIENT_ID"], given["PSC_CLIENT_SECRET"], **addresses)
    return replace(made, professions=professions)


def _must_be_address(name: str, url: str, local: bool) -> None:
    """An address in https. On one machine, a provider of that machine may do without."""
    try:
        parts = urlsplit(url)
        host, readable = parts.hostname or "", parts.port is None or parts.port > 0
    except ValueError:
        host, readable = "", False
    if not readable or not host or not re.fullmatch(r"https?://[!-~]+", url) or "#" in url:
        raise SettingError(f"{name} ne se lit pas. Il faut une adresse en https, ou : {' ou '.join(PRESETS)}.")
    if not url.startswith("https://") and not (local and host in LOOPBACK):
        raise SettingError(f"{name} doit commencer par https:// : des identités y passent.")


def _professions(value: str) -> tuple[str, ...]:
    """The codes of the professions that may sign in (NOS TRE_G15: 10 is a physician), in the order given."""
    codes = tuple(dict.fromkeys(value.replace(",", " ").split())) or (PHYSICIAN,)
    if not all(re.fullmatch(r"[0-9]{2,3}", code) for code in codes):
        raise SettingError("PSC_PROFESSIONS doit donner des codes de profession, séparés par des espaces. Exemple : 10")
    return codes
