"""What protects the native objects: no buffer with two owners, no copy of a pointer."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from _child import run
from _flaky import Flaky
from stablevps._native import stablevps_ffi

import stablevps
from stablevps import _machine
from stablevps.stores import SqliteStore
from stablevps.testing import Simulator

ORDER: Any = {"plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo"}

COPIES: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, pickle.dumps]


def test_no_argument_is_written_into_a_buffer_that_python_and_rust_own_in_turn(
    client: Any, connect: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise AssertionError("an exception between two instructions would free it twice")

    monkeypatch.setattr(stablevps_ffi, "_UniffiRustBufferBuilder", refuse)
    simulator.fault("not_delivered", method="POST", path="/vps")
    bought = client.vps.provision(**ORDER)
    assert bought.orders_sent == 1
    flaky = Flaky(SqliteStore(":memory:"), "lost", 3)
    recorded = connect(simulator, store=flaky)
    recorded.vps.provision(**ORDER, idempotency_key="order-1")
    assert len(recorded.purchases.list()) == 1
    with pytest.raises(stablevps.InvalidInputError):
        client.vps.get(5)
    assert stablevps.price("basic", "monthly") is not None
    stablevps.Client("svps_live_0123456789abcdef", proxy="http://127.0.0.1:1").close()
    stablevps_ffi.Interrupter().interrupt()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("copied", COPIES)
def test_a_client_can_not_be_copied_or_pickled(client: Any, copied: Callable[[Any], Any]) -> None:
    made = getattr(client, "_client", client)
    with pytest.raises(TypeError, match="Client can't be copied or pickled: it holds connections"):
        copied(made)
    assert client.wallet.get().currency == "EUR"


def test_what_holds_a_client_can_not_be_copied_either(client: Any) -> None:
    @dataclasses.dataclass
    class Bot:
        client: Any

    with pytest.raises(TypeError, match="can't be copied or pickled"):
        dataclasses.asdict(Bot(getattr(client, "_client", client)))


@pytest.mark.parametrize("copied", COPIES)
def test_no_native_object_can_be_copied_or_pickled(
    simulator: Simulator, copied: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    machines: list[Any] = []
    made = _machine.Call.__init__

    def noting(self: Any, label: str, machine: Any, *more: Any) -> None:
        machines.append(machine)
        made(self, label, machine, *more)

    monkeypatch.setattr(_machine.Call, "__init__", noting)
    with simulator.client() as client:
        client.wallet.get()
        natives = [simulator, simulator._model, client._session._api, *machines]
    with stablevps.Client("svps_live_0123456789abcdef") as plain:
        assert plain._ureq is not None
        natives += [plain._ureq._host, stablevps_ffi.Interrupter()]  # type: ignore[no-untyped-call]
    assert len(natives) == 6
    for native in natives:
        with pytest.raises(TypeError, match="can't be copied or pickled"):
            copied(native)


def test_a_client_that_could_not_be_made_can_be_shown() -> None:
    for kind in (stablevps.Client, stablevps.AsyncClient):
        assert repr(kind.__new__(kind)) == f"{kind.__name__}(base_url=None)"


def test_importing_the_package_loads_neither_the_native_library_nor_asyncio() -> None:
    out = run(
        """
        import sys, stablevps
        print([name for name in sys.modules if name == "asyncio" or "_native" in name])
        """
    )
    assert out == "[]\n"


def test_what_reads_documents_is_made_when_the_package_is_imported() -> None:
    # Two threads that have msgspec look at a type for the first time, at once, crash the process.
    program = """
        import msgspec
        from stablevps import Client
        from stablevps.stores import SqliteStore

        def refuse(*_, **__):
            raise AssertionError("made at the first call")

        msgspec.json.Decoder = refuse
        client = Client.simulated(store=SqliteStore(":memory:"))
        order = {"plan_id": "basic", "billing_cycle": "monthly", "location": "london"}
        bought = client.vps.provision(**order, idempotency_key="order-1")
        client.vps.reboot(bought.vps.id)
        client.vps.delete(bought.vps.id)
        client.vps.create(**order)
        client.vps.list()
        client.account.get()
        client.wallet.get()
        client.keys.list()
        client.purchases.list()
        client.purchases.forget("order-1")
        print("read")
    """
    assert "read" in run(program)
