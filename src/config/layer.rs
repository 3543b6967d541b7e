//! The layers of the settings and where each value came from. Does no I/O.
//!
//! default < config.toml < profile < project file < environment < `--config` < flags. A value that is
//! refused leaves the one of the layer below in force.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::{
    document::{Places, problem, quoted},
    permissions,
    schema::{self, KNOWN, Known},
    value::Value,
};
use crate::chat::Problem;

/// A file with more faults than this is not a settings file; the rest is counted, not listed.
const MAX_PROBLEMS: usize = 20;

/// Who set a value; a later layer wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Built in.
    Default,
    /// `config.toml`.
    File,
    /// `[profile.NAME]` of `config.toml`.
    Profile,
    /// `.glm-tui/config.toml` of the project.
    Project,
    /// An environment variable.
    Environment,
    /// `--config KEY=VALUE`.
    Override,
    /// A flag of its own.
    Flag,
}

/// A value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value.
    pub value: Value,
    /// Who set it.
    pub layer: Layer,
    /// Where, for a person: `default`, `~/.config/glm-tui/config.toml:3`, `GLM_TUI_MODEL`, `--model`.
    pub place: String,
}

/// All settings in force, by name, and the rebound keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effective {
    settings: BTreeMap<&'static str, Setting>,
    keys: BTreeMap<String, Vec<String>>,
}

impl Effective {
    /// The built-in defaults.
    #[must_use]
    pub fn defaults() -> Self {
        let settings = KNOWN.iter().filter_map(|known| {
            let value = known.kind.accept(Value::from_toml(DeValue::parse(known.default).ok()?.get_ref())?).ok()?;
            Some((known.key, Setting { value, layer: Layer::Default, place: "default".into() }))
        });
        Self { settings: settings.collect(), keys: BTreeMap::new() }
    }

    /// The setting of this name.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.get(key)
    }

    /// Rebound keys: action → chords, as written.
    #[must_use]
    pub fn keys(&self) -> &BTreeMap<String, Vec<String>> {
        &self.keys
    }

    /// A text; empty for a name that is no text.
    pub(super) fn text(&self, key: &str) -> &str {
        match self.setting(key).map(|setting| &setting.value) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// A number; 0 for a name that is no number.
    pub(super) fn count(&self, key: &str) -> u64 {
        match self.setting(key).map(|setting| &setting.value) {
            Some(Value::Count(number)) => *number,
            _ => 0,
        }
    }

    /// A switch; off for a name that is no switch.
    pub(super) fn switch(&self, key: &str) -> bool {
        matches!(self.setting(key).map(|setting| &setting.value), Some(Value::Switch(true)))
    }

    /// A list; empty for a name that is no list.
    pub(super) fn list(&self, key: &str) -> &[String] {
        match self.setting(key).map(|setting| &setting.value) {
            Some(Value::List(texts)) => texts,
            _ => &[],
        }
    }

    /// Who set it.
    pub(super) fn layer(&self, key: &str) -> Layer {
        self.setting(key).map_or(Layer::Default, |setting| setting.layer)
    }

    /// Puts a value in force that the schema has accepted.
    pub(super) fn put(&mut self, known: &'static Known, setting: Setting) {
        self.settings.insert(known.key, setting);
    }

    /// Back to the default.
    pub(super) fn reset(&mut self, key: &'static str) {
        if let Some(setting) = Self::defaults().settings.remove(key) {
            self.settings.insert(key, setting);
        }
    }

    /// Applies a value given as a word (`--config`, environment, flag).
    pub(super) fn apply_word(&mut self, key: &str, word: &str, layer: Layer, place: &str) -> Option<Problem> {
        if let Some(action) = key.strip_prefix("keys.") {
            let chords = word.split(',').map(|chord| chord.trim().to_owned()).collect();
            self.keys.insert(action.to_owned(), chords);
            return None;
        }
        let Some(known) = schema::known(key) else { return Some(unknown(key, place)) };
        match known.kind.accept_word(word) {
            Ok(value) => {
                self.put(known, Setting { value, layer, place: place.to_owned() });
                None
            }
            Err(expected) => Some(refused(known, &expected, place)),
        }
    }

    /// Adds a rule given by a flag to those in force.
    pub(super) fn add_rule(&mut self, key: &'static str, rule: &str, flag: &str) -> Option<Problem> {
        let known = schema::known(key)?;
        match known.kind.accept(Value::Text(rule.to_owned())) {
            Ok(value) => {
                let value = permissions::added(self.list(key), value);
                self.put(known, Setting { value, layer: Layer::Flag, place: flag.to_owned() });
                None
            }
            Err(expected) => Some(refused(known, &expected, flag)),
        }
    }

    /// Applies a table of a file.
    pub(super) fn apply_table(&mut self, table: &DeTable<'_>, layer: Layer, places: &Places) -> Vec<Problem> {
        let mut reader = TableReader { effective: self, layer, places, problems: Vec::new() };
        reader.table("", table);
        let mut problems = reader.problems;
        if problems.len() > MAX_PROBLEMS {
            let more = problems.len() - MAX_PROBLEMS;
            problems.truncate(MAX_PROBLEMS);
            problems.push(problem(format!("{}: {more} more faults of this kind", places.file)));
        }
        problems
    }
}

struct TableReader<'a> {
    effective: &'a mut Effective,
    layer: Layer,
    places: &'a Places,
    problems: Vec<Problem>,
}

impl TableReader<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let key =
                if prefix.is_empty() { name.get_ref().to_string() } else { format!("{prefix}.{}", name.get_ref()) };
            let place = self.places.line(&name.span());
            match (schema::known(&key), value.get_ref()) {
                (Some(known), value) => self.setting(known, value, place),
                (None, DeValue::Table(inner)) if schema::is_table(&key) => self.table(&key, inner),
                (None, value) if prefix.is_empty() && schema::FREE_TABLES.contains(&key.as_str()) => {
                    self.free_table(&key, value, &place);
                }
                (None, _) if schema::is_table(&key) => {
                    self.problems.push(problem(format!("{place}: {} is a table: write [{key}]", quoted(&key))));
                }
                (None, _) => self.problems.push(unknown(&key, &place)),
            }
        }
    }

    fn setting(&mut self, known: &'static Known, value: &DeValue<'_>, place: String) {
        if self.layer == Layer::Project && !known.in_project {
            self.problems.push(not_in_project(known.key, &place));
            return;
        }
        let accepted = Value::from_toml(value).ok_or_else(|| known.kind.expected()).and_then(|v| known.kind.accept(v));
        match accepted {
            Ok(value) => self.put(known, value, place),
            Err(expected) => self.problems.push(refused(known, &expected, &place)),
        }
    }

    fn put(&mut self, known: &'static Known, value: Value, place: String) {
        let in_force = self.effective.setting(known.key).map(|setting| &setting.value);
        let admitted = match self.layer {
            Layer::Project => permissions::of_project(known.key, value, in_force),
            _ => Ok(value),
        };
        match admitted {
            Ok(value) => self.effective.put(known, Setting { value, layer: self.layer, place }),
            Err(why) => self.problems.push(
                problem(format!("{place}: {}: {why}; it is ignored", known.key))
                    .hint("set it in your own config.toml if you want it"),
            ),
        }
    }

    /// `keys` is read here; the others are read by who knows them, from `config.toml` only.
    fn free_table(&mut self, key: &str, value: &DeValue<'_>, place: &str) {
        match (self.layer, key, value) {
            (Layer::Project, ..) => self.problems.push(not_in_project(key, place)),
            (Layer::Profile, "profile" | "models" | "peak" | "plans", _) => self.problems.push(
                problem(format!("{place}: a profile cannot hold [{key}]"))
                    .hint(format!("move [{key}] out of the profile")),
            ),
            (_, "keys", DeValue::Table(keys)) => self.keys(keys),
            (_, "keys", _) => self.problems.push(problem(format!("{place}: keys is a table: write [keys]"))),
            _ => {}
        }
    }

    fn keys(&mut self, keys: &DeTable<'_>) {
        for (action, chords) in keys {
            let chords = match Value::from_toml(chords.get_ref()) {
                Some(Value::Text(chord)) => vec![chord],
                Some(Value::List(chords)) => chords,
                _ => {
                    let place = self.places.line(&action.span());
                    let action = quoted(action.get_ref());
                    self.problems.push(problem(format!(
                        "{place}: keys.{action}: expected a chord or a list of chords, for instance \"f2\" or [\"f2\", \"ctrl-x m\"]"
                    )));
                    continue;
                }
            };
            self.effective.keys.insert(action.get_ref().to_string(), chords);
        }
    }
}

fn unknown(key: &str, place: &str) -> Problem {
    let fault = problem(format!("{place}: there is no setting {}", quoted(key)));
    match schema::nearest(key) {
        Some(meant) => fault.hint(format!("did you mean {meant}?")),
        None => fault.hint("config.example.toml lists all settings"),
    }
}

fn refused(known: &Known, expected: &str, place: &str) -> Problem {
    problem(format!("{place}: {}: expected {expected}", known.key))
}

fn not_in_project(key: &str, place: &str) -> Problem {
    problem(format!("{place}: a project cannot set {}; it is ignored", quoted(key)))
        .hint("set it in your own config.toml if you want it")
}
