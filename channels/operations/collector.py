"""Tells a collector (OTLP over HTTP) where turns spend their time. Imported only where one is set.

A span has a name of ours and what we note of it, no more: the library would add the words of exceptions, which may hold
what a person wrote. What comes with requests from outside is not believed; only a process of ours that showed its key
is gone on with. A collector that is away costs nothing but its spans: they wait in a short queue of another thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from time import time_ns

import requests
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from assistant.tracing import Note, Tracing

PATH = "/v1/traces"
TIMEOUT = 5  # seconds, of a thread that nobody waits for
TURN, RENDERING = "turn", "rendering"

_carried = TraceContextTextMapPropagator()
_turned: ContextVar[int | None] = ContextVar("turned", default=None)


class Collector:
    """Spans of one process, which calls itself `service`."""

    def __init__(self, endpoint: str, service: str) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        session = requests.Session()
        session.trust_env = False  # no proxy of the machine between two services of ours
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + PATH, timeout=TIMEOUT, session=session)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("camille")
        self.tracing = Tracing(self.span, self.headers)

    @contextmanager
    def span(self, name: str) -> Iterator[Note]:
        """Below the span under way."""
        with self._span(name, SpanKind.INTERNAL) as note:
            yield note
        if name == TURN:
            _turned.set(time_ns())

    @contextmanager
    def request(self, name: str) -> Iterator[Note]:
        """What a face answers, from its beginning; nothing that came with it is believed."""
        _turned.set(None)
        with self._span(name, SpanKind.SERVER, Context()) as note:
            yield note

    @contextmanager
    def continued(self, name: str, headers: Mapping[str, str]) -> Iterator[Note]:
        """Below the span of another process of ours, which sent `headers`."""
        lower = {key.lower(): value for key, value in headers.items()}
        with self._span(name, SpanKind.SERVER, _carried.extract(lower, Context())) as note:
            yield note

    def rendered(self) -> None:
        """The answer is made: what was done since the turn was over."""
        began = _turned.get()
        if began is not None:
            self._tracer.start_span(RENDERING, start_time=began).end()
            _turned.set(None)

    def headers(self) -> Mapping[str, str]:
        carrier: dict[str, str] = {}
        _carried.inject(carrier)
        return carrier

    def close(self) -> None:
        """Send what waits, and end."""
        self._provider.shutdown()  # type: ignore[no-untyped-call]

    @contextmanager
    def _span(self, name: str, kind: SpanKind, context: Context | None = None) -> Iterator[Note]:
        told = self._tracer.start_as_current_span(
            name, context, kind, record_exception=False, set_status_on_exception=False
        )
        with told as span:
            try:
                yield lambda noted: span.set_attributes(dict(noted))
            except Exception as error:
                _failed(span, type(error).__name__)
                raise


def _failed(span: trace.Span, kind: str) -> None:
    span.set_status(Status(StatusCode.ERROR))
    span.set_attribute("error.type", kind)
