//! The tool calls of one reply, put together from whole calls or from pieces, and made whole where the
//! template left its marks. Owns which piece belongs to which call; refuses to know what a call does.

use std::collections::HashMap;

use super::{arguments, markup, offer::Offer, wire::CallPiece};
use crate::chat::{CallId, ToolCall};

/// The calls so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    open: Vec<Open>,
    by_index: HashMap<u64, usize>,
}

#[derive(Debug)]
struct Open {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl Calls {
    /// Nothing was called yet.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes a whole call or a piece of one. A piece belongs to the call of its index, else of its id, else
    /// to the newest; an index that comes again with another id and a name is a new call.
    pub(super) fn push(&mut self, piece: &CallPiece<'_>) {
        let index = piece.index.number();
        let id = &*piece.id.0;
        let name = piece.function.as_ref().map_or("", |f| &*f.name.0);
        let at = self.find(index, id, name).unwrap_or_else(|| self.open_new(index));
        let Some(call) = self.open.get_mut(at) else { return };
        if call.id.is_empty() {
            id.clone_into(&mut call.id);
        }
        if call.name.is_empty() {
            name.clone_into(&mut call.name);
        } else if call.arguments.is_empty() && name != call.name {
            call.name.push_str(name);
        }
        if let Some(function) = &piece.function {
            call.arguments.push_str(&function.arguments_text());
        }
    }

    fn find(&self, index: Option<u64>, id: &str, name: &str) -> Option<usize> {
        let at = match index {
            Some(index) => self.by_index.get(&index).copied(),
            None if !id.is_empty() => self.open.iter().rposition(|call| call.id == id),
            None if name.is_empty() => self.open.len().checked_sub(1),
            None => None,
        }?;
        let known = self.open.get(at)?;
        let is_other = !id.is_empty() && !known.id.is_empty() && known.id != id && !name.is_empty();
        (!is_other).then_some(at)
    }

    fn open_new(&mut self, index: Option<u64>) -> usize {
        let at = self.open.len();
        self.open.push(Open { index, id: String::new(), name: String::new(), arguments: String::new() });
        if let Some(index) = index {
            self.by_index.insert(index, at);
        }
        at
    }

    /// All calls in the order of their index, those without one last, and what had to be repaired.
    pub(super) fn take(&mut self, offer: &Offer) -> (Vec<ToolCall>, Vec<&'static str>) {
        let mut repaired = Vec::new();
        self.by_index.clear();
        let mut open = std::mem::take(&mut self.open);
        open.sort_by_key(|call| call.index.unwrap_or(u64::MAX));
        let calls = open.into_iter().filter_map(|call| finish(call, offer, &mut repaired)).collect();
        (calls, repaired)
    }
}

/// The whole call; nothing of one that says nothing.
fn finish(mut call: Open, offer: &Offer, repaired: &mut Vec<&'static str>) -> Option<ToolCall> {
    if let Some(at) = call.name.find(['<', '\n']) {
        // `read<arg_key>filePath…`: the template leaks into names (docs/ZAI.md §3).
        let rest = call.name.split_off(at);
        repaired.push("a tool name was cleaned");
        let has_none = matches!(call.arguments.trim(), "" | "{}");
        if let Some(arguments) = markup::debris(&rest, call.name.trim(), offer).filter(|_| has_none) {
            call.arguments = arguments;
            repaired.push("a call's arguments were recovered from its name");
        }
    }
    if call.name.trim().len() != call.name.len() {
        call.name = call.name.trim().to_owned();
    }
    if !offer.is_empty() && call.name.is_empty() && call.arguments.trim().is_empty() {
        repaired.push("an empty tool call was skipped");
        return None;
    }
    // Without tools nobody will run it: it is shown as it came.
    if !offer.is_empty()
        && let Ok((arguments, Some(what))) = arguments::mend(&call.arguments)
    {
        call.arguments = arguments;
        repaired.push(what);
    }
    Some(ToolCall { id: CallId(call.id), name: call.name, arguments: call.arguments })
}
