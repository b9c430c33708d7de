//! Runs the dialogues in `tests/transcripts/socket.io/`: what several clients say and hear at the same time.
//!
//! ```text
//! # A comment.
//! $ dao = io("http://localhost:3000/orders") as {"sub":"901","role":"driver"}       opens a namespace; with a token that says this
//! $ tv = io("http://localhost:3001", {"batch":true}) as {"role":"kitchen"}          with more in its `auth`
//! dao > accept-order {"orderId":6}                                                 emits
//! dao ? accept-order {"orderId":6}                                                 emits with a callback
//! dao = {"ok":true}                                                                what the callback gets
//! dao < order-accepted {"order":{"id":6}}                                          must be the next event
//! dao x                                                                            is disconnected by the server
//! $ POST http://localhost:3000/orders as {"role":"staff"} {"customerName":"Mia"}    asks over HTTP, with a token that says this
//! = 201 {"orderId":"order-7"}                                                      the answer
//! $ sqlite3 maitred.db "UPDATE ..."                                                another program writes
//! ```
//!
//! `<int>`, `<time>`, `<text>` and `<any>` stand for what differs from run to run. `BLESS=1 cargo test -p restaurant dialogues` writes what came into the
//! files; read the difference before you commit it.

use crate::support::client::parse;
use crate::support::socket_io::SocketIo;
use crate::support::{Server, http, token};
use crate::transcripts::{general, matches, quoted};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The listener behind a documented port.
pub const LISTENERS: [(u16, &str); 2] = [(3000, "delivery"), (3001, "kitchen")];

#[test]
fn dialogues_of_several_go_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/transcripts/socket.io");
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
    io: SocketIo,
    namespace: String,
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
            ">" | "?" => {
                let (event, data) = rest.split_once(' ').unwrap_or((rest, ""));
                let data: Vec<Value> = match data {
                    "" => Vec::new(),
                    data => vec![parse(data)],
                };
                if verb == ">" {
                    player.io.emit(&player.namespace, event, &data);
                } else {
                    let answer = player.io.ask(&player.namespace, event, &data);
                    let answer: Vec<String> = answer.iter().map(Value::to_string).collect();
                    self.answer = Some(answer.join(" "));
                }
                line.to_owned()
            }
            "=" => {
                let answer = self.answer.take().expect("something was asked");
                self.compare(n, &format!("{who} = "), rest, &answer)
            }
            "<" => {
                // A copy of what came one by one comes when it comes.
                let told = loop {
                    let told = player.io.next(&player.namespace);
                    if told.name != "orders:batch_update" || rest.starts_with("orders:batch") {
                        break told;
                    }
                };
                let data: Vec<String> = told.arguments.iter().map(Value::to_string).collect();
                let came = format!("{} {}", told.name, data.join(" "));
                self.compare(n, &format!("{who} < "), rest, &came)
            }
            "x" => {
                player.io.is_disconnected(&player.namespace);
                line.to_owned()
            }
            _ => panic!("line {n}: {line}"),
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
            let player = Player { io, namespace };
            self.players.insert(name.to_owned(), player);
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
        let rest = url.strip_prefix("http://localhost:").expect("this machine");
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let port: u16 = rest[..digits].parse().expect("a port");
        let listener = LISTENERS.iter().find(|(known, _)| *known == port);
        let address = self
            .server
            .listening(listener.expect("a documented port").1);
        let path = &rest[digits..];
        (address, if path.is_empty() { "/" } else { path }.to_owned())
    }
}

/// A token with these claims and an hour to live.
fn signed(claims: &str) -> String {
    let mut claims = parse(claims);
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    claims["exp"] = serde_json::json!(now.as_secs() + 3600);
    token::signed(&claims)
}
