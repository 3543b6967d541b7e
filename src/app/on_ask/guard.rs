//! When keys count: a question that has just come up takes no answer, nor does one while somebody types.
//!
//! The most reported fault of such dialogs elsewhere is a key that was meant for a message and approved a
//! command (anthropics/claude-code#43883, openai/codex#31037).

use std::time::{Duration, Instant};

use crate::{
    app::{App, Effect, Focus, Now, Pending, update::Effects},
    chat::Ask,
};

/// A question takes no answer for this long after it came on the screen.
pub(in crate::app) const FRESH: Duration = Duration::from_millis(500);

/// Nor for this long after a key went into a text; longer than the usual delay before a held key repeats (660 ms in X11).
pub(in crate::app) const TYPED: Duration = Duration::from_millis(700);

/// Somebody who has looked elsewhere for this long is rung for.
const AWAY: Duration = Duration::from_secs(3);

impl App {
    /// The question that is on the screen.
    #[must_use]
    pub fn ask(&self) -> Option<&Pending> {
        self.live.asks.first()
    }

    /// Keys go to the question.
    #[must_use]
    pub fn ask_has_keys(&self) -> bool {
        self.ask().is_some()
            && self.overlays.is_empty()
            && self.panes.focus == Focus::Composer
            && self.find.as_ref().is_none_or(|find| !find.typing)
    }

    /// Keys that answer count now: the question has been on the screen for a while and nobody types.
    #[must_use]
    pub fn ask_is_open(&self, now: Now) -> bool {
        self.ask_has_keys() && self.guard_ends().is_some_and(|at| at <= now.instant)
    }

    /// When the guard ends; `None` while the question is not on the screen.
    fn guard_ends(&self) -> Option<Instant> {
        let fresh = self.ask()?.shown_at? + FRESH;
        let typed = self.live.asks.typed_at.map(|at| at + TYPED);
        Some(typed.map_or(fresh, |typed| typed.max(fresh)))
    }

    pub(in crate::app) fn on_asked(&mut self, ask: Ask, now: Now, out: &mut Effects) {
        self.live.asks.push(ask);
        self.composer.completion = None;
        self.ring(now, out);
    }

    /// What the last frame showed of the question.
    pub(in crate::app) fn note_ask_drawn(&mut self, now: Now) {
        let sheet = &self.view.sheet;
        let (serial, at_end, rules) = (sheet.ask, sheet.at_end(), sheet.rules);
        let (top, visible) = (sheet.top, sheet.free && sheet.area.height > 0 && sheet.area.width > 0);
        let Some(pending) = self.live.asks.first_mut() else { return };
        if serial != Some(pending.serial) || !visible {
            pending.shown_at = None;
            return;
        }
        pending.shown_at.get_or_insert(now.instant);
        pending.top = top;
        pending.seen |= at_end;
        pending.rules_seen |= rules || at_end;
    }

    /// A key went into some text.
    pub(in crate::app) fn note_typed(&mut self, now: Now) {
        self.live.asks.typed_at = Some(now.instant);
    }

    /// When something about the question changes by itself: the guard ends, or the bell is due.
    pub(in crate::app) fn ask_tick(&self, now: Now) -> Option<Instant> {
        let guard = self.guard_ends().filter(|at| *at > now.instant);
        let bell = self.bell_due();
        [guard, bell].into_iter().flatten().min()
    }

    fn bell_due(&self) -> Option<Instant> {
        let asks = &self.live.asks;
        let away = self.keys.gesture.away_at.filter(|_| !self.look.focused)?;
        (asks.unrung && !asks.waiting.is_empty()).then(|| away + AWAY)
    }

    /// Rings once for a question when the window has been out of focus long enough.
    pub(in crate::app) fn ring(&mut self, now: Now, out: &mut Effects) {
        if self.bell_due().is_some_and(|at| at <= now.instant) {
            self.live.asks.unrung = false;
            out.push(Effect::Bell);
        }
    }
}
