"""Every address that Camille answers, as an OpenAPI 3.1 document, made from the code: `python -m security.openapi`.

The routes are those of the applications, the fields those that the views read (security/reading.py): nothing is written
twice, so nothing can disagree. It is written to a file and served nowhere: no other program calls these addresses, and
whoever looks for a way in needs no map from us.
"""

from __future__ import annotations

import inspect
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from assistant.conversation import Conversation
from assistant.settings import ROOT, read_settings
from assistant.storage.database import Database
from channels.app import create_app
from channels.understanding.service import create_service
from security.reading import Part, Reading

REPORT = ROOT / "reports" / "openapi.json"
VERSION = re.compile(r'^version = "(.+)"$', re.M)
# What libraries read in our place: Authlib of who comes back (RFC 6749, 4.1.2), Flask-WTF of each form that it guards.
LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "door.come_back": ("code", "state", "iss", "error", "error_description"),
    "web.static": ("v",),
    "practice.static": ("v",),
    "steering.static": ("v",),
}
TOKEN = "csrf_token"  # noqa: S105 - the name of a field
# Who may come in, by the function that stands before the view.
GUARDS: Mapping[str, str] = {
    "channels.providers.signature.only_signed": "provider",
    "channels.practice.member.required": "practice",
    "channels.steering.operator.required": "operator",
    "channels.operations.scrape._has_the_token": "metrics",
    "channels.understanding.service._answer": "understanding",
}
SCHEMES = {
    "provider": {"type": "apiKey", "in": "header", "name": "X-Twilio-Signature"},
    "practice": {"type": "apiKey", "in": "cookie", "name": "__Host-camille-cabinet"},
    "operator": {"type": "apiKey", "in": "cookie", "name": "__Host-camille-pilotage"},
    "metrics": {"type": "http", "scheme": "bearer"},
    "understanding": {"type": "http", "scheme": "bearer"},
}
# Sent with every request, or read from it in passing: no field of one view.
PASSING = frozenset({"X-Forwarded-For", "Forwarded", "X-Real-IP", "Authorization", "X-Twilio-Signature"})
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Operation:
    """One method at one address. `guard` is "" for what everybody may ask, `role` for what is everybody's behind it."""

    app: str
    endpoint: str
    method: str
    path: str
    said: str
    guard: str
    role: str
    arguments: tuple[str, ...]
    parts: Mapping[Part, tuple[str, ...]]


def applications(folder: Path) -> dict[str, Flask]:
    """The applications, as on one machine (which has every route) over a database in `folder`. Nothing is started."""
    settings = read_settings({"CAMILLE_VAR": str(folder)})
    conversation = Conversation(settings, Database(settings.database_url))
    understanding: Any = None
    return {
        "faces": create_app(replace(settings, metrics_token="t" * 32), conversation),
        "understanding": create_service(understanding, "k" * 32),
    }


def operations(name: str, app: Flask) -> Iterator[Operation]:
    """Every one of `app`, read from its views and from what stands before them."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield _operation(name, app, rule, method)


def described(folder: Path) -> dict[str, Any]:
    """The document."""
    found = [each for name, app in applications(folder).items() for each in operations(name, app)]
    paths: dict[str, dict[str, Any]] = {}
    for each in found:
        place = paths.setdefault(each.path, {})
        # Both answer /readyz: one file says what each address takes, the tag who answers.
        if each.method.lower() in place:
            place[each.method.lower()]["tags"].append(each.app)
        else:
            place[each.method.lower()] = _told(each)
    version = VERSION.search((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Camille", "version": version[1] if version else ""},
        "paths": paths,
        "components": {"securitySchemes": SCHEMES},
    }


def _operation(name: str, app: Flask, rule: Rule, method: str) -> Operation:
    endpoint = rule.endpoint
    view, blueprint = app.view_functions[endpoint], endpoint.rpartition(".")[0]
    reading = Reading().view(view) if _is_ours(view) else Reading()
    for before in app.before_request_funcs.get(blueprint, ()):
        reading.view(before)
    parts = {part: set(names) for part, names in reading.parts.items()}
    parts["query"] |= set(LIBRARIES.get(endpoint, ()))
    if method == "POST" and _is_guarded(app, blueprint):
        parts["form"].add(TOKEN)
    if method == "GET":
        parts["form"].clear()  # a function that both read: a look sends no form
    parts["header"] -= PASSING
    guard = next((scheme for function, scheme in GUARDS.items() if function in reading.through), "")
    return Operation(
        name,
        endpoint,
        method,
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule),
        (view.__doc__ or "").strip().split("\n")[0],
        guard if not endpoint.endswith("static") else "",
        _role(view),
        tuple(sorted(rule.arguments)),
        {part: tuple(sorted(names)) for part, names in parts.items()},
    )


def _role(view: Callable[..., Any]) -> str:
    """The least of the roles for which channels.steering.operator.only keeps `view`; "" for any."""
    return str(inspect.getclosurevars(view).nonlocals.get("role", ""))


def _is_ours(view: Callable[..., Any]) -> bool:
    """A view of ours, and not Flask's own for files."""
    return view.__module__.startswith("channels.")


def _is_guarded(app: Flask, blueprint: str) -> bool:
    """Whether Flask-WTF asks for the token of one of our pages."""
    guard: Any = app.extensions.get("csrf")
    return guard is not None and app.blueprints.get(blueprint) not in guard._exempt_blueprints


def _told(each: Operation) -> dict[str, Any]:
    text = {"type": "string"}
    told: dict[str, Any] = {
        "operationId": f"{each.app}.{each.endpoint}",
        "tags": [each.app],
        "summary": each.said,
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": text} for name in each.arguments),
            *({"name": name, "in": "query", "schema": text} for name in each.parts["query"]),
            *({"name": name, "in": "header", "schema": text} for name in each.parts["header"]),
        ],
        # A page, a redirection or a calm refusal; never a failure.
        "responses": {"default": {"description": "An answer"}},
    }
    if each.parts["form"]:
        fields = {"type": "object", "properties": dict.fromkeys(each.parts["form"], text)}
        told["requestBody"] = {"content": {FORM: {"schema": fields}}}
    if each.parts["json"]:
        # Whatever is sent under these names must be answered: no kind is promised to who has no key.
        told["requestBody"] = {
            "content": {JSON: {"schema": {"type": "object", "properties": {name: {} for name in each.parts["json"]}}}}
        }
    if each.guard:
        told["security"] = [{each.guard: [each.role] if each.role else []}]
    return told


def write(path: Path = REPORT) -> Path:
    """Write the document to `path`."""
    with tempfile.TemporaryDirectory() as folder:
        text = json.dumps(described(Path(folder)), indent=2, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    print(write().relative_to(ROOT))
