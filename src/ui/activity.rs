//! The activity row: what runs, for how long, how fast, and what Esc would do. Facts, no joke words.

use std::time::Duration;

use ratatui::layout::Rect;

use super::{
    format, keys,
    paint::{Pen, Runs, cells, runs_width},
    plan,
    theme::Part,
};
use crate::{
    app::{Action, App, Now, esc_meaning},
    chat::{Activity, Severity},
    config::Motion,
    text::truncate,
};

/// A frame of the spinner stands this long: four frames, eight per second.
const FRAME: Duration = Duration::from_millis(125);

/// The row is wanted: something runs or wants to be said.
pub(super) fn is_wanted(app: &App, now: Now) -> bool {
    app.live.activity != Activity::Idle
        || app.live.turn_at.is_some()
        || app.find.is_some()
        || app.toasts.iter().any(|toast| toast.until > now.instant)
}

/// Draws the row.
pub(super) fn draw(pen: &mut Pen<'_>, row: Rect, app: &App, now: Now) {
    if row.height == 0 {
        return;
    }
    // Why a retry waits is what a person wants to read; a passing message comes back after it.
    let retries = matches!(app.live.activity, Activity::Retrying { .. });
    let toast = toast(app, now).filter(|_| !retries);
    let running = app.live.activity != Activity::Idle || app.live.turn_at.is_some();
    let toast_room = match (&toast, running) {
        (None, _) => 0,
        (Some(_), false) => row.width,
        // What runs keeps the better half.
        (Some((text, _)), true) => (cells(text) + 3).min(row.width / 2),
    };
    if running {
        let facts = facts(pen, app, now, row.width - toast_room);
        pen.runs((row.x, row.y), row.width - toast_room, &facts);
    }
    if let Some((text, part)) = toast {
        let text = truncate::ellipsis(&text, usize::from(toast_room.saturating_sub(2)));
        pen.runs_right(row, &[(text, part), (" ".to_owned(), Part::Text)]);
    }
}

fn facts(pen: &Pen<'_>, app: &App, now: Now, width: u16) -> Runs {
    let live = &app.live;
    let wide = width >= 60;
    let since = now.instant.saturating_duration_since(live.activity_at);
    let verb = match &live.activity {
        Activity::Idle => "Finishing".to_owned(),
        Activity::Connecting => "Connecting".to_owned(),
        Activity::Waiting => "Waiting for GLM".to_owned(),
        Activity::Thinking => "Thinking".to_owned(),
        Activity::Writing => "Writing".to_owned(),
        Activity::Asking => "Waiting for your answer".into(),
        Activity::Running(what) => doing(&what.as_str().replace('\n', " ")),
        Activity::Retrying { wait, attempt, of, .. } => {
            let left = wait.saturating_sub(since);
            let when = if left.is_zero() { "now".to_owned() } else { format!("in {}", format::span(ceil(left))) };
            format!("Retrying {when} · try {attempt} of {of}")
        }
    };
    let mut runs = vec![(format!("{} ", spinner(pen, app, since)), Part::Accent)];
    let mut parts: Vec<(String, Part)> = Vec::new();
    let retrying = matches!(live.activity, Activity::Retrying { .. });
    if let Activity::Retrying { why, .. } = &live.activity {
        // Why a try failed is worth more than what else the row could tell; what Esc does stays.
        let room = usize::from(width.saturating_sub(22)).saturating_sub(verb.len()).max(12);
        parts.push((truncate::ellipsis(&verb, usize::from(width)), Part::Text));
        parts.push((truncate::ellipsis(why, room), Part::Warn));
    } else {
        // What runs is named by others: a dot keeps its name and the time apart.
        let gap = if matches!(live.activity, Activity::Running(_)) { " · " } else { " " };
        let verb = truncate::ellipsis(&verb, usize::from(width / 2).max(12));
        let asks = live.activity == Activity::Asking;
        let time = if asks { String::new() } else { format!("{gap}{}", format::span(since)) };
        parts.push((format!("{verb}{time}"), Part::Text));
        let turn = live.turn_at.filter(|_| wide).map(|at| now.instant.saturating_duration_since(at));
        if let Some(turn) = turn.filter(|turn| turn.as_secs() > since.as_secs() + 1) {
            parts.push((format!("turn {}", format::span(turn)), Part::Muted));
        }
    }
    if let Some(silence) = silence(app, now) {
        let what = format!("no data for {}", format::span(silence));
        parts.push((what, Part::Warn));
        if silence >= live.quiet.1 {
            let key = keys::short(&app.keys.binding_of(Action::Retry));
            parts.push((format!("{key}: retry"), Part::Accent));
        }
    } else if let Some(speed) = live.speed.filter(|_| matches!(live.activity, Activity::Thinking | Activity::Writing)) {
        parts.push((format!("{speed:.0} tok/s"), Part::Muted));
    }
    if let Some(plan) = plan::figure(app).filter(|_| !retrying) {
        parts.push((plan, Part::Muted));
    }
    if let Some(step) = app.transcript.steps.last().filter(|s| width >= 110 && !retrying && s.finish.is_none()) {
        parts.push((format!("step {}", step.id.step), Part::Muted));
    }
    let back = esc_meaning(app).hint();
    if !back.is_empty() {
        let words = if wide { format!("esc: {back}") } else { format!("esc {}", back.replace("interrupt", "stop")) };
        parts.push((words, Part::Faint));
    }
    shed(&mut parts, width.saturating_sub(2));
    for (n, part) in parts.into_iter().enumerate() {
        if n > 0 {
            runs.push((" · ".to_owned(), Part::Faint));
        }
        runs.push(part);
    }
    runs
}

/// What runs, from the row's verb and target: `Run cargo test` is `Running cargo test`.
fn doing(what: &str) -> String {
    const VERBS: [(&str, &str); 9] = [
        ("Run ", "Running"),
        ("Read ", "Reading"),
        ("Edit ", "Editing"),
        ("Write ", "Writing"),
        ("Delete ", "Deleting"),
        ("Search ", "Searching"),
        ("Find ", "Finding"),
        ("List ", "Listing"),
        ("Fetch ", "Fetching"),
    ];
    let known = VERBS.iter().find_map(|(verb, does)| what.strip_prefix(verb).map(|rest| format!("{does} {rest}")));
    known.unwrap_or_else(|| format!("Running {what}"))
}

/// Leaves out parts from the middle until the row fits: the verb and what Esc does go last.
fn shed(parts: &mut Vec<(String, Part)>, width: u16) {
    let total = |parts: &[(String, Part)]| runs_width(parts) + 3 * parts.len().saturating_sub(1) as u16;
    while parts.len() > 2 && total(parts) > width {
        parts.remove(1);
    }
    if parts.len() == 2 && total(parts) > width {
        parts.remove(1);
    }
}

/// How long the service has been silent, when that is worth saying.
fn silence(app: &App, now: Now) -> Option<Duration> {
    let waits =
        matches!(app.live.activity, Activity::Connecting | Activity::Waiting | Activity::Thinking | Activity::Writing);
    let heard = app.live.heard_at.unwrap_or(app.live.activity_at).max(app.live.activity_at);
    let quiet = now.instant.saturating_duration_since(heard);
    (waits && quiet >= app.live.quiet.0 && !app.live.quiet.0.is_zero()).then_some(quiet)
}

fn spinner(pen: &Pen<'_>, app: &App, since: Duration) -> char {
    let frames = pen.glyphs.spinner();
    if app.look.ui.motion != Motion::Full || !app.look.focused {
        return frames[0];
    }
    frames[(since.as_millis() / FRAME.as_millis() % 4) as usize]
}

/// Seconds rounded up: a countdown that says `in 0s` is no help.
fn ceil(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs() + u64::from(time.subsec_nanos() > 0))
}

/// The newest message, and how many more wait behind it.
fn toast(app: &App, now: Now) -> Option<(String, Part)> {
    let mut live = app.toasts.iter().filter(|toast| toast.until > now.instant);
    let toast = live.next_back()?;
    let (sign, part) = match toast.notice.severity {
        Severity::Info => ("", Part::Accent),
        Severity::Warn => ("! ", Part::Warn),
        Severity::Danger => ("!! ", Part::Danger),
    };
    let more = match live.count() {
        0 => String::new(),
        n => format!(" (+{n})"),
    };
    Some((format!("{sign}{}{more}", toast.notice.text.replace('\n', " ")), part))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_verb_says_that_it_goes_on() {
        for (what, wanted) in [
            ("Run cargo test", "Running cargo test"),
            ("Edit src/a.rs", "Editing src/a.rs"),
            ("cargo test quota", "Running cargo test quota"),
            ("Readme", "Running Readme"),
        ] {
            assert_eq!(super::doing(what), wanted);
        }
    }
}
