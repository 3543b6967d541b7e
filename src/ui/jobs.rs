//! What is said of a background command: the sign of its state, its age or how it ended.

use super::theme::Part;
use crate::{
    app::{App, Now},
    chat::JobCard,
};

/// The sign of a command's state.
pub(super) fn state(job: &JobCard) -> (&'static str, Part) {
    match job.exit {
        None => ("◐", Part::Accent),
        Some(0) => ("✓", Part::Ok),
        Some(_) => ("✗", Part::Danger),
    }
}

/// Its age in minutes (nothing ticks for it each second), or how it ended.
pub(super) fn note(app: &App, job: &JobCard, now: Now) -> String {
    match job.exit {
        None => age(app.live.work.job_age(job, now).as_secs()),
        Some(0) => "done".to_owned(),
        Some(code @ 1..) => format!("exit {code}"),
        Some(code) => format!("signal {}", code.unsigned_abs()),
    }
}

fn age(seconds: u64) -> String {
    match seconds {
        0..60 => "<1m".to_owned(),
        60..3_600 => format!("{}m", seconds / 60),
        _ => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn ages_are_coarse() {
        for (seconds, want) in [(0, "<1m"), (59, "<1m"), (60, "1m"), (720, "12m"), (3_660, "1h01m")] {
            assert_eq!(super::age(seconds), want);
        }
    }
}
