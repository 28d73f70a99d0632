"""Signing in with Pro Santé Connect: OpenID Connect, by Authlib. Nothing of the provider's is trusted unverified.

Every address is registered as it is set: no discovery at the start, so Camille starts while the provider is away, and
nobody who answers in its place can widen what is accepted (RS256, one issuer, one audience).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, g, request, session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from assistant.clock import Clock
from assistant.errors import SealError
from assistant.privacy.sealing import Sealer
from assistant.pro_sante_connect import ProSanteConnect
from assistant.storage import practice_slips
from assistant.storage.database import Database

log = logging.getLogger("camille.practice")

NAME = "psc"
EXTENSION = "camille.practice"
SLIP = "sign-in"
# Long enough to find a telephone and type a code on it.
SIGN_IN_LIFE = timedelta(minutes=15)
PATIENCE = 10  # seconds for each answer of the provider
SIGNED = "RS256"
# Asked for as eidas1; real answers say eidas3. More is as good, and never compared by equality.
ASKED, ACCEPTED = "eidas1", ("eidas1", "eidas2", "eidas3")
SCOPE = "openid scope_all"

Reason = Literal["cancelled", "replayed", "unverified", "away"]
State = Literal["closed", "open", "pretend", "preparing", "link"]


class SignInError(Exception):
    """Somebody came back without being signed in. `reason` chooses the words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Arrived:
    """What the provider told of who came back, verified. The access token is gone already."""

    claims: dict[str, Any]
    id_token: str


class Slips:
    """Where Authlib leaves what must come back: nonce and code verifier. Sealed, in our table, and read once only."""

    def __init__(self, database: Database, sealer: Sealer, clock: Clock) -> None:
        self._database, self._sealer, self._clock = database, sealer, clock

    def get(self, key: str) -> str | None:
        """Of two who come back with the same state at once, one finds it."""
        with self._database.transaction() as connection:
            sealed = practice_slips.take(connection, SLIP, key, self._clock())
        try:
            return self._sealer.open(sealed, key) if sealed else None
        except SealError:
            return None  # SECRET_KEY was changed meanwhile: to be begun again

    def set(self, key: str, value: str, timeout: float) -> None:
        now, sealed = self._clock(), self._sealer.seal(value, key)
        with self._database.transaction() as connection:
            practice_slips.put(connection, SLIP, key, sealed, now + timedelta(seconds=timeout), now)

    def delete(self, key: str) -> None:
        with self._database.transaction() as connection:
            practice_slips.take(connection, SLIP, key, self._clock())


class Doorway:
    """The way to the identity provider of one application: closed until it is opened with one."""

    def __init__(self, app: Flask, database: Database, sealer: Sealer, clock: Clock) -> None:
        self._app, self._slips = app, Slips(database, sealer, clock)
        self._client: Any = None
        self.provider = ProSanteConnect()
        self.state: State = "closed"
        # On one machine without Node: writes a one-time link in the terminal.
        self.write_link: Callable[[], None] | None = None

    def open(self, provider: ProSanteConnect, *, pretend: bool = False) -> None:
        """From now on people are sent to `provider`."""
        # At debug level Authlib prints the code verifier.
        logging.getLogger("authlib").setLevel(logging.WARNING)
        client = OAuth(self._app, cache=self._slips).register(
            NAME,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            authorize_url=provider.authorization,
            access_token_url=provider.token,
            userinfo_endpoint=provider.userinfo,
            jwks_uri=provider.keys,
            end_session_endpoint=provider.logout,
            issuer=provider.issuer,
            id_token_signing_alg_values_supported=[SIGNED],
            client_kwargs={
                "scope": SCOPE,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic",
                "default_timeout": PATIENCE,
                # It is used at once: by default a token that lives a minute would already be too old.
                "leeway": 0,
            },
        )
        client.framework.expires_in = int(SIGN_IN_LIFE.total_seconds())
        self._client, self.provider, self.state = client, provider, "pretend" if pretend else "open"

    @property
    def is_open(self) -> bool:
        return self._client is not None

    def way_in(self, return_to: str, *, as_another: bool = False) -> str:
        """The provider's address for one sign-in. `as_another`: it asks who is there even if it knows."""
        more = {"prompt": "login"} if as_another else {}
        sent = self._client.authorize_redirect(return_to, acr_values=ASKED, **more)
        return str(sent.location)

    def came_back(self) -> Arrived:
        """Who the present request brings back. Raises SignInError."""
        try:
            return self._verified()
        except MismatchingStateError:
            raise SignInError("replayed") from None
        except OAuthError as error:
            self._client.framework.clear_state_data(session, request.args.get("state"))
            told: dict[str | None, Reason] = {
                "access_denied": "cancelled",
                "invalid_grant": "replayed",  # its code was used, or is too old
                "server_error": "away",
                "temporarily_unavailable": "away",
            }
            raise SignInError(told.get(error.error, "unverified")) from None
        except RequestException as error:
            log.error("Pro Santé Connect does not answer as it should: %s", type(error).__name__)
            raise SignInError("away") from None
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("What came back from Pro Santé Connect is not to be believed: %s", type(error).__name__)
            raise SignInError("unverified") from None

    def way_out(self, id_token: str, return_to: str) -> str:
        """The provider's address that signs out there too, and comes back to `return_to`."""
        return str(self._client.logout_redirect(return_to, id_token_hint=id_token).location)

    def was_signed_out(self) -> bool:
        """Whether the present request comes back from a sign-out that began in this browser."""
        try:
            self._client.validate_logout_response()
        except OAuthError:
            return False
        return True

    def _verified(self) -> Arrived:
        # RFC 9207: a provider that says who answers is believed when it is not the one that was asked.
        if request.args.get("iss", self.provider.issuer) != self.provider.issuer:
            raise ValueError("another issuer answers")
        token = self._client.authorize_access_token(claims_options=self._rules())
        g.pop(f"_oauth_token_{NAME}", None)  # Authlib keeps it beside the request
        told = token.get("userinfo")
        # A list that holds what is wanted would pass the rules: only the very word is one.
        if not told or told["iss"] != self.provider.issuer or told["acr"] not in ACCEPTED:
            raise ValueError("no id_token, or one that says several things at once")
        answer = self._client.get(self.provider.userinfo, token=token)
        answer.raise_for_status()
        signed = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "application/jwt"
        claims = self._read_signed(answer.text) if signed else answer.json()
        # OpenID Connect 5.3.2: without this, somebody else's claims could be put in place of hers.
        if not isinstance(claims, dict) or not claims.get("sub") or claims["sub"] != told["sub"]:
            raise ValueError("the claims are about somebody else")
        log.info("Signed in at the identity provider with acr %s", told["acr"])
        return Arrived(claims, str(token["id_token"]))

    def _rules(self) -> dict[str, Any]:
        """Giving any rule replaces Authlib's own, so all are here. Made anew: Authlib changes what it is given."""
        return {
            "iss": {"essential": True, "values": [self.provider.issuer]},
            "aud": {"essential": True, "values": [self.provider.client_id]},
            "acr": {"essential": True, "values": list(ACCEPTED)},
        }

    def _read_signed(self, text: str) -> dict[str, Any]:
        """Claims that came as a signed token (Keycloak can be set so)."""
        keys = KeySet.import_key_set(self._client.fetch_jwk_set())
        claims = jwt.decode(text.strip(), keys, algorithms=[SIGNED]).claims
        if claims.get("iss", self.provider.issuer) != self.provider.issuer:
            raise ValueError("signed by another issuer")
        return dict(claims)


def doorway() -> Doorway:
    """The way in of the application that answers now."""
    found: Doorway = current_app.extensions[EXTENSION]
    return found
