"""The watch for secrets: what is secret in a test, and all that the test makes visible."""

from __future__ import annotations

import logging
from typing import Any

from stablevps import Secret, StableVPSError, _arguments, _machine

SHORTEST = 8
"""Shorter texts, such as a test's ``Secret("x")``, turn up anywhere by chance."""


class Watch(logging.Handler):
    """Notes every secret that passes through the package, and whatever others may read."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._secrets: set[str] = set()
        self._seen: list[tuple[str, str]] = []
        self._undo: list[tuple[Any, str, Any]] = []
        self._level = logging.WARNING

    def begin(self) -> None:
        """Forgets the test before, and begins to listen."""
        self._secrets, self._seen = set(), []
        root = logging.getLogger()
        self._level = root.level
        root.setLevel(logging.DEBUG)
        root.addHandler(self)
        self._after(Secret, "__init__", lambda me, text: self.is_secret(text))
        self._after(_arguments, "text", self._note_argument)
        self._after(StableVPSError, "__init__", lambda me, report: self._note_error(me))
        self._after(_machine.Call, "report", lambda me, step: self.saw("a step", repr(step)))
        self._after(_machine.Call, "leave_token", self._note_token)

    def end(self) -> None:
        """Stops listening."""
        logging.getLogger().removeHandler(self)
        logging.getLogger().setLevel(self._level)
        while self._undo:
            owner, name, original = self._undo.pop()
            setattr(owner, name, original)

    def is_secret(self, text: object) -> None:
        """Notes a text that nobody may see."""
        if isinstance(text, str) and len(text) >= SHORTEST:
            self._secrets.add(text)

    def saw(self, where: str, text: str) -> None:
        """Notes a text that others may see."""
        self._seen.append((where, text))

    def leaks(self) -> list[str]:
        """Where a secret was seen; not which."""
        return [
            f"{where}: {self._masked(text)}"
            for where, text in self._seen
            if any(secret in text for secret in self._secrets)
        ]

    def emit(self, record: logging.LogRecord) -> None:
        self.saw(f"log of {record.name}", record.getMessage())

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "<SECRET>")
        return text

    def _note_argument(self, field: str, value: object) -> None:
        if field in ("api_key", "password"):
            self.is_secret(value)

    def _note_error(self, error: StableVPSError) -> None:
        whole = [repr(error.__reduce__())] if hasattr(error, "_report") else []
        for text in (str(error), repr(error), repr(vars(error)), *whole):
            self.saw("an error", text)

    def _note_token(self, me: Any, ending: BaseException, now_ms: int) -> None:
        self.saw("a token", str(getattr(ending, "token", None)))

    def _after(self, owner: Any, name: str, then: Any) -> None:
        original = getattr(owner, name)

        def both(*arguments: Any, **named: Any) -> Any:
            try:
                return original(*arguments, **named)
            finally:
                then(*arguments, **named)

        self._undo.append((owner, name, original))
        setattr(owner, name, both)
