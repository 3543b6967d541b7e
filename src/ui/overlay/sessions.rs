//! The saved sessions, with the line that searches them.

use ratatui::layout::{Position, Rect};

use super::{
    panel::{Drawn, frame, keys, panel},
    picker::draw_query,
};
use crate::{
    app::{App, Now, SessionList},
    chat::SessionCard,
    text::truncate,
    ui::{
        format,
        layout::Layout,
        paint::{Pen, cells},
        theme::Part,
    },
};

/// Rows of the list that are worth showing at once.
const MOST: u16 = 20;

/// From this many columns on the folder and the size have their place.
const ROOMY: u16 = 70;

pub(super) fn draw(pen: &mut Pen<'_>, layout: &Layout, (app, now): (&App, Now), list: &SessionList) -> Drawn {
    let lines: Vec<(usize, bool)> = list
        .cards
        .iter()
        .enumerate()
        .flat_map(|(n, card)| [Some((n, false)), card.hit.as_ref().map(|_| (n, true))].into_iter().flatten())
        .collect();
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).clamp(1, MOST);
    let area = panel(layout, rows + 3, 110);
    let foot = if area.width >= 50 {
        keys(&[("↑↓", "choose"), ("Enter", "resume"), ("^D", "delete"), ("esc", "close")])
    } else {
        keys(&[("Enter", "resume"), ("^D", "delete"), ("esc", "close")])
    };
    let inner = frame(pen, area, "Saved sessions", &foot);
    let line = Rect { height: 1.min(inner.height), ..inner };
    let x = draw_query(pen, line, &list.query);
    let rest = Rect { y: line.bottom(), height: inner.height - line.height, ..inner };
    if lines.is_empty() {
        pen.chrome((rest.x + 2, rest.y), rest.width.saturating_sub(2), nothing(list), Part::Muted);
    }
    let shown = usize::from(rest.height);
    let chosen = lines.iter().position(|(n, _)| *n == list.selected).unwrap_or(0);
    let top = chosen.saturating_sub(shown / 2).min(lines.len().saturating_sub(shown));
    for ((n, hit), y) in lines.iter().skip(top).zip(rest.y..rest.bottom()) {
        let Some(card) = list.cards.get(*n) else { continue };
        let at = Rect { y, height: 1, ..rest };
        match &card.hit {
            Some(text) if *hit => {
                let room = at.width.saturating_sub(6);
                let text = truncate::ellipsis(&text.as_str().replace('\n', " "), usize::from(room));
                pen.text((at.x + 4, y), room, &text, pen.theme.style(Part::Muted));
            }
            _ => draw_card(pen, at, (card, *n == list.selected), (app, now), list),
        }
    }
    Drawn { caret: Some(Position::new(x.min(area.right().saturating_sub(1)), line.y)), list_rows: rest.height }
}

fn nothing(list: &SessionList) -> &'static str {
    match (list.searches(), list.query.is_empty()) {
        (true, _) => "looking …",
        (false, true) => "no session is saved yet",
        (false, false) => "nothing matches",
    }
}

fn draw_card(
    pen: &mut Pen<'_>,
    at: Rect,
    (card, chosen): (&SessionCard, bool),
    (app, now): (&App, Now),
    list: &SessionList,
) {
    let part = |part| if chosen { Part::Selection } else { part };
    if chosen {
        pen.fill(at, ' ', Part::Selection);
        pen.chrome((at.x, at.y), 1, "▸", Part::Selection);
    }
    let doomed = list.confirm.as_ref() == Some(&card.id);
    let note = if doomed { "^D again deletes it".to_owned() } else { note(card, app.is_present(card), at.width, now) };
    let folder = if card.here || at.width < ROOMY || doomed {
        String::new()
    } else {
        format!("  {}", truncate::middle(card.folder.as_str(), usize::from(at.width / 4)))
    };
    let room = at.width.saturating_sub(cells(&note) + cells(&folder) + 5);
    let (title, tone) = match &card.name {
        Some(name) => (name.as_str(), Part::Title),
        None => (card.title.as_str(), Part::Text),
    };
    let title = truncate::ellipsis(&title.replace('\n', " "), usize::from(room));
    let style = pen.theme.style(part(tone));
    let used = pen.text((at.x + 2, at.y), room, &title, style);
    let style = pen.theme.style(part(Part::Faint));
    pen.text((at.x + 2 + used, at.y), cells(&folder), &folder, style);
    let tone = if doomed { Part::Danger } else { Part::Faint };
    pen.runs_right(at, &[(note, part(tone)), (" ".to_owned(), part(tone))]);
}

fn note(card: &SessionCard, present: bool, width: u16, now: Now) -> String {
    let wide = width >= ROOMY;
    let mut words = Vec::new();
    if present {
        words.push(if wide { "on the screen".to_owned() } else { "here".to_owned() });
    } else if card.open {
        words.push(if wide { "open elsewhere".to_owned() } else { "open".to_owned() });
    }
    match card.turns {
        0 => words.push("draft".to_owned()),
        1 if wide => words.push("1 turn".to_owned()),
        n if wide => words.push(format!("{n} turns")),
        n => words.push(format!("{n}t")),
    }
    if wide {
        words.push(format::bytes(card.bytes));
    }
    words.push(format::age(card.updated, now));
    words.join(" · ")
}
