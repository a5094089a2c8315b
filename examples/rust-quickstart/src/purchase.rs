//! Buying a VPS, or going on with the purchase whose token is stored.

use std::error::Error;

use stablevps::{Client, ErrorKind, Progress, Provisioned, Purchase, Stopper};

use crate::token_file::TokenFile;

/// What to buy.
pub struct Order {
    pub plan: String,
    pub cycle: String,
    pub location: String,
    pub max_spend: String,
}

/// Buys, and shows the progress. `on_begin` is given what stops the wait.
///
/// The outer error is of the token's file: nothing is ordered whose token is not stored.
pub fn buy(
    client: &Client,
    order: &Order,
    file: &TokenFile,
    on_begin: impl FnOnce(Stopper) -> Result<(), Box<dyn Error>>,
) -> Result<Result<Provisioned, stablevps::Error>, Box<dyn Error>> {
    let mut purchase = begun(client, order, file)?;
    let stopper = purchase.stopper();
    on_begin(stopper.clone())?;
    let mut shown = String::new();
    let mut stored = Ok(());
    let ended = purchase.run(|progress| {
        if let Some(token) = &progress.token {
            stored = file.write(token);
        }
        if stored.is_err() {
            stopper.stop();
        }
        show(progress, &mut shown);
    });
    stored?;
    if is_over(&ended) {
        file.remove()?;
    }
    Ok(ended)
}

fn begun(client: &Client, order: &Order, file: &TokenFile) -> Result<Purchase, Box<dyn Error>> {
    if let Some(token) = file.read()? {
        println!("continuing a purchase");
        return Ok(client.vps().resume(token).begin()?);
    }
    let (plan, cycle, location) = (&*order.plan, &*order.cycle, &*order.location);
    let provision = client.vps().provision(plan, cycle, location);
    Ok(provision.max_spend(&order.max_spend).begin()?)
}

/// Whether there is nothing to resume: it is bought, or certainly nothing was.
fn is_over(ended: &Result<Provisioned, stablevps::Error>) -> bool {
    match ended {
        Ok(_) => true,
        Err(error) => matches!(
            error.kind(),
            ErrorKind::InsufficientFunds { .. }
                | ErrorKind::NotPlaced
                | ErrorKind::OverBudget { .. }
        ),
    }
}

fn show(progress: &Progress, shown: &mut String) {
    let status = progress.last_status.as_ref();
    let status = status.map(|status| format!(" {status}"));
    let line = format!("{:?}{}", progress.phase, status.unwrap_or_default()).to_lowercase();
    if *shown != line {
        println!("{:6} s  {line}", progress.elapsed_ms / 1_000);
        *shown = line;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stablevps::testing::{Config, Simulator};

    fn order() -> Order {
        Order {
            plan: "prime".to_owned(),
            cycle: "monthly".to_owned(),
            location: "london".to_owned(),
            max_spend: "20".to_owned(),
        }
    }

    fn file(name: &str) -> TokenFile {
        let name = format!("{name}-{}.token", std::process::id());
        TokenFile::at(&std::env::temp_dir().join(name))
    }

    #[test]
    fn a_purchase_that_was_stopped_is_continued_and_bought_once() {
        let (simulator, file) = (Simulator::new(), file("stopped"));
        let client = simulator.client();
        let stop_at_once = |stopper: Stopper| {
            stopper.stop();
            Ok(())
        };
        // Before anything was sent there is nothing to store.
        let nothing = buy(&client, &order(), &file, stop_at_once).unwrap();
        assert!(matches!(
            nothing.unwrap_err().kind(),
            ErrorKind::Transport { .. }
        ));

        let mut purchase = begun(&client, &order(), &file).unwrap();
        let stopper = purchase.stopper();
        let end = purchase.run(|progress| {
            file.write(progress.token.as_deref().unwrap()).unwrap();
            if progress.vps_id.is_some() {
                stopper.stop();
            }
        });
        assert!(end.is_err());
        let bought = buy(&client, &order(), &file, |_| Ok(())).unwrap().unwrap();
        assert_eq!(bought.orders_sent, 1);
        assert_eq!(simulator.state().orders_placed, 1);
        assert_eq!(file.read().unwrap(), None);
    }

    #[test]
    fn nothing_is_ordered_whose_token_can_not_be_stored() {
        let simulator = Simulator::new();
        let nowhere = TokenFile::at(std::path::Path::new("/no/such/folder/purchase.token"));
        let refused = buy(&simulator.client(), &order(), &nowhere, |_| Ok(()));
        assert!(refused.is_err());
        assert_eq!(simulator.state().orders_received, 0);
    }

    #[test]
    fn a_refusal_leaves_nothing_to_resume() {
        let simulator = Simulator::with_config(Config {
            balance: 1.0.into(),
            ..Config::default()
        });
        let file = file("refused");
        let refused = buy(&simulator.client(), &order(), &file, |_| Ok(())).unwrap();
        assert!(matches!(
            refused.unwrap_err().kind(),
            ErrorKind::InsufficientFunds { .. }
        ));
        assert_eq!(file.read().unwrap(), None);
    }
}
