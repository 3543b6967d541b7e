//! A text of the script made ready to be said: blanks filled in, shortened, or repeated. Pure.

use std::sync::Arc;

use super::{
    ask::Ask,
    pieces::{self, Pieces},
    scenario::{By, Text},
};

/// A question is quoted up to so many characters, on one line.
const QUOTED: usize = 160;

/// Text to be said.
#[derive(Clone, Debug, Default)]
pub(super) struct Speech {
    text: Arc<str>,
    /// Over and over until so many pieces.
    repeat: Option<usize>,
}

impl Speech {
    /// `text` with `{{question}}`, `{{model}}` and `{{n}}` (the how-manieth reply) filled in.
    pub(super) fn new(text: &Text, ask: &Ask, n: u64) -> Self {
        match text {
            Text::Plain(text) => Self { text: fill(text, ask, n).into(), repeat: None },
            Text::Repeat { tokens, of } => Self { text: fill(of, ask, n).into(), repeat: Some(*tokens) },
        }
    }

    /// Keeps the first third of the paragraphs for `low`, two thirds for `high`.
    pub(super) fn shorten(&mut self, effort: Option<&str>) {
        let thirds = match effort {
            Some("low") => 1,
            Some("high") => 2,
            _ => return,
        };
        let paragraphs: Vec<&str> = self.text.split("\n\n").collect();
        let keep = (paragraphs.len() * thirds).div_ceil(3);
        let short = paragraphs.into_iter().take(keep).collect::<Vec<_>>().join("\n\n");
        self.text = short.into();
    }

    /// The pieces, one by one.
    pub(super) fn pieces(&self, by: By) -> Box<dyn Iterator<Item = String> + Send> {
        let pieces = Pieces::new(Arc::clone(&self.text), by);
        match self.repeat {
            // Repeated text is counted in tokens, however it is cut.
            Some(n) => Box::new(Pieces::new(Arc::clone(&self.text), By::Token).cycle().take(n)),
            None => Box::new(pieces),
        }
    }

    /// How many tokens it makes.
    pub(super) fn count(&self) -> u64 {
        match self.repeat {
            Some(_) if self.text.is_empty() => 0,
            Some(n) => n as u64,
            None => pieces::count(&self.text),
        }
    }

    /// All of it at once.
    pub(super) fn whole(&self) -> String {
        self.pieces(By::Whole).collect()
    }
}

fn fill(text: &str, ask: &Ask, n: u64) -> String {
    if !text.contains("{{") {
        return text.to_owned();
    }
    let line = ask.question.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut quoted: String = line.chars().take(QUOTED).collect();
    if quoted.len() < line.len() {
        quoted.push('…');
    }
    // The question last: what it holds is not a blank.
    text.replace("{{model}}", &ask.model).replace("{{n}}", &n.to_string()).replace("{{question}}", &quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_and_long_questions_cut() {
        let ask = Ask { question: "what\nis  {{model}}?".into(), model: "glm-5.3".into(), ..Ask::default() };
        assert_eq!(fill("{{model}} {{n}}: {{question}} {x}", &ask, 3), "glm-5.3 3: what is {{model}}? {x}");
        let long = Ask { question: "中".repeat(500), ..Ask::default() };
        assert_eq!(fill("{{question}}", &long, 1).chars().count(), QUOTED + 1);
    }

    #[test]
    fn effort_keeps_whole_paragraphs() {
        for (effort, kept) in [
            (Some("low"), "a\n\nb"),
            (Some("high"), "a\n\nb\n\nc"),
            (Some("max"), "a\n\nb\n\nc\n\nd"),
            (None, "a\n\nb\n\nc\n\nd"),
        ] {
            let mut speech = Speech::new(&Text::Plain("a\n\nb\n\nc\n\nd".into()), &Ask::default(), 1);
            speech.shorten(effort);
            assert_eq!(speech.whole(), kept);
        }
    }

    #[test]
    fn repeated_text_has_the_asked_length() {
        let speech = Speech::new(&Text::Repeat { tokens: 7, of: "one two ".into() }, &Ask::default(), 1);
        assert_eq!(speech.count(), 7);
        assert_eq!(speech.pieces(By::Line).count(), 7);
        let empty = Speech::new(&Text::Repeat { tokens: 7, of: String::new() }, &Ask::default(), 1);
        assert_eq!((empty.count(), empty.pieces(By::Token).count()), (0, 0));
    }
}
