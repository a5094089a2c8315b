"""Buys a VPS for every customer who paid: many at once, and never one twice.

Customers are rows of a SQLite file. A purchase's token is in its row before the order is sent. Kill
this program at any moment and start it again: it resumes unfinished purchases and buys the others.

Let only one such process buy on an account.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path

import stablevps
from stablevps.testing import Simulator

TABLE = """
CREATE TABLE IF NOT EXISTS purchases (
    customer TEXT PRIMARY KEY,
    plan     TEXT NOT NULL,
    location TEXT NOT NULL,
    token    TEXT,
    vps_id   TEXT UNIQUE,
    problem  TEXT
)"""


class Books:
    """What was sold, and the state of each purchase."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)  # every statement is on disk
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute(TABLE)

    def paid(self, customer: str, plan: str, location: str) -> None:
        """Records that a customer paid. Recording it twice changes nothing."""
        self.db.execute(
            "INSERT OR IGNORE INTO purchases (customer, plan, location) VALUES (?, ?, ?)",
            (customer, plan, location),
        )

    def open(self) -> list[tuple[str, str, str, str | None]]:
        """The unfinished purchases, those with a token first, because they may be ordered."""
        return self.db.execute(
            "SELECT customer, plan, location, token FROM purchases"
            " WHERE vps_id IS NULL AND problem IS NULL ORDER BY token IS NULL, rowid"
        ).fetchall()

    def keep(self, customer: str, token: str | None) -> None:
        self.db.execute("UPDATE purchases SET token = ? WHERE customer = ?", (token, customer))

    def deliver(self, customer: str, vps_id: str) -> None:
        """A VPS belongs to one customer: the table refuses it to a second one."""
        self.db.execute("UPDATE purchases SET vps_id = ? WHERE customer = ?", (vps_id, customer))

    def call_a_person(self, customer: str, problem: str) -> None:
        self.db.execute("UPDATE purchases SET problem = ? WHERE customer = ?", (problem, customer))


class Shop:
    def __init__(self, client: stablevps.AsyncClient, books: Books) -> None:
        self.client = client
        self.books = books

    async def serve_everybody(self) -> None:
        """Finishes every open purchase.

        The client lets purchases order one at a time, in the order in which they begin. So those
        with a token come first, and no new VPS can be taken for theirs.
        """
        await asyncio.gather(*(self.serve(*purchase) for purchase in self.books.open()))

    async def serve(self, customer: str, plan: str, location: str, token: str | None) -> None:
        def keep(progress: stablevps.Progress) -> None:
            nonlocal token
            if progress.token != token:
                token = progress.token
                self.books.keep(customer, token)

        try:
            if token is None:
                bought = await self.client.vps.provision(
                    plan_id=stablevps.PlanId(plan),
                    billing_cycle="monthly",
                    location=stablevps.Location(location),
                    on_progress=keep,
                )
            else:
                bought = await self.client.vps.resume(token, on_progress=keep)
            self.books.deliver(customer, bought.vps.id)
        except stablevps.NotPlacedError:
            self.books.keep(customer, None)  # nothing was bought: the next run buys again
            print(f"{customer}: the order was not placed")
        except (stablevps.UnresolvedError, stablevps.ProvisioningFailedError) as error:
            self.books.call_a_person(customer, str(error))
            print(f"{customer}: a person must look: {error}")
        except sqlite3.IntegrityError:
            self.books.call_a_person(customer, "the VPS found is another customer's")
            print(f"{customer}: a person must look: the VPS found is another customer's")
        except stablevps.StableVPSError as error:
            print(f"{customer}: left for the next run: {error}")
        else:
            # Here the address, the user and bought.vps.rdp_password.reveal() go to the customer.
            print(f"{customer}: {bought.vps.ip_address}{' (recovered)' * bought.recovered}")


class DoomedBooks(Books):
    """Books of a process that dies before it can record the last of so many orders."""

    def __init__(self, path: Path, simulator: Simulator, orders: int) -> None:
        super().__init__(path)
        self.simulator, self.orders = simulator, orders

    def keep(self, customer: str, token: str | None) -> None:
        if self.simulator.state()["orders_placed"] >= self.orders:
            raise SystemExit
        super().keep(customer, token)


def simulate(path: Path, customers: int) -> None:
    """Sells. One reply is lost, the process dies after an order, and another process continues."""
    simulator = Simulator(balance=100 * customers)
    simulator.fault("lose_after", method="POST", path="/vps", skip=1)

    async def day(books: Books) -> None:
        for number in range(customers):
            books.paid(f"customer-{number:03}", "basic", ("london", "tokyo")[number % 2])
        async with simulator.async_client() as client:
            with suppress(SystemExit):  # it ends asyncio.run by itself, like a death
                await Shop(client, books).serve_everybody()

    try:
        asyncio.run(day(DoomedBooks(path, simulator, orders=customers // 2)))
    except SystemExit:
        print(f"killed after {simulator.state()['orders_placed']} orders; starting again")
    asyncio.run(day(Books(path)))
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
    async with stablevps.AsyncClient() as client:
        await Shop(client, books).serve_everybody()


def main() -> None:
    args = arguments()
    if args.simulate:
        simulate(args.books, args.customers)
    else:
        asyncio.run(run(args))


if __name__ == "__main__":
    main()
