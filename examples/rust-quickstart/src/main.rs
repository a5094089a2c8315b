//! Buys one VPS and shows the progress. Stop it at any time: started again, it continues.

mod purchase;
mod token_file;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use stablevps::http::FailureKind;
use stablevps::testing::Simulator;
use stablevps::{Client, ErrorKind, Provisioned};

use purchase::{Order, buy};
use token_file::TokenFile;

/// Buys one VPS and shows the progress. Stop it at any time: started again, it continues.
#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value = "basic")]
    plan: String,
    #[arg(long, default_value = "monthly")]
    cycle: String,
    #[arg(long, default_value = "london")]
    location: String,
    /// The highest price in EUR.
    #[arg(long, default_value = "13")]
    max_spend: String,
    /// Where the purchase's token is kept until it ends.
    #[arg(long, default_value = "purchase.token")]
    token_file: PathBuf,
    #[arg(long)]
    show_password: bool,
    /// No network, no money.
    #[arg(long)]
    simulate: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(Some(bought)) => {
            show(&bought, arguments.show_password);
            ExitCode::SUCCESS
        }
        Ok(None) => {
            eprintln!("stopped; start again to continue");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The VPS, or nothing where Ctrl-C ended the wait.
fn run(arguments: &Arguments) -> Result<Option<Provisioned>, Box<dyn Error>> {
    let client = if arguments.simulate {
        Simulator::new().client()
    } else {
        Client::from_env()?
    };
    let order = Order {
        plan: arguments.plan.clone(),
        cycle: arguments.cycle.clone(),
        location: arguments.location.clone(),
        max_spend: arguments.max_spend.clone(),
    };
    let file = TokenFile::at(&arguments.token_file);
    let bought = buy(&client, &order, &file, |stopper| {
        Ok(ctrlc::set_handler(move || stopper.stop())?)
    })?;
    match bought {
        Ok(bought) => Ok(Some(bought)),
        Err(error) if is_stop(&error) => Ok(None),
        Err(error) => Err(format!("{error} (next: {:?})", error.next()).into()),
    }
}

/// Whether the wait was stopped.
fn is_stop(error: &stablevps::Error) -> bool {
    let ErrorKind::Transport { kind, .. } = error.kind() else {
        return false;
    };
    *kind == FailureKind::Cancelled
}

fn show(bought: &Provisioned, is_password_wanted: bool) {
    let charged = bought.charged.map(|charged| charged.to_string());
    let currency = bought.currency.as_deref().unwrap_or_default();
    println!("charged {} {currency}", charged.unwrap_or_default());
    let (address, user) = (&bought.vps.ip_address, &bought.vps.rdp_username);
    let password = match &bought.vps.rdp_password {
        Some(password) if is_password_wanted => password.reveal(),
        Some(_) => "***",
        None => "",
    };
    println!(
        "ready {} user {} password {password}",
        address.as_deref().unwrap_or_default(),
        user.as_deref().unwrap_or_default()
    );
}
