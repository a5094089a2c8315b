"""Replays the conversations that every language's package must agree with, byte for byte.

They are in the folder that ``STABLEVPS_SCENARIOS`` names, or else in the sources beside this
package; their form is in the ``README.md`` there.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from _blocking import Blocking

import stablevps
from stablevps import HttpRequest, HttpResponse, OpenEnum, Secret, ServerId, TransportFailure

FOLDER_VARIABLE = "STABLEVPS_SCENARIOS"
LISTS = {"keys.list", "vps.list"}


def folder() -> Path | None:
    """Where the conversations are."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    above = Path(__file__).resolve().parents
    return next((f for f in (up / "tests" / "scenarios" for up in above) if f.is_dir()), None)


def conversations() -> list[Any]:
    found = folder()
    files = sorted(found.glob("*.json")) if found else []
    return [
        pytest.param(scenario, id=f"{file.stem}: {scenario['name']}")
        for file in files
        for scenario in json.loads(file.read_text())
    ]


class Script:
    """What is to happen, as a transport and a clock of both kinds."""

    def __init__(self, scenario: Any) -> None:
        self._turns = list(scenario["script"])
        self._passed = 0
        # Right when the call begins; then somebody sets the clock, again and again.
        self._times = itertools.chain([scenario["now"]], itertools.cycle([0, scenario["now"] * 2]))

    def is_at_its_end(self) -> bool:
        return not self._turns

    def now_ms(self) -> int:
        return next(self._times)

    def monotonic_ms(self) -> int:
        return self._passed

    def sleep(self, seconds: float) -> None:
        turn = self._next("wait", f"a wait of {seconds} s")
        assert round(seconds * 1000) == turn["wait"]["delayMs"]
        self._passed += turn["wait"]["delayMs"]

    def send(self, request: HttpRequest) -> HttpResponse:
        turn = self._next("request", f"{request.method} {request.url}")
        expected = turn["request"]
        assert (request.method, request.url) == (expected["method"], expected["url"])
        sent = {name.lower(): value for name, value in request.headers.items()}
        named = {name.lower(): value for name, value in expected["headers"].items()}
        assert {name: sent.get(name) for name in named} == named
        body = None if request.body is None else json.loads(request.body)
        assert body == expected["body"]
        if "failed" in turn:
            raise TransportFailure(**turn["failed"])
        reply = turn["reply"]
        return HttpResponse(reply["status"], reply["headers"], reply["body"].encode())

    def close(self) -> None: ...

    def _next(self, kind: str, happened: str) -> Any:
        assert self._turns, f"{happened}, though the conversation is over"
        turn = self._turns.pop(0)
        assert kind in turn, f"{happened} in place of {turn}"
        return turn


class AsyncScript:
    """The same for asyncio."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def now_ms(self) -> int:
        return self._script.now_ms()

    def monotonic_ms(self) -> int:
        return self._script.monotonic_ms()

    async def sleep(self, seconds: float) -> None:
        self._script.sleep(seconds)

    async def send(self, request: HttpRequest) -> HttpResponse:
        return self._script.send(request)

    async def aclose(self) -> None: ...


def snake(name: str) -> str:
    return re.sub("([A-Z])", lambda upper: f"_{upper[1].lower()}", name)


def spelled(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments as Python has them: in snake case, and times in seconds."""
    return {
        snake(name.removesuffix("Ms")): value / 1000 if name.endswith("Ms") else value
        for name, value in arguments.items()
    }


def made(kind: str, scenario: Any, script: Script) -> Any:
    options = {**spelled(scenario["client"]), "random_seed": scenario["seed"]}
    if kind == "Client":
        return stablevps.Client(transport=script, clock=script, **options)
    twin = AsyncScript(script)
    return Blocking(stablevps.AsyncClient(transport=twin, clock=twin, **options))


def document(value: Any) -> Any:
    """A result as its canonical document."""
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(value)
        return {field.encode_name: document(getattr(value, field.name)) for field in fields}
    if isinstance(value, list | tuple):
        return [document(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value == round(value, 2) else str(value)
    if isinstance(value, datetime):
        assert value.utcoffset() is not None
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, ServerId):
        return str(value)
    if isinstance(value, OpenEnum):
        return value.value
    assert value is None or type(value) in (str, int, bool), type(value)
    return value


def camel(name: str) -> str:
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)


def details(error: stablevps.StableVPSError) -> dict[str, Any]:
    """What only errors of its class have."""
    if isinstance(error, stablevps.RateLimitedError):
        asked = error.retry_after
        return {"retryAfterMs": None if asked is None else round(asked * 1000)}
    names = vars(type(error)).get("__annotations__", {})
    return {camel(name): document(getattr(error, name)) for name in names}


def error_document(error: stablevps.StableVPSError) -> Any:
    """An error as its document, read from its attributes."""
    always = {
        "code": error.code,
        "message": str(error),
        "fault": error.fault,
        "next": error.next,
        "attempts": error.attempts,
        "details": details(error),
    }
    sometimes = {
        "endpoint": error.endpoint,
        "status": error.status,
        "serverMessage": error.server_message,
        "token": error.token,
        "vps": document(error.vps),
    }
    return {**always, **{name: value for name, value in sometimes.items() if value is not None}}


def outcome(kind: str, scenario: Any, script: Script) -> Any:
    resource, _, method = scenario["call"]["method"].partition(".")
    try:
        client = made(kind, scenario, script)
        call = getattr(getattr(client, resource), method)
        return {"ok": document(call(**spelled(scenario["call"]["args"])))}
    except stablevps.StableVPSError as error:
        return {"error": error_document(error)}


def test_the_conversations_are_there() -> None:
    assert len(conversations()) > 100, f"{FOLDER_VARIABLE} does not name their folder"


@pytest.mark.parametrize("scenario", conversations())
def test_a_conversation_goes_as_recorded(kind: str, scenario: Any) -> None:
    script = Script(scenario)
    got = outcome(kind, scenario, script)
    # Compared as texts: 1, 1.0 and true are the same to Python.
    assert json.dumps(got, sort_keys=True) == json.dumps(scenario["result"], sort_keys=True)
    assert script.is_at_its_end(), "the conversation was not over"
