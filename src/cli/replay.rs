//! `glm-tui replay FILE`: a recorded session once more through the turn machine, to see whether it still decides
//! the same. One JSON object; exit 0 if it does.

use std::{path::Path, time::Instant};

use super::{
    account::fail,
    exit::{Exit, print},
    tools::read_recording,
};
use crate::agent::record::replay;

/// Replays the recording.
pub(super) fn run(file: &Path) -> Exit {
    let bytes = match read_recording(file) {
        Ok(bytes) => bytes,
        Err(exit) => return exit,
    };
    match replay(&bytes, clock()) {
        Ok(replayed) => {
            print(&format!("{}\n", serde_json::to_string(&replayed).unwrap_or_default()));
            if replayed.same { Exit::Ok } else { Exit::Failure }
        }
        Err(problem) => {
            fail(&problem);
            Exit::Input
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the zero of the recorded times; any moment will do")]
fn clock() -> Instant {
    Instant::now()
}
