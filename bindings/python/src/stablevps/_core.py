"""Calls into the core, and its refusals as errors of this package."""

from __future__ import annotations

from collections.abc import Callable
from ctypes import string_at
from typing import Any, NoReturn, TypeVar

import msgspec

from . import _errors
from ._native import stablevps_ffi
from ._native.stablevps_ffi import Failure
from ._values import HiddenBytes, Secret

T = TypeVar("T")


def checked(function: Callable[..., T], *arguments: object) -> T:
    """Calls the core. What it refuses is raised as an error of this package."""
    try:
        return function(*arguments)
    except Failure.Product as failure:  # type: ignore[attr-defined]
        report = failure.report
    raise _errors.from_json(report)


def encode(document: object) -> bytes:
    """A document for the core, with its secrets in the clear."""
    return HiddenBytes(_encoder.encode(document))


def _revealed(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} has no place in a document")


_encoder = msgspec.json.Encoder(enc_hook=_revealed)


def invalid_input(field: str, reason: str) -> _errors.StableVPSError:
    """The error of an argument that Python itself refuses."""
    return _errors.from_json(stablevps_ffi.invalid_input(encode((field, reason))))


def _text(buffer: Any) -> str:
    """A text from Rust. No frame here has it in a local variable, which error trackers collect."""
    try:
        return string_at(buffer.data, buffer.len).decode()
    finally:
        buffer.free()


def _read(self: Any, size: int) -> bytes:
    """Bytes from Rust, in no local variable either."""
    if self.offset + size > self.len:
        raise stablevps_ffi.InternalError("read past end of rust buffer")
    self.offset += size
    return bytes(self.data[self.offset - size : self.offset])


def _uncopied(self: object, *_: object) -> NoReturn:
    raise TypeError(f"this {type(self).__name__} can't be copied or pickled: it is native")


# What is generated copies its pointer, which Rust would then free twice.
for _native in (
    stablevps_ffi.Api,
    stablevps_ffi.Batch,
    stablevps_ffi.HttpHost,
    stablevps_ffi.Interrupter,
    stablevps_ffi.Machine,
    stablevps_ffi.Simulator,
):
    _native.__reduce_ex__ = _uncopied  # type: ignore[method-assign]
stablevps_ffi._UniffiFfiConverterString.lift = staticmethod(_text)  # type: ignore[method-assign]
stablevps_ffi._UniffiRustBufferStream.read = _read  # type: ignore[method-assign]
