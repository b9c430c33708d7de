//! Which database file is meant.

use std::path::{Path, PathBuf};

/// Where a restaurant's rows are when nobody says where.
pub const DATABASE: &str = "maitred.db";
/// Where a demo's rows are when nobody says where: it never touches a real restaurant's by accident.
const DEMO_DATABASE: &str = "maitred-demo.db";

/// The file that was named, else the default one.
pub fn database(named: Option<&Path>, demo: bool) -> PathBuf {
    let default = if demo { DEMO_DATABASE } else { DATABASE };
    named.map_or_else(|| default.into(), Path::to_owned)
}
