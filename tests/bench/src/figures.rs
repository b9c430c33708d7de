//! Figures of several rounds, and how they are written.

use std::fs;

pub fn median(all: &[f64]) -> Option<f64> {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    let middle = all.len() / 2;
    match all.len() % 2 {
        _ if all.is_empty() => None,
        0 => Some((all[middle - 1] + all[middle]) / 2.0),
        _ => Some(all[middle]),
    }
}

pub fn spread(all: &[f64]) -> String {
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

pub fn short(n: f64) -> String {
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

pub fn machine(rounds: usize) -> String {
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
