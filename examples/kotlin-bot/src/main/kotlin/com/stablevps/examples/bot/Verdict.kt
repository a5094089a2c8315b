package com.stablevps.examples.bot

import com.stablevps.StableVpsException
import com.stablevps.TryAgain

/** How things stand, from good to bad, with what a script is told. */
internal enum class Verdict(
    val exitCode: Int,
) {
    /** As it is to be. */
    FINE(0),

    /** Not yet, and the same command again may help. */
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
