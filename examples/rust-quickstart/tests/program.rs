//! The program as a person runs it.
#![allow(clippy::unwrap_used)]

use std::process::Command;

fn printed(arguments: &[&str]) -> String {
    let folder = std::env::temp_dir().join(format!("quickstart-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_rust-quickstart"))
        .arg("--simulate")
        .args(arguments)
        .env_remove("STABLEVPS_API_KEY")
        .current_dir(&folder)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    assert!(ran.status.success());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn it_buys_shows_the_password_only_when_asked_and_leaves_no_token() {
    let told = printed(&["--plan", "prime", "--max-spend", "20"]);
    assert!(told.contains("ordering"), "{told}");
    assert!(told.contains("charged 19.49 EUR"), "{told}");
    let end = "user Administrator password ***";
    assert!(told.trim_end().ends_with(end), "{told}");
    let told = printed(&["--show-password"]);
    assert!(!told.contains("***"), "{told}");
}
