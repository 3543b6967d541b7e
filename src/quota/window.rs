//! The windows of a plan as the quota endpoint tells them.

use std::time::Duration;

use jiff::Timestamp;

/// Which window it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WindowKind {
    /// The 5-hour window.
    FiveHour,
    /// The weekly window.
    Week,
    /// The monthly allowance of MCP calls of older plans.
    Mcp,
    /// A window that this version does not know, by its label.
    Other(String),
}

/// What a window counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Credits of a credit plan.
    Credits,
    /// Tokens of an older plan.
    Tokens,
    /// Calls.
    Calls,
    /// Only a percentage is known.
    Percent,
}

/// One window at the moment of its snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Which one.
    pub kind: WindowKind,
    /// What it counts.
    pub unit: Unit,
    /// What is used, in `unit`; may exceed `cap`.
    pub used: Option<f64>,
    /// What the plan allows, in `unit`.
    pub cap: Option<f64>,
    /// What is left by the service's own count.
    pub remaining: Option<f64>,
    /// The used share that the service gave, 0–100, floored by it.
    pub percent: Option<f64>,
    /// When the window starts anew; `None` while it is idle.
    pub resets_at: Option<Timestamp>,
    /// How long a full window lasts.
    pub length: Duration,
    /// Use by part (MCP tools), as the service names them.
    pub details: Vec<(String, u64)>,
}

/// All windows at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The windows, five-hour first, then week, then the rest.
    pub windows: Vec<Window>,
    /// The plan's name as the service gives it, for instance `pro`.
    pub plan: Option<String>,
    /// When the answer came.
    pub taken_at: Timestamp,
}

impl WindowKind {
    /// The short name of the status row: `5h`, `wk`, `MCP`, or the label itself.
    #[must_use]
    pub fn short(&self) -> &str {
        match self {
            Self::FiveHour => "5h",
            Self::Week => "wk",
            Self::Mcp => "MCP",
            Self::Other(label) => label,
        }
    }

    /// The name of the usage view: `5 hours`, `week`, `MCP`, or the label itself.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::FiveHour => "5 hours",
            Self::Week => "week",
            Self::Mcp => "MCP",
            Self::Other(label) => label,
        }
    }
}
