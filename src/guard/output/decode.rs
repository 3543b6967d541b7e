//! Bytes to text: what encoding it is, and whether it is text at all.

/// How the output is encoded, judged by how it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// The usual one.
    #[default]
    Utf8,
    /// Two bytes a unit, the lower first.
    Utf16Le,
    /// Two bytes a unit, the higher first.
    Utf16Be,
}

/// Bytes read as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    /// Text. Bytes that are none became U+FFFD and are counted; NUL became a visible sign.
    Text {
        /// The text, controls included.
        text: String,
        /// Bytes that were not text.
        n_bad: usize,
    },
    /// Too much of it is no text.
    Binary,
}

/// Bytes that are looked at to tell the encoding.
const SAMPLE: usize = 1024;
/// One byte in so many may be no text in a text.
const BAD_SHARE: usize = 10;

impl Encoding {
    /// By the byte order mark, or by where the NULs of mostly Latin text lie.
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let (pairs, _) = head[..head.len().min(SAMPLE)].as_chunks::<2>();
        let nuls = |side: usize| pairs.iter().filter(|pair| pair[side] == 0).count();
        let (first, second) = (nuls(0), nuls(1));
        match pairs.len() {
            0..4 => Self::Utf8,
            n if second * 2 > n && first == 0 => Self::Utf16Le,
            n if first * 2 > n && second == 0 => Self::Utf16Be,
            _ => Self::Utf8,
        }
    }
}

/// Reads a piece of the output that lies `at` bytes behind its beginning and may be cut anywhere.
pub(super) fn decode(bytes: &[u8], encoding: Encoding, at: u64) -> Decoded {
    match encoding {
        Encoding::Utf8 => utf8(bytes, at > 0),
        Encoding::Utf16Le => utf16(bytes, at, u16::from_le_bytes),
        Encoding::Utf16Be => utf16(bytes, at, u16::from_be_bytes),
    }
}

fn utf8(bytes: &[u8], cut_before: bool) -> Decoded {
    let continues = |byte: &u8| byte & 0xc0 == 0x80;
    let lost = if cut_before { bytes.iter().take(3).take_while(|byte| continues(byte)).count() } else { 0 };
    let mut text = String::with_capacity(bytes.len());
    let (mut n_bad, mut rest) = (0, bytes.len() - lost);
    for chunk in bytes[lost..].utf8_chunks() {
        rest -= chunk.valid().len() + chunk.invalid().len();
        for c in chunk.valid().chars() {
            n_bad += usize::from(is_bad(c));
            text.push(if c == '\0' { '␀' } else { c });
        }
        // A character that the end of the piece cuts is not the command's fault.
        let cut = rest == 0 && std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
        if !chunk.invalid().is_empty() && !cut {
            n_bad += chunk.invalid().len();
            text.push('\u{fffd}');
        }
    }
    judge(text, n_bad, bytes.len())
}

fn utf16(bytes: &[u8], at: u64, unit: fn([u8; 2]) -> u16) -> Decoded {
    let (units, _) = bytes[usize::from(at % 2 == 1).min(bytes.len())..].as_chunks::<2>();
    let chars: Vec<char> = char::decode_utf16(units.iter().map(|pair| unit(*pair)))
        .map(|c| c.unwrap_or('\u{fffd}'))
        .filter(|c| *c != '\u{feff}')
        .collect();
    let n_bad = chars.iter().filter(|c| is_bad(**c) || **c == '\u{fffd}').count();
    judge(chars.iter().map(|c| if *c == '\0' { '␀' } else { *c }).collect(), n_bad, chars.len())
}

/// Controls that no text and no terminal program prints.
fn is_bad(c: char) -> bool {
    matches!(c, '\0'..='\u{6}' | '\u{e}'..='\u{1a}' | '\u{1c}'..='\u{1f}' | '\u{7f}')
}

fn judge(text: String, n_bad: usize, len: usize) -> Decoded {
    if n_bad * BAD_SHARE > len { Decoded::Binary } else { Decoded::Text { text, n_bad } }
}

#[cfg(test)]
mod tests {
    use super::{Decoded, Encoding, decode};

    fn text(text: &str, n_bad: usize) -> Decoded {
        Decoded::Text { text: text.to_owned(), n_bad }
    }

    #[test]
    fn tells_text_from_binary() {
        let cases: [(&[u8], Decoded); 8] = [
            (b"", text("", 0)),
            (b"plain\r\n\x1b[31mred", text("plain\r\n\x1b[31mred", 0)),
            ("中文".as_bytes(), text("中文", 0)),
            (b"twenty letters and \xff one", text("twenty letters and \u{fffd} one", 1)),
            (b"src/one.rs\0src/two.rs\0", text("src/one.rs␀src/two.rs␀", 2)),
            (b"\0", Decoded::Binary),
            (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", Decoded::Binary),
            (&[0xd6, 0xd0, 0xce, 0xc4], Decoded::Binary),
        ];
        for (bytes, want) in cases {
            assert_eq!(decode(bytes, Encoding::of(bytes), 0), want, "{bytes:x?}");
        }
    }

    #[test]
    fn knows_utf16_with_and_without_a_mark() {
        let words = "PowerShell says: ok\r\n";
        let le: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [le.clone(), be.clone(), [&[0xff, 0xfe], &le[..]].concat(), [&[0xfe, 0xff], &be[..]].concat()] {
            assert_eq!(decode(&bytes, Encoding::of(&bytes), 0), text(words, 0), "{bytes:x?}");
        }
        assert_eq!(decode(&le[3..], Encoding::Utf16Le, 3), text(&words[2..], 0), "cut within a unit");
    }

    #[test]
    fn a_cut_character_is_no_fault() {
        let bytes = "a中b中".as_bytes();
        assert_eq!(decode(&bytes[2..7], Encoding::Utf8, 2), text("b", 0));
        assert_eq!(decode(&bytes[2..3], Encoding::Utf8, 0), Decoded::Binary, "at the very beginning it is");
    }
}
