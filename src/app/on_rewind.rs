//! Going back: the prompts to choose from, what can go back, the keys of the list.

use crossterm::event::{KeyCode, KeyModifiers};

use super::{
    App, Asked, Chord, Effect, EntryKind, Now, Overlay, Rewind, ScopeChoice, ScopeRow, gesture::Armed,
    rewind::PROMPT_CELLS, update::Effects,
};
use crate::{
    chat::{Command, RewindScope, RunKind, TurnCard, TurnId},
    text::{Clean, truncate},
};

/// Rows that a page key moves.
const PAGE: isize = 10;

/// What there is to go back to.
impl App {
    /// There is a prompt to go back to.
    #[must_use]
    pub fn can_rewind(&self) -> bool {
        !self.transcript.turns.is_empty() || !self.live.session.left.is_empty()
    }

    /// The prompts that can be gone back to: newest first, then those of branches that were left.
    #[must_use]
    pub(super) fn turn_cards(&self) -> Vec<TurnCard> {
        let changes = self.changes();
        let here = self.transcript.turns.iter().rev().filter_map(|mark| {
            let Some(EntryKind::Prompt { text, .. }) = self.transcript.entry(mark.entry).map(|entry| &entry.kind)
            else {
                return None;
            };
            let n_files = u32::try_from(changes.files_of(mark.turn)).unwrap_or(u32::MAX);
            // Only its beginning is shown; a copy of every prompt is not wanted.
            let prompt = Clean::new(truncate::head(text, PROMPT_CELLS * 2));
            Some(TurnCard { turn: mark.turn, prompt, at: mark.at, n_files, left: false })
        });
        here.chain(self.live.session.left.iter().rev().cloned()).collect()
    }

    /// What can go back to before, or to the end of, this prompt's turn.
    pub(super) fn choice_of(&self, card: TurnCard) -> ScopeChoice {
        let turn = card.turn;
        let n = self.changes().files_since(turn);
        // What commands and branches that were left changed goes back as well, and is not counted here.
        let (some, goes) = if n == 1 { ("1 file".to_owned(), "goes") } else { (format!("{n} files"), "go") };
        let commands = "what commands changed here, except ignored files".to_owned();
        let branches = "any files other branches changed".to_owned();
        // What goes back: as a row of its own, and beside the prompt.
        let files = match (card.left, n, self.acted_since(turn), self.left_since(turn)) {
            (true, ..) => Err("files stay, on whatever branch"),
            (false, 0, false, false) => Err("nothing was changed since then"),
            (false, 0, true, _) => Ok((commands.clone(), commands)),
            (false, 0, false, true) => Ok((branches.clone(), branches)),
            (false, 1.., ..) => Ok((format!("at least {some} {goes} back"), format!("at least {some}"))),
        };
        let said = if card.left { "goes on with that branch" } else { "the prompt comes back; files stay" };
        let row = |scope, note: Result<String, &str>| {
            let enabled = note.is_ok();
            ScopeRow { scope, note: note.unwrap_or_else(str::to_owned), enabled }
        };
        let rows = [
            row(RewindScope::Conversation, Ok(said.to_owned())),
            row(RewindScope::Files, files.clone().map(|(files, _)| files)),
            row(RewindScope::Both, files.map(|(_, files)| format!("the prompt, and {files}"))),
        ];
        ScopeChoice { card, rows, at: 0 }
    }

    /// A turn since this one lies on a branch that was left: what it did to files stands, unless it went back too.
    fn left_since(&self, turn: TurnId) -> bool {
        self.live.session.left.iter().any(|card| card.turn >= turn)
    }

    /// A command or something like it ran in this turn or later: it may have changed files that no edit tells of.
    fn acted_since(&self, turn: TurnId) -> bool {
        self.transcript.entries.iter().rev().take_while(|entry| entry.step().is_none_or(|step| step.turn >= turn)).any(
            |entry| {
                matches!(&entry.kind, EntryKind::Run(run) if matches!(run.card.kind, RunKind::Command | RunKind::Edit | RunKind::Other))
            },
        )
    }
}

/// What a person does.
impl App {
    pub(super) fn open_rewind(&mut self, now: Now) {
        self.keys.gesture.armed = None;
        if self.can_rewind() {
            self.composer.completion = None;
            self.overlays.push(Overlay::Rewind(Box::new(Rewind::of(self.turn_cards()))));
        } else {
            self.say("there is no earlier prompt to go back to", now);
        }
    }

    /// A turn began: a first press of Esc counts no more.
    pub(super) fn disarm_rewind(&mut self) {
        if matches!(self.keys.gesture.armed, Some((Armed::Rewind, _))) {
            self.keys.gesture.armed = None;
        }
    }

    /// Esc in the choice: back to the list; false when the list is what shows.
    pub(super) fn close_choice(&mut self) -> bool {
        match self.overlays.last_mut() {
            Some(Overlay::Rewind(view)) => view.choice.take().is_some(),
            _ => false,
        }
    }

    pub(super) fn on_rewind_key(&mut self, chord: Chord, now: Now, out: &mut Effects) {
        let Some(Overlay::Rewind(view)) = self.overlays.last_mut() else { return };
        let choosing = view.choice.is_some();
        match (chord.parts(), chord.typed()) {
            ((KeyCode::Up, _) | (KeyCode::Char('p' | 'k'), KeyModifiers::CONTROL), _) => view.go(-1),
            ((KeyCode::Down | KeyCode::Tab, _) | (KeyCode::Char('n' | 'j'), KeyModifiers::CONTROL), _) => view.go(1),
            ((KeyCode::PageUp, _), _) => view.go(-PAGE),
            ((KeyCode::PageDown, _), _) => view.go(PAGE),
            ((KeyCode::Home, _), _) => view.go(isize::MIN),
            ((KeyCode::End, _), _) => view.go(isize::MAX),
            ((KeyCode::Enter, _), _) if choosing => self.go_back(None, now, out),
            (_, Some(c)) if choosing => self.go_back(Some(c), now, out),
            ((KeyCode::Enter, _), _) => {
                let choice = view.card().cloned().map(|card| self.choice_of(card));
                if let Some(Overlay::Rewind(view)) = self.overlays.last_mut() {
                    view.choice = choice;
                }
            }
            ((KeyCode::Backspace, _) | (KeyCode::Char('h'), KeyModifiers::CONTROL), _) if !choosing => {
                view.query.pop();
                view.filter();
            }
            ((KeyCode::Char('u' | 'w'), KeyModifiers::CONTROL), _) if !choosing => {
                view.query.clear();
                view.filter();
            }
            (_, Some(c)) => {
                view.query.push(c);
                view.filter();
            }
            _ => {}
        }
    }

    /// Goes back as chosen, or as the letter says.
    fn go_back(&mut self, letter: Option<char>, now: Now, out: &mut Effects) {
        let Some(Overlay::Rewind(view)) = self.overlays.last_mut() else { return };
        let Some(choice) = &mut view.choice else { return };
        if let Some(letter) = letter {
            let Some(at) = choice.rows.iter().position(|row| row.name().0 == letter) else { return };
            choice.at = at;
        }
        let ScopeChoice { rows, at, .. } = &*choice;
        let row = &rows[(*at).min(rows.len() - 1)];
        if !row.enabled {
            let why = format!("{}: {}", row.name().1, row.note);
            self.warn(why, now);
            return;
        }
        let (to, scope) = (choice.point(), row.scope);
        self.overlays.pop();
        self.live.session.asked = Some(Asked::Rewind(to, scope));
        self.live.session.told = None;
        out.push(Effect::Send(Command::Rewind { to, scope }));
    }
}
