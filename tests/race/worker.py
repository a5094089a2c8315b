"""One of the processes that buy the same keys: see ``src/main.rs``, which says what it prints."""

from __future__ import annotations

import argparse
import os
import queue
import random
import sys
import threading
import time

import stablevps
from stablevps.stores import PostgresStore, SqliteStore

PAUSE = 0.25
"""Before a key is asked for again, in seconds."""


def opened(place: str) -> SqliteStore | PostgresStore:
    kind, _, address = place.partition(":")
    return SqliteStore(address) if kind == "sqlite" else PostgresStore(address)


def buy(client: stablevps.Client, key: str) -> stablevps.Provisioned:
    return client.vps.provision(
        plan_id="basic",
        billing_cycle="monthly",
        location="london",
        idempotency_key=key,
        when_held=random.choice(["wait", "refuse", "refuse", "refuse"]),
        settle=3,
        first_look=0.5,
        longest_pause=1,
        timeout=60,
    )


def told(*words: object) -> None:
    # In one call: a line is whole, or is not there.
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def buy_waiting(client: stablevps.Client, waiting: queue.SimpleQueue[str]) -> None:
    while True:
        try:
            key = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            told(key, buy(client, key).vps.id)
        except stablevps.StableVPSError as error:
            # With a key, the same call is what resumes it.
            if error.next in ("retry", "resume"):
                print(key, error.code, file=sys.stderr, flush=True)
                waiting.put(key)
                time.sleep(PAUSE)
            else:
                print(key, error, file=sys.stderr, flush=True)
                told(key, f"!{error.code}")


def resume_all(client: stablevps.Client) -> None:
    try:
        for resumed in client.purchases.resume_all():
            key = resumed.record.idempotency_key
            if resumed.result is not None:
                told(key, resumed.result.vps.id)
            else:
                print(key, f"resumed:{resumed.error.code}", file=sys.stderr, flush=True)
    except stablevps.StableVPSError as error:
        print("all", error.code, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("task", choices=["buy"])
    parser.add_argument("--keys", type=int, required=True)
    parser.add_argument("--threads", type=int, default=4)
    arguments = parser.parse_args()
    client = stablevps.Client(
        base_url=arguments.url, store=opened(arguments.store), timeout=2, connect_timeout=1
    )
    keys = [f"order-{number}" for number in range(1, arguments.keys + 1)]
    random.shuffle(keys)
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for key in keys:
        waiting.put(key)
    threads = [
        threading.Thread(target=buy_waiting, args=(client, waiting))
        for _ in range(arguments.threads)
    ]
    # Some programs take up what is open when they start; others leave it to who asks for the key.
    if random.random() < 0.5:
        threads.append(threading.Thread(target=resume_all, args=(client,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


main()
