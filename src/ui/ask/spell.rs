//! A command as a person must see it before saying yes: every character of it, broken at the edge and
//! nowhere else, padding counted instead of shown.
//!
//! Padding is how a payload is pushed out of sight (2,000 spaces, 500 empty lines), so it is said in a
//! colour of its own. What was escaped stands out likewise.

use crate::{
    text::wrap,
    ui::{paint::Runs, sheet::Line, theme::Part},
};

/// More spaces in a row than this are counted.
const SPACES: usize = 20;
/// More empty lines in a row than this are counted.
const EMPTY: usize = 5;
/// More equal escapes in a row than this are counted.
const ESCAPES: usize = 5;

/// How a line end looks in a text that is escaped as a whole.
const NEWLINE: &str = "⟨U+000A⟩";

/// The rows of `shown`, a text in which every character that does not print is escaped.
pub(in crate::ui) fn rows(shown: &str, width: u16) -> Vec<Line> {
    let mut rows = Vec::new();
    let mut n_empty = 0;
    let broken = shown.replace(NEWLINE, &format!("{NEWLINE}\n"));
    let lines: Vec<&str> = broken.trim_end_matches('\n').split('\n').collect();
    for (n, line) in lines.iter().enumerate() {
        if is_empty(line) {
            n_empty += 1;
            let ends = lines.get(n + 1).is_none_or(|next| !is_empty(next));
            if ends && n_empty > EMPTY {
                rows.push(Line::Foreign(vec![(format!("⟨{} empty lines⟩", grouped(n_empty)), Part::Warn)]));
            } else if ends {
                let from = n + 1 - n_empty;
                lines[from..=n].iter().for_each(|line| wrapped(&tokens(line), width, &mut rows));
            }
            n_empty = if ends { 0 } else { n_empty };
            continue;
        }
        wrapped(&tokens(line), width, &mut rows);
    }
    rows
}

fn is_empty(line: &str) -> bool {
    line.trim().strip_suffix(NEWLINE).unwrap_or(line.trim()).is_empty()
}

/// A line as runs: text as it is, escapes and counted padding marked. Linear in the length of the line.
fn tokens(line: &str) -> Runs {
    let mut runs = Runs::new();
    let (mut plain, mut at) = (0, 0);
    while at < line.len() {
        let rest = &line[at..];
        let found = marked(rest);
        if let Some((len, text)) = found {
            if plain < at {
                runs.push((line[plain..at].to_owned(), Part::Text));
            }
            runs.push((text, Part::Warn));
            at += len;
            plain = at;
        } else {
            // Fewer spaces than padding has are passed over together.
            let spaces = rest.len() - rest.trim_start_matches(' ').len();
            at += if spaces > 0 { spaces } else { rest.chars().next().map_or(1, char::len_utf8) };
        }
    }
    if plain < line.len() {
        runs.push((line[plain..].to_owned(), Part::Text));
    }
    runs
}

/// Padding or escapes that `rest` begins with: their bytes, and what is shown for them.
fn marked(rest: &str) -> Option<(usize, String)> {
    if rest.starts_with(' ') {
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        return (spaces > SPACES).then(|| (spaces, format!("⟨{} spaces⟩", grouped(spaces))));
    }
    let escape = escape(rest)?;
    let n = count(rest, escape);
    if n <= ESCAPES {
        return Some((escape.len(), escape.to_owned()));
    }
    Some((n * escape.len(), format!("⟨{} × {}⟩", grouped(n), escape.trim_matches(['⟨', '⟩']))))
}

/// The escape that `text` begins with.
fn escape(text: &str) -> Option<&str> {
    let digits = text.strip_prefix("⟨U+")?;
    let n = digits.find('⟩')?;
    let hex = (4..=6).contains(&n) && digits[..n].bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| &text[.."⟨U+".len() + n + "⟩".len()])
}

fn count(text: &str, what: &str) -> usize {
    let mut rest = text;
    let mut n = 0;
    while let Some(more) = rest.strip_prefix(what) {
        rest = more;
        n += 1;
    }
    n
}

/// Breaks runs at every `width` cells, words or not: a break at a space would hide it.
fn wrapped(runs: &Runs, width: u16, rows: &mut Vec<Line>) {
    let line: String = runs.iter().map(|(text, _)| text.as_str()).collect();
    // The run that the row begins in, and the byte of the line at which that run begins.
    let (mut n, mut begin) = (0, 0);
    for range in wrap::hard(&line, width) {
        let mut row = Runs::new();
        let mut at = range.start;
        while let Some((text, part)) = runs.get(n).filter(|_| at < range.end) {
            let end = (begin + text.len()).min(range.end);
            if at < end {
                row.push((line[at..end].to_owned(), *part));
            }
            at = end;
            if begin + text.len() > range.end {
                break;
            }
            begin += text.len();
            n += 1;
        }
        rows.push(Line::Foreign(row));
    }
}

/// A figure with commas.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Line, rows};
    use crate::text::{Clean, width::width};

    fn text(rows: &[Line]) -> Vec<String> {
        let line = |line: &Line| match line {
            Line::Foreign(runs) => runs.iter().map(|(text, _)| text.as_str()).collect(),
            other => panic!("{other:?}"),
        };
        rows.iter().map(line).collect()
    }

    #[test]
    fn padding_is_counted_and_the_payload_stays() {
        let rows_of = |raw: &str| text(&rows(Clean::strict(raw).as_str(), 60));
        assert_eq!(rows_of(&format!("ls{}rm -rf ~", " ".repeat(2000))), ["ls⟨2,000 spaces⟩rm -rf ~"]);
        assert_eq!(rows_of(&format!("ls{}rm", "\n".repeat(500))), ["ls⟨U+000A⟩", "⟨499 empty lines⟩", "rm"]);
        assert_eq!(rows_of(&format!("ls{}rm", "\t".repeat(80))), ["ls⟨80 × U+0009⟩rm"]);
        assert_eq!(rows_of("a    b"), ["a    b"], "a few spaces are no padding");
        assert_eq!(text(&rows(&format!("ls{}rm", "\n".repeat(500)), 60)), ["ls", "⟨499 empty lines⟩", "rm"]);
        assert_eq!(text(&rows("a\n\n\nb", 60)), ["a", "", "", "b"]);
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_wider() {
        let long = "# all is well ⟨U+202E⟩ 中文 ".repeat(40);
        for cells in [1, 2, 7, 20, 78] {
            let rows = text(&rows(&long, cells));
            assert_eq!(rows.concat(), long.trim_end_matches('\n'));
            assert!(rows.iter().all(|row| width(row) <= usize::from(cells).max(2)), "{cells}");
        }
    }
}
