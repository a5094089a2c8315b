package com.stablevps.benches

import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.Json
import okhttp3.Call
import okhttp3.Callback
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.Response
import java.io.IOException
import java.time.Instant
import java.util.concurrent.TimeUnit
import kotlin.coroutines.resumeWithException

/** The list call without this package: OkHttp and kotlinx.serialization. */
internal class Theirs(
    private val url: String,
    private val key: String,
) : Lister {
    private val json = Json { ignoreUnknownKeys = true }
    private val client = OkHttpClient.Builder().callTimeout(30, TimeUnit.SECONDS).build()

    override suspend fun list(): Int {
        val request =
            Request
                .Builder()
                .url("$url/api/v1/vps")
                .header("authorization", "Bearer $key")
                .header("accept", "application/json")
                .build()
        return client
            .newCall(request)
            .awaited()
            .vps.size
    }

    private suspend fun Call.awaited(): Listing =
        suspendCancellableCoroutine { continuation ->
            continuation.invokeOnCancellation { cancel() }
            enqueue(
                object : Callback {
                    override fun onFailure(
                        call: Call,
                        e: IOException,
                    ) = continuation.resumeWithException(e)

                    override fun onResponse(
                        call: Call,
                        response: Response,
                    ) = continuation.resumeWith(runCatching { response.use(::listing) })
                },
            )
        }

    private fun listing(response: Response): Listing {
        check(response.isSuccessful) { "the service answered ${response.code}" }
        return json.decodeFromString(Listing.serializer(), response.body.string())
    }

    override fun close() {
        client.dispatcher.executorService.shutdown()
        client.connectionPool.evictAll()
    }
}

@Serializable
private class Listing(
    val vps: List<Vps>,
    val total: Int,
)

@Serializable
private data class Vps(
    val id: String,
    val planId: String,
    val billingCycle: String,
    val status: String,
    val vpsStatus: String,
    val ipAddress: String? = null,
    val location: String,
    val rdpUsername: String? = null,
    val serverId: String? = null,
    @Serializable(with = InstantSerializer::class) val currentPeriodEnd: Instant? = null,
    @Serializable(with = InstantSerializer::class) val createdAt: Instant,
)

private object InstantSerializer : KSerializer<Instant> {
    override val descriptor = PrimitiveSerialDescriptor("Instant", PrimitiveKind.STRING)

    override fun deserialize(decoder: Decoder): Instant = Instant.parse(decoder.decodeString())

    override fun serialize(
        encoder: Encoder,
        value: Instant,
    ) = encoder.encodeString(value.toString())
}
