//! `maitred explain`

use super::database::database;
use super::failure::Failure;
use super::house;
use super::keys::KeyArgs;
use super::output::say;
use super::routing::{RoutingArgs, parse};
use clap::Args;
use maitred::{Explained, Setting, StoreConfig};
use std::path::PathBuf;

/// Shows where a path leads: the listener, the route, the consumer, each setting and where it was set, and the groups.
///
/// The groups are those that the consumer joins with the rows as they are now. The server may run meanwhile, and is not affected.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  maitred explain /ws/orders/7/ --demo\n  MAITRED_TOKEN=$(maitred token --role waiter --id 10 --restaurant 2) maitred explain /ws/waiters/10/"
)]
pub struct Explain {
    /// The path, as a client would ask for it
    path: String,
    /// Only on this listener
    #[arg(long, value_name = "NAME")]
    listener: Option<String>,
    /// The client's token: the groups depend on it
    // In the environment it is safer: every user of this machine can read a command line.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "MAITRED_TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
    /// Assumes the rules of `serve --demo`
    #[arg(long)]
    demo: bool,
    /// The database file [default: maitred.db, in a demo maitred-demo.db]
    #[arg(long, value_name = "PATH", env = "MAITRED_DATABASE")]
    database: Option<PathBuf>,
    #[command(flatten)]
    routing: RoutingArgs,
    #[command(flatten)]
    keys: KeyArgs,
}

impl Explain {
    pub fn run(self) -> Result<(), Failure> {
        let source = self.routing.read()?;
        let mut routing = parse(&source)?;
        if self.demo {
            routing = routing.demo();
        }
        let mut found = routing.explain(&self.path);
        if let Some(name) = &self.listener {
            found.retain(|explained| explained.listener == *name);
        }
        if found.is_empty() {
            return Err(Failure::Failed(format!(
                "{}: no route leads to {}",
                source.name, self.path
            )));
        }
        for explained in &found {
            say(&format!(
                "{} at {}",
                self.path,
                explained.addresses.join(", ")
            ))?;
            say(&format!("  listener   {}", explained.listener))?;
            say(&format!(
                "  route      {} ({}, line {})",
                explained.route, source.name, explained.line
            ))?;
            say(&format!("  protocol   {}", explained.protocol))?;
            if let Some(namespace) = &explained.namespace {
                say(&format!("  namespace  {namespace}"))?;
            }
            say(&format!("  consumer   {}", explained.consumer))?;
            for (name, value) in &explained.params {
                say(&format!("  parameter  {name} = {value}"))?;
            }
            say(&format!(
                "  groups     {}",
                self.groups(explained, &routing)?
            ))?;
            say("  policy")?;
            settings(&explained.policy)?;
            say("  before the route is known")?;
            settings(&explained.edge)?;
        }
        say("limits of the whole process")?;
        settings(&routing.process_limits())
    }

    /// A line about the groups: they need rows, and often a token.
    fn groups(&self, explained: &Explained, routing: &maitred::Routing) -> Result<String, Failure> {
        let required = explained
            .policy
            .iter()
            .any(|s| s.key == "auth" && s.value == "required");
        if required && self.token.is_none() {
            return Ok("depend on who asks: give --token".to_owned());
        }
        let database = database(self.database.as_deref(), self.demo);
        if !database.exists() {
            return Ok(format!(
                "depend on the rows: there is no {}",
                database.display()
            ));
        }
        let preview = house::preview(
            routing,
            self.keys.load()?.as_ref(),
            &StoreConfig::new(database),
            (&explained.listener, &self.path, &explained.consumer),
            self.token.as_deref(),
        )?;
        let groups = match preview.groups.is_empty() {
            true => "none".to_owned(),
            false => preview.groups.join(", "),
        };
        Ok(match preview.refused {
            None => groups,
            Some(error) => format!("{groups}; refused: {} ({})", error.code, error.text),
        })
    }
}

fn settings(all: &[Setting]) -> Result<(), Failure> {
    let keys = all.iter().map(|s| s.key.len()).max().unwrap_or(0);
    let values = all.iter().map(|s| s.value.len()).max().unwrap_or(0);
    let values = values.min(24);
    for Setting {
        key, value, set_by, ..
    } in all
    {
        say(&format!("    {key:keys$} = {value:values$}  # {set_by}"))?;
    }
    Ok(())
}
