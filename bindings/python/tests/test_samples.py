"""Models for previews and fakes, which need no service."""

from __future__ import annotations

from decimal import Decimal

import pytest

import stablevps
from stablevps import _models, testing
from stablevps._values import Model

MODELS = [
    one
    for one in vars(_models).values()
    if isinstance(one, type) and issubclass(one, Model) and one is not Model
]


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_has_a_sample_with_types_as_the_service_gives_them(model: type[Model]) -> None:
    sample = getattr(testing, f"sample{snake(model.__name__)}")()
    assert type(sample) is model
    assert hash(sample) == hash(getattr(testing, f"sample{snake(model.__name__)}")())
    assert sample.to_dict()


def test_a_sample_differs_in_what_it_is_given() -> None:
    vps = testing.sample_vps(id="mine", vps_status="suspended", ip_address=None, server_id=None)
    assert vps.vps_status is stablevps.VpsStatus.SUSPENDED
    assert (vps.id, vps.ip_address, vps.server_id) == ("mine", None, None)
    usual = testing.sample_vps()
    assert (vps.plan_id, vps.created_at) == (usual.plan_id, usual.created_at)
    assert testing.sample_vps(vps_status="paused").vps_status.value == "paused"


def test_a_sample_within_a_sample_can_be_given() -> None:
    details = testing.sample_vps_details(hostname="mine")
    bought = testing.sample_provisioned(vps=details, charged=Decimal("5.00"))
    assert bought.vps is details
    assert testing.sample_provisioned().vps == testing.sample_vps_details()
    assert details.rdp_password == stablevps.Secret("sample password")
