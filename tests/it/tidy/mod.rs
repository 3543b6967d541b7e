//! The rules of docs/ARCHITECTURE.md, enforced: ranks, crates, cycles, sizes, heads.

mod dependencies;
mod source;

use std::collections::{BTreeMap, BTreeSet};

use source::{SourceFile, sources};

/// Rank of each module; a module imports only from lower ranks.
const RANKS: [(&str, u8); 14] = [
    ("text", 0),
    ("chat", 1),
    ("quota", 1),
    ("config", 2),
    ("glm", 3),
    ("guard", 3),
    ("journal", 3),
    ("sim", 3),
    ("tools", 4),
    ("agent", 5),
    ("app", 6),
    ("ui", 7),
    ("term", 8),
    ("cli", 9),
];

/// Edges that the ranks would allow and the house does not.
const FORBIDDEN: [(&str, &[&str]); 5] = [
    ("tools", &["sim", "glm"]),
    ("agent", &["sim"]),
    ("app", &["glm", "sim", "agent", "guard", "journal", "tools"]),
    ("ui", &["glm", "sim", "agent", "guard", "journal", "tools"]),
    ("term", &["glm", "sim", "agent", "guard", "journal", "tools"]),
];

/// External crates by module; a crate that is not named for a module may not be used there.
const CRATES: [(&str, &[&str]); 14] = [
    (
        "text",
        &["serde", "unicode_width", "unicode_segmentation", "pulldown_cmark", "nucleo_matcher", "similar", "memchr"],
    ),
    ("chat", &["serde", "serde_json"]),
    ("quota", &["serde", "jiff"]),
    ("config", &["serde", "toml", "toml_edit", "directories", "tempfile", "rustix"]),
    ("glm", &["serde", "serde_json", "reqwest", "rustls", "bytes", "futures_util", "tokio", "thiserror"]),
    ("sim", &["serde", "serde_json", "axum", "bytes", "futures_util", "tokio", "tokio_util", "toml", "jiff"]),
    (
        "guard",
        &[
            "serde",
            "serde_json",
            "tokio",
            "tokio_util",
            "rustix",
            "libc",
            "landlock",
            "seccompiler",
            "tree_sitter",
            "tree_sitter_bash",
            "tempfile",
            "globset",
            "blake3",
            "toml",
        ],
    ),
    (
        "journal",
        &["serde", "serde_json", "tokio", "blake3", "crc32fast", "memchr", "regex", "rustix", "tempfile", "jiff"],
    ),
    (
        "tools",
        &[
            "diffy",
            "serde",
            "serde_json",
            "schemars",
            "tokio",
            "tokio_util",
            "futures_util",
            "ignore",
            "grep_searcher",
            "grep_regex",
            "grep_matcher",
            "globset",
            "regex",
            "blake3",
            "memchr",
            "base64",
            "html2text",
            "reqwest",
            "rustls",
            // in tests
            "tempfile",
        ],
    ),
    ("agent", &["serde", "serde_json", "tokio", "tokio_util", "futures_util"]),
    ("app", &["crossterm", "tui_textarea"]),
    ("ui", &["ratatui", "syntect", "two_face", "tui_textarea", "unicode_segmentation"]),
    ("term", &["crossterm", "ratatui", "tokio", "rustix", "base64", "tempfile"]),
    (
        "cli",
        &[
            "clap",
            "tokio",
            "tokio_util",
            "boon",
            "futures_util",
            "serde",
            "serde_json",
            "rustix",
            "tempfile",
            "jiff",
            "toml",
        ],
    ),
];

/// Crates that only these files of a module may use.
const CONFINED: [(&str, &str, &str); 3] = [
    ("syntect", "ui/highlight", "highlighting is off the hot path"),
    ("two_face", "ui/highlight", "highlighting is off the hot path"),
    ("tui_textarea", "composer", "the editor widget stays behind the composer"),
];

/// Non-test lines of a file.
const FILE_LINES: usize = 600;
/// Non-test lines of a `mod.rs`.
const MOD_LINES: usize = 200;

fn fail_with(what: &str, problems: &[String]) {
    assert!(problems.is_empty(), "{what}:\n  {}", problems.join("\n  "));
}

#[test]
fn every_file_says_what_it_owns() {
    let bare: Vec<String> = sources().iter().filter(|f| !f.text.starts_with("//!")).map(|f| f.path.clone()).collect();
    fail_with("files without a `//!` head", &bare);
}

#[test]
fn files_stay_small() {
    let big: Vec<String> = sources()
        .iter()
        .filter_map(|f| {
            let (lines, limit) = (f.code_lines(), if f.path.ends_with("mod.rs") { MOD_LINES } else { FILE_LINES });
            (lines > limit).then(|| format!("{} has {lines} lines of at most {limit}", f.path))
        })
        .collect();
    fail_with("files that outgrew their room", &big);
}

#[test]
fn main_stays_a_doorstep() {
    let main = sources().into_iter().find(|f| f.path == "main.rs").expect("src/main.rs");
    assert!(main.code_lines() <= 40, "main.rs has {} lines", main.code_lines());
}

#[test]
fn modules_import_only_from_lower_ranks() {
    let ranks = BTreeMap::from(RANKS);
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(&rank) = ranks.get(file.module()) else { continue };
        for target in file.crate_modules() {
            let Some(&other) = ranks.get(target.as_str()) else { continue };
            let forbidden = FORBIDDEN.iter().any(|(m, t)| *m == file.module() && t.contains(&target.as_str()));
            if target != file.module() && (other >= rank || forbidden) {
                wrong.push(format!("{} imports {target}", file.path));
            }
        }
    }
    fail_with("imports against the ranks", &wrong);
}

#[test]
fn every_module_has_a_rank() {
    let known: BTreeSet<&str> = RANKS.iter().map(|(m, _)| *m).collect();
    let unknown: BTreeSet<String> = sources()
        .iter()
        .map(|f| f.module().to_owned())
        .filter(|m| !known.contains(m.as_str()) && m != "main.rs" && m != "lib.rs")
        .collect();
    assert!(unknown.is_empty(), "modules without a rank: {unknown:?}");
}

#[test]
fn crates_stay_where_they_belong() {
    let all: BTreeSet<&str> = CRATES.iter().flat_map(|(_, c)| c.iter().copied()).collect();
    let allowed = BTreeMap::from(CRATES);
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(here) = allowed.get(file.module()) else { continue };
        for name in all.iter().filter(|c| file.uses_crate(c)) {
            let confined = CONFINED.iter().find(|(c, place, _)| c == name && !file.path.contains(place));
            if !here.contains(name) {
                wrong.push(format!("{} uses {name}", file.path));
            } else if let Some((_, place, why)) = confined {
                wrong.push(format!("{} uses {name}, which belongs in {place}: {why}", file.path));
            }
        }
    }
    fail_with("crates outside their rooms", &wrong);
}

#[test]
fn siblings_form_no_cycle() {
    let files = sources();
    let mut cycles = Vec::new();
    for room in source::rooms(&files) {
        if let Some(cycle) = room.cycle() {
            cycles.push(format!("{}: {}", room.path, cycle.join(" → ")));
        }
    }
    fail_with("import cycles between files of one folder", &cycles);
}

#[test]
fn the_rules_notice_a_breach() {
    let bad = SourceFile::new("text/bad.rs", "use crate::{chat::Usage, ui};\nuse tokio::sync::mpsc;\n");
    assert_eq!(bad.crate_modules(), ["chat", "ui"].map(String::from).into());
    assert!(bad.uses_crate("tokio") && !bad.uses_crate("toml"));
    let two = [
        SourceFile::new("x/mod.rs", "mod a;\nmod b;\npub use b::B;\n"),
        SourceFile::new("x/a.rs", "use super::B;\n"),
        SourceFile::new("x/b.rs", "use super::a::A;\n"),
    ];
    assert!(source::rooms(&two).iter().any(|room| room.cycle().is_some()));
}
