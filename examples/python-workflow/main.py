"""A durable workflow that buys a VPS for an order and hands it over: exactly one, whatever dies.

DBOS keeps which steps of a workflow are done, and runs the one that was under way again when the
worker is started anew. Running it again must not buy again: the order's number is the purchase's
idempotency key, and a store beside DBOS's own tables records the purchase.
"""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path
from typing import Any

from dbos import DBOS, SetWorkflowID

import stablevps
from stablevps.stores import SqliteStore

DELIVERIES = """
CREATE TABLE IF NOT EXISTS deliveries (
    number TEXT PRIMARY KEY,
    vps_id TEXT NOT NULL UNIQUE
)"""


class Shop:
    """What the steps of the workflow do. Each of them may be done again."""

    def __init__(self, client: stablevps.Client, folder: Path) -> None:
        self.client = client
        self.folder = folder
        with self.deliveries() as deliveries:
            deliveries.execute(DELIVERIES)

    def deliveries(self) -> sqlite3.Connection:
        # DBOS runs steps in threads of its own.
        return sqlite3.connect(self.folder / "deliveries.db")

    def buy(self, number: str, plan: str, location: str, **options: Any) -> str:
        """Buys the VPS of an order. Only its id is given: DBOS keeps what a step returns."""
        bought = self.client.vps.provision(
            plan_id=stablevps.PlanId(plan),
            billing_cycle="monthly",
            location=stablevps.Location(location),
            idempotency_key=number,
            when_held="wait",  # for the lease of a worker that died
            **options,
        )
        return bought.vps.id

    def hand_over(self, number: str, vps_id: str) -> None:
        """Here the address, the user and the password of the VPS go to the customer."""
        vps = self.client.vps.get(vps_id)
        with self.deliveries() as deliveries:
            deliveries.execute("INSERT OR IGNORE INTO deliveries VALUES (?, ?)", (number, vps.id))


shop: Shop


def is_worth_repeating(error: BaseException) -> bool:
    """With a key, the same call is safe. Where a VPS may be bought, it goes on from there."""
    return isinstance(error, stablevps.StableVPSError) and error.next in ("retry", "resume")


@DBOS.step(retries_allowed=True, max_attempts=5, should_retry=is_worth_repeating)
def buy(number: str, plan: str, location: str) -> str:
    return shop.buy(number, plan, location)


@DBOS.step(retries_allowed=True, max_attempts=5, should_retry=is_worth_repeating)
def hand_over(number: str, vps_id: str) -> None:
    shop.hand_over(number, vps_id)


@DBOS.workflow()
def fulfil(number: str, plan: str, location: str) -> str:
    vps_id = buy(number, plan, location)
    hand_over(number, vps_id)
    return vps_id


def work(with_shop: Shop, number: str, plan: str, location: str) -> str:
    """Takes up what an earlier worker left, and fulfils an order; returns the id of its VPS."""
    global shop
    shop = with_shop
    database = f"sqlite:///{shop.folder / 'workflows.db'}"
    DBOS(config={"name": "vps-shop", "system_database_url": database, "log_level": "ERROR"})
    try:
        DBOS.launch()
        with SetWorkflowID(number):
            # An order that is known already is not begun again.
            return DBOS.start_workflow(fulfil, number, plan, location).get_result()
    finally:
        DBOS.destroy()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Buys a VPS for an order, and hands it over.")
    parser.add_argument("--order", nargs=3, metavar=("NUMBER", "PLAN", "LOCATION"), required=True)
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("--simulate", action="store_true", help="no network, no money")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    store = SqliteStore(args.folder / "purchases.db")
    client = (
        stablevps.Client.simulated(store=store) if args.simulate else stablevps.Client(store=store)
    )
    with client:
        vps_id = work(Shop(client, args.folder), *args.order)
    print(f"{args.order[0]}: handed over {vps_id}")


if __name__ == "__main__":
    main()
