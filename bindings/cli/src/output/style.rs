//! Colours, and how wide the terminal is.

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

/// When there is colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum AnsiWhen {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl AnsiWhen {
    /// The same in the library's words, with `NO_COLOR` and its like left to it.
    pub fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

/// Important text.
pub fn bold(text: &str) -> String {
    painted(Style::new().bold(), text)
}

/// Text of less weight.
pub fn dim(text: &str) -> String {
    painted(Style::new().dimmed(), text)
}

/// A status: green is well, yellow takes time or attention, red is bad.
pub fn paint_status(text: &str) -> String {
    let color = match text {
        "active" | "trialing" | "full" => AnsiColor::Green,
        "suspended" | "terminated" | "canceled" | "past_due" => AnsiColor::Red,
        _ => AnsiColor::Yellow,
    };
    painted(Style::new().fg_color(Some(color.into())), text)
}

/// Text in a style. Where there is no colour, the stream takes the codes out again.
fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// How many columns standard output has; none where it is no terminal.
pub fn width() -> Option<usize> {
    let term = console::Term::stdout();
    if !term.is_term() {
        return None;
    }
    term.size_checked()
        .map(|(_, columns)| usize::from(columns))
        .filter(|columns| *columns > 0)
}
