//! The state as text: `/status`, `/config`, the quota, the window's title, what stays after leaving.

use std::fmt::Write as _;

use super::{App, EntryKind, Now, panes};
use crate::{
    chat::{ModelId, Problem, Saving},
    config::{MouseMode, ThemeName},
    quota::{Board, Health, Unit, Window, WindowKind},
};

impl App {
    /// The window's title; changes only when a turn begins or ends.
    #[must_use]
    pub fn title(&self) -> String {
        let mark = if self.is_running() { "* " } else { "" };
        let demo = if self.status.demo { "DEMO " } else { "" };
        let name = self.live.session.info.as_ref().and_then(|info| info.name.as_ref());
        let name = name.map(|name| format!(" · {name}")).unwrap_or_default();
        format!("{mark}{demo}glm-tui {}{name}", self.status.place.0)
    }

    /// What stays on the main screen after leaving: the last prompt, its answer, how to go on.
    #[must_use]
    pub fn exit_text(&self) -> String {
        let entries = &self.transcript.entries;
        let from = entries.iter().rposition(|entry| matches!(entry.kind, EntryKind::Prompt { steered: false, .. }));
        let mut text = String::new();
        for entry in &entries[from.unwrap_or(entries.len())..] {
            let body = entry.text().trim_end();
            // Writing to a String cannot fail.
            let _ = match &entry.kind {
                EntryKind::Prompt { .. } => writeln!(text, "› {}\n", shortened(body)),
                EntryKind::Answer { .. } | EntryKind::Output(_) => writeln!(text, "{body}\n"),
                EntryKind::Run(run) if run.is_silent() => Ok(()),
                EntryKind::Run(run) => writeln!(text, "  {}\n", run.line()),
                EntryKind::Mark(_) => writeln!(text, "— {body} —\n"),
                EntryKind::Trouble(trouble) => writeln!(text, "{}", problem(trouble)),
                EntryKind::Reasoning { .. } => Ok(()),
            };
        }
        let demo = if self.status.demo { "DEMO: the replies were simulated. " } else { "" };
        let _ = writeln!(text, "{demo}{}", self.way_back());
        text
    }

    /// How to go on after leaving, and what is not there any more.
    fn way_back(&self) -> String {
        let again = format!("Start again: glm-tui{}", if self.status.demo { " --demo" } else { "" });
        let session = &self.live.session;
        let worth = self.can_rewind() || !self.composer.is_empty();
        match (&session.info, &session.saving) {
            (Some(info), Saving::Failing(problem)) if worth && info.kept => format!(
                "The last of this session could not be saved: {}\nResume what was: glm-tui --resume {}",
                problem.what, info.id
            ),
            (Some(info), _) if worth && info.kept => format!("Resume this session: glm-tui --resume {}", info.id),
            (Some(_), _) if worth => format!("This session was kept in memory only and is gone. {again}"),
            _ => again,
        }
    }
}

/// Lines of a prompt that are printed after leaving; a long paste would push the answer away.
const PROMPT_LINES: usize = 5;

fn shortened(prompt: &str) -> String {
    let mut lines: Vec<String> = prompt.lines().take(PROMPT_LINES).map(str::to_owned).collect();
    let n_more = prompt.lines().count() - lines.len();
    if n_more > 0 {
        lines.push(format!("… {n_more} more lines"));
    }
    lines.join("\n  ")
}

/// A problem as plain text: what, what to do, the raw cause.
#[must_use]
pub(super) fn problem(problem: &Problem) -> String {
    let mut text = problem.what.clone();
    if let Some(code) = &problem.code {
        let _ = write!(text, " ({code})");
    }
    for hint in &problem.hints {
        let _ = write!(text, "\n  {}", hint.what);
        if let Some(with) = hint.with {
            let _ = write!(text, ": {with}");
        }
    }
    if let Some(detail) = &problem.detail {
        let _ = write!(text, "\n\n{}", detail.as_str());
    }
    text.push('\n');
    text
}

/// The answer to `/status`, Markdown.
#[must_use]
pub(super) fn status(app: &App, now: Now) -> String {
    let status = &app.status;
    let mut text = format!("**model** {}", status.model);
    let _ = write!(text, ", thinking {}", if status.thinking { "on" } else { "off" });
    if let Some(effort) = status.effort {
        let _ = write!(text, ", effort {}", effort.as_str());
    }
    let ring: Vec<&str> = status.ring.iter().map(ModelId::as_str).collect();
    let _ = write!(text, "\n**ring** {}", ring.join(", "));
    let _ = write!(text, "\n**address** {}", if status.host.is_empty() { "none" } else { &status.host });
    if status.demo {
        text.push_str(" (simulated)");
    }
    if status.metered {
        text.push_str(" (each request costs money)");
    }
    let _ = write!(text, "\n**folder** {}", status.place.0);
    if let Some(branch) = &status.place.1 {
        let _ = write!(text, ", branch {branch}");
    }
    let _ = write!(text, "\n**session** {}", session(app));
    let _ = write!(text, "\n**mode** {}", status.mode.as_str());
    if let Some(sandbox) = &status.sandbox {
        let _ = write!(text, "\n**sandbox** {}\n{}", sandbox.label, sandbox.about);
    }
    match status.context {
        Some((used, Some(window))) => {
            let _ = write!(text, "\n**context** {used} of {window} tokens");
        }
        Some((used, None)) => {
            let _ = write!(text, "\n**context** {used} tokens");
        }
        None => {}
    }
    let _ = write!(text, "\n**quota**\n{}", usage(&app.board, now));
    // Markdown joins lines; two spaces before a newline keep them apart.
    text.replace('\n', "  \n")
}

/// The session: name, id, where it is.
fn session(app: &App) -> String {
    let session = &app.live.session;
    let Some(info) = &session.info else { return "not known yet".to_owned() };
    let name = info.name.as_ref().map(|name| format!("{name} · ")).unwrap_or_default();
    let place = match (&session.saving, info.kept) {
        (Saving::Failing(problem), true) => format!("not saved now: {}", problem.what),
        (_, true) => format!("on disk; `glm-tui --resume {}` goes on with it", info.id),
        (_, false) => "in memory only: it ends with the program".to_owned(),
    };
    let branches = match session.left.len() {
        0 => String::new(),
        1 => " · 1 prompt on a branch that was left".to_owned(),
        n => format!(" · {n} prompts on branches that were left"),
    };
    format!("{name}{} · {place}{branches}", info.id)
}

/// The answer to `/config`, Markdown: the settings in force as TOML.
#[must_use]
pub(super) fn settings(app: &App) -> String {
    let ui = &app.look.ui;
    let theme = match &ui.theme {
        ThemeName::Auto => "auto",
        ThemeName::Named(name) => name,
    };
    let mouse = match app.look.mouse {
        MouseMode::Full => "full",
        MouseMode::Wheel => "wheel",
        MouseMode::Off => "off",
    };
    let ring: Vec<String> = app.status.ring.iter().map(|id| format!("{:?}", id.as_str())).collect();
    let mut text = String::from("```toml\n");
    let _ = writeln!(text, "model = {:?}", app.status.model.as_str());
    let _ = writeln!(text, "ring = [{}]", ring.join(", "));
    let _ = writeln!(text, "thinking = {}", app.status.thinking);
    if let Some(effort) = app.status.effort {
        let _ = writeln!(text, "effort = {:?}", effort.as_str());
    }
    let _ = writeln!(text, "\n[ui]\ntheme = {theme:?}\nmouse = {mouse:?}");
    let _ = writeln!(text, "reasoning = {:?}", panes::word_of(app.panes.mode));
    text.push_str("```\n\n`glm-tui config` prints all settings and the file that each comes from.");
    text
}

/// The quota as plain text, a line per window.
#[must_use]
pub(super) fn usage(board: &Board, now: Now) -> String {
    let mut text = String::new();
    if board.demo {
        text.push_str("DEMO quota (simulated)\n");
    }
    let health = match &board.health {
        Health::Unknown => Some("no answer from the quota endpoint yet".to_owned()),
        Health::Fresh => None,
        Health::Stale(why) => Some(format!("the last poll failed: {why}")),
        Health::AuthError => Some("the key was refused".to_owned()),
        Health::NoPlan => Some("the key has no Coding Plan".to_owned()),
        Health::Off => Some("this address has no plan windows".to_owned()),
    };
    if let Some(snapshot) = &board.snapshot {
        if let Some(plan) = &snapshot.plan {
            let _ = writeln!(text, "plan {plan}");
        }
        for window in &snapshot.windows {
            let _ = writeln!(text, "{}", window_line(window, now));
        }
        let age = now.wall.as_second() - snapshot.taken_at.as_second();
        let _ = writeln!(text, "as of {} ago", span(age.max(0)));
    }
    if let Some(words) = health {
        let _ = writeln!(text, "{words}");
    }
    if let Some(usd) = board.spent_usd {
        let _ = writeln!(text, "about ${usd:.2} in this session");
    }
    text
}

fn window_line(window: &Window, now: Now) -> String {
    let name = match &window.kind {
        WindowKind::FiveHour => "5 hours",
        WindowKind::Week => "week",
        WindowKind::Mcp => "MCP",
        WindowKind::Other(label) => label,
    };
    let unit = match window.unit {
        Unit::Credits => " credits",
        Unit::Tokens => " tokens",
        Unit::Calls => " calls",
        Unit::Percent => "",
    };
    let mut text = format!("{name}:");
    match (window.used, window.cap, window.percent) {
        (Some(used), Some(cap), _) if cap > 0.0 => {
            let _ = write!(text, " {:.1} % used, {used:.0} of {cap:.0}{unit}", used * 100.0 / cap);
        }
        (_, _, Some(percent)) => {
            let _ = write!(text, " {percent:.0} % used");
        }
        _ => text.push_str(" unknown"),
    }
    if let Some(at) = window.resets_at {
        let left = at.as_second() - now.wall.as_second();
        let _ = write!(text, ", resets in {}", span(left.max(0)));
    }
    text
}

/// Seconds as `4d3h`, `2h05m`, `12m`, `40s`.
pub(super) fn span(seconds: i64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h{:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d{}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}
