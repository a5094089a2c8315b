"""Every endpoint through both clients, and what the clients have in common."""

from __future__ import annotations

import builtins
import gc
import inspect
import subprocess
import sys
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

import stablevps
from stablevps import HttpRequest, HttpResponse, TransportFailure, _async_client, _client
from stablevps.testing import Simulator

ORDER: Any = {"plan_id": "prime", "billing_cycle": "monthly", "location": "newYork"}
PASSWORD = "correct horse battery staple"
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
RESOURCES = ["keys", "vps", "account", "wallet"]


def bought(client: Any) -> stablevps.VpsDetails:
    vps: stablevps.VpsDetails = client.vps.provision(**ORDER).vps
    return vps


def test_a_key_is_created_with_its_scope_and_expiry_and_works(
    client: Any, simulator: Simulator, connect: Any
) -> None:
    made = client.keys.create(
        email="john@example.com", password=PASSWORD, name="bot", scope="read", expires_in_days=30
    )
    assert (made.name, made.scope) == ("bot", stablevps.Scope.READ)
    assert made.expires_at == datetime(2026, 1, 31, tzinfo=timezone.utc)
    assert made.api_key.reveal().startswith(made.key_prefix)
    assert connect(simulator, api_key=made.api_key).wallet.get().balance == Decimal("100.00")


def test_a_key_without_expiry_has_none(client: Any) -> None:
    made = client.keys.create(
        email="john@example.com", password=stablevps.Secret(PASSWORD), name="bot"
    )
    assert (made.expires_at, made.scope) == (None, stablevps.Scope.FULL)


def test_keys_are_listed_without_the_keys_themselves(client: Any) -> None:
    (key,) = client.keys.list()
    assert (key.name, key.scope, key.created_at) == ("Simulator", stablevps.Scope.FULL, START)
    assert key.expires_at is None
    assert not hasattr(key, "api_key")


def test_a_revoked_key_is_refused(client: Any, simulator: Simulator, connect: Any) -> None:
    made = simulator.control({"create_key": {"name": "old"}})
    assert client.keys.revoke(made["id"]).message
    with pytest.raises(stablevps.UnauthorizedError):
        connect(simulator, api_key=made["key"]).wallet.get()


def test_an_order_gives_its_receipt_and_charges_the_wallet(
    client: Any, simulator: Simulator
) -> None:
    order = client.vps.create(**ORDER)
    assert (order.cost, order.new_balance, order.currency) == (
        Decimal("19.49"),
        Decimal("80.51"),
        "EUR",
    )
    assert order.location is stablevps.Location.NEW_YORK
    assert order.vps_status is stablevps.VpsStatus.PROVISIONING
    assert simulator.state()["vps"][0]["id"] == order.id


def test_the_list_tells_of_every_vps_and_of_no_password(client: Any) -> None:
    details = bought(client)
    (listed,) = client.vps.list()
    assert (listed.id, listed.ip_address) == (details.id, details.ip_address)
    assert not hasattr(listed, "rdp_password")


def test_one_vps_is_shown_with_its_password_and_its_period(client: Any) -> None:
    vps = client.vps.get(bought(client).id)
    assert isinstance(vps.rdp_password, stablevps.Secret)
    assert len(vps.rdp_password.reveal()) > 8
    assert vps.current_period_start == START
    assert vps.current_period_end == datetime(2026, 2, 1, tzinfo=timezone.utc)


def test_what_is_not_there_yet_is_none(client: Any) -> None:
    vps = client.vps.get(client.vps.create(**ORDER).id)
    assert (vps.ip_address, vps.hostname, vps.rdp_password) == (None, None, None)


def test_a_deleted_vps_is_gone(client: Any, simulator: Simulator) -> None:
    vps = bought(client)
    gone = client.vps.delete(vps.id)
    assert (gone.id, gone.provider_deleted, gone.already_gone) == (vps.id, True, False)
    assert client.vps.list() == []
    assert simulator.state()["vps_deleted"] == 1


def test_a_delete_whose_reply_was_lost_counts_as_done(client: Any, simulator: Simulator) -> None:
    vps = bought(client)
    simulator.fault("lose_after", method="DELETE")
    gone = client.vps.delete(vps.id)
    assert (gone.already_gone, gone.provider_deleted) == (True, None)


@pytest.mark.parametrize("action", ["start", "stop", "reboot"])
def test_an_action_reaches_the_vps(client: Any, simulator: Simulator, action: str) -> None:
    receipt = getattr(client.vps, action)(bought(client).id)
    assert (receipt.action, str(receipt.server_id)) == (action, "zomro-12345")
    (vps,) = simulator.state()["vps"]
    assert (vps["power"] == "stopped", vps["reboots"]) == (action == "stop", action == "reboot")


def test_the_account_tells_of_its_holder_and_its_vps(client: Any) -> None:
    bought(client)
    account = client.account.get()
    assert (account.first_name, account.email, account.role) == (
        "John",
        "john@example.com",
        stablevps.Role.USER,
    )
    assert (account.active_vps_count, account.balance) == (1, Decimal("80.51"))
    assert account.affiliate_stats.total_earnings == Decimal("3.90")


def test_the_wallet_rounds_what_binary_money_left_over(connect: Any) -> None:
    simulator = Simulator(balance=80.50999999999999)
    wallet = connect(simulator).wallet.get()
    assert (wallet.balance, wallet.currency) == (Decimal("80.51"), "EUR")


def test_a_read_is_repeated_until_it_works(client: Any, simulator: Simulator) -> None:
    simulator.fault({"status": {"code": 503}})
    simulator.fault("lose_before")
    assert client.wallet.get().currency == "EUR"
    assert simulator.state()["requests"]["total"] == 3


def test_max_retries_of_zero_makes_one_request(connect: Any, simulator: Simulator) -> None:
    simulator.fault({"status": {"code": 503}}, times=9)
    with pytest.raises(stablevps.ServerError) as caught:
        connect(simulator, max_retries=0).wallet.get()
    assert caught.value.attempts == 1


def test_a_reboot_is_never_repeated(client: Any, simulator: Simulator) -> None:
    vps = bought(client)
    simulator.fault("lose_after", method="POST", path="/vps/*")
    with pytest.raises(stablevps.OutcomeUnknownError):
        client.vps.reboot(vps.id)
    assert simulator.state()["vps"][0]["reboots"] == 1


def test_retry_after_is_waited_for(client: Any, simulator: Simulator) -> None:
    simulator.fault({"status": {"code": 429, "headers": {"Retry-After": "7"}}})
    before = simulator.now_ms
    client.wallet.get()
    assert simulator.now_ms == before + 7000


class Recording:
    """A transport of both kinds that notes the requests and gives them all one reply."""

    def __init__(self, body: bytes = b'{"balance":1,"currency":"EUR"}') -> None:
        self.requests: builtins.list[HttpRequest] = []
        self.body = body
        self.closed = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        return HttpResponse(200, {}, self.body)

    def close(self) -> None:
        self.closed += 1


class AsyncRecording(Recording):
    async def send(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        return Recording.send(self, request)

    async def aclose(self) -> None:
        self.close()


@pytest.fixture
def scripted(kind: str) -> Any:
    """A client of either kind with a recording transport."""
    from _blocking import Blocking

    def make(**options: Any) -> tuple[Any, Recording]:
        if kind == "Client":
            transport = Recording()
            return stablevps.Client(
                "svps_live_0123456789", transport=transport, **options
            ), transport
        recording = AsyncRecording()
        made = stablevps.AsyncClient("svps_live_0123456789", transport=recording, **options)
        return Blocking(made), recording

    return make


def test_a_calls_timeout_wins_over_the_clients(scripted: Any) -> None:
    client, transport = scripted(timeout=20, connect_timeout=3)
    client.wallet.get()
    client.wallet.get(timeout=0.25)
    first, second = transport.requests
    assert (first.timeout, first.connect_timeout) == (20, 3)
    assert (second.timeout, second.connect_timeout) == (0.25, 0.25)


def test_a_deadline_limits_the_request_and_ends_the_retries(
    client: Any, simulator: Simulator
) -> None:
    simulator.fault({"status": {"code": 429, "headers": {"Retry-After": "60"}}})
    with pytest.raises(stablevps.DeadlineExceededError) as caught:
        client.wallet.get(deadline=10)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.attempts == 1


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ("bearer", "authorization", "Bearer svps_live_0123456789"),
        ("x-api-key", "x-api-key", "svps_live_0123456789"),
    ],
)
def test_the_key_goes_in_the_header_that_was_chosen(
    scripted: Any, auth: str, header: str, value: str
) -> None:
    client, transport = scripted(auth=auth)
    client.wallet.get()
    (request,) = transport.requests
    assert request.headers[header] == value
    assert len({"authorization", "x-api-key"} & set(request.headers)) == 1


def test_only_what_must_not_be_sent_twice_asks_for_a_fresh_connection(scripted: Any) -> None:
    client, transport = scripted()
    client.wallet.get()
    with pytest.raises(stablevps.OutcomeUnknownError):
        client.vps.reboot("664a")
    with pytest.raises(stablevps.OutcomeUnknownError):
        client.vps.create(**ORDER)
    assert [request.fresh_connection for request in transport.requests] == [False, True, True]


def test_an_order_on_a_read_only_key_is_refused(connect: Any, simulator: Simulator) -> None:
    made = simulator.control({"create_key": {"scope": "read"}})
    with pytest.raises(stablevps.ReadOnlyKeyError):
        connect(simulator, api_key=made["key"]).vps.create(**ORDER)


def test_a_closed_client_closes_its_transport_and_refuses_to_work(scripted: Any) -> None:
    client, transport = scripted()
    with client:
        client.wallet.get()
    assert transport.closed == 1
    with pytest.raises(stablevps.InvalidInputError, match=r"client can't be used: .* closed"):
        client.wallet.get()
    assert len(transport.requests) == 1


@pytest.mark.parametrize("delivery", ["not_sent", "unknown"])
def test_whatever_a_transport_raises_becomes_an_error_of_the_package(delivery: str) -> None:
    class Broken(Recording):
        def send(self, request: HttpRequest) -> HttpResponse:
            if delivery == "not_sent":
                raise TransportFailure("connect", "not_sent", "refused")
            raise ZeroDivisionError("a mistake in the transport")

    client = stablevps.Client("svps_live_0123456789", transport=Broken(), max_retries=0)
    with pytest.raises(stablevps.TransportError) as caught:
        client.wallet.get()
    assert caught.value.delivery == delivery


def test_a_client_without_a_key_can_create_one_and_nothing_else(
    connect: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect(simulator, api_key=None)
    with pytest.raises(
        stablevps.InvalidInputError, match=r"^api_key is missing: this call needs one$"
    ):
        client.wallet.get()
    made = client.keys.create(email="john@example.com", password=PASSWORD, name="first")
    monkeypatch.setenv("STABLEVPS_API_KEY", f" {made.api_key.reveal()} ")
    assert connect(simulator, api_key=None).wallet.get().currency == "EUR"


MADE_AT_ONCE = {
    "AsyncPurchase": "Provisioned",
    "AsyncPurchaseBatch": "PurchaseBatch",
    "AsyncVpsWatch": "VpsWatch",
}
"""What methods of an asynchronous client give without being awaited, and what takes its place."""


def public(owner: type) -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(owner).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }


@pytest.mark.parametrize(
    ("sync", "other"),
    [
        (_client.Keys, _async_client.AsyncKeys),
        (_client.VpsResource, _async_client.AsyncVpsResource),
        (_client.AccountResource, _async_client.AsyncAccountResource),
        (_client.WalletResource, _async_client.AsyncWalletResource),
    ],
)
def test_both_clients_have_the_same_methods_with_the_same_arguments_and_words(
    sync: type, other: type
) -> None:
    assert public(sync).keys() == public(other).keys()
    for name, method in public(sync).items():
        twin = public(other)[name]
        ours, theirs = inspect.signature(method), inspect.signature(twin)
        if theirs.return_annotation in MADE_AT_ONCE:
            theirs = theirs.replace(return_annotation=MADE_AT_ONCE[theirs.return_annotation])
        else:
            assert inspect.iscoroutinefunction(twin), name
        assert ours == theirs, name
        text, twin_text = inspect.getdoc(method), inspect.getdoc(twin)
        assert text and twin_text
        if ">>>" not in text:
            assert text == twin_text
        assert text.partition(":param")[2] == twin_text.partition(":param")[2], name


def test_both_clients_are_made_with_the_same_options() -> None:
    signatures = [
        inspect.signature(made.__init__).parameters
        for made in (stablevps.Client, stablevps.AsyncClient)
    ]
    sync, other = ([(p.name, p.default, p.kind) for p in each.values()] for each in signatures)
    assert sync == other


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    for name in stablevps.__all__:
        value = getattr(stablevps, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), name
            assert not (inspect.getdoc(value) or "").startswith("str(object"), name
            for member, method in public(value).items() if inspect.isclass(value) else ():
                assert inspect.getdoc(method), f"{name}.{member}"
    assert set(stablevps.__all__) <= set(dir(stablevps))


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Cleint'"):
        _ = stablevps.Cleint


def test_modules_of_the_package_are_loaded_when_they_are_used() -> None:
    source = "import stablevps; print(stablevps.httpx.HttpxTransport, stablevps.testing.Simulator)"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_listing_is_the_same_whether_it_is_handed_on_or_written_anew(
    client: Any, simulator: Simulator
) -> None:
    """The core hands a reply's own text on where its rows are in canonical form."""
    bought(client)
    client.vps.create(**ORDER)
    canonical = client.vps.list()
    simulator.fault({"patch": {"set": {"/vps/1/createdAt": "2026-01-01T01:00:00+01:00"}}})
    rewritten = client.vps.list()
    assert [vps.id for vps in rewritten] == [vps.id for vps in canonical]
    assert rewritten[0] == canonical[0]
    assert rewritten[1].created_at == START


def test_a_long_listing_is_read_in_full_and_outlives_its_call(connect: Any) -> None:
    fleet = [{"id": f"vps-{number}", "location": "tokyo"} for number in range(2000)]
    listed = connect(Simulator(vps=fleet)).vps.list()
    gc.collect()
    assert {vps.id for vps in listed} == {vps["id"] for vps in fleet}
    assert all(vps.location is stablevps.Location.TOKYO for vps in listed)


def test_the_catalogue_knows_what_the_service_charges(client: Any) -> None:
    assert [plan.id for plan in stablevps.PLANS] == ["basic", "prime", "pro"]
    for plan in stablevps.PLANS:
        assert stablevps.price(plan.id, "monthly") == plan.monthly
        assert stablevps.price(plan.id, "yearly") == plan.yearly
    assert client.vps.create(**ORDER).cost == stablevps.price("prime", "monthly")
    assert stablevps.price("prime", "weekly") is None


def test_the_repr_of_a_client_has_no_key(client: Any) -> None:
    assert repr(client).endswith("Client(base_url=None)")


def test_the_fixtures_of_the_testing_module_are_there_for_every_pytest_user(
    stablevps_simulator: Simulator, stablevps_client: Any
) -> None:
    stablevps_client.vps.create(**ORDER)
    assert stablevps_simulator.state()["orders_placed"] == 1


def test_the_user_agent_begins_with_the_program_s_own_name() -> None:
    heads: list[str] = []

    class Notes:
        def send(self, request: HttpRequest) -> HttpResponse:
            heads.append(request.headers["user-agent"])
            return HttpResponse(200, {}, b'{"balance":1,"currency":"EUR"}')

        def close(self) -> None:
            pass

    for app in (None, "grid-bot", "grid-bot/2.1"):
        stablevps.Client("svps_live_x", transport=Notes(), app=app).wallet.get()
    own = f"stablevps-python/{stablevps.__version__}"
    assert heads == [own, f"grid-bot {own}", f"grid-bot/2.1 {own}"]
    with pytest.raises(stablevps.InvalidInputError, match="app must be a name"):
        stablevps.Client("svps_live_x", app="grid bot")


@pytest.mark.parametrize(("pacing", "slower"), [(True, True), (False, False)])
def test_calls_slow_down_together_after_a_429_unless_that_is_switched_off(
    connect: Any, pacing: bool, slower: bool
) -> None:
    simulator = Simulator()
    simulator.fault({"status": {"code": 429}}, path="/wallet", times=3)
    client = connect(simulator, pacing=pacing, max_retries=0)
    begun = simulator.now_ms
    for _ in range(3):
        with pytest.raises(stablevps.RateLimitedError):
            client.wallet.get()
    client.account.get()
    assert (simulator.now_ms > begun) is slower
