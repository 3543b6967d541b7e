//! What the model reads of a search: `path:line:text`, `path-line-text` for context, and how to go on when
//! it was too much. Bounded.

use std::{fmt::Write as _, path::Path};

use super::search::Found;

/// Bytes of an answer: some 15,000 tokens, more than a search should cost.
const BYTES: usize = 60 << 10;

/// What is told of each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Its matching lines.
    Lines,
    /// Its name.
    Names,
}

/// The answer; `name` writes a path.
pub(super) fn text(found: &Found, style: Style, limit: usize, name: impl Fn(&Path) -> String) -> String {
    let mut out = String::new();
    let mut n_told = 0;
    let mut full = false;
    'files: for (path, lines) in &found.files {
        let name = name(path);
        if style == Style::Names {
            full = n_told >= limit || out.len() + name.len() > BYTES;
            if full {
                break;
            }
            out.extend([&name, "\n"]);
            n_told += 1;
            continue;
        }
        if !out.is_empty() && lines.iter().any(|line| !line.hit) {
            out.push_str("--\n");
        }
        for line in lines {
            full = (line.hit && n_told >= limit) || out.len() + name.len() + line.text.len() > BYTES;
            if full {
                break 'files;
            }
            if line.gap {
                out.push_str("--\n");
            }
            let mark = if line.hit { ':' } else { '-' };
            let _ = writeln!(out, "{name}{mark}{}{mark}{}", line.number, line.text);
            n_told += usize::from(line.hit);
        }
    }
    let _ = write!(out, "{}", tail(found, style, n_told as u64, full));
    out.truncate(out.trim_end().len());
    out
}

fn tail(found: &Found, style: Style, n_told: u64, full: bool) -> String {
    let mut tail = String::new();
    let (total, what) = match style {
        Style::Lines => (found.n_matches, "matches"),
        Style::Names => (found.n_files, "files"),
    };
    if found.n_matches == 0 {
        tail.push_str("no match\n");
    } else if full || n_told < total {
        let files = found.n_files;
        let _ = writeln!(
            tail,
            "[{n_told} of {total} {what} in {files} files; narrow with `path`, `glob` or the pattern, or see names with files_only]"
        );
    }
    if found.n_withheld > 0 {
        let n = found.n_withheld;
        let files = if n == 1 { "1 file was" } else { &format!("{n} files were") };
        let _ = writeln!(tail, "[{files} not searched: kept back by a permission rule]");
    }
    tail
}
