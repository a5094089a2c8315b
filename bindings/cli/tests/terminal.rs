//! The command at a terminal, with a person who types.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc::channel;

use stablevps_simulator::{Config, Span, VpsSeed};
use support::{Home, Moment, Service, Terminal, Verdict, run};

fn slow() -> Service {
    Service::new(Config {
        provisioning_ms: Span::from(3_600_000),
        ..Config::default()
    })
}

#[test]
fn it_asks_before_it_spends_and_no_is_no() {
    let (home, service) = (Home::new(), slow());
    for answer in ["n", "", "no", "maybe"] {
        let mut terminal =
            Terminal::start(&home.customer(&service, &["buy", "prime", "london"]), 80);
        let shown = terminal.shows("Buy it? [y/N] ");
        assert!(shown.contains("price     19.49 EUR a month"), "{shown}");
        assert!(
            shown.contains("wallet    100.00 EUR, then 80.51 EUR"),
            "{shown}"
        );
        terminal.types(answer);
        let (shown, code) = terminal.ends();
        assert!(shown.contains("nothing was bought"), "{shown}");
        assert_eq!(code, 1);
    }
    assert_eq!(service.state().orders_received, 0);
    assert_eq!(home.open_purchases().len(), 0);
}

#[test]
fn yes_buys_and_ctrl_c_says_how_to_go_on() {
    let (home, service) = (Home::new(), slow());
    let mut terminal = Terminal::start(&home.customer(&service, &["buy", "basic", "tokyo"]), 80);
    terminal.shows("Buy it? [y/N] ");
    terminal.types("y");
    terminal.shows("next look in");
    terminal.interrupts();
    let (shown, code) = terminal.ends();
    assert_eq!(code, 130, "{shown}");
    let vps = &service.state().vps[0].id;
    assert!(
        shown.contains(&format!("interrupted; the VPS {vps} is bought")),
        "{shown}"
    );
    let name = home.open_purchases()[0]
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        shown.contains(&format!("Do not buy again. Go on: svps resume {name}")),
        "{shown}"
    );

    service.control(&format!(
        r#"{{"set_vps": {{"id": "{vps}", "vps_status": "active"}}}}"#
    ));
    let printed = run(&mut home.customer(&service, &["resume", &name, "-q"]));
    assert_eq!(
        (printed.code, printed.out.trim_end()),
        (Some(0), vps.as_str()),
        "{}",
        printed.err
    );
    assert_eq!(service.state().orders_received, 1);
}

#[test]
fn ctrl_c_while_the_order_is_on_its_way_waits_for_its_answer_and_loses_nothing() {
    let (home, service) = (Home::new(), slow());
    let (arrived, arrival) = channel();
    let (release, released) = channel::<()>();
    service.watch(move |seen| {
        if seen.call == "POST /api/v1/vps" && seen.moment == Moment::Before {
            let _ = arrived.send(());
            let _ = released.recv();
        }
        Verdict::Pass
    });
    let buy = home.customer(&service, &["buy", "basic", "tokyo", "--yes"]);
    let mut terminal = Terminal::start(&buy, 80);
    arrival.recv().unwrap();
    terminal.interrupts();
    terminal.shows("^C");
    drop(release);
    let (shown, code) = terminal.ends();
    assert_eq!(code, 130, "{shown}");
    let vps = &service.state().vps[0].id;
    let told = format!("interrupted; the VPS {vps} is bought");
    assert!(shown.contains(&told), "{shown}");
    assert_eq!(home.open_purchases().len(), 1);
    assert_eq!(service.state().orders_received, 1);
}

#[test]
fn ctrl_c_at_the_question_buys_nothing() {
    let (home, service) = (Home::new(), slow());
    let mut terminal = Terminal::start(&home.customer(&service, &["buy", "basic", "tokyo"]), 80);
    terminal.shows("Buy it? [y/N] ");
    terminal.interrupts();
    let (_, code) = terminal.ends();
    assert_eq!(code, 130);
    assert_eq!(service.state().orders_received, 0);
}

#[test]
fn a_wallet_that_is_too_small_is_told_before_the_question() {
    let home = Home::new();
    let service = Service::new(Config {
        balance: 5.0.into(),
        ..Config::default()
    });
    let terminal = Terminal::start(&home.customer(&service, &["buy", "basic", "tokyo"]), 80);
    let (shown, code) = terminal.ends();
    assert_eq!(code, 4, "{shown}");
    assert!(!shown.contains("[y/N]"), "{shown}");
    assert_eq!(service.state().orders_received, 0);
}

#[test]
fn delete_asks_for_the_id_again() {
    let home = Home::new();
    let service = Service::new(Config {
        vps: vec![VpsSeed::default()],
        ..Config::default()
    });
    let id = service.state().vps[0].id.clone();
    for typed in ["", "y", &id[..8]] {
        let mut terminal = Terminal::start(&home.customer(&service, &["delete", &id[..8]]), 80);
        terminal.shows("Type its id to delete it: ");
        terminal.types(typed);
        let (shown, code) = terminal.ends();
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("Nothing was deleted."), "{shown}");
    }
    assert_eq!(service.state().vps.len(), 1);
    let mut terminal = Terminal::start(&home.customer(&service, &["delete", &id[..8]]), 80);
    terminal.shows("Type its id to delete it: ");
    terminal.types(&id);
    let (shown, code) = terminal.ends();
    assert_eq!(code, 0, "{shown}");
    assert_eq!(service.state().vps.len(), 0);
}

#[test]
fn the_password_and_the_key_are_never_shown() {
    let (home, service) = (Home::new(), slow());
    let mut login = home.svps(&["login"]);
    login.env("STABLEVPS_BASE_URL", service.url());
    let mut terminal = Terminal::start(&login, 80);
    terminal.shows("E-mail: ");
    terminal.types("john@example.com");
    terminal.shows("Password: ");
    terminal.types("correct horse battery staple");
    let (shown, code) = terminal.ends();
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("Signed in as john@example.com"), "{shown}");
    assert!(
        !shown.contains("horse") && !shown.contains("svps_live"),
        "{shown}"
    );

    let file = home.path().join(".config/svps/credentials.json");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        file.parent()
            .unwrap()
            .metadata()
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o700
    );
    let printed = run(&mut home.svps(&["wallet", "-o", "csv"]));
    assert_eq!(
        printed.out, "balance,currency\n100.00,EUR\n",
        "{}",
        printed.err
    );
    assert_eq!(service.state().keys.len(), 2);

    assert_eq!(run(&mut home.svps(&["logout"])).code, Some(0));
    let printed = run(&mut home.svps(&["wallet"]));
    assert_eq!(printed.code, Some(1));
    assert!(printed.err.contains("svps login"), "{}", printed.err);
}

#[test]
fn ctrl_c_while_a_password_is_typed_leaves_a_terminal_that_shows_what_is_typed() {
    let home = Home::new();
    let mut script = std::process::Command::new("sh");
    let svps = env!("CARGO_BIN_EXE_svps");
    script
        .args(["-c", &format!("trap : INT; {svps} login --key --simulate; echo ended $?; stty -a | tr ' ;' '\\n' | grep -x -e echo -e -echo")])
        .env("HOME", home.path())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(home.path());
    let mut terminal = Terminal::start(&script, 80);
    terminal.shows("API key: ");
    terminal.interrupts();
    terminal.shows("ended 130");
    let (shown, _) = terminal.ends();
    assert!(shown.lines().any(|line| line.trim() == "echo"), "{shown}");
}

#[test]
fn a_list_fits_80_columns_as_a_table_and_40_as_blocks() {
    let home = Home::new();
    let service = Service::new(Config {
        vps: vec![
            VpsSeed::default(),
            VpsSeed {
                location: "newYork".to_owned(),
                vps_status: "suspended".to_owned(),
                ..VpsSeed::default()
            },
        ],
        ..Config::default()
    });
    for (columns, begins) in [(120, "ID"), (80, "ID"), (40, "ID")] {
        let terminal = Terminal::start(
            &home.customer(&service, &["list", "--color", "never"]),
            columns,
        );
        let (shown, code) = terminal.ends();
        assert_eq!(code, 0, "{shown}");
        assert!(shown.starts_with(begins), "{shown}");
        for line in shown.lines() {
            assert!(
                line.chars().count() <= usize::from(columns),
                "{columns}: {shown}"
            );
        }
        let is_block = shown.lines().count() > 4;
        assert_eq!(is_block, columns == 40, "{shown}");
        assert_eq!(shown.contains("PAID UNTIL"), columns != 80, "{shown}");
    }
}

#[test]
fn colour_is_for_terminals_and_no_color_ends_it() {
    let home = Home::new();
    let service = Service::new(Config {
        vps: vec![VpsSeed::default()],
        ..Config::default()
    });
    let list = || home.customer(&service, &["list"]);
    let (shown, _) = Terminal::start(&list(), 120).ends();
    assert!(shown.contains("\u{1b}[32mactive"), "{shown:?}");
    let (shown, _) = Terminal::start(list().env("NO_COLOR", "1"), 120).ends();
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
    let printed = run(&mut list());
    assert!(!printed.out.contains('\u{1b}'), "{:?}", printed.out);
    let printed = run(&mut home.customer(&service, &["list", "--color", "always"]));
    assert!(
        printed.out.contains("\u{1b}[32mactive"),
        "{:?}",
        printed.out
    );
}
