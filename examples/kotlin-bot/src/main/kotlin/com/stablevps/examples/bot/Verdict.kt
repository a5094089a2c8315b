package com.stablevps.examples.bot

import com.stablevps.Next
import com.stablevps.StableVpsException

/** The state of the fleet, from good to bad, with its exit code. */
internal enum class Verdict(
    val exitCode: Int,
) {
    /** All is well. */
    FINE(0),

    /** Not finished. Running the same command again may help. */
    LATER(3),

    /** A person must look. */
    PERSON(2),
    ;

    companion object {
        fun of(error: StableVpsException): Verdict =
            when (error.next) {
                Next.RETRY, Next.RESUME -> LATER
                Next.FIX, Next.ASK -> PERSON
            }

        fun worst(verdicts: Collection<Verdict>): Verdict = verdicts.maxOrNull() ?: FINE
    }
}
