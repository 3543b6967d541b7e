//! The simulated subscription and what its quota endpoint says. Knows no JSON of the service.

use serde::Deserialize;

/// The subscription.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Plan {
    pub(crate) generation: Generation,
    pub(crate) tier: Tier,
    /// Used of the 5-hour window when the scenario begins, in percent; may have decimals.
    pub(crate) five_hour: f64,
    /// Seconds until the 5-hour window resets; absent: the window is idle.
    pub(crate) five_hour_resets_in: Option<i64>,
    /// Used of the week, in percent.
    pub(crate) week: f64,
    /// Seconds until the week resets.
    pub(crate) week_resets_in: i64,
    /// Credits reach the quota endpoint so many seconds late.
    pub(crate) lag_s: i64,
    /// The clock of the peak.
    pub(crate) peak: PeakSpec,
    /// A used-up window answers 1308 or 1310.
    pub(crate) enforce: bool,
    /// Charges never bring a window above this percentage.
    pub(crate) hold_at: Option<f64>,
    /// The usage endpoint shows made-up tokens of the days before.
    pub(crate) history: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            generation: Generation::Credit,
            tier: Tier::Lite,
            five_hour: 0.0,
            five_hour_resets_in: None,
            week: 0.0,
            week_resets_in: 4 * 86_400 + 3 * 3_600,
            lag_s: 0,
            peak: PeakSpec::Clock,
            enforce: true,
            hold_at: None,
            history: false,
        }
    }
}

/// The forms of the quota answer seen in 2026.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Generation {
    /// Since July 2026: credits, 5 hours and week.
    #[default]
    Credit,
    /// Percent only for 5 hours and week, and the monthly MCP row.
    V2,
    /// No week.
    V1,
    /// Percent only and no MCP row.
    Percent,
}

/// The tiers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tier {
    /// 2,000 credits in 5 hours, 10,000 in a week.
    #[default]
    Lite,
    /// 12,000 and 60,000.
    Pro,
    /// 28,000 and 140,000.
    Max,
}

impl Tier {
    /// Credits per 5 hours and per week (plan page of 2026-07-30).
    pub(crate) fn caps(self) -> (f64, f64) {
        match self {
            Self::Lite => (2_000.0, 10_000.0),
            Self::Pro => (12_000.0, 60_000.0),
            Self::Max => (28_000.0, 140_000.0),
        }
    }

    /// The word in the answer.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Lite => "lite",
            Self::Pro => "pro",
            Self::Max => "max",
        }
    }

    /// MCP calls a month on the older plans.
    pub(crate) fn calls(self) -> u64 {
        match self {
            Self::Lite => 100,
            Self::Pro => 1_000,
            Self::Max => 4_000,
        }
    }
}

/// When the full rate is charged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PeakSpec {
    /// Monday to Friday 14:00–18:00 UTC+8.
    #[default]
    Clock,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The quota endpoint.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Quota {
    /// Which form of the `Authorization` header it takes.
    pub(crate) auth: AuthStyle,
    /// What single polls answer, in order; the last one stays. Empty: always the account's truth.
    pub(crate) polls: Vec<Poll>,
}

/// The forms of the `Authorization` header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuthStyle {
    /// With and without `Bearer`.
    #[default]
    Both,
    /// Only the key.
    Raw,
    /// Only with `Bearer`.
    Bearer,
}

/// One poll's answer; what is absent is the account's truth.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Poll {
    /// For so many polls in a row.
    pub(crate) times: u32,
    pub(crate) generation: Option<Generation>,
    /// Used of the 5-hour window, in percent; 0 is an idle window without a reset time.
    pub(crate) five_hour: Option<f64>,
    /// Used of the week, in percent.
    pub(crate) week: Option<f64>,
    /// A refusal inside HTTP 200.
    pub(crate) error: Option<QuotaError>,
    /// Another HTTP status.
    pub(crate) status: Option<u16>,
    /// The body as it stands.
    pub(crate) body: Option<String>,
    /// No answer ever.
    pub(crate) hang: bool,
}

impl Default for Poll {
    fn default() -> Self {
        Self {
            times: 1,
            generation: None,
            five_hour: None,
            week: None,
            error: None,
            status: None,
            body: None,
            hang: false,
        }
    }
}

/// Refusals that come with HTTP 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuotaError {
    /// 401: token expired or incorrect.
    BadKey,
    /// 1001: no header.
    NoKey,
    /// 500: no plan on this key.
    NoPlan,
}
