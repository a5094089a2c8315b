package com.stablevps.examples.bot

import com.stablevps.StableVpsException
import com.stablevps.TryAgain

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
            when (error.tryAgain) {
                TryAgain.SAFE -> LATER
                TryAgain.USELESS, TryAgain.UNSAFE -> PERSON
            }

        fun worst(verdicts: Collection<Verdict>): Verdict = verdicts.maxOrNull() ?: FINE
    }
}
