"""Each error, what it tells, and what is refused before anything is sent."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import stablevps
from stablevps.testing import Simulator

ORDER: Any = {"plan_id": "prime", "billing_cycle": "monthly", "location": "london"}
LOGIN = {"email": "john@example.com", "password": "correct horse battery staple", "name": "bot"}


def caught_from(call: Callable[[], Any]) -> stablevps.StableVPSError:
    with pytest.raises(stablevps.StableVPSError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("code", "error", "name", "fault", "next_", "attempts"),
    [
        (400, stablevps.BadRequestError, "bad_request", "caller", "fix", 1),
        (401, stablevps.UnauthorizedError, "unauthorized", "caller", "fix", 1),
        (402, stablevps.InsufficientFundsError, "insufficient_funds", "caller", "fix", 1),
        (403, stablevps.ReadOnlyKeyError, "read_only_key", "caller", "fix", 1),
        (404, stablevps.NotFoundError, "not_found", "caller", "fix", 1),
        (429, stablevps.RateLimitedError, "rate_limited", "caller", "retry", 3),
        (500, stablevps.ServerError, "server", "server", "retry", 3),
        (502, stablevps.ProviderError, "provider", "server", "retry", 3),
        (302, stablevps.UnexpectedResponseError, "unexpected_response", "server", "ask", 1),
    ],
)
def test_a_status_becomes_its_error(
    client: Any,
    simulator: Simulator,
    code: int,
    error: type,
    name: str,
    fault: str,
    next_: str,
    attempts: int,
) -> None:
    simulator.fault({"status": {"code": code, "body": {"error": "the service's words"}}}, times=9)
    ending = caught_from(client.wallet.get)
    assert type(ending) is error
    assert (ending.code, ending.fault, ending.next) == (name, fault, next_)
    assert (ending.endpoint, ending.status, ending.attempts) == ("GET /wallet", code, attempts)
    assert ending.server_message == "the service's words"
    assert str(ending).endswith(f'"the service\'s words" (GET /wallet answered {code})')
    assert (ending.token, ending.vps) == (None, None)


def test_too_little_money_is_told_in_full(connect: Any) -> None:
    simulator = Simulator(balance=5)
    ending = caught_from(lambda: connect(simulator).vps.create(**ORDER))
    assert isinstance(ending, stablevps.InsufficientFundsError)
    assert (ending.required, ending.available) == (Decimal("19.49"), Decimal("5.00"))
    assert (ending.shortfall, ending.currency) == (Decimal("14.49"), "EUR")


def test_too_little_money_without_the_amounts_still_is_too_little_money(
    client: Any, simulator: Simulator
) -> None:
    simulator.fault({"status": {"code": 402}}, method="POST")
    ending = caught_from(lambda: client.vps.create(**ORDER))
    assert isinstance(ending, stablevps.InsufficientFundsError)
    assert (ending.required, ending.shortfall, ending.currency) == (None, None, None)


@pytest.mark.parametrize(("headers", "asked"), [({"Retry-After": "9"}, 9.0), ({}, None)])
def test_a_rate_limit_tells_how_long_the_service_asks_to_wait(
    connect: Any, simulator: Simulator, headers: dict[str, str], asked: float | None
) -> None:
    simulator.fault({"status": {"code": 429, "headers": headers}})
    ending = caught_from(connect(simulator, max_retries=0).wallet.get)
    assert isinstance(ending, stablevps.RateLimitedError)
    assert ending.retry_after == asked


def test_the_eleventh_key_is_one_too_many_and_not_tried_again(
    client: Any, simulator: Simulator
) -> None:
    for _ in range(9):
        simulator.control({"create_key": {}})
    ending = caught_from(lambda: client.keys.create(**LOGIN))
    assert isinstance(ending, stablevps.KeyLimitReachedError)
    assert (ending.attempts, ending.endpoint) == (1, "POST /auth")


def test_a_wrong_password_is_unauthorized(client: Any) -> None:
    ending = caught_from(lambda: client.keys.create(**{**LOGIN, "password": "wrong password"}))
    assert isinstance(ending, stablevps.UnauthorizedError)


def test_html_is_an_unexpected_response_with_an_excerpt(client: Any, simulator: Simulator) -> None:
    page = "<html>welcome to the hotel's network</html>"
    simulator.fault({"status": {"code": 200, "body": page, "content_type": "text/html"}})
    ending = caught_from(client.account.get)
    assert isinstance(ending, stablevps.UnexpectedResponseError)
    assert (ending.content_type, ending.excerpt) == ("text/html", page)
    assert ending.place and ending.reason


def test_an_unusable_field_is_named(client: Any, simulator: Simulator) -> None:
    client.vps.create(**ORDER)
    simulator.fault({"patch": {"set": {"/vps/0/createdAt": "soon"}}})
    ending = caught_from(client.vps.list)
    assert isinstance(ending, stablevps.UnexpectedResponseError)
    assert ending.place == "vps[0].createdAt"
    assert ending.excerpt is None


@pytest.mark.parametrize(
    ("do", "delivery", "kind"),
    [("not_delivered", "not_sent", "connect"), ("lose_after", "unknown", "io")],
)
def test_a_transport_error_tells_whether_the_request_may_have_arrived(
    client: Any, simulator: Simulator, do: str, delivery: str, kind: str
) -> None:
    simulator.fault(do, times=3)
    ending = caught_from(client.wallet.get)
    assert isinstance(ending, stablevps.TransportError)
    assert (ending.kind, ending.delivery, ending.fault) == (kind, delivery, "network")
    assert (ending.status, ending.attempts) == (None, 3)
    assert ("nothing was sent" in str(ending)) == (delivery == "not_sent")


@pytest.mark.parametrize(
    "do",
    [
        "lose_after",
        {"cut": {"keep": 5}},
        {"status": {"code": 502, "effect": "after"}},
        {"body": {"text": "{"}},
        {"patch": {"remove": ["/id"]}},
    ],
)
def test_an_order_without_a_readable_receipt_has_an_unknown_outcome(
    client: Any, simulator: Simulator, do: Any
) -> None:
    simulator.fault(do, method="POST", path="/vps")
    ending = caught_from(lambda: client.vps.create(**ORDER))
    assert isinstance(ending, stablevps.OutcomeUnknownError)
    assert (ending.next, ending.attempts) == ("ask", 1)
    assert ending.reason and ending.advice in str(ending)
    assert simulator.state()["orders_received"] == 1


def test_a_lost_new_key_has_an_unknown_outcome(client: Any, simulator: Simulator) -> None:
    simulator.fault("lose_after", method="POST", path="/auth")
    assert isinstance(
        caught_from(lambda: client.keys.create(**LOGIN)), stablevps.OutcomeUnknownError
    )


def test_every_error_has_the_one_root_and_its_own_code() -> None:
    from stablevps import _errors

    public = {
        value
        for name in stablevps.__all__
        if isinstance(value := getattr(stablevps, name), type) and issubclass(value, Exception)
    }
    public -= {stablevps.StableVPSError, stablevps.TransportFailure}
    assert public == set(_errors._CLASSES.values())
    assert all(issubclass(error, stablevps.StableVPSError) for error in public)


def test_an_error_of_a_later_core_is_still_an_error_of_the_package() -> None:
    from stablevps import _errors

    ending = _errors.from_json(
        b'{"code":"new","message":"m","fault":"server","next":"retry","attempts":1,"details":{}}'
    )
    assert (type(ending), ending.code) == (stablevps.StableVPSError, "new")


@pytest.mark.parametrize("copied", [lambda e: pickle.loads(pickle.dumps(e)), copy.deepcopy])
def test_an_error_crosses_processes_whole_but_for_the_password(
    client: Any, simulator: Simulator, copied: Any
) -> None:
    simulator.fault({"shape_order": {"vps_status": "suspended"}}, method="POST")
    error = caught_from(lambda: client.vps.provision(**ORDER))
    twin = copied(error)
    assert type(twin) is type(error)
    assert (str(twin), twin.code, twin.token, twin.attempts) == (
        str(error),
        error.code,
        error.token,
        error.attempts,
    )
    assert twin.vps and error.vps
    assert twin.vps.id == error.vps.id
    assert twin.vps.rdp_password is None


def test_a_password_of_a_failed_purchase_is_not_pickled(client: Any, simulator: Simulator) -> None:
    vps = client.vps.provision(**ORDER).vps
    simulator.control({"set_vps": {"id": vps.id, "vps_status": "suspended"}})
    error = caught_from(lambda: client.vps.wait_until_ready(vps.id))
    assert error.vps is not None
    assert error.vps.rdp_password == vps.rdp_password
    assert vps.rdp_password.reveal().encode() not in pickle.dumps(error)


@pytest.mark.parametrize(
    ("options", "field", "reason"),
    [
        ({"api_key": ""}, "api_key", "must not be empty"),
        ({"api_key": "two\nlines"}, "api_key", "must be printable ASCII"),
        ({"api_key": 5}, "api_key", "must be a string, not int"),
        ({"api_key": "svps_\ud800"}, "api_key", "must not contain lone surrogates"),
        ({"base_url": "http://example.com"}, "base_url", "would send the key in the clear"),
        ({"base_url": "ftp://example.com"}, "base_url", "must begin with https://"),
        ({"base_url": "https://u:p@example.com"}, "base_url", "must not contain a user name"),
        ({"base_url": 5}, "base_url", "must be a string, not int"),
        ({"auth": "basic"}, "auth", "must be"),
        ({"timeout": 0}, "timeout", "must be more than zero"),
        ({"timeout": float("nan")}, "timeout", "must be finite"),
        ({"connect_timeout": "5"}, "connect_timeout", "must be a number of seconds"),
        ({"timeout": True}, "timeout", "must be a number of seconds"),
        ({"max_retries": -1}, "max_retries", "must be a whole number from 0"),
        ({"max_retries": 1001}, "max_retries", "must be a whole number from 0 to 1000"),
        ({"max_retries": 2**70}, "max_retries", "must be a whole number from 0 to 1000"),
        ({"max_retries": 1.5}, "max_retries", "must be a whole number"),
        ({"max_retries": True}, "max_retries", "must be a whole number"),
        ({"random_seed": -1}, "random_seed", "must be a whole number from 0"),
        ({"ca_file": "/no/such/file"}, "ca_file", "can't be read: No such file"),
        ({"ca_file": __file__}, "ca_file", "can't be used: "),
        ({"proxy": "nonsense://"}, "proxy", "can't be used: "),
    ],
)
@pytest.mark.parametrize("made", [stablevps.Client, stablevps.AsyncClient])
def test_a_client_is_not_made_of_what_can_not_be_used(
    made: Any, options: dict[str, Any], field: str, reason: str
) -> None:
    error = caught_from(lambda: made(**{"api_key": "svps_live_0123456789", **options}))
    assert isinstance(error, stablevps.InvalidInputError) and isinstance(error, ValueError)
    assert error.field == field
    assert reason in error.reason, error.reason
    assert str(error) == f"{error.field} {error.reason}"


WRONG_CALLS: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("vps", "get", {"id": ""}, "id", "must not be empty"),
    ("vps", "get", {"id": "../wallet"}, "id", "must not contain"),
    (
        "vps",
        "delete",
        {"id": stablevps.ServerId("zomro-1")},
        "id",
        "must be a string, not ServerId",
    ),
    ("vps", "start", {"id": "a\udc80"}, "id", "must not contain lone surrogates"),
    ("vps", "get", {"id": "664a", "timeout": -1}, "timeout", "must be more than zero"),
    ("vps", "get", {"id": "664a", "deadline": float("inf")}, "deadline", "must be finite"),
    ("keys", "revoke", {"key_id": None}, "key_id", "must be a string, not NoneType"),
    ("keys", "create", {**LOGIN, "expires_in_days": 0}, "expires_in_days", "must be"),
    ("keys", "create", {**LOGIN, "expires_in_days": 1.5}, "expires_in_days", "must be a whole"),
    ("keys", "create", {**LOGIN, "expires_in_days": 2**70}, "expires_in_days", "must be a whole"),
    ("keys", "create", {**LOGIN, "email": ""}, "email", "must"),
    ("vps", "create", {**ORDER, "plan_id": ""}, "plan_id", "must be 1 to 64 letters"),
    ("vps", "provision", {**ORDER, "location": 7}, "location", "must be a string, not int"),
    ("vps", "provision", {**ORDER, "max_spend": 19.49}, "max_spend", "must be a Decimal"),
    ("vps", "provision", {**ORDER, "max_spend": True}, "max_spend", "must be a Decimal"),
    ("vps", "provision", {**ORDER, "max_spend": Decimal("NaN")}, "max_spend", "decimal number"),
    ("vps", "provision", {**ORDER, "max_spend": "-1"}, "max_spend", "must not be negative"),
    ("vps", "provision", {**ORDER, "wait_for": "soon"}, "wait_for", "must be"),
    ("vps", "provision", {**ORDER, "preflight": "false"}, "preflight", "must be True or False"),
    ("vps", "provision", {**ORDER, "check_funds": 1}, "check_funds", "must be True or False"),
    (
        "vps",
        "provision",
        {**ORDER, "preflight": False, "check_funds": True},
        "check_funds",
        "needs",
    ),
    ("vps", "resume", {"token": "{}", "any_key": 1}, "any_key", "must be True or False"),
    ("vps", "provision", {**ORDER, "settle": -1e-9}, "settle", "must not be negative"),
    ("vps", "get", {"id": "664a", "timeout": 10**400}, "timeout", "must be finite"),
    ("vps", "get", {"id": "664a", "timeout": 1e300}, "timeout", "must be finite"),
    ("vps", "get", {"id": "664a", "deadline": float("-inf")}, "deadline", "must be more than zero"),
    ("vps", "provision", {**ORDER, "timeout": 0}, "timeout", "must be more than zero"),
    ("vps", "provision", {**ORDER, "longest_pause": 0}, "longest_pause", "must be more than zero"),
    ("vps", "provision", {**ORDER, "settle": -1}, "settle", "must not be negative"),
    ("vps", "wait_until_ready", {"id": "a/b"}, "id", "must not contain"),
    ("vps", "resume", {"token": b"{}"}, "token", "must be a string, not bytes"),
]


@pytest.mark.parametrize(
    ("resource", "method", "arguments", "field", "reason"),
    WRONG_CALLS,
    ids=[
        f"{method}-{field}-{number}" for number, (_, method, _, field, _) in enumerate(WRONG_CALLS)
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_sent(
    client: Any,
    simulator: Simulator,
    resource: str,
    method: str,
    arguments: dict[str, Any],
    field: str,
    reason: str,
) -> None:
    error = caught_from(lambda: getattr(getattr(client, resource), method)(**arguments))
    assert isinstance(error, stablevps.InvalidInputError)
    assert error.field == field
    assert reason in error.reason, error.reason
    assert error.attempts == 0
    assert simulator.state()["requests"]["total"] == 0


def test_a_limit_for_a_plan_of_unknown_price_is_refused(client: Any, simulator: Simulator) -> None:
    error = caught_from(lambda: client.vps.provision(**{**ORDER, "plan_id": "max"}, max_spend=5))
    assert isinstance(error, stablevps.InvalidInputError) and error.field == "max_spend"
    assert simulator.state()["requests"]["total"] == 0


def test_spans_are_rounded_and_none_but_zero_becomes_zero() -> None:
    from stablevps._arguments import milliseconds

    spans = {0.0: 0, 1e-9: 1, 0.0014: 1, 0.0016: 2, 30: 30_000, -1e-9: -1, -2.5: -2500}
    assert {span: milliseconds("timeout", span) for span in spans} == spans


def test_every_error_of_the_core_has_a_class_that_reads_its_details(client: Any) -> None:
    from stablevps import _errors

    for code, error in _errors._CLASSES.items():
        name = "".join(word.title() for word in code.split("_")) + "Error"
        assert (error.__name__, name in stablevps.__all__) == (name, True)
        assert "__annotations__" not in vars(error) or "_read" in vars(error)


def test_a_fault_or_configuration_that_does_not_exist_is_refused(simulator: Simulator) -> None:
    assert "balanse" in str(caught_from(lambda: Simulator(balanse=1)))
    assert "vanish" in str(caught_from(lambda: simulator.fault("vanish")))


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n\n"])
def test_a_key_that_ends_in_a_line_break_is_trimmed(
    end: str, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = simulator.api_key + end
    assert simulator.client(api_key=key).wallet.get().currency == "EUR"
    assert simulator.client(api_key=stablevps.Secret(key)).wallet.get().currency == "EUR"
    monkeypatch.setenv("STABLEVPS_API_KEY", key)
    assert simulator.client(api_key=None).wallet.get().currency == "EUR"
