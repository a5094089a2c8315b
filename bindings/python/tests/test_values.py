"""The values that the package gives: enumerations, money, times, secrets, foreign ids."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import stablevps
from stablevps import OpenEnum, Secret, ServerId, VpsStatus
from stablevps.testing import Simulator

ORDER: Any = {"plan_id": "basic", "billing_cycle": "yearly", "location": "tokyo"}


@pytest.fixture
def rich() -> Simulator:
    return Simulator(balance=200)


def test_a_value_that_is_newer_than_the_package_is_kept_as_it_was_sent(client: Any) -> None:
    simulator = client.simulator
    added = simulator.control(
        {"add_vps": {"plan_id": "max", "location": "mars", "vps_status": "paused"}}
    )
    vps = client.vps.get(added["id"])
    assert (vps.plan_id, vps.location, vps.vps_status) == ("max", "mars", "paused")
    assert not vps.vps_status.is_known
    assert vps.vps_status.value == "paused"
    assert vps in {vps} and vps == client.vps.get(added["id"])


def test_an_unknown_value_behaves_like_a_known_one() -> None:
    paused, again = VpsStatus("paused"), VpsStatus("paused")
    assert paused == again and hash(paused) == hash(again) == hash("paused")
    assert paused != VpsStatus.ACTIVE
    assert (str(paused), f"{paused}", repr(paused)) == ("paused", "paused", "VpsStatus('paused')")
    assert "paused" not in [status.value for status in VpsStatus]


@pytest.mark.parametrize("status", [VpsStatus.ACTIVE, VpsStatus("paused")])
def test_a_status_survives_copies_pickles_and_json(status: VpsStatus) -> None:
    for twin in (copy.deepcopy(status), pickle.loads(pickle.dumps(status))):
        assert (twin, type(twin), twin.is_known) == (status, VpsStatus, status.is_known)
    assert json.dumps({"status": status}) == json.dumps({"status": status.value})


def test_a_known_value_is_its_member_and_a_string() -> None:
    assert VpsStatus("active") is VpsStatus.ACTIVE
    assert VpsStatus("active") == "active" and VpsStatus.ACTIVE.is_known
    assert repr(stablevps.Location.NEW_YORK) == "Location.NEW_YORK"
    assert {"newYork": 1}[stablevps.Location.NEW_YORK] == 1


def test_an_enumeration_takes_nothing_but_text() -> None:
    with pytest.raises(ValueError, match="5 is not a valid VpsStatus"):
        VpsStatus(5)


def test_enumerations_can_be_passed_where_strings_can(client: Any) -> None:
    order = client.vps.create(
        plan_id=stablevps.PlanId.BASIC,
        billing_cycle=stablevps.BillingCycle.MONTHLY,
        location=stablevps.Location.SINGAPORE,
    )
    assert order.plan_id is stablevps.PlanId.BASIC


def test_every_open_enumeration_is_one() -> None:
    names = ["BillingCycle", "BillingStatus", "Location", "PlanId", "PowerAction", "Role", "Scope"]
    for name in [*names, "VpsStatus", "Phase"]:
        assert issubclass(getattr(stablevps, name), OpenEnum), name


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (80.50999999999999, "80.51"),
        (0.1, "0.10"),
        (7, "7.00"),
        (12345678901.25, "12345678901.25"),
        (0.125, "0.12"),
        (0.135, "0.14"),
    ],
)
def test_money_is_decimal_and_rounded_half_even_to_the_cent(
    client: Any, sent: float, read: str
) -> None:
    client.simulator.fault({"patch": {"merge": {"balance": sent}}})
    balance = client.wallet.get().balance
    assert isinstance(balance, Decimal)
    assert str(balance) == read


def test_times_know_their_zone(rich: Simulator, connect: Any) -> None:
    vps = connect(rich).vps.provision(**ORDER).vps
    for time in (vps.created_at, vps.current_period_start, vps.current_period_end):
        assert time.utcoffset() == timedelta(0)
    assert vps.current_period_end.year == 2027


def test_models_are_frozen_hashable_and_equal_by_value(rich: Simulator, connect: Any) -> None:
    client = connect(rich)
    id = client.vps.provision(**ORDER).vps.id
    one, two = client.vps.get(id), client.vps.get(id)
    assert one == two and hash(one) == hash(two) and one is not two
    with pytest.raises(AttributeError):
        one.id = "other"
    account = client.account.get()
    assert len({account, client.account.get()}) == 1


def test_a_model_without_a_secret_survives_pickling(rich: Simulator, connect: Any) -> None:
    client = connect(rich)
    client.vps.provision(**ORDER)
    (vps,) = client.vps.list()
    assert pickle.loads(pickle.dumps(vps)) == vps


def test_a_model_with_a_secret_can_be_copied_but_not_pickled(rich: Simulator, connect: Any) -> None:
    vps = connect(rich).vps.provision(**ORDER).vps
    assert copy.deepcopy(vps) == vps == copy.copy(vps)
    with pytest.raises(TypeError, match=r"a Secret is not pickled: reveal\(\) it"):
        pickle.dumps(vps)


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret("Tr0ub4dor&3")
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r}", f"{[secret]}"]
    assert not any("Tr0ub4dor" in text for text in shown)
    with pytest.raises(AttributeError):
        vars(secret) if hasattr(secret, "__dict__") else secret.__dict__
    with pytest.raises(TypeError):
        json.dumps(secret)
    assert secret.reveal() == "Tr0ub4dor&3"
    assert secret == Secret("Tr0ub4dor&3") and secret != "Tr0ub4dor&3"
    assert len({secret, Secret("Tr0ub4dor&3")}) == 1


def test_the_repr_of_a_model_masks_its_secret(rich: Simulator, connect: Any) -> None:
    vps = connect(rich).vps.provision(**ORDER).vps
    assert "rdp_password=Secret('***')" in repr(vps)
    assert vps.rdp_password.reveal() not in f"{vps} {vps!r} {[vps]}"


def test_a_providers_id_is_no_string_and_keeps_its_text(rich: Simulator, connect: Any) -> None:
    server_id = connect(rich).vps.provision(**ORDER).vps.server_id
    assert isinstance(server_id, ServerId) and not isinstance(server_id, str)
    assert (str(server_id), repr(server_id)) == ("zomro-12345", "ServerId('zomro-12345')")
    assert server_id == ServerId("zomro-12345") and server_id != "zomro-12345"
    assert pickle.loads(pickle.dumps(server_id)) == server_id


def test_a_request_shows_neither_key_nor_body() -> None:
    request = stablevps.HttpRequest(
        method="POST",
        url="https://stablevps.com/api/v1/auth",
        headers={"authorization": "Bearer svps_live_hidden"},
        body=b'{"password":"hidden too"}',
        timeout=30,
        connect_timeout=5,
        fresh_connection=True,
        endpoint="POST /auth",
    )
    assert "hidden" not in repr(request)
    assert "hidden" not in repr(stablevps.HttpResponse(200, {"x": "hidden"}, b"hidden"))


def test_a_transport_failure_survives_pickling_and_copying() -> None:
    failure = stablevps.TransportFailure("connect", "not_sent", "refused")
    for twin in (pickle.loads(pickle.dumps(failure)), copy.deepcopy(failure)):
        assert (twin.kind, twin.delivery, twin.detail) == ("connect", "not_sent", "refused")
        assert str(twin) == str(failure)


def test_every_model_becomes_plain_data_with_its_secrets_masked(client: Any) -> None:
    bought = client.vps.provision(plan_id="prime", billing_cycle="monthly", location="london")
    words = "correct horse battery staple"
    models = [
        bought, client.account.get(), client.wallet.get(), *client.vps.list(), *client.keys.list(),
        *stablevps.PLANS,
        client.keys.create(email="john@example.com", password=Secret(words), name="b"),
    ]  # fmt: skip
    for model in models:
        plain = model.to_dict()
        assert json.loads(json.dumps(plain)) == json.loads(model.to_json()) == plain
        assert list(plain) == [name.lstrip("_") for name in type(model).__struct_fields__]
    shown = bought.to_dict()
    assert shown["charged"] == "19.49"
    assert shown["vps"]["rdp_password"] == "***"
    assert shown["vps"]["vps_status"] == "active" and type(shown["vps"]["vps_status"]) is str
    assert shown["vps"]["server_id"] == str(bought.vps.server_id)
    assert datetime.fromisoformat(shown["vps"]["created_at"]) == bought.vps.created_at
    password = bought.vps.rdp_password.reveal()
    assert bought.to_dict(reveal=True)["vps"]["rdp_password"] == password
    assert json.loads(bought.to_json(reveal=True))["vps"]["rdp_password"] == password
    assert "***" in models[-1].to_json()
