"""A newcomer with nothing but the installed `svps` buys over HTTP, is killed after the order, and goes on;
and buys at a simulated account.

The arguments are `svps` and the simulator's program.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

SVPS, SIMULATOR = sys.argv[1:3]


def svps(*arguments: str) -> str:
    return subprocess.run([SVPS, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout


def killed_while_it_waits() -> None:
    command = [SVPS, "buy", "basic", "london", "--yes"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as buying:
        assert buying.stderr is not None
        for line in buying.stderr:
            if "waiting for the VPS" in line:
                break
        buying.kill()


def over_http() -> None:
    arguments = [SIMULATOR, "--port", "0", "--provisioning-ms", "0", "--until-stdin-closes"]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as service:
        assert service.stdout is not None and service.stdin is not None
        os.environ["STABLEVPS_BASE_URL"] = service.stdout.readline().split()[-1]
        os.environ["STABLEVPS_API_KEY"] = service.stdout.readline().split()[-1]
        killed_while_it_waits()
        bought = json.loads(svps("resume", "--all", "-o", "json"))
        listed = json.loads(svps("list", "-o", "json"))
        assert [vps["id"] for vps in listed] == [bought["id"]], listed
        assert json.loads(svps("wallet", "-o", "json"))["balance"] == "87.51"
        print(f"killed after its order, resumed: {bought['id']} {bought['ipAddress']}")
        service.stdin.close()


def simulated() -> None:
    bought = json.loads(svps("buy", "prime", "london", "--yes", "--simulate", "-o", "json"))
    listed = json.loads(svps("list", "--simulate", "-o", "json"))
    assert [vps["id"] for vps in listed] == [bought["id"]], listed


def main() -> None:
    over_http()
    simulated()


if __name__ == "__main__":
    main()
