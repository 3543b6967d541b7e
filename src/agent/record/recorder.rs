//! Writes a session while it runs.

use std::time::Instant;

use serde::Serialize;
use serde_json::Value;

use super::{
    effect::form,
    input::Written,
    line::{Entry, FORMAT, Header},
};
use crate::{
    agent::{
        effect::{Effect, Input},
        turn::Machine,
    },
    quota::Now,
};

/// Where the lines go, each with its line end.
type Sink = Box<dyn FnMut(String) + Send>;

/// Writes a session while it runs.
pub(in crate::agent) struct Recorder {
    began: Instant,
    sink: Sink,
}

/// An input that was written down and waits for its effects.
pub(in crate::agent) struct Taken {
    now: Now,
    input: Value,
}

impl Recorder {
    /// Begins a recording with the machine as it is, at rest.
    pub(in crate::agent) fn begin(machine: &Machine, now: Now, sink: Sink) -> Self {
        let mut recorder = Self { began: now.instant, sink };
        let version = env!("CARGO_PKG_VERSION").to_owned();
        recorder.write(&Header { glm_tui_record: FORMAT, version, machine: machine.rest() });
        recorder
    }

    /// Takes an input before the machine does.
    pub(in crate::agent) fn take(input: &Input, now: Now) -> Taken {
        let input = serde_json::to_value(Written::from(input));
        Taken { now, input: input.unwrap_or_else(|error| Value::String(format!("not written: {error}"))) }
    }

    /// Writes it with what followed.
    pub(in crate::agent) fn put(&mut self, taken: Taken, effects: &[Effect]) {
        let at = taken.now.instant.saturating_duration_since(self.began);
        self.write(&Entry {
            at_ns: u64::try_from(at.as_nanos()).unwrap_or(u64::MAX),
            wall: taken.now.wall,
            input: taken.input,
            effects: effects.iter().map(form).collect(),
        });
    }

    fn write(&mut self, line: &impl Serialize) {
        if let Ok(mut text) = serde_json::to_string(line) {
            text.push('\n');
            (self.sink)(text);
        }
    }
}
