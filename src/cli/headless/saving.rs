//! Tells on standard error that the conversation does not reach the disk, and that it does again. The exit code stays
//! that of the turn: the answer is whole, only going on with it later is in question.

use crate::{
    chat::Saving,
    cli::exit::{complain, tell},
};

/// What was told last.
#[derive(Debug, Default)]
pub(super) struct Told {
    failing: bool,
}

impl Told {
    /// It changed, or may have.
    pub(super) fn on(&mut self, saving: &Saving) {
        match saving {
            Saving::Failing(problem) if !self.failing => {
                complain(problem);
                if let Some(detail) = &problem.detail {
                    tell(detail.as_str());
                }
            }
            Saving::Well if self.failing => tell("the conversation is saved again"),
            Saving::Failing(_) | Saving::Well => {}
        }
        self.failing = matches!(saving, Saving::Failing(_));
    }
}
