//! What the simulated account has used: its windows, its charges, and the tokens by hour. Pure: told
//! the time. The formula and the factors are written down here a second time on purpose, so that the
//! client's own estimate is checked against another hand.

use super::{
    chunk::Tokens,
    scenario::{PeakSpec, Plan},
    zone,
};
use crate::quota::Timestamp;

const FIVE_HOURS_S: i64 = 5 * 3_600;
const WEEK_S: i64 = 7 * 86_400;
/// A used window without a scripted reset: two hours and five minutes are left.
const USUAL_RESET_S: i64 = 7_500;

/// Credits per 10,000 tokens (fresh, cached, output) at the full rate: plan page of 2026-07-30. The
/// ids that the plan serves by another model cost what that one costs.
const FACTORS: [(&str, [f64; 3]); 5] = [
    ("glm-5.3-flash", [2.3, 0.56, 8.0]),
    ("glm-5-turbo", [5.7, 1.5, 21.0]),
    ("glm-4.6v", [1.2, 0.3, 2.7]),
    ("glm-4", [4.6, 1.2, 16.0]),
    ("", [6.9, 1.7, 24.0]),
];

/// The account's state.
#[derive(Debug)]
pub(super) struct Account {
    plan: Plan,
    five: Window,
    week: Window,
    charges: Vec<Charge>,
}

/// One reply's price.
#[derive(Clone, Debug)]
pub(super) struct Charge {
    pub(super) at: Timestamp,
    pub(super) credits: f64,
    pub(super) tokens: u64,
    pub(super) model: String,
}

/// One window as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) cap: f64,
    pub(super) used: f64,
    /// `None` while it is idle.
    pub(super) resets_at: Option<Timestamp>,
}

#[derive(Debug)]
struct Window {
    cap: f64,
    /// Used before the first charge of ours.
    base: f64,
    since: Timestamp,
    resets_at: Option<Timestamp>,
}

impl Account {
    /// The account of a scenario that begins now.
    pub(super) fn new(plan: &Plan, now: Timestamp) -> Self {
        let (five_cap, week_cap) = plan.tier.caps();
        let five_left = plan.five_hour_resets_in.or((plan.five_hour > 0.0).then_some(USUAL_RESET_S));
        let window = |cap: f64, percent: f64, left: Option<i64>| Window {
            cap,
            base: cap * percent / 100.0,
            since: now,
            resets_at: left.map(|s| zone::plus(now, s)),
        };
        Self {
            five: window(five_cap, plan.five_hour, five_left),
            week: window(week_cap, plan.week, Some(plan.week_resets_in)),
            plan: plan.clone(),
            charges: Vec::new(),
        }
    }

    /// Charges a reply and returns its credits.
    pub(super) fn charge(&mut self, now: Timestamp, model: &str, tokens: Tokens) -> f64 {
        self.roll(now);
        // A window begins with the first request after idle (docs/ZAI.md §6).
        if self.five.resets_at.is_none() {
            self.five.base = 0.0;
            self.five.since = now;
            self.five.resets_at = Some(zone::plus(now, FIVE_HOURS_S));
        }
        let mut credits = price(model, tokens) * self.rate(now);
        if let Some(percent) = self.plan.hold_at {
            for window in [&self.five, &self.week] {
                credits = credits.min((window.cap * percent / 100.0 - self.used(window, now)).max(0.0));
            }
        }
        let tokens = tokens.prompt.saturating_add(tokens.completion);
        self.charges.push(Charge { at: now, credits, tokens, model: model.to_owned() });
        credits
    }

    /// The windows as the quota endpoint knows them: 5 hours, week.
    pub(super) fn readings(&mut self, now: Timestamp) -> (Reading, Reading) {
        self.roll(now);
        let known = zone::plus(now, -self.plan.lag_s);
        let read = |w: &Window| Reading { cap: w.cap, used: self.used(w, known), resets_at: w.resets_at };
        (read(&self.five), read(&self.week))
    }

    /// The code of the window that is used up, with its reset.
    pub(super) fn used_up(&mut self, now: Timestamp) -> Option<(&'static str, Timestamp)> {
        self.roll(now);
        let full = |w: &Window| self.plan.enforce && self.used(w, now) >= w.cap;
        let at = |w: &Window| w.resets_at.unwrap_or(now);
        if full(&self.week) {
            return Some(("1310", at(&self.week)));
        }
        full(&self.five).then(|| ("1308", at(&self.five)))
    }

    /// When the 5-hour window resets; five hours from now while it is idle.
    pub(super) fn resets_at(&mut self, now: Timestamp) -> Timestamp {
        self.roll(now);
        self.five.resets_at.unwrap_or_else(|| zone::plus(now, FIVE_HOURS_S))
    }

    /// All charges, oldest first.
    pub(super) fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// The subscription.
    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    fn roll(&mut self, now: Timestamp) {
        if let Some(at) = self.five.resets_at.filter(|at| *at <= now) {
            self.five = Window { cap: self.five.cap, base: 0.0, since: at, resets_at: None };
        }
        while let Some(at) = self.week.resets_at.filter(|at| *at <= now) {
            self.week = Window { cap: self.week.cap, base: 0.0, since: at, resets_at: Some(zone::plus(at, WEEK_S)) };
        }
    }

    fn used(&self, window: &Window, until: Timestamp) -> f64 {
        let ours = self.charges.iter().filter(|c| window.since <= c.at && c.at <= until);
        window.base + ours.map(|c| c.credits).sum::<f64>()
    }

    fn rate(&self, now: Timestamp) -> f64 {
        let peak = match self.plan.peak {
            PeakSpec::Clock => zone::is_peak(now),
            PeakSpec::Always => true,
            PeakSpec::Never => false,
        };
        if peak { 1.0 } else { 0.5 }
    }
}

/// Credits at the full rate.
fn price(model: &str, tokens: Tokens) -> f64 {
    let [fresh, cached, output] =
        FACTORS.iter().find(|(id, _)| model.starts_with(id)).map_or([0.0; 3], |(_, factors)| *factors);
    let fresh = tokens.prompt.saturating_sub(tokens.cached) as f64 * fresh;
    (fresh + tokens.cached as f64 * cached + tokens.completion as f64 * output) / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURN: Tokens = Tokens { prompt: 100_000, cached: 90_000, completion: 2_000, reasoning: 500 };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn a_turn_costs_what_the_plan_page_says() {
        // (10,000 × 6.9 + 90,000 × 1.7 + 2,000 × 24) / 10,000; docs/ZAI.md §4 says about 27 and 9.
        near(price("glm-5.3", TURN), 27.0);
        near(price("glm-5.3-flash", TURN), 8.94);
        near(price("glm-4.7", TURN), 18.6);
        near(price("glm-5.2", TURN), 27.0);
    }

    #[test]
    fn windows_begin_with_a_request_end_and_begin_anew() {
        let start = at("2026-10-05T07:00:00Z"); // Monday, peak
        let mut account = Account::new(&Plan { week: 10.0, week_resets_in: 86_400, ..Plan::default() }, start);
        let (five, week) = account.readings(start);
        assert_eq!((five.used, five.resets_at), (0.0, None));
        near(week.used, 1_000.0);

        near(account.charge(start, "glm-5.3", TURN), 27.0);
        let off_peak = at("2026-10-05T10:30:00Z");
        near(account.charge(off_peak, "glm-5.3", TURN), 13.5);
        let (five, week) = account.readings(off_peak);
        near(five.used, 40.5);
        assert_eq!(five.resets_at, Some(at("2026-10-05T12:00:00Z")));
        near(week.used, 1_040.5);

        let (five, _) = account.readings(at("2026-10-05T12:00:00Z"));
        assert_eq!((five.used, five.resets_at), (0.0, None));
        let (_, week) = account.readings(at("2026-10-06T07:00:00Z"));
        assert_eq!((week.used, week.resets_at), (0.0, Some(at("2026-10-13T07:00:00Z"))));
    }

    #[test]
    fn the_endpoint_may_lag_and_the_cap_may_hold() {
        let start = at("2026-10-05T07:00:00Z");
        let plan = Plan { five_hour: 99.0, lag_s: 60, ..Plan::default() };
        let mut account = Account::new(&plan, start);
        assert_eq!(account.used_up(start), None);
        account.charge(start, "glm-5.3", TURN);
        near(account.readings(start).0.used, 1_980.0);
        near(account.readings(at("2026-10-05T07:01:00Z")).0.used, 2_007.0);
        assert_eq!(account.used_up(start), Some(("1308", at("2026-10-05T09:05:00Z"))));

        let mut held = Account::new(&Plan { hold_at: Some(99.5), lag_s: 0, ..plan }, start);
        near(held.charge(start, "glm-5.3", TURN), 10.0);
        near(held.charge(start, "glm-5.3", TURN), 0.0);
        assert_eq!(held.used_up(start), None);
    }
}
