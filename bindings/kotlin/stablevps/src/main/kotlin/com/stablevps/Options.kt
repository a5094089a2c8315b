package com.stablevps

import java.math.BigDecimal
import kotlin.time.Duration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** The options of a client. What is absent has its default. */
public class StableVpsOptions(
    /** A server other than `https://stablevps.com`. Plain http is allowed for loopback only. */
    public val baseUrl: String? = null,
    /** The header that carries the key. */
    public val auth: Auth = Auth.BEARER,
    /** How long one request may take: 30 s by default. */
    public val timeout: Duration? = null,
    /** How long it may take to connect: 5 s by default. */
    public val connectTimeout: Duration? = null,
    /** How often a failed request is retried: 2 by default. An order never is. */
    public val maxRetries: Int? = null,
    /** What sends the requests; OkHttp with a client of its own by default. */
    public val transport: HttpTransport? = null,
    /** Called for every request, every reply and every wait. */
    public val logger: Logger? = null,
    /** Another clock, for tests. */
    public val clock: Clock = Clock.SYSTEM,
    /** Makes the jitter of retries repeatable, for tests. */
    public val randomSeed: Long? = null,
    /**
     * A name for the account: purchases of clients with the same one go one at a time in this process, by whatever
     * keys. By default those of one key do.
     */
    public val account: String? = null,
    /** Where purchases are recorded: with it, they can have [idempotency keys][ProvisionOptions.idempotencyKey]. */
    public val store: Store? = null,
    /** What finds out whether a VPS answers; by default it is a TCP connection, which is closed at once. */
    public val prober: Prober? = null,
    /** Hears of every request, of the phases of purchases and of what watches tell, such as for metrics. */
    public val listener: ClientListener? = null,
    /** Your program, as the first word of the `User-Agent`: a name, or a name and a version such as `grid-bot/2.1`. */
    public val app: String? = null,
    /** Whether all calls slow down together after the service said that there are too many. */
    public val pacing: Boolean = true,
) {
    /** Every default. */
    public constructor() : this(baseUrl = null)

    /** The same with another server. */
    public fun withBaseUrl(baseUrl: String?): StableVpsOptions = with(baseUrl = baseUrl)

    /** The same with another header for the key. */
    public fun withAuth(auth: Auth): StableVpsOptions = with(auth = auth)

    /** The same with another limit for one request. */
    public fun withTimeout(timeout: JavaDuration): StableVpsOptions =
        with(timeout = timeout.toKotlinDuration())

    /** The same with another limit for connecting. */
    public fun withConnectTimeout(timeout: JavaDuration): StableVpsOptions =
        with(connectTimeout = timeout.toKotlinDuration())

    /** The same with another number of retries. */
    public fun withMaxRetries(maxRetries: Int): StableVpsOptions = with(maxRetries = maxRetries)

    /** The same with another transport. */
    public fun withTransport(transport: HttpTransport): StableVpsOptions = with(transport = transport)

    /** The same with a logger. */
    public fun withLogger(logger: Logger?): StableVpsOptions = with(logger = logger)

    /** The same with a name for the account. */
    public fun withAccount(account: String?): StableVpsOptions = with(account = account)

    /** The same with a store. */
    public fun withStore(store: Store?): StableVpsOptions = with(store = store)

    /** The same with another prober. */
    public fun withProber(prober: Prober?): StableVpsOptions = with(prober = prober)

    /** The same with a listener. */
    public fun withListener(listener: ClientListener?): StableVpsOptions = with(listener = listener)

    /** The same for a program of that name. */
    public fun withApp(app: String?): StableVpsOptions = with(app = app)

    /** The same with or without slowing down together. */
    public fun withPacing(pacing: Boolean): StableVpsOptions = with(pacing = pacing)

    private fun with(
        baseUrl: String? = this.baseUrl,
        auth: Auth = this.auth,
        timeout: Duration? = this.timeout,
        connectTimeout: Duration? = this.connectTimeout,
        maxRetries: Int? = this.maxRetries,
        transport: HttpTransport? = this.transport,
        logger: Logger? = this.logger,
        account: String? = this.account,
        store: Store? = this.store,
        prober: Prober? = this.prober,
        listener: ClientListener? = this.listener,
        app: String? = this.app,
        pacing: Boolean = this.pacing,
    ): StableVpsOptions =
        StableVpsOptions(
            baseUrl,
            auth,
            timeout,
            connectTimeout,
            maxRetries,
            transport,
            logger,
            clock,
            randomSeed,
            account,
            store,
            prober,
            listener,
            app,
            pacing,
        )
}

/** The time limits of a call. */
public class CallOptions(
    /** How long each request may take; the client's by default. */
    public val timeout: Duration? = null,
    /** How long the call may take with all its retries; no limit by default. */
    public val deadline: Duration? = null,
) {
    /** The client's own limits. */
    public constructor() : this(timeout = null)

    /** The same with another limit for each request. */
    public fun withTimeout(timeout: JavaDuration): CallOptions =
        CallOptions(timeout.toKotlinDuration(), deadline)

    /** The same with a limit for the whole call. */
    public fun withDeadline(deadline: JavaDuration): CallOptions =
        CallOptions(timeout, deadline.toKotlinDuration())
}

/** How a VPS is waited for. */
public class WaitOptions(
    /** How long the whole may take: 30 min by default. Running out of it never cancels the VPS. */
    public val timeout: Duration? = null,
    /** How far the VPS must be. */
    public val waitFor: WaitLevel = WaitLevel.READY,
    /** When to look for the first time: after 5 s by default. */
    public val firstLook: Duration? = null,
    /** The longest pause between two looks: 15 s by default. */
    public val longestPause: Duration? = null,
) {
    /** Every default. */
    public constructor() : this(timeout = null)

    /** The same with another limit for the whole. */
    public fun withTimeout(timeout: JavaDuration): WaitOptions =
        WaitOptions(timeout.toKotlinDuration(), waitFor, firstLook, longestPause)

    /** The same for another level. */
    public fun withWaitFor(waitFor: WaitLevel): WaitOptions =
        WaitOptions(timeout, waitFor, firstLook, longestPause)

    /** The same with looks at other times. */
    public fun withLooks(
        first: JavaDuration,
        longestPause: JavaDuration,
    ): WaitOptions = WaitOptions(timeout, waitFor, first.toKotlinDuration(), longestPause.toKotlinDuration())
}

/** How a VPS is bought. */
public class ProvisionOptions(
    /** The highest price to accept, in EUR; a higher one ends the purchase before anything is ordered. */
    public val maxSpend: BigDecimal? = null,
    /** How long the whole may take: 30 min by default. Running out of it never cancels the VPS. */
    public val timeout: Duration? = null,
    /** How far the VPS must be. */
    public val waitFor: WaitLevel = WaitLevel.READY,
    /** When to look at the new VPS for the first time: after 5 s by default. */
    public val firstLook: Duration? = null,
    /** The longest pause between two looks: 15 s by default. */
    public val longestPause: Duration? = null,
    /** How long an order whose reply was lost is looked for: 90 s by default. */
    public val settle: Duration? = null,
    /** Whether to check the wallet before ordering. Keep it on: a lost order needs it. */
    public val preflight: Boolean = true,
    /**
     * Whether a wallet that holds less than the price built into this version ends in
     * [InsufficientFundsException] before anything is ordered. That price may be out of date: by default the
     * service itself refuses what can't be paid.
     */
    public val checkFunds: Boolean = false,
    /**
     * Your own name for this purchase, such as the number of your customer's order, on a client with a
     * [store][StableVpsOptions.store]. At most one VPS is ever ordered under a key, however often, and from
     * wherever, it is asked for; a call after the purchase's end gets that end.
     */
    public val idempotencyKey: String? = null,
    /** What to do where the purchase of that key goes on elsewhere. */
    public val whenHeld: WhenHeld = WhenHeld.REFUSE,
) {
    /** Every default. */
    public constructor() : this(maxSpend = null)

    /** The same with a highest price. */
    public fun withMaxSpend(maxSpend: BigDecimal?): ProvisionOptions = with(maxSpend = maxSpend)

    /** The same with another limit for the whole. */
    public fun withTimeout(timeout: JavaDuration): ProvisionOptions =
        with(timeout = timeout.toKotlinDuration())

    /** The same for another level. */
    public fun withWaitFor(waitFor: WaitLevel): ProvisionOptions = with(waitFor = waitFor)

    /** The same with looks at other times. */
    public fun withLooks(
        first: JavaDuration,
        longestPause: JavaDuration,
    ): ProvisionOptions =
        with(firstLook = first.toKotlinDuration(), longestPause = longestPause.toKotlinDuration())

    /** The same with another time in which a lost order is looked for. */
    public fun withSettle(settle: JavaDuration): ProvisionOptions = with(settle = settle.toKotlinDuration())

    /** The same with or without checking the wallet before ordering. */
    public fun withPreflight(preflight: Boolean): ProvisionOptions = with(preflight = preflight)

    /** The same with or without comparing the wallet with the price built into this version. */
    public fun withCheckFunds(checkFunds: Boolean): ProvisionOptions = with(checkFunds = checkFunds)

    /** The same under an idempotency key. */
    public fun withIdempotencyKey(idempotencyKey: String?): ProvisionOptions =
        with(idempotencyKey = idempotencyKey)

    /** The same with another choice for a purchase that goes on elsewhere. */
    public fun withWhenHeld(whenHeld: WhenHeld): ProvisionOptions = with(whenHeld = whenHeld)

    private fun with(
        maxSpend: BigDecimal? = this.maxSpend,
        timeout: Duration? = this.timeout,
        waitFor: WaitLevel = this.waitFor,
        firstLook: Duration? = this.firstLook,
        longestPause: Duration? = this.longestPause,
        settle: Duration? = this.settle,
        preflight: Boolean = this.preflight,
        checkFunds: Boolean = this.checkFunds,
        idempotencyKey: String? = this.idempotencyKey,
        whenHeld: WhenHeld = this.whenHeld,
    ): ProvisionOptions =
        ProvisionOptions(
            maxSpend,
            timeout,
            waitFor,
            firstLook,
            longestPause,
            settle,
            preflight,
            checkFunds,
            idempotencyKey,
            whenHeld,
        )
}

/** How a purchase is continued. */
public class ResumeOptions(
    /** How long it may take from now on; the time it began with by default. */
    public val timeout: Duration? = null,
    /** Accepts a token that was begun with another key of the same account. */
    public val anyKey: Boolean = false,
) {
    /** Every default. */
    public constructor() : this(timeout = null)

    /** The same with another limit. */
    public fun withTimeout(timeout: JavaDuration): ResumeOptions =
        ResumeOptions(timeout.toKotlinDuration(), anyKey)

    /** The same for tokens of any key, or of this one only. */
    public fun withAnyKey(anyKey: Boolean): ResumeOptions = ResumeOptions(timeout, anyKey)
}

/** How a recorded purchase is taken up. */
public class RecordedOptions(
    /** How long it may take from now on; the time it began with by default. */
    public val timeout: Duration? = null,
    /** What to do where it goes on elsewhere. */
    public val whenHeld: WhenHeld = WhenHeld.REFUSE,
) {
    /** Every default. */
    public constructor() : this(timeout = null)

    /** The same with another limit. */
    public fun withTimeout(timeout: JavaDuration): RecordedOptions =
        RecordedOptions(timeout.toKotlinDuration(), whenHeld)

    /** The same with another choice for a purchase that goes on elsewhere. */
    public fun withWhenHeld(whenHeld: WhenHeld): RecordedOptions = RecordedOptions(timeout, whenHeld)
}
