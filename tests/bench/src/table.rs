//! The table: rounds in which every row has its turn, so that what the machine does meanwhile hits all alike.

use crate::row::{self, Load, Row, Who};
use std::fs;

/// A row's figures, one for each round.
#[derive(Default)]
struct Figures {
    own: Vec<f64>,
    other: Vec<f64>,
    ratio: Vec<f64>,
    wrong: Vec<String>,
}

/// Measures and prints; an error when a message was lost, doubled or out of order.
pub fn print(quick: bool, rounds: usize, only: &str) -> Result<(), String> {
    let rows: Vec<Row> = row::all(quick)
        .into_iter()
        .filter(|row| row.name.contains(only))
        .collect();
    let mut figures: Vec<Figures> = rows.iter().map(|_| Figures::default()).collect();
    for round in 1..=rounds {
        let mut reached = 10_000.0;
        for (row, figures) in rows.iter().zip(&mut figures) {
            eprintln!("round {round} of {rounds}: {}", row.name);
            let Some(own) = measure(row, row.who, reached, figures) else {
                continue;
            };
            figures.own.push(own);
            if row.who == Who::Restaurant && row.load == Load::Spinning {
                reached = own;
            }
            let Some(against) = row.against else {
                continue;
            };
            if let Some(other) = measure(row, against, reached, figures) {
                figures.other.push(other);
                figures.ratio.push(own / other);
            }
        }
    }
    println!("{}\n", machine(rounds));
    println!(
        "| measure | unit | median (least to most) | against | ratio | bound | aim |\n|---|---|---|---|---|---|---|"
    );
    for (row, figures) in rows.iter().zip(&figures) {
        println!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            row.name,
            row.unit,
            spread(&figures.own),
            spread(&figures.other),
            spread(&figures.ratio),
            row.bound,
            row.aim
        );
    }
    let wrong: Vec<&String> = figures.iter().flat_map(|f| &f.wrong).collect();
    match wrong.is_empty() {
        true => {
            println!("\nLost, doubled, out of order: 0.");
            Ok(())
        }
        false => {
            let text: Vec<&str> = wrong.iter().map(|w| w.as_str()).collect();
            Err(text.join("\n"))
        }
    }
}

fn measure(row: &Row, who: Who, reached: f64, figures: &mut Figures) -> Option<f64> {
    match row.measure(who, reached) {
        Ok(report) => {
            if !report.clean() || !report.error.is_empty() {
                let lost = format!(
                    "{}: {} lost, {} late or doubled, {} out of order, {} astray; {}",
                    row.name,
                    report.lost,
                    report.late,
                    report.out_of_order,
                    report.wrong_group,
                    report.error
                );
                figures.wrong.push(lost);
            }
            Some((row.value)(&report))
        }
        Err(why) => {
            figures.wrong.push(format!("{}: {why}", row.name));
            None
        }
    }
}

fn spread(all: &[f64]) -> String {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (all.first(), all.last()) else {
        return "-".to_owned();
    };
    let median = all[all.len() / 2];
    match all.len() {
        1 => short(median),
        _ => format!(
            "**{}** ({} to {})",
            short(median),
            short(*least),
            short(*most)
        ),
    }
}

fn short(n: f64) -> String {
    match n.abs() {
        n if n >= 1_000.0 => {
            let n = n.round();
            format!("{},{:03}", (n / 1_000.0) as u64, (n % 1_000.0) as u64)
        }
        n if n >= 100.0 => format!("{n:.0}"),
        n if n >= 10.0 => format!("{n:.1}"),
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
