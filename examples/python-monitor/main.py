"""Reboots VPS that should be up but don't answer. Runs for months, whatever the network does.

A VPS that is being set up, or that the service has halted, is left alone. One silent look is no
outage: it takes two in a row. After a reboot the machine has five minutes to come back, then ten,
then twenty, at most an hour.
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
SILENT_LOOKS = 2
FIRST_PATIENCE, LONGEST_PATIENCE = 300.0, 3600.0
RDP_PORT = 3389

NOT_OURS_TO_WAKE = {VpsStatus.PROVISIONING, VpsStatus.SUSPENDED, VpsStatus.TERMINATED}
PAID = {BillingStatus.ACTIVE, BillingStatus.TRIALING}
NO_USE = (stablevps.UnauthorizedError, stablevps.ReadOnlyKeyError, stablevps.InvalidInputError)


@dataclass
class Patient:
    """What is known of a VPS that did not answer."""

    silent_looks: int = 0
    reboots: int = 0
    leave_until: float = 0.0


class Monitor:
    """Looks at every VPS of an account, again and again."""

    def __init__(self, client: stablevps.Client, answers: Callable[[stablevps.Vps], bool]) -> None:
        self.client = client
        self.answers = answers
        self.patients: dict[str, Patient] = {}

    def look(self, now: float) -> None:
        """Looks once. Only an error that no waiting cures gets out."""
        try:
            fleet = self.client.vps.list()
        except NO_USE:
            raise
        except stablevps.StableVPSError as error:
            print(f"can't list, next look as usual: {error}", flush=True)
            return
        watched = {vps.id for vps in fleet if should_be_up(vps)}
        self.patients = {id: known for id, known in self.patients.items() if id in watched}
        for vps in fleet:
            if vps.id in watched:
                self.examine(vps, now)

    def examine(self, vps: stablevps.Vps, now: float) -> None:
        known = self.patients.setdefault(vps.id, Patient())
        if now < known.leave_until:
            return
        if self.answers(vps):
            if known.reboots:
                print(f"{vps.id} is back", flush=True)
            del self.patients[vps.id]
            return
        known.silent_looks += 1
        if known.silent_looks >= SILENT_LOOKS:
            self.reboot(vps, known, now)

    def reboot(self, vps: stablevps.Vps, known: Patient, now: float) -> None:
        patience = min(FIRST_PATIENCE * 2**known.reboots, LONGEST_PATIENCE)
        known.leave_until, known.reboots, known.silent_looks = now + patience, known.reboots + 1, 0
        print(f"{vps.id} is silent, rebooting; next look in {patience:.0f} s", flush=True)
        try:
            self.client.vps.reboot(vps.id)
        except NO_USE:
            raise
        except stablevps.StableVPSError as error:
            # Perhaps it was rebooted all the same: the next look tells. Never twice in a row.
            print(f"{vps.id}: {error}", flush=True)


def should_be_up(vps: stablevps.Vps) -> bool:
    return vps.status in PAID and vps.vps_status not in NOT_OURS_TO_WAKE


def answers_on_rdp(vps: stablevps.Vps) -> bool:
    """Whether somebody listens where RDP should be."""
    if vps.ip_address is None:
        return True  # Nothing to knock at yet.
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
