//! What the gauge and the usage view show at one moment. How it comes about is `read`'s business; it knows no
//! colour and no width.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    credits::{Factors, Rate},
    span,
    window::{Unit, WindowKind},
};

/// How bad a window stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Below 70 % and, as far as can be told, it lasts.
    #[default]
    Ok,
    /// 70 % or more, or it will be empty before its reset.
    Warn,
    /// 90 % or more, or it will be empty within 20 minutes.
    Crit,
    /// The service says that nothing is left.
    Full,
}

impl Severity {
    /// The mark that says it without colour: nothing, `!`, `!!`, `FULL`.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Ok => "",
            Self::Warn => "!",
            Self::Crit => "!!",
            Self::Full => "FULL",
        }
    }
}

/// How far the figures can be trusted, at the moment of the reading. `why` is one line of the last failure, from
/// outside and not cleaned; it may be empty.
#[derive(Clone, Debug, PartialEq)]
pub enum Trust {
    /// No answer came yet.
    Unknown {
        /// Why not, if a poll failed.
        why: Option<String>,
        /// When the next try is due.
        retry_in: Option<Duration>,
    },
    /// The service said so a moment ago.
    Fresh,
    /// The same, plus our own credits since.
    Estimated,
    /// The figures are old, or the last poll failed.
    Stale {
        /// Time since they came.
        age: Duration,
        /// Why, if a poll failed.
        why: Option<String>,
    },
    /// Polls fail in a row and the figures are a memory.
    Failing {
        /// Time since the figures came.
        age: Duration,
        /// Why the last one failed.
        why: String,
        /// When the next try is due.
        retry_in: Option<Duration>,
    },
    /// The key was refused.
    AuthError,
    /// The key has no plan.
    NoPlan,
    /// There is no quota endpoint (metered or custom address).
    Off,
}

impl Trust {
    /// One stable word: `unknown`, `fresh`, `estimated`, `stale`, `failing`, `auth`, `no_plan`, `off`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown",
            Self::Fresh => "fresh",
            Self::Estimated => "estimated",
            Self::Stale { .. } => "stale",
            Self::Failing { .. } => "failing",
            Self::AuthError => "auth",
            Self::NoPlan => "no_plan",
            Self::Off => "off",
        }
    }

    /// The figures, if there are any, are to be drawn as old ones.
    #[must_use]
    pub fn is_dim(&self) -> bool {
        !matches!(self, Self::Fresh | Self::Estimated)
    }
}

/// When a window starts anew.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reset {
    /// The moment the service named; `None` while the window is idle.
    pub at: Option<Timestamp>,
    /// Time until then; `None` when it has passed.
    pub left: Option<Duration>,
    /// It has passed and no answer came since: show `5h reset?`, not the old figure.
    pub passed: bool,
}

/// How the use goes along with the time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Points of use above (below, if negative) the share of the window's time that has passed.
    pub points: Option<f64>,
    /// When it will be used up, if before its reset.
    pub empties_at: Option<Timestamp>,
    /// A forecast could be made and the window lasts until its reset.
    pub lasts: bool,
}

/// One window at the moment of the reading.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowReading {
    /// Which one.
    pub kind: WindowKind,
    /// What it counts.
    pub unit: Unit,
    /// Used, own credits included, in `unit`.
    pub used: Option<f64>,
    /// What the plan allows, in `unit`.
    pub cap: Option<f64>,
    /// What is left, in `unit`.
    pub remaining: Option<f64>,
    /// The used share, own credits included, 0–100; 100 exactly when full; `None` when not known.
    pub percent: Option<f64>,
    /// Own credits since the last answer are in these figures: mark them with `~`.
    pub estimated: bool,
    /// How bad it stands.
    pub severity: Severity,
    /// The share of the window's time that has passed, 0–1: the tick on the bar.
    pub elapsed_share: Option<f64>,
    /// When it starts anew.
    pub reset: Reset,
    /// How the use goes along with the time.
    pub pace: Pace,
    /// Use by part (MCP tools), as the service names them; not cleaned.
    pub details: Vec<(String, u64)>,
}

impl WindowReading {
    /// The service says that nothing is left.
    #[must_use]
    pub fn full(&self) -> bool {
        self.severity == Severity::Full
    }
}

/// Whether the plan has a weekly window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weekly {
    /// It has one, and it is among the windows.
    Has,
    /// An older plan without one.
    None,
    /// No answer said.
    Unknown,
}

/// How much work is left at this session's average turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TurnsLeft {
    /// Turns on the model that was used so far, about.
    pub turns: f64,
    /// How many turns the average stands on.
    pub from_turns: u32,
}

impl TurnsLeft {
    /// The same on another model: `own` are the factors of the model in use. `None` without a price.
    #[must_use]
    pub fn on(&self, other: &Factors, own: &Factors) -> Option<f64> {
        own.relative_to(other).map(|ratio| self.turns * ratio)
    }
}

/// What the gauge and the usage view show.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The moment it is true for.
    pub at: Timestamp,
    /// The plan's name as the service gives it; not cleaned.
    pub plan: Option<String>,
    /// How far to trust the figures.
    pub trust: Trust,
    /// The windows of the last answer, in its order.
    pub windows: Vec<WindowReading>,
    /// Whether there is a weekly one.
    pub weekly: Weekly,
    /// The rate in force, if the plan has peak hours.
    pub rate: Option<Rate>,
    /// How many turns are left, if this session had any.
    pub turns_left: Option<TurnsLeft>,
    /// Credits of our own requests since the last answer.
    pub own_credits: f64,
    /// Points of the five-hour window that our own requests do not explain: other tools on this key.
    pub gap: Option<f64>,
    /// US dollars spent in this session on a metered address, estimated.
    pub spent_usd: Option<f64>,
    /// Everything is simulated.
    pub demo: bool,
    /// When the figures came.
    pub taken_at: Option<Timestamp>,
}

impl Reading {
    /// The reading of a window, if the last answer had it.
    #[must_use]
    pub fn window(&self, kind: &WindowKind) -> Option<&WindowReading> {
        self.windows.iter().find(|window| window.kind == *kind)
    }

    /// The reading of the five-hour window.
    #[must_use]
    pub fn five_hour(&self) -> Option<&WindowReading> {
        self.window(&WindowKind::FiveHour)
    }

    /// The reading of the weekly window.
    #[must_use]
    pub fn week(&self) -> Option<&WindowReading> {
        self.window(&WindowKind::Week)
    }

    /// The window of the two that stops the work first: a full one, else the one that is empty first, else the
    /// one that is used most.
    #[must_use]
    pub fn binding(&self) -> Option<&WindowReading> {
        let mut main: Vec<_> = [self.five_hour(), self.week()].into_iter().flatten().collect();
        main.retain(|window| window.percent.is_some());
        main.sort_by(|a, b| {
            let empties = |w: &WindowReading| w.pace.empties_at.unwrap_or(Timestamp::MAX);
            (b.full().cmp(&a.full()))
                .then(empties(a).cmp(&empties(b)))
                .then(b.percent.unwrap_or(0.0).total_cmp(&a.percent.unwrap_or(0.0)))
        });
        main.first().copied()
    }

    /// How bad the worst of the two main windows stands.
    #[must_use]
    pub fn severity(&self) -> Severity {
        [self.five_hour(), self.week()].into_iter().flatten().map(|window| window.severity).max().unwrap_or_default()
    }

    /// Time since the figures came.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.taken_at.map(|at| span::until(at, self.at))
    }
}
