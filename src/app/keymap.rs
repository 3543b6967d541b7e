//! Which key does what: the table's defaults, the user's bindings over them, chords that were begun.

use std::{collections::BTreeMap, fmt::Write as _, time::Instant};

use crossterm::event::KeyEvent;

use super::{
    action::{Action, Scope, TABLE},
    chord::Chord,
    gesture::Gesture,
};
use crate::chat::{Problem, ProblemKind};

/// One binding in force.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    action: Action,
    name: &'static str,
    scope: Scope,
    keys: Vec<Chord>,
    /// It stands in the user's config.
    own: bool,
}

/// What a key means with what was typed before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// An action.
    Does(Action),
    /// The beginning of a chord.
    Begins,
    /// Nothing.
    Nothing,
}

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The keys of a chord that was begun (the leader), and when.
    pub pending: Option<(Vec<KeyEvent>, Instant)>,
    /// What the hands did lately.
    pub gesture: Gesture,
    /// The keys of Emacs and bash come before ours (`keys.flavor = "readline"`).
    pub readline: bool,
    bindings: Vec<Binding>,
}

/// The leader unless the user names another: opencode's default, and readline's own prefix.
const LEADER: &str = "ctrl-x";

/// Default keys that readline wants for itself.
const READLINE_OWN: [&str; 5] = ["ctrl-p", "ctrl-t", "ctrl-o", "ctrl-g", "ctrl-b"];

impl Default for Keys {
    fn default() -> Self {
        Self::new(&BTreeMap::new()).0
    }
}

impl Keys {
    /// The defaults with the user's bindings over them, and what is wrong with those. A user's list
    /// replaces all keys of its action; an empty list takes them away. Two names are special:
    /// `leader` is the prefix of chords, `flavor` is `default` or `readline`.
    #[must_use]
    pub fn new(user: &BTreeMap<String, Vec<String>>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let leader = leader(user, &mut problems);
        let readline = readline(user, &mut problems);
        let mut bindings = Vec::new();
        for row in TABLE {
            match user.get(row.name) {
                Some(keys) => bindings.extend(keys.iter().filter_map(|text| {
                    let binding = own(row.action, row.name, text, &leader);
                    if binding.is_none() {
                        problems.push(trouble(format!("keys.{}: {text:?} is no key", row.name)));
                    }
                    binding
                })),
                None => bindings.extend(row.keys.iter().filter_map(|(scope, text)| {
                    let taken = readline && READLINE_OWN.contains(text);
                    let keys = chords(text, &leader)?;
                    (!taken).then_some(Binding { action: row.action, name: row.name, scope: *scope, keys, own: false })
                })),
            }
        }
        for name in user.keys() {
            if TABLE.iter().all(|row| row.name != name) && name != "leader" && name != "flavor" {
                problems.push(unknown(name));
            }
        }
        problems.extend(conflicts(&bindings));
        (Self { pending: None, gesture: Gesture::default(), readline, bindings }, problems)
    }

    /// What `keys`, typed one after the other, mean where one of `scopes` holds; the first scope that
    /// has a binding wins.
    #[must_use]
    pub fn meaning(&self, keys: &[Chord], scopes: &[Scope]) -> Meaning {
        for scope in scopes {
            let mut here = self.bindings.iter().filter(|b| b.scope == *scope);
            if let Some(binding) = here.clone().find(|b| b.keys == keys) {
                return Meaning::Does(binding.action);
            }
            if here.any(|b| b.keys.len() > keys.len() && b.keys.starts_with(keys)) {
                return Meaning::Begins;
            }
        }
        Meaning::Nothing
    }

    /// How hints print the key of an action: its first one, or nothing when it has none.
    #[must_use]
    pub fn binding_of(&self, action: Action) -> String {
        self.all_of(action).into_iter().next().map(|(_, keys)| keys).unwrap_or_default()
    }

    /// All keys of an action with the place where each counts.
    #[must_use]
    pub fn all_of(&self, action: Action) -> Vec<(Scope, String)> {
        self.bindings.iter().filter(|b| b.action == action).map(|b| (b.scope, print(&b.keys))).collect()
    }

    /// What can follow the chord that was begun: key and what it does, for the which-key strip.
    #[must_use]
    pub fn continuations(&self) -> Vec<(String, &'static str)> {
        let Some((pending, _)) = &self.pending else { return Vec::new() };
        let begun: Vec<Chord> = pending.iter().map(|key| Chord::of(*key)).collect();
        self.bindings
            .iter()
            .filter(|b| b.keys.len() > begun.len() && b.keys.starts_with(&begun))
            .map(|b| (print(&b.keys[begun.len()..]), b.name))
            .collect()
    }
}

fn print(keys: &[Chord]) -> String {
    let mut text = String::new();
    for key in keys {
        let gap = if text.is_empty() { "" } else { " " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{gap}{key}");
    }
    text
}

fn chords(text: &str, leader: &[Chord]) -> Option<Vec<Chord>> {
    let mut keys = Vec::new();
    for word in text.split_whitespace() {
        match word {
            "leader" => keys.extend_from_slice(leader),
            word => keys.push(Chord::parse(word)?),
        }
    }
    (!keys.is_empty()).then_some(keys)
}

fn own(action: Action, name: &'static str, text: &str, leader: &[Chord]) -> Option<Binding> {
    let keys = chords(text, leader)?;
    // A bare character must stay typable, so it counts in panes only.
    let scope = if keys[0].typed().is_some() { Scope::Pane } else { scope_of(action) };
    Some(Binding { action, name, scope, keys, own: true })
}

/// Where a user's key of this action counts.
fn scope_of(action: Action) -> Scope {
    match action {
        Action::Send | Action::Newline | Action::Queue => Scope::Composer,
        Action::Pane(super::action::PaneAct::Open | super::action::PaneAct::Pin) => Scope::Pane,
        _ => Scope::Anywhere,
    }
}

fn leader(user: &BTreeMap<String, Vec<String>>, problems: &mut Vec<Problem>) -> Vec<Chord> {
    let text = user.get("leader").and_then(|keys| keys.first()).map_or(LEADER, String::as_str);
    chords(text, &[]).unwrap_or_else(|| {
        problems.push(trouble(format!("keys.leader: {text:?} is no key")));
        Chord::parse(LEADER).into_iter().collect()
    })
}

fn readline(user: &BTreeMap<String, Vec<String>>, problems: &mut Vec<Problem>) -> bool {
    match user.get("flavor").and_then(|words| words.first()).map(String::as_str) {
        Some("readline") => true,
        None | Some("default") => false,
        Some(other) => {
            problems.push(trouble(format!("keys.flavor: {other:?} is neither default nor readline")));
            false
        }
    }
}

fn conflicts(bindings: &[Binding]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (n, one) in bindings.iter().enumerate() {
        for other in &bindings[n + 1..] {
            let clash = one.keys.starts_with(&other.keys) || other.keys.starts_with(&one.keys);
            // The table's own overlaps are layers (Tab queues, or changes the pane on an empty prompt).
            if clash && one.action != other.action && (one.own || other.own) && one.scope.overlaps(other.scope) {
                problems.push(
                    trouble(format!(
                        "{} is bound to both {} and {}",
                        print(if one.keys.len() < other.keys.len() { &other.keys } else { &one.keys }),
                        one.name,
                        other.name
                    ))
                    .hint(format!("change keys.{} in the config file", if one.own { one.name } else { other.name })),
                );
            }
        }
    }
    problems
}

fn unknown(name: &str) -> Problem {
    let names: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
    let problem = trouble(format!("keys.{name}: there is no such action"));
    match crate::text::fuzzy::nearest(name, &names) {
        Some(near) => problem.hint(format!("did you mean {near}?")),
        None => problem,
    }
}

fn trouble(what: String) -> Problem {
    Problem::new(ProblemKind::Config, what)
}
