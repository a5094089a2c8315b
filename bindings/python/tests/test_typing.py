"""What type checkers refuse."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")

PROGRAM = """
import stablevps
from stablevps import BatchOrder, BillingCycle, Location, PlanId, ProbeOutcome, ProbeTarget, Scope
from stablevps import events
from stablevps.opentelemetry import OpenTelemetry
from stablevps.stores import AsyncPostgresStore, PostgresStore, SqliteStore, StoreOperation
from stablevps.testing import Simulator

simulator = Simulator()
client = stablevps.Client("key", auth="x-api-key")
client.vps.provision(plan_id="prime", billing_cycle="monthly", location="newYork")
client.vps.create(plan_id=PlanId("x"), billing_cycle=BillingCycle("y"), location=Location("z"))
client.vps.wait_until_ready("id", wait_for="active")
client.keys.create(email="e", password="p", name="n", scope=Scope.READ)
stablevps.price("basic", "yearly")
for event in client.vps.watch(reboot="when_silent", exclude={"vps_1"}):
    if isinstance(event, events.Unreachable):
        print(event.vps.id, event.silent.is_integer())
        print(event.reboots)  # typo
order = BatchOrder(plan_id="prime", billing_cycle="monthly", location="london", wait_for="active")
with client.vps.provision_many([order], max_spend="20") as batch:
    for end in batch:
        print(end.index, end.order.plan_id, end.result and end.result.vps.id, batch.progress.ready)
client.vps.watch(reboot="sometimes")  # typo
client.vps.provision_many(["order"])  # typo
BatchOrder(plan_id="prme", billing_cycle="monthly", location="london")  # typo
BatchOrder(plan_id="prime", billing_cycle="monthly", location="london", wait_for="redy")  # typo


class MyProber:
    def probe(self, target: ProbeTarget, within: float) -> ProbeOutcome:
        return "answered"


class MyAsyncProber:
    async def probe(self, target: ProbeTarget, within: float) -> ProbeOutcome:
        return "not_tried"


def note(event: events.ClientEvent) -> None:
    print(event.name)


stablevps.Client("key", prober=MyProber(), on_event=note, app="bot/1")
stablevps.AsyncClient("key", prober=MyAsyncProber(), on_event=OpenTelemetry())
stablevps.Client("key", prober=MyAsyncProber())  # typo
simulator.fault("lose_after")
simulator.fault({"cut": {"keep": 10}})


class MyStore:
    def carry_out(self, operation: StoreOperation) -> str:
        return operation.document


class MyAsyncStore:
    async def carry_out(self, operation: StoreOperation) -> str:
        return operation.document


for store in (SqliteStore("p"), PostgresStore("q"), MyStore()):
    recorded = stablevps.Client("key", store=store)
    stablevps.AsyncClient("key", store=store)
stablevps.AsyncClient("key", store=MyAsyncStore())
stablevps.AsyncClient("key", store=AsyncPostgresStore("q"))
stablevps.Client("key", store=MyAsyncStore())  # typo
stablevps.Client("key", store="purchases.db")  # typo
client.purchases.resume("order-1", when_held="wait", timeout=5)
client.purchases.resume("order-1", when_held="weight")  # typo
resumed: list[stablevps.Resumed] = recorded.purchases.resume_all()
client.vps.provision(plan_id="prme", billing_cycle="monthly", location="london")  # typo
client.vps.provision(plan_id="prime", billing_cycle="montly", location="london")  # typo
client.vps.provision(plan_id="prime", billing_cycle="monthly", location="Londn")  # typo
client.vps.create(plan_id="prme", billing_cycle="monthly", location="london")  # typo
client.vps.wait_until_ready("id", wait_for="redy")  # typo
client.keys.create(email="e", password="p", name="n", scope="raed")  # typo
stablevps.Client("key", auth="barer")  # typo
stablevps.price("basc", "yearly")  # typo
simulator.fault("lose_aftr")  # typo
"""


def test_a_typo_in_a_text_that_has_known_values_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    strict = ["--strict", "--no-incremental", "--follow-imports=silent", "--no-error-summary"]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *strict, program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    refused = {int(line.split(":")[1]) for line in checked.stdout.splitlines()}
    typos = {
        number for number, line in enumerate(PROGRAM.splitlines(), 1) if line.endswith("# typo")
    }
    assert refused == typos, checked.stdout
