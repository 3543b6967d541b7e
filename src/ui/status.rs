//! The status row: model, both windows, context, place. What does not fit is left out in a fixed
//! order; the percentages of the two windows go last.

use ratatui::layout::Rect;

use super::{
    composer,
    gauge::{Detail, ResetForm, Source},
    paint::{Pen, Runs, runs_width},
    theme::Part,
};
use crate::{app::App, chat::PermissionMode, quota::format};

/// Where the row put what can be clicked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    /// The model's name.
    pub(super) model: Rect,
    /// The gauge.
    pub(super) gauge: Rect,
}

/// How the context is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    None,
    Tight,
    Share,
    Window,
}

/// How the sandbox is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sandbox {
    None,
    /// A mark, if it is weak.
    Mark,
    Label,
}

/// One step of the way from everything to the least.
#[derive(Clone, Copy, Debug)]
struct Level {
    gauge: Detail,
    place: bool,
    rate: bool,
    think: bool,
    branch: bool,
    context: Context,
    mode: bool,
    sandbox: Sandbox,
}

/// The row when everything fits.
const WHOLE: Level = Level {
    gauge: Detail {
        bar: 12,
        word: true,
        reset: ResetForm::Clock,
        week_reset: ResetForm::Left,
        forecast: true,
        tight: false,
    },
    place: true,
    rate: true,
    think: true,
    branch: true,
    context: Context::Window,
    mode: true,
    sandbox: Sandbox::Label,
};

/// What is left out, in order: folder, the sandbox's name, context in words, rate, thinking, `used`,
/// forecast, clock, bars, branch, week's reset, mode, context, everything but the two figures.
fn levels() -> Vec<Level> {
    let mut level = WHOLE;
    let mut levels = vec![level];
    let mut step = |change: &dyn Fn(&mut Level)| {
        change(&mut level);
        levels.push(level);
    };
    step(&|l| l.place = false);
    step(&|l| l.sandbox = Sandbox::Mark);
    step(&|l| l.context = Context::Share);
    step(&|l| l.rate = false);
    step(&|l| l.think = false);
    step(&|l| l.gauge.word = false);
    step(&|l| l.gauge.bar = 8);
    step(&|l| l.gauge.forecast = false);
    step(&|l| l.gauge.reset = ResetForm::Left);
    step(&|l| l.gauge.bar = 6);
    step(&|l| l.branch = false);
    step(&|l| l.gauge.bar = 0);
    step(&|l| l.gauge.week_reset = ResetForm::Short);
    step(&|l| (l.gauge.reset, l.context) = (ResetForm::Short, Context::Tight));
    step(&|l| (l.gauge.tight, l.gauge.week_reset) = (true, ResetForm::None));
    step(&|l| (l.mode, l.sandbox) = (false, Sandbox::None));
    step(&|l| l.context = Context::None);
    step(&|l| l.gauge.reset = ResetForm::None);
    levels
}

/// Draws the row or rows.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, source: &Source<'_>) -> Places {
    if area.height == 0 || area.width == 0 {
        return Places::default();
    }
    let app = source.app();
    let inset = u16::from(area.width >= 60);
    let room = area.width.saturating_sub(inset);
    let two = area.height > 1;
    let split = |mut level: Level| {
        if two {
            (level.place, level.branch, level.context) = (false, false, Context::None);
            (level.mode, level.sandbox) = (false, Sandbox::None);
        }
        level
    };
    let model = model(app, area.width);
    let tail = |level: Level| tail(app, level, two);
    let levels: Vec<Level> = levels().into_iter().map(split).collect();
    let chosen = levels.iter().copied().find_map(|level| {
        let (model, gauge, tail) = (model(level.think), gauge(source, level), tail(level));
        let gap = gap(level);
        let width = runs_width(&model) + gap + runs_width(&gauge) + runs_width(&tail);
        (width <= room).then_some((model, gap, gauge, tail))
    });
    let (model, gap, gauge, tail) = chosen.unwrap_or_else(|| {
        // Not even the least fits beside the model: the model's name goes.
        let least = levels.last().copied().unwrap_or(WHOLE);
        (Runs::new(), 0, self::gauge(source, least), Runs::new())
    });
    let (mut x, y) = (area.x + inset, area.y);
    let used = pen.runs((x, y), room, &model);
    let mut places = Places { model: Rect::new(x, y, used, 1), ..Places::default() };
    x += used + gap;
    let used = pen.runs((x, y), area.right().saturating_sub(x), &gauge);
    places.gauge = Rect::new(x, y, used, 1);
    x += used;
    pen.runs((x, y), area.right().saturating_sub(x), &tail);
    if two {
        second_row(pen, Rect { y: y + 1, height: 1, x: area.x + inset, width: room }, app);
    }
    places
}

fn gap(level: Level) -> u16 {
    match (level.gauge.tight, level.think) {
        (true, _) => 1,
        (false, false) => 2,
        (false, true) => 3,
    }
}

/// The model's name; the label of simulated replies goes before it.
fn model(app: &App, width: u16) -> impl Fn(bool) -> Runs + '_ {
    move |think| {
        let status = &app.status;
        let mut runs = Runs::new();
        if status.demo {
            let label = if width >= 140 { " DEMO — simulated replies " } else { "DEMO" };
            runs.push((label.to_owned(), Part::Demo));
            runs.push((" ".to_owned(), Part::Text));
        }
        let name = status.model.as_str();
        // The least widths have no room for the family's name.
        let name = if width < 32 { name.strip_prefix("glm-").unwrap_or(name) } else { name };
        let name = crate::text::truncate::ellipsis(name, usize::from(width / 3).max(4));
        runs.push((name, Part::Title));
        if think {
            let word = match (status.thinking, status.effort) {
                (false, _) => " think:off".to_owned(),
                (true, None) => " think:on".to_owned(),
                (true, Some(effort)) => format!(" think:{}", effort.as_str()),
            };
            runs.push((word, Part::Muted));
        }
        runs
    }
}

fn gauge(source: &Source<'_>, level: Level) -> Runs {
    let mut runs = Runs::new();
    if source.reading().demo {
        let label = if level.gauge.tight { "DEMO " } else { "DEMO quota " };
        runs.push((label.to_owned(), Part::Muted));
    }
    runs.extend(source.runs(level.gauge));
    if let Some(rate) = source.reading().rate.as_ref().filter(|_| level.rate && source.has_windows()) {
        runs.push((format!("   {}", format::rate(rate)), Part::Muted));
    }
    runs
}

fn tail(app: &App, level: Level, second: bool) -> Runs {
    let mut runs = Runs::new();
    let gap = if level.gauge.tight {
        " "
    } else if level.gauge.bar > 8 {
        "   "
    } else {
        "  "
    };
    let mut push = |text: String, part| {
        runs.push((gap.to_owned(), Part::Text));
        runs.push((text, part));
    };
    if let Some((text, part)) = context(app, level.context) {
        push(text, part);
    }
    let (folder, branch) = &app.status.place;
    if level.place && !folder.is_empty() {
        push(folder.clone(), Part::Muted);
    }
    if let Some(branch) = branch.as_ref().filter(|_| level.branch) {
        push(branch.clone(), Part::Muted);
    }
    // The most daring mode is told as long as there is a row.
    if level.mode || (app.status.mode == PermissionMode::Yolo && !second) {
        let (text, part) = composer::mode(app);
        push(text, part);
    }
    if let Some((text, part)) = sandbox(app, level) {
        push(text, part);
    }
    runs
}

/// The sandbox's name, or a mark when it is weaker than it should be.
fn sandbox(app: &App, level: Level) -> Option<(String, Part)> {
    let card = app.status.sandbox.as_ref()?;
    let part = if card.weak { Part::Warn } else { Part::Muted };
    match level.sandbox {
        Sandbox::Label => Some((format!("{}{}", card.label, if card.weak { " !" } else { "" }), part)),
        Sandbox::Mark if card.weak => Some((if level.gauge.bar > 0 { "sandbox!" } else { "sb!" }.to_owned(), part)),
        Sandbox::Mark | Sandbox::None => None,
    }
}

fn context(app: &App, form: Context) -> Option<(String, Part)> {
    let (used, window) = app.status.context?;
    let share = window.filter(|w| *w > 0).map(|w| used as f64 * 100.0 / w as f64);
    let part = match share {
        Some(95.0..) => Part::Danger,
        Some(80.0..) => Part::Warn,
        _ => Part::Muted,
    };
    let figure = share.map_or_else(|| format::tokens(used), |s| format!("{:.0}%", s.min(999.0).floor()));
    let mark = match part {
        Part::Danger => "!!",
        Part::Warn => "!",
        _ => "",
    };
    let text = match (form, window) {
        (Context::None, _) => return None,
        (Context::Tight, _) => format!("c{figure}{mark}"),
        (Context::Window, Some(window)) => format!("ctx {figure}{mark} of {}", round(window)),
        (Context::Share | Context::Window, _) => format!("ctx {figure}{mark}"),
    };
    Some((text, part))
}

/// A window's size without a needless decimal: `200k`, `1M`.
fn round(tokens: u64) -> String {
    match tokens {
        1_000_000.. if tokens.is_multiple_of(1_000_000) => format!("{}M", tokens / 1_000_000),
        1_000.. if tokens.is_multiple_of(1_000) => format!("{}k", tokens / 1_000),
        _ => format::tokens(tokens),
    }
}

/// The row below: where we are and what the next request carries.
fn second_row(pen: &mut Pen<'_>, row: Rect, app: &App) {
    let (folder, branch) = &app.status.place;
    let mut runs = Runs::new();
    let mut push = |text: String, part| {
        let gap = if runs.is_empty() { "" } else { "   " };
        runs.push((gap.to_owned(), Part::Text));
        runs.push((text, part));
    };
    if !folder.is_empty() {
        push(folder.clone(), Part::Muted);
    }
    if let Some(branch) = branch {
        push(branch.clone(), Part::Muted);
    }
    if let Some((text, part)) = context(app, Context::Window) {
        push(text, part);
    }
    let (text, part) = composer::mode(app);
    push(text, part);
    if let Some((text, part)) = sandbox(app, WHOLE) {
        push(text, part);
    }
    push(app.status.host.clone(), Part::Faint);
    while runs.len() > 1 && runs_width(&runs) > row.width {
        runs.pop();
    }
    pen.runs((row.x, row.y), row.width, &runs);
}
