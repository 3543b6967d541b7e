//! Another conversation takes the place of the one on the screen: its events are told again, fast and without
//! a sound, and the screen stands as if nobody had left.

use std::time::Duration;

use super::{App, Asked, Effect, EntryKind, Focus, Now, Overlay, Status, Switch, report, start, update::Effects};
use crate::{
    chat::{Activity, Event, Point, Restored, RewindScope, TurnEnd, TurnId},
    text::Clean,
};

/// When it was left off, in the words of the mark.
const LEFT_OFF: &str = "%Y-%m-%d %H:%M";

impl App {
    pub(super) fn on_restored(&mut self, restored: Restored, now: Now, out: &mut Effects) {
        let Restored { events, left, prompt, notes } = restored;
        let asked = self.live.session.asked.take();
        self.begin_anew(now);
        let ago = events.last().map(|(ago, _)| *ago);
        self.replay(events, now);
        self.live.session.left = left;
        if let Some(mark) = self.mark_of(asked.as_ref(), ago, now) {
            self.transcript.push(EntryKind::Mark(mark));
        }
        for note in notes {
            self.transcript.push(EntryKind::Mark(note.into_string()));
        }
        match (asked, self.live.session.told.take()) {
            // The files went back first; what became of them stays readable.
            (_, Some(report)) => self.print_undone(&report),
            (Some(Asked::Rewind(point, RewindScope::Both)), None) => {
                self.live.session.asked = Some(Asked::Rewind(point, RewindScope::Files));
            }
            _ => {}
        }
        if let Some(prompt) = prompt {
            self.put_prompt(&prompt, now, out);
        }
        self.go_live();
        out.push(Effect::Title(self.title()));
    }

    /// Forgets the conversation; what is typed, the look and the quota stay.
    fn begin_anew(&mut self, now: Now) {
        self.transcript.clear();
        self.overlays.retain(|over| {
            !matches!(
                over,
                Overlay::Diff(_)
                    | Overlay::Detail(_)
                    | Overlay::Tasks { .. }
                    | Overlay::Rewind(_)
                    | Overlay::Sessions(_)
            )
        });
        self.find = None;
        (self.live.activity, self.live.activity_at) = (Activity::Idle, now.instant);
        (self.live.turn_at, self.live.heard_at, self.live.speed) = (None, None, None);
        self.live.waiting.clear();
        self.live.asks = super::Asks::default();
        self.live.work.plan.clear();
        self.live.work.jobs.clear();
        self.status.context = None;
        self.keys.gesture.armed = None;
        self.panes.focus = Focus::Composer;
        self.go_live();
    }

    /// Tells the events again, each at its own moment. Nothing rings, nothing pops up, and what is in force now
    /// (model, mode) stays in force: the agent says so itself when it changes.
    fn replay(&mut self, events: Vec<(Duration, Event)>, now: Now) {
        let (toasts, status) = (std::mem::take(&mut self.toasts), self.status.clone());
        let mut quiet = Effects::new();
        let mut then = now;
        for (ago, event) in events {
            then = before(now, ago);
            self.tell_again(event, then, &mut quiet);
            // Only the newest message counts, and none is shown.
            self.toasts.clear();
            quiet.clear();
        }
        self.cut_off(then);
        self.transcript.settle();
        self.toasts = toasts;
        self.status = Status { context: self.status.context.take(), ..status };
        (self.live.turn_at, self.live.heard_at, self.live.speed) = (None, None, None);
        self.live.activity_at = now.instant;
        (self.panes.state, self.panes.folds_at) = (start::at_rest(self.panes.mode), None);
    }

    fn tell_again(&mut self, event: Event, then: Now, quiet: &mut Effects) {
        match event {
            // What was so for a moment only.
            Event::Notice(_)
            | Event::Activity(_)
            | Event::Waiting(_)
            | Event::Recalled(_)
            | Event::Asked(_)
            | Event::AskClosed { .. }
            | Event::RunProgress { .. }
            | Event::Saving(_)
            | Event::Session(_)
            | Event::Restored(_)
            | Event::Closed => {}
            Event::TurnStarted { .. } => {
                self.cut_off(then);
                self.on_chat(event, then, quiet);
            }
            // The record of the turn's beginning may be lost; what it said is not.
            Event::StepStarted { step, .. } if self.transcript.stream.running.is_none_or(|turn| turn < step.turn) => {
                self.cut_off(then);
                self.transcript.stream.running = Some(step.turn);
                self.on_chat(event, then, quiet);
            }
            // The prompt that came back then is not typed now.
            Event::TurnEnded { turn, end } => {
                let end = match end {
                    TurnEnd::Done => TurnEnd::Done,
                    TurnEnd::Interrupted { .. } => TurnEnd::Interrupted { untouched: None },
                    TurnEnd::Failed { problem, .. } => TurnEnd::Failed { problem, untouched: None },
                };
                self.on_chat(Event::TurnEnded { turn, end }, then, quiet);
            }
            // Rows fold once, at the end.
            Event::RunEnded { run, report } => {
                self.transcript.end_run(run, *report);
            }
            Event::Undone(report) => {
                self.transcript.changes.take(&report);
                self.print_undone(&report);
            }
            event => self.on_chat(event, then, quiet),
        }
    }

    /// A turn that has no end in the log: the program ended before.
    fn cut_off(&mut self, then: Now) {
        let Some(turn) = self.transcript.stream.running.take() else { return };
        self.transcript.complete(turn);
        self.stop_runs(turn, then);
        if let Some(last) = self.transcript.steps.last_mut() {
            last.end_thought(then.instant);
        }
        self.transcript.push(EntryKind::Mark("cut off here: the program ended".to_owned()));
    }

    /// What happened, for the reader: where this conversation comes from.
    fn mark_of(&self, asked: Option<&Asked>, ago: Option<Duration>, now: Now) -> Option<String> {
        let key = self.keys.binding_of(super::Action::Session(super::action::SessionAct::Rewind));
        match asked {
            Some(Asked::Rewind(Point::Before(TurnId(turn)), _)) => {
                Some(format!("back before turn {turn}; what came after it is kept: {key} or /rewind"))
            }
            Some(Asked::Rewind(Point::After(TurnId(turn)), _)) => {
                Some(format!("back on the branch of turn {turn}; the other one is kept: {key} or /rewind"))
            }
            Some(Asked::Switch(Switch::Fork)) => {
                Some("a copy: the session that it was made from stays as it is".to_owned())
            }
            Some(Asked::Switch(Switch::New | Switch::Resume(_))) | None => {
                let ago = ago?;
                let at = before(now, ago).wall.to_zoned(self.look.zone.clone()).strftime(LEFT_OFF);
                Some(format!(
                    "resumed · left off {at}, {} ago",
                    report::span(i64::try_from(ago.as_secs()).unwrap_or(i64::MAX))
                ))
            }
        }
    }

    /// The prompt that is to be sent again, or changed first.
    fn put_prompt(&mut self, prompt: &str, now: Now, out: &mut Effects) {
        let prompt = Clean::new(&prompt.replace("\r\n", "\n"));
        let prompt = prompt.as_str().trim_end_matches('\n');
        if self.composer.is_empty() {
            self.composer.set_text(prompt);
        } else if self.composer.text() != prompt {
            self.composer.remember(prompt);
            // The draft that is typed takes its place on the disk.
            out.push(Effect::RememberPrompt(prompt.to_owned()));
            self.say("your draft stays; the prompt is in the history (↑)", now);
        }
    }
}

/// The moment that was `ago` before now. A clock that cannot go back so far stands still.
fn before(now: Now, ago: Duration) -> Now {
    Now {
        instant: now.instant.checked_sub(ago).unwrap_or(now.instant),
        wall: now.wall.checked_sub(ago).unwrap_or(now.wall),
    }
}
