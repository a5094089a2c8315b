// Begins a purchase, or finishes one: see the README beside this file.

import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.PlanId
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>) {
    val (mode, url, key, rest) = arguments
    StableVps(key, StableVpsOptions(baseUrl = url)).use { client ->
        runBlocking { if (mode == "begin") begin(client, rest) else finish(client, rest) }
    }
}

private suspend fun begin(
    client: StableVps,
    phase: String,
) = coroutineScope {
    val purchase =
        launch {
            client.vps.provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON) { progress ->
                if (progress.phase.name.equals(phase, ignoreCase = true)) {
                    println(progress.token)
                    cancel()
                }
            }
        }
    purchase.join()
}

private suspend fun finish(
    client: StableVps,
    token: String,
) {
    val bought = client.vps.resume(token)
    println("${bought.vps.id} ${bought.charged} ${bought.recovered}")
}
