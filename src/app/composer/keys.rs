//! The editing keys: bash's, plus the arrows over rows that go on into the history.

use crossterm::event::{KeyCode, KeyModifiers};
use tui_textarea::CursorMove;

use super::{prompt::Composer, sheet::Spot};
use crate::app::chord::Chord;

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The text is another one.
    Edited,
    /// The text is an earlier prompt, or the draft again.
    Recalled,
    /// Only the caret moved, or could not.
    Moved,
    /// The key is none of the composer's.
    Unknown,
}

const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;
const NONE: KeyModifiers = KeyModifiers::NONE;

impl Composer {
    /// A key that no action claimed. With `readline`, Ctrl-W goes back to white space, Ctrl-P walks the
    /// history and Ctrl-T swaps characters.
    pub fn on_key(&mut self, chord: Chord, flavor: Flavor) -> Outcome {
        let (code, modifiers) = chord.parts();
        let kills = std::mem::take(&mut self.kills);
        if let Some(c) = chord.typed() {
            self.area.insert_char(c);
            self.dirty = true;
            return Outcome::Edited;
        }
        let readline = flavor == Flavor::Readline;
        match (code, modifiers) {
            (KeyCode::Char('w'), CTRL) if readline => {
                let to = self.sheet().blank_left(self.spot());
                self.kill(to, kills)
            }
            (KeyCode::Char('p'), CTRL) if readline => self.row(-1),
            (KeyCode::Char('t'), CTRL) if readline => self.transpose(),
            _ => match self.target(code, modifiers) {
                Some(Target::Go(to)) => {
                    self.go(to);
                    Outcome::Moved
                }
                Some(Target::Delete(to)) => {
                    self.cut(to, self.spot());
                    Outcome::Edited
                }
                Some(Target::Kill(to)) => self.kill(to, kills),
                None => self.rest(code, modifiers),
            },
        }
    }

    /// A newline at the caret.
    pub fn newline(&mut self) {
        self.area.insert_newline();
        self.kills = false;
        self.dirty = true;
    }

    /// Takes a trailing `\` before the caret away; true when there was one.
    pub fn take_backslash(&mut self) -> bool {
        let (row, column) = self.spot();
        let before = self.area.lines()[row].chars().take(column).last();
        before == Some('\\') && self.area.delete_char()
    }

    /// The prompt before or after in the history, or the draft.
    pub fn walk(&mut self, rows: i32) -> Outcome {
        let shown = self.shown();
        let found = if rows < 0 { self.history.back(&shown) } else { self.history.forth(&shown) };
        match found {
            Some(text) => {
                self.set_text(&text);
                Outcome::Recalled
            }
            None => Outcome::Moved,
        }
    }

    fn target(&self, code: KeyCode, modifiers: KeyModifiers) -> Option<Target> {
        use Target::{Delete, Go, Kill};
        let (sheet, at) = (self.sheet(), self.spot());
        let line_end = (at.0, sheet.lines[at.0].chars().count());
        Some(match (code, modifiers) {
            (KeyCode::Left, NONE) | (KeyCode::Char('b'), CTRL) => Go(sheet.left(at)),
            (KeyCode::Right, NONE) | (KeyCode::Char('f'), CTRL) => Go(sheet.right(at)),
            (KeyCode::Left, CTRL | ALT) | (KeyCode::Char('b'), ALT) => Go(sheet.word_left(at)),
            (KeyCode::Right, CTRL | ALT) | (KeyCode::Char('f'), ALT) => Go(sheet.word_right(at)),
            (KeyCode::Home, NONE) | (KeyCode::Char('a'), CTRL) => Go((at.0, 0)),
            (KeyCode::End, NONE) | (KeyCode::Char('e'), CTRL) => Go(line_end),
            (KeyCode::Backspace, NONE | KeyModifiers::SHIFT) | (KeyCode::Char('h'), CTRL) => Delete(sheet.left(at)),
            (KeyCode::Delete, NONE) | (KeyCode::Char('d'), CTRL) => Delete(sheet.right(at)),
            (KeyCode::Char('w'), CTRL) | (KeyCode::Backspace, ALT | CTRL) => Kill(sheet.word_left(at)),
            (KeyCode::Char('d'), ALT) | (KeyCode::Delete, ALT | CTRL) => Kill(sheet.word_right(at)),
            (KeyCode::Char('u'), CTRL) => Kill(if at.1 == 0 { sheet.left(at) } else { (at.0, 0) }),
            (KeyCode::Char('k'), CTRL) => Kill(if at == line_end { sheet.right(at) } else { line_end }),
            _ => return None,
        })
    }

    fn rest(&mut self, code: KeyCode, modifiers: KeyModifiers) -> Outcome {
        match (code, modifiers) {
            (KeyCode::Up, NONE) => self.row(-1),
            (KeyCode::Down, NONE) | (KeyCode::Char('n'), CTRL) => self.row(1),
            (KeyCode::Char('y'), CTRL) => {
                let killed = self.killed.clone();
                self.insert(&killed);
                Outcome::Edited
            }
            (KeyCode::Char('_'), CTRL) => {
                self.dirty |= self.area.undo();
                Outcome::Edited
            }
            _ => Outcome::Unknown,
        }
    }

    /// A visual row up or down; at the first or the last one the history.
    fn row(&mut self, rows: i32) -> Outcome {
        let before = self.area.screen_cursor().row;
        self.area.move_cursor(if rows < 0 { CursorMove::Up } else { CursorMove::Down });
        if self.area.screen_cursor().row == before {
            return self.walk(rows);
        }
        self.settle();
        Outcome::Moved
    }

    /// Swaps the characters around the caret; at the line's end the last two.
    fn transpose(&mut self) -> Outcome {
        let at = self.spot();
        let sheet = self.sheet();
        let middle = if at.1 == sheet.lines[at.0].chars().count() { sheet.left(at) } else { at };
        let (from, to) = (sheet.left(middle), sheet.right(middle));
        if from.0 != to.0 || from == middle || to == middle {
            return Outcome::Moved;
        }
        let swapped = sheet.between(middle, to) + &sheet.between(from, middle);
        self.cut(from, to);
        self.insert(&swapped);
        Outcome::Edited
    }

    fn kill(&mut self, to: Spot, adds: bool) -> Outcome {
        let back = to < self.spot();
        let text = self.cut(to, self.spot());
        self.killed = match (adds, back) {
            (false, _) => text,
            (true, true) => text + &self.killed,
            (true, false) => format!("{}{text}", self.killed),
        };
        self.kills = true;
        Outcome::Edited
    }
}

/// Whose keys come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// Ours.
    Default,
    /// Those of bash.
    Readline,
}

/// What a key wants done from the caret to a spot.
enum Target {
    Go(Spot),
    Delete(Spot),
    Kill(Spot),
}
