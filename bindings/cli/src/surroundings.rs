//! The files and variables that the command reads: the tables from which the help and the manual page are written.

use std::fmt::Write as _;

/// Folders, with what is in them.
pub const FILES: [(&str, &str); 2] = [
    (
        "$XDG_CONFIG_HOME/svps",
        "profiles, and keys where the system has no keyring; by default ~/.config/svps",
    ),
    (
        "$XDG_STATE_HOME/svps",
        "open purchases, and the simulated account; by default ~/.local/state/svps",
    ),
];

/// Variables, with what they mean.
pub const ENVIRONMENT: [(&str, &str); 8] = [
    ("STABLEVPS_API_KEY", "a key, used before the profiles'"),
    (
        "STABLEVPS_BASE_URL",
        "another server than the service's own",
    ),
    ("SVPS_PROFILE", "the profile"),
    (
        "SVPS_WORLD",
        "the folder of the simulated account, which is then used",
    ),
    ("HTTPS_PROXY", "the proxy; ALL_PROXY does, too"),
    ("NO_PROXY", "hosts without a proxy"),
    (
        "SSL_CERT_FILE",
        "certificates in PEM that are trusted instead of Mozilla's",
    ),
    ("NO_COLOR", "no colour"),
];

/// Both tables for the end of the help.
pub fn help() -> String {
    let mut text = String::new();
    for (title, rows) in [("Files", &FILES[..]), ("Environment", &ENVIRONMENT[..])] {
        let _ = writeln!(text, "\n{title}:");
        for (name, meaning) in rows {
            let _ = writeln!(text, "  {name:<22} {meaning}");
        }
    }
    text
}
