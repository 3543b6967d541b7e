//! The state of the screen.

use std::time::{Duration, Instant};

use super::{Asks, DiffLook, Find, Overlay, Panes, Session, Transcript, View};
use crate::{
    chat::{Activity, Effort, JobCard, ModelCard, ModelId, Notice, PermissionMode, PlanItem, SandboxCard},
    config::{GaugeShow, MouseMode, ThemeName, Ui},
    quota,
};

/// What the status row and the activity row tell.
#[derive(Clone, Debug)]
pub struct Status {
    /// The model of the next call.
    pub model: ModelId,
    /// It will be asked to think.
    pub thinking: bool,
    /// The grade of reasoning; `None` = the model's default.
    pub effort: Option<Effort>,
    /// The models that can be chosen.
    pub models: Vec<ModelCard>,
    /// The ring that F2 cycles.
    pub ring: Vec<ModelId>,
    /// How much the agent may do unasked.
    pub mode: PermissionMode,
    /// What keeps commands in, as far as it was told.
    pub sandbox: Option<SandboxCard>,
    /// Tokens of the next request and the window.
    pub context: Option<(u64, Option<u64>)>,
    /// The working folder, shortened (`~/src/app`), and the git branch.
    pub place: (String, Option<String>),
    /// Replies are simulated.
    pub demo: bool,
    /// Each request costs money.
    pub metered: bool,
    /// The host that is asked, for instance `api.z.ai`.
    pub host: String,
}

/// What runs now.
#[derive(Clone, Debug)]
pub struct Live {
    /// What the agent does.
    pub activity: Activity,
    /// Since when.
    pub activity_at: Instant,
    /// When the running turn began.
    pub turn_at: Option<Instant>,
    /// When the last **event** came from the service (bytes without an event do not count).
    pub heard_at: Option<Instant>,
    /// Tokens per second of the stream, smoothed; `None` before there is one.
    pub speed: Option<f64>,
    /// Its plan and what goes on beside it.
    pub work: Work,
    /// Prompts that wait, clean.
    pub waiting: Vec<String>,
    /// Questions that wait for an answer.
    pub asks: Asks,
    /// What is known of its being saved.
    pub session: Session,
    /// Silence that is said, and silence after which a retry is offered.
    pub quiet: (Duration, Duration),
}

/// The plan, and what goes on beside the turn.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// The plan; empty = none.
    pub plan: Vec<PlanItem>,
    /// The plan is shown where it has no place of its own.
    pub drawer: bool,
    /// The background commands.
    pub jobs: Vec<JobCard>,
    /// When they were told.
    pub jobs_at: Option<Instant>,
}

/// A notice with its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// What it says.
    pub notice: Notice,
    /// When it goes.
    pub until: Instant,
}

/// The screen's state. `ui::draw` reads it; only [`App::on`] changes it.
#[derive(Debug)]
pub struct App {
    /// The conversation.
    pub transcript: Transcript,
    /// The panes.
    pub panes: Panes,
    /// The prompt box with its history, chips and completion.
    pub composer: super::composer::Composer,
    /// What lies over the panes; the last takes the keys.
    pub overlays: Vec<Overlay>,
    /// The search, if one is open.
    pub find: Option<Find>,
    /// Model, context, place.
    pub status: Status,
    /// What runs.
    pub live: Live,
    /// The quota.
    pub board: quota::Board,
    /// Passing messages, newest last.
    pub toasts: Vec<Toast>,
    /// The look in force.
    pub look: Look,
    /// Keys in force and a chord that was begun.
    pub keys: super::keymap::Keys,
    /// The last frame.
    pub view: View,
}

/// The look in force.
#[derive(Clone, Debug)]
pub struct Look {
    /// What was configured.
    pub ui: Ui,
    /// The theme in force.
    pub theme: ThemeName,
    /// The terminal's background is light, if it said.
    pub light: Option<bool>,
    /// Decorate with ASCII only.
    pub ascii: bool,
    /// What the mouse does.
    pub mouse: MouseMode,
    /// Details of entries are shown.
    pub detailed: bool,
    /// How changes are shown.
    pub diff: DiffLook,
    /// The gauge shows what is used or what is left.
    pub gauge: GaugeShow,
    /// The window has the focus.
    pub focused: bool,
    /// The local time zone, for clock times.
    pub zone: quota::TimeZone,
}
