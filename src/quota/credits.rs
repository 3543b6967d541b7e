//! The price of a request: credits of the plan and dollars of the metered address, from its tokens.
//! When the full rate is charged is `peak`'s business.

use serde::{Deserialize, Serialize};

/// Tokens that the factors of a plan are quoted for (Z.ai's table, 2026-07-30: credits per 10,000 tokens).
const PER_CREDIT_FACTOR: f64 = 10_000.0;

/// Tokens that a metered price is quoted for.
const PER_MONEY_PRICE: f64 = 1_000_000.0;

/// A usual turn of a coding agent, to compare models: 100,000 tokens of input with 90 % of it cached,
/// 2,000 tokens of output. (27 credits on GLM-5.3 at the full rate.)
const USUAL_TURN: (u64, u64, u64) = (10_000, 90_000, 2_000);

/// Credits per 10,000 tokens at the full (peak) rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// Fresh input.
    pub input: f64,
    /// Input from the cache.
    pub cached: f64,
    /// Output, reasoning included.
    pub output: f64,
}

impl Factors {
    /// Credits of a request at the full rate, from its tokens: fresh input, cached input, output.
    #[must_use]
    pub fn credits(&self, fresh: u64, cached: u64, output: u64) -> f64 {
        price([self.input, self.cached, self.output], [fresh, cached, output], PER_CREDIT_FACTOR)
    }

    /// What a usual turn costs with these factors, for each credit that it costs with `other`: below 1 means
    /// cheaper than `other`. `None` when either costs nothing.
    #[must_use]
    pub fn relative_to(&self, other: &Self) -> Option<f64> {
        let (fresh, cached, output) = USUAL_TURN;
        let (mine, others) = (self.credits(fresh, cached, output), other.credits(fresh, cached, output));
        (mine > 0.0 && others > 0.0).then(|| mine / others)
    }
}

/// Price of the metered endpoint in US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoneyPrice {
    /// Fresh input.
    pub input: f64,
    /// Input from the cache.
    pub cached: f64,
    /// Output, reasoning included.
    pub output: f64,
}

impl MoneyPrice {
    /// US dollars of a request, from its tokens: fresh input, cached input, output.
    #[must_use]
    pub fn dollars(&self, fresh: u64, cached: u64, output: u64) -> f64 {
        price([self.input, self.cached, self.output], [fresh, cached, output], PER_MONEY_PRICE)
    }
}

/// When the full rate is charged: dated data, see `assets/models.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeakRule {
    /// Weekdays of peak hours, 1 = Monday … 7 = Sunday, in `utc_offset_hours`.
    pub weekdays: Vec<i8>,
    /// First hour of the peak, 0–23.
    pub from_hour: i8,
    /// First hour after the peak, 1–24.
    pub to_hour: i8,
    /// The rule's own zone, hours east of UTC.
    pub utc_offset_hours: i8,
    /// What a credit costs outside the peak, as a factor.
    pub off_peak_factor: f64,
}

/// The rate in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// The full rate is charged now.
    pub peak: bool,
    /// The factor in force, 1.0 at peak.
    pub factor: f64,
    /// When that changes next.
    pub changes_at: Option<jiff::Timestamp>,
}

/// The sum of tokens times factor; a factor that is no price (negative, not a number) counts as nothing.
fn price(factors: [f64; 3], tokens: [u64; 3], per: f64) -> f64 {
    let sum: f64 = factors.iter().zip(tokens).map(|(factor, n)| known(*factor) * n as f64).sum();
    sum / per
}

fn known(factor: f64) -> f64 {
    if factor.is_finite() { factor.max(0.0) } else { 0.0 }
}
