// Buys a VPS on the simulator, with live progress; then once more with the order's reply lost.

import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.Phase
import com.stablevps.PlanId
import com.stablevps.Progress
import com.stablevps.ProvisionOptions
import com.stablevps.Provisioned
import com.stablevps.testing.Simulator
import kotlinx.coroutines.runBlocking
import java.math.BigDecimal
import java.util.Locale
import kotlin.time.Duration
import kotlin.time.DurationUnit

private fun seconds(time: Duration) = "%.1f s".format(Locale.ROOT, time.toDouble(DurationUnit.SECONDS))

private fun show(progress: Progress) {
    if (progress.nextLook == Duration.ZERO && progress.phase == Phase.POLLING) {
        return
    }
    val status = progress.lastStatus?.let { "  $it" }.orEmpty()
    val pause = if (progress.nextLook > Duration.ZERO) "  next look in ${seconds(progress.nextLook)}" else ""
    println("  ${seconds(progress.elapsed).padStart(8)}  ${progress.phase.name.lowercase()}$status$pause")
}

private suspend fun buy(simulator: Simulator): Provisioned =
    simulator.client().use { client ->
        val options = ProvisionOptions(maxSpend = BigDecimal("20"))
        client.vps.provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.AMSTERDAM, options, ::show)
    }

private fun facts(bought: Provisioned) = "${bought.vps.id}  ${bought.vps.ipAddress}  charged ${bought.charged} ${bought.currency}"

fun main() =
    runBlocking {
        val simulator = Simulator()
        println("a purchase (virtual time):")
        val bought = buy(simulator)
        val sent = simulator.state().ordersReceived
        println("kotlin  ready  ${facts(bought)}  orders sent $sent")

        println("\nthe same, with the order's reply lost:")
        simulator.fault("lose_after", method = "POST", path = "/vps")
        val again = buy(simulator)
        val more = simulator.state().ordersReceived - sent
        println("kotlin  recovered ${again.recovered}  ${facts(again)}  orders sent $more")
        val charges = simulator.state().charges
        println("the service charged ${charges.size} times for 2 purchases: $charges")
    }
