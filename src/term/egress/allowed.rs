//! The list of sequences that may reach the terminal, and the check against it. Pure.

/// Private modes that we set and reset: cursor, mouse (reports, drags, SGR format), focus, alternate
/// scroll, alternate screen, paste, synchronized update. 1003 and 1015 are only ever reset.
const MODES: [u16; 10] = [25, 1000, 1002, 1003, 1004, 1006, 1007, 1015, 1049, 2004];

/// The mode of synchronized updates.
const SYNCHRONIZED: u16 = 2026;

/// Bytes that may not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where they begin.
    pub at: usize,
    /// The first of them, made visible.
    pub what: String,
}

/// The character takes part in a text and cannot do anything: no control, nothing that reorders or hides text.
#[must_use]
pub(in crate::term) fn is_printable(c: char) -> bool {
    match c {
        '\u{20}'..='\u{7e}' => true,
        c if c < '\u{a0}' => false,
        // Bidirectional controls, the tag block, noncharacters at the end of the first plane.
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e0fff}' | '\u{fff0}'..='\u{fffb}' => {
            false
        }
        _ => true,
    }
}

/// Holds bytes against the list.
///
/// # Errors
/// The first sequence that is not on it.
pub fn check(bytes: &[u8]) -> Result<(), Fault> {
    let mut at = 0;
    while at < bytes.len() {
        let Some(length) = one(&bytes[at..]) else {
            let end = bytes.len().min(at + 24);
            return Err(Fault { at, what: bytes[at..end].escape_ascii().to_string() });
        };
        at += length;
    }
    Ok(())
}

/// The length of the listed sequence or printable character at the front.
fn one(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [0x1b, b'[', body @ ..] => csi(body).map(|n| n + 2),
        [0x1b, b']', body @ ..] => osc(body).map(|n| n + 2),
        [0x1b, b'P', body @ ..] => wrapped_clipboard(body).map(|n| n + 2),
        // CAN cancels a torn sequence; BEL rings.
        [0x07 | 0x18, ..] => Some(1),
        _ => {
            let end = (1..=bytes.len().min(4)).find(|n| std::str::from_utf8(&bytes[..*n]).is_ok())?;
            let c = std::str::from_utf8(&bytes[..end]).ok()?.chars().next()?;
            is_printable(c).then_some(end)
        }
    }
}

fn csi(body: &[u8]) -> Option<usize> {
    let end = body.iter().position(|byte| (0x40..=0x7e).contains(byte))?;
    let parameters = std::str::from_utf8(&body[..end]).ok()?;
    let last = body[end];
    let plain = parameters.bytes().all(|byte| byte.is_ascii_digit() || byte == b';');
    let allowed = match last {
        b'm' => parameters.bytes().all(|byte| byte.is_ascii_digit() || byte == b';' || byte == b':'),
        b'H' | b'G' | b'A' | b'B' | b'C' | b'D' | b'd' | b'K' | b'X' => plain,
        // Erase to the end of the screen; never all of it, never the scrollback.
        b'J' => parameters.is_empty() || parameters == "0",
        b'h' | b'l' => parameters.strip_prefix('?').is_some_and(|modes| {
            modes.split(';').all(|mode| {
                let mode = mode.parse::<u16>().unwrap_or(0);
                mode == SYNCHRONIZED || MODES.contains(&mode) && !(last == b'h' && matches!(mode, 1003 | 1015))
            })
        }),
        // The kitty keyboard: push flag 1, pop, ask.
        b'u' => matches!(parameters, ">1" | "<" | "<1" | "?"),
        // Questions: cursor, class, synchronized updates.
        b'n' => parameters == "6",
        b'c' => parameters.is_empty(),
        b'p' => parameters == "?2026$",
        // Push and pop the title.
        b't' => matches!(parameters, "22;2" | "23;2"),
        _ => false,
    };
    allowed.then_some(end + 1)
}

/// OSC 2 (title), 8 (link), 52 (clipboard, write only), 10 and 11 (ask only).
fn osc(body: &[u8]) -> Option<usize> {
    let end = body.iter().position(|byte| *byte == 0x07 || *byte == 0x1b)?;
    let length = if body[end] == 0x07 { end + 1 } else { (body.get(end + 1) == Some(&b'\\')).then_some(end + 2)? };
    let text = std::str::from_utf8(&body[..end]).ok()?;
    let (number, rest) = text.split_once(';')?;
    let allowed = match number {
        "2" => rest.chars().all(is_printable),
        "8" => rest
            .split_once(';')
            .is_some_and(|(_, link)| link.is_empty() || link.starts_with("https://") || link.starts_with("http://")),
        "52" => rest.strip_prefix("c;").is_some_and(is_base64),
        "10" | "11" => rest == "?",
        _ => false,
    };
    (allowed && text.chars().all(is_printable)).then_some(length)
}

fn wrapped_clipboard(body: &[u8]) -> Option<usize> {
    let text = body.strip_prefix(b"tmux;\x1b\x1b]52;c;")?;
    let end = text.iter().position(|byte| *byte == 0x07)?;
    let encoded = std::str::from_utf8(&text[..end]).ok()?;
    (is_base64(encoded) && text[end + 1..].starts_with(b"\x1b\\")).then_some(body.len() - text.len() + end + 3)
}

fn is_base64(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn listed() {
        for bytes in [
            "plain text, é, 你好, 🦀",
            "\x1b[1;38;5;4;48;2;1;2;3mx\x1b[m",
            "\x1b[3;4H\x1b[7G\x1b[K\x1b[J\x1b[0J",
            "\x1b[?1049h\x1b[?25l\x1b[?1000;1002;1006h\x1b[?1003l",
            "\x1b[?2026h\x1b[?2026l\x1b[?2026$p\x1b[?u\x1b[>1u\x1b[<u\x1b[c\x1b[6n",
            "\x1b]2;title\x1b\\\x1b]2;title\x07\x1b]11;?\x1b\\",
            "\x1b]8;;https://z.ai\x1b\\z.ai\x1b]8;;\x1b\\",
            "\x1b]52;c;aGk=\x1b\\\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\",
            "\x18\x07",
        ] {
            assert_eq!(check(bytes.as_bytes()), Ok(()), "{bytes:?}");
        }
    }

    #[test]
    fn not_listed() {
        for bytes in [
            "\x1b[2J",
            "\x1b[3J",
            "\x1b[!p",
            "\x1bc",
            "\x1b[?1003h",
            "\x1b[?1015h",
            "\x1b[4h",
            "\x1b[5i",
            "\x1b[1;5r",
            "\x1b]52;c;?\x1b\\",
            "\x1b]52;p;aGk=\x1b\\",
            "\x1b]0;x\x07",
            "\x1b]8;;file:///etc\x1b\\",
            "\x1b]2;a\u{9b}b\x1b\\",
            "\x1bP$q\x1b\\",
            "\x1b_G\x1b\\",
            "\r",
            "\n",
            "\t",
            "\x08",
            "\u{9b}31m",
            "\u{202e}",
            "\u{e0041}",
            "\x1b[",
            "\x1b]2;x",
            "\x7f",
        ] {
            assert!(check(format!("ok{bytes}").as_bytes()).is_err_and(|fault| fault.at == 2), "{bytes:?}");
        }
        assert!(check(b"\xff").is_err());
    }
}
