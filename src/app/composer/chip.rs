//! Long pastes as one word of the prompt: `[pasted 214 lines #1]` stands for the text behind it.

/// Chips that are remembered, so that undo and history still know what they stand for.
const KEPT: usize = 32;

/// The texts behind the chips of this session.
#[derive(Clone, Debug, Default)]
pub(super) struct Chips {
    /// Label and text, oldest first.
    known: Vec<(String, String)>,
    n_made: usize,
}

impl Chips {
    /// Makes a chip for `text` and returns its label.
    pub(super) fn make(&mut self, text: &str) -> String {
        self.n_made += 1;
        let n_lines = text.lines().count();
        let label = if n_lines > 1 {
            format!("[pasted {n_lines} lines #{}]", self.n_made)
        } else {
            format!("[pasted {} characters #{}]", text.chars().count(), self.n_made)
        };
        if self.known.len() == KEPT {
            self.known.remove(0);
        }
        self.known.push((label.clone(), text.to_owned()));
        label
    }

    /// `shown` with every chip replaced by what it stands for.
    pub(super) fn expand(&self, shown: &str) -> String {
        let mut full = String::with_capacity(shown.len());
        let mut rest = shown;
        while let Some((at, label, text)) = self
            .known
            .iter()
            .filter_map(|(label, text)| rest.find(label.as_str()).map(|at| (at, label, text)))
            .min_by_key(|(at, ..)| *at)
        {
            full.push_str(&rest[..at]);
            full.push_str(text);
            rest = &rest[at + label.len()..];
        }
        full.push_str(rest);
        full
    }

    /// The byte ranges of the chips in a line.
    pub(super) fn spans(&self, line: &str) -> Vec<(usize, usize)> {
        if !line.contains("[pasted ") {
            return Vec::new();
        }
        let found = self
            .known
            .iter()
            .flat_map(|(label, _)| line.match_indices(label.as_str()).map(|(at, label)| (at, at + label.len())));
        found.collect()
    }
}
