//! The models that this version knows: dated data from `assets/models.toml`, united with the config.
//! An id that is not in here is never refused.

use serde::{Deserialize, Serialize};

use crate::{
    chat::{Effort, ModelId},
    quota::{Factors, MoneyPrice, PeakRule},
};

/// How a model's thinking can be steered (fields `thinking` and `reasoning_effort`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThinkingControl {
    /// `thinking.type` is `enabled` or `disabled`.
    Toggle,
    /// It always thinks; `disabled` would be refused.
    Always,
    /// Unknown model: send `thinking` only when the user asked.
    Unknown,
}

/// What is known of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelSpec {
    /// The id to send.
    pub id: ModelId,
    /// Context window in tokens.
    pub context: Option<u64>,
    /// The most tokens that one reply may have (`max_tokens`), reasoning included.
    pub max_output: Option<u64>,
    /// How its thinking is steered.
    pub thinking: ThinkingControl,
    /// The grades that `reasoning_effort` takes; empty = the field is not sent.
    pub efforts: Vec<Effort>,
    /// Images are taken.
    pub vision: bool,
    /// Credits per 10,000 tokens.
    pub factors: Option<Factors>,
    /// Metered price.
    pub price: Option<MoneyPrice>,
    /// The plan serves this id by another model.
    pub served_by: Option<ModelId>,
}

impl ModelSpec {
    /// A model of which only the id is known.
    #[must_use]
    pub fn unknown(id: ModelId) -> Self {
        Self {
            id,
            context: None,
            max_output: None,
            thinking: ThinkingControl::Unknown,
            efforts: Vec::new(),
            vision: false,
            factors: None,
            price: None,
            served_by: None,
        }
    }
}

/// All known models and the rule of peak hours.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// The models, in the order of the file.
    pub models: Vec<ModelSpec>,
    /// The peak rule in force.
    pub peak: Option<PeakRule>,
    /// The date of the data, `yyyy-mm-dd`.
    pub dated: String,
    /// What the tiers of the credit plan allow.
    pub plans: Vec<Allowance>,
}

/// What a tier of the credit plan allows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Allowance {
    /// The tier as the service names it, in lower case: `lite`, `pro`, `max`.
    pub name: String,
    /// Credits per five hours.
    pub five_hour: f64,
    /// Credits per week.
    pub week: f64,
}

impl Catalogue {
    /// What is known of `id`; an empty specification for an unknown one.
    #[must_use]
    pub fn spec(&self, id: &ModelId) -> ModelSpec {
        self.models.iter().find(|m| m.id == *id).cloned().unwrap_or_else(|| ModelSpec::unknown(id.clone()))
    }

    /// What a tier allows; the name in any case.
    #[must_use]
    pub fn allowance(&self, tier: &str) -> Option<&Allowance> {
        self.plans.iter().find(|plan| plan.name.eq_ignore_ascii_case(tier))
    }

    /// Adds the models that the service lists. Drops none: its list is no list of what a plan may use
    /// (on 2026-08-15 it lacked a model that the plan served).
    pub fn unite(&mut self, listed: &[ModelId]) {
        for id in listed {
            if !self.models.iter().any(|model| model.id == *id) {
                self.models.push(ModelSpec::unknown(id.clone()));
            }
        }
    }
}
