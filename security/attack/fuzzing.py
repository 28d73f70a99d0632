"""Schemathesis on every address of the project's own description, as whoever may ask and who may not.

What it draws is the same each time (a fixed seed), and each answer is looked at for everything that must never be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from assistant.storage.operators import ROLES, Role
from security.attack.desk import Desk
from security.attack.ledger import Ledger
from security.attack.looking import faults
from security.attack.operators import Operator
from security.attack.target import Target
from security.attack.visitor import FORM, Answer, Visitor, somewhere
from security.openapi import JSON, TOKEN, described

KIND = "schemathesis"
Send = Callable[[requests.PreparedRequest], Answer]


def fuzz(target: Target, ledger: Ledger, folder: Path, examples: int) -> None:
    """`examples` requests for each address of the faces, by each who may ask; and by each who may not, in /pilotage."""
    staff = {role: Operator.of(target, role) for role in ROLES}
    for operation, guards in _operations(folder, "faces"):
        # A new session for each address: one of them ends it.
        people = {"a stranger": Visitor(target), "a physician": Desk.of(target).visitor()}
        if operation.path.startswith("/pilotage"):
            people |= {f"an operator ({role})": one.visitor() for role, one in staff.items()}
        for name, visitor in people.items():
            token, cookies = visitor.token(), dict(visitor.cookies)

            def send(
                ready: requests.PreparedRequest,
                visitor: Visitor = visitor,
                token: str = token,
                provider: bool = "provider" in guards,
                cookies: dict[str, str] = cookies,
            ) -> Answer:
                visitor.address, visitor.cookies = somewhere(), dict(cookies)
                form = dict(parse_qsl(_body(ready).decode("utf-8", "replace"), keep_blank_values=True))
                headers = {each: str(value) for each, value in ready.headers.items() if each.startswith("I-Twilio")}
                if provider:
                    return visitor.webhook(ready.path_url, form, headers)
                if ready.method == "POST":
                    # The right token, so that what lies behind it is reached.
                    return visitor.ask("POST", ready.path_url, {**form, TOKEN: token}, {"Content-Type": FORM})
                return visitor.ask(str(ready.method), ready.path_url)

            only = _refusal(name, guards["operator"]) if "operator" in guards else 0
            _draw(operation, examples, target, ledger, name, send, only=only)


def _refusal(name: str, roles: Sequence[Role]) -> int:
    """The one status for `name` where only those who run the service may ask, with one of `roles`; 0 for any."""
    least = ROLES.index(roles[0]) if roles else 0
    found = [index for index, role in enumerate(ROLES) if name == f"an operator ({role})"]
    return 303 if not found else 403 if found[0] < least else 0


def fuzz_understanding(target: Target, ledger: Ledger, folder: Path, examples: int) -> None:
    """The same for the service that understands, by who has its key and by who has not."""
    keys = {
        "with its key": f"Bearer {target.settings.understanding_key}",
        "with no key": "",
        "with another key": "Bearer a",
    }
    for operation, guards in _operations(folder, "understanding"):
        for name, key in keys.items():

            def send(ready: requests.PreparedRequest, key: str = key) -> Answer:
                headers = {"Content-Type": JSON, **({"Authorization": key} if key else {})}
                return Visitor(target).ask(str(ready.method), ready.path_url, headers=headers, body=_body(ready))

            refused = name != "with its key" and "understanding" in guards
            _draw(operation, examples, target, ledger, name, send, only=401 if refused else 0)


def _operations(folder: Path, app: str) -> Iterator[tuple[Any, dict[str, Sequence[Any]]]]:
    """Each, and who may ask: each scheme with the roles that it takes."""
    document = described(folder / "described")
    result: Any
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation: Any = result.ok()
        told = document["paths"][operation.path][operation.method]
        if app in told["tags"]:
            yield operation, {name: roles for each in told.get("security", ()) for name, roles in each.items()}


def _draw(operation: Any, examples: int, target: Target, ledger: Ledger, who: str, send: Send, only: int = 0) -> None:
    """Send what is drawn. `only`: the one status that may be answered."""

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy())
    def draw(case: Any) -> None:
        ready = requests.Request(**case.as_transport_kwargs(base_url=target.base)).prepare()
        answer = send(ready)
        wrong = faults(answer, target)
        wrong += [f"let in with {answer.status}"] if only and answer.status != only else []
        outcome = ", ".join(wrong) or f"answered {answer.status}"
        ledger.note(KIND, f"{who}: {operation.label} {ready.path_url}", outcome, held=not wrong)

    draw()


def _body(ready: requests.PreparedRequest) -> bytes:
    return ready.body if isinstance(ready.body, bytes) else str(ready.body or "").encode()
