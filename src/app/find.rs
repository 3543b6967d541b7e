//! Finding in both panes: hits as it is typed, folded reasoning opened for the time of the search.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyModifiers};

use super::{
    Anchor, App, Chord, EntryId, EntryKind, Find, Focus, Pane, ReasoningState, Scroll,
    action::{Action, Scope},
    keymap::Meaning,
    panes::Before,
};
use crate::chat::StepId;

/// More hits than this are of no use to anybody and cost memory.
const MOST: usize = 5_000;

impl App {
    pub(super) fn open_find(&mut self) {
        if let Some(find) = &mut self.find {
            find.typing = true;
        } else {
            let before = Before {
                answer: self.panes.answer,
                reasoning: self.panes.reasoning,
                state: self.panes.state,
                zoomed: self.panes.zoomed,
                swapped: self.panes.swapped,
                opened: Vec::new(),
                runs: Vec::new(),
            };
            self.find = Some(Find { typing: true, before: Some(before), ..Find::default() });
        }
    }

    /// A key while a search is open; false when it is none of the search's.
    pub(super) fn on_find_key(&mut self, chord: Chord) -> bool {
        let Some(find) = &mut self.find else { return false };
        let code = chord.parts().0;
        match (code, chord.typed()) {
            (KeyCode::Tab, _) => self.hit_in_other_pane(),
            (KeyCode::Enter, _) if find.typing => find.typing = false,
            (KeyCode::Enter, _) if chord.parts().1 == KeyModifiers::SHIFT => self.next_hit(-1),
            (KeyCode::Enter | KeyCode::Down, _) => self.next_hit(1),
            (KeyCode::Up, _) => self.next_hit(-1),
            (_, Some('n')) if !find.typing => self.next_hit(1),
            (_, Some('N')) if !find.typing => self.next_hit(-1),
            (KeyCode::Backspace, _) if find.typing => {
                find.query.pop();
                self.search();
            }
            (_, Some(c)) if find.typing => {
                find.query.push(c);
                self.search();
            }
            // Typing always goes to the composer; what was found stays in view.
            (_, Some(_)) => {
                self.keep_find();
                return false;
            }
            _ => {
                let other = self.keys.meaning(&[chord], &[Scope::Anywhere]);
                return match other {
                    Meaning::Does(Action::Find) => {
                        self.next_hit(1);
                        true
                    }
                    Meaning::Does(_) | Meaning::Begins => false,
                    Meaning::Nothing => true,
                };
            }
        }
        true
    }

    /// Looks anew and shows the hit nearest to the place where the search began.
    pub(super) fn search(&mut self) {
        self.look_again();
        let Some(find) = &mut self.find else { return };
        let from = match find.before.as_ref().map(|before| before.answer) {
            Some(Scroll::Reading(at)) => Some(at.entry),
            _ => None,
        };
        // At the live end the newest hit is the nearest.
        find.current = match from {
            Some(entry) => find.hits.iter().position(|(id, _)| *id >= entry).unwrap_or(0),
            None => find.hits.len().saturating_sub(1),
        };
        self.show_hit();
    }

    /// The text may have changed since: the hits anew, the current one kept if it is still there.
    fn look_again(&mut self) {
        let Some(find) = &mut self.find else { return };
        let old = std::mem::take(&mut find.hits);
        find.hits = hits(&find.query, self.transcript.entries.iter().map(|entry| (entry.id, entry.text())));
        let place = |hit: &(EntryId, Range<usize>)| (hit.0, hit.1.start);
        let kept = old.get(find.current).map(place).and_then(|at| find.hits.iter().position(|hit| place(hit) >= at));
        find.current = kept.unwrap_or(find.hits.len().saturating_sub(1));
    }

    /// Ends the search: positions and folds are what they were.
    pub(super) fn end_find(&mut self) {
        let before = self.find.take().and_then(|find| find.before);
        let Some(before) = before else { return };
        (self.panes.answer, self.panes.reasoning) = (before.answer, before.reasoning);
        (self.panes.state, self.panes.zoomed, self.panes.swapped) = (before.state, before.zoomed, before.swapped);
        for (id, open) in before.opened.into_iter().rev() {
            if let Some(step) = self.transcript.step_mut(id) {
                step.open = open;
            }
        }
        for opened in before.runs.into_iter().rev() {
            self.fold_after_find(opened);
        }
        self.leave_lost_places();
    }

    /// Ends the search where it stands.
    fn keep_find(&mut self) {
        self.find = None;
        self.panes.focus = Focus::Composer;
    }

    fn next_hit(&mut self, by: isize) {
        self.look_again();
        if let Some(find) = self.find.as_mut().filter(|find| !find.hits.is_empty()) {
            let n = find.hits.len();
            find.current = (find.current + n).wrapping_add_signed(by) % n;
            self.show_hit();
        }
    }

    fn hit_in_other_pane(&mut self) {
        self.look_again();
        let Some(find) = &self.find else { return };
        let n = find.hits.len();
        let Some(here) = find.hits.get(find.current).map(|(id, _)| self.pane_of(*id)) else { return };
        let other = (1..n).map(|step| (find.current + step) % n).find(|at| self.pane_of(find.hits[*at].0) != here);
        if let (Some(at), Some(find)) = (other, &mut self.find) {
            find.current = at;
            self.show_hit();
        }
    }

    /// The pane that shows an entry's text.
    #[must_use]
    pub fn pane_of(&self, id: EntryId) -> Pane {
        match self.transcript.entry(id).map(|entry| &entry.kind) {
            Some(EntryKind::Reasoning { .. }) => Pane::Reasoning,
            _ => Pane::Answer,
        }
    }

    /// Hits in the answer pane and in the reasoning pane.
    #[must_use]
    pub fn hits_by_pane(&self) -> [usize; 2] {
        let hits = self.find.as_ref().map(|find| find.hits.as_slice()).unwrap_or_default();
        let n_reasoning = hits.iter().filter(|(id, _)| self.pane_of(*id) == Pane::Reasoning).count();
        [hits.len() - n_reasoning, n_reasoning]
    }

    fn show_hit(&mut self) {
        let Some((id, range)) = self.find.as_ref().and_then(|find| find.hits.get(find.current)).cloned() else {
            return;
        };
        let pane = self.pane_of(id);
        *self.scroll_mut(pane) = Scroll::Reading(Anchor { entry: id, offset: range.start });
        // A hit in a pane that is not on the screen is no hit.
        self.panes.zoomed = self.panes.zoomed.map(|_| pane);
        self.panes.swapped = pane == Pane::Reasoning;
        let step = self.transcript.entry(id).and_then(super::Entry::step);
        self.panes.marked = step;
        if let (Pane::Reasoning, Some(step)) = (pane, step) {
            self.open_for_find(step);
        }
        let opened = self.open_run_for_find(id, range.start);
        if let (Some(opened), Some(before)) = (opened, self.find.as_mut().and_then(|find| find.before.as_mut())) {
            before.runs.push(opened);
        }
    }

    /// Opens what is folded over a hit and remembers how it was.
    fn open_for_find(&mut self, id: StepId) {
        if matches!(self.panes.state, ReasoningState::Rest | ReasoningState::Off) {
            self.panes.state = ReasoningState::Pinned;
        }
        let (Some(step), Some(before)) =
            (self.transcript.step_mut(id), self.find.as_mut().and_then(|find| find.before.as_mut()))
        else {
            return;
        };
        if step.open != Some(true) {
            before.opened.push((id, step.open));
            step.open = Some(true);
        }
    }
}

/// Where `query` stands in the texts. Capitals count only if the query has one.
fn hits<'a>(query: &str, texts: impl Iterator<Item = (EntryId, &'a str)>) -> Vec<(EntryId, Range<usize>)> {
    let mut found = Vec::new();
    if query.is_empty() {
        return found;
    }
    let exact = query.chars().any(char::is_uppercase);
    for (id, text) in texts {
        let left = MOST - found.len();
        let ranges: Vec<Range<usize>> = if exact {
            text.match_indices(query).map(|(at, hit)| at..at + hit.len()).take(left).collect()
        } else if query.is_ascii() {
            ascii_hits(query.as_bytes(), text.as_bytes(), left)
        } else {
            folded_hits(query, text, left)
        };
        found.extend(ranges.into_iter().map(|range| (id, range)));
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// The common case, fast: an ASCII match begins and ends on character boundaries of any text.
fn ascii_hits(query: &[u8], text: &[u8], most: usize) -> Vec<Range<usize>> {
    let (low, high) = (query[0].to_ascii_lowercase(), query[0].to_ascii_uppercase());
    let mut found = Vec::new();
    let mut from = 0;
    while found.len() < most
        && let Some(next) = text[from..].iter().position(|byte| *byte == low || *byte == high)
    {
        let at = from + next;
        match text.get(at..at + query.len()) {
            Some(slice) if slice.eq_ignore_ascii_case(query) => {
                found.push(at..at + query.len());
                from = at + query.len();
            }
            Some(_) => from = at + 1,
            None => break,
        }
    }
    found
}

/// Character by character, because lower case may have other bytes.
fn folded_hits(query: &str, text: &str, most: usize) -> Vec<Range<usize>> {
    let folded = |c: char| c.to_lowercase().next().unwrap_or(c);
    let wanted: Vec<char> = query.chars().map(folded).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for (at, _) in text.char_indices() {
        if at < from {
            continue;
        }
        let mut rest = text[at..].char_indices();
        if wanted.iter().all(|want| rest.next().is_some_and(|(_, have)| *want == folded(have))) {
            from = rest.next().map_or(text.len(), |(len, _)| at + len);
            found.push(at..from);
            if found.len() == most {
                break;
            }
        }
    }
    found
}
