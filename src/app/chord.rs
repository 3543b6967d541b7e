//! One key press as a value: read from text (`ctrl-x`, `alt-,`, `f2`), written back for hints.
//!
//! Presses that a terminal cannot tell apart, or tells in several ways, are one chord here.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers, normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Names of keys that are not characters.
const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("space", KeyCode::Char(' ')),
];

impl Chord {
    /// The chord of a key event. Case stands for Shift on characters, and Ctrl takes no case, because
    /// terminals without the kitty protocol cannot say more.
    #[must_use]
    pub fn of(key: KeyEvent) -> Self {
        let kept = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let mut modifiers = key.modifiers & kept;
        let code = match key.code {
            KeyCode::BackTab => {
                modifiers |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            KeyCode::Char(c) => {
                let upper = modifiers.contains(KeyModifiers::SHIFT) && !modifiers.contains(KeyModifiers::CONTROL);
                modifiers -= KeyModifiers::SHIFT;
                match c {
                    // Ctrl-_ and Ctrl-/ are the byte 0x1F, which crossterm reads as Ctrl-7.
                    '7' | '/' if modifiers.contains(KeyModifiers::CONTROL) => KeyCode::Char('_'),
                    c if modifiers.contains(KeyModifiers::CONTROL) => KeyCode::Char(c.to_ascii_lowercase()),
                    c if upper => KeyCode::Char(c.to_ascii_uppercase()),
                    c => KeyCode::Char(c),
                }
            }
            code => code,
        };
        Self { code, modifiers }
    }

    /// Reads one chord, for instance `ctrl-x`, `shift-tab`, `alt-.`, `F2`, `M`; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let mut modifiers = KeyModifiers::NONE;
        loop {
            let low = rest.to_ascii_lowercase();
            let (modifier, len) = match () {
                () if low.starts_with("ctrl-") => (KeyModifiers::CONTROL, 5),
                () if low.starts_with("c-") => (KeyModifiers::CONTROL, 2),
                () if low.starts_with("alt-") => (KeyModifiers::ALT, 4),
                () if low.starts_with("a-") => (KeyModifiers::ALT, 2),
                () if low.starts_with("shift-") => (KeyModifiers::SHIFT, 6),
                () if low.starts_with("s-") => (KeyModifiers::SHIFT, 2),
                () => break,
            };
            modifiers |= modifier;
            rest = &rest[len..];
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            _ => Self::named(rest)?,
        };
        Some(Self::of(KeyEvent::new(code, modifiers)))
    }

    fn named(word: &str) -> Option<KeyCode> {
        let word = word.to_ascii_lowercase();
        if let Some((_, code)) = NAMED.iter().find(|(name, _)| *name == word) {
            return Some(*code);
        }
        match word.strip_prefix('f')?.parse::<u8>() {
            Ok(n @ 1..=24) => Some(KeyCode::F(n)),
            _ => None,
        }
    }

    /// The key and its modifiers.
    #[must_use]
    pub fn parts(self) -> (KeyCode, KeyModifiers) {
        (self.code, self.modifiers)
    }

    /// The character that typing this inserts, if it is one.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => Some(c),
            _ => None,
        }
    }

    /// A bare Up (`-1`) or Down (`1`), which a terminal may have made of a wheel notch.
    #[must_use]
    pub fn bare_arrow(self) -> Option<i32> {
        match (self.code, self.modifiers.is_empty()) {
            (KeyCode::Up, true) => Some(-1),
            (KeyCode::Down, true) => Some(1),
            _ => None,
        }
    }
}

impl fmt::Display for Chord {
    /// As hints print it: `^X`, `Alt-P`, `Shift-F2`, `PgUp`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ctrl = self.modifiers.contains(KeyModifiers::CONTROL);
        if self.modifiers.contains(KeyModifiers::ALT) {
            f.write_str("Alt-")?;
        }
        match self.code {
            KeyCode::Char(' ') if ctrl => f.write_str("Ctrl-Space"),
            KeyCode::Char(c) if ctrl => write!(f, "^{}", c.to_ascii_uppercase()),
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) if self.modifiers.contains(KeyModifiers::ALT) => {
                write!(f, "{}", c.to_ascii_uppercase())
            }
            KeyCode::Char(c) => write!(f, "{c}"),
            code => {
                if ctrl {
                    f.write_str("Ctrl-")?;
                }
                if self.modifiers.contains(KeyModifiers::SHIFT) {
                    f.write_str("Shift-")?;
                }
                match code {
                    KeyCode::F(n) => write!(f, "F{n}"),
                    KeyCode::PageUp => f.write_str("PgUp"),
                    KeyCode::PageDown => f.write_str("PgDn"),
                    code => write!(f, "{code:?}"),
                }
            }
        }
    }
}
