//! When to end.

use std::io::Read;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Waits for the first reason to end.
pub(crate) struct Stop {
    reasons: UnboundedReceiver<()>,
}

impl Stop {
    pub(crate) fn listen(until_stdin_closes: bool) -> std::io::Result<Self> {
        let (sender, reasons) = unbounded_channel();
        listen_for_signals(&sender)?;
        if until_stdin_closes {
            // A thread of its own: it blocks, and the process ends without waiting for it.
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut std::io::stdin().lock().by_ref(), &mut std::io::sink());
                let _ = sender.send(());
            });
        }
        Ok(Self { reasons })
    }

    pub(crate) async fn requested(&mut self) {
        self.reasons.recv().await;
    }
}

#[cfg(unix)]
fn listen_for_signals(sender: &UnboundedSender<()>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let (mut signals, sender) = (signal(kind)?, sender.clone());
        tokio::spawn(async move {
            signals.recv().await;
            let _ = sender.send(());
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn listen_for_signals(sender: &UnboundedSender<()>) -> std::io::Result<()> {
    let sender = sender.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = sender.send(());
        }
    });
    Ok(())
}
