"""The Python process of the race, with the arguments and the output of ``stablevps-race``.

Half of its lives run threads of a ``Client``, and half tasks of an ``AsyncClient``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import queue
import random
import signal
import sys
import threading
import time
from typing import Any

import stablevps
from stablevps.stores import PostgresStore, SqliteStore, Store, StoreOperation

PAUSE = 0.25
"""Before a key is asked for again, in seconds."""


class Edge:
    """A store beside which the process falls: ``receipt:before:2`` is before the second receipt."""

    def __init__(self, store: Store, fall: str) -> None:
        self._store = store
        self._op, self._side, number = fall.split(":")
        self._number = int(number)
        self._seen = 0
        self._lock = threading.Lock()

    def carry_out(self, operation: StoreOperation) -> str:
        with self._lock:
            self._seen += operation.op == self._op
            falls = operation.op == self._op and self._seen == self._number
        if falls and self._side == "before":
            die()
        answer = self._store.carry_out(operation)
        if falls:
            die()
        return answer


def tell(*words: object) -> None:
    # In one call: a line is whole, or is not there.
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()


def opened(place: str) -> Store:
    kind, _, address = place.partition(":")
    while True:
        try:
            return PostgresStore(address) if kind == "postgres" else SqliteStore(address)
        except stablevps.StoreError as error:
            # Another process may be stopped amid a transaction.
            print(f"store {error.code}", file=sys.stderr)
            time.sleep(PAUSE)


def order(key: str) -> dict[str, Any]:
    return {
        "plan_id": "basic",
        "billing_cycle": "monthly",
        "location": "london",
        "idempotency_key": key,
        # Callers differ in what they do about a key that is held elsewhere.
        "when_held": random.choice(["wait", "refuse", "refuse", "refuse"]),
        "settle": 3,
        "first_look": 0.5,
        "longest_pause": 1,
        "timeout": 60,
    }


def told(key: str, error: stablevps.StableVPSError) -> bool:
    """Whether the same call is worth making again. Says how this one ended."""
    if error.next in ("retry", "resume"):
        print(key, error.code, file=sys.stderr, flush=True)
        return True
    print(key, error, file=sys.stderr, flush=True)
    tell(key, f"!{error.code}")
    return False


def told_of(resumed: list[stablevps.Resumed]) -> None:
    for one in resumed:
        key = one.record.idempotency_key or ""
        if one.result is not None:
            tell(key, one.result.vps.id)
        elif one.error is not None:
            print(key, f"resumed:{one.error.code}", file=sys.stderr, flush=True)


def buy_in_threads(client: stablevps.Client, keys: list[str], threads: int) -> None:
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for key in keys:
        waiting.put(key)

    def buy() -> None:
        while True:
            try:
                key = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                tell(key, client.vps.provision(**order(key)).vps.id)
            except stablevps.StableVPSError as error:
                if told(key, error):
                    waiting.put(key)
                    time.sleep(PAUSE)

    def resume_all() -> None:
        try:
            told_of(client.purchases.resume_all())
        except stablevps.StableVPSError as error:
            print("all", error.code, file=sys.stderr, flush=True)

    # Some programs take up what is open when they start; others leave it to who asks for the key.
    work = [buy] * threads + [resume_all] * random.randrange(2)
    running = [threading.Thread(target=each) for each in work]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


async def buy_in_tasks(options: dict[str, Any], keys: list[str], tasks: int) -> None:
    async def buy() -> None:
        while keys:
            key = keys.pop()
            try:
                tell(key, (await client.vps.provision(**order(key))).vps.id)
            except stablevps.StableVPSError as error:
                if told(key, error):
                    keys.insert(0, key)
                    await asyncio.sleep(PAUSE)

    async def resume_all() -> None:
        try:
            told_of(await client.purchases.resume_all())
        except stablevps.StableVPSError as error:
            print("all", error.code, file=sys.stderr, flush=True)

    async with stablevps.AsyncClient(**options) as client:
        work = [buy] * tasks + [resume_all] * random.randrange(2)
        await asyncio.gather(*(each() for each in work))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--fall")
    tasks = parser.add_subparsers(dest="task", required=True)
    buying = tasks.add_parser("buy")
    buying.add_argument("--keys", type=int, required=True)
    buying.add_argument("--threads", type=int, default=4)
    tasks.add_parser("list")
    args = parser.parse_args()
    store = opened(args.store)
    if args.fall:
        store = Edge(store, args.fall)
    # Short times: a lease is longer than they are.
    options = {"base_url": args.url, "store": store, "timeout": 2, "connect_timeout": 1}
    if args.task == "list":
        for one in stablevps.Client(**options).purchases.list():
            print(one.idempotency_key or "", one.state, one.attempt, one.vps_id or "")
        return
    keys = [f"order-{number}" for number in range(1, args.keys + 1)]
    random.shuffle(keys)
    if random.randrange(2):
        asyncio.run(buy_in_tasks(options, keys, args.threads))
    else:
        buy_in_threads(stablevps.Client(**options), keys, args.threads)


if __name__ == "__main__":
    main()
