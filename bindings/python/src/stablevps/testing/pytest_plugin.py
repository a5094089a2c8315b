"""Fixtures for pytest: ``stablevps_simulator`` and ``stablevps_client``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from . import SimulatedClient, Simulator


@pytest.fixture
def stablevps_simulator() -> Simulator:
    """A fresh simulated service with 100 EUR in the wallet."""
    from . import Simulator

    return Simulator()


@pytest.fixture
def stablevps_client(stablevps_simulator: Simulator) -> Iterator[SimulatedClient]:
    """A client of that service, with virtual time."""
    with stablevps_simulator.client() as client:
        yield client
