"""The synchronous client."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from . import _errors
from ._machine import CLOSED, OTHERS, Done, Job, Send, Wait, locks, read_step
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
from ._requests import Requests
from ._transport import Clock, HttpTransport, SystemClock, TransportFailure
from ._ureq import Ureq
from ._values import Secret

if TYPE_CHECKING:
    from typing_extensions import Self

    from .testing import SimulatedClient

__all__ = ["Client"]

T = TypeVar("T")


class Client:
    """The STABLEVPS API, synchronous.

    >>> import stablevps
    >>> with stablevps.Client.simulated() as client:
    ...     client.wallet.get().balance
    Decimal('100.00')

    One client may be used from many threads at once. A forked child may go on using it: it opens
    connections of its own.

    :param api_key: the key; by default the environment's ``STABLEVPS_API_KEY``. Only
        ``keys.create`` does without.
    :param base_url: another server than ``https://stablevps.com``. Plain http only to loopback.
    :param auth: ``"bearer"`` or ``"x-api-key"``: the header that carries the key.
    :param timeout: how many seconds one request may take.
    :param connect_timeout: how many seconds it may take to connect.
    :param max_retries: how often a failed request is repeated. An order never is.
    :param ca_file: a PEM file with the certificates to trust instead of the built-in ones; by
        default the environment's ``SSL_CERT_FILE``.
    :param proxy: a proxy's URL; by default the environment's ``HTTPS_PROXY`` and ``NO_PROXY``.
    :param transport: another way to send requests, such as
        :class:`stablevps.httpx.HttpxTransport`.
    :param clock: another clock, for tests.
    :param random_seed: makes the jitter of retries repeatable, for tests.
    :raises InvalidInputError: for a key or an address that can't be used.
    """

    def __init__(
        self,
        api_key: str | Secret | None = None,
        *,
        base_url: str | None = None,
        auth: str = "bearer",
        timeout: float = 30.0,
        connect_timeout: float = 5.0,
        max_retries: int = 2,
        ca_file: str | None = None,
        proxy: str | None = None,
        transport: HttpTransport | None = None,
        clock: Clock | None = None,
        random_seed: int | None = None,
    ) -> None:
        self._clock: Clock = SystemClock() if clock is None else clock
        self._requests = Requests(
            api_key,
            base_url=base_url,
            auth=auth,
            timeout=timeout,
            connect_timeout=connect_timeout,
            max_retries=max_retries,
            clock=self._clock,
            random_seed=random_seed,
        )
        self._ureq = Ureq(ca_file=ca_file, proxy=proxy) if transport is None else None
        self._transport = transport
        self._base_url = base_url
        self._closed = False
        self.keys: Keys = Keys(self)
        """API keys."""
        self.vps: VpsResource = VpsResource(self)
        """VPS."""
        self.account: AccountResource = AccountResource(self)
        """The account."""
        self.wallet: WalletResource = WalletResource(self)
        """The wallet."""

    @staticmethod
    def simulated(**config: Any) -> SimulatedClient:
        """A client of a simulated service in memory, with virtual time: nothing is waited for.

        The keywords are the simulator's configuration: see :class:`stablevps.testing.Simulator`.
        """
        from .testing import SimulatedClient, Simulator

        return SimulatedClient(Simulator(**config))

    def close(self) -> None:
        """Lets go of connections. The client can't be used afterwards."""
        self._closed = True
        if self._transport is not None:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._base_url!r})"

    def _run(self, job: Job[T]) -> T:
        """Carries a job out in this thread."""
        if self._closed:
            raise _errors.invalid_input("client", f"can't be used: {CLOSED}")
        if job.is_purchase:
            return self._run_purchase(job)
        if self._ureq is None:
            step = read_step(job.machine.step(self._clock.now_ms()))
        else:
            step = read_step(self._ureq.exchange(job.machine))
        while not isinstance(step, Done):
            job.tell(step)
            step = self._after(job, step)
        return job.result(step)

    def _run_purchase(self, job: Job[T]) -> T:
        """Before the order's reply is there, one purchase of an account at a time."""
        lock = locks.of(job.exclusive_key or "")
        held = False
        try:
            while True:
                step = read_step(job.machine.step(self._clock.now_ms()))
                exclusive = (
                    not isinstance(step, Done)
                    and step.progress is not None
                    and step.progress.exclusive
                )
                if exclusive and not held:
                    held = lock.acquire(timeout=job.patience)
                    if not held:
                        raise _errors.late(OTHERS)
                    # What was asked before may no longer be so.
                    continue
                if isinstance(step, Done):
                    return job.result(step)
                job.tell(step)
                if held and not exclusive:
                    # Not before the token that names the VPS was handed out.
                    lock.release()
                    held = False
                self._after(job, step)
        except BaseException as ending:
            job.leave_token(ending, self._clock.now_ms())
            raise
        finally:
            if held:
                lock.release()

    def _after(self, job: Job[T], step: Send | Wait) -> Send | Wait | Done:
        """Does what the step says; gives the next one."""
        if isinstance(step, Wait):
            self._clock.sleep(step.delay_ms / 1000)
        elif self._ureq is not None:
            return read_step(self._ureq.exchange(job.machine))
        else:
            self._send(job, step)
        return read_step(job.machine.step(self._clock.now_ms()))

    def _send(self, job: Job[T], step: Send) -> None:
        assert self._transport is not None
        try:
            response = self._transport.send(step.request())
        except TransportFailure as failure:
            job.failed(step, failure, self._clock.now_ms())
        except Exception as error:
            # Whatever a transport raises, the request may have been sent.
            vague = TransportFailure("io", "unknown", type(error).__name__)
            job.failed(step, vague, self._clock.now_ms())
        else:
            job.machine.response(
                step.id,
                response.status,
                dict(response.headers),
                response.body,
                self._clock.now_ms(),
            )


class _Resource:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._requests = client._requests


class Keys(_Resource):
    """API keys: ``client.keys``."""

    def create(
        self,
        *,
        email: str,
        password: str | Secret,
        name: str,
        scope: str = "full",
        expires_in_days: int | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> CreatedKey:
        """Signs in with the account's password, for a new API key (``POST /auth``).

        The key is in this reply and nowhere else, ever. A lost reply is never repeated: it ends in
        :class:`OutcomeUnknownError`.

        :param scope: ``"full"``, or ``"read"`` for a key that can change nothing.
        :param expires_in_days: how many days the key works; by default for ever.
        :raises KeyLimitReachedError: when the account has ten keys.
        """
        job = self._requests.create_key(
            email, password, name, scope, expires_in_days, timeout, deadline
        )
        return self._client._run(job)

    def list(
        self, *, timeout: float | None = None, deadline: float | None = None
    ) -> builtins.list[ApiKeyInfo]:
        """What is known of every API key (``GET /auth``); never the keys themselves."""
        return self._client._run(self._requests.list_keys(timeout, deadline))

    def revoke(
        self, key_id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> RevokedKey:
        """Revokes a key for good (``DELETE /auth``). A key can't revoke itself."""
        return self._client._run(self._requests.revoke_key(key_id, timeout, deadline))


class VpsResource(_Resource):
    """VPS: ``client.vps``."""

    def list(
        self, *, timeout: float | None = None, deadline: float | None = None
    ) -> builtins.list[Vps]:
        """Every VPS of the account (``GET /vps``), without passwords."""
        return self._client._run(self._requests.list_vps(timeout, deadline))

    def get(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> VpsDetails:
        """One VPS with all there is to know (``GET /vps/:id``), its RDP password included."""
        return self._client._run(self._requests.get_vps(id, timeout, deadline))

    def create(
        self,
        *,
        plan_id: str,
        billing_cycle: str,
        location: str,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Order:
        """Orders a VPS and charges the wallet (``POST /vps``), without waiting for it.

        :meth:`provision` is the safer way. Here a lost reply ends in :class:`OutcomeUnknownError`,
        and it is for the caller to find out whether a VPS was bought.
        """
        job = self._requests.create_vps(plan_id, billing_cycle, location, timeout, deadline)
        return self._client._run(job)

    def delete(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> DeletedVps:
        """Deletes a VPS for good (``DELETE /vps/:id``). Nothing is refunded."""
        return self._client._run(self._requests.delete_vps(id, timeout, deadline))

    def start(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> ActionReceipt:
        """Switches a VPS on (``POST /vps/:id/actions``)."""
        return self._client._run(self._requests.start_vps(id, timeout, deadline))

    def stop(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> ActionReceipt:
        """Switches a VPS off (``POST /vps/:id/actions``)."""
        return self._client._run(self._requests.stop_vps(id, timeout, deadline))

    def reboot(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> ActionReceipt:
        """Restarts a VPS (``POST /vps/:id/actions``). A lost reply is never repeated."""
        return self._client._run(self._requests.reboot_vps(id, timeout, deadline))

    def provision(
        self,
        *,
        plan_id: str,
        billing_cycle: str,
        location: str,
        max_spend: Decimal | str | int | None = None,
        timeout: float = 1800.0,
        wait_for: str = "ready",
        preflight: bool = True,
        first_look: float = 5.0,
        longest_pause: float = 15.0,
        settle: float = 90.0,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Provisioned:
        """Buys one VPS, exactly one, and waits until it can be used.

        >>> import stablevps
        >>> with stablevps.Client.simulated() as client:
        ...     bought = client.vps.provision(
        ...         plan_id="prime", billing_cycle="monthly", location="london", max_spend="20"
        ...     )
        >>> bought.charged, bought.vps.vps_status
        (Decimal('19.49'), VpsStatus.ACTIVE)

        :param max_spend: the most that may be spent; a higher price ends in
            :class:`OverBudgetError` before anything is ordered.
        :param timeout: how many seconds the whole may take. Running out of them never cancels
            the VPS: the error carries a token.
        :param wait_for: ``"ready"``: active, with address, user and password; or ``"active"``.
        :param preflight: whether to look at the wallet before ordering. Without, a lost order
            can't be told from one that was never placed.
        :param first_look: when to look at the new VPS for the first time, in seconds.
        :param longest_pause: the longest pause between two looks, in seconds.
        :param settle: how long an order whose reply was lost is looked for, in seconds.
        :param on_progress: called before every request and every wait. Keep its ``token``: with
            it :meth:`resume` goes on, in another process too. The order is sent only after the
            call for phase ``ordering`` has returned.
        :raises InsufficientFundsError: the wallet does not hold enough; nothing was ordered.
        :raises NotPlacedError: the order's reply was lost, and nothing was bought.
        :raises UnresolvedError: the order's reply was lost, and a person must look.
        :raises ProvisioningFailedError: bought, but suspended or terminated.
        :raises DeadlineExceededError: not usable in time.
        """
        given = self._requests.purchase_options(
            preflight=preflight,
            max_spend=max_spend,
            wait_for=wait_for,
            timeout=timeout,
            first_look=first_look,
            longest_pause=longest_pause,
            settle=settle,
        )
        job = self._requests.provision(plan_id, billing_cycle, location, given, on_progress)
        return self._client._run(job)

    def resume(
        self,
        token: str,
        *,
        any_key: bool = False,
        timeout: float | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Provisioned:
        """Takes a purchase up where a token left it. The time allowed begins anew.

        A token of the moment in which the order may have been sent never leads to a second order.

        :param any_key: accepts a token that was begun with another key of the same account.
        :param timeout: how many seconds the whole may take from now on; by default as many as the
            purchase was begun with.
        :raises StaleTokenError: for a token of another account or server.
        """
        return self._client._run(self._requests.resume(token, any_key, timeout, on_progress))

    def wait_until_ready(
        self,
        id: str,
        *,
        timeout: float = 1800.0,
        wait_for: str = "ready",
        first_look: float = 5.0,
        longest_pause: float = 15.0,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Provisioned:
        """Waits until a VPS that was bought elsewhere can be used. Its first look is at once."""
        given = self._requests.purchase_options(
            wait_for=wait_for, timeout=timeout, first_look=first_look, longest_pause=longest_pause
        )
        return self._client._run(self._requests.wait_until_ready(id, given, on_progress))


class AccountResource(_Resource):
    """The account: ``client.account``."""

    def get(self, *, timeout: float | None = None, deadline: float | None = None) -> Account:
        """The account's profile with its balance and VPS counts (``GET /account``)."""
        return self._client._run(self._requests.get_account(timeout, deadline))


class WalletResource(_Resource):
    """The wallet: ``client.wallet``."""

    def get(self, *, timeout: float | None = None, deadline: float | None = None) -> Wallet:
        """What the wallet holds (``GET /wallet``)."""
        return self._client._run(self._requests.get_wallet(timeout, deadline))
