"""Spans and metrics for OpenTelemetry: ``pip install 'stablevps[opentelemetry]'``.

>>> import stablevps
>>> from stablevps.opentelemetry import OpenTelemetry
>>> with stablevps.Client.simulated(on_event=OpenTelemetry()) as client:
...     client.vps.list()
[]

===================================  =========================================================
span                                 what it is
===================================  =========================================================
the endpoint, such as ``GET /vps``   one request, of the kind ``CLIENT``
``stablevps.purchase``               one purchase, from its beginning to its end
``stablevps.watch.unreachable``      one event of a watch, without a length
===================================  =========================================================

===================================  =========================================================
metric                               what it is
===================================  =========================================================
``http.client.request.duration``     the seconds of each request, by endpoint and status
``stablevps.purchase.phases``        how many purchases came to each phase
``stablevps.purchase.duration``      the seconds of each purchase, by its error
``stablevps.watch.events``           how many events watches told, by name
===================================  =========================================================

No attribute holds a key or a password. A request's span is a child of the span that is current
where the call is made.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

try:
    from opentelemetry import metrics, trace
except ImportError as _missing:
    raise ImportError(
        "stablevps.opentelemetry needs the API: pip install 'stablevps[opentelemetry]'"
    ) from _missing
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import SpanKind, Status, StatusCode, TracerProvider

from ._hook import PhaseChanged, RequestDone
from ._models import Phase, Vps
from ._version import VERSION
from .events import ClientEvent, WatchEvent

__all__ = ["OpenTelemetry"]

Attributes = dict[str, str | int | float | bool]


class OpenTelemetry:
    """An ``on_event`` that makes spans and metrics of what a client does.

    :param tracer_provider: where spans go; by default the global one.
    :param meter_provider: where metrics go; by default the global one.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        self._tracer = trace.get_tracer("stablevps", VERSION, tracer_provider)
        meter = metrics.get_meter("stablevps", VERSION, meter_provider)
        self._requests = meter.create_histogram("http.client.request.duration", "s")
        self._phases = meter.create_counter("stablevps.purchase.phases")
        self._purchases = meter.create_histogram("stablevps.purchase.duration", "s")
        self._events = meter.create_counter("stablevps.watch.events")

    def __call__(self, event: ClientEvent) -> None:
        """Takes one event of a client."""
        if isinstance(event, RequestDone):
            self._request(event)
        elif isinstance(event, PhaseChanged):
            self._phase(event)
        else:
            self._watched(event)

    def _request(self, done: RequestDone) -> None:
        place = urlsplit(done.url)
        shared: Attributes = {
            "http.request.method": done.method,
            "url.template": done.endpoint.partition(" ")[2],
            "server.address": place.hostname or "",
        }
        if place.port is not None:
            shared["server.port"] = place.port
        error: str | None = done.failure
        if done.status is not None:
            shared["http.response.status_code"] = done.status
            error = error if done.status < 400 else str(done.status)
        if error is not None:
            shared["error.type"] = error
        self._requests.record(done.duration, shared)
        attributes: Attributes = {
            **shared,
            "url.full": done.url,
            "http.response.body.size": done.received,
            "stablevps.call": done.call,
        }
        if done.attempt > 1:
            attributes["http.request.resend_count"] = done.attempt - 1
        if done.retry_of is not None:
            attributes["stablevps.retry_of"] = done.retry_of
        if done.request_id is not None:
            attributes["stablevps.request_id"] = done.request_id
        self._span(done.endpoint, done.duration, attributes, error, SpanKind.CLIENT)

    def _phase(self, changed: PhaseChanged) -> None:
        self._phases.add(1, {"stablevps.phase": changed.phase.value})
        if changed.phase is not Phase.ENDED:
            return
        attributes: Attributes = {} if changed.error is None else {"error.type": changed.error}
        self._purchases.record(changed.elapsed, attributes)
        attributes["stablevps.call"] = changed.call
        if changed.vps_id is not None:
            attributes["stablevps.vps.id"] = changed.vps_id
        self._span("stablevps.purchase", changed.elapsed, attributes, changed.error)

    def _watched(self, event: WatchEvent) -> None:
        self._events.add(1, {"stablevps.event": event.name})
        vps = getattr(event, "vps", None)
        attributes: Attributes = {"stablevps.vps.id": vps.id} if isinstance(vps, Vps) else {}
        self._span(f"stablevps.watch.{event.name}", 0.0, attributes, None)

    def _span(
        self,
        name: str,
        duration: float,
        attributes: Attributes,
        error: str | None,
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> None:
        """A span that ends now."""
        end_ns = time.time_ns()
        begun_ns = end_ns - round(duration * 1e9)
        span = self._tracer.start_span(name, kind=kind, attributes=attributes, start_time=begun_ns)
        if error is not None:
            span.set_status(Status(StatusCode.ERROR, error))
        span.end(end_ns)
