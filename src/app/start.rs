//! The state before anything happened: from the settings, and from what an earlier run left.

use super::{
    App, Asks, DiffLook, Focus, Live, Look, Now, Panes, ReasoningState, Scroll, Session, Status, Transcript, View,
    Work, composer::Composer, keymap::Keys, transcript::EntryKind,
};
use crate::{
    chat::{Activity, ModelCard, ModelId},
    config::{Config, Glyphs, ReasoningPane, ThinkingControl},
    quota,
};

/// Percent of the space that reasoning takes at first: stacked 25, a quarter, side by side 40.
const SHARE: [u16; 2] = [25, 40];

impl App {
    /// The state at the start. `place` is the working folder, shortened, and the git branch.
    #[must_use]
    pub fn new(config: &Config, place: (String, Option<String>), zone: quota::TimeZone, now: Now) -> Self {
        let (keys, problems) = Keys::new(&config.keys);
        let mut transcript = Transcript::default();
        for problem in problems {
            transcript.push(EntryKind::Trouble(problem));
        }
        Self {
            transcript,
            panes: panes(config.ui.reasoning),
            composer: Composer::new(config.composer),
            overlays: Vec::new(),
            find: None,
            status: status(config, place),
            live: Live {
                activity: Activity::Idle,
                activity_at: now.instant,
                turn_at: None,
                heard_at: None,
                speed: None,
                waiting: Vec::new(),
                asks: Asks::default(),
                work: Work::default(),
                session: Session::default(),
                quiet: (config.limits.quiet_notice, config.limits.quiet_offer),
            },
            board: quota::Board::default(),
            toasts: Vec::new(),
            look: Look {
                ui: config.ui.clone(),
                theme: config.ui.theme.clone(),
                light: None,
                ascii: config.ui.glyphs == Glyphs::Ascii,
                mouse: config.ui.mouse,
                detailed: false,
                diff: DiffLook::default(),
                gauge: config.gauge.show,
                focused: true,
                zone,
            },
            keys,
            view: View::default(),
        }
    }

    /// The address changed: what is known of the account begins anew, the conversation stays.
    pub fn moved_to(&mut self, config: &Config) {
        let place = std::mem::take(&mut self.status.place);
        self.status = status(config, place);
        self.board = quota::Board::default();
    }

    /// Takes over what an earlier run left: earlier prompts (oldest first), the draft that was not
    /// sent, and how the reasoning pane was left in this project.
    pub fn restore(&mut self, history: Vec<String>, draft: Option<String>, reasoning: Option<ReasoningPane>) {
        for prompt in history {
            self.composer.remember(&prompt);
        }
        if let Some(draft) = draft {
            self.composer.set_text(&draft);
            // It is on disk already.
            self.composer.take_dirty();
        }
        if let Some(mode) = reasoning {
            self.panes.mode = mode;
            self.panes.state = at_rest(mode);
        }
    }
}

fn panes(mode: ReasoningPane) -> Panes {
    Panes {
        focus: Focus::Composer,
        zoomed: None,
        answer: Scroll::Latest,
        reasoning: Scroll::Latest,
        mode,
        state: at_rest(mode),
        folds_at: None,
        share: SHARE,
        unseen: false,
        swapped: false,
        marked: None,
        run: None,
    }
}

/// The state of the reasoning pane while nothing streams.
#[must_use]
pub(super) fn at_rest(mode: ReasoningPane) -> ReasoningState {
    match mode {
        ReasoningPane::Auto | ReasoningPane::Closed => ReasoningState::Rest,
        ReasoningPane::Open => ReasoningState::Pinned,
        ReasoningPane::Off => ReasoningState::Off,
    }
}

fn status(config: &Config, place: (String, Option<String>)) -> Status {
    let endpoint = config.endpoint.as_ref();
    let card = |id: &ModelId| {
        let spec = config.catalogue.spec(id);
        ModelCard {
            id: id.clone(),
            context: spec.context,
            efforts: spec.efforts,
            can_rest: spec.thinking != ThinkingControl::Always,
            vision: spec.vision,
            price: spec.factors.map(|factors| factors.input),
            refused: None,
        }
    };
    Status {
        model: config.model.clone(),
        thinking: config.thinking,
        effort: config.effort,
        models: config.ring.iter().map(card).collect(),
        ring: config.ring.clone(),
        mode: config.permissions.mode,
        sandbox: None,
        context: None,
        place,
        demo: endpoint.is_some_and(|e| e.demo),
        metered: endpoint.is_some_and(|e| e.preset.is_metered()),
        host: endpoint.map(|e| host(&e.base_url).to_owned()).unwrap_or_default(),
    }
}

/// The host of a URL, its port included.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}
