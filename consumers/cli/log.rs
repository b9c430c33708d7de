//! Where the log goes, and how it looks.

use super::failure::Failure;
use maitred::connection_id;
use std::fmt;
use std::io::{IsTerminal, stderr};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

const FILTER: &str = "MAITRED_LOG";
const FORMAT: &str = "MAITRED_LOG_FORMAT";

/// To stderr: for people on a terminal, else as JSON, a line for each entry; or as the environment says.
pub fn start() -> Result<(), Failure> {
    let filter = match std::env::var(FILTER) {
        Ok(text) if !text.trim().is_empty() => EnvFilter::try_new(&text)
            .map_err(|e| Failure::Config(format!("{FILTER}={text}: {e}")))?,
        _ => EnvFilter::new("info"),
    };
    let terminal = stderr().is_terminal();
    let people = match std::env::var(FORMAT).as_deref() {
        Ok("text") => true,
        Ok("json") => false,
        Ok("") | Err(_) => terminal,
        Ok(other) => {
            let text = format!("{FORMAT}={other}: it is \"text\" or \"json\"");
            return Err(Failure::Config(text));
        }
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    let format = tracing_subscriber::fmt::format();
    if people {
        // said here, because the line is put together apart from the writer that would know
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let format = format.with_ansi(terminal && !plain);
        log.event_format(Numbered(format)).init();
    } else {
        let format = format.json().flatten_event(true);
        log.json().event_format(Numbered(format)).init();
    }
    Ok(())
}

/// Every line that a connection's task writes has the connection's number, also what the application logs.
struct Numbered<F>(F);

impl<S, N, F> FormatEvent<S, N> for Numbered<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(id) = connection_id().filter(|_| !names_connection(event)) else {
            return self.0.format_event(ctx, writer, event);
        };
        let mut line = String::new();
        self.0.format_event(ctx, Writer::new(&mut line), event)?;
        match line.strip_prefix('{') {
            Some(rest) => write!(writer, "{{\"connection\":{id},{rest}"),
            None => writeln!(writer, "{} connection={id}", line.trim_end()),
        }
    }
}

/// Whether the event names a connection itself.
fn names_connection(event: &Event<'_>) -> bool {
    event.metadata().fields().field("connection").is_some()
}
