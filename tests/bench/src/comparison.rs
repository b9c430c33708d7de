//! Two builds side by side: every row of ours is measured with both in every round, one right after the other.

use crate::build::Build;
use crate::catalogue;
use crate::deliveries::Deliveries;
use crate::figures::{machine, median, spread};
use crate::load::Report;
use crate::row::{Row, Wish};

/// A ratio within these is noise or nothing.
const SAME: std::ops::RangeInclusive<f64> = 0.97..=1.03;

/// A row's figures of both builds, one for each round.
#[derive(Default)]
struct Figures {
    now: Vec<f64>,
    before: Vec<f64>,
    ratio: Vec<f64>,
}

/// Measures and prints; an error when a message was lost, doubled or out of order. A row that is slower is marked, and no error: a busy machine makes such rows too.
pub fn print(quick: bool, rounds: usize, only: &str, before: &Build) -> Result<(), String> {
    let rows: Vec<Row> = catalogue::all(quick)
        .into_iter()
        .filter(|row| row.who.is_ours() && row.name.contains(only))
        .collect();
    if rows.is_empty() || rounds == 0 {
        return Err(format!("there is nothing to compare: {only:?}"));
    }
    let now = Build::own()?;
    now.check()?;
    before.check()?;
    let mut figures: Vec<Figures> = rows.iter().map(|_| Figures::default()).collect();
    let mut deliveries = Deliveries::default();
    for round in 1..=rounds {
        // What the slower of both reached: the row at half of it asks the same of both.
        let mut reached = 10_000.0;
        let mut last: Option<(Row, [Option<Report>; 2])> = None;
        for (at, (row, figures)) in rows.iter().zip(&mut figures).enumerate() {
            let reports = match last.take() {
                Some((of, reports)) if of.same_figures(row) => reports,
                _ => {
                    eprintln!("round {round} of {rounds}: {}", row.name);
                    let mut measure = |build| deliveries.of(row, row.who, reached, build);
                    // Who goes first changes, because the machine's speed does meanwhile.
                    if (round + at) % 2 == 0 {
                        let now = measure(&now);
                        [now, measure(before)]
                    } else {
                        let before = measure(before);
                        [measure(&now), before]
                    }
                }
            };
            if let [Some(now), Some(before)] = &reports {
                if row.sets_rate() {
                    reached = now.actions_per_s.min(before.actions_per_s);
                }
                let (now, before) = ((row.value)(now), (row.value)(before));
                figures.now.push(now);
                figures.before.push(before);
                figures.ratio.push(now / before);
            }
            last = Some((*row, reports));
        }
    }
    println!("{}\n", machine(rounds));
    println!("| measure | unit | now, median (least to most) | before | now / before | |");
    println!("|---|---|---|---|---|---|");
    let mut outside = 0;
    for (row, figures) in rows.iter().zip(&figures) {
        let verdict = judge(row.wish, &figures.ratio);
        outside += usize::from(!verdict.is_empty());
        println!(
            "| {} | {} | {} | {} | {} | {verdict} |",
            row.name,
            row.unit,
            spread(&figures.now),
            spread(&figures.before),
            spread(&figures.ratio),
        );
    }
    let (least, most) = SAME.into_inner();
    println!(
        "\n{} of {} rows are within {least} to {most}.",
        rows.len() - outside,
        rows.len()
    );
    deliveries.close()
}

/// Nothing when the median is that of two equal builds; otherwise what it is, with a `?` when some rounds say the opposite.
fn judge(wish: Wish, ratios: &[f64]) -> &'static str {
    let Some(median) = median(ratios) else {
        return "not measured";
    };
    if SAME.contains(&median) {
        return "";
    }
    let more_is_better = matches!(wish, Wish::RatioAbove(_) | Wish::AtLeast { .. });
    let unanimous = ratios.iter().all(|ratio| (*ratio > 1.0) == (median > 1.0));
    match ((median > 1.0) == more_is_better, unanimous) {
        (true, true) => "better",
        (true, false) => "better?",
        (false, true) => "**worse**",
        (false, false) => "**worse?**",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_outside_is_marked_by_its_median() {
        let (cost, rate) = (Wish::Nothing, Wish::RatioAbove(1.0));
        for (ratios, of_cost, of_rate) in [
            (&[0.5, 1.0, 9.0][..], "", ""),
            (&[0.97, 1.03, 1.03], "", ""),
            (&[1.04], "**worse**", "better"),
            (&[0.9, 0.96, 0.99], "better", "**worse**"),
            (&[0.9, 0.96, 1.01], "better?", "**worse?**"),
            (&[], "not measured", "not measured"),
        ] {
            assert_eq!(judge(cost, ratios), of_cost, "{ratios:?}");
            assert_eq!(judge(rate, ratios), of_rate, "{ratios:?}");
        }
    }
}
