import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.NotFoundException
import com.stablevps.PLANS
import com.stablevps.PlanId
import com.stablevps.ProvisionOptions
import com.stablevps.StableVps
import com.stablevps.StableVpsOptions
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration.Companion.milliseconds

/** Buys over HTTP from the simulator's program, whose path is the argument. An app's classes are shrunk like these. */
fun main(arguments: Array<String>) {
    val options = listOf("--port", "0", "--speed", "600", "--until-stdin-closes")
    val service = ProcessBuilder(listOf(arguments[0]) + options).start()
    service.outputStream.use {
        val said = service.inputStream.bufferedReader()
        val url = said.readLine().substringAfterLast(' ')
        val key = said.readLine().substringAfterLast(' ')
        runBlocking { buy(StableVps(key, StableVpsOptions(baseUrl = url))) }
    }
    service.waitFor()
}

private suspend fun buy(client: StableVps) {
    check(PLANS.size == 3)
    val options = ProvisionOptions(firstLook = 50.milliseconds, longestPause = 100.milliseconds)
    val bought = client.vps.provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON, options)
    check(bought.vps.rdpPassword != null && client.vps.list().size == 1)
    val missing = runCatching { client.vps.get("missing") }.exceptionOrNull()
    check(missing is NotFoundException) { "$missing" }
    println("${client.javaClass.name} bought for ${bought.charged}, orders ${bought.ordersSent}")
    client.close()
}
