//! Which files of its crate a file names: every path that begins with `crate`, `super`, `self` or a module beside it, wherever it stands.

use super::sources::Source;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A module's or an item's path from the root of its crate: `["store", "rows", "Row"]`.
type Path = Vec<String>;

/// How often a name may be handed on by `use` before it is given up: more than any tree has, so that two globs that name each other end.
const HOPS: usize = 16;

/// One file names another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// Indexes into the sources that were read.
    pub from: usize,
    pub to: usize,
    pub line: usize,
    /// As it was written, with `crate::` before it.
    pub path: String,
}

/// A path as a file writes it.
struct Written {
    path: Path,
    line: usize,
    /// The name that a `use` gives to it.
    bound: Option<String>,
    glob: bool,
    /// Whether a `use` hands it on to others.
    handed_on: bool,
}

#[derive(Default)]
struct File {
    written: Vec<Written>,
    /// What it defines itself, by name.
    items: HashSet<String>,
    /// The words of its code, those in a `use` aside.
    words: HashSet<String>,
}

impl File {
    /// Handing a name on is no import of what it stands for, unless the file says the name itself.
    fn needs(&self, written: &Written) -> bool {
        !written.handed_on
            || written
                .bound
                .as_ref()
                .is_some_and(|n| self.words.contains(n))
    }
}

/// What is known of the files of one crate.
pub struct Crate {
    /// By module path; the root is the empty one.
    modules: HashMap<Path, usize>,
    files: Vec<File>,
}

impl Crate {
    /// Reads the files below `root`, as in `src/`.
    pub fn read(root: &str, sources: &[Source]) -> Self {
        let mut modules = HashMap::new();
        for (index, source) in sources.iter().enumerate() {
            modules.insert(module_of(root, &source.path), index);
        }
        let files = sources
            .iter()
            .map(|source| {
                let tokens: TokenStream = source.text.parse().expect("a file that compiles");
                let mut reading = Reading {
                    modules: &modules,
                    file: File::default(),
                    hands_on: false,
                };
                reading.tokens(tokens, &mut module_of(root, &source.path), true);
                reading.file
            })
            .collect();
        Crate { modules, files }
    }

    /// Every naming of one file by another. A name that a module hands on with `use` counts as the file that defines it.
    pub fn imports(&self) -> Vec<Import> {
        let mut found = BTreeMap::new();
        for (from, file) in self.files.iter().enumerate() {
            for written in file.written.iter().filter(|w| file.needs(w)) {
                let to = match self.defining(&written.path, HOPS) {
                    Some(to) if to != from => to,
                    _ => continue,
                };
                let import = Import {
                    from,
                    to,
                    line: written.line,
                    path: format!("crate::{}", written.path.join("::")),
                };
                found.entry((from, to, written.line)).or_insert(import);
            }
        }
        found.into_values().collect()
    }

    /// The file that defines what is at `path`.
    fn defining(&self, path: &[String], hops: usize) -> Option<usize> {
        let mut end = path.len();
        while !self.modules.contains_key(&path[..end]) {
            end = end.checked_sub(1)?;
        }
        let module = self.modules[&path[..end]];
        let Some(name) = path.get(end) else {
            return Some(module);
        };
        let file = &self.files[module];
        if hops == 0 || file.items.contains(name) {
            return Some(module);
        }
        let onward = |target: &Path| {
            let mut target = target.clone();
            target.extend_from_slice(&path[end + 1..]);
            target
        };
        let bound = file
            .written
            .iter()
            .filter(|w| w.bound.as_deref() == Some(name) && w.path != path);
        if let Some(known) = bound
            .filter_map(|w| self.defining(&onward(&w.path), hops - 1))
            .next()
        {
            return Some(known);
        }
        let globs = file
            .written
            .iter()
            .filter(|w| w.glob && w.path != path[..end]);
        globs
            .filter_map(|w| {
                let mut target = w.path.clone();
                target.extend_from_slice(&path[end..]);
                let known = self.defining(&target, hops - 1)?;
                (self.files[known].items.contains(path.last()?)).then_some(known)
            })
            .next()
            .or(Some(module))
    }
}

/// `src/store/rows.rs` is `store::rows`, `src/store/mod.rs` is `store`, `src/lib.rs` the root.
fn module_of(root: &str, path: &str) -> Path {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut parts: Path = inside.split('/').map(str::to_owned).collect();
    if matches!(
        parts.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        parts.pop();
    }
    parts
}

struct Reading<'a> {
    modules: &'a HashMap<Path, usize>,
    file: File,
    /// Whether the `use` that is being read is a `pub` one.
    hands_on: bool,
}

impl Reading<'_> {
    /// Reads `tokens`, which stand in `module`; `outermost`, if not inside of some item's braces.
    fn tokens(&mut self, tokens: TokenStream, module: &mut Path, outermost: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    self.file.words.insert(word.clone());
                    let after_path =
                        at >= 2 && is(&tokens[at - 1], ':') && is(&tokens[at - 2], ':');
                    if word == "use" {
                        let end = (at..tokens.len())
                            .find(|i| is(&tokens[*i], ';'))
                            .unwrap_or(tokens.len());
                        let before = at.checked_sub(1).map(|i| &tokens[i]);
                        self.hands_on = match before {
                            Some(TokenTree::Ident(word)) => *word == "pub",
                            Some(TokenTree::Group(_)) => at >= 2 && is_word(&tokens[at - 2], "pub"),
                            _ => false,
                        };
                        self.tree(&tokens[at + 1..end], Vec::new(), module);
                        at = end;
                    } else if word == "mod" && braces(tokens.get(at + 2)).is_some() {
                        let name = tokens[at + 1].to_string();
                        let body = braces(tokens.get(at + 2)).expect("just seen");
                        // tests may look at several rooms together
                        if name != "tests" {
                            module.push(name);
                            self.tokens(body, module, false);
                            module.pop();
                        }
                        at += 2;
                    } else {
                        if outermost {
                            self.defined(&word, tokens.get(at + 1));
                        }
                        if !after_path && colons(&tokens, at + 1) {
                            at = self.path(&tokens, at, module);
                        }
                    }
                }
                TokenTree::Group(group) => self.tokens(group.stream(), module, false),
                _ => {}
            }
            at += 1;
        }
    }

    fn defined(&mut self, word: &str, next: Option<&TokenTree>) {
        let introduces = [
            "struct",
            "enum",
            "fn",
            "trait",
            "type",
            "const",
            "static",
            "union",
            "macro_rules",
        ];
        match next {
            Some(TokenTree::Ident(name)) if introduces.contains(&word) => {
                self.file.items.insert(name.to_string());
            }
            _ => {}
        }
    }

    /// A path in an expression or a type, from `at`; where it ends.
    fn path(&mut self, tokens: &[TokenTree], at: usize, module: &Path) -> usize {
        let line = tokens[at].span().start().line;
        let mut written = vec![tokens[at].to_string()];
        let mut end = at;
        while colons(tokens, end + 1) {
            match tokens.get(end + 3) {
                Some(TokenTree::Ident(word)) => {
                    self.file.words.insert(word.to_string());
                    written.push(word.to_string());
                }
                _ => break,
            }
            end += 3;
        }
        if let Some(path) = self.absolute(&written, module) {
            self.file.written.push(Written {
                path,
                line,
                bound: None,
                glob: false,
                handed_on: false,
            });
        }
        end
    }

    /// What a `use` names: `a::{b, c::*}` after `before`.
    fn tree(&mut self, tokens: &[TokenTree], before: Vec<String>, module: &Path) {
        let mut written = before;
        let mut line = 0;
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(word) if word == "as" => {
                    let alias = tokens.get(at + 1).map(ToString::to_string);
                    return self.leaf(written, line, alias, false, module);
                }
                TokenTree::Ident(word) => {
                    line = word.span().start().line;
                    // a list's `self` is what stands before the list
                    if word != "self" || written.is_empty() {
                        written.push(word.to_string());
                    }
                }
                TokenTree::Punct(mark) if mark.as_char() == '*' => {
                    line = mark.span().start().line;
                    return self.leaf(written, line, None, true, module);
                }
                TokenTree::Group(list) => {
                    let inner: Vec<TokenTree> = list.stream().into_iter().collect();
                    for item in inner.split(|token| is(token, ',')) {
                        if !item.is_empty() {
                            self.tree(item, written.clone(), module);
                        }
                    }
                    return;
                }
                _ => {}
            }
            at += 1;
        }
        let name = written.last().cloned();
        self.leaf(written, line, name, false, module);
    }

    fn leaf(
        &mut self,
        written: Vec<String>,
        line: usize,
        bound: Option<String>,
        glob: bool,
        module: &Path,
    ) {
        if let Some(path) = self.absolute(&written, module) {
            self.file.written.push(Written {
                path,
                line,
                bound,
                glob,
                handed_on: self.hands_on,
            });
        }
    }

    /// From the root of the crate, or nothing where it is another crate's.
    fn absolute(&self, written: &[String], module: &Path) -> Option<Path> {
        let (first, mut rest) = written.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.clone(),
            "super" => module[..module.len().checked_sub(1)?].to_vec(),
            _ => {
                let mut child = module.clone();
                child.push(first.clone());
                if !self.modules.contains_key(&child) {
                    return None;
                }
                child
            }
        };
        while rest.first().is_some_and(|part| part == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend_from_slice(rest);
        Some(base)
    }
}

fn is(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == mark)
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |i: usize| tokens.get(i).is_some_and(|token| is(token, ':'));
    colon(at) && colon(at + 1)
}

fn braces(token: Option<&TokenTree>) -> Option<TokenStream> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            Some(group.stream())
        }
        _ => None,
    }
}
