//! How far a purchase is, on standard error: one line that changes on a terminal, else plain lines.

use std::fmt::Write;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::api::{Phase, Progress};

/// Where there is no terminal, what does not change is told this often.
const TELL_AGAIN_MS: u64 = 60_000;
const TICK: Duration = Duration::from_millis(100);

/// Shows progress.
pub enum ProgressView {
    /// On a terminal.
    Line(ProgressBar),
    /// Elsewhere.
    Lines(Told),
    /// Not at all.
    Quiet,
}

/// What was told last.
#[derive(Debug, Default)]
pub struct Told {
    what: String,
    at_ms: u64,
}

impl ProgressView {
    /// One that fits standard error.
    pub fn new(is_quiet: bool) -> Self {
        if is_quiet {
            Self::Quiet
        } else if std::io::stderr().is_terminal() {
            Self::Line(ProgressBar::with_draw_target(
                None,
                ProgressDrawTarget::stderr(),
            ))
        } else {
            Self::Lines(Told::default())
        }
    }

    /// Shows how far it is.
    pub fn show(&mut self, progress: &Progress) {
        match self {
            Self::Line(bar) => {
                let line = Line {
                    shown: Instant::now(),
                    elapsed_ms: progress.elapsed_ms,
                    what: what(progress),
                    next_look_ms: progress.next_look_ms,
                };
                bar.set_style(style(move || line.text()));
                bar.enable_steady_tick(TICK);
            }
            Self::Lines(told) => told.tell(progress),
            Self::Quiet => {}
        }
    }

    /// Says something else that is being waited for.
    pub fn say(&mut self, text: &str) {
        match self {
            Self::Line(bar) => {
                let text = text.to_owned();
                bar.set_style(style(move || text.clone()));
                bar.enable_steady_tick(TICK);
            }
            Self::Lines(told) if told.what != text => {
                anstream::eprintln!("{text}");
                text.clone_into(&mut told.what);
            }
            Self::Lines(_) | Self::Quiet => {}
        }
    }

    /// Prints something else meanwhile.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match self {
            Self::Line(bar) => bar.suspend(print),
            Self::Lines(_) | Self::Quiet => print(),
        }
    }

    /// Leaves the screen as it was.
    pub fn clear(&self) {
        if let Self::Line(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// The line on a terminal. Its times run on between two looks.
#[derive(Clone)]
struct Line {
    shown: Instant,
    elapsed_ms: u64,
    what: String,
    next_look_ms: u64,
}

impl Line {
    fn text(&self) -> String {
        let since = u64::try_from(self.shown.elapsed().as_millis()).unwrap_or(u64::MAX);
        let elapsed = clock(self.elapsed_ms.saturating_add(since));
        let next = next_look(self.next_look_ms.saturating_sub(since));
        format!("{elapsed} {}{next}", self.what)
    }
}

/// A spinner and a text, cut to the terminal's width.
fn style(text: impl Fn() -> String + Clone + Send + Sync + 'static) -> ProgressStyle {
    let write = move |_: &ProgressState, out: &mut dyn Write| {
        let width = usize::from(console::Term::stderr().size().1);
        let text = text();
        let _ = out.write_str(&console::truncate_str(
            &text,
            width.saturating_sub(3),
            "...",
        ));
    };
    ProgressStyle::with_template("{spinner} {line}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .with_key("line", write)
}

impl Told {
    fn tell(&mut self, progress: &Progress) {
        if progress.phase == Phase::Ended {
            return;
        }
        let what = what(progress);
        let is_old = progress.elapsed_ms >= self.at_ms.saturating_add(TELL_AGAIN_MS);
        if what != self.what || (is_old && progress.next_look_ms > 0) {
            let elapsed = clock(progress.elapsed_ms);
            anstream::eprintln!("{elapsed} {what}{}", next_look(progress.next_look_ms));
            self.what = what;
            self.at_ms = progress.elapsed_ms;
        }
    }
}

/// What is happening, in words.
fn what(progress: &Progress) -> String {
    let words = match progress.phase {
        Phase::Preflight => "looking at the wallet",
        Phase::Baseline => "listing the VPS there are",
        Phase::Ordering => "ordering",
        Phase::Reconciling => "the order's reply was lost: looking for what became of it",
        Phase::Polling => "waiting for the VPS",
        Phase::Ended => "at the end",
    };
    let status = progress
        .last_status
        .as_ref()
        .filter(|_| progress.phase == Phase::Polling);
    let status = status.map_or_else(String::new, |status| format!(": {status}"));
    let error = progress.last_error.as_ref();
    let error = error.map_or_else(String::new, |error| format!(" (last error: {error})"));
    format!("{words}{status}{error}")
}

fn next_look(ms: u64) -> String {
    match ms {
        0 => String::new(),
        ms => format!(", next look in {} s", ms.div_ceil(1_000)),
    }
}

/// Minutes and seconds.
fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
