//! `PgBouncer` in transaction mode before a PostgreSQL server of the tests.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::debian;
use crate::postgres::{USER, as_user, give_to_user};
use crate::shell::{is_ci, output};

/// Where Debian and its kin put it.
const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// One that lends a few connections of a server by the transaction, each to the next who asks: whatever a client keeps in a session
/// is another's at once, or gone.
pub struct PgBouncer {
    folder: PathBuf,
    port: u16,
}

impl PgBouncer {
    /// Starts one. Gives none where there is no `PgBouncer`, but in CI, where it is installed.
    pub fn start(server: u16) -> Result<Option<Self>> {
        if !Path::new(PROGRAM).exists() {
            if !is_ci() {
                println!(
                    "NOTICE: without PgBouncer (Debian and Ubuntu: apt install pgbouncer) the stores are not tested behind it"
                );
                return Ok(None);
            }
            debian::install(&["pgbouncer"])?;
        }
        // Free now, and asked for at once.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = std::env::temp_dir().join(format!("stablevps-pgbouncer-{port}"));
        fs::create_dir_all(&folder)?;
        let bouncer = Self { folder, port };
        let settings = bouncer.folder.join("pgbouncer.ini");
        fs::write(&settings, bouncer.settings(server))?;
        give_to_user(&bouncer.folder)?;
        let mut begin = as_user(Path::new(PROGRAM));
        output(begin.args(["--daemon", "--quiet"]).arg(&settings))?;
        bouncer.wait_until_it_listens()?;
        Ok(Some(bouncer))
    }

    /// How to connect to it, as libpq writes it.
    pub fn address(&self) -> String {
        format!(
            "host=127.0.0.1 port={} user={USER} dbname=postgres",
            self.port
        )
    }

    fn settings(&self, server: u16) -> String {
        let (folder, port) = (self.folder.display(), self.port);
        format!(
            "[databases]\n\
             * = host=127.0.0.1 port={server} user={USER}\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\n\
             listen_port = {port}\n\
             unix_socket_dir =\n\
             auth_type = any\n\
             pool_mode = transaction\n\
             default_pool_size = 3\n\
             min_pool_size = 3\n\
             server_round_robin = 1\n\
             ignore_startup_parameters = extra_float_digits\n\
             logfile = {folder}/log\n\
             pidfile = {folder}/pid\n"
        )
    }

    fn wait_until_it_listens(&self) -> Result<()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if begun.elapsed() > Duration::from_secs(10) {
                bail!("PgBouncer does not listen");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        if let Ok(id) = fs::read_to_string(self.folder.join("pid")) {
            // At once, whoever is connected.
            let _ = output(Command::new("kill").args(["-TERM", id.trim()]));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
