"""How VPS are probed in an event loop: one TCP connection each, side by side."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from typing import TypeAlias

from ._models import ProbeOutcome
from ._probing import MOST_PROBES, IsEnded, Outcomes, checked_outcome, not_tried, outcome_of
from ._transport import AsyncProber, ProbeTarget

log = logging.getLogger("stablevps")

AnyProber: TypeAlias = AsyncProber


class AsyncProbing:
    """Connects with TCP."""

    async def probe_all(
        self, targets: Sequence[ProbeTarget], within: float, is_ended: IsEnded
    ) -> Outcomes | None:
        """Probes all of them, at most so many at once. Cancelling this ends all of them."""
        outcomes = not_tried(targets)
        numbers = iter(range(len(targets)))
        is_over = False

        async def work() -> None:
            # Before Python 3.12, asyncio.wait_for may swallow a cancellation.
            while not is_over and (number := next(numbers, None)) is not None:
                outcomes[number] = await self.probe(targets[number], within)

        tasks = [asyncio.ensure_future(work()) for _ in targets[:MOST_PROBES]]
        try:
            if tasks:
                await asyncio.wait(tasks)
        finally:
            is_over = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return None if is_ended() else outcomes

    async def probe(self, target: ProbeTarget, within: float) -> ProbeOutcome:
        """Probes one."""
        try:
            await asyncio.wait_for(_connected(target), within)
        except (asyncio.TimeoutError, TimeoutError):
            return "silent"
        except socket.gaierror:
            return "not_tried"
        except OSError as error:
            return outcome_of(error.errno or -1)
        return "answered"


async def _connected(target: ProbeTarget) -> None:
    """Connects, and closes the connection."""
    loop = asyncio.get_running_loop()
    host, port, stream = target.address, target.port, socket.SOCK_STREAM
    try:
        found = socket.getaddrinfo(host, port, type=stream, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        # A name is resolved in a thread.
        found = await loop.getaddrinfo(host, port, type=stream)
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as connection:
        connection.setblocking(False)
        await loop.sock_connect(connection, address)


class OwnProbing(AsyncProbing):
    """Probes with a caller's own prober."""

    def __init__(self, prober: AsyncProber) -> None:
        self._prober = prober

    async def probe(self, target: ProbeTarget, within: float) -> ProbeOutcome:
        try:
            return checked_outcome(await self._prober.probe(target, within))
        except Exception:
            log.exception("the prober raised; the VPS counts as not probed")
            return "not_tried"


def probing(prober: AnyProber | None) -> AsyncProbing:
    """The way to probe that a caller chose."""
    if prober is None:
        return AsyncProbing()
    return prober if isinstance(prober, AsyncProbing) else OwnProbing(prober)
