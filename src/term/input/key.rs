//! What a sequence means as a key or a mouse report. Owns the tables; follows crossterm's conventions
//! (a capital carries SHIFT, Ctrl-J is not Enter), so that everything above may be written for those.
//!
//! Sources: xterm's ctlseqs, the kitty keyboard protocol page, the terminfo entries of rxvt and linux.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// A key without modifiers.
pub(super) fn plain(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// The same key with Alt.
pub(super) fn alt(mut key: KeyEvent) -> KeyEvent {
    key.modifiers |= KeyModifiers::ALT;
    key
}

/// A typed character.
pub(super) fn character(c: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(c), if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE })
}

/// A control byte, 0 to 31 or 127.
pub(super) fn control(byte: u8) -> KeyEvent {
    let ctrl = |c: u8| KeyEvent::new(KeyCode::Char(char::from(c)), KeyModifiers::CONTROL);
    match byte {
        b'\r' => plain(KeyCode::Enter),
        b'\t' => plain(KeyCode::Tab),
        0x1b => plain(KeyCode::Esc),
        0x7f => plain(KeyCode::Backspace),
        0 => ctrl(b' '),
        0x01..=0x1a => ctrl(byte - 1 + b'a'),
        _ => ctrl(byte - 0x1c + b'4'),
    }
}

/// The modifiers of a parameter (1 + a bit each; locks are left out).
pub(super) fn modifiers(parameter: u32) -> KeyModifiers {
    let bits = parameter.saturating_sub(1);
    let table = [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
        (8, KeyModifiers::SUPER),
        (16, KeyModifiers::HYPER),
        (32, KeyModifiers::META),
    ];
    table.into_iter().filter(|(bit, _)| bits & bit != 0).fold(KeyModifiers::NONE, |all, (_, one)| all | one)
}

/// The key of `ESC O x`.
pub(super) fn ss3(last: u8, modifiers: KeyModifiers) -> Option<KeyEvent> {
    let code = match last {
        b'M' => KeyCode::Enter,
        b'I' => KeyCode::Tab,
        b'X' => KeyCode::Char('='),
        b'j'..=b'y' => KeyCode::Char(char::from(last - b'j' + b'*')),
        _ => letter(last)?,
    };
    Some(KeyEvent::new(code, modifiers))
}

/// Keys that a sequence's last letter names.
fn letter(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => return None,
    })
}

/// Keys that a number before `~` names.
fn numbered(number: u32) -> Option<KeyCode> {
    let f = |n: u32| u8::try_from(n).map(KeyCode::F).ok();
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => f(number - 10),
        17..=21 => f(number - 11),
        23..=26 => f(number - 12),
        28 | 29 => f(number - 13),
        31..=34 => f(number - 14),
        _ => None,
    }
}

/// The key of a CSI sequence; `None` when it is none that is known, or a release.
pub(super) fn csi(parameters: &[u8], last: u8) -> Option<KeyEvent> {
    let text = std::str::from_utf8(parameters).ok()?;
    let mut fields = text.split(';').map(|field| {
        let mut parts = field.split(':').map(|part| part.parse::<u32>().ok());
        (parts.next().flatten(), parts.next().flatten())
    });
    let first = fields.next().and_then(|(number, _)| number);
    let (second, kind) = fields.next().unwrap_or_default();
    // Kinds of the kitty protocol: 1 press, 2 repeat, 3 release. Releases were not asked for.
    if kind == Some(3) {
        return None;
    }
    let held = modifiers(second.unwrap_or(1));
    match last {
        b'Z' => Some(KeyEvent::new(KeyCode::BackTab, held | KeyModifiers::SHIFT)),
        b'u' => code_point(first?, held),
        // xterm's modifyOtherKeys: `CSI 27 ; modifiers ; code ~`.
        b'~' if first == Some(27) => code_point(fields.next()?.0?, held),
        b'~' => Some(KeyEvent::new(numbered(first?)?, held)),
        b'a'..=b'd' => Some(KeyEvent::new(letter(last.to_ascii_uppercase())?, KeyModifiers::SHIFT)),
        _ => Some(KeyEvent::new(letter(last)?, held)),
    }
}

/// A key named by its code point, or by the kitty protocol's numbers from the private use area.
fn code_point(number: u32, held: KeyModifiers) -> Option<KeyEvent> {
    let code = match number {
        9 if held.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        9 => KeyCode::Tab,
        13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        57344..=63743 => functional(number)?,
        _ => KeyCode::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    };
    let capital = matches!(code, KeyCode::Char(c) if c.is_uppercase());
    Some(KeyEvent::new(code, if capital { held | KeyModifiers::SHIFT } else { held }))
}

/// The keypad and the rarer keys of the kitty protocol; modifiers by themselves and media keys are nothing to us.
fn functional(number: u32) -> Option<KeyCode> {
    let keypad = |first: u32, keys: &[KeyCode]| keys.get((number - first) as usize).copied();
    match number {
        57363 => Some(KeyCode::Menu),
        57376..=57398 => u8::try_from(number - 57363).map(KeyCode::F).ok(),
        57399..=57408 => char::from_digit(number - 57399, 10).map(KeyCode::Char),
        57409..=57413 => "./*-+".chars().nth((number - 57409) as usize).map(KeyCode::Char),
        57415 => Some(KeyCode::Char('=')),
        57416 => Some(KeyCode::Char(',')),
        57417..=57427 => keypad(
            57417,
            &[
                KeyCode::Left,
                KeyCode::Right,
                KeyCode::Up,
                KeyCode::Down,
                KeyCode::PageUp,
                KeyCode::PageDown,
                KeyCode::Home,
                KeyCode::End,
                KeyCode::Insert,
                KeyCode::Delete,
                KeyCode::KeypadBegin,
            ],
        ),
        _ => None,
    }
}

/// A mouse report in the SGR format: `code ; column ; row` and `M` (press) or `m` (release).
pub(super) fn mouse(parameters: &[u8], last: u8) -> Option<MouseEvent> {
    let mut numbers = std::str::from_utf8(parameters).ok()?.split(';').map(|number| number.parse::<u16>().ok());
    let (code, column, row) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let button = match code & 0b11 {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    let kind = match (code & 0b1100_0000, code & 0b10_0000 != 0, button) {
        (0, false, Some(button)) if last == b'M' => MouseEventKind::Down(button),
        (0, false, Some(button)) if last == b'm' => MouseEventKind::Up(button),
        (0, true, Some(button)) => MouseEventKind::Drag(button),
        (0, true, None) => MouseEventKind::Moved,
        (0b0100_0000, ..) => match code & 0b11 {
            0 => MouseEventKind::ScrollUp,
            1 => MouseEventKind::ScrollDown,
            2 => MouseEventKind::ScrollLeft,
            _ => MouseEventKind::ScrollRight,
        },
        _ => return None,
    };
    let table = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    let modifiers =
        table.into_iter().filter(|(bit, _)| code & bit != 0).fold(KeyModifiers::NONE, |all, one| all | one.1);
    Some(MouseEvent { kind, column: column.saturating_sub(1), row: row.saturating_sub(1), modifiers })
}
