//! The lists, items and quotes that are open, and what they put in front of a row.

use super::block::Glyphs;
use crate::text::{
    width::width,
    wrap::{Indent, Ink, Piece, Role},
};

/// What is open, outermost first.
pub(super) struct Stack {
    holders: Vec<Holder>,
    width: u16,
    glyphs: Glyphs,
}

struct Holder {
    kind: Kind,
    /// Nothing of it was drawn yet.
    fresh: bool,
}

enum Kind {
    Quote,
    /// A list with its next number, if it counts.
    List(Option<u64>),
    /// An item with its marker until that is drawn, and the marker's cells.
    Item(Option<String>, usize),
}

impl Stack {
    pub(super) fn new(width: u16, glyphs: Glyphs) -> Self {
        Self { holders: Vec::new(), width, glyphs }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.holders.is_empty()
    }

    /// The number of the item that comes, if the innermost and only holder is a list: the number is 0 if it
    /// does not count.
    pub(super) fn top_number(&self) -> Option<u64> {
        match self.holders.as_slice() {
            [Holder { kind: Kind::List(number), .. }] => Some(number.unwrap_or(0)),
            _ => None,
        }
    }

    /// Nothing of the innermost was drawn yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.holders.last().is_some_and(|holder| holder.fresh)
    }

    pub(super) fn push_quote(&mut self) {
        self.holders.push(Holder { kind: Kind::Quote, fresh: true });
    }

    pub(super) fn push_list(&mut self, first: Option<u64>) {
        self.holders.push(Holder { kind: Kind::List(first), fresh: true });
    }

    /// An item of the innermost list, with the marker that is its turn.
    pub(super) fn push_item(&mut self) {
        let marker = match self.holders.last_mut() {
            Some(Holder { kind: Kind::List(Some(number)), .. }) => {
                let text = format!("{number}. ");
                *number = number.saturating_add(1);
                text
            }
            _ => self.glyphs.bullet().to_owned(),
        };
        let cells = width(&marker);
        self.holders.push(Holder { kind: Kind::Item(Some(marker), cells), fresh: true });
    }

    pub(super) fn pop(&mut self) {
        self.holders.pop();
    }

    /// The innermost item is a task.
    pub(super) fn task(&mut self, done: bool) {
        if let Some(Holder { kind: Kind::Item(marker @ Some(_), cells), .. }) = self.holders.last_mut() {
            let text = if done { "[x] " } else { "[ ] " };
            *cells = width(text);
            *marker = Some(text.to_owned());
        }
    }

    /// The innermost item was not drawn yet.
    pub(super) fn marker_waits(&self) -> bool {
        matches!(self.holders.last(), Some(Holder { kind: Kind::Item(Some(_), _), .. }))
    }

    /// What stands in front of the rows of the block that comes; markers are drawn once. Takes at most
    /// half of the width: deeper levels stand where the last one that fits stands.
    pub(super) fn indent(&mut self) -> Indent {
        let most = usize::from(self.width) / 2;
        let mut indent = Indent::default();
        let mut cells = 0;
        let mut gutter = None;
        for holder in &mut self.holders {
            let (first, rest) = match &holder.kind {
                Kind::List(_) => continue,
                Kind::Quote => {
                    let bar = piece(format!("{} ", self.glyphs.bar()), Role::Marker);
                    (bar.clone(), bar)
                }
                Kind::Item(marker, cells) => {
                    let rest = piece(" ".repeat(*cells), Role::Text);
                    let first = marker.as_ref().map_or_else(|| rest.clone(), |text| piece(text.clone(), Role::Marker));
                    (first, rest)
                }
            };
            let more = width(&rest.text);
            if cells + more > most {
                continue;
            }
            if let Kind::Item(marker @ Some(_), _) = &mut holder.kind {
                gutter.get_or_insert(cells);
                *marker = None;
            }
            cells += more;
            indent.first.push(first);
            indent.rest.push(rest);
        }
        indent.gutter = gutter.unwrap_or(cells) as u16;
        indent
    }

    /// Something of all that is open is drawn now.
    pub(super) fn drawn(&mut self) {
        for holder in &mut self.holders {
            holder.fresh = false;
            if let Kind::Item(marker, _) = &mut holder.kind {
                *marker = None;
            }
        }
    }
}

fn piece(text: String, role: Role) -> Piece {
    Piece { text, ink: Ink { role, ..Ink::default() } }
}
