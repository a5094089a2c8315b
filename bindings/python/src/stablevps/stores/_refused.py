"""The errors of a store that can't be used."""

from __future__ import annotations

from .._errors import StableVPSError, from_json
from .._native import stablevps_ffi


def store_error(detail: str) -> StableVPSError:
    """The :class:`~stablevps.StoreError` of a database that can't be opened."""
    return from_json(stablevps_ffi.store_error(detail.encode(errors="replace")))


def newer(version: int) -> str:
    """What is said of a database that is not to be touched."""
    return f"the database has tables of a newer version, {version}"
