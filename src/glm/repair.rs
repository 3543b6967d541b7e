//! What a reply needs before it is a reply: template markers in the text of vision models, JSON that is
//! almost JSON. Owns the patterns; refuses to guess at anything that is not one of them.
//!
//! Tool calls that leak into text are found by `leak`, and only where tools were offered.

use std::borrow::Cow;

/// The markers that GLM's vision models leave in their answers (docs.z.ai, GLM-4.5V).
const MARKERS: [(&str, Marker); 4] = [
    ("<think>", Marker::Reasoning),
    ("</think>", Marker::Answer),
    ("<|begin_of_box|>", Marker::Nothing),
    ("<|end_of_box|>", Marker::Nothing),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marker {
    Reasoning,
    Answer,
    Nothing,
}

/// A stretch of text and whether it is reasoning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) text: String,
    pub(super) is_reasoning: bool,
}

/// Takes the markers out of a stream of text; a marker may be cut anywhere.
#[derive(Debug, Default)]
pub(super) struct Unmark {
    held: String,
    in_reasoning: bool,
    n_removed: u32,
}

impl Unmark {
    /// Takes the next text and returns what is sure by now.
    pub(super) fn push(&mut self, text: &str) -> Vec<Stretch> {
        self.held.push_str(text);
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_str();
        let mut out = Vec::new();
        while let Some(at) = rest.find('<') {
            let (before, from) = rest.split_at(at);
            self.emit(before, &mut out);
            if let Some((marker, kind)) = MARKERS.iter().find(|(marker, _)| from.starts_with(marker)) {
                self.n_removed += 1;
                match kind {
                    Marker::Reasoning => self.in_reasoning = true,
                    Marker::Answer => self.in_reasoning = false,
                    Marker::Nothing => {}
                }
                rest = &from[marker.len()..];
            } else if MARKERS.iter().any(|(marker, _)| marker.starts_with(from)) {
                from.clone_into(&mut self.held);
                return out;
            } else {
                self.emit("<", &mut out);
                rest = &from[1..];
            }
        }
        self.emit(rest, &mut out);
        out
    }

    /// The text is over: returns what was held back and how many markers were taken out.
    pub(super) fn finish(&mut self) -> (Vec<Stretch>, u32) {
        let held = std::mem::take(&mut self.held);
        let mut out = Vec::new();
        self.emit(&held, &mut out);
        (out, self.n_removed)
    }

    fn emit(&self, text: &str, out: &mut Vec<Stretch>) {
        match out.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.is_reasoning == self.in_reasoning => last.text.push_str(text),
            _ => out.push(Stretch { text: text.to_owned(), is_reasoning: self.in_reasoning }),
        }
    }
}

/// JSON that a strict reader refuses but whose meaning is plain: bytes that are no UTF-8, half of a
/// surrogate pair, a bare `NaN` or `Infinity`.
pub(super) fn mend_json(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut rest: &str = &text;
    let mut in_string = false;
    while let Some(at) = rest.find(|c: char| matches!(c, '"' | '\\') || (!in_string && matches!(c, 'N' | 'I'))) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (taken, put) = match from.as_bytes()[0] {
            b'"' => {
                in_string = !in_string;
                (1, Cow::Borrowed("\""))
            }
            b'\\' => escape(from),
            _ => bare_word(from, &mut out),
        };
        out.push_str(&put);
        rest = &from[taken..];
    }
    out.push_str(rest);
    out
}

/// The escape at the start of `from`: how many bytes it takes and what to write for it.
fn escape(from: &str) -> (usize, Cow<'_, str>) {
    let unit = |at: usize| {
        let digits = from.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    match unit(0) {
        Some(0xD800..=0xDBFF) if matches!(unit(6), Some(0xDC00..=0xDFFF)) => (12, Cow::Borrowed(&from[..12])),
        Some(0xD800..=0xDFFF) => (6, Cow::Borrowed("\\ufffd")),
        _ => {
            let len = 1 + from[1..].chars().next().map_or(0, char::len_utf8);
            (len, Cow::Borrowed(&from[..len]))
        }
    }
}

/// `NaN` and `Infinity` (with its sign, already written) as strings.
fn bare_word(from: &str, out: &mut String) -> (usize, Cow<'static, str>) {
    let word = ["NaN", "Infinity"].into_iter().find(|word| from.starts_with(word));
    let Some(word) = word else { return (1, Cow::Owned(from[..1].to_owned())) };
    if out.ends_with('-') {
        out.pop();
    }
    (word.len(), Cow::Owned(format!("\"{word}\"")))
}
