//! What a model call used, in tokens.

use serde::{Deserialize, Serialize};

/// Tokens of one model call, as the service reported them, clamped to what is possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the request, cached ones included.
    pub prompt: u64,
    /// The part of `prompt` that came from the provider's cache; never above `prompt`.
    pub cached: u64,
    /// Tokens of the reply, reasoning included.
    pub completion: u64,
    /// The part of `completion` that was reasoning; never above `completion`.
    pub reasoning: u64,
    /// The numbers were impossible (negative, not numbers, beyond 10^12) and were clamped.
    pub doubtful: bool,
}

impl Usage {
    /// Tokens of the request that had to be computed afresh.
    #[must_use]
    pub fn fresh(&self) -> u64 {
        self.prompt.saturating_sub(self.cached)
    }

    /// Adds another call's tokens to these.
    pub fn add(&mut self, other: Self) {
        self.prompt = self.prompt.saturating_add(other.prompt);
        self.cached = self.cached.saturating_add(other.cached);
        self.completion = self.completion.saturating_add(other.completion);
        self.reasoning = self.reasoning.saturating_add(other.reasoning);
        self.doubtful |= other.doubtful;
    }
}
