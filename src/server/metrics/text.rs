//! The text that Prometheus reads (exposition format 0.0.4).

use std::fmt::{Display, Write};

/// The content type of the format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Metrics, one family after the other.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    pub fn counter(&mut self, name: &str, help: &str) -> Family<'_> {
        self.family(name, help, "counter")
    }

    pub fn gauge(&mut self, name: &str, help: &str) -> Family<'_> {
        self.family(name, help, "gauge")
    }

    fn family(&mut self, name: &str, help: &str, kind: &str) -> Family<'_> {
        // `write!` to a String cannot fail
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Family {
            text: &mut self.0,
            name: name.to_owned(),
        }
    }

    /// `bounds` and `sum` are divided by `unit`: 1,000,000 for microseconds that are told in seconds.
    pub fn histogram(
        &mut self,
        name: &str,
        help: &str,
        bounds: &[u64],
        unit: u64,
        add: impl FnOnce(&mut [u64], &mut u64, &mut u64),
    ) {
        let (mut ranges, mut above, mut sum) = (vec![0; bounds.len()], 0, 0);
        add(&mut ranges, &mut above, &mut sum);
        let scaled = |n: u64| n as f64 / unit as f64;
        let mut family = self.family(name, help, "histogram");
        let name = family.name.clone();
        let mut so_far = 0;
        family.name = format!("{name}_bucket");
        for (bound, n) in bounds.iter().zip(ranges) {
            so_far += n;
            family.with(&[("le", &scaled(*bound))], so_far);
        }
        so_far += above;
        family.with(&[("le", &"+Inf")], so_far);
        family.name = format!("{name}_sum");
        family.value(scaled(sum));
        family.name = format!("{name}_count");
        family.value(so_far);
    }

    pub fn finish(self) -> String {
        self.0
    }
}

/// The samples of one metric.
pub(super) struct Family<'t> {
    text: &'t mut String,
    name: String,
}

impl Family<'_> {
    pub fn value(&mut self, value: impl Display) -> &mut Self {
        self.with(&[], value)
    }

    pub fn with(&mut self, labels: &[(&str, &dyn Display)], value: impl Display) -> &mut Self {
        self.text.push_str(&self.name);
        for (i, (label, of)) in labels.iter().enumerate() {
            let open = if i == 0 { '{' } else { ',' };
            let of = escaped(&of.to_string());
            let _ = write!(self.text, r#"{open}{label}="{of}""#);
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.text, "{close} {value}");
        self
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Histogram;

    #[test]
    fn as_prometheus_reads_it() {
        let mut t = Text::default();
        t.counter("a_total", "What a is.")
            .with(&[("path", &"/x\"\\\n"), ("n", &1)], 2)
            .with(&[], 3);
        let h = Histogram::<2>::default();
        for value in [1, 500, 501, 2_000_000] {
            h.record(&[500, 1_000], value);
        }
        t.histogram("b_seconds", "B.", &[500, 1_000], 1_000_000, |r, a, s| {
            h.add_to(r, a, s);
        });
        assert_eq!(
            t.finish(),
            "# HELP a_total What a is.\n# TYPE a_total counter\na_total{path=\"/x\\\"\\\\\\n\",n=\"1\"} 2\na_total 3\n\
             # HELP b_seconds B.\n# TYPE b_seconds histogram\nb_seconds_bucket{le=\"0.0005\"} 2\nb_seconds_bucket{le=\"0.001\"} 3\n\
             b_seconds_bucket{le=\"+Inf\"} 4\nb_seconds_sum 2.001002\nb_seconds_count 4\n"
        );
    }
}
