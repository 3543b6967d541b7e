//! The settings of permissions: who may tighten, who may loosen, and the text of several rules.
//!
//! A project's own file may only tighten. Knows the order of the modes, not what a rule means.

use super::{settings::SandboxWish, value::Value};
use crate::chat::PermissionMode;

/// What comes of a value that a project's own file would set, against the one in force; or why it may not.
pub(super) fn of_project(key: &str, value: Value, in_force: Option<&Value>) -> Result<Value, &'static str> {
    match (key, &value, in_force) {
        // A later file may add a refusal, never take one away.
        ("permissions.ask" | "permissions.deny", _, Some(Value::List(old))) => Ok(added(old, value)),
        ("permissions.mode", Value::Text(new), Some(Value::Text(old))) => {
            let loose = |word: &str| PermissionMode::named(word).map(looseness);
            if loose(new) > loose("ask") || loose(new) > loose(old) {
                return Err("a project may only tighten it");
            }
            Ok(value)
        }
        _ => Ok(value),
    }
}

/// The rules in force and the new ones behind them, each once.
pub(super) fn added(old: &[String], value: Value) -> Value {
    let mut all = old.to_vec();
    if let Value::List(new) = value {
        for rule in new {
            if !all.contains(&rule) {
                all.push(rule);
            }
        }
    }
    Value::List(all)
}

/// How much a mode lets through.
fn looseness(mode: PermissionMode) -> u8 {
    match mode {
        PermissionMode::Plan => 0,
        PermissionMode::Ask => 1,
        PermissionMode::Edits => 2,
        PermissionMode::Yolo => 3,
    }
}

impl SandboxWish {
    /// All wishes.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Require, Self::Off];

    /// The word for `--sandbox` and the config file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Require => "require",
            Self::Off => "off",
        }
    }

    /// The wish of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wish| wish.as_str() == word)
    }
}

/// The rules of a text that joins several by ` + `.
pub fn split_rules(rules: &str) -> impl Iterator<Item = &str> {
    rules.split(" + ").map(str::trim).filter(|rule| !rule.is_empty())
}
