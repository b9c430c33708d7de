//! The table: rounds in which every row has its turn, so that what the machine does meanwhile hits all alike.

use crate::build::Build;
use crate::catalogue;
use crate::deliveries::Deliveries;
use crate::figures::{machine, median, short, spread};
use crate::load::Report;
use crate::row::{Row, Wish};

/// A row's figures, one for each round.
#[derive(Default)]
struct Figures {
    own: Vec<f64>,
    other: Vec<f64>,
    ratio: Vec<f64>,
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
    let build = Build::own()?;
    let mut deliveries = Deliveries::default();
    for round in 1..=rounds {
        let mut reached = 10_000.0;
        let mut last: Option<(Row, Option<Report>, Option<Report>)> = None;
        for (row, figures) in rows.iter().zip(&mut figures) {
            let (own, other) = match last.take() {
                // another figure of the same runs
                Some((same, own, other)) if same.same_runs(row) => (own, other),
                _ => {
                    eprintln!("round {round} of {rounds}: {}", row.name);
                    let own = deliveries.of(row, row.who, reached, &build);
                    let other = row
                        .against
                        .and_then(|who| deliveries.of(row, who, reached, &build));
                    (own, other)
                }
            };
            if let Some(own) = &own {
                if row.sets_rate() {
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
    deliveries.close()
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
}
