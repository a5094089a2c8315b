"""Reboots VPS that should be up but don't answer. Runs for months; network outages don't end it.

A VPS that is being set up, or that the service has suspended, is left alone. A VPS is rebooted after
two failed looks in a row. It then has five minutes to come back, the next time ten, then twenty, at
most an hour.
"""

from __future__ import annotations

import argparse
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

import stablevps
from stablevps import BillingStatus, VpsStatus
from stablevps.testing import Simulator

LOOK_EVERY = 60.0
FAILED_LOOKS = 2
FIRST_PAUSE, LONGEST_PAUSE = 300.0, 3600.0
RDP_PORT = 3389

LEFT_ALONE = {VpsStatus.PROVISIONING, VpsStatus.SUSPENDED, VpsStatus.TERMINATED}
PAID = {BillingStatus.ACTIVE, BillingStatus.TRIALING}
FATAL = (stablevps.UnauthorizedError, stablevps.ReadOnlyKeyError, stablevps.InvalidInputError)


@dataclass
class Outage:
    """A VPS that did not answer."""

    failed_looks: int = 0
    reboots: int = 0
    leave_until: float = 0.0


class Monitor:
    """Looks at every VPS of an account, again and again."""

    def __init__(self, client: stablevps.Client, answers: Callable[[stablevps.Vps], bool]) -> None:
        self.client = client
        self.answers = answers
        self.outages: dict[str, Outage] = {}

    def look(self, now: float) -> None:
        """Looks once. Raises only errors that waiting can't cure."""
        try:
            fleet = self.client.vps.list()
        except FATAL:
            raise
        except stablevps.StableVPSError as error:
            print(f"can't list, next look in {LOOK_EVERY:.0f} s: {error}", flush=True)
            return
        watched = {vps.id for vps in fleet if should_be_up(vps)}
        self.outages = {id: one for id, one in self.outages.items() if id in watched}
        for vps in fleet:
            if vps.id in watched:
                self.examine(vps, now)

    def examine(self, vps: stablevps.Vps, now: float) -> None:
        outage = self.outages.setdefault(vps.id, Outage())
        if now < outage.leave_until:
            return
        if self.answers(vps):
            if outage.reboots:
                print(f"{vps.id} is back", flush=True)
            del self.outages[vps.id]
            return
        outage.failed_looks += 1
        if outage.failed_looks >= FAILED_LOOKS:
            self.reboot(vps, outage, now)

    def reboot(self, vps: stablevps.Vps, outage: Outage, now: float) -> None:
        pause = min(FIRST_PAUSE * 2**outage.reboots, LONGEST_PAUSE)
        outage.leave_until, outage.reboots, outage.failed_looks = now + pause, outage.reboots + 1, 0
        print(f"{vps.id} does not answer, rebooting; next look in {pause:.0f} s", flush=True)
        try:
            self.client.vps.reboot(vps.id)
        except FATAL:
            raise
        except stablevps.StableVPSError as error:
            # It may have been rebooted all the same. The next look will show; no second reboot now.
            print(f"{vps.id}: {error}", flush=True)


def should_be_up(vps: stablevps.Vps) -> bool:
    return vps.status in PAID and vps.vps_status not in LEFT_ALONE


def answers_on_rdp(vps: stablevps.Vps) -> bool:
    """Whether the RDP port accepts connections."""
    if vps.ip_address is None:
        return True  # It has no address yet.
    try:
        with socket.create_connection((vps.ip_address, RDP_PORT), timeout=5):
            return True
    except OSError:
        return False


def watch_for_ever() -> None:
    with stablevps.Client() as client:
        monitor = Monitor(client, answers_on_rdp)
        while True:
            monitor.look(time.monotonic())
            time.sleep(LOOK_EVERY)


def simulate() -> None:
    """Half a virtual hour with a crashed VPS, one being set up, an outage and a lost reply."""
    simulator = Simulator(
        vps=[
            {"id": "healthy"},
            {"id": "crashed"},
            {"id": "new", "vps_status": "provisioning"},
            {"id": "halted", "vps_status": "suspended"},
        ]
    )

    def power(vps: stablevps.Vps) -> bool:
        return any(
            one["id"] == vps.id and one["power"] == "running" for one in simulator.state()["vps"]
        )

    with simulator.client() as client:
        client.vps.stop("crashed")
        simulator.fault({"status": {"code": 503}}, method="GET", path="/vps", times=3)
        simulator.fault("lose_before", method="POST", path="/vps/crashed/actions")
        monitor = Monitor(client, power)
        for _ in range(30):
            monitor.look(simulator.now_ms / 1000)
            simulator.advance(LOOK_EVERY)
    for vps in simulator.state()["vps"]:
        print(f"{vps['id']}: {vps['power']}, rebooted {vps['reboots']} times")


def main() -> None:
    parser = argparse.ArgumentParser(description="Reboots VPS that don't answer.")
    parser.add_argument("--simulate", action="store_true", help="no network, no waiting")
    if parser.parse_args().simulate:
        simulate()
    else:
        watch_for_ever()


if __name__ == "__main__":
    main()
