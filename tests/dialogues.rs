//! Runs the dialogues in `tests/transcripts/socket.io/` and `tests/transcripts/five/`: what several clients say and hear at the same time.
//!
//! What one of them hears comes in that order; which of two hears something first nobody knows, so each is asked by itself.
//!
//! ```text
//! # A comment.
//! $ dao = io("http://localhost:3000/orders") as {"sub":"901","role":"driver"}       opens a namespace; with a token that says this
//! $ tv = io("http://localhost:3001", {"batch":true}) as {"role":"kitchen"}          with more in its `auth`
//! dao > accept-order {"orderId":6}                                                 emits
//! dao ? accept-order {"orderId":6}                                                 emits with a callback
//! dao = {"ok":true}                                                                what the callback gets
//! dao < order-accepted {"order":{"id":6}}                                          must be the next event
//! dao -                                                                            hears nothing of it: something else is the next event, further down
//! dao x                                                                            is disconnected by the server
//! $ mia = ws("ws://localhost:9000/ws/waiters/10/") as {"sub":"10","role":"waiter"}   opens a WebSocket; with a token that says this
//! mia > {"action":"get_tasks"}                                                     sends a frame
//! mia < {"type":"tasks_list","tasks":[]}                                           must be the next frame
//! $ POST http://localhost:3000/orders as {"role":"staff"} {"customerName":"Mia"}    asks over HTTP, with a token that says this
//! = 201 {"orderId":"order-7"}                                                      the answer
//! $ sqlite3 maitred.db "UPDATE ..."                                                another program writes
//! ```
//!
//! `<int>`, `<time>`, `<text>` and `<any>` stand for what differs from run to run. `BLESS=1 cargo test -p restaurant dialogues` writes what came into the
//! files; read the difference before you commit it.

use crate::support::client::parse;
use crate::support::socket_io::SocketIo;
use crate::support::{Client, Server, contract, http, token};
use crate::transcripts::{general, matches, quoted};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where the dialogues are.
pub const FOLDERS: [&str; 2] = ["socket.io", "five"];
/// The listener behind a documented port.
pub const LISTENERS: [(u16, &str); 4] = [
    (3000, "delivery"),
    (3001, "kitchen"),
    (8000, "timing"),
    (9000, "dining"),
];

#[test]
fn dialogues_of_several_go_as_written() {
    go_as_written(FOLDERS[0]);
}

/// Every word that each vocabulary has for one order, from the first to the last.
#[test]
fn one_order_is_told_in_five_vocabularies_as_written() {
    go_as_written(FOLDERS[1]);
}

fn go_as_written(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/transcripts")
        .join(folder);
    let files = std::fs::read_dir(folder).expect("the folder").flatten();
    let mut files: Vec<PathBuf> = files.map(|entry| entry.path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let written = std::fs::read_to_string(&file).expect("text");
        let mut stage = Stage::new();
        let lines = written.lines().enumerate();
        let came: Vec<String> = lines.map(|(n, line)| stage.play(n + 1, line)).collect();
        stage.is_over();
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, came.join("\n") + "\n").expect("blessed");
        } else if let Some(difference) = stage.difference {
            wrong.push(format!("{}:{difference}", file.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n(BLESS=1 accepts what came)",
        wrong.join("\n")
    );
}

struct Stage {
    server: Server,
    players: BTreeMap<String, Player>,
    /// What a `=` answers for.
    answer: Option<String>,
    /// The first line that was not as written.
    difference: Option<String>,
}

struct Player {
    line: Line,
    /// It was said to hear nothing (in this line), which is known when it hears the next.
    silent_since: Option<usize>,
}

enum Line {
    Events {
        io: SocketIo,
        namespace: String,
        consumer: String,
    },
    Frames {
        client: Client,
        /// What came while it connected.
        first: VecDeque<String>,
    },
}

impl Player {
    fn new(line: Line) -> Self {
        Player {
            line,
            silent_since: None,
        }
    }

    /// An event's name and its arguments, or a frame, which must be one of the contract's. `wanted` is the one that is written.
    fn next(&mut self, wanted: &str) -> String {
        self.silent_since = None;
        match &mut self.line {
            Line::Frames { client, first } => {
                first.pop_front().unwrap_or_else(|| client.next_text())
            }
            Line::Events {
                io,
                namespace,
                consumer,
            } => loop {
                let told = io.next(namespace);
                contract::check_event(consumer, &told.name, &told.arguments);
                // A copy of what came one by one comes when it comes.
                if told.name == "orders:batch_update" && !wanted.starts_with("orders:batch") {
                    continue;
                }
                let data: Vec<String> = told.arguments.iter().map(Value::to_string).collect();
                return format!("{} {}", told.name, data.join(" "));
            },
        }
    }

    fn say(&mut self, what: &str) {
        match &mut self.line {
            Line::Frames { client, .. } => client.send_text(what),
            Line::Events { io, namespace, .. } => {
                let (event, data) = event(what);
                io.emit(namespace, event, &data);
            }
        }
    }

    /// What the callback of an event gets.
    fn ask(&mut self, what: &str) -> String {
        let Line::Events { io, namespace, .. } = &mut self.line else {
            panic!("a frame has no callback: {what}");
        };
        let (event, data) = event(what);
        let answer = io.ask(namespace, event, &data);
        let answer: Vec<String> = answer.iter().map(Value::to_string).collect();
        answer.join(" ")
    }

    fn is_disconnected(&mut self) {
        match &mut self.line {
            Line::Frames { client, .. } => {
                client.closed();
            }
            Line::Events { io, namespace, .. } => io.is_disconnected(namespace),
        }
    }
}

/// `accept-order {"orderId":6}`: its name and its arguments.
fn event(what: &str) -> (&str, Vec<Value>) {
    match what.split_once(' ') {
        Some((name, data)) => (name, vec![parse(data)]),
        None => (what, Vec::new()),
    }
}

impl Stage {
    fn new() -> Self {
        Stage {
            server: Server::start(),
            players: BTreeMap::new(),
            answer: None,
            difference: None,
        }
    }

    /// Plays a line, and says how it really was.
    fn play(&mut self, n: usize, line: &str) -> String {
        if line.is_empty() || line.starts_with('#') {
            return line.to_owned();
        }
        if let Some(command) = line.strip_prefix("$ ") {
            self.command(command);
            return line.to_owned();
        }
        let (who, rest) = line.split_once(' ').unwrap_or((line, ""));
        if who == "=" {
            let answer = self.answer.take().expect("something was asked over HTTP");
            return self.compare(n, "= ", rest, &answer);
        }
        let player = self.players.get_mut(who);
        let player = player.unwrap_or_else(|| panic!("line {n}: who is {who}?"));
        let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        match verb {
            ">" => {
                player.say(rest);
                line.to_owned()
            }
            "?" => {
                self.answer = Some(player.ask(rest));
                line.to_owned()
            }
            "=" => {
                let answer = self.answer.take().expect("something was asked");
                self.compare(n, &format!("{who} = "), rest, &answer)
            }
            "<" => {
                let came = player.next(rest);
                self.compare(n, &format!("{who} < "), rest, &came)
            }
            "-" => {
                player.silent_since.get_or_insert(n);
                line.to_owned()
            }
            "x" => {
                player.is_disconnected();
                line.to_owned()
            }
            _ => panic!("line {n}: {line}"),
        }
    }

    /// Silence that no later word ends would be nobody's knowledge.
    fn is_over(&self) {
        for (who, player) in &self.players {
            let since = player.silent_since;
            assert!(
                since.is_none(),
                "line {since:?}: {who} hears nothing more: how is that known?"
            );
        }
    }

    /// A word (an event's name, a status) and JSON: what was written stays where it fits, so that its placeholders stay.
    fn compare(&mut self, n: usize, who: &str, written: &str, came: &str) -> String {
        let parts = |text: &str| -> (String, String) {
            let is_json = |text: &str| text.starts_with(['{', '[']);
            let (word, json) = match text.split_once(' ') {
                _ if is_json(text) => ("", text),
                Some((word, json)) if is_json(json) => (word, json),
                _ => (text.trim(), ""),
            };
            (word.to_owned(), json.to_owned())
        };
        let (wanted, got) = (parts(written), parts(came));
        let fits = wanted.0 == got.0
            && (wanted.1 == got.1
                || !wanted.1.is_empty()
                    && !got.1.is_empty()
                    && matches(&parse(&quoted(&wanted.1)), &parse(&got.1)));
        if fits {
            return format!("{who}{written}");
        }
        let came = format!("{} {}", got.0, general(&got.1));
        let (written, came) = (format!("{who}{written}"), format!("{who}{}", came.trim()));
        self.difference
            .get_or_insert_with(|| format!("{n}:\nwritten {written}\ncame    {came}"));
        came
    }

    fn command(&mut self, command: &str) {
        if let Some(sql) = command.strip_prefix("sqlite3 maitred.db ") {
            self.server.shell(&format!("{};", sql.trim_matches('"')));
        } else if let Some((name, url)) = command.split_once(" = io(\"") {
            let (url, rest) = url.split_once('"').expect("a URL");
            let (options, claims) = rest.split_once(')').expect("an end");
            let (address, namespace) = self.address(url);
            let mut io = SocketIo::open(address);
            let mut auth = match options.strip_prefix(", ") {
                Some(options) => parse(options),
                None => Value::Null,
            };
            if let Some(claims) = claims.strip_prefix(" as ") {
                auth["token"] = signed(claims).into();
            }
            io.connect(&namespace, auth).expect("let in");
            let listener = Stage::listener(url).1;
            let consumer = contract::namespace(listener, &namespace).expect("a consumer");
            let line = Line::Events {
                io,
                namespace,
                consumer,
            };
            self.players.insert(name.to_owned(), Player::new(line));
        } else if let Some((name, url)) = command.split_once(" = ws(\"ws") {
            let (url, claims) = url.split_once("\")").expect("a URL");
            let (address, path) = self.address(&format!("http{url}"));
            let claims = claims.strip_prefix(" as ");
            let bearer = claims.map(|claims| format!("Bearer {}", signed(claims)));
            let headers: Vec<_> = bearer.iter().map(|b| ("authorization", &**b)).collect();
            let mut client = Client::dial(address, &path, &headers)
                .unwrap_or_else(|status| panic!("{command}: {status}"));
            // Only who has answered hears what happens next.
            client.send(serde_json::json!({"action": "ping"}));
            let mut first = VecDeque::new();
            loop {
                let text = client.next_text();
                if parse(&text)["type"] == "pong" {
                    break;
                }
                first.push_back(text);
            }
            let line = Line::Frames { client, first };
            self.players.insert(name.to_owned(), Player::new(line));
        } else {
            let (method, rest) = command.split_once(' ').expect("a method");
            let (url, rest) = rest.split_once(" as ").expect("a token");
            let (claims, body) = match rest.split_once("} {") {
                Some((claims, body)) => (format!("{claims}}}"), parse(&format!("{{{body}"))),
                None => (rest.to_owned(), Value::Null),
            };
            let (address, path) = self.address(url);
            let bearer = format!("Bearer {}", signed(&claims));
            let headers = [("Authorization", bearer.as_str())];
            let answer = http::request(address, &format!("{method} {path}"), &headers, body);
            self.answer = Some(format!("{} {}", answer.status, answer.body));
        }
    }

    /// Where a documented URL is in this test, and the path in it.
    fn address(&mut self, url: &str) -> (SocketAddr, String) {
        let (path, listener) = Stage::listener(url);
        let path = if path.is_empty() { "/" } else { path };
        (self.server.listening(listener), path.to_owned())
    }

    /// The path in a documented URL, and the listener that it leads to.
    fn listener(url: &str) -> (&str, &'static str) {
        let rest = url.strip_prefix("http://localhost:").expect("this machine");
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let port: u16 = rest[..digits].parse().expect("a port");
        let listener = LISTENERS.iter().find(|(known, _)| *known == port);
        (&rest[digits..], listener.expect("a documented port").1)
    }
}

/// A token with these claims and an hour to live.
fn signed(claims: &str) -> String {
    let mut claims = parse(claims);
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    claims["exp"] = serde_json::json!(now.as_secs() + 3600);
    token::signed(&claims)
}
