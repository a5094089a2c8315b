package com.stablevps

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import java.util.concurrent.atomic.AtomicBoolean

/** What a purchase tells on its way: its progress, and at last its result. */
public sealed interface PurchaseEvent {
    /** It goes on. Keep [Progress.token] before collecting on. */
    public class Progressed internal constructor(
        /** How far it is. */
        public val progress: Progress,
    ) : PurchaseEvent {
        override fun toString(): String = "Progressed(${progress.phase})"
    }

    /** It ended well. Nothing comes after it. */
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
