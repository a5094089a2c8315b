"""A program that buys while exceptions are raised in it at any instant.

Its arguments: how it is interrupted, a seed, how often, where the service is, and the file of a
store. With a store, each purchase has a key, and is made again with it after an interruption.

It must end with status 0: no interruption ends the interpreter, leaves the account locked, or loses
an order. An order is lost that no result names and no token leads to.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import stablevps
from stablevps.stores import SqliteStore
from stablevps.testing import Simulator

BOUND = 60
"""After so many seconds the account must be locked."""

LONGEST = 0.006
"""A purchase in memory takes about as many seconds."""


class Interruption(BaseException):
    """What is raised where nobody expects it."""


def raising(*_: object) -> None:
    raise Interruption


class Timer:
    """Interrupts by a signal of the system's timer, or by one that another thread sends."""

    def __init__(self, how: str, longest: float) -> None:
        self._how = how
        self._longest = longest
        self._victim = threading.get_ident()
        self._ordered = threading.Semaphore(0)
        self._delay: float | None = None
        number = {"SIGINT": signal.SIGINT, "SIGTERM": signal.SIGTERM, "SIGALRM": signal.SIGALRM}
        self._signal = number.get(how)
        if self._signal is not None:
            signal.signal(self._signal, raising)
        if how != "SIGALRM":
            self._idle = threading.Event()
            threading.Thread(target=self._interrupt, daemon=True).start()

    def start(self) -> None:
        delay = random.uniform(0, self._longest)
        if self._how == "SIGALRM":
            signal.setitimer(signal.ITIMER_REAL, delay)
            return
        self._delay = delay
        self._idle.clear()
        self._ordered.release()

    def stop(self) -> None:
        """Returns when nothing will be raised any more."""
        while True:
            try:
                if self._how == "SIGALRM":
                    signal.setitimer(signal.ITIMER_REAL, 0)
                else:
                    self._idle.wait()
                for _ in range(1000):
                    pass
                return
            except Interruption:
                continue

    def _interrupt(self) -> None:
        while self._ordered.acquire():
            threading.Event().wait(self._delay)
            if self._signal is None:
                raised = ctypes.py_object(Interruption)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._victim), raised)
            else:
                os.kill(os.getpid(), self._signal)
            self._idle.set()


def main(how: str, seed: int, times: int, key: str = "", url: str = "", database: str = "") -> None:
    random.seed(seed)
    faulthandler.dump_traceback_later(BOUND, exit=True)
    # What is raised while an object is finalized is shown, and lost.
    sys.unraisablehook = lambda _: None
    order: dict[str, Any] = {
        "plan_id": "basic", "billing_cycle": "monthly", "location": "tokyo",
        "first_look": 0.01, "longest_pause": 0.02, "settle": 0.05,
    }  # fmt: skip
    placed: Callable[[], int]
    store = SqliteStore(database) if database else None
    if url:
        client: Any = stablevps.Client(key, base_url=url, store=store)
        timer = Timer(how, 20 * LONGEST)
        placed = lambda: len(client.vps.list())  # noqa: E731
    else:
        simulator = Simulator(balance=1_000_000, seed=seed, provisioning_ms=50)
        client = simulator.client(store=store)
        timer = Timer(how, 10 * LONGEST if database else LONGEST)
        placed = lambda: simulator.state()["orders_placed"]  # noqa: E731
    known: set[str] = set()
    interrupted = 0
    for number in range(times):
        tokens: list[str | None] = [None]
        keyed: dict[str, Any] = {}
        if database:
            keyed = {"idempotency_key": f"order-{number}", "when_held": "wait"}
        try:
            timer.start()
            bought = client.vps.provision(
                **order, **keyed, on_progress=lambda step, kept=tokens: kept.append(step.token)
            )
            known.add(bought.vps.id)
            timer.stop()
        except Interruption as interruption:
            # There is one for each start, and this was it.
            interrupted += 1
            tokens.append(getattr(interruption, "token", None) or tokens[-1])
            timer.stop()
        if database:
            known.add(again(lambda keyed=keyed: client.vps.provision(**order, **keyed)))
            assert placed() == len(known) == number + 1, f"not one order for each key: {keyed}"
            continue
        token = next((token for token in reversed(tokens) if token), None)
        if placed() != len(known) and token is not None:
            known.add(client.vps.resume(token).vps.id)
        assert placed() == len(known), f"an order is lost: {token}"
    # The account is not locked.
    known.add(client.vps.provision(**order).vps.id)
    assert placed() == len(known)
    print(f"interrupted {interrupted} times")


def again(buy: Callable[[], Any]) -> str:
    """The VPS of a key, whose order an interruption may have kept from being sent."""
    while True:
        try:
            bought: str = buy().vps.id
            return bought
        except stablevps.NotPlacedError:
            continue


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:7])
