"""Buys a VPS for every customer who paid: many at once, and never one twice.

Customers are rows of a SQLite file. In the same file, the store of the STABLEVPS client records the
purchase of each, under the customer's name as its idempotency key. Kill this program at any moment
and start it again, or start several: every customer gets one VPS.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
from pathlib import Path

import stablevps
from stablevps.stores import SqliteStore, Store, StoreOperation
from stablevps.testing import Simulator

TABLE = """
CREATE TABLE IF NOT EXISTS customers (
    name     TEXT PRIMARY KEY,
    plan     TEXT NOT NULL,
    location TEXT NOT NULL,
    vps_id   TEXT UNIQUE,
    problem  TEXT
)"""


class Books:
    """Who paid for what, and what each got."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)  # every statement is on disk
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute(TABLE)

    def paid(self, customer: str, plan: str, location: str) -> None:
        """Records that a customer paid. Recording it twice changes nothing."""
        self.db.execute(
            "INSERT OR IGNORE INTO customers (name, plan, location) VALUES (?, ?, ?)",
            (customer, plan, location),
        )

    def open(self) -> list[tuple[str, str, str]]:
        """The customers who wait."""
        return self.db.execute(
            "SELECT name, plan, location FROM customers"
            " WHERE vps_id IS NULL AND problem IS NULL ORDER BY rowid"
        ).fetchall()

    def deliver(self, customer: str, vps_id: str) -> None:
        self.db.execute("UPDATE customers SET vps_id = ? WHERE name = ?", (vps_id, customer))

    def call_a_person(self, customer: str, problem: str) -> None:
        self.db.execute("UPDATE customers SET problem = ? WHERE name = ?", (problem, customer))


class Shop:
    def __init__(self, client: stablevps.AsyncClient, books: Books) -> None:
        self.client = client
        self.books = books

    async def serve_everybody(self) -> None:
        """Serves every customer who waits. The customer's name is the order's idempotency key."""
        orders = (
            stablevps.BatchOrder(
                plan_id=stablevps.PlanId(plan),
                billing_cycle="monthly",
                location=stablevps.Location(location),
                idempotency_key=customer,
            )
            for customer, plan, location in self.books.open()
        )
        async with self.client.vps.provision_many(orders, when_held="wait") as batch:
            async for end in batch:
                self.serve(end)

    def serve(self, end: stablevps.BatchResult) -> None:
        customer = end.order.idempotency_key
        assert customer is not None
        if end.result is not None:
            bought = end.result
            self.books.deliver(customer, bought.vps.id)
            # Here the address, the user and bought.vps.rdp_password.reveal() go to the customer.
            print(f"{customer}: {bought.vps.ip_address}{' (recovered)' * bought.recovered}")
        elif isinstance(end.error, (stablevps.UnresolvedError, stablevps.ProvisioningFailedError)):
            self.books.call_a_person(customer, str(end.error))
            print(f"{customer}: a person must look: {end.error}")
        else:
            print(f"{customer}: left for the next run: {end.error}")


class DoomedStore:
    """The store of a process that dies before it can record the last of so many orders."""

    def __init__(self, store: Store, simulator: Simulator, orders: int) -> None:
        self.store, self.simulator, self.orders = store, simulator, orders
        self.is_dead = False

    def carry_out(self, operation: StoreOperation) -> str:
        if self.is_dead:
            raise ConnectionError("nothing is recorded by a process that is dead")
        if self.simulator.state()["orders_placed"] >= self.orders:
            self.is_dead = True
            raise SystemExit
        return self.store.carry_out(operation)


def simulate(path: Path, customers: int) -> None:
    """Sells. One reply is lost, the process dies after an order, and another process continues."""
    simulator = Simulator(balance=100 * customers)
    simulator.fault("lose_after", method="POST", path="/vps", skip=1)
    books, store = Books(path), SqliteStore(path)
    for number in range(customers):
        books.paid(f"customer-{number:03}", "basic", ("london", "tokyo")[number % 2])

    async def day(store: Store) -> None:
        async with simulator.async_client(store=store) as client:
            await Shop(client, books).serve_everybody()

    try:
        asyncio.run(day(DoomedStore(store, simulator, orders=customers // 2)))
    except SystemExit:
        print(f"killed after {simulator.state()['orders_placed']} orders; starting again")
    asyncio.run(day(store))
    state = simulator.state()
    print(f"{customers} customers, {state['orders_placed']} orders, {len(state['vps'])} VPS")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Buys a VPS for every customer who paid.")
    parser.add_argument("--books", type=Path, default=Path("reseller.db"))
    parser.add_argument("--paid", nargs=3, metavar=("CUSTOMER", "PLAN", "LOCATION"))
    parser.add_argument("--simulate", action="store_true", help="no network, no money")
    parser.add_argument("--customers", type=int, default=20, help="how many to simulate")
    return parser.parse_args()


async def run(args: argparse.Namespace) -> None:
    books = Books(args.books)
    if args.paid:
        books.paid(*args.paid)
    async with stablevps.AsyncClient(store=SqliteStore(args.books)) as client:
        await Shop(client, books).serve_everybody()


def main() -> None:
    args = arguments()
    if args.simulate:
        simulate(args.books, args.customers)
    else:
        asyncio.run(run(args))


if __name__ == "__main__":
    main()
