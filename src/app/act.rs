//! What each action does.

use super::{
    Action, App, Effect, Focus, Now, Overlay, Pane, PickerKind, ReasoningState, Step, UsageTab,
    action::{Move, PaneAct},
    start,
    update::Effects,
};
use crate::{
    chat::Command,
    config::{MouseMode, ReasoningPane},
};

/// Below these columns or rows only one pane is shown.
const TINY: (u16, u16) = (60, 14);

/// Percent by which a key moves the divider, and its ends.
const SHARE_STEP: u16 = 5;
pub(super) const SHARE_MIN: u16 = 15;
pub(super) const SHARE_MAX: u16 = 85;

impl App {
    pub(super) fn act(&mut self, action: Action, now: Now, out: &mut Effects) {
        match action {
            Action::Send => self.on_enter(now, out),
            Action::Newline => self.composer.newline(),
            Action::Queue if self.run_command(now, out) => {}
            Action::Queue => self.send(Delivery::Queue, out),
            Action::Back => self.on_esc(now, out),
            Action::Interrupt => self.on_interrupt(now, out),
            Action::Retry if self.retry_offered(now) => out.push(Effect::Send(Command::RetryNow)),
            Action::Retry => self.say("there is nothing to retry", now),
            Action::Quit => self.quit(out),
            Action::Suspend => out.push(Effect::Suspend),
            Action::Redraw => out.push(Effect::Repaint),
            Action::NextModel => self.cycle_model(1, now, out),
            Action::PreviousModel => self.cycle_model(-1, now, out),
            Action::PickModel => self.open_picker(PickerKind::Model),
            Action::Thinking => self.set_thinking(!self.status.thinking, now, out),
            Action::LessEffort => self.step_effort(-1, now, out),
            Action::MoreEffort => self.step_effort(1, now, out),
            Action::Reasoning => self.toggle_reasoning(out),
            Action::Detail => self.toggle_detail(),
            Action::Pane(what) => self.act_on_pane(what, now, out),
            Action::Move(to) => self.go(to, now, out),
            Action::Find => self.open_find(),
            Action::Palette => self.open_picker(PickerKind::Palette),
            Action::Help => self.overlays.push(Overlay::Help { top: 0 }),
            Action::Usage => self.open_usage(out),
            Action::Session(what) => self.act_on_session(what, now, out),
            Action::Editor => out.push(Effect::Edit(self.composer.text())),
            Action::History => self.open_picker(PickerKind::History),
            Action::Copy => self.copy_answer(now, out),
            Action::Mouse => {
                let mode = if self.look.mouse == MouseMode::Off { MouseMode::Full } else { MouseMode::Off };
                self.set_mouse(mode, now, out);
            }
            Action::Theme => self.open_picker(PickerKind::Theme),
            Action::Diff => self.open_diff_list(),
            Action::Mode => self.set_mode(self.status.mode.next(), now, out),
            Action::Background => self.send_to_background(now, out),
            Action::Plan => self.toggle_plan(now),
            Action::Tasks => self.open_tasks(),
        }
    }

    /// Enter in the composer: a `/` command, a newline after `\`, or the prompt goes.
    fn on_enter(&mut self, now: Now, out: &mut Effects) {
        if self.composer.take_backslash() {
            self.composer.newline();
        } else if !self.run_command(now, out) {
            self.send(Delivery::Now, out);
        }
    }

    pub(super) fn send(&mut self, delivery: Delivery, out: &mut Effects) {
        if self.composer.text().trim().is_empty() {
            return;
        }
        let prompt = self.composer.take();
        out.push(Effect::RememberPrompt(prompt.clone()));
        let command = match delivery {
            Delivery::Queue if self.is_running() => Command::Queue(prompt),
            Delivery::Queue | Delivery::Now => Command::Submit(prompt),
        };
        // What a person sends, they want to see answered.
        if !self.is_running() {
            self.go_live();
        }
        out.push(Effect::Send(command));
    }

    /// Shows hidden reasoning, hides shown; on a tiny screen swaps the panes. While it streams in `auto`, hiding closes the pane for good;
    /// what was pinned at rest goes back to `auto`.
    fn toggle_reasoning(&mut self, out: &mut Effects) {
        let screen = self.view.screen;
        if screen.width > 0 && (screen.width < TINY.0 || screen.height < TINY.1) {
            self.panes.swapped = !self.panes.swapped;
            return;
        }
        let thinks = self.thinks();
        // Side by side the column stands open at rest too, so hiding it is the change that can be seen.
        let column = self.view.side_by_side && self.view.reasoning.area.width > 0;
        let mode = match self.panes.state {
            ReasoningState::Rest if column => ReasoningPane::Closed,
            ReasoningState::Live => ReasoningPane::Closed,
            ReasoningState::Pinned if thinks => ReasoningPane::Closed,
            ReasoningState::Pinned => ReasoningPane::Auto,
            ReasoningState::Rest | ReasoningState::Off if thinks => ReasoningPane::Auto,
            ReasoningState::Rest | ReasoningState::Off => ReasoningPane::Open,
        };
        self.set_reasoning(mode, out);
    }

    /// Reasoning streams.
    fn thinks(&self) -> bool {
        let streams = |step: &Step| step.thought_at.is_some() && step.thought_for.is_none();
        self.is_running() && self.transcript.steps.last().is_some_and(streams)
    }

    /// Sets how the reasoning pane behaves and remembers it for this project.
    pub(super) fn set_reasoning(&mut self, mode: ReasoningPane, out: &mut Effects) {
        self.panes.mode = mode;
        self.panes.folds_at = None;
        self.panes.state = match mode {
            ReasoningPane::Auto if self.thinks() => ReasoningState::Live,
            mode => start::at_rest(mode),
        };
        if self.panes.focus == Focus::Reasoning && self.panes.state != ReasoningState::Pinned {
            self.panes.focus = Focus::Composer;
        }
        let value = super::panes::word_of(mode).to_owned();
        out.push(Effect::Remember { key: "reasoning.pane", value });
    }

    /// Details on or off; right after a problem its raw cause.
    fn toggle_detail(&mut self) {
        match self.transcript.entries.last().map(|entry| &entry.kind) {
            Some(super::EntryKind::Trouble(problem)) if problem.detail.is_some() => {
                self.overlays.push(Overlay::Detail(problem.clone()));
            }
            _ => self.flip_details(),
        }
    }

    fn act_on_pane(&mut self, what: PaneAct, now: Now, out: &mut Effects) {
        match what {
            PaneAct::Next => self.next_pane(),
            PaneAct::Zoom => {
                let pane = self.target_pane();
                self.panes.zoomed = if self.panes.zoomed == Some(pane) { None } else { Some(pane) };
            }
            PaneAct::Grow => self.share_by(i32::from(SHARE_STEP)),
            PaneAct::Shrink => self.share_by(-i32::from(SHARE_STEP)),
            PaneAct::Open if self.panes.focus == Focus::Reasoning && self.panes.state == ReasoningState::Rest => {
                self.set_reasoning(ReasoningPane::Open, out);
            }
            PaneAct::Open if self.toggle_here() => {}
            PaneAct::Open => self.toggle_step(now),
            PaneAct::Pin => self.pin_step(now),
        }
    }

    fn next_pane(&mut self) {
        let shown = |pane| self.panes.zoomed.is_none_or(|zoomed| zoomed == pane);
        let has_reasoning = shown(Pane::Reasoning) && self.panes.state != ReasoningState::Off;
        self.panes.focus = match self.panes.focus {
            Focus::Composer if shown(Pane::Answer) => Focus::Answer,
            Focus::Composer | Focus::Answer if has_reasoning => Focus::Reasoning,
            _ => Focus::Composer,
        };
    }

    fn share_by(&mut self, percent: i32) {
        let share = &mut self.panes.share[usize::from(self.view.side_by_side)];
        let moved = (i32::from(*share) + percent).clamp(i32::from(SHARE_MIN), i32::from(SHARE_MAX));
        *share = u16::try_from(moved).unwrap_or(*share);
    }

    pub(super) fn open_usage(&mut self, out: &mut Effects) {
        self.overlays.push(Overlay::Usage(UsageTab::default()));
        out.push(Effect::Send(Command::RefreshQuota));
    }

    pub(super) fn copy_answer(&mut self, now: Now, out: &mut Effects) {
        match self.transcript.last_answer() {
            Some(text) => out.push(Effect::Copy(text.to_owned())),
            None => self.say("there is no answer to copy yet", now),
        }
    }

    fn go(&mut self, to: Move, now: Now, out: &mut Effects) {
        let pane = self.target_pane();
        match to {
            Move::LineUp => self.scroll(pane, -1, now, out),
            Move::LineDown => self.scroll(pane, 1, now, out),
            Move::PageUp => self.scroll(pane, -self.page(pane), now, out),
            Move::PageDown => self.scroll(pane, self.page(pane), now, out),
            Move::ReasoningUp => self.scroll(Pane::Reasoning, -self.page(Pane::Reasoning), now, out),
            Move::ReasoningDown => self.scroll(Pane::Reasoning, self.page(Pane::Reasoning), now, out),
            Move::Top => self.go_top(pane, now),
            Move::End => self.go_live(),
            Move::PreviousTurn => self.go_turn(-1),
            Move::NextTurn => self.go_turn(1),
            Move::PreviousStep => self.go_step(-1),
            Move::NextStep => self.go_step(1),
            Move::PreviousRun => self.go_run(-1),
            Move::NextRun => self.go_run(1),
        }
    }
}

/// When a prompt is to be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Now; into the running turn at its next step.
    Now,
    /// After the running turn.
    Queue,
}
