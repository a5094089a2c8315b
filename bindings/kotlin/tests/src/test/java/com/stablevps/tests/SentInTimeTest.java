package com.stablevps.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.stablevps.Attempts;
import com.stablevps.Delivery;
import com.stablevps.FailureKind;
import com.stablevps.SentOnceKt;
import com.stablevps.TransportFailure;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;

/** OkHttp writes no byte of a request whose time to begin is over. Java sees the package's insides. */
class SentInTimeTest {
    @Test
    void nothingIsWrittenOnceTheTimeToBeginIsOver() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            OkHttpClient client = SentOnceKt.sendingOnce(new OkHttpClient());
            Attempts late = new Attempts(true, () -> false);
            Request request = new Request.Builder().url(server.url("/vps")).tag(Attempts.class, late).build();
            TransportFailure failure = assertThrows(
                TransportFailure.class, () -> client.newCall(request).execute());
            assertEquals(FailureKind.TIMEOUT, failure.getKind());
            assertEquals(Delivery.NOT_SENT, failure.getDelivery());
            assertEquals("its time to begin was over", failure.getDetail());
            assertEquals(0, server.getRequestCount());

            server.enqueue(new MockResponse.Builder().build());
            Attempts inTime = new Attempts(true, () -> true);
            Request other = request.newBuilder().tag(Attempts.class, inTime).build();
            assertEquals(200, client.newCall(other).execute().code());
        }
    }
}
