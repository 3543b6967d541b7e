//! Key scripts as text: `"hi<enter><esc><c-x>m"`. Characters stand for themselves, names in angle
//! brackets for keys, with `c-`, `a-`, `s-` before them; `<lt>` and `<gt>` are the brackets.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The keys of a script; panics on a name that is none.
pub(crate) fn keys(script: &str) -> Vec<KeyEvent> {
    let mut keys = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        let (key, len) = match rest.strip_prefix('<').and_then(|inner| inner.find('>').map(|end| &inner[..end])) {
            Some(name) => (named(name), name.len() + 2),
            None => (KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE), c.len_utf8()),
        };
        keys.push(key);
        rest = &rest[len..];
    }
    keys
}

fn named(name: &str) -> KeyEvent {
    let (mut modifiers, mut rest) = (KeyModifiers::NONE, name);
    while let Some((prefix, more)) = rest.split_once('-').filter(|(_, more)| !more.is_empty()) {
        modifiers |= match prefix {
            "c" => KeyModifiers::CONTROL,
            "a" => KeyModifiers::ALT,
            "s" => KeyModifiers::SHIFT,
            _ => panic!("no modifier {prefix:?} in <{name}>"),
        };
        rest = more;
    }
    let code = match rest {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        "tab" => KeyCode::Tab,
        "bs" => KeyCode::Backspace,
        "del" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "space" => KeyCode::Char(' '),
        "lt" => KeyCode::Char('<'),
        "gt" => KeyCode::Char('>'),
        other => match (other.strip_prefix('f').and_then(|n| n.parse().ok()), other.chars().count()) {
            (Some(n), 2..) => KeyCode::F(n),
            (_, 1) => KeyCode::Char(other.chars().next().unwrap()),
            _ => panic!("no key <{name}>"),
        },
    };
    KeyEvent::new(code, modifiers)
}
