package com.stablevps.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.stablevps.BatchOptions;
import com.stablevps.BatchResult;
import com.stablevps.BillingCycle;
import com.stablevps.BlockingBatch;
import com.stablevps.BlockingWatch;
import com.stablevps.CallOptions;
import com.stablevps.Catalogue;
import com.stablevps.HttpTransport;
import com.stablevps.InsufficientFundsException;
import com.stablevps.Location;
import com.stablevps.Phase;
import com.stablevps.PlanId;
import com.stablevps.ProvisionOptions;
import com.stablevps.Provisioned;
import com.stablevps.PurchaseOrder;
import com.stablevps.PurchaseState;
import com.stablevps.RebootPolicy;
import com.stablevps.RecordedOptions;
import com.stablevps.Secret;
import com.stablevps.SqliteStore;
import com.stablevps.StableVpsBlocking;
import com.stablevps.StableVpsOptions;
import com.stablevps.Store;
import com.stablevps.StoreOperation;
import com.stablevps.VpsStatus;
import com.stablevps.WatchEvent;
import com.stablevps.WatchOptions;
import com.stablevps.WhenHeld;
import com.stablevps.testing.Simulator;
import com.stablevps.testing.SimulatorConfig;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The package, used from Java. */
class JavaTest {
    private static final BigDecimal PRICE = new BigDecimal("19.49");

    private final Simulator simulator = new Simulator();
    private final StableVpsBlocking client = simulator.blockingClient();

    private Provisioned buy() throws InterruptedException {
        return client.getVps().provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON);
    }

    @Test
    void everyEndpointWorks() throws Exception {
        assertEquals(new BigDecimal("100.00"), client.getWallet().get().getBalance());
        assertEquals("EUR", client.getAccount().get().getCurrency());
        String id = client.getVps().create(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON).getId();
        simulator.advance(Duration.ofMinutes(4));
        assertEquals(VpsStatus.ACTIVE, client.getVps().get(id).getVpsStatus());
        assertEquals("stop", client.getVps().stop(id).getAction().getValue());
        assertEquals("start", client.getVps().start(id).getAction().getValue());
        assertEquals("reboot", client.getVps().reboot(id).getAction().getValue());
        assertEquals(1, client.getVps().list(new CallOptions().withTimeout(Duration.ofSeconds(9))).size());
        assertEquals(id, client.getVps().delete(id).getId());
        Secret password = new Secret("correct horse battery staple");
        assertEquals("bot", client.getKeys().create("john@example.com", password, "bot").getName());
        assertEquals(2, client.getKeys().list().size());
        assertEquals(PRICE, Catalogue.price(PlanId.PRIME, BillingCycle.MONTHLY));
        assertEquals(3, Catalogue.PLANS.size());
    }

    @Test
    void aPurchaseReportsItsProgress() throws Exception {
        List<Phase> phases = new ArrayList<>();
        ProvisionOptions options =
                new ProvisionOptions().withMaxSpend(new BigDecimal("20")).withTimeout(Duration.ofMinutes(20));
        Provisioned bought =
                client.getVps()
                        .provision(
                                PlanId.PRIME,
                                BillingCycle.MONTHLY,
                                Location.LONDON,
                                options,
                                progress -> phases.add(progress.getPhase()));
        assertEquals(PRICE, bought.getCharged());
        assertTrue(bought.getElapsedMs() > 0);
        assertTrue(phases.contains(Phase.ORDERING));
    }

    @Test
    void aFutureEndsWithTheResultOrTheError() throws Exception {
        CompletableFuture<Provisioned> future =
                client.getVps().provisionAsync(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON);
        assertEquals(PRICE, future.get().getCharged());
        Simulator poor = new Simulator(new SimulatorConfig(BigDecimal.ONE));
        ExecutionException failed =
                assertThrows(
                        ExecutionException.class,
                        () ->
                                poor.blockingClient()
                                        .getVps()
                                        .provisionAsync(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON)
                                        .get());
        InsufficientFundsException error =
                assertInstanceOf(InsufficientFundsException.class, failed.getCause());
        assertEquals(new BigDecimal("18.49"), error.getShortfall());
    }

    @Test
    void aCancelledFutureEndsItsCall() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        CompletableFuture<?> future = stuck(reached, cancelled).getWallet().getAsync();
        reached.await();
        assertTrue(future.cancel(true));
        cancelled.await();
        assertThrows(CancellationException.class, future::get);
    }

    @Test
    void interruptingTheThreadEndsItsCall() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        StableVpsBlocking stuck = stuck(reached, cancelled);
        AtomicReference<Throwable> ended = new AtomicReference<>();
        Thread caller =
                new Thread(
                        () -> {
                            try {
                                stuck.getWallet().get();
                            } catch (Throwable thrown) {
                                ended.set(thrown);
                            }
                        });
        caller.start();
        reached.await();
        caller.interrupt();
        caller.join();
        cancelled.await();
        assertInstanceOf(InterruptedException.class, ended.get());
        assertFalse(caller.isAlive());
    }

    /** A client whose requests never end by themselves. */
    private static StableVpsBlocking stuck(CountDownLatch reached, CountDownLatch cancelled) {
        HttpTransport transport = new StuckTransport(reached, cancelled);
        return new StableVpsBlocking(
                "svps_live_a3f70123456789abcdef0123456789abcdef",
                new StableVpsOptions().withTransport(transport));
    }

    @Test
    void manyAreBoughtTogetherAndWatched() throws Exception {
        List<PurchaseOrder> orders =
                Collections.nCopies(
                        3, new PurchaseOrder(PlanId.BASIC, BillingCycle.MONTHLY, Location.TOKYO));
        List<String> ids = new ArrayList<>();
        BatchOptions limit = new BatchOptions().withMaxSpend(new BigDecimal("30")).withAtOnce(2);
        try (BlockingBatch batch = client.getVps().provisionMany(orders, limit, progress -> {})) {
            for (BatchResult one : batch) {
                if (one.getResult() != null) ids.add(one.getResult().getVps().getId());
                else assertEquals("over_budget", one.getError().getCode());
            }
            assertEquals(1, batch.getProgress().getFailed());
        }
        assertEquals(2, ids.size());
        List<String> told = new ArrayList<>();
        WatchOptions options =
                new WatchOptions().withReboot(RebootPolicy.WHEN_SILENT).withAtMost(Duration.ofMinutes(30));
        try (BlockingWatch watch = client.getVps().watch(options)) {
            for (WatchEvent event : watch) {
                told.add(event.getName());
                if (event instanceof WatchEvent.Started) simulator.hang(ids.get(0));
                if (event instanceof WatchEvent.OfVps) {
                    assertEquals(ids.get(0), ((WatchEvent.OfVps) event).getVps().getId());
                }
            }
        }
        assertEquals(List.of("started", "unreachable", "reboot_sent", "reachable"), told);
    }

    @Test
    void aTokenContinuesAPurchase() throws Exception {
        AtomicReference<String> token = new AtomicReference<>();
        buy();
        client.getVps()
                .provision(
                        PlanId.PRIME,
                        BillingCycle.MONTHLY,
                        Location.LONDON,
                        new ProvisionOptions(),
                        progress -> token.set(progress.getToken()));
        client.getVps().resume(token.get());
        assertEquals(2, simulator.state().getOrdersReceived());
        client.close();
    }

    @Test
    void purchasesHaveIdempotencyKeys(@TempDir Path folder) throws Exception {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("purchases.db"));
        SqliteStore sqlite = new SqliteStore(source);
        AtomicInteger asked = new AtomicInteger();
        Store store = Store.blocking(operation -> {
            asked.incrementAndGet();
            return carriedOut(sqlite, operation);
        });
        StableVpsBlocking shop = simulator.blockingClient(new StableVpsOptions().withStore(store));
        ProvisionOptions order =
            new ProvisionOptions().withIdempotencyKey("order-1").withWhenHeld(WhenHeld.WAIT);
        String id = shop.getVps()
            .provision(PlanId.PRIME, BillingCycle.MONTHLY, Location.LONDON, order)
            .getVps()
            .getId();
        assertEquals(id, shop.getPurchases().resume("order-1").getVps().getId());
        RecordedOptions patient = new RecordedOptions().withTimeout(Duration.ofMinutes(5)).withWhenHeld(WhenHeld.WAIT);
        assertEquals(id, shop.getPurchases().resumeAsync("order-1", patient).get().getVps().getId());
        assertEquals(id, shop.getPurchases().get("order-1").getVpsId());
        assertEquals(0, shop.getPurchases().resumeAll().size());
        shop.getPurchases().forget("order-1");
        assertEquals(PurchaseState.FORGOTTEN, shop.getPurchases().list().get(0).getState());
        assertTrue(asked.get() > 5);
        sqlite.close();
    }

    private static String carriedOut(Store store, StoreOperation operation) throws InterruptedException {
        return (String) BuildersKt.runBlocking(
            EmptyCoroutineContext.INSTANCE, (scope, continuation) -> store.carryOut(operation, continuation));
    }
}
