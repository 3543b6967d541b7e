//! The permission policy against what other projects decided about the same commands.

use std::path::PathBuf;

use glm_tui::{
    chat::PermissionMode,
    config::Permissions,
    guard::{Escape, Need, Places, Policy, Rung, Verdict},
};
use serde_json::Value;

/// The recorded cases; none (said aloud) where they are missing.
fn cases() -> Vec<Value> {
    let found = ["/../shared/data", "/../../shared/data"]
        .iter()
        .map(|up| PathBuf::from(format!("{}{up}/peers/command-policy/cases.jsonl", env!("CARGO_MANIFEST_DIR"))))
        .find(|file| file.is_file());
    let Some(file) = found else {
        println!("skipped: the recorded cases are not here");
        return Vec::new();
    };
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn argv(case: &Value) -> Vec<&str> {
    case["argv"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

/// The line that has these words.
fn line(argv: &[&str]) -> String {
    let quoted = |word: &&str| {
        let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=,:@".contains(c));
        if plain { (*word).to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
    };
    argv.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

fn decide(line: &str, rung: Rung, mode: PermissionMode) -> Verdict {
    let places = Places { workspace: "/w".into(), ..Places::default() };
    let need = Need::Command { line: line.into(), folder: "/w".into(), escape: Escape::No };
    Policy::new(Permissions::default(), rung, true).protect(places).decide(&need, mode)
}

/// In the full sandbox any plain command of a trusted folder runs; the list of what is safe by itself counts where
/// the sandbox is partial.
#[test]
fn no_answer_is_laxer_than_a_peers() {
    let (mut same, mut stricter) = (0, Vec::new());
    for case in cases() {
        let line = line(&argv(&case));
        let allowed = decide(&line, Rung::Partial, PermissionMode::Ask) == Verdict::Allow;
        match (case["question"].as_str().unwrap(), case["expected"].as_bool()) {
            ("auto_approve", Some(true)) if allowed => same += 1,
            ("auto_approve", Some(true)) => stricter.push(line),
            ("auto_approve", Some(false)) => assert!(!allowed, "{line}"),
            ("dangerous", Some(true)) => {
                for rung in [Rung::Full, Rung::Partial, Rung::None] {
                    for mode in PermissionMode::ALL {
                        assert_ne!(decide(&line, rung, mode), Verdict::Allow, "{line} {rung:?} {mode:?}");
                    }
                }
            }
            _ => {}
        }
    }
    println!("auto_approve: {same} alike, {} stricter: {stricter:?}", stricter.len());
    assert!(stricter.len() <= 2, "too strict to be of use: {stricter:?}");
}

/// What "always" is narrowed to: as the peers narrow it, or not offered at all for what destroys.
#[test]
fn a_standing_yes_is_as_narrow_as_a_peers() {
    for case in cases() {
        let Some(expected) = case["expected"].as_str() else { continue };
        let words = argv(&case);
        // A part that only reads needs no rule; beside one that is asked for, it is left out.
        match decide(&line(&words), Rung::Partial, PermissionMode::Ask) {
            Verdict::Ask(asking) if asking.session.is_some() => {
                assert_eq!(asking.session, Some(format!("Bash({expected})")), "{words:?}");
            }
            Verdict::Ask(asking) => assert!(words[0] == "rm" && asking.always.is_none(), "{words:?}: {asking:?}"),
            Verdict::Allow => assert!(["whoami", "cat"].contains(&words[0]), "{words:?}"),
            Verdict::Deny(why) => panic!("{words:?}: {why}"),
        }
    }
}
