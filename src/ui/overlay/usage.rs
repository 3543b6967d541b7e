//! The quota in full: both windows, a chart, tokens by model, the rate, what is left. Fits 80×24.

use ratatui::layout::Rect;

use super::{
    panel::{Drawn, frame, keys},
    usage_chart,
};
use crate::{
    app::UsageTab,
    quota::{self, Trust, WindowKind, WindowReading, format},
    ui::{
        gauge::Source,
        paint::{Pen, Runs},
        theme::Part,
    },
};

pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, source: &Source<'_>, tab: UsageTab) -> Drawn {
    let foot = keys(&[("Tab", tab_names(tab)), ("r", "refresh"), ("c", "copy as text"), ("esc", "close")]);
    let inner = frame(pen, area, &title(source), &foot);
    let tail = tail(source);
    let mut y = inner.y;
    for window in &source.reading().windows {
        y += draw_window(pen, Rect { y, height: inner.bottom().saturating_sub(y), ..inner }, source, window);
    }
    if source.reading().windows.is_empty() {
        let text = format::trust(&source.reading().trust);
        pen.chrome((inner.x, y), inner.width, &text, Part::Muted);
        y += 1;
    } else if source.reading().week().is_none() {
        pen.chrome((inner.x, y), inner.width, "week     none (older plan)", Part::Muted);
        y += 1;
    }
    let below = inner.bottom().saturating_sub(u16::try_from(tail.len()).unwrap_or(0));
    let middle = Rect { y: y + 1, height: below.saturating_sub(y + 2), ..inner };
    draw_middle(pen, middle, source, tab);
    for (runs, y) in tail.iter().zip(below.max(y)..inner.bottom()) {
        pen.runs((inner.x, y), inner.width, runs);
    }
    Drawn::default()
}

fn tab_names(tab: UsageTab) -> &'static str {
    match tab {
        UsageTab::FiveHour => "[5h] week models",
        UsageTab::Week => "5h [week] models",
        UsageTab::Models => "5h week [models]",
    }
}

fn title(source: &Source<'_>) -> String {
    let reading = source.reading();
    let demo = if reading.demo { "DEMO " } else { "" };
    let plan = reading.plan.as_deref().map(|plan| format!(" · GLM Coding Plan {}", clean(plan))).unwrap_or_default();
    format!("{demo}Quota{plan} · {}", source.app().status.host)
}

/// A word of the service, fit to be drawn.
fn clean(text: &str) -> String {
    crate::text::Clean::new(text).as_str().replace('\n', " ")
}

/// Two rows: name, bar, share, amount; then reset, pace, forecast. Returns the rows it took.
fn draw_window(pen: &mut Pen<'_>, area: Rect, source: &Source<'_>, window: &WindowReading) -> u16 {
    if area.height == 0 {
        return 0;
    }
    let name = clean(window.kind.name());
    let main = matches!(window.kind, WindowKind::FiveHour | WindowKind::Week);
    pen.chrome((area.x, area.y), 9, &name, Part::Text);
    if !main {
        let mut text = format::amount(window).unwrap_or_else(|| format::used_share(window));
        let parts: Vec<String> = window.details.iter().map(|(name, n)| format!("{} {n}", clean(name))).collect();
        if !parts.is_empty() {
            text = format!("{text} ({})", parts.join(", "));
        }
        if let Some(at) = window.reset.at {
            text = format!("{text} · resets {}", source.clock(at));
        }
        let room = area.width.saturating_sub(9);
        pen.chrome((area.x + 9, area.y), room, &text, Part::Muted);
        return 1;
    }
    let part = source.part(window);
    let share = window.percent.map_or_else(|| format::UNKNOWN.to_owned(), format::share_exact);
    let share = if window.estimated { format!("~{share}") } else { share };
    let amount = format::amount(window).unwrap_or_default();
    let bar = usize::from(area.width.saturating_sub(9 + 10 + 22)).clamp(8, 44);
    let mut runs: Runs = source.bar(window, bar);
    runs.push((format!("  {share:>7}  "), part));
    runs.push((amount, Part::Muted));
    pen.runs((area.x + 9, area.y), area.width.saturating_sub(9), &runs);
    if area.height == 1 {
        return 1;
    }
    let mut parts: Vec<(String, Part)> = Vec::new();
    match (window.reset.left.zip(window.reset.at), window.reset.passed) {
        (Some((left, at)), _) => {
            parts.push((format!("resets {}, in {}", source.clock(at), format::duration(left)), Part::Muted));
        }
        (None, true) => parts.push(("reset passed, asking".to_owned(), Part::Muted)),
        (None, false) => parts.push(("idle: begins with the next request".to_owned(), Part::Muted)),
    }
    if let Some(points) = window.pace.points {
        parts.push((format::pace(points), Part::Muted));
    }
    if let Some(at) = window.pace.empties_at {
        parts.push((format!("empty ~{} {}", source.clock(at), window.severity.mark()), part));
    } else if window.pace.lasts {
        parts.push(("lasts".to_owned(), Part::Ok));
    }
    pen.runs((area.x + 9, area.y + 1), area.width.saturating_sub(9), &joined(parts));
    2
}

fn joined(parts: Vec<(String, Part)>) -> Runs {
    let mut runs = Runs::new();
    for part in parts {
        if !runs.is_empty() {
            runs.push((" · ".to_owned(), Part::Faint));
        }
        runs.push(part);
    }
    runs
}

fn draw_middle(pen: &mut Pen<'_>, area: Rect, source: &Source<'_>, tab: UsageTab) {
    if area.height < 2 {
        return;
    }
    let kind = match tab {
        UsageTab::FiveHour => WindowKind::FiveHour,
        UsageTab::Week => WindowKind::Week,
        UsageTab::Models => return draw_models(pen, area, source),
    };
    let chart = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if usage_chart::draw(pen, chart, source, &kind) {
        pen.chrome((area.x, area.y), area.width, &usage_chart::legend(&kind), Part::Muted);
    } else {
        pen.chrome((area.x, area.y), area.width, "No chart yet: the window is idle or not known.", Part::Muted);
    }
}

/// Columns of a day's figure.
const DAY: u16 = 6;

fn draw_models(pen: &mut Pen<'_>, area: Rect, source: &Source<'_>) {
    let Some((models, last)) = &source.app().board.by_model else {
        pen.chrome((area.x, area.y), area.width, "Tokens by model: no answer yet.", Part::Muted);
        return;
    };
    let n_days = models.iter().map(|m| m.days.len()).max().unwrap_or(0);
    pen.chrome(
        (area.x, area.y),
        area.width,
        &format!("Tokens by model, {n_days} days to {}", clean(last)),
        Part::Muted,
    );
    for (series, y) in models.iter().zip(area.y + 1..area.bottom()) {
        let total: u64 = series.days.iter().flatten().sum();
        let name = crate::text::truncate::ellipsis(&clean(&series.model), 16);
        let mut x = area.x + 2;
        pen.chrome((x, y), 17, &name, Part::Text);
        x += 17;
        pen.chrome((x, y), 9, &format!("{:>7}", format::tokens(total)), Part::Accent);
        x += 9;
        let spark = quota::spark(&series.days);
        x += pen.chrome((x, y), area.right().saturating_sub(x), &spark, Part::Accent) + 1;
        for day in &series.days {
            if area.right().saturating_sub(x) < DAY {
                break;
            }
            pen.chrome((x, y), DAY, &format!("{:>5}", day.map_or_else(|| "·".to_owned(), short)), Part::Muted);
            x += DAY;
        }
    }
}

/// Tokens in at most five cells: `440k` where a decimal would tell nobody more.
fn short(tokens: u64) -> String {
    match tokens {
        100_000..=999_499 => format!("{:.0}k", tokens as f64 / 1e3),
        100_000_000..=999_499_999 => format!("{:.0}M", tokens as f64 / 1e6),
        _ => format::tokens(tokens),
    }
}

/// Rate, what is left, where the figures come from.
fn tail(source: &Source<'_>) -> Vec<Runs> {
    let reading = source.reading();
    let mut lines = Vec::new();
    if let Some(rate) = &reading.rate {
        let rule = source.app().board.peak.as_ref();
        let hours = rule.and_then(|r| format::peak_hours(r, reading.at, &source.app().look.zone)).unwrap_or_default();
        lines.push(vec![
            (format!("Rate now: {}", format::rate(rate)), Part::Text),
            (format!(" · {hours}"), Part::Muted),
        ]);
    }
    if let Some(left) = reading.turns_left {
        let model = &source.app().status.model;
        let text = format!("Left at this session's average turn: about {:.0} on {model}", left.turns.floor());
        lines.push(vec![(text, Part::Text)]);
    }
    let age = reading.age().map(|age| format!("quota endpoint {} ago", format::duration(age)));
    let origin = match (&reading.trust, age) {
        (Trust::Off, _) | (_, None) => return lines,
        (Trust::Estimated, Some(age)) => format!("Source: {age}, plus this session's own replies (~)"),
        (Trust::Stale { why: Some(why), .. } | Trust::Failing { why, .. }, Some(age)) => {
            format!("Source: {age}; then: {}", clean(why))
        }
        (_, Some(age)) => format!("Source: {age}"),
    };
    lines.push(vec![(origin, Part::Muted)]);
    lines
}
