"""An identity provider that lies, as it is told to: what a certified one never answers, an attacker may."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from assistant.pro_sante_connect import ProSanteConnect, at_issuer

CLIENT, SECRET = "camille-essai", "s" * 43
SUB = "f:1:899700000011"
CLAIMS: dict[str, Any] = {
    "sub": SUB,
    "SubjectRefPro": {
        "exercices": [
            {
                "codeProfession": "10",
                "nomDexercice": "MARTIN",
                "activities": [{"identifiantTechniqueDeLaStructure": "R1", "raisonSocialeSite": "CABINET"}],
            }
        ]
    },
}
Answer = tuple[int, str, str]  # status, type, body


@dataclass
class Forger:
    """Answers as it should, but for what a test changed. `nonce` is what was asked for."""

    nonce: str = ""
    told: dict[str, Any] = field(default_factory=dict)  # claims of the id_token; None takes one away
    alg: str = "RS256"
    stranger: bool = False  # signed by a key that is not published
    kid: str = "k1"
    unsigned: bool = False
    token: Callable[[dict[str, Any]], Answer] | None = None
    userinfo: Callable[[], Answer] | None = None
    keys: Callable[[], Answer] | None = None
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self._other = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        forger = self

        class Answers(BaseHTTPRequestHandler):
            """Three addresses."""

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.answer(forger.token_answer())

            def do_GET(self) -> None:
                at = self.path.rsplit("/", 1)[-1]
                self.answer(forger.keys_answer() if at == "certs" else forger.userinfo_answer())

            def answer(self, given: Answer) -> None:
                forger.asked.append(self.path.rsplit("/", 1)[-1])
                status, kind, body = given
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realms/essai"

    @property
    def psc(self) -> ProSanteConnect:
        return at_issuer(self.issuer, CLIENT, SECRET)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def id_token(self) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.issuer, "sub": SUB, "aud": CLIENT, "exp": now + 60, "iat": now}
        claims |= {"nonce": self.nonce, "acr": "eidas1"} | self.told
        claims = {name: value for name, value in claims.items() if value is not None}
        return self.sign(claims)

    def sign(self, claims: dict[str, Any]) -> str:
        if self.unsigned:
            return f"{_packed({'alg': 'none'})}.{_packed(claims)}."
        header = {"alg": self.alg, "kid": self.kid}
        if self.alg == "HS256":
            return jwt.encode(header, claims, OctKey.import_key(SECRET), algorithms=["HS256"])
        return jwt.encode(header, claims, self._other if self.stranger else self._key, algorithms=[self.alg])

    def token_answer(self) -> Answer:
        given = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": self.id_token()}
        return self.token(given) if self.token else as_json(given)

    def userinfo_answer(self) -> Answer:
        return self.userinfo() if self.userinfo else as_json(CLAIMS)

    def keys_answer(self) -> Answer:
        return self.keys() if self.keys else as_json({"keys": [self._key.as_dict(private=False)]})


def as_json(value: object, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(value)


def _packed(value: object) -> str:
    from joserfc.util import urlsafe_b64encode

    return urlsafe_b64encode(json.dumps(value).encode()).decode()
