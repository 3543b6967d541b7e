//! Draws the key dialog. Lines are built first and then fitted: blank ones go when rows are short.

use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use super::{
    glyphs::GlyphSet,
    paint::{Pen, Runs, cells, runs_width},
    theme::{Depth, Part, Theme},
};
use crate::{
    app::{
        Look,
        welcome::{CHOICES, CheckState, FAIR_USE, Stage, TestEnd, Testing, Welcome, host},
    },
    chat::Problem,
    config::{Preset, Region},
};

/// Lines of the page and, if something is typed, the line and column of the caret.
#[derive(Default)]
struct Page {
    lines: Vec<Runs>,
    /// For each line: it may go when rows are short.
    spare: Vec<bool>,
    caret: Option<(usize, u16)>,
}

impl Page {
    fn line(&mut self, runs: Runs) {
        self.spare.push(runs.is_empty());
        self.lines.push(runs);
    }

    /// Says what a small screen can do without.
    fn explain(&mut self, text: impl Into<String>) {
        self.lines.push(vec![(text.into(), Part::Muted)]);
        self.spare.push(true);
    }

    fn say(&mut self, text: impl Into<String>, part: Part) {
        self.line(vec![(text.into(), part)]);
    }

    fn blank(&mut self) {
        self.line(Vec::new());
    }

    fn problem(&mut self, problem: &Problem) {
        self.say(format!("✗ {}", problem.what), Part::Danger);
        for hint in &problem.hints {
            let with = hint.with.map_or_else(String::new, |w| format!(": {w}"));
            self.say(format!("  → {}{with}", hint.what), Part::Muted);
        }
    }

    /// The page with no line wider than `width`; the caret stays with its line.
    fn wrapped(self, width: u16) -> Self {
        let mut page = Self::default();
        for (n, line) in self.lines.into_iter().enumerate() {
            if let Some((_, column)) = self.caret.filter(|(at, _)| *at == n) {
                page.caret = Some((page.lines.len(), column.min(width)));
            }
            let lines = wrap_runs(line, width);
            page.spare.extend(vec![self.spare[n]; lines.len()]);
            page.lines.extend(lines);
        }
        page
    }

    /// The lines that fit `rows`, the caret's line always among them.
    fn fitted(&self, rows: usize) -> Vec<usize> {
        let mut shown: Vec<usize> = (0..self.lines.len()).collect();
        while shown.len() > rows {
            // Blank lines go first, then explanations from the end, then whatever stands last.
            let blank = shown.iter().rposition(|&n| self.lines[n].is_empty());
            let spare = blank.or_else(|| shown.iter().rposition(|&n| self.spare[n]));
            let caret = self.caret.map(|(line, _)| line);
            let last = || shown.iter().rposition(|&n| Some(n) != caret);
            let Some(at) = spare.or_else(last) else { break };
            shown.remove(at);
        }
        shown
    }
}

/// Draws the dialog over the whole frame.
pub fn draw_welcome(welcome: &Welcome, look: &Look, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width == 0 || area.height == 0 {
        return;
    }
    let theme = Theme::of(look, Depth::default(), None);
    let glyphs = if look.ascii { GlyphSet::Ascii } else { GlyphSet::Unicode };
    let inset = if area.width >= 60 { 2 } else { 0 };
    let width = area.width - inset;
    let page = page_of(welcome).wrapped(width);
    let title = if welcome.from_session { " Key and address " } else { " Welcome to glm-tui " };
    let mut pen = Pen { buf: frame.buffer_mut(), theme: &theme, glyphs };
    pen.fill(Rect { height: 1, ..area }, '─', Part::Border);
    pen.chrome((area.x + 2, area.y), area.width.saturating_sub(4), title, Part::Title);
    let mut caret = None;
    for (row, line) in page.fitted(usize::from(area.height.saturating_sub(1))).into_iter().enumerate() {
        let y = area.y + 1 + row as u16;
        pen.runs((area.x + inset, y), width, &page.lines[line]);
        if let Some((_, column)) = page.caret.filter(|(at, _)| *at == line) {
            caret = Some(Position::new(area.x + (inset + column).min(area.width - 1), y));
        }
    }
    if let Some(caret) = caret {
        frame.set_cursor_position(caret);
    }
}

/// Breaks a line at spaces; what goes on stands under the line's own indent.
fn wrap_runs(line: Runs, width: u16) -> Vec<Runs> {
    if runs_width(&line) <= width {
        return vec![line];
    }
    let first = line.first().map_or("", |(text, _)| text.as_str());
    let indent = first.len() - first.trim_start().len();
    let (mut lines, mut row, mut used) = (Vec::new(), Runs::new(), 0);
    for (text, part) in line {
        for word in text.split_inclusive(' ') {
            if used > indent as u16 && used + cells(word.trim_end()) > width {
                lines.push(std::mem::take(&mut row));
                row.push((" ".repeat(indent), part));
                used = indent as u16;
            }
            used += cells(word);
            row.push((word.to_owned(), part));
        }
    }
    lines.push(row);
    lines
}

fn page_of(welcome: &Welcome) -> Page {
    let mut page = Page::default();
    match &welcome.stage {
        Stage::Choose => choose(welcome, &mut page),
        Stage::Key { preset, input, fault } => key(*preset, input, *fault, &mut page),
        Stage::Test(testing) => test(testing, &mut page),
    }
    page
}

fn choose(welcome: &Welcome, page: &mut Page) {
    if welcome.from_session {
        page.say("Which key is it?", Part::Text);
    } else {
        page.say("No Z.ai key found.", Part::Text);
        page.explain("Looked in:");
        for places in welcome.looked_in.chunks(4) {
            page.explain(format!("  {}", places.join(", ")));
        }
    }
    page.blank();
    for choice in CHOICES {
        page.line(vec![
            (format!("{}  ", choice.digit), Part::Accent),
            (format!("{:<30} ", choice.label), Part::Text),
            (choice.note.into(), Part::Muted),
        ]);
    }
    let leave = if welcome.from_session { "Back" } else { "Quit" };
    page.line(vec![("q  ".into(), Part::Accent), (leave.into(), Part::Text)]);
    page.blank();
    let keys = "Keys: z.ai → API keys. A plan key and a pay-as-you-go key look the same; the choice here decides which \
                address is called. Nothing is sent before it.";
    page.explain(keys);
    page.blank();
    for line in FAIR_USE {
        page.explain(line);
    }
}

fn key(preset: Preset, input: &str, fault: Option<&str>, page: &mut Page) {
    let billing = if preset.is_metered() { "pay as you go: billed per token" } else { "GLM Coding Plan" };
    page.line(vec![(format!("{} · {billing}", host(preset)), Part::Title)]);
    page.blank();
    page.say("Type or paste the key, then Enter. Only its last four characters are shown.", Part::Text);
    page.blank();
    let typed: Runs = vec![("› ".into(), Part::Accent), (masked(input), Part::Text)];
    page.caret = Some((page.lines.len(), runs_width(&typed)));
    page.line(typed);
    if let Some(fault) = fault {
        page.say(format!("✗ the key {fault}"), Part::Danger);
    }
    page.blank();
    if preset.is_plan() {
        for line in FAIR_USE {
            page.explain(line);
        }
        page.blank();
    }
    page.line(vec![
        ("Enter".into(), Part::Accent),
        (" test the key   ".into(), Part::Muted),
        ("Ctrl-U".into(), Part::Accent),
        (" clear   ".into(), Part::Muted),
        ("Esc".into(), Part::Accent),
        (" back".into(), Part::Muted),
    ]);
}

fn masked(input: &str) -> String {
    let n = input.chars().count();
    let shown = if n >= 12 { 4 } else { 0 };
    let tail: String = input.chars().skip(n - shown).collect();
    format!("{}{tail}", "•".repeat((n - shown).min(24)))
}

fn test(testing: &Testing, page: &mut Page) {
    page.line(vec![
        (host(testing.preset).into(), Part::Title),
        (format!(" · key {}", testing.key.hint()), Part::Muted),
    ]);
    page.blank();
    for check in &testing.checks {
        let (mark, part, more) = match &check.state {
            CheckState::Running => ("◐", Part::Accent, ""),
            CheckState::Good(more) => ("✓", Part::Ok, more.as_str()),
            CheckState::Bad(more) => ("✗", Part::Danger, more.as_str()),
            CheckState::Skipped => ("○", Part::Muted, "skipped"),
        };
        page.line(vec![
            (format!("{mark} "), part),
            (format!("{:<34}", check.what), Part::Text),
            (more.into(), Part::Muted),
        ]);
    }
    page.blank();
    match &testing.end {
        None => keys(page, &[("s", "skip asking the model"), ("Esc", "stop")]),
        Some(TestEnd::Good) => {
            if let Some(model) = &testing.model {
                page.say(format!("Starts with {model}; F2 switches."), Part::Text);
            }
            page.say("Save the key where?", Part::Text);
            keys(page, &[("1", "credentials file, readable by you only"), ("2", "this run only"), ("Esc", "back")]);
        }
        Some(TestEnd::OtherRegion(region)) => {
            let (place, name) = match region {
                Region::China => ("open.bigmodel.cn", "China"),
                Region::International => ("api.z.ai", "international"),
            };
            page.say(format!("{} does not know this key.", host(testing.preset)), Part::Warn);
            page.say(format!("It may belong to {place} ({name}). Asking there sends the key there."), Part::Text);
            keys(page, &[("y", "ask there"), ("e", "enter another key"), ("q", "leave")]);
        }
        Some(TestEnd::Bad(problem)) => {
            page.problem(problem);
            keys(page, &[("r", "retry"), ("e", "enter again"), ("u", "use it anyway"), ("d", "demo"), ("q", "leave")]);
        }
    }
}

fn keys(page: &mut Page, keys: &[(&str, &str)]) {
    let mut runs: Runs = Vec::new();
    for (key, what) in keys {
        runs.push((format!("{key} "), Part::Accent));
        runs.push((format!("{what}   "), Part::Muted));
    }
    page.line(runs);
}
