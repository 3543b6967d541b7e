//! A conversation of another program, whichever: what all of them have in common.

/// A conversation.
#[derive(Debug, Default, PartialEq)]
pub(in crate::journal) struct Conversation {
    /// The other program's id of it.
    pub(in crate::journal) id: String,
    /// Its working folder.
    pub(in crate::journal) folder: String,
    pub(in crate::journal) branch: Option<String>,
    /// The name that a person gave it.
    pub(in crate::journal) name: Option<String>,
    pub(in crate::journal) turns: Vec<Turn>,
    /// Lines that could not be read.
    pub(in crate::journal) n_bad: u64,
}

/// A prompt and what followed it.
#[derive(Debug, Default, PartialEq)]
pub(in crate::journal) struct Turn {
    /// Milliseconds since 1970; 0 = not known.
    pub(in crate::journal) at: i64,
    pub(in crate::journal) prompt: String,
    pub(in crate::journal) steps: Vec<Step>,
    /// A summary that the other program's model got in the place of all turns before this one.
    pub(in crate::journal) summary: Option<String>,
    /// A person stopped it.
    pub(in crate::journal) stopped: bool,
}

/// A model call.
#[derive(Debug, Default, PartialEq)]
pub(in crate::journal) struct Step {
    /// Milliseconds since 1970; 0 = not known.
    pub(in crate::journal) at: i64,
    /// The other program's key of it, if it has one; steps with the same key are one.
    pub(in crate::journal) key: String,
    pub(in crate::journal) model: String,
    pub(in crate::journal) reasoning: String,
    pub(in crate::journal) answer: String,
    pub(in crate::journal) calls: Vec<Call>,
}

/// A tool call.
#[derive(Debug, Default, PartialEq)]
pub(in crate::journal) struct Call {
    pub(in crate::journal) id: String,
    pub(in crate::journal) tool: String,
    /// Its arguments in a line or a few: a command, a path, else all of them.
    pub(in crate::journal) target: String,
    /// What came back; `None` = nothing is known.
    pub(in crate::journal) result: Option<CallResult>,
}

/// What a tool said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::journal) struct CallResult {
    pub(in crate::journal) text: String,
    pub(in crate::journal) failed: bool,
}

impl Conversation {
    /// Without what is empty; `None` when nothing is left.
    pub(super) fn settled(mut self) -> Option<Self> {
        for turn in &mut self.turns {
            turn.steps.retain(|step| !step.is_empty());
        }
        self.turns.retain(|turn| !turn.is_empty());
        (!self.turns.is_empty()).then_some(self)
    }

    /// The turn that runs; one without a prompt when the file begins in the middle.
    pub(super) fn turn(&mut self, at: i64) -> &mut Turn {
        if self.turns.is_empty() {
            self.turns.push(Turn { at, ..Turn::default() });
        }
        let last = self.turns.len() - 1;
        &mut self.turns[last]
    }

    /// Gives a call its result. One of a call that is not there is dropped.
    pub(super) fn answer(&mut self, id: &str, result: CallResult) {
        let steps = self.turns.iter_mut().rev().flat_map(|turn| turn.steps.iter_mut().rev());
        let mut calls = steps.flat_map(|step| step.calls.iter_mut());
        if let Some(call) = calls.find(|call| call.id == id && !id.is_empty()) {
            call.result.get_or_insert(result);
        }
    }
}

/// A command of the other program itself, to which no model answered.
fn is_own_command(prompt: &str) -> bool {
    prompt.starts_with('/') && !prompt.contains('\n')
}

impl Turn {
    fn is_empty(&self) -> bool {
        let unsaid = self.prompt.trim().is_empty() || is_own_command(&self.prompt);
        unsaid && self.steps.is_empty() && self.summary.is_none()
    }

    /// The step of this key, the newest; a new one when there is none.
    pub(super) fn step(&mut self, key: &str, at: i64) -> &mut Step {
        if self.steps.last().is_none_or(|step| step.key != key) {
            self.steps.push(Step { at, key: key.to_owned(), ..Step::default() });
        }
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }
}

impl Step {
    fn is_empty(&self) -> bool {
        self.reasoning.trim().is_empty() && self.answer.trim().is_empty() && self.calls.is_empty()
    }
}

/// Adds a paragraph.
pub(super) fn add(to: &mut String, text: &str) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    if !to.is_empty() {
        to.push_str("\n\n");
    }
    to.push_str(text);
}
