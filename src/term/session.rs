//! One visit to the screen: input and events into the screen's state, its effects into deeds, frames
//! when due. Owns no waiting: [`super::run()`] waits and tells what woke it.

use std::time::{Duration, Instant};

use crossterm::event::MouseEventKind;
use tokio::task::JoinSet;

use super::{
    clipboard::{self, Copied},
    clock::clock,
    face::Face,
    host::{ExitKind, HANGUP, Options, Screen, Shell},
    input::Input,
    probe::{Fact, Probe},
    scheduler::Scheduler,
    signals::Caught,
    wheel::Wheel,
};
use crate::{
    app::{Effect, Incoming, Now, View},
    chat,
};

/// What cannot be done at once: the screen must be given back meanwhile.
#[derive(Debug)]
pub(super) enum Away {
    /// The user edits this text.
    Edit(String),
    /// The process stops until `fg`.
    Suspend,
}

/// Terminals report intermediate sizes, and a signal can get lost: the size is asked once more after this.
const SIZE_SETTLES: Duration = Duration::from_millis(150);

/// A state that asks for a tick in the past gets it this late, so that a mistake there is no busy loop.
const TICK_FLOOR: Duration = Duration::from_millis(10);

/// When something is to happen by itself.
#[derive(Debug, Default)]
pub(super) struct Timers {
    tick: Option<Instant>,
    size: Option<Instant>,
    wheel: Wheel,
}

/// One visit.
pub(super) struct Session<'a, S> {
    screen: &'a mut S,
    pub(super) face: Face,
    pub(super) scheduler: Scheduler,
    pub(super) probe: Probe,
    pub(super) options: Options,
    pub(super) shell: Shell,
    pub(super) copies: JoinSet<Copied>,
    pub(super) away: Option<Away>,
    pub(super) exit: Option<ExitKind>,
    timers: Timers,
    view: View,
}

impl<'a, S: Screen> Session<'a, S> {
    pub(super) fn new(screen: &'a mut S, face: Face, shell: Shell, options: Options) -> Self {
        Self {
            screen,
            face,
            scheduler: Scheduler::default(),
            probe: Probe::default(),
            options,
            shell,
            copies: JoinSet::new(),
            away: None,
            exit: None,
            timers: Timers::default(),
            view: View::default(),
        }
    }

    /// The screen's state is told its size and draws for the first time.
    pub(super) fn begin(&mut self, now: Now) {
        if self.options.probe {
            let questions = self.probe.ask(self.face.size().height, now.instant);
            self.face.egress.push(questions.as_bytes());
        }
        self.resized(now);
        self.draw(now);
    }

    /// When something is to happen by itself, but for the decoder.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let frame = self.scheduler.deadline().filter(|_| self.face.egress.is_clear());
        [frame, self.timers.tick, self.timers.size].into_iter().flatten().min()
    }

    /// Does what is due by the clock.
    pub(super) fn on_time(&mut self, now: Now) {
        if self.timers.tick.is_some_and(|at| at <= now.instant) {
            self.timers.tick = None;
            self.on(Incoming::Tick, now);
            self.scheduler.request_flow(now.instant);
            self.plan(now);
        }
        if self.timers.size.is_some_and(|at| at <= now.instant) {
            self.timers.size = None;
            if self.face.measure().is_some() {
                self.resized(now);
            }
        }
        if self.scheduler.is_due(now.instant) && self.face.egress.is_clear() {
            self.draw(now);
        }
    }

    /// Draws a frame now.
    fn draw(&mut self, now: Now) {
        let mut view = View::default();
        let drawn = self.face.draw(|frame| view = self.screen.draw(frame, now));
        let cost = clock().instant.saturating_duration_since(now.instant);
        self.scheduler.drew(now.instant, cost);
        self.check(&drawn);
        if view != self.view {
            self.view = view.clone();
            self.on(Incoming::Drawn(Box::new(view)), now);
            self.plan(now);
        }
        for fault in std::mem::take(&mut self.face.egress.faults) {
            let text = format!("not written to the terminal: {}", fault.what);
            self.on(Incoming::Notice(chat::Notice { severity: chat::Severity::Danger, text }), now);
        }
    }

    /// A terminal that cannot be written to is gone.
    pub(super) fn check(&mut self, done: &std::io::Result<()>) {
        if done.is_err() {
            self.exit.get_or_insert(ExitKind::Signal(HANGUP));
        }
    }

    /// Asks the state when it wants its next tick.
    fn plan(&mut self, now: Now) {
        let floor = now.instant + TICK_FLOOR;
        self.timers.tick = self.screen.next_tick(now).map(|at| at.max(floor));
    }

    /// Something of the agent or the shell, already merged.
    pub(super) fn on_incoming(&mut self, incoming: Incoming, now: Now) {
        self.on(incoming, now);
        self.scheduler.request_flow(now.instant);
        self.plan(now);
    }

    /// Something that the user waits for.
    pub(super) fn on_answer(&mut self, incoming: Incoming, now: Now) {
        self.on(incoming, now);
        self.scheduler.request_now(now.instant);
        self.plan(now);
    }

    /// Something the terminal sent.
    pub(super) fn on_input(&mut self, input: Input, now: Now) {
        match input {
            Input::Key { key, burst: 1 } => self.on_answer(Incoming::Key { key, burst: 1 }, now),
            Input::Key { key, burst } => self.on_incoming(Incoming::Key { key, burst }, now),
            Input::Paste(text) => self.on_answer(Incoming::Paste(text), now),
            Input::Mouse(mouse) => {
                let wheel = matches!(mouse.kind, MouseEventKind::ScrollUp | MouseEventKind::ScrollDown);
                if !wheel || self.timers.wheel.turns(now.instant) {
                    self.on_incoming(Incoming::Mouse(mouse), now);
                }
            }
            Input::Focus(focused) => {
                if let Some(question) = self.probe.ask_again(now.instant).filter(|_| focused) {
                    self.face.egress.push(question.as_bytes());
                }
                self.on_incoming(Incoming::Focus(focused), now);
            }
            Input::Reply(reply) => {
                if let Some(fact) = self.probe.learn(reply) {
                    self.learn(fact, now);
                }
            }
        }
    }

    fn learn(&mut self, fact: Fact, now: Now) {
        match fact {
            Fact::Light(light) => self.on_incoming(Incoming::Background { light }, now),
            Fact::Synchronized => self.face.egress.synchronized = true,
            Fact::Kitty if self.options.kitty => self.face.push_kitty(),
            Fact::WideAmbiguous(wide) => {
                self.screen.ambiguous_is_wide(wide);
                self.scheduler.request_flow(now.instant);
            }
            Fact::Kitty | Fact::Complete => {}
        }
    }

    /// A signal came.
    pub(super) fn on_signal(&mut self, caught: Caught, orphaned: bool, now: Now) {
        match caught {
            Caught::End(number) => self.exit = Some(ExitKind::Signal(number)),
            Caught::Resize => {
                self.timers.size = Some(now.instant + SIZE_SETTLES);
                if self.face.measure().is_none() {
                    // There and back between two looks: the terminal may have thrown cells away.
                    self.face.repaint();
                }
                self.resized(now);
            }
            // Before the shell writes its prompt onto our screen.
            Caught::Continue if orphaned => self.exit = Some(ExitKind::Signal(HANGUP)),
            Caught::Continue => self.take_back(now),
        }
    }

    /// Takes the screen after someone else had it.
    pub(super) fn take_back(&mut self, now: Now) {
        let entered = self.face.enter();
        self.check(&entered);
        self.resized(now);
    }

    fn resized(&mut self, now: Now) {
        let size = self.face.size();
        self.on_answer(Incoming::Resize { columns: size.width, rows: size.height }, now);
    }

    /// Tells the state, and does what it wants.
    fn on(&mut self, incoming: Incoming, now: Now) {
        let mut effects = self.screen.on(incoming, now);
        while !effects.is_empty() {
            let mut more = Vec::new();
            for effect in effects {
                more.extend(self.perform(effect, now));
            }
            effects = more;
        }
    }

    /// Does one thing; returns what follows from it.
    fn perform(&mut self, effect: Effect, now: Now) -> Vec<Effect> {
        match effect {
            Effect::Send(_)
            | Effect::Wish(_)
            | Effect::SaveSetting { .. }
            | Effect::Remember { .. }
            | Effect::RememberPrompt(_)
            | Effect::SaveDraft(_)
            | Effect::Switch(_)
            | Effect::ListSessions(_)
            | Effect::DeleteSession(_)
            | Effect::Export { .. } => (self.shell.perform)(&effect),
            Effect::Copy(text) => {
                self.copies.spawn(clipboard::copy(text, self.options.around.clone()));
            }
            Effect::Edit(text) => self.away = Some(Away::Edit(text)),
            Effect::Suspend => self.away = Some(Away::Suspend),
            Effect::Scroll { pane, rows } => {
                let to = self.screen.scroll(pane, rows);
                return self.screen.on(Incoming::Scrolled { pane, to }, now);
            }
            Effect::Mouse(mode) => self.face.set_mouse(mode),
            Effect::Title(title) => self.face.set_title(title),
            Effect::Bell => self.face.egress.push(b"\x07"),
            Effect::Repaint => self.face.repaint(),
            Effect::Login => self.exit = Some(ExitKind::Login),
            Effect::Quit => self.exit = Some(ExitKind::Quit),
        }
        Vec::new()
    }
}
