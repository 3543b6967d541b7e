//! The prompts that can be gone back to, and what goes back.

use ratatui::layout::{Position, Rect};

use super::{
    panel::{Drawn, frame, keys, panel},
    picker::draw_query,
};
use crate::{
    app::{Now, Rewind, ScopeChoice, ScopeRow},
    chat::TurnCard,
    text::truncate,
    ui::{
        format,
        layout::Layout,
        paint::{Pen, cells},
        theme::Part,
    },
};

/// Rows of the list that are worth showing at once.
const MOST: u16 = 16;

/// Below this many columns the words about a prompt are few and those about a choice go below it.
const ROOMY: u16 = 70;

pub(super) fn draw(pen: &mut Pen<'_>, layout: &Layout, view: &Rewind, now: Now) -> Drawn {
    match &view.choice {
        Some(choice) => draw_choice(pen, layout, choice),
        None => draw_list(pen, layout, view, now),
    }
}

fn draw_list(pen: &mut Pen<'_>, layout: &Layout, view: &Rewind, now: Now) -> Drawn {
    let rows = u16::try_from(view.matches.len()).unwrap_or(u16::MAX).clamp(1, MOST);
    let area = panel(layout, rows + 3, 100);
    let foot = keys(&[("↑↓", "choose"), ("Enter", "take"), ("esc", "close")]);
    let inner = frame(pen, area, "Back to before a prompt", &foot);
    let line = Rect { height: 1.min(inner.height), ..inner };
    let x = draw_query(pen, line, &view.query);
    let list = Rect { y: line.bottom(), height: inner.height - line.height, ..inner };
    if view.matches.is_empty() {
        pen.chrome((list.x + 2, list.y), list.width.saturating_sub(2), "nothing matches", Part::Muted);
    }
    let shown = usize::from(list.height);
    let top = view.selected.saturating_sub(shown / 2).min(view.matches.len().saturating_sub(shown));
    let digits = view.cards.iter().map(|card| card.turn.0.to_string().len()).max().unwrap_or(1);
    for ((n, at), y) in view.matches.iter().enumerate().skip(top).zip(list.y..list.bottom()) {
        let Some(card) = view.cards.get(*at) else { continue };
        draw_card(pen, Rect { y, height: 1, ..list }, (card, n == view.selected), (digits, now));
    }
    Drawn { caret: Some(Position::new(x.min(area.right().saturating_sub(1)), line.y)), list_rows: list.height }
}

fn draw_card(pen: &mut Pen<'_>, at: Rect, (card, chosen): (&TurnCard, bool), (digits, now): (usize, Now)) {
    let part = |part| if chosen { Part::Selection } else { part };
    if chosen {
        pen.fill(at, ' ', Part::Selection);
        pen.chrome((at.x, at.y), 1, "▸", Part::Selection);
    }
    let wide = at.width >= ROOMY;
    let mut words = Vec::new();
    if card.left {
        words.push(if wide { "on a branch that was left".to_owned() } else { "left".to_owned() });
    }
    match card.n_files {
        0 => {}
        1 if wide => words.push("1 file".to_owned()),
        n if wide => words.push(format!("{n} files")),
        n => words.push(format!("{n}f")),
    }
    words.push(format::age(card.at, now));
    let note = words.join(" · ");
    let number = format!("{:>digits$}", card.turn.0);
    let lead = 2 + pen.chrome((at.x + 2, at.y), at.width, &number, part(Part::Accent)) + 2;
    let room = at.width.saturating_sub(lead + cells(&note) + 3);
    let title = truncate::ellipsis(&Rewind::title(card), usize::from(room));
    let text = pen.theme.style(part(if card.left { Part::Muted } else { Part::Text }));
    pen.text((at.x + lead, at.y), room, &title, text);
    pen.runs_right(at, &[(note, part(Part::Faint)), (" ".to_owned(), part(Part::Faint))]);
}

fn draw_choice(pen: &mut Pen<'_>, layout: &Layout, choice: &ScopeChoice) -> Drawn {
    let columns = layout.space.width.min(100);
    let per = if columns >= ROOMY { 1 } else { 2 };
    let rows = u16::try_from(choice.rows.len()).unwrap_or(3) * per;
    let area = panel(layout, rows + 4, 100);
    let foot = keys(&[("c f b", "choose"), ("Enter", "take"), ("esc", "back")]);
    let title = if choice.card.left {
        format!("To the branch of prompt {}", choice.card.turn.0)
    } else {
        format!("Back to before prompt {}", choice.card.turn.0)
    };
    let inner = frame(pen, area, &title, &foot);
    let prompt = truncate::ellipsis(&Rewind::title(&choice.card), usize::from(inner.width.saturating_sub(2)));
    if inner.height > rows {
        let used = pen.chrome((inner.x, inner.y), 2, "› ", Part::User);
        pen.text((inner.x + used, inner.y), inner.width.saturating_sub(used), &prompt, pen.theme.style(Part::User));
    }
    // Where there is no room for all, the choices come before the prompt and the empty row.
    let y = inner.y + inner.height.saturating_sub(rows).min(2);
    for (n, row) in choice.rows.iter().enumerate() {
        let y = y + u16::try_from(n).unwrap_or(0) * per;
        if y < inner.bottom() {
            let height = per.min(inner.bottom() - y);
            draw_row(pen, Rect { y, height, ..inner }, row, n == choice.at);
        }
    }
    Drawn { list_rows: rows, ..Drawn::default() }
}

fn draw_row(pen: &mut Pen<'_>, at: Rect, row: &ScopeRow, chosen: bool) {
    let first = Rect { height: 1, ..at };
    let (name, note) = match (chosen, row.enabled) {
        (true, _) => (Part::Selection, Part::Selection),
        (false, true) => (Part::Text, Part::Muted),
        (false, false) => (Part::Faint, Part::Faint),
    };
    if chosen {
        pen.fill(first, ' ', Part::Selection);
        pen.chrome((at.x, at.y), 1, "▸", Part::Selection);
    }
    let (letter, word) = row.name();
    // A choice that cannot be taken says so by a sign, not by its colour alone.
    let key = if row.enabled { letter } else { '–' };
    pen.chrome((at.x + 2, at.y), 1, &key.to_string(), if chosen { Part::Selection } else { Part::Accent });
    pen.chrome((at.x + 4, at.y), at.width.saturating_sub(4), word, name);
    let (x, y) = if at.width >= ROOMY - 2 { (at.x + 18, at.y) } else { (at.x + 4, at.y + 1) };
    if y < at.bottom() {
        let room = at.right().saturating_sub(x);
        let part = if y > at.y && chosen { Part::Muted } else { note };
        pen.chrome((x, y), room, &truncate::ellipsis(&row.note, usize::from(room)), part);
    }
}
