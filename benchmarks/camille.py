"""Camille as she is served: `camille serve` on her own free port and data folder, reached by signed SMS."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from assistant.settings import read_settings
from assistant.training import is_stale
from benchmarks.load import Answer, Request
from benchmarks.service import BenchError, Process, Service, environ, free_port

ROOT = Path(__file__).resolve().parent.parent
# What a machine may be set up with must not be what is measured, nor be written to.
OWN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PSEUDONYM_PEPPER", "HUMAN_PHONE_NUMBER", "TWILIO_SENDER")
ACCOUNT = "AC" + "0" * 32
# Numbers that the French regulator keeps for fiction: 02 61 91 and four digits (Arcep, numbering plan). Not its mobile
# ones: the library of numbers does not know those, and looks for them in ten territories, which no real number costs.
FICTION = "+33261910000"

# A conversation of hundreds of turns is several calls of so many: the service ends one that goes on for longer.
CALL = 100


class Camille:
    """One gunicorn worker with its threads, SQLite unless told otherwise, the trained model."""

    name = "Camille"

    def __init__(self, scratch: Path, **more: str) -> None:
        """`more`: variables of the service, beside those that it needs to be reached."""
        self._scratch, self._more = scratch, more
        self._lives = 0
        self._sent = 0
        self.token = secrets.token_hex(16)
        self._signer = RequestValidator(self.token)
        self._service = Service(())
        self.port = 0

    def start(self) -> float:
        """A new life with an empty database; seconds until /readyz says that sentences are understood."""
        self._lives += 1
        var = self._scratch / f"camille-{self._lives}"
        var.mkdir(parents=True)
        self.port = free_port()
        settings = environ(
            OWN,
            CAMILLE_VAR=str(var),
            PORT=str(self.port),
            PUBLIC_BASE_URL=self._base,
            TWILIO_ACCOUNT_SID=ACCOUNT,
            TWILIO_AUTH_TOKEN=self.token,
            **self._more,
        )
        if is_stale(read_settings(settings)):
            raise BenchError("Camille's model is missing or stale: run `make train` first.")
        command, ready = [str(Path(sys.executable).with_name("camille")), "serve"], f"{self._base}/readyz"
        # The state of a mind that could not be loaded.
        self._service = Service((Process(command, settings, ROOT, var / "server.log", ready, never='"failed"'),))
        return self._service.start()

    def request(self, person: int, text: str) -> Request:
        """One SMS of `person` (0 to 9999), as Twilio posts and signs it. Each one is a new message."""
        self._sent += 1
        return self._signed(
            "/sms",
            {
                "MessageSid": f"SM{self._sent:032x}",
                "AccountSid": ACCOUNT,
                "From": number(person),
                "To": FICTION,
                "Body": text,
                "NumMedia": "0",
            },
        )

    def call(self, person: int, call: int, path: str, **heard: str) -> Request:
        """A request about one call of `person`, as Twilio posts and signs it."""
        form = {
            "CallSid": f"CA{person:016x}{call:016x}",
            "AccountSid": ACCOUNT,
            "From": number(person),
            "To": FICTION,
            "CallStatus": "in-progress",
            "Direction": "inbound",
            **heard,
        }
        return self._signed(path, form)

    def _signed(self, path: str, form: dict[str, str]) -> Request:
        signature = self._signer.compute_signature(self._base + path, form)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        return Request(path, urlencode(form), headers)

    def going_on(self, person: int, turn: int, text: str) -> Request:
        """Turn `turn` of one long conversation: what is said on the telephone, well heard; she rings several times."""
        call, number = divmod(turn + CALL // 2, CALL)
        if not number or not turn:
            return self.call(person, call, "/voice")
        return self.call(person, call, f"/voice/turn?n={number}", SpeechResult=text, Confidence="0.9")

    def before(self, person: int, turn: int) -> list[Request]:
        """Her last call is over before the next one begins: one number may have three."""
        call, number = divmod(turn + CALL // 2, CALL)
        if number or not turn:
            return []
        return [self.call(person, call - 1, "/voice/status", CallStatus="completed", CallDuration="600")]

    def spoke(self, answer: Answer) -> bool:
        """Whether something was said, and the conversation goes on."""
        return answer.status == 200 and ("<Message>" in answer.body or "<Gather" in answer.body)

    def peak_memory(self) -> float:
        return self._service.peak_memory()

    def pids(self) -> list[int]:
        return self._service.pids()

    @property
    def store(self) -> str:
        """The address of the database of this life."""
        return f"sqlite:///{self._scratch / f'camille-{self._lives}' / 'camille.sqlite'}"

    def stop(self) -> None:
        self._service.stop()

    @property
    def _base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def number(person: int) -> str:
    """The telephone of `person`."""
    return f"+{int(FICTION) + person}"
