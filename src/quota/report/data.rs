//! The usage report as data with stable names: what `usage --json` prints. Names are added, never changed.

use jiff::Timestamp;
use serde::Serialize;

use crate::quota::{
    board::Board,
    credits::Rate,
    reading::{Severity, WindowReading},
    window::{Unit, WindowKind},
};

/// The usage report for scripts. What is not known is `null`, never zero.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The plan's name as the service gives it, for instance `pro`.
    pub plan: Option<String>,
    /// `fresh`, `estimated`, `stale`, `failing`, `unknown`, `auth`, `no_plan` or `off`.
    pub health: &'static str,
    /// Everything is simulated.
    pub demo: bool,
    /// The windows of the last answer.
    pub windows: Vec<ReportWindow>,
    /// The rate in force, if the plan has peak hours.
    pub rate: Option<ReportRate>,
    /// Credits of our own requests since the last answer; they are in the windows' figures.
    pub own_credits: f64,
    /// Points of the five-hour window that our own requests do not explain.
    pub gap_points: Option<f64>,
    /// Turns that are left at this session's average, about.
    pub turns_left: Option<f64>,
    /// US dollars spent in this session on a metered address, estimated.
    pub spent_usd: Option<f64>,
    /// When the figures came.
    pub taken_at: Option<Timestamp>,
    /// Tokens by model and day.
    pub by_model: Vec<ReportModel>,
    /// The last day of `by_model`, `yyyy-mm-dd`.
    pub last_day: Option<String>,
}

/// One window of a [`Report`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportWindow {
    /// `five_hour`, `week`, `mcp`, or the service's own label.
    pub kind: String,
    /// `credits`, `tokens`, `calls` or `percent`.
    pub unit: &'static str,
    /// Used, own credits included.
    pub used: Option<f64>,
    /// What the plan allows.
    pub cap: Option<f64>,
    /// What is left.
    pub remaining: Option<f64>,
    /// The used share, 0–100; 100 exactly when the window is full.
    pub percent: Option<f64>,
    /// Own credits are in these figures.
    pub estimated: bool,
    /// When the window starts anew; one in the past says that no answer came since.
    pub resets_at: Option<Timestamp>,
    /// `ok`, `warn`, `crit`, `full`; `null` when the used share is not known.
    pub severity: Option<&'static str>,
    /// Points of use above the share of the window's time that has passed.
    pub pace_points: Option<f64>,
    /// When it will be used up, if before its reset.
    pub empties_at: Option<Timestamp>,
}

/// The rate in force in a [`Report`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReportRate {
    /// The full rate is charged.
    pub peak: bool,
    /// What a credit costs now.
    pub factor: f64,
    /// When that changes.
    pub changes_at: Option<Timestamp>,
}

/// The tokens of one model in a [`Report`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportModel {
    /// The model as the service names it.
    pub model: String,
    /// Tokens per day, oldest first; `null` where the service had no datum.
    pub days: Vec<Option<u64>>,
}

impl Report {
    /// The report of a board at `now`.
    #[must_use]
    pub fn of(board: &Board, now: Timestamp) -> Self {
        let reading = board.read(now);
        let (models, last_day) = board.by_model.clone().unzip();
        Self {
            plan: reading.plan,
            health: reading.trust.word(),
            demo: reading.demo,
            windows: reading.windows.iter().map(ReportWindow::of).collect(),
            rate: reading.rate.map(ReportRate::of),
            own_credits: reading.own_credits,
            gap_points: reading.gap.map(tenths),
            turns_left: reading.turns_left.map(|left| tenths(left.turns)),
            spent_usd: reading.spent_usd,
            taken_at: reading.taken_at,
            by_model: models
                .unwrap_or_default()
                .into_iter()
                .map(|series| ReportModel { model: series.model, days: series.days })
                .collect(),
            last_day,
        }
    }
}

impl ReportWindow {
    fn of(window: &WindowReading) -> Self {
        let kind = match &window.kind {
            WindowKind::FiveHour => "five_hour",
            WindowKind::Week => "week",
            WindowKind::Mcp => "mcp",
            WindowKind::Other(label) => label,
        };
        let unit = match window.unit {
            Unit::Credits => "credits",
            Unit::Tokens => "tokens",
            Unit::Calls => "calls",
            Unit::Percent => "percent",
        };
        let severity = match window.severity {
            Severity::Ok => "ok",
            Severity::Warn => "warn",
            Severity::Crit => "crit",
            Severity::Full => "full",
        };
        Self {
            kind: kind.to_owned(),
            unit,
            used: window.used,
            cap: window.cap,
            remaining: window.remaining,
            percent: window.percent.map(tenths),
            estimated: window.estimated,
            resets_at: window.reset.at,
            severity: window.percent.map(|_| severity),
            pace_points: window.pace.points.map(tenths),
            empties_at: window.pace.empties_at,
        }
    }
}

impl ReportRate {
    fn of(rate: Rate) -> Self {
        Self { peak: rate.peak, factor: rate.factor, changes_at: rate.changes_at }
    }
}

/// One decimal, rounded towards zero, so that only a full window is 100.
fn tenths(figure: f64) -> f64 {
    (figure * 10.0 + 1e-8 * figure.signum()).trunc() / 10.0
}
