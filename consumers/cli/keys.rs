//! The key that tokens are signed and verified with.

use super::failure::Failure;
use clap::Args;
use maitred::{Error, Keys};
use std::path::PathBuf;

const SECRET: &str = "MAITRED_JWT_SECRET";

pub const HELP: &str = "\
Keys:
  MAITRED_JWT_SECRET  a secret of at least 32 bytes for HS256, shared with whoever else signs tokens. Only in the environment,
                      because every user of this machine can read a command line. Make one with: openssl rand -hex 32
  --key-file PATH     the same in a file, or a public key in PEM format (RS256, ES256 or EdDSA). Counts more than the secret.";

const ADVICE: &str = "\
there is no key for tokens. Make one, and keep it:

    export MAITRED_JWT_SECRET=$(openssl rand -hex 32)

or name a file that holds a secret or a public key (PEM): --key-file PATH.";

#[derive(Debug, Args)]
pub struct KeyArgs {
    /// A file with a secret (HS256) or a public key in PEM format (RS256, ES256, EdDSA)
    #[arg(long, value_name = "PATH", env = "MAITRED_KEY_FILE")]
    key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// The configured key, if there is one.
    pub fn load(&self) -> Result<Option<Keys>, Failure> {
        match (&self.key_file, std::env::var_os(SECRET)) {
            (Some(path), _) => Ok(Some(Keys::from_file(path)?)),
            // An empty variable is how shells and service files unset one.
            (None, Some(secret)) if !secret.is_empty() => Keys::hs256(secret.as_encoded_bytes())
                .map(Some)
                .map_err(|e| match e {
                    Error::Config(text) => Failure::Config(format!("{SECRET}: {text}")),
                    other => other.into(),
                }),
            (None, _) => Ok(None),
        }
    }

    /// The configured key; without one it says how to make one. `otherwise` is one more way out.
    pub fn require(&self, otherwise: &str) -> Result<Keys, Failure> {
        self.load()?
            .ok_or_else(|| Failure::Config(format!("{ADVICE}{otherwise}")))
    }
}

/// A key for this run only.
pub fn random() -> Result<Keys, Failure> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|e| Failure::Failed(format!("no random numbers: {e}")))?;
    Ok(Keys::hs256(&secret)?)
}
