//! Buys a VPS on the simulator, with live progress; then once more with the order's reply lost.

use stablevps::testing::{Fault, Misbehaviour, Simulator, Target};
use stablevps::{Error, Progress, Provisioned};

fn main() -> Result<(), Error> {
    let simulator = Simulator::new();
    println!("a purchase (virtual time):");
    let bought = buy(&simulator)?;
    println!("rust  ready  {}", told(&bought));

    println!("\nthe same, with the order's reply lost:");
    let order = Target::call("POST", "/vps");
    simulator.fault(Fault::once(order, Misbehaviour::LoseAfter));
    let recovered = buy(&simulator)?;
    println!(
        "rust  recovered {}  {}",
        recovered.recovered,
        told(&recovered)
    );
    let charges = simulator.state().charges.len();
    println!("the service charged {charges} times for 2 purchases");
    Ok(())
}

fn buy(simulator: &Simulator) -> Result<Provisioned, Error> {
    let client = simulator.client();
    let limit = stablevps::price(&"prime".into(), &"monthly".into()).unwrap_or_default();
    client
        .vps()
        .provision("prime", "monthly", "amsterdam")
        .max_spend(limit)
        .on_progress(show)
        .run()
}

fn show(progress: &Progress) {
    if progress.next_look_ms == 0 && progress.last_status.is_some() {
        return;
    }
    let status = progress.last_status.as_ref();
    let status = status.map_or_else(String::new, |status| format!("  {status}"));
    println!(
        "  {:>6} ms  {:?}{status}",
        progress.elapsed_ms, progress.phase
    );
}

fn told(bought: &Provisioned) -> String {
    let (id, address) = (&bought.vps.id, bought.vps.ip_address.as_deref());
    let charged = bought.charged.unwrap_or_default();
    let sent = bought.orders_sent;
    format!(
        "{id}  {}  charged {charged} EUR  orders sent {sent}",
        address.unwrap_or("-")
    )
}
