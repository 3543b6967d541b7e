//! What came of a call: what the model is told and what a person sees.

use serde::{Deserialize, Serialize};

use crate::{
    chat::{Detail, Image, PermissionMode, PlanItem, RunEnd},
    text::Clean,
};

/// Why a call cannot be done, for the model: what is wrong and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal(pub String);

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    pub end: RunEnd,
    /// What the model is told; bounded by the tool.
    pub to_model: String,
    /// Pictures for a model with eyes.
    pub images: Vec<Image>,
    /// A few words for the row.
    pub summary: Clean,
    /// What the row opens to.
    pub detail: Detail,
    /// The plan, if the call changed it.
    pub plan: Option<Vec<PlanItem>>,
    /// The permission mode, if the call changed it.
    pub mode: Option<PermissionMode>,
}

impl Outcome {
    /// An outcome with its text and nothing else.
    #[must_use]
    pub fn new(end: RunEnd, to_model: impl Into<String>, summary: Clean) -> Self {
        Self {
            end,
            to_model: to_model.into(),
            images: Vec::new(),
            summary,
            detail: Detail::None,
            plan: None,
            mode: None,
        }
    }

    /// A failure; the row opens to what the model was told.
    #[must_use]
    pub fn failed(refusal: Refusal, summary: Clean) -> Self {
        let detail = Detail::Text(Clean::new(&refusal.0));
        Self { detail, ..Self::new(RunEnd::Failed, refusal.0, summary) }
    }
}
