//! Why an edit was refused, or how loosely it was taken, in words for the model.

use std::{fmt::Write, ops::Range};

use crate::text::{
    diff,
    splice::{Fault, Fit, Scope, Spot, Trouble, Wanted},
};

/// Lines of the file that are quoted in a refusal.
const QUOTED: usize = 30;
/// Characters of a quoted line.
const CHARS: usize = 300;

/// What is wrong and what to do.
pub(super) fn refusal(fault: &Fault, wanted: &[Wanted<'_>], (text, name): (&[u8], &str)) -> String {
    let n = fault.edit + 1;
    let which = if wanted.len() == 1 { "the edit".to_owned() } else { format!("edit {n} of {}", wanted.len()) };
    let none = if wanted.len() == 1 { "" } else { " (none of the edits was made)" };
    let mut said = match &fault.trouble {
        Trouble::Empty => format!(
            "{which} has an empty `old`{none}. To insert text, put a line of the file beside it into both `old` and `new`; \
             to write a whole file use write"
        ),
        Trouble::Same => format!("`old` and `new` of {which} are the same{none}; nothing would change"),
        Trouble::Missing(nearest) => {
            let mut said = format!("`old` of {which} does not occur in {name} (0 matches){none}.");
            match nearest {
                Some(lines) => {
                    let _ = write!(said, " Nearest are {}:\n{}", span(lines), quote(text, lines));
                }
                None => said.push_str(" No line of it is there; read the file again"),
            }
            said
        }
        Trouble::Ambiguous(n, lines) => {
            let places: Vec<String> = lines.iter().map(|line| (line + 1).to_string()).collect();
            let more = if *n > lines.len() { ", …" } else { "" };
            format!(
                "`old` of {which} occurs {n} times in {name}, on lines {}{more}{none}. Add lines around it until it is unique, \
                 or set `all` to replace every one",
                places.join(", ")
            )
        }
        Trouble::Indented(lines) => format!(
            "`old` of {which} is on {} of {name} but with other indentation{none}. Take it as it is there:\n{}",
            span(lines),
            quote(text, lines)
        ),
        Trouble::Overlap(other) => {
            format!("edits {} and {n} of {} change the same text{none}; make them one edit", other + 1, wanted.len())
        }
    };
    if matches!(fault.trouble, Trouble::Missing(_)) && wanted.get(fault.edit).is_some_and(numbered) {
        said.push_str("\nThe line numbers that read shows are not part of the file; leave them out");
    }
    said
}

/// The words begin with line numbers, as `read` prints them.
fn numbered(want: &Wanted<'_>) -> bool {
    let number = |line: &str| {
        line.trim_start().split_once('\t').is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    want.old.lines().next().is_some_and(number)
}

fn span(lines: &Range<usize>) -> String {
    if lines.len() == 1 {
        format!("line {}", lines.start + 1)
    } else {
        format!("lines {}–{}", lines.start + 1, lines.end)
    }
}

fn quote(text: &[u8], lines: &Range<usize>) -> String {
    let all = diff::lines(text);
    let quoted = all[lines.clone()].iter().take(QUOTED).map(|line| {
        let line = String::from_utf8_lossy(line);
        line.trim_end_matches(['\n', '\r']).chars().take(CHARS).collect::<String>()
    });
    quoted.collect::<Vec<_>>().join("\n")
}

/// What the model should know of edits that were not taken to the letter, or hit more than one place.
pub(super) fn notes(spots: &[Spot], wanted: &[Wanted<'_>]) -> Vec<String> {
    let mut notes = Vec::new();
    for (n, want) in wanted.iter().enumerate() {
        let of = || spots.iter().filter(|spot| spot.edit == n);
        if want.scope == Scope::All {
            notes.push(format!("edit {} replaced {} occurrences", n + 1, of().count()));
        }
        let how = match of().map(|spot| spot.fit).max() {
            Some(Fit::Trailing) => "blanks at line ends",
            Some(Fit::Indent) => "indentation",
            _ => continue,
        };
        notes.push(format!("edit {} matched except for {how}; lines that it did not change kept theirs", n + 1));
    }
    notes
}
