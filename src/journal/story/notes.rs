//! What a person must know of a log before they go on with it, in words.

use super::Story;
use crate::{journal::reader::Damage, text::Clean};

/// A line each.
pub(super) fn notes(story: &Story) -> Vec<Clean> {
    let Damage { bad, unknown, missing, torn } = story.damage;
    let mut lines = Vec::new();
    if story.head.folder.is_empty() {
        lines.push("the first record of the session is damaged: its folder is not known".to_owned());
    }
    if bad > 0 {
        let (pieces, are) = if bad == 1 { ("place", "is") } else { ("places", "are") };
        lines.push(format!("{bad} {pieces} of the session's log {are} damaged and were passed over"));
    }
    if missing > 0 {
        let (records, are) = if missing == 1 { ("record", "is") } else { ("records", "are") };
        lines.push(format!("{missing} {records} of the session {are} missing"));
    }
    if unknown > 0 {
        let (records, come) = if unknown == 1 { ("record", "comes") } else { ("records", "come") };
        lines.push(format!("{unknown} {records} {come} from a newer version of glm-tui and were passed over"));
    }
    if torn > 0 && story.is_mended {
        lines.push(format!("the last {torn} bytes were not written to their end; they are kept in log.torn"));
    }
    for call in &story.unfinished.shown {
        lines.push(format!("{call}: the program ended while it ran. What it did is unknown; it was not run again"));
    }
    lines.iter().map(|line| Clean::strict(line)).collect()
}
