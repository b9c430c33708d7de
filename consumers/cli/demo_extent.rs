//! How much there is in a demo.

use clap::ValueEnum;

/// How much there is in a demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DemoExtent {
    /// A house in the middle of an evening
    Full,
    /// Only what the documents' examples name
    Small,
}
