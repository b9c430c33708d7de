//! What `/metrics` says, read as strictly as the text exposition format (0.0.4) is written.

use super::*;
use std::collections::{BTreeMap, HashMap};

/// The samples of one moment.
#[derive(Debug)]
pub struct Scrape {
    /// By name, with its labels as they stand there.
    samples: BTreeMap<String, f64>,
    /// By the metric's name.
    kinds: HashMap<String, String>,
}

impl Scrape {
    #[track_caller]
    pub fn of(address: SocketAddr) -> Self {
        Scrape::try_of(address).expect("metrics")
    }

    /// Refused where all places are taken.
    pub fn try_of(address: SocketAddr) -> Result<Self, String> {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        write!(
            stream,
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        .expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        if !head.starts_with("HTTP/1.1 200") {
            return Err(text);
        }
        let kind = "content-type: text/plain; version=0.0.4";
        assert!(head.to_ascii_lowercase().contains(kind), "{head}");
        Ok(Scrape::read(body))
    }

    /// Panics at the first line that is not as the format says.
    fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line ends too");
        let mut scrape = Scrape {
            samples: BTreeMap::new(),
            kinds: HashMap::new(),
        };
        let mut helped = String::new();
        let mut current = String::new();
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                helped = help.split(' ').next().expect("a name").to_owned();
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect("a kind");
                assert_eq!(name, helped, "help and type belong together");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                let before = scrape.kinds.insert(name.to_owned(), kind.to_owned());
                assert_eq!(before, None, "all samples of a metric stand together");
                current = name.to_owned();
            } else {
                scrape.sample(&current, line);
            }
        }
        scrape.histograms_add_up();
        scrape
    }

    fn sample(&mut self, metric: &str, line: &str) {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("a number: {line}"));
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').expect("closed")),
            None => (series, ""),
        };
        let word = |text: &str| {
            let mut bytes = text.bytes();
            bytes
                .next()
                .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
                && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        assert!(word(name), "{line}");
        let mut rest = labels;
        while !rest.is_empty() {
            let (label, quoted) = rest.split_once("=\"").expect("a label's value");
            assert!(word(label), "{line}");
            let mut escaped = false;
            let end = quoted.find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            rest = &quoted[end.expect("a closing quote") + 1..];
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        let kind = &self.kinds[metric];
        let suffix = name.strip_prefix(metric).expect("a sample of its metric");
        let fits = match kind.as_str() {
            "histogram" => ["_bucket", "_sum", "_count"].contains(&suffix),
            "counter" => suffix.is_empty() && metric.ends_with("_total") && value >= 0.0,
            _ => suffix.is_empty(),
        };
        assert!(fits, "{kind}: {line}");
        let before = self.samples.insert(series.to_owned(), value);
        assert_eq!(before, None, "twice: {line}");
    }

    fn histograms_add_up(&self) {
        for (name, _) in self.kinds.iter().filter(|(_, kind)| *kind == "histogram") {
            let prefix = format!("{name}_bucket{{le=\"");
            let mut buckets: Vec<(f64, f64)> = self
                .samples
                .iter()
                .filter_map(|(series, n)| {
                    let bound = series.strip_prefix(&prefix)?.strip_suffix("\"}")?;
                    let bound = match bound {
                        "+Inf" => f64::INFINITY,
                        bound => bound.parse().expect("a bound"),
                    };
                    Some((bound, *n))
                })
                .collect();
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(buckets.is_sorted_by(|a, b| a.1 <= b.1), "{name}");
            let last = buckets.last().expect("buckets");
            assert_eq!(*last, (f64::INFINITY, self.get(&format!("{name}_count"))));
            assert!(self.samples.contains_key(&format!("{name}_sum")), "{name}");
        }
    }

    /// `name` with its labels, as they stand there.
    #[track_caller]
    pub fn get(&self, series: &str) -> f64 {
        let found = self.samples.get(series);
        *found.unwrap_or_else(|| panic!("no {series} in {:#?}", self.samples))
    }

    /// How often a limit refused something.
    #[track_caller]
    /// How many series a metric has.
    pub fn count(&self, name: &str) -> usize {
        let is_it = |series: &&String| series.split('{').next() == Some(name);
        self.samples.keys().filter(is_it).count()
    }

    pub fn limited(&self, limit: &str) -> f64 {
        self.get(&format!("maitred_limited_total{{limit=\"{limit}\"}}"))
    }

    #[track_caller]
    pub fn dropped(&self, reason: &str) -> f64 {
        let series = format!("maitred_dropped_frames_total{{reason=\"{reason}\"}}");
        self.get(&series)
    }

    /// All samples of a metric together.
    pub fn sum(&self, name: &str) -> f64 {
        let of = |series: &String| series.split('{').next() == Some(name);
        self.samples
            .iter()
            .filter(|(s, _)| of(s))
            .map(|s| s.1)
            .sum()
    }
}

#[test]
fn what_happened_is_counted() {
    let (server, address) = serve(&file("", ""), None);
    let before = Scrape::of(address);
    assert_eq!(before.sum("maitred_connections"), 0.0);
    assert_eq!(before.sum("maitred_build_info"), 1.0);
    let mut clients = ["a", "a", "b"].map(|group| {
        let mut client = Raw::open(address, &format!("/group/{group}/"));
        client.frame(FIN | PING, b"joined");
        client.read().expect("a pong");
        client
    });
    clients[0].frame(FIN | TEXT, b"hello");
    for client in &mut clients[..2] {
        assert_eq!(client.read(), Some((FIN | TEXT, b"hello".to_vec())));
    }
    let during = Scrape::of(address);
    let route = r#"{listener="all",route="/group/<name>/"}"#;
    assert_eq!(during.get(&format!("maitred_connections{route}")), 3.0);
    assert_eq!(during.sum("maitred_group_members"), 3.0);
    assert_eq!(during.sum("maitred_deliveries_total"), 2.0);
    assert_eq!(during.sum("maitred_received_frames_total"), 4.0);
    assert_eq!(during.sum("maitred_received_bytes_total"), 3.0 * 6.0 + 5.0);
    // three pongs of 8 bytes, two frames of 7
    assert_eq!(during.sum("maitred_sent_bytes_total"), 38.0);
    assert_eq!(during.sum("maitred_writes_total"), 5.0);
    assert!(during.get("maitred_tcp_connections") >= 3.0);
    assert!(during.sum("maitred_tasks") > before.sum("maitred_tasks"));
    for mut client in clients {
        client.frame(FIN | CLOSE, &1000_u16.to_be_bytes());
        assert_eq!(client.close_code(), Some(1000));
    }
    eventually("three have gone", || {
        let after = Scrape::of(address);
        let closed = after.sum("maitred_connections_closed_total");
        let open = after.sum("maitred_connections") + after.sum("maitred_groups");
        match (closed, open) {
            (3.0, 0.0) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    let opened = format!("maitred_connections_opened_total{route}");
    assert_eq!(Scrape::of(address).get(&opened), 3.0);
    server.stop();
}

#[test]
fn metrics_are_nobodys_where_the_file_does_not_say_so() {
    let text = file("", "").replace("metrics = \"all\"\n", "");
    let (server, address) = serve(&text, None);
    let refused = knock(HERE, address, "/metrics", "").expect_err("no endpoint");
    assert_eq!(refused.status, 404);
    server.stop();
}
