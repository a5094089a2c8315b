package com.stablevps

import kotlinx.coroutines.delay
import kotlin.time.Duration

/** Marks what only the simulator uses. It changes without notice. */
@RequiresOptIn("This is for the simulator of the package stablevps-testing only.")
@Retention(AnnotationRetention.BINARY)
public annotation class InternalStableVpsApi

/** A clock or a transport of a simulated service. */
@InternalStableVpsApi
public interface Simulated {
    /** The name of the service. Its accounts are not those of another one, even where the keys are equal. */
    public val world: String

    /** Runs code that may wait for something real, for which the service's time stands still. */
    public suspend fun <T> outside(block: suspend () -> T): T = block()

    /** Waits, and lets no time pass while the user's own code runs elsewhere. */
    public suspend fun rest(duration: Duration): Unit = delay(duration)
}
