//! Line ends: which a place has, and text that takes them on.

use memchr::{memchr, memrchr};

/// A line without its end, and its end: `\r\n`, `\n` or nothing. A lone `\r` is no end.
pub(super) fn cut(line: &[u8]) -> (&[u8], &[u8]) {
    let body = line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n")).unwrap_or(line);
    (body, &line[body.len()..])
}

/// The end of the line that `at` lies on; on a last line without one, that of the line above.
pub(super) fn at(text: &[u8], at: usize) -> &'static str {
    let newline = memchr(b'\n', &text[at..]).map(|n| at + n).or_else(|| memrchr(b'\n', &text[..at]));
    match newline {
        Some(n) if n > 0 && text[n - 1] == b'\r' => "\r\n",
        _ => "\n",
    }
}

/// `new` with the line ends `end`.
pub(super) fn adapt(new: &str, end: &str) -> Vec<u8> {
    let plain = new.replace("\r\n", "\n");
    if end == "\n" { plain.into_bytes() } else { plain.replace('\n', end).into_bytes() }
}
