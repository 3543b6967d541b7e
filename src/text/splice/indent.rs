//! How the indentation of a place differs from that of the words that name it, and words that follow it.

/// How the indentation differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shift<'a> {
    /// Not at all.
    None,
    /// The place has this in front.
    More(&'a [u8]),
    /// The words have this in front.
    Less(&'a [u8]),
    /// The place has a tab for this many spaces.
    Tabs(usize),
    /// The place has this many spaces for a tab.
    Spaces(usize),
}

/// The blanks in front of a line.
pub(super) fn of(line: &[u8]) -> &[u8] {
    let n = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &line[..n]
}

/// What makes the indentation of the words (first of a pair) that of the place (second), for all lines.
pub(super) fn shift<'a>(pairs: &[(&'a [u8], &'a [u8])]) -> Option<Shift<'a>> {
    let &(words, place) = pairs.iter().find(|(words, place)| words != place).unwrap_or(&(&[], &[]));
    let mut shifts = vec![Shift::None];
    if let Some(front) = place.strip_suffix(words) {
        shifts.push(Shift::More(front));
    }
    if let Some(front) = words.strip_suffix(place) {
        shifts.push(Shift::Less(front));
    }
    if !place.is_empty() && words.len() % place.len() == 0 {
        shifts.push(Shift::Tabs(words.len() / place.len()));
    }
    if !words.is_empty() && place.len() % words.len() == 0 {
        shifts.push(Shift::Spaces(place.len() / words.len()));
    }
    shifts.into_iter().find(|shift| pairs.iter().all(|(words, place)| shift.indent(words).as_deref() == Some(*place)))
}

impl Shift<'_> {
    /// The indentation that the place has for this one of the words.
    fn indent(&self, words: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::None => Some(words.to_vec()),
            Self::More(front) => Some([front, words].concat()),
            Self::Less(front) => words.strip_prefix(*front).map(<[u8]>::to_vec),
            Self::Tabs(width) => {
                let spaces = words.iter().all(|byte| *byte == b' ');
                spaces.then(|| [vec![b'\t'; words.len() / width], vec![b' '; words.len() % width]].concat())
            }
            Self::Spaces(width) => words.iter().all(|byte| *byte == b'\t').then(|| vec![b' '; words.len() * width]),
        }
    }

    /// A line of the new words with the indentation of the place; `None` if it cannot follow.
    pub(super) fn line(&self, line: &[u8]) -> Option<Vec<u8>> {
        let indent = of(line);
        if indent.len() == line.len() {
            return Some(if *self == Self::None { line.to_vec() } else { Vec::new() });
        }
        Some([self.indent(indent)?, line[indent.len()..].to_vec()].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_lines_follow_the_place() {
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, Option<&'a str>);
        let cases: [Case<'_>; 9] = [
            (&[("  ", "  ")], "   x", Some("   x")),
            (&[("", "    "), ("  ", "      ")], "  x", Some("      x")),
            (&[("    ", ""), ("      ", "  ")], "    x", Some("x")),
            (&[("    ", "")], " x", None),
            (&[("    ", "\t"), ("        ", "\t\t"), ("", "")], "          x", Some("\t\t  x")),
            (&[("\t", "  ")], "\t\tx", Some("    x")),
            (&[("  ", "\t"), ("  ", "    ")], "x", None),
            (&[("", "\t"), ("    ", "\t    ")], "    x", Some("\t    x")),
            (&[("", "  ")], "  ", Some("")),
        ];
        for (pairs, line, want) in cases {
            let pairs: Vec<_> = pairs.iter().map(|(a, b)| (a.as_bytes(), b.as_bytes())).collect();
            let got = shift(&pairs).and_then(|shift| shift.line(line.as_bytes()));
            assert_eq!(got.as_deref(), want.map(str::as_bytes), "{pairs:?} {line:?}");
        }
    }
}
