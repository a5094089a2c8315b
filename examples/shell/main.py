"""svps: your VPS at the shell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import msgspec

import stablevps
from stablevps.testing import Simulator

COLUMNS = ("id", "plan_id", "location", "vps_status", "ip_address")


def show(rows: Sequence[object], columns: Sequence[str], as_json: bool) -> None:
    """Prints records as a table, or as one JSON object a line, with money as text."""
    if as_json:
        for row in rows:
            print(msgspec.json.encode(row, enc_hook=str).decode())
        return
    cells = [list(columns)]
    for row in rows:
        values = (getattr(row, column) for column in columns)
        cells.append(["-" if value is None else str(value) for value in values])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def carry_out(client: stablevps.Client, args: argparse.Namespace) -> None:
    if args.command == "reboot":
        show([client.vps.reboot(args.id)], ("action", "server_id", "message"), args.json)
    elif args.command == "balance":
        show([client.wallet.get()], ("balance", "currency"), args.json)
    else:
        show(client.vps.list(), COLUMNS, args.json)


def arguments() -> argparse.Namespace:
    both = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    both.add_argument("--json", action="store_true", help="one JSON object a line")
    both.add_argument("--simulate", action="store_true", help="an account in memory")
    parser = argparse.ArgumentParser(prog="svps", description=__doc__, parents=[both])
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("list", help="every VPS (default)", parents=[both])
    commands.add_parser("balance", help="the wallet's balance", parents=[both])
    commands.add_parser("reboot", help="restart a VPS", parents=[both]).add_argument("id")
    return parser.parse_args(namespace=argparse.Namespace(json=False, simulate=False))


def simulated() -> stablevps.Client:
    fleet = [{"id": f"simulated-{number}", "location": "tokyo"} for number in (1, 2)]
    return Simulator(vps=fleet).client()


def main() -> int:
    args = arguments()
    try:
        with simulated() if args.simulate else stablevps.Client() as client:
            carry_out(client, args)
    except stablevps.StableVPSError as error:
        print(f"svps: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
