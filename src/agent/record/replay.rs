//! A recording again: the same inputs to the same machine, and whether the same comes out.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{
    effect::form,
    input::Written,
    line::{Entry, FORMAT, Header},
};
use crate::{
    agent::{effect::Input, turn::Machine},
    chat::{Problem, ProblemKind},
    quota::Now,
};

/// Characters that a difference shows of a line that cannot be read.
const SHOWN: usize = 200;

/// What came of a replay.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// Inputs that the machine took.
    pub inputs: usize,
    /// Effects that it wanted.
    pub effects: usize,
    /// Lines at the end that were not written to their end, and were skipped: 0 or 1.
    pub torn: usize,
    /// All effects are those of the recording.
    pub same: bool,
    /// The first that is another one; the replay ends there.
    pub first_difference: Option<Difference>,
}

/// Where a replay leaves its recording.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The line of the file, from 1.
    pub line: usize,
    /// What the recording says; `None` = nothing more.
    pub recorded: Option<String>,
    /// What came now; `None` = nothing more.
    pub replayed: Option<String>,
}

/// Replays a recording; `start` is any moment.
///
/// # Errors
/// When it does not begin with the header of a recording, or with that of another format.
pub fn replay(recording: &[u8], start: Instant) -> Result<Replayed, Problem> {
    let mut replayed = Replayed::default();
    let mut machine = None;
    let mut lines = recording.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
    while let Some((n, bytes)) = lines.next() {
        let is_torn = lines.peek().is_none() && !bytes.ends_with(b"\n");
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        if let Ok(header) = serde_json::from_slice::<Header>(bytes) {
            if header.glm_tui_record != FORMAT {
                return Err(not_a_recording(&format!("has the format {}, not {FORMAT}", header.glm_tui_record)));
            }
            machine = Some(Machine::rested(header.machine));
            continue;
        }
        let Some(machine) = &mut machine else {
            return Err(not_a_recording("does not begin with the header of a recording"));
        };
        let difference = match read(bytes) {
            Ok((entry, input)) => {
                let now = Now {
                    instant: start.checked_add(Duration::from_nanos(entry.at_ns)).unwrap_or(start),
                    wall: entry.wall,
                };
                let effects: Vec<String> = machine.on(input, now).iter().map(form).collect();
                replayed.inputs += 1;
                replayed.effects += effects.len();
                compare(entry.effects, effects)
            }
            Err(_) if is_torn => {
                replayed.torn += 1;
                continue;
            }
            Err(why) => {
                Some((Some(String::from_utf8_lossy(bytes).trim_end().chars().take(SHOWN).collect()), Some(why)))
            }
        };
        if let Some((recorded, now)) = difference {
            replayed.first_difference = Some(Difference { line: n + 1, recorded, replayed: now });
            return Ok(replayed);
        }
    }
    if machine.is_none() {
        return Err(not_a_recording("holds no recording"));
    }
    replayed.same = true;
    Ok(replayed)
}

/// The first pair that differs.
type Pair = (Option<String>, Option<String>);

fn compare(recorded: Vec<String>, replayed: Vec<String>) -> Option<Pair> {
    let n = recorded.len().max(replayed.len());
    let (mut recorded, mut replayed) = (recorded.into_iter(), replayed.into_iter());
    (0..n).map(|_| (recorded.next(), replayed.next())).find(|(one, other)| one != other)
}

fn read(bytes: &[u8]) -> Result<(Entry, Input), String> {
    let entry: Entry = serde_json::from_slice(bytes).map_err(|error| format!("cannot be read: {error}"))?;
    let written = Written::deserialize(&entry.input).map_err(|error| format!("cannot be read: {error}"))?;
    Ok((entry, written.read()?))
}

fn not_a_recording(why: &str) -> Problem {
    Problem::new(ProblemKind::User, format!("the file {why}")).hint("record a session with GLM_TUI_RECORD=FILE")
}
