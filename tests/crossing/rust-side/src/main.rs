//! Begins a purchase, or finishes one: see the README of the folder above.

use std::error::Error;

use stablevps::http::FailureKind;
use stablevps::{Client, ErrorKind, Phase};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [mode, url, key, rest] = words.as_slice() else {
        return Err("usage: begin URL KEY PHASE, or finish URL KEY TOKEN".into());
    };
    let client = Client::builder().api_key(&**key).base_url(url).build()?;
    match mode.as_str() {
        "begin" => begin(&client, phase(rest)?),
        "finish" => finish(&client, rest),
        other => Err(format!("there is no mode {other}").into()),
    }
}

fn begin(client: &Client, phase: Phase) -> Result<(), Box<dyn Error>> {
    let purchase = client.vps().provision("prime", "monthly", "london");
    let mut purchase = purchase.begin()?;
    let stopper = purchase.stopper();
    let end = purchase.run(|progress| {
        if progress.phase == phase {
            stopper.stop();
        }
    });
    match end {
        Err(error) if is_stop(error.kind()) => {
            println!("{}", error.token().unwrap_or_default());
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err("the purchase ended before that phase".into()),
    }
}

fn is_stop(kind: &ErrorKind) -> bool {
    let ErrorKind::Transport { kind, .. } = kind else {
        return false;
    };
    *kind == FailureKind::Cancelled
}

fn finish(client: &Client, token: &str) -> Result<(), Box<dyn Error>> {
    let bought = client.vps().resume(token).run()?;
    let charged = bought.charged.map(|charged| charged.to_string());
    let charged = charged.unwrap_or_default();
    println!("{} {charged} {}", bought.vps.id, bought.recovered);
    Ok(())
}

fn phase(name: &str) -> Result<Phase, Box<dyn Error>> {
    match name {
        "preflight" => Ok(Phase::Preflight),
        "baseline" => Ok(Phase::Baseline),
        "ordering" => Ok(Phase::Ordering),
        "reconciling" => Ok(Phase::Reconciling),
        "polling" => Ok(Phase::Polling),
        other => Err(format!("there is no phase {other}").into()),
    }
}
