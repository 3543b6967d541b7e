//! What is said of a step: its time, its tokens, a teaser of its reasoning. Text only, no cells.

use std::time::{Duration, Instant};

use super::format;
use crate::{
    app::{App, Step},
    quota::format::tokens,
    text::truncate,
};

/// How long a step has thought, or thought in all; `None` before its first reasoning.
pub(super) fn thought_for(step: &Step, now: Instant) -> Option<Duration> {
    step.thought_for.or_else(|| step.thought_at.map(|at| now.saturating_duration_since(at)))
}

/// The step still thinks.
pub(super) fn is_thinking(step: &Step) -> bool {
    step.thought_at.is_some() && step.thought_for.is_none() && step.finish.is_none()
}

/// Tokens of reasoning: counted by the service, or estimated (`~`) from the text's bytes.
pub(super) fn reasoning_tokens(step: &Step, bytes: usize) -> Option<String> {
    // Four bytes per token is near the truth for English and, at three bytes a character, for Chinese.
    const BYTES_PER_TOKEN: u64 = 4;
    match step.usage {
        Some(usage) if usage.reasoning > 0 => Some(format!("{} tok", tokens(usage.reasoning))),
        _ if bytes > 0 => Some(format!("~{} tok", tokens((bytes as u64).div_ceil(BYTES_PER_TOKEN)))),
        _ => None,
    }
}

/// `18s · 1.2k tok`, as far as known.
pub(super) fn effort(step: Option<&Step>, bytes: usize, now: Instant) -> String {
    let Some(step) = step else { return String::new() };
    let time = thought_for(step, now).map(format::span);
    let parts: Vec<String> = [time, reasoning_tokens(step, bytes)].into_iter().flatten().collect();
    parts.join(" · ")
}

/// The stub in the answer pane: `4.2 thought 11s`, `4.3 thinking 18s`.
pub(super) fn stub(step: &Step, now: Instant) -> String {
    let verb = if is_thinking(step) { "thinking" } else { "thought" };
    match thought_for(step, now) {
        Some(time) => format!("{} {verb} {}", step.id, format::span(time)),
        None => format!("{} {verb}", step.id),
    }
}

/// What a detailed stub adds: tokens, credits, model.
pub(super) fn bill(step: &Step) -> String {
    let mut parts = Vec::new();
    if let Some(usage) = step.usage {
        parts.push(format!("{} in", tokens(usage.prompt)));
        if usage.cached > 0 && usage.prompt > 0 {
            parts.push(format!("{}% cached", usage.cached * 100 / usage.prompt));
        }
        parts.push(format!("{} out", tokens(usage.completion)));
    }
    if let Some(credits) = step.credits {
        parts.push(format!("{credits:.1} cr"));
    }
    parts.push(step.model.to_string());
    parts.join(" · ")
}

/// The first words of the last line that says something.
pub(super) fn teaser(text: &str, cells: usize) -> String {
    // Lines are short; a longer one is not looked at beyond what could fit.
    let line = text.trim_end().rsplit('\n').map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let line = line.trim_start_matches(['#', '*', '-', '>', ' ']);
    truncate::ellipsis(truncate::head(line, cells.saturating_add(1)), cells)
}

/// The number of the running or last turn; 0 before the first.
pub(super) fn turn(app: &App) -> u32 {
    let running = app.transcript.stream.running.map(|turn| turn.0);
    running.or_else(|| app.transcript.steps.last().map(|step| step.id.turn.0)).unwrap_or(0)
}
