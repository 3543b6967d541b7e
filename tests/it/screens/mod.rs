//! Screens at several sizes against snapshots of text and style, and what must hold for every screen.

mod asks;
mod fuzz;
mod reading;
mod rows;
mod runs;
mod sessions;
mod snapshots;
mod status;
mod trust;

use glm_tui::{app::ReasoningState, chat::Activity};

use crate::support::screen::{Stage, step};

/// The conversation of the mock-ups, reasoning live.
fn thinking() -> Stage {
    let mut stage = talk();
    stage.step(step(4, 3), 18, None);
    stage.reasoning(
        step(4, 3),
        "the retry loop swallows 429 bodies, so the reset time never reaches the gauge. Read nextResetTime from the \
         quota endpoint instead of parsing the message. First check how poll() stores the last success.",
    );
    stage.busy(Activity::Thinking, 18, 62);
    stage.app.panes.state = ReasoningState::Live;
    stage.app.live.waiting = vec!["and the docs".into()];
    stage.draft("also handle the legacy plan with no weekly window");
    stage
}

/// Two finished steps, nothing runs.
fn talk() -> Stage {
    let mut stage = Stage::new();
    stage.prompt(4, "make the gauge show when the 5-hour window resets");
    stage.step(step(4, 1), 70, Some(6));
    stage.reasoning(step(4, 1), "Find the poll loop first.\nThen see how it keeps the last result.");
    stage.answer(step(4, 1), "I will look at how the poller keeps its last result.", true);
    stage.step(step(4, 2), 50, Some(11));
    stage.reasoning(step(4, 2), "The retry loop swallows 429 bodies.\n\nCarry the reset time in the error.");
    stage.answer(
        step(4, 2),
        "The **reset time** is lost here:\n\n```rust\nlet body = resp.text().await?;\nreturn Err(Limited);\n```\n\n\
         - keep the body\n- parse `nextResetTime`\n",
        true,
    );
    stage
}
