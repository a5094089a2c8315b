//! Serves a simulator over HTTP on 127.0.0.1.
//!
//! It prints `listening on http://127.0.0.1:PORT` and `key svps_live_...`, one line each, and runs until SIGTERM,
//! SIGINT or, when asked to, the end of its standard input.
//!
//! - `POST /_simulator/control` takes a control command as JSON (see the library) and answers 200, or 400 with
//!   `{"error": "..."}`. One command is the server's own: `{"advance_ms": 60000}` turns the virtual clock and answers
//!   `{"now_ms": ...}`.
//! - `GET /_simulator/state` answers the report.
//!
//! With `--desktops PORT`, every VPS whose address is one of loopback accepts connections at it and that port while it
//! answers, and refuses them otherwise. Addresses of loopback come from the configuration or `add_vps`.
//!
//! What is lost is lost on the socket: the connection closes without a byte of a reply. A cut reply promises its full
//! length and closes early. A request that is not delivered cannot be told from a lost one over a connection that is
//! already open, so it looks the same; only its effect is certain: none.

#![forbid(unsafe_code)]

mod args;
mod body;
mod clock;
mod control;
mod desktops;
mod http;
mod stop;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(&args::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stablevps-simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &args::Args) -> Result<(), Failure> {
    let clock = clock::VirtualClock::start(args.speed);
    let simulator = stablevps_simulator::Simulator::new(args.config(clock.now_ms())?);
    let key = simulator.initial_key().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", args.port)).await?;
        let mut stop = stop::Stop::listen(args.until_stdin_closes)?;
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "listening on http://{}\nkey {key}",
            listener.local_addr()?
        )?;
        out.flush()?;
        drop(out);
        let shared = Arc::new(http::Shared::new(simulator, clock));
        if let Some(port) = args.desktops {
            tokio::spawn(desktops::serve(port, Arc::clone(&shared)));
        }
        tokio::spawn(http::serve(listener, shared));
        stop.requested().await;
        Ok(())
    })
}
