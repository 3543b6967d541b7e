//! A question laid out: what stands in its text, what below, and what gives way where rows are short.

use super::{
    body,
    foot::{self, KeyRow, Words},
    rule, spell,
};
use crate::{
    app::{App, Page, Pending},
    ui::{
        composer,
        sheet::{Line, Lines},
        theme::Part,
    },
};

/// Rows of the text that are kept even where keys have to shrink for them.
const LEAST_BODY: usize = 3;

/// Rows of the line that is typed.
const INPUT: u16 = 6;

/// A question laid out for a width and a number of rows.
pub(in crate::ui) struct Form {
    pub(super) body: Lines,
    pub(super) place: Vec<Line>,
    pub(super) keys: Vec<KeyRow>,
    /// Rows of the line that is typed; 0 when none is.
    pub(super) input: u16,
    /// The draft has a row.
    pub(super) draft: bool,
    /// The rules of standing grants stand beside the text.
    pub(super) rules: bool,
}

impl Form {
    /// Lays the question out; `None` when there is none.
    pub(in crate::ui) fn of(app: &App, width: u16, limit: u16) -> Option<Self> {
        let pending = app.ask()?;
        let inner = inner(width);
        let input = match pending.typing {
            Some(_) => {
                let rows = pending.input.visual_rows(composer::text_width(inner));
                u16::try_from(rows).unwrap_or(u16::MAX).clamp(1, INPUT.min(limit / 2).max(1))
            }
            None => 0,
        };
        let mut body = body::lines(app, pending, inner);
        let place = if pending.page == Page::Short { foot::place(pending, inner) } else { Vec::new() };
        let keys = foot::keys(app, pending, Words::Full, inner);
        let scrolls = body.rows.len() + place.len() + keys.len() + usize::from(input) > usize::from(limit);
        if pending.page == Page::Short && !rule::notes_fit(pending, width, scrolls) {
            let notes = pending.ask.notes.iter().flat_map(|note| spell::rows(note.as_str(), inner));
            let notes: Vec<Line> = notes.map(warned).collect();
            for mark in &mut body.marks {
                *mark += notes.len();
            }
            body.rows.splice(0..0, notes);
        }
        let mut form = Self { body, place, keys, input, draft: !app.composer.is_empty(), rules: true };
        form.fit(app, pending, (inner, usize::from(limit)));
        Some(form)
    }

    /// Makes room for the text: first the place goes into it, then the rules, then the draft's row goes.
    fn fit(&mut self, app: &App, pending: &Pending, (inner, limit): (u16, usize)) {
        let crowded = |form: &Self| form.fixed() + form.body.rows.len().min(LEAST_BODY) > limit;
        if crowded(self) {
            let place = std::mem::take(&mut self.place);
            self.body.rows.extend(place);
        }
        if crowded(self) {
            self.keys = foot::keys(app, pending, Words::Short, inner);
            self.rules = pending.offers().iter().all(|row| row.rule.is_none());
            if pending.page == Page::Short {
                foot::spill_rules(pending, inner, &mut self.body);
            }
        }
        if crowded(self) {
            self.draft = false;
        }
    }

    /// Rows below the text.
    pub(super) fn fixed(&self) -> usize {
        self.place.len() + self.keys.len() + usize::from(self.input) + usize::from(self.draft)
    }

    /// Rows that the question wants.
    pub(in crate::ui) fn rows(&self) -> u16 {
        u16::try_from(self.body.rows.len().max(1) + self.fixed()).unwrap_or(u16::MAX)
    }
}

/// Cells of the text in a dialog of this width.
fn inner(width: u16) -> u16 {
    width.saturating_sub(2 * inset(width)).max(1)
}

pub(super) fn inset(width: u16) -> u16 {
    match width {
        60.. => 2,
        30.. => 1,
        _ => 0,
    }
}

fn warned(line: Line) -> Line {
    match line {
        Line::Foreign(runs) => Line::Foreign(runs.into_iter().map(|(text, _)| (text, Part::Warn)).collect()),
        other => other,
    }
}
