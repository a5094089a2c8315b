package com.stablevps.tests

import com.stablevps.HttpRequest
import com.stablevps.HttpResponse
import com.stablevps.HttpTransport
import kotlinx.coroutines.awaitCancellation
import java.util.concurrent.CountDownLatch

/** Never responds. It counts down when a request arrives, and when it is cancelled. */
internal class StuckTransport(
    private val reached: CountDownLatch,
    private val cancelled: CountDownLatch,
) : HttpTransport {
    override suspend fun send(request: HttpRequest): HttpResponse {
        reached.countDown()
        try {
            awaitCancellation()
        } finally {
            cancelled.countDown()
        }
    }
}
