//! A retry waits.

use std::time::Instant;

use super::{Machine, Resume, State, Turn};
use crate::{agent::effect::Effect, quota::Now};

/// What goes on when the wait is over.
#[derive(Debug)]
pub(super) struct Retrying {
    pub(super) turn: Turn,
    pub(super) resume: Resume,
    pub(super) until: Instant,
}

impl Machine {
    /// Retries without waiting any longer. An open call that is silent is dropped and made again.
    pub(super) fn retry_now(&mut self, now: Now) -> Vec<Effect> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Retrying(retrying) => self.open(retrying.turn, retrying.resume, now),
            State::Calling(calling) => {
                let mut turn = calling.turn.clone();
                turn.attempt += 1;
                let mut effects = vec![Effect::Abort];
                effects.extend(self.open(turn, Resume::SameStep(calling.before), now));
                effects
            }
            // A tool call is never repeated by itself: it may have done its work already.
            other => {
                self.state = other;
                Vec::new()
            }
        }
    }
}
