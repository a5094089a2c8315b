// One of the processes that buy the same keys: see `src/main.rs`, which says what it prints.

import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.Next
import com.stablevps.PlanId
import com.stablevps.PostgresStore
import com.stablevps.ProvisionOptions
import com.stablevps.SqliteStore
import com.stablevps.StableVps
import com.stablevps.StableVpsException
import com.stablevps.StableVpsOptions
import com.stablevps.WhenHeld
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.sql.DriverManager
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

fun main(arguments: Array<String>) {
    val words = arguments.toList()
    val option = { name: String -> words[words.indexOf(name) + 1] }
    val store = opened(option("--store"))
    val options =
        StableVpsOptions(baseUrl = option("--url"), store = store, timeout = 2.seconds, connectTimeout = 1.seconds)
    val keys = (1..option("--keys").toInt()).map { "order-$it" }.shuffled()
    val threads = if ("--threads" in words) option("--threads").toInt() else 4
    StableVps(System.getenv("STABLEVPS_API_KEY"), options).use { client ->
        val waiting = ConcurrentLinkedQueue(keys)
        runBlocking(Dispatchers.IO) {
            repeat(threads) { launch { buyWaiting(client, waiting) } }
            // Some programs take up what is open when they start; others leave it to who asks for the key.
            if (Random.nextBoolean()) launch { resumeAll(client) }
        }
    }
}

private fun opened(place: String) =
    if (place.startsWith("sqlite:")) {
        val file = place.removePrefix("sqlite:")
        SqliteStore { DriverManager.getConnection("jdbc:sqlite:$file") }
    } else {
        val parts =
            place.removePrefix("postgres:").split(" ").associate { it.substringBefore("=") to it.substringAfter("=") }
        val url = "jdbc:postgresql://${parts["host"]}:${parts["port"]}/${parts["dbname"]}?user=${parts["user"]}"
        PostgresStore { DriverManager.getConnection(url) }
    }

private suspend fun buyWaiting(
    client: StableVps,
    waiting: ConcurrentLinkedQueue<String>,
) {
    while (true) {
        val key = waiting.poll() ?: return
        try {
            told("$key ${buy(client, key)}")
        } catch (error: StableVpsException) {
            // With a key, the same call is what resumes it.
            if (error.next == Next.RETRY || error.next == Next.RESUME) {
                System.err.println("$key ${error.code}")
                waiting += key
                delay(250.milliseconds)
            } else {
                System.err.println("$key $error")
                told("$key !${error.code}")
            }
        }
    }
}

private suspend fun buy(
    client: StableVps,
    key: String,
): String {
    val options =
        ProvisionOptions(
            idempotencyKey = key,
            whenHeld = if (Random.nextInt(4) == 0) WhenHeld.WAIT else WhenHeld.REFUSE,
            settle = 3.seconds,
            firstLook = 500.milliseconds,
            longestPause = 1.seconds,
            timeout = 60.seconds,
        )
    val bought = client.vps.provision(PlanId.BASIC, BillingCycle.MONTHLY, Location.LONDON, options)
    return bought.vps.id.toString()
}

private suspend fun resumeAll(client: StableVps) {
    try {
        for (resumed in client.purchases.resumeAll()) {
            val key = resumed.record.idempotencyKey
            val result = resumed.result
            if (result != null) told("$key ${result.vps.id}") else System.err.println("$key resumed:${resumed.error?.code}")
        }
    } catch (error: StableVpsException) {
        System.err.println("all ${error.code}")
    }
}

// In one call: a line is whole, or is not there.
private fun told(line: String) = synchronized(System.out) { System.out.write("$line\n".toByteArray()).also { System.out.flush() } }
