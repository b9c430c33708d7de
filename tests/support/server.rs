//! The real binary on a database of its own.

use super::patience::patient;
use super::{PATIENCE, http, shell, token};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

/// The key of all test servers.
pub const SECRET: &str = "only-for-tests-0123456789abcdef0123456789abcdef";

/// The folder of one restaurant: its database, its routing file, its server's log. Removed when dropped.
pub struct Place {
    dir: tempfile::TempDir,
    /// What a shell does before it starts `maitred` here.
    shell: Option<String>,
}

impl Place {
    /// An empty folder with the product's own `routing.toml`: every port replaced by 0 so that tests can run side by side, and limits of time that a busy
    /// machine keeps.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let product = concat!(env!("CARGO_MANIFEST_DIR"), "/../routing.toml");
        let routing = std::fs::read_to_string(product).expect("routing.toml at the top");
        let routing =
            any_port(&routing).replace("[defaults]\n", &format!("[defaults]\n{}", patient("")));
        std::fs::write(dir.path().join("routing.toml"), routing).expect("routing");
        Place { dir, shell: None }
    }

    /// From now on a shell does this first: `ulimit -n 64`.
    pub fn after(mut self, shell: &str) -> Self {
        self.shell = Some(shell.to_owned());
        self
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn database(&self) -> PathBuf {
        self.file("restaurant.db")
    }

    /// Another program's connection to the database, as any program would open it.
    pub fn foreign(&self) -> rusqlite::Connection {
        let db = rusqlite::Connection::open(self.database()).expect("the database opens");
        db.busy_timeout(PATIENCE).expect("a busy timeout");
        db
    }

    /// One number out of the database.
    pub fn number(&self, sql: &str) -> i64 {
        self.foreign()
            .query_row(sql, [], |row| row.get(0))
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// `maitred ARGS` in this place.
    pub fn maitred(&self, args: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_maitred");
        let mut command = match &self.shell {
            None => Command::new(program),
            Some(shell) => {
                // the same process in the end
                let script = format!(r#"{shell} && exec "$0" "$@""#);
                let mut command = Command::new("sh");
                command.args(["-c", &script, program]);
                command
            }
        };
        command
            .args(args)
            .current_dir(self.dir.path())
            .env("MAITRED_JWT_SECRET", SECRET)
            .env("MAITRED_BUSY_TIMEOUT", format!("{}s", PATIENCE.as_secs()))
            .stdin(Stdio::null());
        command
    }
}

/// A running server. Killed (with SIGKILL) when dropped.
pub struct Server {
    pub place: Place,
    pub address: SocketAddr,
    child: Child,
    output: Output,
    args: Vec<String>,
    /// With which rows a demo begins. `None`: it is none.
    demo: Option<&'static str>,
}

/// What a server prints.
struct Output {
    /// In a lock only because tests share a server between threads.
    lines: Mutex<mpsc::Receiver<String>>,
    /// Those that were taken from it.
    said: Vec<String>,
}

impl Output {
    fn next(&mut self, wait: Duration) -> Result<String, mpsc::RecvTimeoutError> {
        let lines = self.lines.get_mut().expect("nobody panicked");
        lines.recv_timeout(wait)
    }
}

impl Server {
    /// `maitred serve --demo` on a fresh database, with the rows that the documents' examples name.
    pub fn start() -> Self {
        Server::with(&[])
    }

    /// The same with further arguments, which a [`restart`](Self::restart) repeats.
    pub fn with(args: &[&str]) -> Self {
        Server::on(Place::new(), args)
    }

    /// The house in the middle of an evening, as who tries it out has it.
    pub fn in_the_evening() -> Self {
        Server::begun(Place::new(), &[], "--demo")
    }

    /// The same, with further arguments.
    pub fn in_the_evening_with(args: &[&str]) -> Self {
        Server::begun(Place::new(), args, "--demo")
    }

    /// What it has printed, once it has [ended](Self::ended).
    pub fn said(&self) -> &[String] {
        &self.output.said
    }

    /// On the database that lies in `place`.
    pub fn on(place: Place, args: &[&str]) -> Self {
        Server::begun(place, args, "--demo=small")
    }

    fn begun(place: Place, args: &[&str], demo: &'static str) -> Self {
        let args: Vec<String> = args.iter().map(|&a| a.to_owned()).collect();
        let (child, output, address) = serve(&place, &args, Some(demo));
        Server {
            place,
            address,
            child,
            output,
            args,
            demo: Some(demo),
        }
    }

    /// The same rows without `--demo`: nobody is let in who shows no token, unless the routing says so.
    pub fn in_earnest(mut self) -> Self {
        self.kill();
        self.demo = None;
        self.restart();
        self
    }

    /// `kill -9`: nothing is flushed, nobody is told.
    pub fn kill(&mut self) {
        self.child.kill().expect("the server is killed");
        self.child.wait().expect("the server is gone");
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Starts again on what lies in the place now. The port is another one.
    pub fn restart(&mut self) {
        (self.child, self.output, self.address) = serve(&self.place, &self.args, self.demo);
    }

    /// Sends it a signal, like "HUP".
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status();
        assert!(status.expect("kill runs").success());
    }

    /// Waits until it has ended by itself.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        // the end of its output is the event; after it the process is gone in a moment
        let late = Instant::now() + PATIENCE;
        loop {
            let left = late.saturating_duration_since(Instant::now());
            match self.output.next(left) {
                Ok(line) => self.output.said.push(line),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("the server does not end"),
            }
        }
        self.child.wait().expect("the server is gone")
    }

    /// The address of another listener, when it has one.
    #[track_caller]
    pub fn listening(&mut self, name: &str) -> SocketAddr {
        let mut found = self
            .output
            .said
            .iter()
            .find_map(|line| listening(line, name));
        while found.is_none() {
            let line = self.output.next(PATIENCE);
            let line = line.unwrap_or_else(|e| panic!("nobody listens as {name}: {e}"));
            found = listening(&line, name);
            self.output.said.push(line);
        }
        found.expect("found")
    }

    /// Waits until its log has this text; between two looks it answers a request.
    #[track_caller]
    pub fn until_logged(&self, text: &str) {
        let late = Instant::now() + PATIENCE;
        while !self.log().contains(text) {
            assert!(Instant::now() < late, "never logged: {text}");
            http::request(self.address, "GET /healthz", &[], serde_json::Value::Null).ok();
        }
    }

    /// Types SQL into a `sqlite3` shell that has this database open.
    pub fn shell(&self, sql: &str) -> String {
        shell(&self.place.database(), sql)
    }

    /// A token of the server's own making for the demo's first user of that role.
    pub fn token(&self, role: &str) -> String {
        token::mint(&self.place, role)
    }

    /// A JSON request with that token: the status and the answer.
    pub fn rest(&self, token: &str, line: &str, body: serde_json::Value) -> http::Answer {
        http::request(
            self.address,
            line,
            &[("Authorization", &format!("Bearer {token}"))],
            body,
        )
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.place.file("server.log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- the server's log ---\n{}", self.log());
        }
    }
}

fn serve(place: &Place, args: &[String], demo: Option<&str>) -> (Child, Output, SocketAddr) {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(place.file("server.log"))
        .expect("a log file");
    let mut child = place
        .maitred(&["serve"])
        .args(demo)
        .arg("--database")
        .arg(place.database())
        .arg("--routing")
        .arg(place.file("routing.toml"))
        .args(args)
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("maitred starts");
    let out = BufReader::new(child.stdout.take().expect("its output"));
    let (tell, told) = mpsc::channel();
    // Reads until the server ends, so that a full pipe never stops it.
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    let mut said = Vec::new();
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(line) => {
                let found = listening(&line, "dining");
                said.push(line);
                if let Some(address) = found {
                    let lines = Mutex::new(told);
                    return (child, Output { lines, said }, address);
                }
            }
            Err(problem) => {
                let _ = child.kill();
                let status = child.wait();
                let log = std::fs::read_to_string(place.file("server.log")).unwrap_or_default();
                panic!("no dining listener ({problem}, {status:?})\n{said:#?}\n{log}");
            }
        }
    }
}

/// `listening on 127.0.0.1:9000 (dining)`
fn listening(line: &str, name: &str) -> Option<SocketAddr> {
    let line = line.trim().strip_prefix("listening on ")?;
    let address = line.strip_suffix(&format!(" ({name})"))?;
    address.parse().ok().filter(SocketAddr::is_ipv4)
}

/// Every `bind = "host:port"` with port 0.
fn any_port(routing: &str) -> String {
    let mut out = String::new();
    for line in routing.lines() {
        if line.trim_start().starts_with("bind") {
            let mut rest = line;
            while let Some(at) = rest.find(":") {
                let digits = rest[at + 1..]
                    .bytes()
                    .take_while(u8::is_ascii_digit)
                    .count();
                let is_port = digits > 0 && rest[at + 1 + digits..].starts_with('"');
                out.push_str(&rest[..=at]);
                if is_port {
                    out.push('0');
                }
                rest = &rest[at + 1 + if is_port { digits } else { 0 }..];
            }
            out.push_str(rest);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

#[test]
fn ports_are_replaced_and_nothing_else() {
    let given = "[[listener]]\nbind = [\"127.0.0.1:9000\", \"[::1]:9000\"]\npath = \"/a:9000\"\n";
    let wanted = "[[listener]]\nbind = [\"127.0.0.1:0\", \"[::1]:0\"]\npath = \"/a:9000\"\n";
    assert_eq!(any_port(given), wanted);
    assert_eq!(
        listening("listening on 127.0.0.1:4711 (dining)", "dining"),
        Some(([127, 0, 0, 1], 4711).into())
    );
    assert_eq!(
        listening("listening on [::1]:4711 (dining)", "dining"),
        None
    );
}
