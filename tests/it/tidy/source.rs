//! Reads the sources as text: which modules, crates and siblings a file names.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// One file under `src`.
pub(super) struct SourceFile {
    /// Path below `src`, with `/`.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
    /// Its code: without comments, strings and tests.
    code: String,
}

impl SourceFile {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into(), code: flatten_uses(&strip(without_tests(text))) }
    }

    /// The top-level module, or the file's own name at the top.
    pub(super) fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Lines that are not tests.
    pub(super) fn code_lines(&self) -> usize {
        if self.path.ends_with("tests.rs") || self.path.contains("/tests/") {
            return 0;
        }
        without_tests(&self.text).lines().count()
    }

    /// Top-level modules of this crate that the file names.
    pub(super) fn crate_modules(&self) -> BTreeSet<String> {
        paths_after(&self.code, "crate::").into_iter().map(|p| p[0].clone()).collect()
    }

    /// The file names this external crate in a path.
    pub(super) fn uses_crate(&self, name: &str) -> bool {
        let needle = format!("{name}::");
        self.code.match_indices(&needle).any(|(at, _)| {
            let before = self.code[..at].chars().next_back();
            before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':'))
        })
    }

    /// Paths within the crate that the file names, from the crate's root.
    fn inner_paths(&self) -> BTreeSet<Vec<String>> {
        let own = self.module_path();
        let mut all = paths_after(&self.code, "crate::");
        for (prefix, up) in [("super::super::", 2), ("super::", 1), ("self::", 0)] {
            for tail in paths_after(&self.code, prefix) {
                if tail.first().is_some_and(|t| t == "super") || up > own.len() {
                    continue;
                }
                all.insert([&own[..own.len() - up], &tail].concat());
            }
        }
        all
    }

    fn module_path(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').map(String::from).collect()
    }
}

/// All files under `src`.
pub(super) fn sources() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("src is readable").map(|e| e.expect("entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "rs") {
                let path = entry.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
                files.push(SourceFile::new(&path, &fs::read_to_string(&entry).expect("UTF-8")));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// A folder: its children and who names whom.
pub(super) struct Room {
    /// The folder below `src`.
    pub(super) path: String,
    edges: BTreeMap<String, BTreeSet<String>>,
}

impl Room {
    /// A cycle among the children, if there is one.
    pub(super) fn cycle(&self) -> Option<Vec<String>> {
        self.edges.keys().find_map(|start| self.walk(start, &mut vec![start.clone()], &mut BTreeSet::new()))
    }

    fn walk(&self, at: &str, trail: &mut Vec<String>, seen: &mut BTreeSet<String>) -> Option<Vec<String>> {
        for next in self.edges.get(at)? {
            if *next == trail[0] {
                return Some([trail.as_slice(), std::slice::from_ref(next)].concat());
            }
            if seen.insert(next.clone()) {
                trail.push(next.clone());
                if let Some(cycle) = self.walk(next, trail, seen) {
                    return Some(cycle);
                }
                trail.pop();
            }
        }
        None
    }
}

/// Every folder below `src` with the edges between its children. A name that the folder's `mod.rs`
/// re-exports counts as the child that defines it; parent and child may name each other.
pub(super) fn rooms(files: &[SourceFile]) -> Vec<Room> {
    let folders: BTreeSet<Vec<String>> =
        files.iter().filter(|f| f.path.ends_with("/mod.rs")).map(SourceFile::module_path).collect();
    folders
        .iter()
        .map(|folder| {
            let inside: Vec<&SourceFile> = files
                .iter()
                .filter(|f| f.module_path().len() > folder.len() && f.module_path().starts_with(folder))
                .collect();
            let children: BTreeSet<String> = inside.iter().map(|f| f.module_path()[folder.len()].clone()).collect();
            let exports = re_exports(files, folder, &children);
            let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for file in inside.iter().filter(|f| !f.path.ends_with("tests.rs")) {
                let from = file.module_path()[folder.len()].clone();
                for path in file.inner_paths().iter().filter(|p| p.starts_with(folder) && p.len() > folder.len()) {
                    let name = &path[folder.len()];
                    let to = if children.contains(name) { Some(name) } else { exports.get(name) };
                    if let Some(to) = to.filter(|to| **to != from) {
                        edges.entry(from.clone()).or_default().insert(to.clone());
                    }
                }
            }
            Room { path: folder.join("/"), edges }
        })
        .collect()
}

fn re_exports(files: &[SourceFile], folder: &[String], children: &BTreeSet<String>) -> BTreeMap<String, String> {
    let Some(parent) = files.iter().find(|f| f.path.ends_with("/mod.rs") && f.module_path() == folder) else {
        return BTreeMap::new();
    };
    let mut found = BTreeMap::new();
    for line in parent.code.lines().filter(|l| l.contains("use ")) {
        let Some((_, path)) = line.split_once("use ") else { continue };
        let parts: Vec<&str> = path.trim_end_matches(';').trim_start_matches("self::").split("::").collect();
        if parts.len() >= 2 && children.contains(parts[0]) {
            found.insert(parts[parts.len() - 1].to_owned(), parts[0].to_owned());
        }
    }
    found
}

fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at])
}

/// Drops comments and the contents of string literals.
fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let code = line.split("//").next().unwrap_or_default();
        let mut in_string = false;
        let mut escaped = false;
        for c in code.chars() {
            if c == '"' && !escaped {
                in_string = !in_string;
            }
            escaped = c == '\\' && !escaped;
            if !in_string {
                out.push(c);
            }
        }
        out.push('\n');
    }
    out
}

/// Rewrites `use a::{b, c::{d, e}};` as one full path per line; other code stays as it is.
fn flatten_uses(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("use ") {
        let standalone = rest[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == ')');
        let Some(end) = rest[at..].find(';').filter(|_| standalone) else {
            out.push_str(&rest[..at + 4]);
            rest = &rest[at + 4..];
            continue;
        };
        out.push_str(&rest[..at]);
        let tree: String = rest[at + 4..at + end].split_whitespace().collect::<Vec<_>>().join(" ");
        for path in expand(&tree) {
            out.push_str("use ");
            out.push_str(&path);
            out.push_str(";\n");
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}

fn expand(tree: &str) -> Vec<String> {
    let Some(open) = tree.find('{') else {
        return vec![tree.split(" as ").next().unwrap_or(tree).trim().to_owned()];
    };
    let prefix = &tree[..open];
    let inner = tree[open + 1..].strip_suffix('}').unwrap_or(&tree[open + 1..]);
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[from..]);
    parts
        .iter()
        .map(|p| p.trim())
        .filter(|p| !p.is_empty())
        .flat_map(expand)
        .map(|p| if p == "self" { prefix.trim_end_matches("::").to_owned() } else { format!("{prefix}{p}") })
        .collect()
}

/// The identifiers that follow each `prefix` as a path.
fn paths_after(code: &str, prefix: &str) -> BTreeSet<Vec<String>> {
    code.match_indices(prefix)
        .filter(|(at, _)| {
            let before = code[..*at].chars().next_back();
            before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':'))
        })
        .filter_map(|(at, _)| {
            let tail = &code[at + prefix.len()..];
            let end = tail.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(tail.len());
            let parts: Vec<String> = tail[..end].split("::").filter(|p| !p.is_empty()).map(String::from).collect();
            (!parts.is_empty()).then_some(parts)
        })
        .collect()
}
