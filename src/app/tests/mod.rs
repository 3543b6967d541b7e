//! Key scripts and events in, effects and state out: a row for each rule.

mod asks;
mod chat;
mod composer;
mod find;
mod keymap;
#[path = "../../../tests/it/support/keys.rs"]
mod keys;
mod mouse;
mod overlays;
mod panes;
mod runs;
mod session_list;
mod sessions;
mod storm;
mod time;
mod turn_control;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{App, Effect, Entry, EntryKind, Incoming, Now, Overlay, PaneView, Rect, View};
use crate::{
    chat::{Command, Event, Finish, ModelCard, ModelId, StepId, TurnEnd, TurnId},
    config::{self, Catalogue, Config, Limits, Ui},
    quota,
    text::Clean,
};

/// A screen state with a clock that tests move.
pub(super) struct Rig {
    pub(super) app: App,
    pub(super) now: Now,
    pub(super) effects: Vec<Effect>,
}

pub(super) fn config() -> Config {
    Config {
        endpoint: None,
        model: ModelId::from("glm-5.3"),
        ring: ["glm-4.7", "glm-5", "glm-5.3"].map(ModelId::from).to_vec(),
        thinking: true,
        effort: None,
        limits: Limits::default(),
        ui: Ui::default(),
        gauge: config::Gauge::default(),
        composer: config::Composer::default(),
        keys: BTreeMap::new(),
        omit_fields: Vec::new(),
        catalogue: Catalogue::default(),
        permissions: config::Permissions::default(),
        sessions: config::Sessions::default(),
    }
}

pub(super) fn card(id: &str, price: f64) -> ModelCard {
    ModelCard {
        id: ModelId::from(id),
        context: Some(200_000),
        efforts: Vec::new(),
        can_rest: true,
        vision: false,
        price: Some(price),
        refused: None,
    }
}

impl Rig {
    pub(super) fn new() -> Self {
        Self::with(&config())
    }

    #[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock; tests move on from it")]
    pub(super) fn with(config: &Config) -> Self {
        let now = Now { instant: Instant::now(), wall: quota::Timestamp::UNIX_EPOCH };
        let app = App::new(config, ("~/src/app".into(), Some("main".into())), quota::TimeZone::UTC, now);
        Self { app, now, effects: Vec::new() }
    }

    /// Feeds one thing and returns what came of it.
    pub(super) fn on(&mut self, incoming: Incoming) -> Vec<Effect> {
        let effects = self.app.on(incoming, self.now);
        self.effects.extend(effects.iter().cloned());
        effects
    }

    /// Types a script; the effects but the saved drafts.
    pub(super) fn keys(&mut self, script: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in keys::keys(script) {
            effects.extend(self.on(Incoming::Key { key, burst: 1 }));
        }
        effects.retain(|effect| !matches!(effect, Effect::SaveDraft(_)));
        effects
    }

    /// A burst of one key, as a wheel makes it.
    pub(super) fn burst(&mut self, script: &str, burst: u16) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in keys::keys(script) {
            effects.extend(self.on(Incoming::Key { key, burst }));
        }
        effects
    }

    pub(super) fn chat(&mut self, event: Event) -> Vec<Effect> {
        self.on(Incoming::Chat(event))
    }

    /// Lets time pass, and the tick come.
    pub(super) fn wait(&mut self, span: Duration) -> Vec<Effect> {
        self.now.instant += span;
        self.on(Incoming::Tick)
    }

    pub(super) fn ms(&mut self, ms: u64) -> Vec<Effect> {
        self.wait(Duration::from_millis(ms))
    }

    pub(super) fn start(&mut self, turn: u32, prompt: &str) {
        self.chat(Event::TurnStarted { turn: TurnId(turn), prompt: Clean::new(prompt) });
    }

    pub(super) fn step(&mut self, turn: u32, step: u32) {
        let model = self.app.status.model.clone();
        self.chat(Event::StepStarted { step: id(turn, step), model });
    }

    pub(super) fn reasoning(&mut self, turn: u32, step: u32, text: &str) {
        self.chat(Event::Reasoning { step: id(turn, step), text: Clean::new(text) });
    }

    pub(super) fn answer(&mut self, turn: u32, step: u32, text: &str) {
        self.chat(Event::Answer { step: id(turn, step), text: Clean::new(text) });
    }

    pub(super) fn step_ends(&mut self, turn: u32, step: u32) {
        self.chat(Event::StepEnded {
            step: id(turn, step),
            finish: Finish::Stop,
            usage: None,
            credits: None,
            served_by: None,
        });
    }

    pub(super) fn turn_ends(&mut self, turn: u32, end: TurnEnd) -> Vec<Effect> {
        self.chat(Event::TurnEnded { turn: TurnId(turn), end })
    }

    /// A whole turn: prompt, reasoning, answer.
    pub(super) fn turn(&mut self, turn: u32, prompt: &str, reasoning: &str, answer: &str) {
        self.start(turn, prompt);
        self.step(turn, 1);
        if !reasoning.is_empty() {
            self.reasoning(turn, 1, reasoning);
        }
        self.answer(turn, 1, answer);
        self.step_ends(turn, 1);
        self.turn_ends(turn, TurnEnd::Done);
    }

    pub(super) fn text(&self) -> String {
        self.app.composer.shown()
    }

    pub(super) fn toast(&self) -> &str {
        self.app.toasts.last().map_or("", |toast| toast.notice.text.as_str())
    }

    pub(super) fn overlay(&self) -> Option<&Overlay> {
        self.app.overlays.last()
    }

    pub(super) fn kinds(&self) -> Vec<String> {
        self.app.transcript.entries.iter().map(kind).collect()
    }

    /// The state after the pane was drawn: 80×24, reasoning on top.
    pub(super) fn drawn(&mut self, change: impl FnOnce(&mut View)) {
        let area = |y, height| Rect { x: 0, y, width: 80, height };
        let pane =
            |y, height| PaneView { area: area(y, height), top: None, top_step: None, at_end: true, runs: Vec::new() };
        let mut view = View {
            screen: area(0, 24),
            reasoning: pane(1, 4),
            answer: pane(6, 11),
            divider: area(5, 1),
            composer: Rect { x: 2, y: 19, width: 78, height: 2 },
            gauge: Rect { x: 10, y: 22, width: 20, height: 1 },
            model: Rect { x: 1, y: 22, width: 7, height: 1 },
            ..View::default()
        };
        change(&mut view);
        self.on(Incoming::Drawn(Box::new(view)));
    }
}

pub(super) fn id(turn: u32, step: u32) -> StepId {
    StepId { turn: TurnId(turn), step }
}

pub(super) fn submit(text: &str) -> Effect {
    Effect::Send(Command::Submit(text.to_owned()))
}

fn kind(entry: &Entry) -> String {
    match &entry.kind {
        EntryKind::Prompt { text, steered, .. } => format!("prompt{} {text}", if *steered { "*" } else { "" }),
        EntryKind::Reasoning { step, text } => format!("reasoning {step} {text}"),
        EntryKind::Answer { step, text, complete } => {
            format!("answer {step} {text}{}", if *complete { "" } else { "…" })
        }
        EntryKind::Run(run) => format!("run {}", run.line()),
        EntryKind::Mark(text) => format!("mark {text}"),
        EntryKind::Trouble(problem) => format!("trouble {}", problem.what),
        EntryKind::Output(text) => format!("output {text}"),
    }
}
