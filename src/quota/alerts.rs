//! When a window is worth a word: once per window, severity and cycle, never per poll; and the steps down that
//! are suggested at 80, 90 and 95 % of the window that stops the work first. Words only: nothing here acts.

use jiff::{Timestamp, tz::TimeZone};

use super::{
    board::SAME_RESET,
    format,
    reading::{Reading, Severity, Trust, WindowReading},
    span,
    window::{Unit, WindowKind},
};

/// A step down that is suggested, gentlest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Ask for less reasoning.
    LowerEffort,
    /// Use the cheaper model.
    CheaperModel,
    /// Stop, and ask before each further turn.
    StopAndAsk,
}

impl Step {
    /// The step that a used share calls for.
    #[must_use]
    pub fn at(percent: f64) -> Option<Self> {
        match percent {
            p if p >= 95.0 => Some(Self::StopAndAsk),
            p if p >= 90.0 => Some(Self::CheaperModel),
            p if p >= 80.0 => Some(Self::LowerEffort),
            _ => None,
        }
    }

    /// What to do, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::LowerEffort => "a lower effort stretches it: /effort",
            Self::CheaperModel => "a cheaper model stretches it: /model",
            Self::StopAndAsk => "stop here, or send only what cannot wait",
        }
    }
}

/// Something to tell the user once.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// The window that it is about.
    pub window: WindowKind,
    /// How bad it stands.
    pub severity: Severity,
    /// The step down that is suggested, if it is the window that stops the work first.
    pub step: Option<Step>,
    /// What happened, one line.
    pub what: String,
    /// What to do, one line.
    pub hint: String,
}

/// What was told of a window in its present cycle.
#[derive(Clone, Debug)]
struct Told {
    window: WindowKind,
    cycle: Option<Timestamp>,
    severity: Severity,
    step: Option<Step>,
}

/// Remembers what was told, so that nothing is told twice in one cycle of a window.
#[derive(Clone, Debug)]
pub struct Alerts {
    zone: TimeZone,
    told: Vec<Told>,
}

impl Alerts {
    /// Nothing was told yet; clock times will be those of `zone`.
    #[must_use]
    pub fn new(zone: TimeZone) -> Self {
        Self { zone, told: Vec::new() }
    }

    /// What there is to tell now, at most one alert per window.
    pub fn on(&mut self, reading: &Reading) -> Vec<Alert> {
        if matches!(reading.trust, Trust::AuthError | Trust::NoPlan | Trust::Off | Trust::Unknown { .. }) {
            return Vec::new();
        }
        let binding = reading.binding().map(|window| window.kind.clone());
        reading
            .windows
            .iter()
            .filter(|window| window.percent.is_some())
            .filter_map(|window| {
                let step =
                    if binding.as_ref() == Some(&window.kind) { window.percent.and_then(Step::at) } else { None };
                let step = step.filter(|_| !window.full());
                self.is_news(window, step).then(|| alert(window, step, reading.at, &self.zone))
            })
            .collect()
    }

    /// Whether a window stands worse than what was told of this cycle; remembers it if so.
    fn is_news(&mut self, window: &WindowReading, step: Option<Step>) -> bool {
        let at = self.told.iter().position(|told| told.window == window.kind).unwrap_or_else(|| {
            let severity = Severity::Ok;
            self.told.push(Told { window: window.kind.clone(), cycle: window.reset.at, severity, step: None });
            self.told.len() - 1
        });
        let told = &mut self.told[at];
        if is_new_cycle(told.cycle, window) {
            *told = Told { window: window.kind.clone(), cycle: window.reset.at, severity: Severity::Ok, step: None };
        }
        told.cycle = window.reset.at.or(told.cycle);
        let news = window.severity > told.severity || step > told.step;
        told.severity = told.severity.max(window.severity);
        told.step = told.step.max(step);
        news
    }
}

/// The window has started anew since `told`: its reset is another one, or it is idle and unused.
fn is_new_cycle(told: Option<Timestamp>, window: &WindowReading) -> bool {
    match (told, window.reset.at) {
        (Some(told), Some(at)) => span::until(told.min(at), told.max(at)) >= SAME_RESET,
        (_, None) => window.percent.is_some_and(|percent| percent < 1.0),
        (None, Some(_)) => false,
    }
}

fn alert(window: &WindowReading, step: Option<Step>, now: Timestamp, zone: &TimeZone) -> Alert {
    let name = name(&window.kind);
    let resets = window.reset.at.map(|at| format::clock(at, now, zone));
    let what = if window.full() {
        match (&resets, window.reset.left) {
            (Some(at), Some(left)) => format!("{name} used up · resets {at} ({})", format::duration(left)),
            _ => format!("{name} used up"),
        }
    } else {
        let share = format::used_share(window);
        let empty = window.pace.empties_at.map(|at| format!(" · empty ~{}", format::clock(at, now, zone)));
        let resets = resets.map(|at| format!(" · resets {at}"));
        format!("{name} {share} used{}{}", empty.unwrap_or_default(), resets.unwrap_or_default())
    };
    Alert { window: window.kind.clone(), severity: window.severity, step, what, hint: hint(window, step) }
}

fn hint(window: &WindowReading, step: Option<Step>) -> String {
    if window.full() {
        return match window.unit {
            Unit::Calls => "these calls are refused until then; the rest of the plan works".to_owned(),
            _ => "nothing is billed beyond the plan; all models share it, so another one does not help".to_owned(),
        };
    }
    match step {
        Some(step) => step.words().to_owned(),
        None if window.severity >= Severity::Crit => "finish what matters most first; /usage shows more".to_owned(),
        None => "/usage shows where it goes".to_owned(),
    }
}

fn name(kind: &WindowKind) -> &str {
    match kind {
        WindowKind::FiveHour => "5-hour window",
        WindowKind::Week => "weekly window",
        WindowKind::Mcp => "MCP calls of this month",
        WindowKind::Other(label) => label,
    }
}
