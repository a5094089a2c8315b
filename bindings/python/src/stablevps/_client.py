"""The synchronous client.

Written by ``cargo xtask generate`` from ``_async_client.py``: change that file, not this one.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

from . import _progress as _progress
from ._arguments import amount, call_options, flag, milliseconds, secret, text, whole, without_none
from ._batch import AnyOrders, PurchaseBatch, OnBatchProgress, UnderWay
from ._closing import Closing
from ._probing import AnyProber, Probing, probing
from ._progress import OnProgress
from ._purchase import purchase
from ._purchases import Purchases
from ._storing import AnyStore, Storing
from ._watch import VpsWatch
from ._clocks import SystemClock
from ._core import invalid_input
from ._hook import OnEvent
from ._machine import WANTED, Call, Probe, Send, Step, StoreStep, Wait
from ._models import (
    Account,
    ActionReceipt,
    AnyBillingCycle,
    AnyLocation,
    AnyPlanId,
    AnyScope,
    ApiKeyInfo,
    Auth,
    CreatedKey,
    DeletedVps,
    Order,
    Provisioned,
    RevokedKey,
    Vps,
    VpsDetails,
    WaitLevel,
    Wallet,
    WhenHeld,
)
from ._orders import BatchOrder
from ._session import Session
from ._transport import Clock, HttpTransport, TransportFailure, too_late
from ._ureq import Ureq
from ._values import Secret, hidden

if TYPE_CHECKING:
    from typing_extensions import Self

    from .events import WatchEvent
    from .testing import SimulatedClient

__all__ = ["Client"]

T = TypeVar("T")


class Client:
    """The STABLEVPS API, synchronous.

    >>> import stablevps
    >>> with stablevps.Client.simulated() as client:
    ...     wallet = client.wallet.get()
    ...     print(wallet.balance)
    100.00

    One client may be used from many threads at once. A forked child may keep using it: it opens its
    own connections.

    Ctrl-C ends a wait or a request at once. When it ends a purchase, the ``KeyboardInterrupt``
    carries its ``token``.

    :param api_key: the key; by default the environment's ``STABLEVPS_API_KEY``. Only
        ``keys.create`` works without one.
    :param base_url: a server other than ``https://stablevps.com``. Plain http only to loopback.
    :param account: a name for the account: purchases of clients with the same one go one at a time
        in this process, by whatever keys. By default those of one key do.
    :param auth: ``"bearer"`` or ``"x-api-key"``: the header that carries the key.
    :param timeout: how many seconds one request may take.
    :param connect_timeout: how many seconds connecting may take.
    :param max_retries: how often a failed request that is safe to repeat is retried. An order is
        never retried.
    :param pacing: whether all calls slow down together after the service said that there are too
        many of them (429), the requests around an order least.
    :param app: the name of your program, or its name and version such as ``"grid-bot/2.1"``: the
        first word of the ``User-Agent``.
    :param ca_file: a PEM file with the certificates to trust instead of the built-in ones; by
        default the environment's ``SSL_CERT_FILE``.
    :param proxy: a proxy's URL; by default the environment's ``HTTPS_PROXY`` and ``NO_PROXY``.
    :param store: where purchases are recorded, such as a :class:`stablevps.stores.SqliteStore`.
        Then an ``idempotency_key`` buys one VPS at most, whoever asks.
    :param prober: another way to find out whether a VPS answers, for watches and for
        ``wait_for="reachable"``; by default a TCP connection. See :class:`Prober`.
    :param on_event: called with every request, with every phase of a purchase and with the events
        of watches: see :mod:`stablevps.events`. It must return soon; what it raises is logged once.
    :param transport: another way to send requests, such as
        :class:`stablevps.httpx.HttpxTransport`.
    :param clock: another clock, for tests.
    :param random_seed: makes the jitter of retries repeatable, for tests.
    :raises InvalidInputError: for a key, an address or another argument that can't be used.
    """

    _base_url: str | None = None

    def __init__(
        self,
        api_key: str | Secret | None = None,
        *,
        base_url: str | None = None,
        account: str | None = None,
        auth: Auth = "bearer",
        timeout: float = 30.0,
        connect_timeout: float = 5.0,
        max_retries: int = 2,
        pacing: bool = True,
        app: str | None = None,
        ca_file: str | None = None,
        proxy: str | None = None,
        store: AnyStore | None = None,
        prober: AnyProber | None = None,
        on_event: OnEvent | None = None,
        transport: HttpTransport | None = None,
        clock: Clock | None = None,
        random_seed: int | None = None,
    ) -> None:
        api_key = None if api_key is None else hidden(api_key)
        self._base_url = base_url
        self._closing = Closing()
        self._session = Session(
            api_key,
            base_url=base_url,
            account=account,
            auth=auth,
            timeout=timeout,
            connect_timeout=connect_timeout,
            max_retries=max_retries,
            pacing=pacing,
            app=app,
            random_seed=random_seed,
            clock=clock,
            on_event=on_event,
        )
        self._probing: Probing = probing(prober)
        self._has_own_clock = clock is not None
        self._clock: Clock = SystemClock() if clock is None else clock
        self._transport = transport
        self._storing = None if store is None else Storing(store)
        self._ureq = None
        if transport is None:
            self._ureq = Ureq(ca_file=ca_file, proxy=proxy, clock=clock)
        self.keys: Keys = Keys(self)
        """API keys."""
        self.vps: VpsResource = VpsResource(self)
        """VPS."""
        self.account: AccountResource = AccountResource(self)
        """The account."""
        self.wallet: WalletResource = WalletResource(self)
        """The wallet."""
        self.purchases: Purchases = Purchases(self)
        """Recorded purchases."""

    @staticmethod
    def simulated(
        *, store: AnyStore | None = None, on_event: OnEvent | None = None, **config: Any
    ) -> SimulatedClient:
        """A client of a simulated service in memory. Its time is virtual: waits take no time.

        The other keywords configure the simulator: see :class:`stablevps.testing.Simulator`.
        """
        from .testing import SimulatedClient, Simulator

        return SimulatedClient(Simulator(**config), store=store, on_event=on_event)

    def close(self) -> None:
        """Closes the connections. The client can't be used afterwards.

        What is under way ends with a :class:`TransportError` of kind ``cancelled``; that of a
        purchase carries its token.
        """
        self._closing.close()
        if self._storing is not None:
            self._storing.close()
        if self._ureq is not None:
            self._ureq.close()
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

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(
            f"this {type(self).__name__} can't be copied or pickled: "
            "it holds connections and a key; make another one"
        )

    def _call(
        self,
        label: str,
        request: Any,
        result: type[T],
        timeout: float | None,
        deadline: float | None,
        *,
        within: str | None = None,
    ) -> T:
        """Calls an endpoint. ``request`` is one of the core's requests, as JSON."""
        self._check_open()
        options = call_options(timeout, deadline)
        call = self._session.call(
            label, request, result, self._clock, options=options, within=within
        )
        if self._ureq is None or call.is_observed:
            step = call.step(self._clock.monotonic_ms())
        else:
            # The step before the first request need not be read.
            step = call.read(self._ureq.exchange(call.machine))
        while isinstance(step, WANTED):
            call.report(step)
            step = self._advance(call, step)
        return call.result(step)

    def _purchase(
        self,
        label: str,
        request: Any,
        on_progress: OnProgress | None,
        batch: UnderWay | None = None,
    ) -> Provisioned:
        """Buys a VPS or waits for one."""
        return purchase(partial(self._run, label, request, on_progress, batch=batch))

    def _run(
        self,
        label: str,
        request: Any,
        on_progress: OnProgress | None,
        began: Callable[[Call[Provisioned]], None],
        batch: UnderWay | None = None,
    ) -> Provisioned:
        """Of the account's purchases only one at a time is before its order's reply."""
        self._check_open()
        _progress.check(on_progress)
        call = self._session.call(
            label,
            request,
            Provisioned,
            self._clock,
            on_progress=on_progress,
            batch=None if batch is None else batch.native,
        )
        call.is_purchase = True
        call.closing = None if batch is None else batch.closing
        began(call)
        try:
            try:
                return self._buy(call)
            finally:
                call.machine.end_turn()
        except BaseException as ending:
            # Once more: another exception may have ended that call.
            call.machine.end_turn()
            call.leave_token(ending, self._clock.monotonic_ms())
            if self._storing is not None and not isinstance(ending, GeneratorExit):
                self._storing.let_go(call)
            raise

    def _buy(self, call: Call[Provisioned]) -> Provisioned:
        step = call.step(self._clock.monotonic_ms())
        while isinstance(step, WANTED):
            told = step
            _progress.tell(call, told)
            call.reported(told)
            if call.has_told(told):
                # What was told is done if it is still wanted.
                step = call.still_wanted(told)
            if type(step) is type(told):
                step = self._advance(call, step)
        return call.result(step)

    def _advance(self, call: Call[T], step: Step[T]) -> Step[T]:
        """Carries a step out; gives the next one."""
        self._check_under_way(call)
        if isinstance(step, StoreStep):
            self._store(call, step)
        elif isinstance(step, Wait):
            self._sleep(step.delay_ms / 1000, call.closing)
        elif isinstance(step, Probe):
            self._probe(call, step, self._probing, call.closing)
        elif not isinstance(step, Send):
            return step
        elif self._ureq is not None:
            begun_ms = self._clock.monotonic_ms()
            after = call.read(self._ureq.exchange(call.machine, call.closing))
            call.observe(step, begun_ms)
            if isinstance(after, WANTED):
                self._check_under_way(call)
            return after
        else:
            self._send(call, step)
        return call.step(self._clock.monotonic_ms())

    def _sleep(self, seconds: float, watching: Closing | None = None) -> None:
        if self._has_own_clock:
            self._clock.sleep(seconds)
        else:
            self._closing.sleep(seconds, watching)

    def _probe(
        self, call: Call[T], probe: Probe, probing: Probing, closing: Closing | None
    ) -> None:
        def is_ended() -> bool:
            return self._closing.is_closed or (closing is not None and closing.is_closed)

        work = probing.probe_all(probe.targets, probe.within_ms / 1000, is_ended)
        outcomes = self._closing.unless(work)
        if outcomes is not None:
            call.probed(probe, outcomes, self._clock.monotonic_ms())

    def _store(self, call: Call[T], step: StoreStep) -> None:
        assert self._storing is not None
        try:
            answer = self._closing.unless(self._storing.carry_out(step.operation()))
        except Exception as error:
            # Whatever a store raises, it may have carried the operation out.
            call.store_failed(step, error, self._clock.monotonic_ms())
        else:
            self._check_under_way(call)
            call.stored(step, answer, self._clock.monotonic_ms())

    def _send(self, call: Call[T], send: Send) -> None:
        assert self._transport is not None
        begun_ms = self._clock.monotonic_ms()
        request = call.for_transport(send)
        if not request.may_begin():
            call.failed(send, too_late(), self._clock.monotonic_ms())
            call.observe(send, begun_ms)
            return
        try:
            response = self._closing.unless(self._transport.send(request))
        except TransportFailure as failure:
            call.failed(send, failure, self._clock.monotonic_ms())
        except Exception as error:
            # Whatever a transport raises, the request may have been sent.
            call.broken(send, error, self._clock.monotonic_ms())
        else:
            if response is None and self._closing.is_closed:
                raise call.closed(self._clock.monotonic_ms())
            call.response(send, response, self._clock.monotonic_ms())
        call.observe(send, begun_ms)

    def _watch(self, request: Any, prober: AnyProber | None, lasts_ms: int | None) -> VpsWatch:
        """Begins a watch."""
        self._check_open()
        probes = self._probing if prober is None else probing(prober)
        call = self._session.call("vps.watch", request, type(None), self._clock)
        return VpsWatch(self, call, probes, lasts_ms)

    def _look(self, watch: VpsWatch) -> WatchEvent | None:
        """Looks at the VPS until there is something to tell; nothing at the watch's end."""
        return watch.advance()

    def _activity(self) -> AbstractContextManager[object]:
        """Within it, a simulated service's time stands."""
        return nullcontext()

    def _promise(self) -> Callable[[], None]:
        """For a call that another thread is about to make; what it gives ends it."""
        return lambda: None

    def _check_under_way(self, call: Call[T]) -> None:
        if self._closing.is_closed or (call.closing is not None and call.closing.is_closed):
            raise call.closed(self._clock.monotonic_ms())

    def _check_open(self) -> None:
        if self._closing.is_closed:
            raise invalid_input("client", "can't be used: the client is closed")


class _Resource:
    def __init__(self, client: Client) -> None:
        self._client = client


class Keys(_Resource):
    """API keys: ``client.keys``."""

    def create(
        self,
        *,
        email: str,
        password: str | Secret,
        name: str,
        scope: AnyScope = "full",
        expires_in_days: int | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> CreatedKey:
        """Signs in with the account's password and creates an API key (``POST /auth``).

        The key is in this reply and nowhere else, ever. The request is not retried when its reply
        is lost: the call ends in :class:`OutcomeUnknownError`.

        :param scope: ``"full"``, or ``"read"`` for a key that can change nothing.
        :param expires_in_days: how many days the key works; by default for ever.
        :raises KeyLimitReachedError: when the account has ten keys.
        """
        password = hidden(password)
        days = None if expires_in_days is None else whole("expires_in_days", expires_in_days)
        fields = {
            "email": text("email", email),
            "password": secret("password", password),
            "name": text("name", name),
            "scope": text("scope", scope),
            "expiresInDays": days,
        }
        request = {"createKey": without_none(fields)}
        return self._client._call("keys.create", request, CreatedKey, timeout, deadline)

    def list(
        self, *, timeout: float | None = None, deadline: float | None = None
    ) -> builtins.list[ApiKeyInfo]:
        """Every API key of the account (``GET /auth``), without the keys themselves."""
        result = builtins.list[ApiKeyInfo]
        return self._client._call("keys.list", "listKeys", result, timeout, deadline)

    def revoke(
        self, key_id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> RevokedKey:
        """Revokes a key for good (``DELETE /auth``). A key can't revoke itself."""
        request = {"revokeKey": {"keyId": text("key_id", key_id)}}
        return self._client._call("keys.revoke", request, RevokedKey, timeout, deadline)


class VpsResource(_Resource):
    """VPS: ``client.vps``."""

    def list(
        self, *, timeout: float | None = None, deadline: float | None = None
    ) -> builtins.list[Vps]:
        """Every VPS of the account (``GET /vps``), without passwords."""
        result = builtins.list[Vps]
        return self._client._call(
            "vps.list", "listVps", result, timeout, deadline, within="vps"
        )

    def get(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> VpsDetails:
        """One VPS with all its details (``GET /vps/:id``), its RDP password included."""
        request = {"getVps": {"id": text("id", id)}}
        return self._client._call("vps.get", request, VpsDetails, timeout, deadline)

    def create(
        self,
        *,
        plan_id: AnyPlanId,
        billing_cycle: AnyBillingCycle,
        location: AnyLocation,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Order:
        """Orders a VPS and charges the wallet (``POST /vps``), without waiting for it.

        :meth:`provision` is the safer way. When the reply to this request is lost, the call ends in
        :class:`OutcomeUnknownError`, and the caller must find out whether a VPS was bought.
        """
        request = {
            "createVps": {
                "planId": text("plan_id", plan_id),
                "billingCycle": text("billing_cycle", billing_cycle),
                "location": text("location", location),
            }
        }
        return self._client._call("vps.create", request, Order, timeout, deadline)

    def delete(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> DeletedVps:
        """Deletes a VPS for good (``DELETE /vps/:id``). Nothing is refunded."""
        request = {"deleteVps": {"id": text("id", id)}}
        return self._client._call("vps.delete", request, DeletedVps, timeout, deadline)

    def start(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> ActionReceipt:
        """Switches a VPS on (``POST /vps/:id/actions``)."""
        request = {"startVps": {"id": text("id", id)}}
        return self._client._call("vps.start", request, ActionReceipt, timeout, deadline)

    def stop(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> ActionReceipt:
        """Switches a VPS off (``POST /vps/:id/actions``)."""
        request = {"stopVps": {"id": text("id", id)}}
        return self._client._call("vps.stop", request, ActionReceipt, timeout, deadline)

    def reboot(
        self, id: str, *, timeout: float | None = None, deadline: float | None = None
    ) -> ActionReceipt:
        """Restarts a VPS (``POST /vps/:id/actions``). It is not retried when its reply is lost."""
        request = {"rebootVps": {"id": text("id", id)}}
        return self._client._call("vps.reboot", request, ActionReceipt, timeout, deadline)

    def provision(
        self,
        *,
        plan_id: AnyPlanId,
        billing_cycle: AnyBillingCycle,
        location: AnyLocation,
        max_spend: Decimal | str | int | None = None,
        timeout: float = 1800.0,
        wait_for: WaitLevel = "ready",
        preflight: bool = True,
        check_funds: bool = False,
        first_look: float = 5.0,
        longest_pause: float = 15.0,
        settle: float = 90.0,
        idempotency_key: str | None = None,
        when_held: WhenHeld = "refuse",
        on_progress: OnProgress | None = None,
    ) -> Provisioned:
        """Buys one VPS, exactly one, and waits until it can be used.

        >>> import stablevps
        >>> with stablevps.Client.simulated() as client:
        ...     bought = client.vps.provision(
        ...         plan_id="prime", billing_cycle="monthly", location="london", max_spend="20"
        ...     )
        ...     print(bought.charged, bought.vps.vps_status)
        19.49 active

        :param max_spend: the most that may be spent; a higher price ends in
            :class:`OverBudgetError` before anything is ordered.
        :param timeout: how many seconds the purchase may take in all. The VPS is not cancelled when
            they have passed: the error carries a token.
        :param wait_for: ``"ready"``: active, with address, user and password; ``"reachable"``: it
            accepts connections for RDP, too; or ``"active"``.
        :param preflight: whether to read the wallet before ordering. Without it, a lost order
            can't be distinguished from one that was never placed.
        :param check_funds: whether a wallet that holds less than the price built into this version
            ends in :class:`InsufficientFundsError` before anything is ordered. By default the
            service itself refuses what can't be paid, since that price may be out of date.
        :param first_look: when to look at the new VPS for the first time, in seconds.
        :param longest_pause: the longest pause between two looks, in seconds.
        :param settle: how long an order whose reply was lost is looked for, in seconds.
        :param idempotency_key: your own name for this purchase, such as the number of your
            customer's order, in 1 to 255 bytes. At most one VPS is ever ordered under a key,
            however often and from wherever this is called with it; a call after the purchase's end
            gets that end. It needs a client with a ``store``.
        :param when_held: what to do where the purchase of that key goes on elsewhere: ``"refuse"``
            it, or ``"wait"`` for its end.
        :param on_progress: called before every request and every wait. Store its ``token``: with
            it :meth:`resume` continues, in another process too. The order is sent only after the
            call for phase ``ordering`` has returned.
        :raises InsufficientFundsError: the wallet does not hold enough; nothing was bought.
        :raises NotPlacedError: the order's reply was lost, and nothing was bought.
        :raises UnresolvedError: the order's reply was lost, and a person must look.
        :raises ProvisioningFailedError: bought, but suspended or terminated.
        :raises DeadlineExceededError: not usable in time.
        :raises PurchaseInProgressError: the purchase of that key goes on elsewhere.
        :raises IdempotencyMismatchError: the key was used for another plan, cycle or location.
        :raises StoreError: the store failed. Before the order, nothing is ordered; after it, this
            has the ``token``.
        """
        request = self._order(
            plan_id=plan_id,
            billing_cycle=billing_cycle,
            location=location,
            max_spend=max_spend,
            timeout=timeout,
            wait_for=wait_for,
            preflight=preflight,
            check_funds=check_funds,
            first_look=first_look,
            longest_pause=longest_pause,
            settle=settle,
            idempotency_key=idempotency_key,
            when_held=when_held,
        )
        return self._client._purchase("vps.provision", request, on_progress)

    def provision_many(
        self,
        orders: AnyOrders,
        *,
        max_spend: Decimal | str | int | None = None,
        at_once: int = 100,
        timeout: float = 1800.0,
        wait_for: WaitLevel = "ready",
        preflight: bool = True,
        check_funds: bool = False,
        first_look: float = 5.0,
        longest_pause: float = 15.0,
        settle: float = 90.0,
        when_held: WhenHeld = "refuse",
        on_progress: OnBatchProgress | None = None,
    ) -> PurchaseBatch:
        """Buys several VPS, and gives what became of each order as it ends.

        >>> import stablevps
        >>> from stablevps import BatchOrder
        >>> order = BatchOrder(plan_id="basic", billing_cycle="monthly", location="london")
        >>> with stablevps.Client.simulated() as client:
        ...     batch = client.vps.provision_many([order] * 3, max_spend="30")
        ...     for end in batch:
        ...         if end.error is not None:
        ...             print(end.error.code)
        ...     print(batch.progress.ready, batch.progress.spent)
        over_budget
        2 24.98

        Orders go one at a time, and VPS are waited for together.

        :param orders: :class:`BatchOrder`, as many as there are: each is taken when it may begin.
        :param max_spend: the most that may be spent on all of them. An order that does not fit into
            what is left ends in :class:`OverBudgetError` before it is sent, and the others go on.
        :param at_once: how many are under way at once: 1 to 10,000.
        :param on_progress: called with the progress of all of them, while the next result is waited
            for. Tokens are given to the ``on_progress`` of each :class:`BatchOrder`.
        :param timeout: how many seconds each purchase may take in all. This and the other arguments
            are as those of :meth:`provision`, for all orders that do not say otherwise.
        :raises InvalidInputError: for ``max_spend`` or ``at_once``. What is wrong with an order is
            its own error.
        """
        usual = {
            "timeout": timeout,
            "wait_for": wait_for,
            "preflight": preflight,
            "check_funds": check_funds,
            "first_look": first_look,
            "longest_pause": longest_pause,
            "settle": settle,
            "when_held": when_held,
            "max_spend": None,
        }
        options = {
            "maxSpend": None if max_spend is None else amount("max_spend", max_spend),
            "atOnce": whole("at_once", at_once),
        }

        def request(order: BatchOrder) -> Any:
            return self._order(**order.settings(usual))

        self._client._check_open()
        return PurchaseBatch(self._client, orders, request, without_none(options), on_progress)

    def resume(
        self,
        token: str,
        *,
        any_key: bool = False,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Provisioned:
        """Continues a purchase where a token left it. Its timeout starts again.

        A token of the phase ``ordering``, in which the order may have been sent, never leads to a
        second order.

        :param any_key: accepts the token of a purchase that another key of the same account began.
        :param timeout: how many seconds the purchase may take from now on; by default as many as it
            began with.
        :raises StaleTokenError: for a token of another account or server.
        """
        fields = {
            "token": text("token", token),
            "anyKey": flag("any_key", any_key),
            "timeoutMs": None if timeout is None else milliseconds("timeout", timeout),
        }
        request = {"resume": without_none(fields)}
        return self._client._purchase("vps.resume", request, on_progress)

    def wait_until_ready(
        self,
        id: str,
        *,
        timeout: float = 1800.0,
        wait_for: WaitLevel = "ready",
        first_look: float = 5.0,
        longest_pause: float = 15.0,
        on_progress: OnProgress | None = None,
    ) -> Provisioned:
        """Waits until a VPS that was bought elsewhere can be used. The first look is at once."""
        options = {
            "waitFor": text("wait_for", wait_for),
            "timeoutMs": milliseconds("timeout", timeout),
            "firstLookMs": milliseconds("first_look", first_look),
            "longestPauseMs": milliseconds("longest_pause", longest_pause),
        }
        request = {"waitUntilReady": {"id": text("id", id), "options": options}}
        return self._client._purchase("vps.wait_until_ready", request, on_progress)

    def watch(
        self,
        *,
        interval: float = 60.0,
        reboot: Literal["never", "when_silent"] = "never",
        probing: bool = True,
        probe_port: int = 3389,
        probe_timeout: float = 5.0,
        silent_probes: int = 3,
        first_patience: float = 300.0,
        longest_patience: float = 3600.0,
        exclude: Iterable[str] = (),
        alarm_days: int = 7,
        at_most: float | None = None,
        prober: AnyProber | None = None,
    ) -> VpsWatch:
        """Watches the account's VPS: an iterator of events, as a rule without an end.

        >>> import stablevps
        >>> with stablevps.Client.simulated() as client:
        ...     for event in client.vps.watch(reboot="when_silent", at_most=3600):
        ...         print(event.name)
        started

        Everything is checked here, and nothing is sent before the first event is asked for. The
        classes of the events are in :mod:`stablevps.events`; ``docs/watch.md`` has the rules by
        which VPS are rebooted.

        :param interval: how many seconds from one look to the next.
        :param reboot: ``"when_silent"`` reboots VPS that are paid and active and do not answer,
            while others do.
        :param probing: whether VPS are probed. Without, only what the list shows is told.
        :param probe_port: the TCP port that is probed; 3389 is RDP's.
        :param probe_timeout: how many seconds a VPS has to accept the connection.
        :param silent_probes: how many silences in a row make a VPS unreachable: 1 to 1,000.
        :param first_patience: how many seconds a VPS is left alone after the first reboot. That
            doubles with each further one, up to ``longest_patience``.
        :param exclude: the ids of VPS that are neither probed nor rebooted.
        :param alarm_days: how many days before the end of a period the renewal is told: 0, which is
            never, to 3,650.
        :param at_most: how many seconds the watch lasts; by default it has no end.
        :param prober: another way to find out whether a VPS answers than the client's.
        :raises InvalidInputError: for a setting that can't be met.
        """
        if isinstance(exclude, str):
            raise invalid_input("exclude", "must be several ids, not one string")
        lasts_ms = None if at_most is None else milliseconds("at_most", at_most)
        if lasts_ms is not None and lasts_ms <= 0:
            raise invalid_input("at_most", "must be more than zero")
        options = {
            "intervalMs": milliseconds("interval", interval),
            "reboot": text("reboot", reboot),
            "probing": "on" if flag("probing", probing) else "off",
            "probePort": whole("probe_port", probe_port),
            "probeTimeoutMs": milliseconds("probe_timeout", probe_timeout),
            "silentProbes": whole("silent_probes", silent_probes),
            "firstPatienceMs": milliseconds("first_patience", first_patience),
            "longestPatienceMs": milliseconds("longest_patience", longest_patience),
            "exclude": [text("exclude", id) for id in exclude],
            "alarmDays": whole("alarm_days", alarm_days),
        }
        return self._client._watch({"watchVps": {"options": options}}, prober, lasts_ms)

    def _order(
        self,
        *,
        plan_id: str,
        billing_cycle: str,
        location: str,
        max_spend: Decimal | str | int | None,
        timeout: float,
        wait_for: str,
        preflight: bool,
        check_funds: bool,
        first_look: float,
        longest_pause: float,
        settle: float,
        when_held: str,
        idempotency_key: str | None = None,
    ) -> Any:
        """What the core is asked for."""
        options = {
            "preflight": "check" if flag("preflight", preflight) else "skip",
            "checkFunds": flag("check_funds", check_funds),
            "maxSpend": None if max_spend is None else amount("max_spend", max_spend),
            "waitFor": text("wait_for", wait_for),
            "timeoutMs": milliseconds("timeout", timeout),
            "firstLookMs": milliseconds("first_look", first_look),
            "longestPauseMs": milliseconds("longest_pause", longest_pause),
            "settleMs": milliseconds("settle", settle),
        }
        fields = {
            "planId": text("plan_id", plan_id),
            "billingCycle": text("billing_cycle", billing_cycle),
            "location": text("location", location),
            "options": without_none(options),
            "recording": self._recording(idempotency_key, when_held),
        }
        return {"provision": without_none(fields)}

    def _recording(self, key: str | None, when_held: str) -> dict[str, Any] | None:
        """How a purchase is recorded: with or without a key, where there is a store."""
        if self._client._storing is None:
            if key is not None:
                raise invalid_input("idempotency_key", "needs a client with a store")
            return None
        fields = {
            "idempotencyKey": None if key is None else text("idempotency_key", key),
            "whenHeld": text("when_held", when_held),
        }
        return without_none(fields)


class AccountResource(_Resource):
    """The account: ``client.account``."""

    def get(self, *, timeout: float | None = None, deadline: float | None = None) -> Account:
        """The account's profile with its balance and VPS counts (``GET /account``)."""
        return self._client._call("account.get", "getAccount", Account, timeout, deadline)


class WalletResource(_Resource):
    """The wallet: ``client.wallet``."""

    def get(self, *, timeout: float | None = None, deadline: float | None = None) -> Wallet:
        """The wallet's balance (``GET /wallet``)."""
        return self._client._call("wallet.get", "getWallet", Wallet, timeout, deadline)
