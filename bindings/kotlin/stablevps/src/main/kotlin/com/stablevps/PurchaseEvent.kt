package com.stablevps

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import java.util.concurrent.atomic.AtomicBoolean

/** An event of a purchase: its progress, and finally its result. */
public sealed interface PurchaseEvent {
    /** A step is about to begin. Store [Progress.token] before collecting further. */
    public class Progressed internal constructor(
        /** How far the purchase is. */
        public val progress: Progress,
    ) : PurchaseEvent {
        override fun toString(): String = "Progressed(${progress.phase})"
    }

    /** The purchase succeeded. This is the last event. */
    public class Completed internal constructor(
        /** What was bought. */
        public val result: Provisioned,
    ) : PurchaseEvent {
        override fun toString(): String = "Completed(${result.vps.id})"
    }
}

/** A purchase as a flow, which can be collected once. */
internal fun events(purchase: suspend (suspend (Progress) -> Unit) -> Provisioned): Flow<PurchaseEvent> {
    val isBegun = AtomicBoolean()
    return flow {
        check(isBegun.compareAndSet(false, true)) { "a purchase can't be collected twice" }
        val result = purchase { progress -> emit(PurchaseEvent.Progressed(progress)) }
        emit(PurchaseEvent.Completed(result))
    }
}
