import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.PlanId
import com.stablevps.testing.Simulator
import kotlinx.coroutines.runBlocking

fun main() =
    runBlocking {
        val simulator = Simulator()
        val bought = simulator.client().vps.provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON)
        println(
            "Kotlin bought ${bought.vps.id} for ${bought.charged}, orders ${simulator.state().ordersReceived}",
        )
    }
