"""Reboots VPS that should be up but don't answer. Runs for months; network outages don't end it."""

from __future__ import annotations

import argparse

import stablevps
from stablevps import events
from stablevps.testing import Simulator


def monitor(client: stablevps.Client, at_most: float | None = None) -> None:
    """Watches every VPS of the account, and says what happens."""
    for event in client.vps.watch(reboot="when_silent", at_most=at_most):
        print(f"{event.at:%H:%M:%S} {words(event)}", flush=True)


def words(event: events.WatchEvent) -> str:
    match event:
        case events.Started(vps=fleet):
            return f"watching {len(fleet)} VPS"
        case events.RebootSent(vps=vps, patience=patience):
            return f"{vps.id} does not answer: rebooted, and left alone for {patience:.0f} s"
        case events.RebootUnknown(vps=vps, patience=patience, error=error):
            return f"{vps.id}: {error}; left alone for {patience:.0f} s"
        case events.Reachable(vps=vps, silent=silent):
            return f"{vps.id} is back after {silent:.0f} s"
        case events.PeriodEnding(vps=vps, ends_at=ends_at, missing=missing, currency=currency):
            lack = "" if missing is None else f", and the wallet lacks {missing} {currency}"
            return f"{vps.id} is paid until {ends_at:%Y-%m-%d}{lack}"
        case events.ListingFailed(error=error, next_look=pause):
            return f"can't list, next look in {pause:.0f} s: {error}"
        case _:
            about = getattr(event, "vps", None)
            return event.name if about is None else f"{about.id}: {event.name}"


def simulate() -> None:
    """Two virtual hours with a VPS that hangs, one being set up, an outage and a lost reply."""
    simulator = Simulator(
        vps=[
            {"id": "healthy"},
            {"id": "crashed"},
            {"id": "new", "vps_status": "provisioning"},
            {"id": "halted", "vps_status": "suspended"},
        ]
    )
    simulator.hang("crashed")
    simulator.fault("lose_before", method="POST", path="/vps/crashed/actions")
    simulator.fault({"status": {"code": 503}}, method="GET", path="/vps", skip=20, times=9)
    with simulator.client() as client:
        monitor(client, at_most=2 * 3600)
    for vps in simulator.state()["vps"]:
        print(f"{vps['id']}: rebooted {vps['reboots']} times")


def main() -> None:
    parser = argparse.ArgumentParser(description="Reboots VPS that don't answer.")
    parser.add_argument("--simulate", action="store_true", help="no network, no waiting")
    if parser.parse_args().simulate:
        simulate()
        return
    with stablevps.Client(app="python-monitor") as client:
        monitor(client)


if __name__ == "__main__":
    main()
