import com.stablevps.BillingCycle;
import com.stablevps.Location;
import com.stablevps.PlanId;
import com.stablevps.Provisioned;
import com.stablevps.StableVpsBlocking;
import com.stablevps.testing.Simulator;

final class JavaConsumer {
    public static void main(String[] arguments) throws InterruptedException {
        Simulator simulator = new Simulator();
        try (StableVpsBlocking client = simulator.blockingClient()) {
            Provisioned bought =
                    client.getVps().provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON);
            System.out.printf(
                    "Java bought %s for %s, orders %d%n",
                    bought.getVps().getId(), bought.getCharged(), simulator.state().getOrdersReceived());
        }
    }
}
