//! What Esc means now, asked by the handler and by the hint alike, so the hint is always true; and Ctrl-C.

use super::{
    Action, App, Effect, Focus, Now, Page, Scroll,
    gesture::{ARMED_FOR, Armed, CALMS, REWIND_FOR},
    update::Effects,
};
use crate::chat::{Activity, Command};

/// What Esc does if it is pressed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscMeaning {
    /// Forgets the chord that was begun.
    CancelChord,
    /// Closes what lies over the panes.
    CloseOverlay,
    /// Says no to the question; the turn goes on.
    Deny,
    /// Gives no answer to the agent's question.
    Decline,
    /// Closes the line that is typed for an answer.
    LeaveTyping,
    /// Shows the question in little again.
    Shorten,
    /// Closes the list of completions.
    CloseCompletion,
    /// Ends the search and goes back to where it began.
    EndFind,
    /// Takes both panes to their live end.
    GoLive,
    /// Interrupts the turn.
    Interrupt,
    /// Takes the focus to the composer.
    LeavePane,
    /// Prepares clearing the prompt.
    ArmClear,
    /// Clears the prompt into the history.
    Clear,
    /// Prepares the list of prompts to go back to.
    ArmRewind,
    /// Lists the prompts to go back to.
    Rewind,
    /// Nothing.
    Nothing,
}

impl EscMeaning {
    /// What the hint says after `esc:`; empty when there is nothing to say.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::CancelChord => "cancel",
            Self::CloseOverlay | Self::CloseCompletion => "close",
            Self::Deny => "no",
            Self::Decline => "no answer",
            Self::LeaveTyping => "back to the question",
            Self::Shorten => "less",
            Self::EndFind => "end search",
            Self::GoLive => "back to live",
            Self::Interrupt => "interrupt",
            Self::LeavePane => "to the prompt",
            Self::ArmClear => "twice clears",
            Self::Clear => "again clears",
            Self::ArmRewind => "twice: rewind",
            Self::Rewind => "again: rewind",
            Self::Nothing => "",
        }
    }
}

/// What Esc does if it is pressed now.
#[must_use]
pub fn esc_meaning(app: &App) -> EscMeaning {
    let armed = app.keys.gesture.armed.map(|(what, _)| what);
    match () {
        () if app.keys.pending.is_some() => EscMeaning::CancelChord,
        () if !app.overlays.is_empty() => EscMeaning::CloseOverlay,
        () if app.ask_has_keys() => ask_meaning(app),
        () if app.find.is_some() => EscMeaning::EndFind,
        () if app.ask().is_some() && app.panes.focus != Focus::Composer => EscMeaning::LeavePane,
        () if app.composer.completion.is_some() => EscMeaning::CloseCompletion,
        () if app.is_reading() => EscMeaning::GoLive,
        () if app.is_running() => EscMeaning::Interrupt,
        () if app.panes.focus != Focus::Composer => EscMeaning::LeavePane,
        () if app.composer.is_empty() => rewind_meaning(app, armed),
        () if armed == Some(Armed::Clear) => EscMeaning::Clear,
        () => EscMeaning::ArmClear,
    }
}

/// What Esc does on an empty prompt while nothing runs.
fn rewind_meaning(app: &App, armed: Option<Armed>) -> EscMeaning {
    match armed {
        Some(Armed::Rewind) => EscMeaning::Rewind,
        _ if app.keys.gesture.calm_until.is_some() || !app.can_rewind() => EscMeaning::Nothing,
        _ => EscMeaning::ArmRewind,
    }
}

/// What Esc does while a question has the keys.
fn ask_meaning(app: &App) -> EscMeaning {
    match app.ask() {
        Some(pending) if pending.typing.is_some() => EscMeaning::LeaveTyping,
        Some(pending) if pending.page != Page::Short => EscMeaning::Shorten,
        Some(pending) if pending.is_question() => EscMeaning::Decline,
        _ => EscMeaning::Deny,
    }
}

impl App {
    /// A turn runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.transcript.stream.running.is_some() || self.live.activity != Activity::Idle
    }

    /// A pane stands away from its live end.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.panes.answer != Scroll::Latest || self.panes.reasoning != Scroll::Latest
    }

    pub(super) fn on_esc(&mut self, now: Now, out: &mut Effects) {
        let meaning = esc_meaning(self);
        if !matches!(meaning, EscMeaning::ArmRewind | EscMeaning::Rewind | EscMeaning::ArmClear) {
            self.calm(now);
        }
        match meaning {
            EscMeaning::CancelChord => self.keys.pending = None,
            EscMeaning::CloseOverlay if self.close_diff_file() || self.close_choice() => {}
            EscMeaning::CloseOverlay => self.close_overlay(),
            EscMeaning::Deny | EscMeaning::Decline => self.deny(now, out),
            EscMeaning::LeaveTyping => self.stop_typing(),
            EscMeaning::Shorten => self.shorten_ask(),
            EscMeaning::CloseCompletion => self.composer.completion = None,
            EscMeaning::EndFind => self.end_find(),
            EscMeaning::GoLive => self.go_live(),
            EscMeaning::Interrupt => out.push(Effect::Send(Command::Interrupt)),
            EscMeaning::LeavePane => self.panes.focus = Focus::Composer,
            EscMeaning::ArmClear => {
                let until = now.instant + ARMED_FOR;
                self.keys.gesture.armed = Some((Armed::Clear, until));
                self.say_until(format!("{} again clears the prompt", self.keys.binding_of(Action::Back)), until);
            }
            EscMeaning::Clear => self.shelve(out),
            EscMeaning::ArmRewind => {
                let until = now.instant + REWIND_FOR;
                self.keys.gesture.armed = Some((Armed::Rewind, until));
                self.say_until(format!("{} again: rewind", self.keys.binding_of(Action::Back)), until);
            }
            EscMeaning::Rewind => self.open_rewind(now),
            EscMeaning::Nothing => {}
        }
    }

    /// Esc does not begin another gesture for a moment.
    fn calm(&mut self, now: Now) {
        self.keys.gesture.calm_until = Some(now.instant + CALMS);
    }

    /// Ctrl-C always suffices: it copies what is selected, closes, interrupts, clears, and twice it leaves.
    pub(super) fn on_interrupt(&mut self, now: Now, out: &mut Effects) {
        self.keys.pending = None;
        if self.copy_selection(out) {
            self.deselect();
        } else if !self.overlays.is_empty() {
            self.close_overlay();
        } else if self.ask().is_some() {
            self.deny(now, out);
            out.push(Effect::Send(Command::Interrupt));
        } else if self.find.is_some() {
            self.end_find();
        } else if self.is_running() {
            out.push(Effect::Send(Command::Interrupt));
        } else if !self.composer.is_empty() {
            self.shelve(out);
            self.say("the prompt is in the history: ↑ or Ctrl-_ brings it back", now);
        } else if self.keys.gesture.armed(now.instant) == Some(Armed::Exit) {
            self.quit(out);
        } else {
            let until = now.instant + ARMED_FOR;
            self.keys.gesture.armed = Some((Armed::Exit, until));
            self.say_until(format!("{} again quits", self.keys.binding_of(Action::Interrupt)), until);
        }
    }

    /// Ends the program.
    pub(super) fn quit(&mut self, out: &mut Effects) {
        self.keys.gesture.leaving = true;
        out.push(Effect::SaveDraft(self.composer.text()));
        out.push(Effect::Send(Command::Close));
        out.push(Effect::Quit);
    }

    /// Clears the prompt into the history.
    fn shelve(&mut self, out: &mut Effects) {
        self.keys.gesture.armed = None;
        let text = self.composer.take();
        if !text.trim().is_empty() {
            out.push(Effect::RememberPrompt(text));
        }
    }
}
