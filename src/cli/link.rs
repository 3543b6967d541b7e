//! What the screen's loop and the switchboard both hold: the way to the agent that is on the line, the log it
//! writes. Conversations change under it; the loop does not notice.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use tokio::sync::mpsc::{self, error::TrySendError};

use crate::{
    app::Switch,
    chat::{Command, SessionId},
    journal::Journal,
};

/// What the loop asks of the switchboard.
#[derive(Debug)]
pub(super) enum Wish {
    /// Go on with another conversation.
    Switch(Switch),
    /// Look for saved conversations.
    List(String),
    /// Delete one.
    Delete(SessionId),
    /// Write the conversation to a file: format and name.
    Export(String, String),
    /// An answer that found the agent's queue full. It is never dropped: a call waits for it.
    Late(Command),
    /// The conversation was given this name.
    Named(SessionId, String),
}

/// Both ends share it; they run on one thread.
pub(super) type Link = Rc<RefCell<Line>>;

/// The line to the present agent.
#[derive(Debug)]
pub(super) struct Line {
    /// `None` while no agent is there yet.
    commands: Option<mpsc::Sender<Command>>,
    /// What was asked meanwhile.
    waiting: VecDeque<Command>,
    /// The log that drafts lie beside; `None` while none is open.
    journal: Option<Journal>,
    /// The draft as it was kept last.
    draft: String,
    /// The switchboard.
    pub(super) wishes: mpsc::UnboundedSender<Wish>,
}

/// The agent is too busy to take a command.
pub(super) struct Full;

impl Line {
    pub(super) fn new(wishes: mpsc::UnboundedSender<Wish>) -> Self {
        Self { commands: None, waiting: VecDeque::new(), journal: None, draft: String::new(), wishes }
    }

    /// Sends a command to the agent, now or as soon as there is one.
    pub(super) fn send(&mut self, command: Command) -> Result<(), Full> {
        let Some(commands) = &self.commands else {
            self.waiting.push_back(command);
            return Ok(());
        };
        match commands.try_send(command) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(answer @ Command::Answer { .. })) => {
                let _ = self.wishes.send(Wish::Late(answer));
                Ok(())
            }
            Err(_) => Err(Full),
        }
    }

    /// Another agent is on the line; what was asked meanwhile goes to it.
    pub(super) fn connect(&mut self, commands: mpsc::Sender<Command>, journal: Journal) {
        // There is room: nobody else has the new queue yet, and nobody types faster than it takes.
        self.waiting.drain(..).for_each(|command| drop(commands.try_send(command)));
        (self.commands, self.journal) = (Some(commands), Some(journal));
    }

    /// The agent is about to end.
    pub(super) fn disconnect(&mut self) {
        self.commands = None;
    }

    /// The agent's own queue.
    pub(super) fn commands(&self) -> Option<mpsc::Sender<Command>> {
        self.commands.clone()
    }

    /// The draft changed; the log that it lies beside, if there is one.
    pub(super) fn draft(&mut self, text: &str) -> Option<Journal> {
        text.clone_into(&mut self.draft);
        self.journal.clone()
    }

    /// Nothing of the present conversation is kept.
    pub(super) fn is_memory_only(&self) -> bool {
        self.journal.as_ref().is_some_and(|journal| journal.dir().is_none())
    }

    /// Takes back the prompts that wait for an agent, as one text; `None` = none waits.
    pub(super) fn take_prompts(&mut self) -> Option<String> {
        let is_prompt = |command: &Command| matches!(command, Command::Submit(_) | Command::Queue(_));
        let (prompts, rest): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(is_prompt);
        self.waiting = rest.into();
        let texts = prompts.into_iter().filter_map(|command| match command {
            Command::Submit(text) | Command::Queue(text) => Some(text),
            _ => None,
        });
        Some(texts.collect::<Vec<_>>().join("\n\n")).filter(|text| !text.is_empty())
    }

    /// The log of the present conversation and the draft that lies beside it.
    pub(super) fn drafted(&self) -> (Option<Journal>, String) {
        (self.journal.clone(), self.draft.clone())
    }
}
