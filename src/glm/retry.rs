//! How long to wait before the next try, or that there is none. Pure: the number of the try, a random
//! number and the limits come in, a plan goes out.

use std::time::Duration;

use super::error::{Error, ErrorKind, RetryClass};
use crate::config::Limits;

/// `Retry-After` above this is not waited for by itself: the person is told instead.
pub const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// The longest wait of the plain schedule, in seconds.
const CEILING: f64 = 30.0;

/// Waits of an overloaded model (1305) in seconds: three short tries, then the schedule that another agent
/// settled on for this service (NousResearch/hermes-agent, see docs/ZAI.md §10).
const OVERLOADED: [f64; 7] = [1.0, 2.0, 4.0, 30.0, 60.0, 90.0, 120.0];

/// Tries for what seldom heals within minutes: a name that does not resolve, a proxy.
const FEW_TRIES: u32 = 4;

/// Tries for a call that the service says has failed (1200, 1230, 1234).
const SOME_TRIES: u32 = 5;

/// What comes after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Try again after this.
    Wait(Duration),
    /// Do not try again by itself.
    Stop,
}

/// What comes after try number `attempt` (from 1, counted over all causes) failed with `error`.
/// `jitter` is a random number from 0 to 1.
#[must_use]
pub fn plan(error: &Error, attempt: u32, jitter: f64, limits: &Limits) -> Plan {
    if attempt >= limits.tries.min(most_tries(error)) {
        return Plan::Stop;
    }
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.5 };
    let n = attempt.max(1) - 1;
    let seconds = match error.class() {
        RetryClass::Never | RetryClass::TooLong | RetryClass::UsedUp(_) => return Plan::Stop,
        // Half of it is sure, half is chance, so that two terminals do not meet again.
        RetryClass::Backoff => doubled(n, CEILING) * (0.5 + jitter / 2.0),
        RetryClass::TooMany => doubled(n, 8.0) * (1.0 + jitter / 4.0),
        RetryClass::Overloaded => match OVERLOADED.get(n as usize) {
            Some(seconds) => seconds * (1.0 + jitter / 10.0),
            None => return Plan::Stop,
        },
    };
    match error.retry_after {
        Some(asked) if asked > LONGEST_ASKED => Plan::Stop,
        Some(asked) if !asked.is_zero() => Plan::Wait(asked.mul_f64(1.0 + jitter / 10.0)),
        _ => Plan::Wait(Duration::from_secs_f64(seconds)),
    }
}

fn most_tries(error: &Error) -> u32 {
    match (&error.kind, error.code.as_deref()) {
        (ErrorKind::Dns | ErrorKind::Proxy, _) => FEW_TRIES,
        (_, Some("1120")) => 2,
        (_, Some("1200" | "1230" | "1234")) => SOME_TRIES,
        _ => u32::MAX,
    }
}

/// 1, 2, 4 … up to `ceiling` seconds.
fn doubled(n: u32, ceiling: f64) -> f64 {
    f64::from(1u32 << n.min(16)).min(ceiling)
}
