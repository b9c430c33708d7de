//! The table: rounds in which every row has its turn, so that what the machine does meanwhile hits all alike.

use crate::catalogue;
use crate::load::Report;
use crate::row::{Load, Row, Who, Wish};
use std::fs;

/// A row's figures, one for each round.
#[derive(Default)]
struct Figures {
    own: Vec<f64>,
    other: Vec<f64>,
    ratio: Vec<f64>,
}

/// What became of the messages of all runs.
#[derive(Default)]
struct Care {
    delivered: u64,
    lost: i64,
    late: u64,
    out_of_order: u64,
    astray: u64,
    wrong: Vec<String>,
}

/// Measures and prints; an error when a message was lost, doubled or out of order.
pub fn print(quick: bool, rounds: usize, only: &str) -> Result<(), String> {
    let rows: Vec<Row> = catalogue::all(quick)
        .into_iter()
        .filter(|row| row.name.contains(only))
        .collect();
    if rows.is_empty() || rounds == 0 {
        return Err(format!("there is nothing to measure: {only:?}"));
    }
    let mut figures: Vec<Figures> = rows.iter().map(|_| Figures::default()).collect();
    let mut care = Care::default();
    for round in 1..=rounds {
        let mut reached = 10_000.0;
        let mut last: Option<(Row, Option<Report>, Option<Report>)> = None;
        for (row, figures) in rows.iter().zip(&mut figures) {
            let (own, other) = match last.take() {
                // another figure of the same runs
                Some((same, own, other)) if same.same_runs(row) => (own, other),
                _ => {
                    eprintln!("round {round} of {rounds}: {}", row.name);
                    let own = care.of(row, row.who, reached);
                    let other = row.against.and_then(|who| care.of(row, who, reached));
                    (own, other)
                }
            };
            if let Some(own) = &own {
                if row.who == Who::Restaurant && row.load == Load::Spinning {
                    reached = own.actions_per_s;
                }
                figures.own.push((row.value)(own));
            }
            if let Some(other) = &other {
                figures.other.push((row.value)(other));
            }
            if let (Some(own), Some(other)) = (&own, &other) {
                figures.ratio.push((row.value)(own) / (row.value)(other));
            }
            last = Some((*row, own, other));
        }
    }
    println!("{}\n", machine(rounds));
    println!("| measure | unit | median (least to most) | against | ratio | bound | aim | |");
    println!("|---|---|---|---|---|---|---|---|");
    for (row, figures) in rows.iter().zip(&figures) {
        let (bound, aim, verdict) = judge(row.wish, figures);
        println!(
            "| {} | {} | {} | {} | {} | {bound} | {aim} | {verdict} |",
            row.name,
            row.unit,
            spread(&figures.own),
            spread(&figures.other),
            spread(&figures.ratio),
        );
    }
    println!(
        "\n{} deliveries: {} lost, {} doubled, {} out of order, {} astray.",
        short(care.delivered as f64),
        care.lost,
        care.late,
        care.out_of_order,
        care.astray
    );
    match care.wrong.is_empty() {
        true => Ok(()),
        false => Err(care.wrong.join("\n")),
    }
}

impl Care {
    fn of(&mut self, row: &Row, who: Who, reached: f64) -> Option<Report> {
        let mut wrong = |why: &str| self.wrong.push(format!("{}, {who:?}: {why}", row.name));
        let report = row.measure(who, reached).map_err(|why| wrong(&why)).ok()?;
        if !report.clean() || !report.error.is_empty() {
            let (lost, late) = (report.lost, report.late);
            let (order, astray) = (report.out_of_order, report.wrong_group);
            let why = &report.error;
            wrong(&format!(
                "{lost} lost, {late} doubled, {order} out of order, {astray} astray; {why}"
            ));
        }
        self.delivered += report.deliveries;
        self.lost += report.lost;
        self.late += report.late;
        self.out_of_order += report.out_of_order;
        self.astray += report.wrong_group;
        Some(report)
    }
}

/// The bound, the aim, and which of them the median keeps.
fn judge(wish: Wish, figures: &Figures) -> (String, String, &'static str) {
    let verdict =
        |median: Option<f64>, keeps: &dyn Fn(f64) -> bool, reaches: &dyn Fn(f64) -> bool| {
            match median {
                None => "not measured",
                Some(m) if reaches(m) => "aim",
                Some(m) if keeps(m) => "bound",
                Some(_) => "**missed**",
            }
        };
    let (own, ratio) = (median(&figures.own), median(&figures.ratio));
    match wish {
        Wish::Nothing => Default::default(),
        Wish::Ratio { bound, aim } => (
            format!("{bound}"),
            format!("{aim}"),
            verdict(ratio, &|m| m <= bound, &|m| m <= aim),
        ),
        Wish::RatioAbove(bound) => (
            format!("> {bound}"),
            String::new(),
            verdict(ratio, &|m| m > bound, &|m| m > bound),
        ),
        Wish::AtMost { bound, aim } => (
            format!("at most {bound}"),
            format!("{aim}"),
            verdict(own, &|m| m <= bound, &|m| m <= aim),
        ),
        Wish::AtLeast { bound, aim } => (
            format!("at least {}", short(bound)),
            short(aim),
            verdict(own, &|m| m >= bound, &|m| m >= aim),
        ),
    }
}

fn median(all: &[f64]) -> Option<f64> {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    let middle = all.len() / 2;
    match all.len() % 2 {
        _ if all.is_empty() => None,
        0 => Some((all[middle - 1] + all[middle]) / 2.0),
        _ => Some(all[middle]),
    }
}

fn spread(all: &[f64]) -> String {
    let least = all.iter().copied().min_by(f64::total_cmp);
    let most = all.iter().copied().max_by(f64::total_cmp);
    match (median(all), least, most) {
        (Some(median), Some(least), Some(most)) if all.len() > 1 => {
            format!(
                "**{}** ({} to {})",
                short(median),
                short(least),
                short(most)
            )
        }
        (Some(median), ..) => short(median),
        _ => "-".to_owned(),
    }
}

fn short(n: f64) -> String {
    match n.abs() {
        size if size >= 999.5 => {
            let digits = format!("{size:.0}");
            let mut text = String::new();
            for (at, digit) in digits.char_indices() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    text.push(',');
                }
                text.push(digit);
            }
            text
        }
        size if size >= 99.95 => format!("{n:.0}"),
        size if size >= 9.995 => format!("{n:.1}"),
        _ => format!("{n:.2}"),
    }
}

fn machine(rounds: usize) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model = cpus.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == "model name").then(|| value.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().map_or(0, |n| n.get());
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    format!(
        "{} ({cores} cores for the load), Linux {}, load average {} at the end; {rounds} interleaved rounds; servers on cores {}.",
        model.unwrap_or_default(),
        kernel.trim(),
        load.split(' ').next().unwrap_or_default(),
        std::env::var("BENCH_SERVER_CPUS").unwrap_or_else(|_| "of their choice".to_owned()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(own: &[f64], ratio: &[f64]) -> Figures {
        Figures {
            own: own.to_vec(),
            other: Vec::new(),
            ratio: ratio.to_vec(),
        }
    }

    #[test]
    fn a_verdict_is_of_the_median() {
        let wish = Wish::Ratio {
            bound: 1.3,
            aim: 1.05,
        };
        for (ratios, expected) in [
            (&[1.0, 9.0, 1.04][..], "aim"),
            (&[1.0, 1.2, 1.2, 2.0], "bound"),
            (&[1.31], "**missed**"),
            (&[], "not measured"),
        ] {
            assert_eq!(judge(wish, &figures(&[], ratios)).2, expected);
        }
        let wish = Wish::AtLeast {
            bound: 10_000.0,
            aim: 20_000.0,
        };
        let (bound, aim, verdict) = judge(wish, &figures(&[12_000.0], &[]));
        assert_eq!(
            (bound.as_str(), aim.as_str()),
            ("at least 10,000", "20,000")
        );
        assert_eq!(verdict, "bound");
    }

    #[test]
    fn figures_are_short() {
        for (n, text) in [
            (0.126, "0.13"),
            (9.999, "10.0"),
            (99.96, "100"),
            (999.6, "1,000"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(short(n), text);
        }
        assert_eq!(spread(&[3.0, 1.0, 2.0]), "**2.00** (1.00 to 3.00)");
        assert_eq!(spread(&[3.0]), "3.00");
        assert_eq!(spread(&[]), "-");
    }
}
