//! Servers under measurement: processes of their own, on cores of their own.

use crate::build::Build;
use crate::tls::{self, Certificate};
use rusqlite::Connection;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Of tokens, in this run only.
pub const SECRET: &str = "measured on a machine of its own, hopefully";

pub struct Server {
    child: Child,
    pub port: u16,
    /// Of one that speaks TLS.
    pub certificate: Option<Certificate>,
    /// Its database, where it has one.
    _place: Option<TempDir>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Waits until it says where it listens.
    fn start(command: Command, place: Option<TempDir>) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("{command:?}: {e}");
        let mut child = pinned(&command)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let said = child.stdout.take().ok_or("no stdout")?;
        let mut lines = BufReader::new(said).lines();
        let port = lines.find_map(|line| {
            let line = line.ok()?;
            let address = line.strip_prefix("listening on ")?.split(' ').next()?;
            address.rsplit(':').next()?.parse().ok()
        });
        let server = |port| Server {
            child,
            port,
            certificate: None,
            _place: place,
        };
        match port {
            Some(port) => {
                // What it says later must not fill the pipe.
                std::thread::spawn(move || lines.for_each(drop));
                Ok(server(port))
            }
            None => {
                drop(server(0));
                Err(format!("{command:?} did not start"))
            }
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The framework's own group endpoint.
    pub fn echo(build: &Build, threads: u32, secret: bool) -> Result<Self, String> {
        let mut command = build.program("examples/echo_server")?;
        command.args(["--bind", "127.0.0.1:0", "--threads", &threads.to_string()]);
        if secret {
            command.args(["--secret", SECRET]);
        }
        Server::start(command, None)
    }

    /// The framework's own group endpoint over TLS, on one thread.
    pub fn secure(build: &Build) -> Result<Self, String> {
        let place = tempfile::tempdir().map_err(|e| e.to_string())?;
        let (certificate, chain, key) = tls::make(place.path())?;
        let mut command = build.program("examples/echo_server")?;
        command.args(["--bind", "127.0.0.1:0", "--threads", "1"]);
        command
            .arg("--certificate")
            .arg(chain)
            .arg("--key")
            .arg(key);
        let mut server = Server::start(command, Some(place))?;
        server.certificate = Some(certificate);
        Ok(server)
    }

    pub fn floor(option: Option<&str>) -> Result<Self, String> {
        let mut command = Build::own()?.program("bench")?;
        command.arg("floor").args(option);
        Server::start(command, None)
    }

    /// The floor of status updates.
    pub fn rows() -> Result<Self, String> {
        let place = tempfile::tempdir().map_err(|e| e.to_string())?;
        let mut command = Build::own()?.program("bench")?;
        command.args(["floor", "--rows"]);
        command.arg(place.path().join("floor.db"));
        Server::start(command, Some(place))
    }

    pub fn peer() -> Result<Self, String> {
        let mut command = Build::own()?.program("bench")?;
        command.arg("peer");
        Server::start(command, None)
    }

    /// `tests/bench/run` installs what it needs.
    pub fn node() -> Result<Self, String> {
        let mut command = Command::new("node");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/socket_io.mjs"));
        Server::start(command, None)
    }

    /// `tests/bench/run` builds it.
    pub fn socketioxide() -> Result<Self, String> {
        Server::start(Build::own()?.program("socketioxide-peer")?, None)
    }

    /// The restaurant, with so many orders that wait, the first of which was changed so many times.
    pub fn restaurant(build: &Build, orders: u32, changes: u32) -> Result<Self, String> {
        let place = tempfile::tempdir().map_err(|e| e.to_string())?;
        let database = place.path().join("bench.db");
        let made = build
            .program("maitred")?
            .arg("migrate")
            .arg("--database")
            .arg(&database)
            .stdout(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            return Err("maitred migrate failed".to_owned());
        }
        furnish(&database, orders, changes).map_err(|e| e.to_string())?;
        let routing = place.path().join("routing.toml");
        std::fs::write(&routing, ROUTING).map_err(|e| e.to_string())?;
        let mut command = build.program("maitred")?;
        command
            .args(["serve", "--shards", "1", "--database"])
            .arg(&database)
            .arg("--routing")
            .arg(&routing)
            .env("MAITRED_JWT_SECRET", SECRET)
            .env("MAITRED_LOG", "warn");
        Server::start(command, Some(place))
    }
}

const ROUTING: &str = r#"
[[listener]]
name = "dining"
bind = "127.0.0.1:0"
[[listener.route]]
path = "/ws/orders/<int:order_id>/"
consumer = "dining.order"
auth = "required"
"#;

fn furnish(database: &Path, orders: u32, changes: u32) -> rusqlite::Result<()> {
    let c = Connection::open(database)?;
    c.execute_batch("INSERT INTO restaurants(id, name) VALUES(1, 'Bench'); INSERT INTO tables(id, restaurant_id, number) VALUES(1, 1, '1');")?;
    c.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO orders(restaurant_id, table_id, subtotal_minor, total_minor) SELECT 1, 1, 25000, 25000 FROM n",
        [orders],
    )?;
    // Triggers fill the log that the server reads at its start.
    c.execute_batch("BEGIN")?;
    let mut change = c.prepare("UPDATE orders SET note = ?1 WHERE id = 1")?;
    for n in 0..changes {
        change.execute([format!("change number {n}")])?;
    }
    c.execute_batch("COMMIT")
}

/// On the cores that `BENCH_SERVER_CPUS` names.
fn pinned(command: &Command) -> Command {
    let Ok(cpus) = std::env::var("BENCH_SERVER_CPUS") else {
        return copy(Command::new(command.get_program()), command);
    };
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", &cpus]).arg(command.get_program());
    copy(pinned, command)
}

fn copy(mut to: Command, from: &Command) -> Command {
    to.args(from.get_args());
    for (name, value) in from.get_envs() {
        if let Some(value) = value {
            to.env(name, value);
        }
    }
    to
}
