//! What a person decided about each hunk, as bytes and as words for the model.

use super::show::Sides;
use crate::{
    chat::{FileChange, HunkReply},
    text::diff::Hunk,
};

/// Characters of an edited hunk that are told back.
const TOLD: usize = 4_000;

/// What came of the decisions.
#[derive(Debug, PartialEq)]
pub(super) struct Decided {
    /// The file as it shall be.
    pub(super) bytes: Vec<u8>,
    /// What was not taken as proposed, a paragraph each.
    pub(super) words: Vec<String>,
}

/// Takes each hunk as decided; one without a decision, or that was not shown, stays out.
pub(super) fn decide(sides: &Sides<'_>, hunks: &[Hunk], shown: &FileChange, replies: &[HunkReply]) -> Decided {
    let mut bytes = Vec::new();
    let mut words = Vec::new();
    let mut at = 0;
    for (n, hunk) in hunks.iter().enumerate() {
        bytes.extend(sides.old[at..hunk.old.start].concat());
        at = hunk.old.end;
        let old = sides.old[hunk.old.clone()].concat();
        let new = sides.new[hunk.new.clone()].concat();
        let place = format!("place {} of {} (old lines {})", n + 1, hunks.len(), lines(hunk));
        let shown = shown.hunks.get(n);
        match (replies.get(n), shown) {
            (Some(HunkReply::Accept), Some(_)) => bytes.extend(new),
            (Some(HunkReply::Edit(text)), Some(shown)) if *text == shown.new => bytes.extend(new),
            (Some(HunkReply::Edit(text)), Some(_)) => {
                let ends_file = hunk.new.end == sides.new.len();
                let own = own_ends(text, if new.is_empty() { &old } else { &new }, ends_file);
                let told: String = text.chars().take(TOLD).collect();
                words.push(format!("{place}: the user wrote this instead:\n{told}"));
                bytes.extend(own);
            }
            (Some(HunkReply::Reject), _) => {
                words.push(format!("{place}: rejected by the user, it stays as it was"));
                bytes.extend(old);
            }
            _ => {
                words.push(format!("{place}: not shown to the user, so it stays as it was; call again for it"));
                bytes.extend(old);
            }
        }
    }
    bytes.extend(sides.old[at..].concat());
    Decided { bytes, words }
}

/// The bytes of a file after a person decided on each place of a change as [`super::compared`] shows it, and what
/// was not taken as proposed.
pub(in crate::tools) fn taken(
    shown: &FileChange,
    (old, new): (&[u8], &[u8]),
    replies: &[HunkReply],
) -> (Vec<u8>, Vec<String>) {
    let sides = Sides::of(old, new);
    let decided = decide(&sides, &sides.hunks(), shown, replies);
    (decided.bytes, decided.words)
}

fn lines(hunk: &Hunk) -> String {
    match hunk.old.len() {
        0 => format!("behind {}", hunk.old.start),
        1 => (hunk.old.start + 1).to_string(),
        _ => format!("{}–{}", hunk.old.start + 1, hunk.old.end),
    }
}

/// A person's text with the line ends of the place, so that it does not run into the next line.
fn own_ends(text: &str, place: &[u8], ends_file: bool) -> Vec<u8> {
    let returns = place.windows(2).any(|pair| pair == b"\r\n");
    let mut text = if returns && !text.contains('\r') { text.replace('\n', "\r\n") } else { text.to_owned() };
    let ended = text.is_empty() || text.ends_with('\n') || (ends_file && !place.ends_with(b"\n"));
    if !ended {
        text.push_str(if returns { "\r\n" } else { "\n" });
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chat::ChangeKind, text::Clean, tools::change::show::show};

    #[test]
    fn each_place_is_taken_as_decided() {
        use HunkReply::{Accept, Edit, Reject};
        let (old, new) = ("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n", "1\r\nB\r\n3\r\n4\r\n5\r\nF\r\nG\r\n");
        let cases: [(&[HunkReply], &str, usize); 7] = [
            (&[Accept, Accept], new, 0),
            (&[Reject, Reject], old, 2),
            (&[Reject, Accept], "1\r\n2\r\n3\r\n4\r\n5\r\nF\r\nG\r\n", 1),
            (&[Accept], "1\r\nB\r\n3\r\n4\r\n5\r\n6\r\n", 1),
            (&[Edit("x\ny".into()), Reject], "1\r\nx\r\ny\r\n3\r\n4\r\n5\r\n6\r\n", 2),
            (&[Edit("B\r\n".into()), Accept], new, 0),
            (&[Edit(String::new()), Accept], "1\r\n3\r\n4\r\n5\r\nF\r\nG\r\n", 1),
        ];
        let sides = Sides::of(old.as_bytes(), new.as_bytes());
        let hunks = sides.hunks();
        let shown = show(&Clean::trusted("f"), ChangeKind::Modified, &sides, &hunks);
        for (replies, want, n_words) in cases {
            let decided = decide(&sides, &hunks, &shown, replies);
            assert_eq!(String::from_utf8(decided.bytes).unwrap(), want, "{replies:?}");
            assert_eq!(decided.words.len(), n_words, "{replies:?}: {:?}", decided.words);
        }
    }
}
