"""What each method asks of the core. Shared by the synchronous and the asynchronous client."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

from . import _errors
from ._machine import Job, checked, milliseconds, seed, text
from ._models import (
    Account,
    ActionReceipt,
    ApiKeyInfo,
    CreatedKey,
    DeletedVps,
    Order,
    Progress,
    Provisioned,
    RevokedKey,
    Vps,
    VpsDetails,
    Wallet,
)
from ._native.stablevps_ffi import Api, ApiOptions, Limits, Machine, PurchaseOptions
from ._values import Secret
from ._version import VERSION

KEY_VARIABLE = "STABLEVPS_API_KEY"
DEFAULT_BASE_URL = "https://stablevps.com"

Listener = Callable[[Progress], None]


class Now(Protocol):
    """Whatever tells the time."""

    def now_ms(self) -> int: ...


class Requests:
    """A configured account. Each method gives the job that a client then carries out."""

    def __init__(
        self,
        api_key: str | Secret | None,
        *,
        base_url: str | None,
        auth: str,
        timeout: float,
        connect_timeout: float,
        max_retries: int,
        clock: Now,
        random_seed: int | None,
    ) -> None:
        if isinstance(api_key, Secret):
            api_key = api_key.reveal()
        if api_key is None:
            api_key = os.environ.get(KEY_VARIABLE)
        if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
            raise _errors.invalid_input("max_retries", "must be a whole number from 0")
        if random_seed is not None and not (
            isinstance(random_seed, int) and 0 <= random_seed < 2**64
        ):
            raise _errors.invalid_input("random_seed", "must be a whole number from 0 to 2^64 - 1")
        if api_key is not None:
            text("api_key", api_key)
        if base_url is not None:
            text("base_url", base_url)
        given = ApiOptions(
            api_key=api_key,
            base_url=base_url,
            auth=text("auth", auth),
            user_agent=f"stablevps-python/{VERSION}",
            max_retries=min(max_retries, 1000),
            timeout_ms=milliseconds("timeout", timeout),
            connect_timeout_ms=milliseconds("connect_timeout", connect_timeout),
        )
        self._api = checked(Api, given)
        self._clock = clock
        self._seed = random_seed
        self._no_limits = Limits(None, None, clock.now_ms(), random_seed)
        server = (DEFAULT_BASE_URL if base_url is None else base_url).strip().rstrip("/")
        self._account = f"{self._api.key_fingerprint()} {server}"

    def _next_seed(self) -> int:
        return seed() if self._seed is None else self._seed

    def _limits(self, timeout: float | None, deadline: float | None) -> Limits:
        if timeout is None and deadline is None:
            return self._no_limits
        return Limits(
            milliseconds("timeout", timeout),
            milliseconds("deadline", deadline),
            self._clock.now_ms(),
            self._seed,
        )

    def create_key(
        self,
        email: str,
        password: str | Secret,
        name: str,
        scope: str,
        expires_in_days: int | None,
        timeout: float | None,
        deadline: float | None,
    ) -> Job[CreatedKey]:
        if isinstance(password, Secret):
            password = password.reveal()
        if expires_in_days is not None and (
            isinstance(expires_in_days, bool)
            or not isinstance(expires_in_days, int)
            or abs(expires_in_days) > 2**62
        ):
            raise _errors.invalid_input(
                "expires_in_days", "must be a whole number of days from 1 to 36500"
            )
        machine = checked(
            self._api.create_key,
            text("email", email),
            text("password", password),
            text("name", name),
            text("scope", scope),
            expires_in_days,
            self._limits(timeout, deadline),
        )
        return Job(machine, CreatedKey, "keys.create")

    def list_keys(self, timeout: float | None, deadline: float | None) -> Job[list[ApiKeyInfo]]:
        machine = checked(self._api.list_keys, self._limits(timeout, deadline))
        return Job(machine, list[ApiKeyInfo], "keys.list")

    def revoke_key(
        self, key_id: str, timeout: float | None, deadline: float | None
    ) -> Job[RevokedKey]:
        given = self._limits(timeout, deadline)
        machine = checked(self._api.revoke_key, text("key_id", key_id), given)
        return Job(machine, RevokedKey, "keys.revoke")

    def list_vps(self, timeout: float | None, deadline: float | None) -> Job[list[Vps]]:
        machine = checked(self._api.list_vps, self._limits(timeout, deadline))
        return Job(machine, list[Vps], "vps.list")

    def create_vps(
        self,
        plan_id: str,
        billing_cycle: str,
        location: str,
        timeout: float | None,
        deadline: float | None,
    ) -> Job[Order]:
        machine = checked(
            self._api.create_vps,
            text("plan_id", plan_id),
            text("billing_cycle", billing_cycle),
            text("location", location),
            self._limits(timeout, deadline),
        )
        return Job(machine, Order, "vps.create")

    def get_vps(self, id: str, timeout: float | None, deadline: float | None) -> Job[VpsDetails]:
        machine = checked(self._api.get_vps, text("id", id), self._limits(timeout, deadline))
        return Job(machine, VpsDetails, "vps.get")

    def delete_vps(self, id: str, timeout: float | None, deadline: float | None) -> Job[DeletedVps]:
        machine = checked(self._api.delete_vps, text("id", id), self._limits(timeout, deadline))
        return Job(machine, DeletedVps, "vps.delete")

    def start_vps(
        self, id: str, timeout: float | None, deadline: float | None
    ) -> Job[ActionReceipt]:
        machine = checked(self._api.start_vps, text("id", id), self._limits(timeout, deadline))
        return Job(machine, ActionReceipt, "vps.start")

    def stop_vps(
        self, id: str, timeout: float | None, deadline: float | None
    ) -> Job[ActionReceipt]:
        machine = checked(self._api.stop_vps, text("id", id), self._limits(timeout, deadline))
        return Job(machine, ActionReceipt, "vps.stop")

    def reboot_vps(
        self, id: str, timeout: float | None, deadline: float | None
    ) -> Job[ActionReceipt]:
        machine = checked(self._api.reboot_vps, text("id", id), self._limits(timeout, deadline))
        return Job(machine, ActionReceipt, "vps.reboot")

    def get_account(self, timeout: float | None, deadline: float | None) -> Job[Account]:
        machine = checked(self._api.get_account, self._limits(timeout, deadline))
        return Job(machine, Account, "account.get")

    def get_wallet(self, timeout: float | None, deadline: float | None) -> Job[Wallet]:
        machine = checked(self._api.get_wallet, self._limits(timeout, deadline))
        return Job(machine, Wallet, "wallet.get")

    def provision(
        self,
        plan_id: str,
        billing_cycle: str,
        location: str,
        given: PurchaseOptions,
        on_progress: Listener | None,
    ) -> Job[Provisioned]:
        machine = checked(
            self._api.provision,
            text("plan_id", plan_id),
            text("billing_cycle", billing_cycle),
            text("location", location),
            given,
        )
        return self._purchase(machine, "vps.provision", on_progress, given.timeout_ms)

    def wait_until_ready(
        self, id: str, given: PurchaseOptions, on_progress: Listener | None
    ) -> Job[Provisioned]:
        machine = checked(self._api.wait_until_ready, text("id", id), given)
        return self._purchase(machine, "vps.wait_until_ready", on_progress, given.timeout_ms)

    def resume(
        self, token: str, any_key: bool, timeout: float | None, on_progress: Listener | None
    ) -> Job[Provisioned]:
        timeout_ms = milliseconds("timeout", timeout)
        machine = checked(
            self._api.resume,
            text("token", token),
            any_key,
            timeout_ms,
            self._next_seed(),
            self._clock.now_ms(),
        )
        return self._purchase(machine, "vps.resume", on_progress, timeout_ms)

    def _purchase(
        self, machine: Machine, label: str, on_progress: Listener | None, timeout_ms: int | None
    ) -> Job[Provisioned]:
        patience = None if timeout_ms is None else timeout_ms / 1000
        return Job(machine, Provisioned, label, on_progress, self._account, patience)

    def purchase_options(
        self,
        *,
        preflight: bool = True,
        max_spend: Decimal | str | int | None = None,
        wait_for: str = "ready",
        timeout: float | None = None,
        first_look: float | None = None,
        longest_pause: float | None = None,
        settle: float | None = None,
    ) -> PurchaseOptions:
        """How a purchase is made; ``None`` means the core's default."""
        if isinstance(max_spend, (float, bool)):
            raise _errors.invalid_input("max_spend", "must be a Decimal, a string or an int")
        return PurchaseOptions(
            now_ms=self._clock.now_ms(),
            seed=self._next_seed(),
            preflight=preflight,
            max_spend=None if max_spend is None else str(max_spend),
            wait_for=text("wait_for", wait_for),
            timeout_ms=milliseconds("timeout", timeout),
            first_look_ms=milliseconds("first_look", first_look, least=0),
            longest_pause_ms=milliseconds("longest_pause", longest_pause),
            settle_ms=milliseconds("settle", settle, least=0),
        )
