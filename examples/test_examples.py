"""Runs every example against the simulator, and every Python block of the READMEs."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import stablevps
from stablevps.stores import SqliteStore, StoreOperation
from stablevps.testing import Simulator

EXAMPLES = Path(__file__).resolve().parent
ROOT = EXAMPLES.parent
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/*.md", "examples/*/README.md", "bindings/[cp]*/README.md")
    for page in ROOT.glob(pattern)
)
# Whatever a block does by mistake, it reaches nobody.
NOWHERE = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **NOWHERE, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("STABLEVPS_API_KEY", None)
    return subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def example(folder: Path, name: str, *arguments: str) -> str:
    """What an example prints when all goes well."""
    done = run(folder, str(EXAMPLES / name / "main.py"), "--simulate", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        name.replace("-", "_"), EXAMPLES / name / "main.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_quickstart_buys_and_leaves_nothing_to_resume(tmp_path: Path) -> None:
    printed = example(tmp_path, "python-quickstart", "--plan", "prime", "--max-spend", "20")
    assert "ordering" in printed
    assert "charged 19.49 EUR" in printed
    assert printed.rstrip().endswith("user Administrator password ***")
    assert list(tmp_path.iterdir()) == []


def test_the_quickstart_shows_the_password_only_when_asked(tmp_path: Path) -> None:
    printed = example(tmp_path, "python-quickstart", "--show-password")
    assert "***" not in printed


def test_the_quickstart_stops_in_words_when_the_price_is_too_high(tmp_path: Path) -> None:
    main = str(EXAMPLES / "python-quickstart" / "main.py")
    done = run(tmp_path, main, "--simulate", "--plan", "pro", "--max-spend", "20")
    assert done.returncode == 1
    assert "34.49" in done.stderr and "next: fix" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("last_phase", ["preflight", "ordering", "polling"])
def test_the_quickstart_goes_on_where_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last_phase: str
) -> None:
    quickstart = load("python-quickstart")
    monkeypatch.setattr(sys, "argv", ["main.py", "--token-file", str(tmp_path / "token")])
    order = quickstart.arguments()
    simulator = Simulator()
    write = quickstart.write_at_once
    phases = iter(["preflight", "baseline", "ordering", "polling"])

    def die(path: Path, text: str) -> None:
        write(path, text)
        if next(phases) == last_phase:
            raise SystemExit("killed")

    monkeypatch.setattr(quickstart, "write_at_once", die)
    with pytest.raises(SystemExit):
        quickstart.buy(simulator.client(), order)
    monkeypatch.setattr(quickstart, "write_at_once", write)
    if last_phase == "ordering":
        # The order may have been sent, so it is looked for and never sent again.
        with pytest.raises(stablevps.NotPlacedError):
            quickstart.buy(simulator.client(), order)
        assert simulator.state()["orders_received"] == 0
    else:
        assert quickstart.buy(simulator.client(), order).orders_sent == 1
        assert simulator.state()["orders_placed"] == 1
        assert not order.token_file.exists()


@pytest.mark.parametrize("kind", ["a folder", "not text", "a loop", "below a file"])
def test_a_token_file_that_cannot_be_read_begins_no_purchase(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quickstart = load("python-quickstart")
    token = tmp_path / "token"
    if kind == "a folder":
        token.mkdir()
    elif kind == "not text":
        token.write_bytes(b"\xff\xfe")
    elif kind == "a loop":
        token.symlink_to(token)
    else:
        token.write_text("")
        token /= "token"
    monkeypatch.setattr(sys, "argv", ["main.py", "--token-file", str(token)])
    simulator = Simulator()
    with pytest.raises((OSError, UnicodeDecodeError)):
        quickstart.buy(simulator.client(), quickstart.arguments())
    assert simulator.requests() == []


def test_a_token_of_another_key_is_not_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quickstart = load("python-quickstart")
    token = tmp_path / "token"
    Simulator(seed=1).client().vps.provision(
        plan_id="basic",
        billing_cycle="monthly",
        location="tokyo",
        on_progress=lambda progress: None if not progress.token else keep(token, progress.token),
    )
    monkeypatch.setattr(sys, "argv", ["main.py", "--simulate", "--token-file", str(token)])
    assert quickstart.main() == 1
    assert "another API key" in capsys.readouterr().err
    assert token.exists()


def keep(path: Path, text: str) -> None:
    path.write_text(text)


def test_the_monitor_reboots_what_is_silent_and_nothing_else(tmp_path: Path) -> None:
    printed = example(tmp_path, "python-monitor")
    told = [line.partition(" ")[2] for line in printed.splitlines()]
    assert told[0] == "watching 4 VPS"
    assert told[1] == "crashed: unreachable"
    assert "left alone for 600 s" in told[2], "a reboot whose reply was lost may have been done"
    assert "can't list, next look in 60 s" in printed
    assert "crashed does not answer: rebooted, and left alone for 1200 s" in printed
    assert "crashed is back after" in printed
    assert printed.splitlines()[-4:] == [
        "healthy: rebooted 0 times",
        "crashed: rebooted 1 times",
        "new: rebooted 0 times",
        "halted: rebooted 0 times",
    ]


def test_the_monitor_tells_of_a_renewal_that_the_wallet_can_not_pay(
    capsys: pytest.CaptureFixture[str],
) -> None:
    simulator = Simulator(balance=1)
    born = simulator.now_ms - 26 * 24 * 3600 * 1000
    simulator.control({"add_vps": {"id": "mine", "plan_id": "prime", "created_at_ms": born}})
    with simulator.client() as client:
        load("python-monitor").monitor(client, at_most=60)
    words = "mine is paid until 2026-01-06, and the wallet lacks 18.49 EUR"
    assert words in capsys.readouterr().out


def test_the_monitor_ends_when_no_waiting_helps() -> None:
    simulator = Simulator()
    simulator.control({"expire_key": {"key": simulator.api_key}})
    with simulator.client() as client, pytest.raises(stablevps.UnauthorizedError):
        load("python-monitor").monitor(client)


def test_the_reseller_survives_a_kill_and_sells_once_to_each(tmp_path: Path) -> None:
    books = tmp_path / "books.db"
    printed = example(tmp_path, "python-reseller", "--books", str(books), "--customers", "30")
    assert "killed after 15 orders; starting again" in printed
    assert printed.splitlines()[-1] == "30 customers, 30 orders, 30 VPS"
    with sqlite3.connect(books) as db:
        sold = db.execute("SELECT count(DISTINCT vps_id), count(problem) FROM customers")
        assert sold.fetchone() == (30, 0)
    assert "svps_live" not in books.read_bytes().decode("latin-1")


@pytest.mark.parametrize("is_carried_out", [True, False])
@pytest.mark.parametrize("doomed_operation", range(1, 25))
def test_the_reseller_can_die_at_every_operation_of_its_store(
    tmp_path: Path, doomed_operation: int, is_carried_out: bool
) -> None:
    reseller = load("python-reseller")
    simulator = Simulator(balance=1000)
    path = tmp_path / "books.db"
    books, store = reseller.Books(path), SqliteStore(path)
    operations = 0

    class Doomed:
        def carry_out(self, operation: StoreOperation) -> str:
            nonlocal operations
            number = operations = operations + 1
            if number < doomed_operation:
                return store.carry_out(operation)
            if number == doomed_operation:
                if is_carried_out:
                    store.carry_out(operation)
                raise SystemExit
            raise ConnectionError("nothing is recorded by a process that is dead")

    async def day(store: Any) -> None:
        async with simulator.async_client(store=store) as client:
            await reseller.Shop(client, books).serve_everybody()

    for name in ("ann", "bob", "cyd"):
        books.paid(name, "basic", "tokyo")
    with pytest.raises(SystemExit):
        asyncio.run(day(Doomed()))
    for _ in range(2):  # An order that was never sent is bought by the run after the next.
        asyncio.run(day(store))

    rows = books.db.execute("SELECT vps_id, problem FROM customers").fetchall()
    assert {problem for _, problem in rows} == {None}
    assert {vps_id for vps_id, _ in rows} == {vps["id"] for vps in simulator.state()["vps"]}
    assert simulator.state()["orders_placed"] == 3


def test_the_reseller_never_hands_one_vps_to_two(tmp_path: Path) -> None:
    reseller = load("python-reseller")
    books = reseller.Books(tmp_path / "books.db")
    books.paid("ann", "basic", "tokyo")
    books.paid("bob", "basic", "tokyo")
    books.deliver("ann", "one")
    with pytest.raises(sqlite3.IntegrityError):
        books.deliver("bob", "one")


def test_the_reseller_calls_a_person_where_nobody_can_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reseller = load("python-reseller")
    simulator = Simulator()
    charged = {"partial_order": {"half": "charged_not_created"}}
    simulator.fault(charged, method="POST", path="/vps")
    books = reseller.Books(tmp_path / "books.db")
    books.paid("ann", "basic", "tokyo")

    async def day() -> None:
        store = SqliteStore(tmp_path / "books.db")
        async with simulator.async_client(store=store) as client:
            await reseller.Shop(client, books).serve_everybody()

    asyncio.run(day())
    assert "ann: a person must look" in capsys.readouterr().out
    assert books.open() == []


@pytest.mark.parametrize("page", ["README.md", "bindings/python/README.md"])
def test_every_python_block_runs(page: str, tmp_path: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert blocks
    code = "\n".join(blocks) + "\n\ndef test_the_page_ran(): pass\n"
    (tmp_path / "test_page.py").write_text(code, encoding="utf-8")
    done = run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_page.py")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (page.parent / target).exists(), target
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


def test_the_readme_names_every_error() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    errors = {name for name in stablevps.__all__ if name.endswith("Error")} - {"StableVPSError"}
    assert set(re.findall(r"^\| `(\w+Error)` \|", text, re.MULTILINE)) == errors


def test_the_readme_has_the_defaults_of_a_purchase() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    signature = inspect.signature(stablevps.Client(api_key="svps_live_x").vps.provision)
    defaults = {
        "timeout": 1800.0,
        "wait_for": "ready",
        "max_spend": None,
        "first_look": 5.0,
        "longest_pause": 15.0,
        "settle": 90.0,
        "preflight": True,
    }
    assert {name: signature.parameters[name].default for name in defaults} == defaults
    assert all(f"`{name}`" in text for name in defaults)


@pytest.mark.parametrize(
    "folder", [path.parent.name for path in sorted(EXAMPLES.glob("*/main.py"))]
)
def test_every_example_has_a_page_and_a_simulation(folder: str) -> None:
    assert (EXAMPLES / folder / "README.md").exists()
    assert "--simulate" in (EXAMPLES / folder / "main.py").read_text(encoding="utf-8")
