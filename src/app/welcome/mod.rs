//! The first screen without a key, and `/login`: choose an address, enter the key, see it tested, keep it.
//!
//! Pure. Nothing is sent anywhere before the user picks an address; a key goes to another region only
//! after a yes. The key is never part of a text that is drawn: only its last four characters are.

mod checks;
#[cfg(test)]
mod tests;
mod update;

use std::time::Duration;

use crate::{
    chat::{ModelId, Problem},
    config::{Preset, Region, Secret},
};

pub use checks::{Check, CheckState};

/// The dialog.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// Where a key was searched, in order.
    pub looked_in: Vec<String>,
    /// Where the dialog stands.
    pub stage: Stage,
    /// It was opened from a running session: leaving it goes back instead of ending.
    pub from_session: bool,
    /// What was decided; the dialog is over when this is set.
    pub outcome: Option<Outcome>,
}

/// Where the dialog stands.
#[derive(Clone, Debug)]
pub enum Stage {
    /// The choices.
    Choose,
    /// The key is typed.
    Key {
        /// The address it is for.
        preset: Preset,
        /// What was typed.
        input: String,
        /// Why the last one cannot be used.
        fault: Option<&'static str>,
    },
    /// The key is tested, or was: see [`Testing::end`].
    Test(Box<Testing>),
}

/// A key under test.
#[derive(Clone, Debug)]
pub struct Testing {
    /// The address.
    pub preset: Preset,
    /// The key.
    pub key: Secret,
    /// The rows of the checklist, in order.
    pub checks: Vec<Check>,
    /// How the test ended; `None` while it runs.
    pub end: Option<TestEnd>,
    /// The model to start with.
    pub model: Option<ModelId>,
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq)]
pub enum TestEnd {
    /// All is well: the question is where to keep the key.
    Good,
    /// The other region may know the key: asked before it is sent there.
    OtherRegion(Region),
    /// It failed.
    Bad(Problem),
}

/// What the dialog wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Test this key against this address.
    Test(Preset, Secret),
    /// Stop the running test.
    StopTest,
    /// The model need not answer: the rest of the test is enough.
    SkipModel,
}

/// What came of a test.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A row of the checklist changed.
    Check(Check),
    /// The test is over.
    End(TestEnd, Option<ModelId>),
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// In the credentials file, readable by its owner only.
    File,
    /// In memory, for this run.
    Run,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Go on with this key.
    Use {
        /// The address.
        preset: Preset,
        /// The key.
        key: Secret,
        /// Where to keep it.
        keep: Keep,
        /// The model to start with.
        model: Option<ModelId>,
    },
    /// Show the demo.
    Demo,
    /// Leave.
    Leave,
}

/// A choice of the first page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its digit.
    pub digit: char,
    /// What it is.
    pub label: &'static str,
    /// Where that leads.
    pub note: &'static str,
}

/// The choices of the first page, in order.
pub const CHOICES: [Choice; 4] = [
    Choice { digit: '1', label: "I have a GLM Coding Plan key", note: "international · api.z.ai" },
    Choice { digit: '2', label: "I have a GLM Coding Plan key", note: "China · open.bigmodel.cn" },
    Choice { digit: '3', label: "I have a pay-as-you-go key", note: "billed per token, no plan gauge" },
    Choice { digit: '4', label: "Show me first: offline demo", note: "simulated, nothing leaves this computer" },
];

/// What the plan's terms mean for this program, in plain words (docs.z.ai usage policy, read 2026-09).
pub const FAIR_USE: [&str; 2] = [
    "The Coding Plan is meant for a list of tools that Z.ai publishes. As of September 2026 glm-tui is not on it. \
     The terms threaten throttling, freezing and, after repeated breaches, a ban of the account.",
    "The pay-as-you-go address (3) has no such list. glm-tui names itself honestly and never poses as another tool.",
];

/// How long one row of the test may take.
pub const CHECK_WITHIN: Duration = Duration::from_secs(10);

impl Welcome {
    /// The dialog at its first page.
    #[must_use]
    pub fn new(looked_in: Vec<String>, from_session: bool) -> Self {
        Self { looked_in, stage: Stage::Choose, from_session, outcome: None }
    }
}

/// The host behind a preset, as the page names it.
#[must_use]
pub fn host(preset: Preset) -> &'static str {
    match preset.region() {
        Some(Region::International) => "api.z.ai",
        Some(Region::China) => "open.bigmodel.cn",
        None => "the configured server",
    }
}
