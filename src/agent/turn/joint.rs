//! Joining the reply of a retry to the text that a cut one left: nothing is shown twice.
//!
//! The service may go on where it stopped or begin again. While the new text repeats the old from its
//! start it is held back; once it went past the old text the rest is new; if it differs before that, it
//! is a continuation and all of it is new.

/// A cut answer shorter than this is thrown away and asked for again: too short to tell a repetition
/// from a continuation, and cheap.
pub(super) const WORTH_KEEPING: usize = 16;

/// The seam between a cut answer and its continuation.
#[derive(Clone, Debug, Default)]
pub(super) struct Joint {
    /// What the cut answer said; empty once the seam is decided.
    before: String,
    /// Repeated text that is held back.
    held: String,
}

impl Joint {
    pub(super) fn after(before: String) -> Self {
        Self { before, held: String::new() }
    }

    /// Takes the next piece of the new reply, returns what of it is new.
    pub(super) fn push(&mut self, piece: String) -> String {
        if self.before.is_empty() {
            return piece;
        }
        self.held.push_str(&piece);
        if let Some(new) = self.held.strip_prefix(&self.before) {
            let new = new.to_owned();
            *self = Self::default();
            return new;
        }
        if self.before.starts_with(&self.held) {
            return String::new();
        }
        self.finish()
    }

    /// The reply ended: what is still held back is new, unless it only repeats.
    pub(super) fn finish(&mut self) -> String {
        let seam = std::mem::take(self);
        let repeats = seam.held.len() >= WORTH_KEEPING && seam.before.starts_with(&seam.held);
        if repeats { String::new() } else { seam.held }
    }
}

#[cfg(test)]
mod tests {
    use super::Joint;

    #[test]
    fn repeats_are_dropped_and_continuations_kept() {
        let before = "The first half of the answer";
        let cases: [(&[&str], &str); 6] = [
            (&["The first half", " of the answer", " and the second"], " and the second"),
            (&["The first half of the answer and the second"], " and the second"),
            (&[" and the", " second"], " and the second"),
            (&["The first thing to add"], "The first thing to add"),
            (&["The first half of"], ""),
            (&["The"], "The"),
        ];
        for (pieces, want) in cases {
            let mut joint = Joint::after(before.into());
            let mut got: String = pieces.iter().map(|p| joint.push((*p).into())).collect();
            got.push_str(&joint.finish());
            assert_eq!(got, want, "{pieces:?}");
        }
    }
}
