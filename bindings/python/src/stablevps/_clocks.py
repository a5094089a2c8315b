"""The machine's own clocks.

They need the native library, which is loaded with the first client and not before.
"""

from __future__ import annotations

import time

from ._native import stablevps_ffi


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return stablevps_ffi.monotonic_ms()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class AsyncSystemClock:
    """The machine's own clock, for asyncio."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return stablevps_ffi.monotonic_ms()

    async def sleep(self, seconds: float) -> None:
        import asyncio

        await asyncio.sleep(seconds)
