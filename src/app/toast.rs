//! Passing messages: few, each for as long as it is loud.

use std::time::Duration;

use super::{App, Now, Toast};
use crate::chat::{Notice, Severity};

/// Toasts at one time; an older one gives way.
const SHOWN: usize = 4;

fn lasts(severity: Severity) -> Duration {
    Duration::from_secs(match severity {
        Severity::Info => 4,
        Severity::Warn => 8,
        Severity::Danger => 15,
    })
}

impl App {
    /// Shows a message; one that is shown already stays longer.
    pub(super) fn toast(&mut self, notice: Notice, now: Now) {
        let until = now.instant + lasts(notice.severity);
        self.toasts.retain(|toast| toast.notice.text != notice.text);
        if self.toasts.len() == SHOWN {
            self.toasts.remove(0);
        }
        self.toasts.push(Toast { notice, until });
    }

    /// Shows something worth knowing.
    pub(super) fn say(&mut self, text: impl Into<String>, now: Now) {
        self.toast(Notice { severity: Severity::Info, text: text.into() }, now);
    }

    /// Shows something that is true until then, and no longer.
    pub(super) fn say_until(&mut self, text: impl Into<String>, until: std::time::Instant) {
        self.toasts.push(Toast { notice: Notice { severity: Severity::Info, text: text.into() }, until });
    }

    /// Shows something worth acting on.
    pub(super) fn warn(&mut self, text: impl Into<String>, now: Now) {
        self.toast(Notice { severity: Severity::Warn, text: text.into() }, now);
    }
}
