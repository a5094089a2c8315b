"""What the adapter for OpenTelemetry makes of a client's events, by the in-memory exporters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from _child import run

pytest.importorskip("opentelemetry.sdk")

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import stablevps
from stablevps.opentelemetry import OpenTelemetry
from stablevps.testing import Simulator

ORDER: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo"}


class Exported:
    """Providers in memory, and what they got."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self._reader = InMemoryMetricReader()
        self.meters = MeterProvider([self._reader])
        self.hook = OpenTelemetry(tracer_provider=self.tracers, meter_provider=self.meters)

    def spans(self, name: str) -> list[ReadableSpan]:
        return [span for span in self._spans.get_finished_spans() if span.name == name]

    def names(self) -> list[str]:
        return [span.name for span in self._spans.get_finished_spans()]

    def points(self, name: str) -> list[Any]:
        data = self._reader.get_metrics_data()
        assert data is not None
        found = data.resource_metrics[0].scope_metrics[0].metrics
        return [
            point for metric in found if metric.name == name for point in metric.data.data_points
        ]


@pytest.fixture
def exported() -> Exported:
    return Exported()


def test_each_request_is_a_span_within_the_one_that_is_current(
    connect: Callable[..., Any], exported: Exported
) -> None:
    simulator = Simulator()
    simulator.fault({"status": {"code": 503}}, path="/wallet")
    simulator.fault({"delay": {"ms": 2000}}, path="/wallet")
    client = connect(simulator, on_event=exported.hook)
    with exported.tracers.get_tracer("test").start_as_current_span("mine") as mine:
        client.wallet.get()
    refused, done = exported.spans("GET /wallet")
    assert refused.kind is done.kind is SpanKind.CLIENT
    assert refused.parent == done.parent == mine.get_span_context()
    assert refused.attributes is not None and done.attributes is not None
    assert refused.attributes["error.type"] == "503"
    assert refused.status.status_code is StatusCode.ERROR
    assert done.status.status_code is StatusCode.UNSET
    wanted = {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.request.resend_count": 1,
        "server.address": "stablevps.com",
        "stablevps.call": "wallet.get",
        "stablevps.retry_of": "server",
        "url.full": "https://stablevps.com/api/v1/wallet",
        "url.template": "/wallet",
    }
    assert {name: done.attributes.get(name) for name in wanted} == wanted
    assert done.end_time is not None and done.start_time is not None
    assert done.end_time - done.start_time == 2_000_000_000
    points = exported.points("http.client.request.duration")
    assert sorted(point.attributes["http.response.status_code"] for point in points) == [200, 503]
    assert sum(point.sum for point in points) == 2.0


def test_a_purchase_is_a_span_from_its_beginning_to_its_end(
    connect: Callable[..., Any], exported: Exported
) -> None:
    bought = connect(Simulator(), on_event=exported.hook).vps.provision(**ORDER)
    [span] = exported.spans("stablevps.purchase")
    assert span.attributes is not None
    assert span.attributes["stablevps.vps.id"] == bought.vps.id
    assert span.end_time is not None and span.start_time is not None
    assert span.end_time - span.start_time == bought.elapsed_ms * 1_000_000
    phases = exported.points("stablevps.purchase.phases")
    assert [point.attributes["stablevps.phase"] for point in phases] == [
        "preflight",
        "baseline",
        "ordering",
        "polling",
        "ended",
    ]
    [spent] = exported.points("stablevps.purchase.duration")
    assert spent.sum == bought.elapsed_ms / 1000


def test_a_purchase_that_fails_is_an_error(connect: Callable[..., Any], exported: Exported) -> None:
    client = connect(Simulator(balance=1), on_event=exported.hook)
    with pytest.raises(stablevps.InsufficientFundsError):
        client.vps.provision(**ORDER)
    [span] = exported.spans("stablevps.purchase")
    assert (span.status.status_code, span.status.description) == (
        StatusCode.ERROR,
        "insufficient_funds",
    )


def test_what_a_watch_tells_is_counted(connect: Callable[..., Any], exported: Exported) -> None:
    simulator = Simulator(vps=[{"id": id} for id in "abc"])
    for event in connect(simulator, on_event=exported.hook).vps.watch():
        if event.name == "started":
            simulator.hang("b")
        if event.name == "unreachable":
            break
    [span] = exported.spans("stablevps.watch.unreachable")
    assert span.attributes == {"stablevps.vps.id": "b"}
    counted = exported.points("stablevps.watch.events")
    assert {point.attributes["stablevps.event"]: point.value for point in counted} == {
        "started": 1,
        "unreachable": 1,
    }


def test_a_missing_api_is_named() -> None:
    out = run(
        """
        import sys
        sys.modules["opentelemetry"] = None
        try:
            import stablevps.opentelemetry
        except ImportError as error:
            print(error)
        """
    )
    words = "stablevps.opentelemetry needs the API: pip install 'stablevps[opentelemetry]'"
    assert out == f"{words}\n"
