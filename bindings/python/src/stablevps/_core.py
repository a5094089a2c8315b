"""Calls into the core, and its refusals as errors of this package."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from . import _errors
from ._native import stablevps_ffi
from ._native.stablevps_ffi import Failure
from ._values import Secret

T = TypeVar("T")


def checked(function: Callable[..., T], *arguments: object) -> T:
    """Calls the core. What it refuses is raised as an error of this package."""
    try:
        return function(*arguments)
    except Failure.Product as failure:  # type: ignore[attr-defined]
        # Error trackers collect the local variables of frames, and arguments hold secrets.
        del arguments
        raise _errors.from_json(failure.report) from None


def encode(document: object) -> bytes:
    """A document for the core, with its secrets in the clear."""
    return _encoder.encode(document)


def _revealed(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} has no place in a document")


_encoder = msgspec.json.Encoder(enc_hook=_revealed)


def invalid_input(field: str, reason: str) -> _errors.StableVPSError:
    """The error of an argument that Python itself refuses."""
    return _errors.from_json(stablevps_ffi.invalid_input(field, reason))
