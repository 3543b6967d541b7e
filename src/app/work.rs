//! What a person does about the work: background, permission mode, the plan's list.

use super::{App, Effect, EntryKind, Now, update::Effects};
use crate::chat::{Command, PermissionMode, RunId, RunKind};

impl App {
    /// The running command that can go to the background: the newest.
    #[must_use]
    pub fn background_run(&self) -> Option<RunId> {
        let running = |kind: &EntryKind| match kind {
            EntryKind::Run(run) if run.is_running() && run.card.kind == RunKind::Command => Some(run.card.run),
            _ => None,
        };
        let turn = self.transcript.stream.running?;
        let of_turn = |entry: &&super::Entry| !matches!(entry.kind, EntryKind::Prompt { turn: other, steered: false, .. } if other == turn);
        self.transcript.entries.iter().rev().take_while(of_turn).find_map(|entry| running(&entry.kind))
    }

    pub(super) fn send_to_background(&mut self, now: Now, out: &mut Effects) {
        match self.background_run() {
            Some(run) => out.push(Effect::Send(Command::Background(run))),
            None if !self.live.work.jobs.is_empty() => self.open_tasks(),
            None => self.say("no command runs that could go to the background", now),
        }
    }

    /// Asks for a permission mode; it is shown when the agent confirms it.
    pub(super) fn set_mode(&mut self, mode: PermissionMode, now: Now, out: &mut Effects) {
        let what = match mode {
            PermissionMode::Ask => "edits and commands are asked for",
            PermissionMode::Edits => "edits inside the workspace are made, commands are asked for",
            PermissionMode::Plan => "nothing is changed; it reads, then proposes a plan",
            PermissionMode::Yolo => "edits and commands inside the sandbox run unasked",
        };
        let text = format!("mode {}: {what}", mode.as_str());
        if mode == PermissionMode::Yolo {
            self.warn(text, now);
        } else {
            self.say(text, now);
        }
        // Shown at once, so that a second press goes on from here; the agent's event confirms it.
        self.status.mode = mode;
        out.push(Effect::Send(Command::SetMode(mode)));
    }

    /// The plan's list opens or closes where it has no place of its own.
    pub(super) fn toggle_plan(&mut self, now: Now) {
        if self.live.work.plan.is_empty() {
            self.say("there is no plan", now);
        } else {
            self.live.work.drawer = !self.live.work.drawer;
        }
    }
}
