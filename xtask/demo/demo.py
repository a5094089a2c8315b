"""Buys a VPS on the simulator, with live progress; then once more with the order's reply lost."""

from __future__ import annotations

import stablevps
from stablevps.testing import Simulator


def show(progress: stablevps.Progress) -> None:
    if progress.next_look_ms == 0 and progress.phase == "polling":
        return
    status = f"  {progress.last_status}" if progress.last_status else ""
    pause = f"  next look in {progress.next_look_ms / 1000:.1f} s" if progress.next_look_ms else ""
    print(f"  {progress.elapsed_ms / 1000:6.1f} s  {progress.phase}{status}{pause}")


def buy(simulator: Simulator) -> stablevps.Provisioned:
    with simulator.client() as client:
        return client.vps.provision(
            plan_id="prime",
            billing_cycle="monthly",
            location="amsterdam",
            max_spend="20",
            on_progress=show,
        )


def main() -> None:
    simulator = Simulator(balance=100)
    print("a purchase (virtual time):")
    bought = buy(simulator)
    state = simulator.state()
    sent = state["requests"]["by_endpoint"]["POST /vps"]
    print(
        f"python  ready  {bought.vps.id}  {bought.vps.ip_address}  "
        f"charged {bought.charged} {bought.currency}  orders sent {sent}"
    )

    print("\nthe same, with the order's reply lost:")
    simulator.fault("lose_after", method="POST", path="/vps")
    recovered = buy(simulator)
    charges = simulator.state()["charges"]
    sent = simulator.state()["requests"]["by_endpoint"]["POST /vps"] - sent
    print(
        f"python  recovered {recovered.recovered}  {recovered.vps.id}  {recovered.vps.ip_address}  "
        f"charged {recovered.charged} {recovered.currency}  orders sent {sent}"
    )
    print(f"the service charged {len(charges)} times for 2 purchases: {charges}")


if __name__ == "__main__":
    main()
