//! The settings, validated. `config.example.toml` shows each with its default.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{catalogue::Catalogue, endpoint::Endpoint};
use crate::chat::{Effort, ModelId, PermissionMode};

/// Everything that was decided before the first frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where requests go; `None` until a key and an address are chosen.
    pub endpoint: Option<Endpoint>,
    /// The model of the first call.
    pub model: ModelId,
    /// The models that F2 cycles, in order.
    pub ring: Vec<ModelId>,
    /// Ask models to think.
    pub thinking: bool,
    /// The grade of reasoning; `None` = the model's default.
    pub effort: Option<Effort>,
    /// Waits and caps of requests.
    pub limits: Limits,
    /// The look.
    pub ui: Ui,
    /// The gauge.
    pub gauge: Gauge,
    /// The composer.
    pub composer: Composer,
    /// Keys the user rebound: action name → key chords, as written (`"ctrl-x m"`).
    pub keys: BTreeMap<String, Vec<String>>,
    /// Request fields that the address refuses and that must be left out.
    pub omit_fields: Vec<String>,
    /// What is known of models.
    pub catalogue: Catalogue,
    /// What the agent may do.
    pub permissions: Permissions,
    /// How long copies of files are kept.
    pub sessions: Sessions,
}

/// How long copies of files are kept for undo. What was said is never dropped by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sessions {
    /// Those of conversations that were not used for this many days go; 0 = at once.
    pub keep_days: u32,
    /// Those of all conversations together take at most this many bytes.
    pub max_bytes: u64,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { keep_days: 90, max_bytes: 1 << 30 }
    }
}

/// What the agent may do. Rules are written as `docs/PERMISSIONS.md` says, for instance `Bash(git status)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// The mode that a session begins with.
    pub mode: PermissionMode,
    /// May be done unasked.
    pub allow: Vec<String>,
    /// Is asked for, whatever else allows it.
    pub ask: Vec<String>,
    /// Is refused, whatever else allows it.
    pub deny: Vec<String>,
    /// What must keep commands in.
    pub sandbox: SandboxWish,
    /// Commands in the sandbox may use the network.
    pub network: bool,
    /// Pages may be fetched (each address is asked for unless a rule allows it).
    pub web: bool,
}

impl Default for Permissions {
    fn default() -> Self {
        Self {
            mode: PermissionMode::Ask,
            allow: Vec::new(),
            ask: Vec::new(),
            deny: Vec::new(),
            sandbox: SandboxWish::Auto,
            network: false,
            web: false,
        }
    }
}

/// What must keep commands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SandboxWish {
    /// The strongest that this machine offers.
    #[default]
    Auto,
    /// The full sandbox; without it the program does not start.
    Require,
    /// None: each command is asked for.
    Off,
}

/// Waits and caps of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// TCP and TLS must stand within this. Default 10 s.
    pub connect: Duration,
    /// Silence that is said. Default 20 s.
    pub quiet_notice: Duration,
    /// Silence after which a retry is offered. Default 60 s.
    pub quiet_offer: Duration,
    /// Silence after which the call is aborted and retried. Default 600 s.
    pub quiet_abort: Duration,
    /// Tries of one model call over all causes. Default 8.
    pub tries: u32,
    /// `max_tokens`; `None` = the model's maximum.
    pub max_output: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            quiet_notice: Duration::from_secs(20),
            quiet_offer: Duration::from_secs(60),
            quiet_abort: Duration::from_secs(600),
            tries: 8,
            max_output: None,
        }
    }
}

/// Which theme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// By the terminal's background.
    #[default]
    Auto,
    /// A built-in (`dark`, `light`, `ansi`, `mono`, `high-contrast`) or a file in the themes folder.
    Named(String),
}

/// How much may move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Spinner and counters.
    #[default]
    Full,
    /// Counters only.
    Reduced,
    /// Nothing that does not carry text.
    None,
}

/// Which glyphs decorate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// By a probe of the terminal.
    #[default]
    Auto,
    /// Box drawing and blocks.
    Unicode,
    /// ASCII only.
    Ascii,
}

/// What the mouse does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MouseMode {
    /// Wheel, clicks, drags.
    #[default]
    Full,
    /// The wheel only.
    Wheel,
    /// Nothing is captured.
    Off,
}

/// How the reasoning pane behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReasoningPane {
    /// Opens while the model thinks, folds when the answer comes.
    #[default]
    Auto,
    /// Stays open.
    Open,
    /// Stays a one-row header.
    Closed,
    /// Not shown; the counter in the activity row stays.
    Off,
}

/// The look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ui {
    /// The theme.
    pub theme: ThemeName,
    /// Motion.
    pub motion: Motion,
    /// Glyphs.
    pub glyphs: Glyphs,
    /// The mouse.
    pub mouse: MouseMode,
    /// The reasoning pane.
    pub reasoning: ReasoningPane,
    /// No colour at all (`NO_COLOR` or `--theme mono`).
    pub no_color: bool,
}

/// What the gauge's figure means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GaugeShow {
    /// The used share.
    #[default]
    Used,
    /// What is left.
    Left,
}

/// The gauge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauge {
    /// Used or left.
    pub show: GaugeShow,
}

/// The composer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Composer {
    /// A paste of at least this many lines becomes a chip.
    pub chip_lines: usize,
    /// A paste of at least this many characters becomes a chip.
    pub chip_chars: usize,
}

impl Default for Composer {
    fn default() -> Self {
        Self { chip_lines: 10, chip_chars: 1000 }
    }
}
