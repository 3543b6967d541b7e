//! Below the text of a question: where it would happen and why, then the keys.

use super::{body, spell};
use crate::{
    app::{App, Offer, OfferRow, Pending, Typing},
    chat::AskBody,
    text::wrap,
    ui::{
        paint::cells,
        sheet::{Line, Lines},
    },
};

/// A key with its words, placed in a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    /// The column, counted from the dialog's inner edge.
    pub(super) x: u16,
    /// As it is printed; empty for the continuation of long words.
    pub(super) sign: String,
    /// What it does.
    pub(super) words: String,
    /// The offer, if it is one.
    pub(super) offer: Option<Offer>,
}

/// A row of keys.
pub(super) type KeyRow = Vec<Key>;

/// Where and why.
pub(super) fn place(pending: &Pending, width: u16) -> Vec<Line> {
    let ask = &pending.ask;
    let mut parts = Vec::new();
    if !ask.place.is_empty() {
        parts.push(format!("in {}", ask.place));
    }
    if let Some(reason) = &ask.reason {
        parts.push(format!("reason: {reason}"));
    }
    parts.push(format!("step {}", ask.step));
    let text = parts.join(" · ");
    let mut rows = Vec::new();
    for row in wrap::plain(&text, width) {
        rows.extend(spell::rows(&row.text(), width).into_iter().map(body::muted));
    }
    rows
}

/// How much the key rows say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Every rule spelled out.
    Full,
    /// The shortest; rules stand in the text.
    Short,
}

/// The rows of keys at `width` cells.
pub(super) fn keys(app: &App, pending: &Pending, words: Words, width: u16) -> Vec<KeyRow> {
    let mut flow = Flow { rows: Vec::new(), x: 0, gap: if width >= 60 && words == Words::Full { 4 } else { 2 }, width };
    if let Some(what) = pending.typing {
        for (key, words) in typing(what, width) {
            flow.put(key, words, None);
        }
        return flow.rows;
    }
    if let AskBody::Question { options, many, .. } = &pending.ask.body {
        for (key, words) in question(options.len(), *many) {
            flow.put(key, words, None);
        }
        return flow.rows;
    }
    let offers = pending.offers();
    let (grants, others): (Vec<OfferRow>, Vec<OfferRow>) =
        offers.into_iter().partition(|row| matches!(row.offer, Offer::Once | Offer::Session | Offer::Always));
    for row in &grants {
        put_offer(&mut flow, row, words);
    }
    if words == Words::Full {
        flow.next_row();
    }
    for row in &others {
        put_offer(&mut flow, row, words);
    }
    if matches!(pending.ask.body, AskBody::Change(_)) {
        if words == Words::Full {
            flow.next_row();
        }
        let side = if app.look.diff.is_side_by_side(width + body::MARGIN) { "one column" } else { "side by side" };
        let cut = if app.look.diff.cut { "wrap" } else { "cut" };
        let all = [("a", "accept hunk"), ("x", "reject hunk"), ("]c [c", "next, previous"), ("t", side), ("w", cut)];
        let few = [("a", "accept"), ("x", "reject"), ("]c [c", "hunk"), ("t", side), ("w", cut)];
        let least = [("a", "accept"), ("x", "reject"), ("]c [c", "go"), ("t", "side"), ("w", cut)];
        let list = match (words, width) {
            (Words::Full, 100..) => all,
            (Words::Full, 60..) => few,
            _ => least,
        };
        for (key, what) in list {
            flow.put(key, what, None);
        }
    }
    flow.rows
}

fn put_offer(flow: &mut Flow, row: &OfferRow, words: Words) {
    let key = row.offer.key().to_string();
    let said = match (words, &row.rule) {
        (Words::Full, Some(rule)) => format!("{}: {rule}", row.words),
        (Words::Full, None) if flow.width >= 60 => row.words.to_owned(),
        _ => row.short.to_owned(),
    };
    flow.put(&key, &said, Some(row.offer));
}

fn typing(what: Typing, width: u16) -> Vec<(&'static str, &'static str)> {
    let wide = width >= 60;
    let enter = match (what, wide) {
        (Typing::Why, true) => "no, with these words (none needed)",
        (Typing::Why, false) => "no",
        (Typing::Hunks, true) => "send the decisions, with these words (none needed)",
        (Typing::Hunks, false) => "send",
        (Typing::Command, true) => "run this instead",
        (Typing::Command, false) => "run this",
        (Typing::Words, _) => "answer",
    };
    vec![("Enter", enter), ("^G", "editor"), ("esc", "back")]
}

fn question(n_options: usize, many: bool) -> Vec<(&'static str, &'static str)> {
    let mut keys = match (n_options, many) {
        (0, _) => Vec::new(),
        (_, false) => vec![("1-9", "choose"), ("Enter", "the marked one")],
        (_, true) => vec![("1-9 Space", "mark"), ("Enter", "send")],
    };
    keys.push(("a-z", "type an answer"));
    keys.push(("esc", "no answer"));
    keys
}

/// Says `rules` in the text when the keys are too short for them.
pub(super) fn spill_rules(pending: &Pending, width: u16, lines: &mut Lines) {
    body::rules(pending, width, lines);
}

/// Places keys one after the other, as many in a row as fit.
struct Flow {
    rows: Vec<KeyRow>,
    x: u16,
    gap: u16,
    width: u16,
}

impl Flow {
    fn next_row(&mut self) {
        if self.x > 0 {
            self.rows.push(KeyRow::new());
            self.x = 0;
        }
    }

    fn put(&mut self, key: &str, words: &str, offer: Option<Offer>) {
        let indent = cells(key) + if self.gap > 2 { 2 } else { 1 };
        let wide = indent + cells(words);
        if self.rows.is_empty() || (self.x > 0 && self.x + wide > self.width) {
            self.rows.push(KeyRow::new());
            self.x = 0;
        }
        let room = self.width.saturating_sub(self.x + indent).max(1);
        // Every character of a rule counts, so a long one goes on below.
        for (n, range) in wrap::hard(words, room).enumerate() {
            if n > 0 {
                self.rows.push(KeyRow::new());
            }
            let sign = if n == 0 { key.to_owned() } else { String::new() };
            let x = if n == 0 { self.x } else { self.x + indent };
            let part = Key { x, sign, words: words[range].to_owned(), offer };
            if let Some(row) = self.rows.last_mut() {
                row.push(part);
            }
        }
        self.x = if wide > self.width { self.width } else { self.x + wide + self.gap };
    }
}
