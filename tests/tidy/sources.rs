//! The files of a source tree, as text.

use std::path::{Path, PathBuf};

pub struct Source {
    /// Below the top, with slashes: `src/store/rows.rs`.
    pub path: String,
    pub text: String,
}

impl Source {
    /// The lines without comments, numbered from 1.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().filter_map(|(n, line)| {
            let code = line.split("//").next().unwrap_or("");
            (!code.trim().is_empty()).then_some((n + 1, code))
        })
    }

    /// Whether the file is compiled for tests only.
    pub fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or("");
        self.path.contains("/tests/")
            || ["tests.rs", "testing.rs", "fixture.rs", "suite.rs"].contains(&name)
    }

    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }
}

pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All Rust files below `top/folder`, by path.
pub fn below(top: &Path, folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&top.join(folder), folder, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

pub fn all(folders: &[&str]) -> Vec<Source> {
    folders.iter().flat_map(|f| below(&top(), f)).collect()
}

fn collect(folder: &Path, name: &str, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let inside = format!("{name}/{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            // what other tools put there
            if inside.ends_with("node_modules") || inside.ends_with("/target") {
                continue;
            }
            collect(&path, &inside, found);
        } else if inside.ends_with(".rs") {
            let text = std::fs::read_to_string(&path).expect("text");
            found.push(Source { path: inside, text });
        }
    }
}
