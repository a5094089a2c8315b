"""The root of all errors, made of a report: what the core says of an error."""

from __future__ import annotations

from typing import Any

import msgspec

from ._models import Fault, Next, VpsDetails
from ._values import Secret, ServerId

__all__ = ["StableVPSError"]


class StableVPSError(Exception):
    """The root of every error of this package."""

    code: str
    """The error's name, the same in every language, such as ``insufficient_funds``."""
    fault: Fault
    """Whose fault it is: ``caller``, ``server`` or ``network``."""
    next: Next
    """What to do next: ``retry``, the same call is safe; ``resume`` from ``token``, it is bought or
    may be; ``fix`` the call, the key or the wallet first; ``ask`` a person to look into it."""
    endpoint: str | None
    """The endpoint as the documentation writes it, such as ``POST /vps``."""
    status: int | None
    """The HTTP status of the last reply."""
    attempts: int
    """How many requests were made."""
    server_message: str | None
    """The service's own words, without secrets."""
    token: str | None
    """Where a purchase can be resumed: pass it to ``client.vps.resume(token)``."""
    vps: VpsDetails | None
    """The VPS as it was last seen."""

    def __init__(self, report: dict[str, Any]) -> None:
        super().__init__(report["message"])
        self._report = report
        self.code = report["code"]
        self.fault = report["fault"]
        self.next = report["next"]
        self.endpoint = report.get("endpoint")
        self.status = report.get("status")
        self.attempts = report["attempts"]
        self.server_message = report.get("serverMessage")
        self.token = report.get("token")
        vps = report.get("vps")
        self.vps = None if vps is None else convert(vps, VpsDetails)
        if vps is not None and vps.get("rdpPassword") is not None:
            self._report = {**report, "vps": {**vps, "rdpPassword": None}}
        self._read(report.get("details", {}))

    def _read(self, details: dict[str, Any]) -> None:
        """Takes the details that errors of this class have."""

    def to_dict(self) -> dict[str, Any]:
        """What every error has, as plain data that ``json.dumps`` takes; without token and VPS."""
        names = ("code", "fault", "next", "endpoint", "status", "attempts", "server_message")
        return {"message": str(self), **{name: getattr(self, name) for name in names}}

    def _leave_token(self, token: str | None) -> None:
        """Notes the token of the purchase that this error ended from outside."""
        self.token = token
        if token is not None:
            self.next = "resume"
        self._report = {**self._report, "token": token, "next": self.next}

    def __reduce__(self) -> Any:
        return (type(self), (self._report,))


def convert(document: Any, kind: Any) -> Any:
    """A value of a type, from its JSON."""
    return msgspec.convert(document, kind, dec_hook=opaque)


def seconds(milliseconds: int | None) -> float | None:
    """A span of time as Python has it."""
    return None if milliseconds is None else milliseconds / 1000


def opaque(kind: type, text: Any) -> Any:
    """Makes the values of types that msgspec does not know."""
    if kind is Secret or kind is ServerId:
        return kind(text)
    raise TypeError(f"no way to make {kind}")
