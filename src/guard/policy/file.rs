//! The verdict on reading, writing and deleting files.

use std::path::Path;

use super::{Asking, Case, PLAN, Verdict, asked_by, denied_by};
use crate::{
    chat::PermissionMode,
    guard::{
        places::Guarded,
        rule::{self, Touch},
    },
};

impl Case<'_> {
    pub(super) fn read(&self, path: &Path, inside: bool) -> Verdict {
        let places = &self.policy.places;
        if places.is_secret(path) {
            return Verdict::Deny("this file holds the keys of this program; it is never read".into());
        }
        if let Some(verdict) = self.by_rule(Touch::Read, path) {
            return verdict;
        }
        if self.allowed(Touch::Read, path) {
            return Verdict::Allow;
        }
        if places.is_private(path) {
            return Verdict::Ask(Asking::because("such files often hold keys"));
        }
        if inside || places.is_readable(path) {
            return Verdict::Allow;
        }
        let session = rule::for_folder("Read", path);
        Verdict::Ask(Asking { session, ..Asking::because("outside the workspace") })
    }

    pub(super) fn write(&self, path: &Path, inside: bool) -> Verdict {
        let guarded = self.policy.places.guarded(path);
        if let Some(Guarded::Refused(what)) = guarded {
            return refused(what);
        }
        if let Some(verdict) = self.by_rule(Touch::Edit, path) {
            return verdict;
        }
        if self.mode == PermissionMode::Plan {
            return Verdict::Deny(PLAN.into());
        }
        if let Some(Guarded::Asked(what)) = guarded {
            return Verdict::Ask(Asking::because(what));
        }
        if self.allowed(Touch::Edit, path) {
            return Verdict::Allow;
        }
        if !inside {
            return Verdict::Ask(Asking::because("outside the workspace"));
        }
        match self.mode {
            PermissionMode::Edits | PermissionMode::Yolo => Verdict::Allow,
            PermissionMode::Ask | PermissionMode::Plan => {
                let session = rule::for_folder("Edit", path);
                Verdict::Ask(Asking { session, ..Asking::default() })
            }
        }
    }

    pub(super) fn delete(&self, path: &Path, inside: bool) -> Verdict {
        if let Some(Guarded::Refused(what)) = self.policy.places.guarded(path) {
            return refused(what);
        }
        match self.by_rule(Touch::Edit, path) {
            Some(verdict) => verdict,
            None if self.mode == PermissionMode::Plan => Verdict::Deny(PLAN.into()),
            None if inside => Verdict::Ask(Asking::because("deletes a file")),
            None => Verdict::Ask(Asking::because("deletes a file outside the workspace")),
        }
    }

    /// Rules that deny, then rules that ask.
    fn by_rule(&self, touch: Touch, path: &Path) -> Option<Verdict> {
        let concerns = |rule: &&rule::Rule| rule.concerns_path(touch, path, &self.policy.places);
        if let Some(rule) = self.rules.deny.iter().find(concerns) {
            return Some(denied_by(rule));
        }
        if touch == Touch::Edit && self.mode == PermissionMode::Plan {
            return None;
        }
        if let Some(rule) = self.rules.ask.iter().find(concerns) {
            return Some(Verdict::Ask(asked_by(rule)));
        }
        let unreadable = self.rules.unreadable.as_ref()?;
        Some(Verdict::Ask(Asking::because(format!("the rule {unreadable} cannot be read"))))
    }

    fn allowed(&self, touch: Touch, path: &Path) -> bool {
        self.rules.allow.iter().any(|rule| rule.allows_path(touch, path, &self.policy.places))
    }
}

fn refused(what: &str) -> Verdict {
    Verdict::Deny(format!("{what}: never changed by tools, whoever asks; leave it to the user"))
}
