//! Answers of the terminal to our questions. Owns their wire format; which of them was asked is `term::probe`'s.

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The background colour (OSC 11), 16 bits a channel.
    Background([u16; 3]),
    /// The text colour (OSC 10), likewise.
    Foreground([u16; 3]),
    /// The terminal named its class (DA1): every earlier question is answered by now or never.
    Attributes,
    /// The state of a private mode (DECRPM): 0 unknown, 1 set, 2 reset, 3 and 4 for ever so.
    Mode {
        /// The mode's number.
        mode: u16,
        /// Its state.
        state: u8,
    },
    /// The kitty keyboard protocol is there, with these flags in force.
    Kitty(u8),
    /// Where the cursor stands, from 1.
    Cursor {
        /// Row.
        row: u16,
        /// Column.
        column: u16,
    },
    /// An answer to a question that nobody asked.
    Other,
}

impl Reply {
    /// A colour counts as light when its luminance (Rec. 709 weights) is above one half.
    #[must_use]
    pub fn is_light([red, green, blue]: [u16; 3]) -> bool {
        let weighted = u64::from(red) * 2126 + u64::from(green) * 7152 + u64::from(blue) * 722;
        weighted > 10_000 * 0xffff / 2
    }
}

/// The answer in a CSI sequence, if it is one.
pub(super) fn csi(parameters: &[u8], last: u8) -> Option<Reply> {
    let text = std::str::from_utf8(parameters).ok()?;
    if let Some(private) = text.strip_prefix('?') {
        let (private, asked) = private.strip_suffix('$').map_or((private, false), |rest| (rest, true));
        let mut numbers = private.split(';').map(|number| number.parse::<u16>().ok());
        let (first, second) = (numbers.next().flatten(), numbers.next().flatten());
        return Some(match (last, first, second) {
            (b'c', ..) => Reply::Attributes,
            (b'y', Some(mode), Some(state)) if asked => Reply::Mode { mode, state: u8::try_from(state).unwrap_or(0) },
            (b'u', Some(flags), _) => Reply::Kitty(u8::try_from(flags).unwrap_or(u8::MAX)),
            (b'R', Some(row), Some(column)) => Reply::Cursor { row, column },
            _ => Reply::Other,
        });
    }
    if text.starts_with(['>', '=']) {
        return Some(Reply::Other);
    }
    match last {
        // `CSI 1 ; n R` is F3 with modifiers, so the probe asks from row 2 on.
        b'R' => {
            let (row, column) = text.split_once(';')?;
            let (row, column) = (row.parse().ok()?, column.parse().ok()?);
            (row > 1).then_some(Reply::Cursor { row, column })
        }
        b'c' | b'n' | b't' | b'y' | b'x' => Some(Reply::Other),
        _ => None,
    }
}

/// The answer in an operating system command, if it is one.
pub(super) fn osc(string: &[u8]) -> Option<Reply> {
    let text = std::str::from_utf8(string).ok()?;
    let (number, rest) = text.split_once(';')?;
    match number {
        "10" => Some(colour(rest).map_or(Reply::Other, Reply::Foreground)),
        "11" => Some(colour(rest).map_or(Reply::Other, Reply::Background)),
        _ => Some(Reply::Other),
    }
}

/// `rgb:r/g/b` (or `rgba:`) with one to four hexadecimal digits each, scaled to 16 bits.
fn colour(text: &str) -> Option<[u16; 3]> {
    let body = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?;
    let mut channels = body.split('/').map(|digits| {
        let n = u32::try_from(digits.len()).ok().filter(|n| (1..=4).contains(n))?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        u16::try_from(value * 0xffff / ((1 << (4 * n)) - 1)).ok()
    });
    Some([channels.next()??, channels.next()??, channels.next()??])
}
