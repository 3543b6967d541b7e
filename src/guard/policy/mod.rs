//! The verdict on what a tool call needs: a pure function of rules, mode, sandbox, trust and the names of things.
//!
//! One lattice: deny before ask before allow. Whatever is unknown, too long, odd or unreadable ends on the
//! stricter side.

mod command;
mod file;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{
    Need, Rung,
    places::Places,
    rule::{self, Rules},
};
use crate::{
    chat::PermissionMode,
    config::{Permissions, split_rules},
    text::Clean,
};

/// The verdict.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It may be done.
    Allow,
    /// A person decides.
    Ask(Asking),
    /// It may not; the text tells the model why.
    Deny(String),
}

/// What a question says beside the call itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asking {
    /// Why it is asked or what is special about it.
    pub notes: Vec<Clean>,
    /// The rule that "this session" would hold. Several are joined by ` + `.
    pub session: Option<String>,
    /// The rule that "always" would write. Several are joined by ` + `.
    pub always: Option<String>,
}

impl Verdict {
    /// The stricter of two; two questions become one, which offers a rule only where both offer the same.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (deny @ Self::Deny(_), _) | (_, deny @ Self::Deny(_)) => deny,
            (Self::Allow, other) | (other, Self::Allow) => other,
            (Self::Ask(mut one), Self::Ask(two)) => {
                let new = two.notes.into_iter().filter(|note| !one.notes.contains(note)).collect::<Vec<_>>();
                one.notes.extend(new);
                one.session = one.session.filter(|rule| two.session.as_ref() == Some(rule));
                one.always = one.always.filter(|rule| two.always.as_ref() == Some(rule));
                Self::Ask(one)
            }
        }
    }
}

impl Asking {
    fn because(note: impl AsRef<str>) -> Self {
        Self { notes: vec![Clean::strict(note.as_ref())], ..Self::default() }
    }
}

/// Rules, sandbox and trust of a session.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What keeps commands in, as far as it is known: nothing, until [`Policy::set_rung`] says more.
    pub rung: Rung,
    /// The person trusts the folder.
    pub trusted: bool,
    /// Rules of the config; a change of its lists after [`Policy::new`] has no effect.
    pub rules: Permissions,
    /// The rules as they were read, those granted for the session among them.
    read: Arc<Rules>,
    /// Which places are whose.
    places: Places,
}

/// What the model is told in plan mode.
const PLAN: &str = "plan mode: nothing may be changed and only reading commands run; read and search, then call exit_plan with the plan";

impl Policy {
    /// A policy of these rules.
    #[must_use]
    pub fn new(rules: Permissions, rung: Rung, trusted: bool) -> Self {
        Self { rung, trusted, read: Arc::new(Rules::read(&rules)), rules, places: Places::default() }
    }

    /// The same with the places of the session.
    #[must_use]
    pub fn protect(mut self, places: Places) -> Self {
        self.places = places;
        self
    }

    /// What keeps commands in was found out.
    pub fn set_rung(&mut self, rung: Rung) {
        self.rung = rung;
    }

    /// The places of the session.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Holds what a question offered (`Asking::session` or `Asking::always`) until the session ends. What is no
    /// rule is left out.
    pub fn grant(&mut self, rules: &str) {
        let held = &mut Arc::make_mut(&mut self.read).allow;
        for text in split_rules(rules) {
            match rule::Rule::parse(text) {
                Ok(rule) if !held.iter().any(|old| old.text() == rule.text()) => held.push(rule),
                _ => {}
            }
        }
    }

    /// May it be done?
    #[must_use]
    pub fn decide(&self, need: &Need, mode: PermissionMode) -> Verdict {
        let case = Case { policy: self, rules: &self.read, mode };
        match need {
            Need::Nothing => Verdict::Allow,
            Need::Person => Verdict::Ask(Asking::default()),
            Need::Read { path, inside } => case.read(path, *inside),
            Need::Write { path, inside } => case.write(path, *inside),
            Need::Delete { path, inside } => case.delete(path, *inside),
            Need::Command { line, folder, escape } => case.command(line, folder, *escape),
            Need::Fetch { url } => case.fetch(url),
            Need::All(needs) => needs.iter().fold(Verdict::Allow, |all, need| all.and(self.decide(need, mode))),
        }
    }

    /// A search through folders must leave this file out: a rule or a stored key says so.
    #[must_use]
    pub fn hides(&self, path: &std::path::Path) -> bool {
        let hiding = |rule: &rule::Rule| rule.concerns_path(rule::Touch::Read, path, &self.places);
        self.places.is_secret(path) || self.read.deny.iter().any(hiding)
    }
}

/// One question to the policy.
struct Case<'p> {
    policy: &'p Policy,
    rules: &'p Rules,
    mode: PermissionMode,
}

impl Case<'_> {
    fn fetch(&self, url: &str) -> Verdict {
        if let Some(rule) = self.rules.deny.iter().find(|rule| rule.concerns_address(url)) {
            return denied_by(rule);
        }
        if !self.policy.rules.web {
            return Verdict::Deny("fetching pages is switched off (permissions.web); work without it".into());
        }
        if let Some(rule) = self.rules.ask.iter().find(|rule| rule.concerns_address(url)) {
            return Verdict::Ask(asked_by(rule));
        }
        if let Some(text) = &self.rules.unreadable {
            return Verdict::Ask(Asking::because(format!("the rule {text} cannot be read")));
        }
        if self.rules.allow.iter().any(|rule| rule.allows_address(url)) {
            return Verdict::Allow;
        }
        let rule = rule::for_host(url);
        let why = if rule.is_some() { "reaches the network" } else { "reaches the network; the address is not plain" };
        Verdict::Ask(Asking { session: rule.clone(), always: rule, ..Asking::because(why) })
    }
}

fn denied_by(rule: &rule::Rule) -> Verdict {
    Verdict::Deny(format!("the user's rule {} forbids it; do not try to get around it", rule.text()))
}

fn asked_by(rule: &rule::Rule) -> Asking {
    Asking::because(format!("your rule {} asks for it", rule.text()))
}
