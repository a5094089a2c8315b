"""Descriptors of signals belong to whoever listens on them."""

from __future__ import annotations

import os
import socket
import sys

import pytest
from _child import run
from _servers import answering, serving

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals of POSIX")

MAKE = """
import asyncio, os, signal, sys, threading
import stablevps
client = stablevps.Client("svps_live_0123456789abcdef", base_url=sys.argv[1])
client.wallet.get()
"""


def running(source: str) -> str:
    """The output of a program beside a server."""
    import textwrap

    with serving(answering) as server:
        return run(MAKE + textwrap.dedent(source), f"http://127.0.0.1:{server.port}")


def test_signals_are_passed_on_to_a_socket_which_stays_open() -> None:
    from stablevps import _signals

    ours, theirs = socket.socketpair()
    with ours, theirs:
        for _ in range(2):
            _signals._send(theirs.fileno(), b"\x02")
        assert ours.recv(16) == b"\x02\x02"
        with open(os.devnull) as file, pytest.raises(OSError):
            _signals._send(file.fileno(), b"\x02")


def test_signals_of_an_event_loop_reach_it_and_no_file_that_takes_its_descriptor() -> None:
    out = running(
        """
        handled = []
        async def main():
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGUSR1, lambda: handled.append(1))
            for _ in range(50):
                os.kill(os.getpid(), signal.SIGUSR1)
                client.wallet.get()
                await asyncio.sleep(0)
            while len(handled) < 50:
                os.kill(os.getpid(), signal.SIGUSR1)
                await asyncio.sleep(0.001)
            loop.remove_signal_handler(signal.SIGUSR1)
        before = set(os.listdir("/proc/self/fd"))
        asyncio.run(main())
        signals = []
        signal.signal(signal.SIGALRM, lambda *_: signals.append(1))
        files = [os.memfd_create(f"{n}") for n in range(20)]
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        while len(signals) < 200:
            client.wallet.get()
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(sum(os.fstat(file).st_size for file in files), signal.set_wakeup_fd(-1))
        """
    )
    assert out == "0 -1\n"


def test_a_handler_that_calls_the_client_leaves_everything_as_it_was() -> None:
    out = running(
        """
        calls, inside = [], []
        def handle(*_):
            if not inside:
                inside.append(True)
                calls.append(client.wallet.get().balance)
                inside.clear()
        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        for _ in range(300):
            client.wallet.get()
        while len(calls) < 20:
            client.wallet.get()
        signal.setitimer(signal.ITIMER_REAL, 0)
        watch = next(t for t in threading.enumerate() if t.name == "stablevps-signals")
        def ticks():
            with open(f"/proc/self/task/{watch.native_id}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
            return int(fields[11]) + int(fields[12])
        client.wallet.get()
        first = ticks()
        end = sum(os.times()[:2]) + 0.3
        while sum(os.times()[:2]) < end:
            pass
        print("idle", ticks() - first <= 2, signal.set_wakeup_fd(-1))
        """
    )
    assert out == "idle True -1\n"


def test_threading_that_was_imported_off_the_main_thread_changes_nothing() -> None:
    with serving(answering) as server:
        out = run(
            """
            import _thread, sys
            sys.modules.pop("threading", None)
            imported = _thread.allocate_lock()
            imported.acquire()
            def load():
                import threading
                imported.release()
            _thread.start_new_thread(load, ())
            imported.acquire()
            import stablevps
            client = stablevps.Client("svps_live_0123456789abcdef", base_url=sys.argv[1])
            print(client.wallet.get().balance, client.wallet.get().balance)
            """,
            f"http://127.0.0.1:{server.port}",
        )
    assert out == "12.50 12.50\n"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="msgspec loads in no subinterpreter")
def test_a_subinterpreter_can_call() -> None:
    out = running(
        """
        import _xxsubinterpreters as interpreters
        interpreter = interpreters.create()
        interpreters.run_string(interpreter, f'''
        import stablevps
        client = stablevps.Client("svps_live_0123456789abcdef", base_url={sys.argv[1]!r})
        print(client.wallet.get().balance, client.wallet.get().balance, flush=True)
        client.close()
        '''.replace("\\n        ", "\\n"))
        interpreters.destroy(interpreter)
        os._exit(0)
        """
    )
    assert out == "12.50 12.50\n"
