//! Lines of a text with their numbers, cut where the limits say, the cut told. Pure.

use std::fmt::Write;

use crate::{
    chat::RunEnd,
    text::{Clean, diff},
    tools::{Outcome, Refusal},
};

/// Lines in one call unless more are asked for.
const LINES: usize = 2_000;
/// Bytes of text in one call, whatever is asked for: about 64,000 tokens.
const BYTES: usize = 256 << 10;
/// Characters of a line.
const CHARS: usize = 2_000;

/// The lines from `offset` (counted from 1), at most `limit`.
pub(super) fn read(bytes: &[u8], name: &str, (offset, limit): (usize, Option<usize>)) -> Result<Outcome, Refusal> {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = diff::lines(body);
    if lines.is_empty() {
        return Ok(Outcome::new(RunEnd::Ok, format!("{name} is empty"), Clean::trusted("empty")));
    }
    let first = offset.max(1);
    if first > lines.len() {
        return Err(Refusal(format!(
            "{name} has {} lines, so there is no line {first}; use a smaller offset",
            lines.len()
        )));
    }
    let limit = limit.unwrap_or(LINES).max(1);
    let (mut text, mut n_cut, mut n) = (String::new(), 0, 0);
    for line in lines[first - 1..].iter().take(limit) {
        let (row, cut) = row(first + n, line);
        if text.len() + row.len() > BYTES && n > 0 {
            break;
        }
        n_cut += usize::from(cut);
        text.push_str(&row);
        n += 1;
    }
    let last = first + n - 1;
    let notes = notes(bytes, &lines, n_cut);
    let mut told = String::new();
    if first > 1 || last < lines.len() || !notes.is_empty() {
        let _ = writeln!(told, "[{name}: lines {first}–{last} of {}{notes}]", lines.len());
    }
    let detail = super::detail(&text);
    told.push_str(&text);
    if last < lines.len() {
        let _ = write!(told, "[lines {first}–{last} of {}; call read with offset {} for more]", lines.len(), last + 1);
    }
    let summary = if n == lines.len() { format!("{n} lines") } else { format!("{n} of {} lines", lines.len()) };
    Ok(Outcome { detail, ..Outcome::new(RunEnd::Ok, told, Clean::strict(&summary)) })
}

fn row(number: usize, line: &[u8]) -> (String, bool) {
    let body = line.strip_suffix(b"\n").unwrap_or(line);
    let body = body.strip_suffix(b"\r").unwrap_or(body);
    // A character has at most four bytes.
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * CHARS + 4)]);
    match text.char_indices().nth(CHARS) {
        Some((at, _)) => {
            let rest = body.len().saturating_sub(at);
            (format!("{number:>6}\t{} [{rest} more bytes of this line]\n", &text[..at]), true)
        }
        None => (format!("{number:>6}\t{text}\n"), false),
    }
}

/// What the numbered lines do not show and an edit must respect.
fn notes(bytes: &[u8], lines: &[&[u8]], n_cut: usize) -> String {
    let n_ends = lines.iter().filter(|line| line.ends_with(b"\n")).count();
    let n_returns = lines.iter().filter(|line| line.ends_with(b"\r\n")).count();
    let mut notes = String::new();
    if n_returns > 0 && n_returns == n_ends {
        notes.push_str("; line ends are CRLF");
    } else if n_returns > 0 {
        let _ = write!(notes, "; line ends are mixed: {n_returns} CRLF, {} LF", n_ends - n_returns);
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        notes.push_str("; it begins with a byte order mark");
    }
    if std::str::from_utf8(bytes).is_err() {
        notes.push_str("; bytes that are no UTF-8 are shown as \u{fffd}");
    }
    if n_cut > 0 {
        let _ = write!(notes, "; {n_cut} long lines are cut after {CHARS} characters");
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8], offset: usize, limit: Option<usize>) -> String {
        read(bytes, "f", (offset, limit)).map_or_else(|refusal| refusal.0, |outcome| outcome.to_model)
    }

    #[test]
    fn two_thousand_lines_come_whole_and_a_cut_says_how_to_go_on() {
        let many = (1..=5321).map(|n| format!("line {n}\n")).collect::<Vec<_>>().concat();
        let whole = (1..=2000).map(|n| format!("line {n}\n")).collect::<Vec<_>>().concat();
        let text = told(whole.as_bytes(), 1, None);
        assert_eq!(text.lines().count(), 2000);
        assert!(text.starts_with("     1\tline 1\n") && text.ends_with("  2000\tline 2000\n"));
        let text = told(many.as_bytes(), 1, None);
        assert!(
            text.ends_with("  2000\tline 2000\n[lines 1–2000 of 5321; call read with offset 2001 for more]"),
            "{text}"
        );
        assert!(told(many.as_bytes(), 5321, None).ends_with("  5321\tline 5321\n"));
        assert_eq!(told(many.as_bytes(), 7, Some(1)).lines().nth(1), Some("     7\tline 7"));
        assert!(told(many.as_bytes(), 5322, None).contains("has 5321 lines"));
    }

    #[test]
    fn size_is_bounded_and_what_is_not_shown_is_said() {
        let wide = "x".repeat(10_000);
        let text = told(format!("a\r\n{wide}\r\n").as_bytes(), 1, None);
        assert!(text.contains("CRLF; 1 long lines") && text.contains("[8000 more bytes of this line]"), "{text}");
        let big = format!("{}\n", "y".repeat(1_900)).repeat(1_000);
        let text = told(big.as_bytes(), 1, Some(9_999));
        assert!(text.len() < BYTES + 500 && text.contains("; call read with offset "), "{}", text.len());
        assert!(told(b"a\r\nb\n", 1, None).contains("mixed: 1 CRLF, 1 LF"));
        assert!(told(b"\xef\xbb\xbfa\n", 1, None).ends_with("mark]\n     1\ta\n"));
        assert!(told(b"a\xffb", 1, None).contains("no UTF-8"));
        assert_eq!(told(b"", 1, None), "f is empty");
        assert_eq!(told(b"a\nb", 1, None), "     1\ta\n     2\tb\n");
    }
}
