//! What became of the messages of all runs.

use crate::build::Build;
use crate::figures;
use crate::load::Report;
use crate::row::{Row, Who};

/// Sums over all runs, and what was wrong in which of them.
#[derive(Default)]
pub struct Deliveries {
    delivered: u64,
    lost: i64,
    late: u64,
    out_of_order: u64,
    astray: u64,
    wrong: Vec<String>,
}

impl Deliveries {
    /// Runs `who` once and adds what was delivered. `None` when the run failed: the reason is kept for the end.
    pub fn of(&mut self, row: &Row, who: Who, rate: f64, build: &Build) -> Option<Report> {
        let mut wrong = |why: &str| self.wrong.push(format!("{}, {who:?}: {why}", row.name));
        let report = row
            .measure(who, rate, build)
            .map_err(|why| wrong(&why))
            .ok()?;
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

    /// Prints the sums; an error when a message was lost, doubled, out of order or astray, or a run failed.
    pub fn close(self) -> Result<(), String> {
        println!(
            "\n{} deliveries: {} lost, {} doubled, {} out of order, {} astray.",
            figures::short(self.delivered as f64),
            self.lost,
            self.late,
            self.out_of_order,
            self.astray
        );
        match self.wrong.is_empty() {
            true => Ok(()),
            false => Err(self.wrong.join("\n")),
        }
    }
}
