//! A key finds its way: what lies over the panes first, then the search, chords, composer, panes.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::{
    App, Chord, Effect, EntryKind, Focus, Now, Pane,
    action::{Action, Scope},
    composer::{Flavor, Outcome},
    keymap::Meaning,
    update::Effects,
};
use crate::chat::{Activity, Command};

impl App {
    pub(super) fn on_key(&mut self, key: KeyEvent, burst: u16, now: Now, out: &mut Effects) {
        if key.kind == KeyEventKind::Release {
            return;
        }
        let chord = Chord::of(key);
        // A wheel that the terminal turned into arrows: it may scroll, never answer or replace a draft.
        if let (Some(rows), true) = (chord.bare_arrow(), burst >= 2) {
            let rows = rows * i32::from(burst);
            if !self.ask_has_keys() || !self.move_sheet(rows as isize) {
                self.scroll(self.target_pane(), rows, now, out);
            }
            return;
        }
        if !self.ask_has_keys()
            && (chord.typed().is_some() || matches!(chord.parts().0, KeyCode::Enter | KeyCode::Backspace))
        {
            self.note_typed(now);
        }
        if self.keys.pending.is_some() {
            self.on_chord(key, now, out);
        } else if !self.overlays.is_empty() {
            self.on_overlay_key(chord, now, out);
        } else if self.ask_has_keys() {
            self.on_ask_key(key, now, out);
        } else if !self.on_find_key(chord) && !self.on_completion_key(chord, now, out) {
            self.on_plain_key(key, now, out);
        }
    }

    /// The scopes that hold now, the most particular first.
    pub(super) fn scopes(&self) -> &'static [Scope] {
        match self.panes.focus {
            Focus::Composer if self.composer.is_empty() => &[Scope::Empty, Scope::Composer, Scope::Anywhere],
            Focus::Composer => &[Scope::Composer, Scope::Anywhere],
            Focus::Answer | Focus::Reasoning => &[Scope::Pane, Scope::Anywhere],
        }
    }

    fn on_chord(&mut self, key: KeyEvent, now: Now, out: &mut Effects) {
        let Some((mut keys, _)) = self.keys.pending.take() else { return };
        let alone = self.keys.meaning(&[Chord::of(key)], &[Scope::Anywhere]);
        if matches!(alone, Meaning::Does(Action::Back | Action::Interrupt)) {
            return;
        }
        keys.push(key);
        let chords: Vec<Chord> = keys.iter().map(|key| Chord::of(*key)).collect();
        match self.keys.meaning(&chords, self.scopes()) {
            Meaning::Does(action) => self.act(action, now, out),
            Meaning::Begins => self.keys.pending = Some((keys, now.instant)),
            Meaning::Nothing => {
                let typed: Vec<String> = chords.iter().map(ToString::to_string).collect();
                self.say(format!("{} does nothing", typed.join(" ")), now);
            }
        }
    }

    fn on_plain_key(&mut self, key: KeyEvent, now: Now, out: &mut Effects) {
        let chord = Chord::of(key);
        match self.keys.meaning(&[chord], self.scopes()) {
            Meaning::Does(Action::Retry) if chord.typed().is_some() && !self.retry_offered(now) => {
                self.on_composer_key(chord);
            }
            // Only while a command runs: else the key moves the caret, as in bash.
            Meaning::Does(Action::Background) if self.background_run().is_none() => self.on_composer_key(chord),
            Meaning::Does(action) => {
                if action != Action::Back && action != Action::Interrupt {
                    self.keys.gesture.armed = None;
                }
                self.act(action, now, out);
            }
            Meaning::Begins => self.keys.pending = Some((vec![key], now.instant)),
            Meaning::Nothing => {
                self.keys.gesture.armed = None;
                let edits = chord.typed().is_some() || chord.parts().0 == KeyCode::Backspace;
                if self.panes.focus == Focus::Composer || edits {
                    self.panes.focus = Focus::Composer;
                    let up = chord.bare_arrow() == Some(-1);
                    if up && self.composer.is_empty() && !self.live.waiting.is_empty() {
                        out.push(Effect::Send(Command::Recall));
                    } else {
                        self.on_composer_key(chord);
                    }
                }
            }
        }
    }

    fn on_composer_key(&mut self, chord: Chord) {
        let flavor = if self.keys.readline { Flavor::Readline } else { Flavor::Default };
        if self.composer.on_key(chord, flavor) == Outcome::Edited {
            self.complete();
        } else {
            self.composer.completion = None;
        }
    }

    /// The pane that a movement without a pane's name means.
    pub(super) fn target_pane(&self) -> Pane {
        if self.panes.focus == Focus::Reasoning { Pane::Reasoning } else { Pane::Answer }
    }

    /// How long the service has been silent; `None` while nothing is expected of it.
    #[must_use]
    pub fn silent_for(&self, now: Now) -> Option<Duration> {
        let expected = matches!(
            self.live.activity,
            Activity::Connecting | Activity::Waiting | Activity::Thinking | Activity::Writing
        );
        let since = self.live.heard_at.map_or(self.live.activity_at, |heard| heard.max(self.live.activity_at));
        expected.then(|| now.instant.saturating_duration_since(since))
    }

    /// `r` retries now: a retry waits, or the service has been silent for long, or the last turn failed
    /// with that hint.
    #[must_use]
    pub fn retry_offered(&self, now: Now) -> bool {
        let waits = matches!(self.live.activity, Activity::Retrying { .. });
        let silent = self.silent_for(now).is_some_and(|quiet| quiet >= self.live.quiet.1);
        let failed = !self.is_running()
            && matches!(self.transcript.entries.last().map(|entry| &entry.kind), Some(EntryKind::Trouble(problem))
                if problem.hints.iter().any(|hint| hint.with == Some("r")));
        waits || silent || failed
    }
}
