//! The import rule: rooms that stand in an order, and no circle of files inside of one.

use super::paths::{Crate, Import};
use super::sources::{self, Source};

/// The most files that may name each other in a circle: a type, its parts and their tests read as one. More is a room without an order.
const CIRCLE: usize = 3;

/// How one crate is laid out, or a part of it.
pub struct House {
    /// Where the crate stands: `src/`.
    pub root: &'static str,
    /// The folder of which the entries are the rooms.
    pub rooms: &'static str,
    /// Importers first: a room may name those of the sets after its own, and none of its own set.
    pub order: &'static [&'static [&'static str]],
}

impl House {
    fn rank(&self, room: &str) -> Option<usize> {
        self.order.iter().position(|set| set.contains(&room))
    }

    /// The room of a file: `store` for `src/store/rows.rs`. `None`: it names everybody, or stands elsewhere.
    fn room<'p>(&self, path: &'p str) -> Option<&'p str> {
        let inside = path.strip_prefix(self.rooms)?;
        let first = inside.split('/').next().unwrap_or("");
        let room = first.strip_suffix(".rs").unwrap_or(first);
        (!["lib", "main", "mod"].contains(&room)).then_some(room)
    }

    pub fn sources(&self) -> Vec<Source> {
        sources::below(&sources::top(), self.root.trim_end_matches('/'))
    }

    /// What is wrong in `all`, the files of the crate: a line for each.
    pub fn wrong(&self, all: &[Source]) -> Vec<String> {
        let imports = Crate::read(self.root, all).imports();
        let mut wrong = self.unranked(all);
        wrong.extend(self.upward(all, &imports));
        wrong.extend(self.circles(all, &imports));
        wrong.extend(all.iter().filter_map(furnished));
        wrong
    }

    fn unranked(&self, all: &[Source]) -> Vec<String> {
        let ours = all.iter().filter(|source| !source.is_test());
        let mut rooms: Vec<_> = ours.filter_map(|s| self.room(&s.path)).collect();
        rooms.dedup();
        rooms.retain(|room| self.rank(room).is_none());
        let say = |room| {
            format!(
                "{}{room}: no rank. Way out: it belongs into one of the rooms, or is a new one, with a place in the order",
                self.rooms
            )
        };
        rooms.into_iter().map(say).collect()
    }

    fn upward(&self, all: &[Source], imports: &[Import]) -> Vec<String> {
        let mut wrong = Vec::new();
        for import in imports {
            let (from, to) = (&all[import.from], &all[import.to]);
            let Some((mine, rank)) = self.room(&from.path).and_then(|r| Some((r, self.rank(r)?)))
            else {
                continue; // it names everybody, or is told of once
            };
            if from.is_test() || self.room(&to.path) == Some(mine) {
                continue;
            }
            let (theirs, where_it_is) = match self.room(&to.path) {
                Some(room) => match self.rank(room) {
                    Some(other) if other > rank => continue,
                    Some(other) if other == rank => (room, "beside it"),
                    _ => (room, "above it"),
                },
                // of a part of a crate, what is outside of it is not looked at
                None if self.rooms != self.root => continue,
                None => ("the root", "which nobody names"),
            };
            wrong.push(format!(
                "{}:{}: {mine} names {theirs}, {where_it_is}: {} (of {}). Way out: move it below both, or let {theirs} hand it in (a value, a trait that {mine} defines)",
                from.path, import.line, import.path, to.path
            ));
        }
        wrong
    }

    fn circles(&self, all: &[Source], imports: &[Import]) -> Vec<String> {
        let inside = |i: &&Import| {
            let room = self.room(&all[i.from].path);
            room.is_some() && room == self.room(&all[i.to].path) && !all[i.from].is_test()
        };
        let mut names = vec![Vec::new(); all.len()];
        for import in imports.iter().filter(inside) {
            names[import.from].push(import.to);
        }
        let mut wrong = Vec::new();
        for circle in circles(&names) {
            if circle.len() <= CIRCLE {
                continue;
            }
            let ties = imports
                .iter()
                .filter(inside)
                .filter(|i| circle.contains(&i.from) && circle.contains(&i.to))
                .map(|i| {
                    let (from, to) = (&all[i.from].path, &all[i.to].path);
                    format!("\n    {from}:{}: {} (of {to})", i.line, i.path)
                });
            wrong.push(format!(
                "{}: {} files name each other in a circle, at most {CIRCLE}. Way out: what several of them need goes to a file of its own{}",
                all[circle[0]].path,
                circle.len(),
                ties.collect::<String>()
            ));
        }
        wrong
    }
}

/// A room's `mod.rs` is its table of contents.
fn furnished(source: &Source) -> Option<String> {
    if !source.path.ends_with("/mod.rs") {
        return None;
    }
    let allowed = [
        "mod ", "pub mod ", "pub(", "use ", "pub use ", "#[", "}", " ",
    ];
    let line = |(n, code): (usize, &str)| {
        let listed = allowed.iter().any(|start| code.starts_with(start))
            && !["fn ", "struct ", "enum ", "impl ", "trait ", "const "]
                .iter()
                .any(|item| {
                    code.trim_start_matches("pub(crate) ")
                        .trim_start_matches("pub ")
                        .starts_with(item)
                });
        (!listed).then(|| {
            format!(
                "{}:{n}: {}. Way out: a mod.rs holds `mod` and `pub use` only, the rest has a file named by its noun",
                source.path,
                code.trim()
            )
        })
    };
    source.code().find_map(line)
}

/// The sets of nodes that reach each other (Tarjan 1972), larger than one.
fn circles(next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    struct Search<'a> {
        next: &'a [Vec<usize>],
        index: Vec<Option<usize>>,
        low: Vec<usize>,
        open: Vec<usize>,
        seen: usize,
        found: Vec<Vec<usize>>,
    }
    fn visit(s: &mut Search<'_>, node: usize) {
        s.index[node] = Some(s.seen);
        s.low[node] = s.seen;
        s.seen += 1;
        s.open.push(node);
        for &other in &s.next[node] {
            match s.index[other] {
                None => {
                    visit(s, other);
                    s.low[node] = s.low[node].min(s.low[other]);
                }
                Some(index) if s.open.contains(&other) => s.low[node] = s.low[node].min(index),
                Some(_) => {}
            }
        }
        if s.index[node] == Some(s.low[node]) {
            let at = s.open.iter().position(|n| *n == node).expect("open");
            let mut circle = s.open.split_off(at);
            circle.sort_unstable();
            s.found.push(circle);
        }
    }
    let mut search = Search {
        next,
        index: vec![None; next.len()],
        low: vec![0; next.len()],
        open: Vec::new(),
        seen: 0,
        found: Vec::new(),
    };
    for node in 0..next.len() {
        if search.index[node].is_none() {
            visit(&mut search, node);
        }
    }
    search.found.retain(|circle| circle.len() > 1);
    search.found
}
