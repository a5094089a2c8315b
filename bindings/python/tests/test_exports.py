"""What the package says that it exports is there."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from _child import run

import stablevps

MODULES = [
    "stablevps",
    *(
        module.name
        for module in pkgutil.walk_packages(stablevps.__path__, "stablevps.")
        if "._native" not in module.name
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_every_name_that_a_module_exports_exists(name: str) -> None:
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", [])
    assert [one for one in exported if not hasattr(module, one)] == []
    assert len(set(exported)) == len(exported)


def test_the_modules_that_people_import_from_say_what_they_export() -> None:
    for name in ("", ".events", ".httpx", ".opentelemetry", ".stores", ".testing"):
        module = importlib.import_module(f"stablevps{name}")
        assert set(module.__all__) <= set(dir(module))


def test_a_store_is_imported_without_the_drivers_of_others() -> None:
    out = run(
        """
        import sys
        from stablevps.stores import SqliteStore
        print([name for name in ("psycopg", "psycopg_pool", "asyncio") if name in sys.modules])
        """
    )
    assert out == "[]\n"


def test_a_missing_driver_is_named() -> None:
    out = run(
        """
        import sys
        sys.modules["psycopg"] = None
        try:
            from stablevps.stores import PostgresStore
        except ImportError as error:
            print(error)
        """
    )
    assert out == "this store needs psycopg: pip install 'stablevps[postgres]'\n"
