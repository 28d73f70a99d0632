"""The REST interface of the pretend Twilio, as twilio-python speaks it: two resources, basic auth, Twilio's JSON."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from tests.support.carrier.faults import MESSAGES, STATUSES, Fault, Refusal
from tests.support.carrier.ledger import Kind, Ledger, Sent
from tests.support.carrier.serving import drop

PAGE = 50
FIELDS: dict[Kind, str] = {"sms": "DateSent", "call": "StartTime"}


def application(ledger: Ledger, faults: deque[Fault] | None = None) -> Flask:
    """An application over `ledger`. Each POST takes the next of `faults`; without one, all goes well."""
    app = Flask("carrier", static_folder=None)
    planned = faults if faults is not None else deque()

    @app.before_request
    def authenticated() -> ResponseReturnValue | None:
        given = request.authorization
        right = given and given.username == ledger.account and given.password == ledger.token
        return None if right else _error(20003)

    @app.errorhandler(404)
    def unknown(_: Exception) -> ResponseReturnValue:
        return _error(20404)

    def posted(account: str, take: Callable[[], Sent]) -> ResponseReturnValue:
        if account != ledger.account:
            return _error(20404)
        fault = planned.popleft() if planned else None
        if fault and not fault.done:
            return _failing(fault) or _taken(take)
        answer = _taken(take)
        return (_failing(fault) or answer) if fault else answer

    @app.post("/2010-04-01/Accounts/<account>/Messages.json")
    def message(account: str) -> ResponseReturnValue:
        form, callback = request.form, request.form.get("StatusCallback", "")

        def take() -> Sent:
            if callback and not callback.startswith(("http://", "https://")):
                raise Refusal(21609)
            return ledger.message(form.get("To", ""), form.get("From", ""), form.get("Body", ""), callback)

        return posted(account, take)

    @app.post("/2010-04-01/Accounts/<account>/Calls.json")
    def call(account: str) -> ResponseReturnValue:
        form = request.form
        return posted(
            account,
            lambda: ledger.call(
                form.get("To", ""),
                form.get("From", ""),
                form.get("Url", ""),
                form.get("StatusCallback", ""),
                {name: value for name, value in form.items() if name.startswith("MachineDetection")},
            ),
        )

    @app.get("/2010-04-01/Accounts/<account>/Messages.json")
    def messages(account: str) -> ResponseReturnValue:
        return _listed(ledger, "sms", "messages")

    @app.get("/2010-04-01/Accounts/<account>/Calls.json")
    def calls(account: str) -> ResponseReturnValue:
        return _listed(ledger, "call", "calls")

    return app


def _taken(take: Callable[[], Sent]) -> ResponseReturnValue:
    try:
        return jsonify(_told(take())), 201
    except Refusal as refusal:
        return _error(refusal.code)


def _failing(fault: Fault) -> ResponseReturnValue | None:
    """The answer that `fault` gives instead of the right one; None when it only makes that one late."""
    if fault.kind == "hang":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "dropped":
        drop(request.environ)
        return "", 500
    if fault.kind == "garbage":
        return Response("<html><h1>502 Bad Gateway</h1></html>", 502, content_type="text/html")
    answer = _error(fault.code)
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer


def _error(code: int) -> Response:
    status = STATUSES.get(code, 400)
    told = {
        "code": code,
        "message": MESSAGES.get(code, "Error"),
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    response = jsonify(told)
    response.status_code = status
    return response


def _listed(ledger: Ledger, kind: Kind, key: str) -> ResponseReturnValue:
    """Newest first, by pages, filtered as twilio-python asks: To, From, Status, and a date with < and >."""
    wanted = request.args
    found = [sent for sent in reversed(ledger.sent) if sent.kind == kind and _fits(sent, kind)]
    size, page = int(wanted.get("PageSize", PAGE)), int(wanted.get("Page", 0))
    shown = found[page * size : (page + 1) * size]
    path = urlsplit(request.url).path
    kept = {name: value for name, value in wanted.items() if name != "Page"}
    following = f"{path}?{_query(kept | {'Page': str(page + 1)})}" if len(found) > (page + 1) * size else None
    listing = {"page": page, "page_size": size, "uri": path, "next_page_uri": following, "previous_page_uri": None}
    return jsonify({key: [_told(sent) for sent in shown], **listing})


def _query(fields: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode(fields)


def _fits(sent: Sent, kind: Kind) -> bool:
    wanted, name = request.args, FIELDS[kind]
    same = {"To": sent.to, "From": sent.sender, "Status": sent.status}
    if any(wanted.get(field, value) != value for field, value in same.items()):
        return False
    at = sent.made_at.replace(microsecond=0)
    day, before, after = (wanted.get(name + sign) for sign in ("", "<", ">"))
    return (
        (not day or _instant(day).date() == at.date())
        and (not before or at <= _instant(before))
        and (not after or at >= _instant(after))
    )


def _instant(text: str) -> datetime:
    """A day, or an instant to the second, in UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=timezone.utc)


def _told(sent: Sent) -> dict[str, object]:
    """The JSON of one message or call. Times are RFC 2822, as Twilio writes them."""
    at = format_datetime(sent.made_at.astimezone(timezone.utc).replace(microsecond=0))
    common: dict[str, object] = {
        "sid": sent.sid,
        "to": sent.to,
        "from": sent.sender,
        "status": sent.status,
        "date_created": at,
        "date_updated": at,
        "api_version": "2010-04-01",
    }
    if sent.kind == "call":
        return common | {"start_time": at, "direction": "outbound-api"}
    told = {"body": sent.body, "date_sent": at, "direction": "outbound-api", "num_media": "0", "num_segments": "1"}
    return common | told | {"error_code": sent.error}
