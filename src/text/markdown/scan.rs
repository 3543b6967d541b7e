//! Reads the words of one block for marks that were opened and not closed.

use super::link::UNFINISHED_WRITTEN as UNFINISHED;

/// A `[` with no `]` within so many bytes is a bracket, not a link.
const LONG_LINK: usize = 256;

/// How to close what is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Closing {
    /// Bytes to keep: a mark at the very end, which opens or closes nothing yet, is left out.
    pub(super) keep: usize,
    /// What to put behind them.
    pub(super) marks: String,
}

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// A run of `*`, `_` or `~`.
    Run(u8, usize),
    /// A `[` at this byte.
    Bracket(usize),
}

/// What is open at the end of `text`, the words of one block.
pub(super) fn closing(text: &str) -> Closing {
    let mut scan = Scan { text, open: Vec::new(), at: 0 };
    let innermost = scan.walk();
    let keep = text[..scan.at.min(text.len())].trim_end().len();
    let keep =
        if text[keep..].contains('\n') && innermost.is_empty() && scan.open.is_empty() { text.len() } else { keep };
    let mut marks = innermost;
    for open in scan.open.iter().rev() {
        match *open {
            Open::Run(mark, len) => marks.extend(std::iter::repeat_n(char::from(mark), len)),
            Open::Bracket(at) if keep - at.min(keep) <= LONG_LINK => marks += &["](", UNFINISHED, ")"].concat(),
            Open::Bracket(_) => {}
        }
    }
    Closing { keep, marks }
}

struct Scan<'a> {
    text: &'a str,
    open: Vec<Open>,
    at: usize,
}

impl Scan<'_> {
    /// Walks to the end. Leaves in `at` the bytes to keep; returns the marks that must come first.
    fn walk(&mut self) -> String {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            let stop = match bytes[self.at] {
                b'\\' if self.at + 1 == bytes.len() => Some(String::new()),
                b'\\' => self.skip(2),
                b'`' => self.code(),
                b'*' | b'_' | b'~' => self.run(),
                b'[' => self.bracket(),
                b']' => self.bracket_end(),
                b'<' => self.auto_link(),
                b'!' if &bytes[self.at..] == b"!" || &bytes[self.at..] == b"![" => Some(String::new()),
                _ => self.skip(1),
            };
            if let Some(marks) = stop {
                return marks;
            }
        }
        String::new()
    }

    fn skip(&mut self, n: usize) -> Option<String> {
        self.at += n;
        None
    }

    /// The length of the run of `mark` at byte `at`.
    fn run_len(&self, at: usize, mark: u8) -> usize {
        self.text.as_bytes()[at..].iter().take_while(|byte| **byte == mark).count()
    }

    fn code(&mut self) -> Option<String> {
        let len = self.run_len(self.at, b'`');
        let mut from = self.at + len;
        while let Some(next) = self.text[from..].find('`').map(|next| from + next) {
            let n = self.run_len(next, b'`');
            from = next + n;
            if n == len {
                self.at = from;
                return None;
            }
        }
        let content = self.text[self.at + len..].trim_end().trim_end_matches('`');
        if content.trim().is_empty() {
            return Some(String::new());
        }
        self.at += len + content.len();
        Some("`".repeat(len))
    }

    fn run(&mut self) -> Option<String> {
        let mark = self.text.as_bytes()[self.at];
        let len = self.run_len(self.at, mark);
        let before = self.text[..self.at].chars().next_back();
        let after = self.text[self.at + len..].chars().next();
        let mut left = len;
        if before.is_some_and(|c| !c.is_whitespace()) && !(mark == b'_' && after.is_some_and(char::is_alphanumeric)) {
            left = self.close_runs(mark, len, after.is_none());
        }
        if after.is_none() {
            // Whatever is left opens nothing that could be seen.
            if left == 0 {
                self.at += len;
            }
            return Some(String::new());
        }
        let word_before = before.is_some_and(char::is_alphanumeric);
        let opens = after.is_some_and(|c| !c.is_whitespace()) && !(mark == b'_' && word_before);
        if left > 0 && opens && (mark != b'~' || left == 2) {
            self.open.push(Open::Run(mark, left));
        }
        self.skip(len)
    }

    /// Closes open runs with `len` marks; returns how many marks are left. At the end of the text a run
    /// shorter than the open one is the first half of its closing.
    fn close_runs(&mut self, mark: u8, len: usize, at_end: bool) -> usize {
        let mut left = len;
        while left > 0 {
            let Some(n) = self.open.iter().rposition(|open| matches!(open, Open::Run(m, _) if *m == mark)) else {
                return left;
            };
            let Open::Run(_, opened) = self.open[n] else { return left };
            if left >= opened {
                left -= opened;
                self.open.truncate(n);
            } else if at_end {
                return left;
            } else {
                self.open.truncate(n);
                self.open.push(Open::Run(mark, opened - left));
                left = 0;
            }
        }
        left
    }

    fn bracket(&mut self) -> Option<String> {
        if self.at + 1 == self.text.len() {
            return Some(String::new());
        }
        let word_before = self.text[..self.at].ends_with(|c: char| c.is_alphanumeric() || "])_".contains(c));
        if !word_before {
            self.open.push(Open::Bracket(self.at));
        }
        self.skip(1)
    }

    fn bracket_end(&mut self) -> Option<String> {
        let Some(n) = self.open.iter().rposition(|open| matches!(open, Open::Bracket(_))) else {
            return self.skip(1);
        };
        let rest = &self.text[self.at + 1..];
        if rest.is_empty() {
            self.open.truncate(n);
            self.at += 1;
            return Some(format!("({UNFINISHED})"));
        }
        self.open.truncate(n);
        let Some(address) = rest.strip_prefix('(') else {
            return self.skip(1);
        };
        let mut depth = 1;
        for (at, c) in address.char_indices() {
            depth = match c {
                '(' => depth + 1,
                ')' => depth - 1,
                '\n' => return self.skip(1),
                _ => depth,
            };
            if depth == 0 {
                return self.skip(2 + at + 1);
            }
        }
        self.at += 2;
        Some(format!("{UNFINISHED})"))
    }

    fn auto_link(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let web = rest.starts_with("<http://") || rest.starts_with("<https://");
        if web && !rest.contains(['>', ' ', '\n']) {
            self.at = self.text.len();
            return Some(">".to_owned());
        }
        self.skip(1)
    }
}

#[cfg(test)]
mod tests {
    use super::closing;

    #[test]
    fn closes_what_is_open() {
        for (text, keep, marks) in [
            ("plain", "plain", ""),
            ("**bo", "**bo", "**"),
            ("**bo*", "**bo", "**"),
            ("**bold**", "**bold**", ""),
            ("a **", "a", ""),
            ("*a **b", "*a **b", "***"),
            ("***both", "***both", "***"),
            ("***x** y", "***x** y", "*"),
            ("~~gone", "~~gone", "~~"),
            ("about ~5", "about ~5", ""),
            ("snake_case_na", "snake_case_na", ""),
            ("2 * 3 * 4", "2 * 3 * 4", ""),
            ("`co", "`co", "`"),
            ("`", "", ""),
            ("``a`b", "``a`b", "``"),
            ("**a `co", "**a `co", "`**"),
            ("`*a` *b", "`*a` *b", "*"),
            ("see [li", "see [li", "](<\u{2}>)"),
            ("see [link]", "see [link]", "(<\u{2}>)"),
            ("see [link](http://a.ex", "see [link](", "<\u{2}>)"),
            ("see [link](http://a.ex)", "see [link](http://a.ex)", ""),
            ("[x](a(b)c) *d", "[x](a(b)c) *d", "*"),
            ("array[0", "array[0", ""),
            ("**[li", "**[li", "](<\u{2}>)**"),
            ("<https://a.ex", "<https://a.ex", ">"),
            ("trailing **word ", "trailing **word", "**"),
            ("back\\", "back", ""),
            ("esc \\*a", "esc \\*a", ""),
            ("![al", "![al", "](<\u{2}>)"),
            ("!", "", ""),
        ] {
            let found = closing(text);
            assert_eq!((&text[..found.keep], found.marks.as_str()), (keep, marks), "{text:?}");
        }
    }
}
