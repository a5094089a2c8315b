"""Buys a VPS over HTTP from the simulator's program, whose path is the argument."""

from __future__ import annotations

import shutil
import subprocess
import sys

import stablevps


def main() -> None:
    assert shutil.which("cargo") is None and shutil.which("rustc") is None
    arguments = [sys.argv[1], "--port", "0", "--speed", "600", "--until-stdin-closes"]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as service:
        assert service.stdout is not None
        url = service.stdout.readline().split()[-1]
        key = service.stdout.readline().split()[-1]
        with stablevps.Client(key, base_url=url) as client:
            bought = client.vps.provision(
                plan_id="basic",
                billing_cycle="monthly",
                location="newYork",
                first_look=0.05,
                longest_pause=0.1,
            )
            assert bought.vps.rdp_password is not None and bought.orders_sent == 1
            assert str(client.wallet.get().balance) == "87.51"
            assert [vps.id for vps in client.vps.list()] == [bought.vps.id]
        print(f"bought {bought.vps.id} for {bought.charged} {bought.currency} over HTTP")


if __name__ == "__main__":
    main()
