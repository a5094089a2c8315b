package com.stablevps

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.TimeoutCancellationException

/**
 * What a transport threw, as a failure. The caller is known not to be cancelled, so a cancellation is the
 * transport's own. A message may contain a URL or a header, a class name does not.
 */
internal fun Throwable.asFailure(): TransportFailure =
    when (this) {
        is TransportFailure -> {
            this
        }

        is TimeoutCancellationException -> {
            TransportFailure(FailureKind.TIMEOUT, Delivery.UNKNOWN)
        }

        is CancellationException -> {
            TransportFailure(FailureKind.CANCELLED, Delivery.UNKNOWN)
        }

        is InterruptedException -> {
            // Whoever blocks this thread still has to see it.
            Thread.currentThread().interrupt()
            TransportFailure(FailureKind.CANCELLED, Delivery.UNKNOWN)
        }

        // A class that is missing, as where a shrinker removed too much, is found missing amid a request.
        is Exception, is LinkageError -> {
            TransportFailure(FailureKind.IO, Delivery.UNKNOWN, javaClass.simpleName)
        }

        else -> {
            throw this
        }
    }

/** What a store threw, for its error. A message of another's may contain an address with a password. */
internal fun Throwable.storeDetail(): String =
    when (this) {
        is StoreFailure -> {
            detail
        }

        is InterruptedException -> {
            // Whoever blocks this thread still has to see it.
            Thread.currentThread().interrupt()
            "it was interrupted"
        }

        is Exception, is LinkageError -> {
            javaClass.simpleName
        }

        else -> {
            throw this
        }
    }
