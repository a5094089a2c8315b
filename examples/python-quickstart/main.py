"""Buys one VPS and shows the progress. Stop it at any time: started again, it continues."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import stablevps

NOTHING_BOUGHT = (
    stablevps.InsufficientFundsError,
    stablevps.NotPlacedError,
    stablevps.OverBudgetError,
)


def buy(client: stablevps.Client, order: argparse.Namespace) -> stablevps.Provisioned:
    """Buys, or continues the purchase whose token is stored."""
    stored: Path = order.token_file
    shown: list[str] = []

    def keep_and_show(progress: stablevps.Progress) -> None:
        if progress.token is not None:
            write_at_once(stored, progress.token)
        line = f"{progress.phase} {progress.last_status or ''}".rstrip()
        if shown[-1:] != [line]:
            shown.append(line)
            print(f"{progress.elapsed_ms / 1000:6.0f} s  {line}", flush=True)

    token = read_if_there(stored)
    if token is not None:
        print("continuing the purchase in", stored)
        bought = client.vps.resume(token, on_progress=keep_and_show)
    else:
        bought = client.vps.provision(
            plan_id=order.plan,
            billing_cycle=order.cycle,
            location=order.location,
            max_spend=order.max_spend,
            on_progress=keep_and_show,
        )
    stored.unlink(missing_ok=True)
    return bought


def read_if_there(path: Path) -> str | None:
    """The file's text. A file that can't be read may hold the token of an order: that is an error."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return None


def write_at_once(path: Path, text: str) -> None:
    """Writes a file so that a crash leaves the old text or the new one, never half of it."""
    new = path.with_suffix(".new")
    with new.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", default="basic")
    parser.add_argument("--cycle", default="monthly")
    parser.add_argument("--location", default="london")
    parser.add_argument("--max-spend", default="13", help="the highest price in EUR")
    parser.add_argument("--token-file", type=Path, default=Path("purchase.token"))
    parser.add_argument("--show-password", action="store_true")
    parser.add_argument("--simulate", action="store_true", help="no network, no money")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    try:
        with stablevps.Client.simulated() if args.simulate else stablevps.Client() as client:
            bought = buy(client, args)
    except stablevps.StableVPSError as error:
        print(f"{error} (next: {error.next})", file=sys.stderr)
        if isinstance(error, NOTHING_BOUGHT):
            args.token_file.unlink(missing_ok=True)
        return 1
    except KeyboardInterrupt:
        print("stopped; start again to continue", file=sys.stderr)
        return 130
    secret = bought.vps.rdp_password
    password = secret.reveal() if secret and args.show_password else secret
    print(f"charged {bought.charged} {bought.currency}")
    print(f"ready {bought.vps.ip_address} user {bought.vps.rdp_username} password {password}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
