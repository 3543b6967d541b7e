//! Draws the question whether a folder is trusted: the text scrolls, the choices always stay.

use ratatui::{Frame, layout::Rect};

use super::{
    ask::spell,
    glyphs::GlyphSet,
    paint::{Pen, Runs},
    sheet::{self, Line, Lines},
    theme::{Depth, Part, Theme},
};
use crate::{
    app::{
        Look, Now, Sheet,
        trust::{Brought, Trust},
    },
    text::{truncate, width::width},
};

/// Key, what it does, the same in little room.
const CHOICES: [(&str, &str, &str); 3] = [
    ("t", "trust it: load what it brings; remembered for this folder", "trust"),
    ("r", "work without trust: nothing of it is loaded, every command asks", "no trust"),
    ("q", "leave", "leave"),
];

/// Draws the dialog over the whole frame; returns where its text stands.
pub fn draw_trust(trust: &Trust, look: &Look, frame: &mut Frame<'_>, now: Now) -> Sheet {
    let area = frame.area();
    if area.width == 0 || area.height == 0 {
        return Sheet::default();
    }
    let theme = Theme::of(look, Depth::default(), None);
    let glyphs = if look.ascii { GlyphSet::Ascii } else { GlyphSet::Unicode };
    let mut pen = Pen { buf: frame.buffer_mut(), theme: &theme, glyphs };
    let inset = if area.width >= 60 { 2 } else { 0 };
    let inner = Rect { x: area.x + inset, width: area.width - 2 * inset, ..area };
    let choices = choices(inner.width, area.height, trust.is_open(now));
    let below = choices.len() as u16;
    let top = u16::from(area.height > below + 1);
    let text = Rect { y: area.y + top, height: area.height.saturating_sub(top + below), ..inner };
    let lines = lines(trust, inner.width, area.height < ROOMY);
    let sheet = sheet::draw(&mut pen, text, &lines, trust.top);
    if top > 0 {
        let more = sheet.n_rows > usize::from(sheet.area.height);
        let note = if more { vec![("PgUp PgDn".to_owned(), Part::Warn)] } else { Runs::new() };
        let title = if area.width < 44 { "Trust this folder?" } else { "Do you trust this folder?" };
        pen.rule(Rect { height: 1, ..area }, &[(title.to_owned(), Part::Title)], &note);
    }
    // With room to spare the choices stand right below the text.
    let used = sheet.n_rows.min(usize::from(text.height)) as u16;
    let gap = u16::from(text.height > used);
    for (runs, y) in choices.iter().zip(text.y + used + gap..area.bottom()) {
        pen.runs((inner.x, y), inner.width, runs);
    }
    sheet
}

fn choices(width: u16, height: u16, open: bool) -> Vec<Runs> {
    let (key_part, part) = if open { (Part::Accent, Part::Text) } else { (Part::Faint, Part::Faint) };
    let one = |(key, long, short): (&str, &str, &str)| {
        let what = if width >= 70 { long } else { short };
        let what = truncate::ellipsis(what, usize::from(width.saturating_sub(3)));
        vec![(format!("{key}  "), key_part), (what, part)]
    };
    if height >= 8 {
        return CHOICES.into_iter().map(one).collect();
    }
    let mut row = Runs::new();
    for (key, _, short) in CHOICES {
        row.push((format!("{key} "), key_part));
        row.push((format!("{}  ", if width >= 28 { short } else { short.split(' ').next().unwrap_or(short) }), part));
    }
    vec![row]
}

/// Below these rows what the folder brings stands before what trust means.
const ROOMY: u16 = 16;

fn lines(trust: &Trust, cells: u16, crowded: bool) -> Lines {
    let mut lines = Lines::default();
    lines.rows.extend(spell::rows(trust.folder.as_str(), cells).into_iter().map(|line| match line {
        Line::Foreign(runs) => Line::Foreign(titled(runs)),
        other => other,
    }));
    lines.gap();
    if crowded {
        found(trust, cells, &mut lines);
        lines.gap();
    }
    lines.ours(
        "glm-tui reads, changes and runs things here with your rights. A folder that somebody else wrote can hold \
         words that steer the model and settings that start programs. So far nothing of it was loaded or run.",
        Part::Text,
        cells,
    );
    if !crowded {
        lines.gap();
        found(trust, cells, &mut lines);
    }
    lines
}

fn found(trust: &Trust, cells: u16, lines: &mut Lines) {
    if trust.found.is_empty() {
        lines.ours("It brings nothing that would act by itself.", Part::Muted, cells);
    } else {
        lines.ours("It brings:", Part::Text, cells);
        let names = trust.found.iter().map(|found| width(found.name.as_str())).max().unwrap_or(0);
        let names = names.min(usize::from(cells / 2));
        for found in &trust.found {
            lines.rows.extend(brought(found, names, cells));
        }
    }
}

fn titled(runs: Runs) -> Runs {
    runs.into_iter().map(|(text, part)| (text, if part == Part::Text { Part::Title } else { part })).collect()
}

fn brought(found: &Brought, names: usize, cells: u16) -> Vec<Line> {
    let name = truncate::middle(found.name.as_str(), names);
    let room = usize::from(cells).saturating_sub(names + 4);
    if room >= width(found.what) {
        let runs =
            vec![(format!("  {}  ", truncate::pad(&name, names)), Part::Accent), (found.what.to_owned(), Part::Muted)];
        return vec![Line::Foreign(runs)];
    }
    let mut rows = spell::rows(&format!("  {}", found.name), cells);
    rows.extend(spell::rows(&format!("    {}", found.what), cells));
    rows
}
