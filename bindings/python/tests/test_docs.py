"""The examples in the documentation of the package run, and give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import stablevps

MODULES = [
    module.name
    for module in pkgutil.walk_packages(stablevps.__path__, "stablevps.")
    if "._native" not in module.name
]


@pytest.mark.parametrize("name", ["stablevps", *MODULES])
def test_the_examples_of_a_module_run(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert done.failed == 0


@pytest.mark.parametrize(
    "name",
    ["stablevps", "stablevps._client", "stablevps._async_client", "stablevps.testing"],
)
def test_the_modules_that_people_begin_with_have_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).attempted >= 2
