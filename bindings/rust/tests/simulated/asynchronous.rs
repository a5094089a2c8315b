//! The asynchronous client: its calls, its purchases, and futures that are dropped.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{join_all, poll_immediate};
use stablevps::http::{FailureKind, HttpRequest};
use stablevps::store::MemoryStore;
use stablevps::testing::{Misbehaviour, Simulator};
use stablevps::{
    AsyncClient, AsyncPurchase, AsyncTransport, ErrorKind, Next, Phase, Provisioned, SendFuture,
};

use crate::{fault, rich};

#[tokio::test]
async fn every_call_reaches_its_endpoint() {
    let simulator = rich();
    let client = simulator.async_client();
    let order = client.vps().create("pro", "yearly", "tokyo").await.unwrap();
    let id = &order.id;
    assert_eq!(client.vps().list().await.unwrap()[0].id, *id);
    assert_eq!(client.vps().get(id).await.unwrap().id, *id);
    simulator.advance(Duration::from_mins(10));
    client.vps().stop(id).await.unwrap();
    client.vps().start(id).await.unwrap();
    client.vps().reboot(id).await.unwrap();
    client.vps().delete(id).await.unwrap();
    assert_eq!(client.account().get().await.unwrap().total_vps_count, 0);
    assert_eq!(
        client.wallet().get().await.unwrap().balance.to_string(),
        "9655.10"
    );
    let keys = client.keys().list().await.unwrap();
    let own = client.keys().revoke(&keys[0].id).await.unwrap_err();
    assert_eq!(*own.kind(), ErrorKind::BadRequest);
}

#[tokio::test]
async fn a_failed_read_is_repeated_in_virtual_time() {
    let simulator = Simulator::new();
    let begun = simulator.now();
    let unavailable = serde_json::from_str(r#"{"status": {"code": 503}}"#).unwrap();
    fault(&simulator, "GET", "/wallet", unavailable);
    simulator.async_client().wallet().get().await.unwrap();
    assert!(simulator.now() > begun);
}

#[tokio::test]
async fn a_vps_is_bought_and_its_progress_told_in_order() {
    let simulator = Simulator::new();
    let client = simulator.async_client();
    let phases = RefCell::new(Vec::new());
    let told = |progress: stablevps::Progress| {
        let (phases, client) = (&phases, &client);
        async move {
            assert!(progress.token.is_some());
            // A call of its own is part of the purchase.
            client.account().get().await.unwrap();
            phases.borrow_mut().push(progress.phase);
        }
    };
    let purchase = client.vps().provision("prime", "monthly", "london");
    let bought = purchase.on_progress(told).run().await.unwrap();
    assert!(bought.vps.has_credentials());
    let mut phases = phases.into_inner();
    phases.dedup();
    let expected = [
        Phase::Preflight,
        Phase::Baseline,
        Phase::Ordering,
        Phase::Polling,
    ];
    assert_eq!(phases, expected);
}

#[tokio::test]
async fn purchases_side_by_side_order_one_at_a_time_and_wait_together() {
    let simulator = rich();
    let begun = simulator.now();
    let buy = |_| {
        let client = simulator.async_client();
        async move {
            client
                .vps()
                .provision("basic", "monthly", "tokyo")
                .run()
                .await
        }
    };
    let bought = join_all((0..20).map(buy)).await;
    for bought in bought {
        assert!(!bought.unwrap().recovered);
    }
    assert_eq!(simulator.state().orders_placed, 20);
    let took = simulator.now().duration_since(begun).unwrap();
    assert!(took < Duration::from_mins(5), "{took:?} of virtual time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_purchase_can_be_spawned() {
    let simulator = rich();
    let tasks = (0..8).map(|_| {
        let client = simulator.async_client();
        tokio::spawn(async move {
            let purchase = client.vps().provision("basic", "monthly", "tokyo");
            purchase.on_progress(|_| async {}).run().await
        })
    });
    for task in join_all(tasks).await {
        task.unwrap().unwrap();
    }
    assert_eq!(simulator.state().orders_placed, 8);
}

/// A service whose order is carried out, and whose reply never comes, for as long as it is held.
struct Held {
    simulator: Simulator,
    orders: Arc<AtomicUsize>,
}

impl AsyncTransport for Held {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> SendFuture<'a> {
        if request.endpoint != "POST /vps" {
            return AsyncTransport::send(&self.simulator, request);
        }
        self.orders.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            AsyncTransport::send(&self.simulator, request).await;
            std::future::pending().await
        })
    }
}

#[tokio::test]
async fn an_order_whose_future_is_dropped_is_never_sent_again() {
    let simulator = Simulator::new();
    let orders = Arc::new(AtomicUsize::new(0));
    let transport = Held {
        simulator: simulator.clone(),
        orders: Arc::clone(&orders),
    };
    let client = simulator.async_client_builder().transport(transport);
    let client = client.build().unwrap();
    let purchase = client.vps().provision("pro", "monthly", "london");
    let mut purchase = purchase.begin().unwrap();
    drop_while(&mut purchase, Phase::Ordering, &orders).await;
    assert_eq!(orders.load(Ordering::SeqCst), 1);

    let token = purchase.token().unwrap();
    let bought = run(&mut purchase).await;
    assert!(bought.recovered);
    assert_eq!(simulator.state().orders_placed, 1);
    let resumed = client.vps().resume(token).run().await.unwrap();
    assert_eq!(resumed.vps.id, bought.vps.id);
    assert_eq!(orders.load(Ordering::SeqCst), 1);
}

async fn run(purchase: &mut AsyncPurchase) -> Provisioned {
    purchase.run(|_| async {}).await.unwrap()
}

/// Polls a run until it has sent an order, and drops it then.
async fn drop_while(purchase: &mut AsyncPurchase, phase: Phase, orders: &AtomicUsize) {
    let mut running = pin!(purchase.run(|_| async {}));
    while orders.load(Ordering::SeqCst) == 0 {
        assert!(
            poll_immediate(running.as_mut()).await.is_none(),
            "{phase:?}"
        );
    }
}

#[tokio::test]
async fn a_run_that_is_dropped_in_any_phase_goes_on_and_holds_nobody_up() {
    for phase in [
        Phase::Preflight,
        Phase::Baseline,
        Phase::Ordering,
        Phase::Reconciling,
        Phase::Polling,
    ] {
        let simulator = rich();
        if phase == Phase::Reconciling {
            fault(&simulator, "POST", "/vps", Misbehaviour::LoseAfter);
        }
        let client = simulator.async_client();
        let purchase = client.vps().provision("pro", "monthly", "london");
        let mut purchase = purchase.begin().unwrap();
        let is_reached = Cell::new(false);
        {
            let mut running = pin!(purchase.run(|progress| {
                let is_reached = &is_reached;
                async move {
                    if progress.phase == phase {
                        is_reached.set(true);
                        std::future::pending::<()>().await;
                    }
                }
            }));
            while !is_reached.get() {
                assert!(poll_immediate(running.as_mut()).await.is_none());
            }
        }
        assert_eq!(purchase.progress().phase, phase);
        assert!(purchase.token().is_some());
        let second = client.vps().provision("basic", "monthly", "tokyo").run();
        second.await.unwrap();
        run(&mut purchase).await;
        assert_eq!(simulator.state().orders_placed, 2, "{phase:?}");
    }
}

#[tokio::test]
async fn a_purchase_within_on_progress_is_refused_while_the_other_orders() {
    let simulator = rich();
    let client = simulator.async_client();
    let refused = Cell::new(0);
    let told = |told: stablevps::Progress| {
        let (client, refused) = (&client, &refused);
        async move {
            if told.exclusive {
                let inner = client.vps().provision("pro", "monthly", "london").run();
                let error = inner.await.unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::InvalidInput { .. }));
                refused.set(refused.get() + 1);
            }
        }
    };
    let outer = client.vps().provision("basic", "monthly", "tokyo");
    outer.on_progress(told).run().await.unwrap();
    assert!(refused.get() >= 3);
    assert_eq!(simulator.state().orders_placed, 1);
}

#[tokio::test]
async fn a_recorded_purchase_whose_future_is_dropped_is_followed_at_once() {
    let (simulator, store) = (Simulator::new(), Arc::new(MemoryStore::new()));
    let client = || {
        let builder = simulator.async_client_builder();
        builder.store(Arc::clone(&store)).build().unwrap()
    };
    let (first, second) = (client(), client());
    let order = |client: &AsyncClient| {
        let provision = client.vps().provision("pro", "monthly", "london");
        provision.idempotency_key("order-1").begin().unwrap()
    };
    let mut purchase = order(&first);
    {
        let told = |progress: stablevps::Progress| async move {
            if progress.phase == Phase::Polling {
                std::future::pending::<()>().await;
            }
        };
        assert!(poll_immediate(pin!(purchase.run(told))).await.is_none());
    }
    assert_eq!(purchase.progress().phase, Phase::Polling);
    let bought = run(&mut order(&second)).await;
    assert_eq!(run(&mut purchase).await.vps.id, bought.vps.id);
    assert_eq!(simulator.state().orders_placed, 1);
}

#[tokio::test]
async fn a_stop_ends_the_run_with_the_token() {
    for phase in [Phase::Baseline, Phase::Ordering, Phase::Polling] {
        let simulator = Simulator::new();
        let client: AsyncClient = simulator.async_client();
        let purchase = client.vps().provision("pro", "monthly", "london");
        let mut purchase = purchase.begin().unwrap();
        let stopper = purchase.stopper();
        let run_to_stop = purchase.run(|progress| {
            if progress.phase == phase {
                stopper.stop();
            }
            std::future::ready(())
        });
        let error = run_to_stop.await.unwrap_err();
        let ErrorKind::Transport { kind, .. } = error.kind() else {
            panic!("{error}")
        };
        assert_eq!(*kind, FailureKind::Cancelled);
        assert_eq!(error.next(), Next::Resume);
        assert_eq!(error.token(), purchase.token().as_deref());
        run(&mut purchase).await;
        assert_eq!(simulator.state().orders_placed, 1);
    }
}
