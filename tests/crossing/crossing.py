"""Begins a purchase, or finishes one: see the README beside this file."""

import sys

import stablevps


class Stop(Exception):
    """The purchase has reached the phase."""


def begin(client: stablevps.Client, phase: str) -> None:
    def stop(progress: stablevps.Progress) -> None:
        if progress.phase == phase:
            print(progress.token)
            raise Stop

    try:
        client.vps.provision(
            plan_id="prime", billing_cycle="monthly", location="london", on_progress=stop
        )
    except Stop:
        pass


def finish(client: stablevps.Client, token: str) -> None:
    bought = client.vps.resume(token)
    print(bought.vps.id, bought.charged, str(bought.recovered).lower())


mode, url, key, rest = sys.argv[1:]
{"begin": begin, "finish": finish}[mode](stablevps.Client(key, base_url=url), rest)
