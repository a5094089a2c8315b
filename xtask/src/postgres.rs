//! A PostgreSQL server of the tests' own, on the loopback interface.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::debian;
use crate::pgbouncer::PgBouncer;
use crate::shell::{finish, is_ci, output};

/// Where Debian and its kin put the server's programs.
const VERSIONS: &str = "/usr/lib/postgresql";
/// The server refuses to run as root.
pub const USER: &str = "postgres";

/// A server with a folder of its own, which ends with it.
pub struct Postgres {
    /// Ends before its server.
    bouncer: Option<PgBouncer>,
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts one. Gives none where there is no PostgreSQL, but in CI, where it is installed.
    pub fn start() -> Result<Option<Self>> {
        let programs = match programs()? {
            Some(programs) => programs,
            None if is_ci() => {
                debian::install(&["postgresql"])?;
                programs()?.context("PostgreSQL was installed, and is not there")?
            }
            None => {
                println!(
                    "NOTICE: without PostgreSQL (Debian and Ubuntu: apt install postgresql) its stores are not tested"
                );
                return Ok(None);
            }
        };
        // Free now, and asked for at once.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = std::env::temp_dir().join(format!("stablevps-postgres-{port}"));
        std::fs::create_dir_all(&folder)?;
        let server = Self {
            bouncer: None,
            programs,
            folder,
            port,
        };
        server.begin()?;
        Ok(Some(server))
    }

    /// Starts one with a `PgBouncer` before it, and tells a command of tests how to connect to both.
    pub fn start_for(tests: &mut Command) -> Result<Option<Self>> {
        let Some(mut server) = Self::start()? else {
            return Ok(None);
        };
        tests.env("STABLEVPS_POSTGRES", server.address());
        server.bouncer = PgBouncer::start(server.port)?;
        if let Some(bouncer) = &server.bouncer {
            tests.env("STABLEVPS_PGBOUNCER", bouncer.address());
        }
        Ok(Some(server))
    }

    /// How to connect to it, as libpq writes it.
    pub fn address(&self) -> String {
        format!(
            "host=127.0.0.1 port={} user={USER} dbname=postgres",
            self.port
        )
    }

    /// Everything that is in it, as SQL.
    pub fn dump(&self) -> Result<String> {
        let mut dump = self.program("pg_dump");
        output(dump.args(["--dbname", &self.address()]))
    }

    fn begin(&self) -> Result<()> {
        give_to_user(&self.folder)?;
        let mut init = self.program("initdb");
        init.args([
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--username",
            USER,
            "-D",
        ]);
        output(init.arg(self.data()))?;
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={}",
            self.port,
            self.folder.display()
        );
        // Without a log file the server keeps this program's output open.
        let mut start = self.program("pg_ctl");
        start.arg("-D").arg(self.data());
        start.arg("-l").arg(self.folder.join("log"));
        output(start.args(["-w", "-o", &options, "start"]))?;
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        as_user(&self.programs.join(name))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.bouncer = None;
        let mut stop = self.program("pg_ctl");
        stop.arg("-D").arg(self.data());
        let _ = output(stop.args(["-m", "immediate", "stop"]));
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A program that does not run as root.
pub fn as_user(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", USER, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // A folder that the other user may enter.
    command.current_dir("/");
    command
}

/// Lets such a program write into a folder.
pub fn give_to_user(folder: &Path) -> Result<()> {
    if is_root() {
        finish(Command::new("chown").args(["-R", USER]).arg(folder))?;
    }
    Ok(())
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The folder of the newest version's programs.
fn programs() -> Result<Option<PathBuf>> {
    if !Path::new(VERSIONS).is_dir() {
        return Ok(None);
    }
    let mut newest: Option<(u32, PathBuf)> = None;
    for entry in std::fs::read_dir(VERSIONS)? {
        let entry = entry?;
        let version = entry.file_name().to_string_lossy().parse().unwrap_or(0);
        let programs = entry.path().join("bin");
        let is_newer = newest.as_ref().is_none_or(|(known, _)| version > *known);
        if is_newer && programs.join("initdb").exists() {
            newest = Some((version, programs));
        }
    }
    Ok(newest.map(|(_, programs)| programs))
}
