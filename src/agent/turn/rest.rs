//! A machine at rest as a value: what a recording begins with, so that a replay begins with the same.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Machine, Waiting, loop_guard::LoopGuard};
use crate::{
    agent::{conversation::Conversation, settings::Settings},
    chat::{ToolSpec, TurnId},
};

/// All that a machine at rest knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::agent) struct Rest {
    settings: Settings,
    conversation: Conversation,
    waiting: Vec<Waiting>,
    /// The names of the tools: the machine itself needs no more of them.
    tools: Vec<String>,
    last_turn: TurnId,
    last_call: u64,
    last_run: u64,
}

impl Machine {
    /// What it knows, between two turns.
    pub(in crate::agent) fn rest(&self) -> Rest {
        Rest {
            settings: self.settings.clone(),
            conversation: self.conversation.clone(),
            waiting: self.waiting.clone(),
            tools: self.tools.iter().map(|tool| tool.name.clone()).collect(),
            last_turn: self.last_turn,
            last_call: self.last_call,
            last_run: self.last_run,
        }
    }

    /// The machine that knew this.
    pub(in crate::agent) fn rested(rest: Rest) -> Self {
        let bare = |name| ToolSpec { name, description: String::new(), parameters: String::new() };
        let tools: Arc<[ToolSpec]> = rest.tools.into_iter().map(bare).collect();
        let mut machine = Self::new(rest.settings);
        machine.equip(tools);
        machine.conversation = rest.conversation;
        machine.waiting = rest.waiting;
        machine.guard = LoopGuard::default();
        (machine.last_turn, machine.last_call, machine.last_run) = (rest.last_turn, rest.last_call, rest.last_run);
        machine
    }
}
