//! Notices reasoning that has become one short piece repeated without end, for instance `!!!!!!`.

/// So many bytes of nothing else are no thought any more.
const ENOUGH: usize = 16 * 1024;

/// The longest piece that is looked for, in bytes.
const PIECE: usize = 16;

/// How often is looked, in bytes of new text.
pub(super) const EVERY: usize = 4 * 1024;

/// `text` ends in [`ENOUGH`] bytes that repeat one short piece.
pub(super) fn drones(text: &str) -> bool {
    let Some(from) = text.len().checked_sub(ENOUGH) else { return false };
    let end = &text.as_bytes()[from..];
    (1..=PIECE).any(|period| end.iter().zip(&end[period..]).all(|(one, next)| one == next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_piece_without_end_is_noticed() {
        let prose = "Weighing the next part against what was said. ".repeat(2_000);
        for (text, want) in [
            ("!".repeat(ENOUGH), true),
            ("!".repeat(ENOUGH - 1), false),
            (format!("{prose}{}", "的确".repeat(ENOUGH)), true),
            (format!("{}.", "!".repeat(ENOUGH)), false),
            (prose, false),
        ] {
            assert_eq!(drones(&text), want, "{} bytes", text.len());
        }
    }
}
