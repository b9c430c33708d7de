//! The signals by which an operator tells a running server what to do.

use super::failure::Failure;
use super::house;
use super::output::say;
use super::routing::RoutingArgs;
use maitred::{Error, Started};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Whose lines these are in the log, and to MAITRED_LOG.
const TARGET: &str = "maitred::cli::operator";

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instruction {
    /// SIGHUP.
    Reload,
    /// SIGTERM, or Ctrl-C.
    End,
}

pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// From now on signals are instructions to the server, and end nothing by themselves. Within a runtime.
    pub fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|e| Failure::Failed(format!("signals: {e}")));
        Ok(Signals {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    /// The next instruction. Cancel safe.
    pub async fn next(&mut self) -> Instruction {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => Instruction::End,
            _ = self.interrupt.recv() => Instruction::End,
            _ = self.hangup.recv() => Instruction::Reload,
        }
    }

    /// Returns at the next [`Instruction::End`]. Cancel safe.
    pub async fn end(&mut self) {
        while self.next().await != Instruction::End {}
    }
}

/// Reads the routing file again. A mistake in it is logged with all others, and changes nothing. `embedded`: there was none when the server began.
pub async fn reload(server: &mut Started, args: &RoutingArgs, embedded: bool, demo: bool) {
    let source = match args.read() {
        // a file that was moved away by mistake must not open what the built-in one opens
        Ok(source) if source.embedded && !embedded => {
            tracing::error!(target: TARGET, "the routing file is gone: nothing is changed");
            return;
        }
        Ok(source) => source,
        Err(failure) => {
            tracing::error!(
                target: TARGET,
                ?failure,
                "the routing file cannot be read: nothing is changed"
            );
            return;
        }
    };
    let changes = match house::routing(&source) {
        Ok(routing) => {
            let routing = if demo { routing.demo() } else { routing };
            server.reload(routing).await
        }
        Err(error) => Err(error),
    };
    match changes {
        Ok(changes) => {
            for (name, address) in &changes.opened {
                tracing::info!(target: TARGET, listener = name, %address, "listening");
                let _ = say(&format!("listening on {address} ({name})"));
            }
            for (name, address) in &changes.closed {
                tracing::info!(target: TARGET, listener = name, %address, "no longer listening");
            }
            tracing::info!(target: TARGET, routing = source.name, "reloaded");
        }
        Err(Error::Config(mistakes)) => {
            for mistake in mistakes.lines() {
                tracing::error!(target: TARGET, "{mistake}");
            }
            tracing::error!(target: TARGET, routing = source.name, "nothing is changed");
        }
        Err(error) => {
            tracing::error!(target: TARGET, routing = source.name, %error, "nothing is changed")
        }
    }
}
