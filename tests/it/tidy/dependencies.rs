//! Licences, banned crates and doubled ones, read from the lock file and the fetched manifests.
//! Asks nothing of the network.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// What a dependency may be licensed under; an `OR` needs one of them, an `AND` all.
/// MIT-0 is MIT without the duty to name the author (borrow-or-share, through boon).
const LICENCES: [&str; 15] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "BSL-1.0",
    "CC0-1.0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "CDLA-Permissive-2.0",
];

/// Crates that may not come in, and why.
const BANNED: [(&str, &str); 4] = [
    ("openssl-sys", "rustls is the one TLS"),
    ("aws-lc-sys", "ring is the one crypto provider"),
    ("yaml-rust", "RUSTSEC-2024-0320"),
    ("native-tls", "rustls is the one TLS"),
];

/// Crates of which there may be one version only: two would not understand each other.
const SINGLE: [&str; 7] = ["crossterm", "ratatui-core", "reqwest", "rustls", "tokio", "serde", "toml"];

/// Name, version and licence of every crate that is built here, dev-dependencies included.
fn packages() -> Vec<[String; 3]> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--prefix", "none", "--edges", "normal,build,dev"])
        .args(["--format", "{p}\t{l}", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: BTreeSet<&str> = text.lines().map(|l| l.trim_end_matches(" (*)")).filter(|l| !l.is_empty()).collect();
    lines.into_iter().map(read_line).collect()
}

/// Reads `name v1.2.3 (path or proc-macro)<tab>licence`.
fn read_line(line: &str) -> [String; 3] {
    let (package, licence) = line.split_once('\t').expect("two columns");
    let mut words = package.split(' ');
    let name = words.next().expect("a name");
    let version = words.next().expect("a version").trim_start_matches('v');
    [name, version, licence].map(str::to_owned)
}

fn licence_is_fine(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], " ").replace('/', " OR ");
    flat.split(" AND ").all(|part| part.split(" OR ").any(|l| LICENCES.contains(&l.trim())))
}

#[test]
fn dependencies_are_licensed_single_and_allowed() {
    let packages = packages();
    let mut problems = Vec::new();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for [name, version, licence] in &packages {
        versions.entry(name.clone()).or_default().insert(version.clone());
        if !licence_is_fine(licence) {
            problems.push(format!("{name} {version} is licensed {licence}"));
        }
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| banned == name) {
            problems.push(format!("{name} is banned: {why}"));
        }
    }
    for name in SINGLE {
        let found = versions.get(name).map_or(0, BTreeSet::len);
        if found > 1 {
            problems.push(format!("{name} comes in {found} versions"));
        }
    }
    assert!(packages.len() > 100, "the dependency tree was read: {}", packages.len());
    assert!(problems.is_empty(), "dependencies:\n  {}", problems.join("\n  "));
}

#[test]
fn licence_expressions_are_understood() {
    for (expression, fine) in [
        ("MIT OR Apache-2.0", true),
        ("MIT/Apache-2.0", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("Apache-2.0 OR GPL-2.0-only", true),
        ("GPL-3.0-only", false),
        ("MIT AND GPL-3.0-only", false),
        ("none", false),
    ] {
        assert_eq!(licence_is_fine(expression), fine, "{expression}");
    }
}
