"""Has requests, turns and their stages told to a collector, where OTEL_EXPORTER_OTLP_ENDPOINT names one."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from assistant.settings import Settings

if TYPE_CHECKING:
    from channels.operations.collector import Collector

FACES, MIND = "camille-channels", "camille-understanding"
# Asked every few seconds by machines, or the same for everybody.
UNTOLD = frozenset({"health", "scrape"})
STATIC = "static"
EXTENSION = "camille-collector"


def collector_of(settings: Settings, service: str) -> Collector | None:
    """Where spans of this process go; None when nowhere, and then nothing was imported."""
    if not settings.traces_to:
        return None
    from channels.operations.collector import Collector

    return Collector(settings.traces_to, service)


def trace(app: Flask, collector: Collector) -> None:
    """A span for each request, named by its view, never by its address: an address may hold somebody's invitation."""

    def begin() -> None:
        view = request.endpoint or "nowhere"
        if request.blueprint in UNTOLD or view.endswith(STATIC):
            return
        g.traced = ExitStack()
        g.noted = g.traced.enter_context(collector.request(view))

    def told(response: Response) -> Response:
        if "noted" in g:
            collector.rendered()
            g.noted({"http.request.method": request.method, "http.response.status_code": str(response.status_code)})
        return response

    def end(_: BaseException | None) -> None:
        held = g.pop("traced", None)
        if held is not None:
            held.close()

    app.extensions[EXTENSION] = collector
    app.before_request(begin)
    app.after_request(told)
    app.teardown_request(end)
