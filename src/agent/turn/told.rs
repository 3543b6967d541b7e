//! What the model is told of calls that were not done, or not to their end.

use crate::{
    chat::{Ask, RunEnd},
    text::Clean,
    tools::{Outcome, Refusal},
};

/// Of a call that an interrupt stopped.
const STOPPED: &str = "Stopped by the person before it finished; a part of it may have been done.";

/// Of a call that an interrupt kept from beginning.
const NOT_RUN: &str = "Not run: the person stopped the turn before it began.";

/// Of a call that a person refused.
const DENIED: &str = "The person refused this call. Do not make it again; go another way or ask what is wanted.";

/// Letters of the person's words that stand in the row.
const SAID: usize = 60;

/// A running call that an interrupt stopped.
pub(super) fn stopped() -> Outcome {
    Outcome::new(RunEnd::Stopped, STOPPED, Clean::trusted("stopped"))
}

/// A call that an interrupt kept from beginning.
pub(super) fn never_begun() -> Outcome {
    Outcome::new(RunEnd::Stopped, NOT_RUN, Clean::trusted("not run"))
}

/// A call that cannot be run.
pub(super) fn unfit(why: String) -> Outcome {
    Outcome::failed(Refusal(why), Clean::trusted("not run"))
}

/// A call that a person refused, with their words.
pub(super) fn denied(why: Option<String>) -> Outcome {
    let (text, row) = match why.filter(|why| !why.trim().is_empty()) {
        Some(why) => {
            let said: String = why.trim().lines().next().unwrap_or_default().chars().take(SAID).collect();
            (format!("{DENIED}\nThey said: {why}"), Clean::strict(&format!("you said no: {said}")))
        }
        None => (DENIED.to_owned(), Clean::trusted("you said no")),
    };
    Outcome { end: RunEnd::Denied, ..Outcome::failed(Refusal(text), row) }
}

/// A call that only a person could allow, and nobody is there.
pub(super) fn nobody(ask: &Ask) -> Outcome {
    let why = format!("Not done: nobody is there to approve this ({}). Go on without it.", ask.title.as_str());
    Outcome { end: RunEnd::Denied, ..Outcome::failed(Refusal(why), Clean::trusted("nobody to ask")) }
}
