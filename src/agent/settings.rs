//! What may change between two calls of a session: model, thinking, effort, what the plan refused.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    chat::{Effort, Event, ModelCard, ModelId, PermissionMode},
    config::{Catalogue, Config, Limits, ModelSpec, Preset, ThinkingControl},
    quota::{PeakRule, TimeZone},
};

/// What one turn may use up before it is ended; `None` = no limit of ours.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Caps {
    /// A person is there to answer; without one a question is a refusal.
    pub interactive: bool,
    /// Someone watches the quota, the models and the sandbox, so they are asked for unbidden.
    pub watched: bool,
    /// Model calls.
    pub max_steps: Option<u32>,
    /// Time from the prompt on.
    pub max_wall: Option<Duration>,
    /// Credits of the plan, as far as the model's factors are known.
    pub max_credits: Option<f64>,
}

impl Default for Caps {
    fn default() -> Self {
        Self { interactive: true, watched: true, max_steps: None, max_wall: None, max_credits: None }
    }
}

/// The settings of the next call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// The model.
    pub model: ModelId,
    /// Ask it to think.
    pub thinking: bool,
    /// The grade of reasoning; `None` = the model's default.
    pub effort: Option<Effort>,
    /// The ring, for stepping to another model when the plan refuses one.
    pub ring: Vec<ModelId>,
    /// What is known of models.
    pub catalogue: Catalogue,
    /// Models that the plan refused, with its words.
    pub refused: BTreeMap<ModelId, String>,
    /// Waits and caps.
    pub limits: Limits,
    /// The address, for the words of errors.
    pub preset: Preset,
    /// The local zone, for reset times.
    #[serde(with = "zone")]
    pub zone: TimeZone,
    /// A proxy is set in the environment, for the words of errors.
    pub proxied: bool,
    /// How much may be done without asking.
    pub mode: PermissionMode,
    /// What one turn may use up.
    pub caps: Caps,
}

/// A zone by its name, where it has one.
mod zone {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::quota::TimeZone;

    pub(super) fn serialize<S: Serializer>(zone: &TimeZone, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(zone.iana_name().unwrap_or("UTC"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TimeZone, D::Error> {
        let name = String::deserialize(from)?;
        Ok(TimeZone::get(&name).unwrap_or(TimeZone::UTC))
    }
}

impl Settings {
    /// The settings that the config begins with.
    #[must_use]
    pub fn new(config: &Config, zone: TimeZone, proxied: bool) -> Self {
        Self {
            model: config.model.clone(),
            thinking: config.thinking,
            effort: config.effort,
            ring: config.ring.clone(),
            catalogue: config.catalogue.clone(),
            refused: BTreeMap::new(),
            limits: config.limits,
            preset: config.endpoint.as_ref().map_or(Preset::Custom, |e| e.preset),
            zone,
            proxied,
            mode: config.permissions.mode,
            caps: Caps::default(),
        }
    }

    /// Another address: what the old one refused says nothing of it.
    pub(super) fn move_to(&mut self, config: &Config) {
        self.preset = config.endpoint.as_ref().map_or(Preset::Custom, |e| e.preset);
        self.model = config.model.clone();
        self.refused.clear();
    }

    /// What is known of the model of the next call.
    #[must_use]
    pub fn spec(&self) -> ModelSpec {
        self.catalogue.spec(&self.model)
    }

    /// The grade that the next call asks for: the wish, if the model has that grade.
    #[must_use]
    pub fn effort_for(&self, spec: &ModelSpec) -> Option<Effort> {
        self.effort.filter(|e| spec.efforts.contains(e))
    }

    /// The next model of the ring that the plan has not refused, other than the present one.
    #[must_use]
    pub fn other_in_ring(&self) -> Option<ModelId> {
        self.ring.iter().find(|id| **id != self.model && !self.refused.contains_key(*id)).cloned()
    }

    /// The rule of peak hours.
    #[must_use]
    pub fn peak(&self) -> Option<&PeakRule> {
        self.catalogue.peak.as_ref()
    }

    /// The event that tells model, thinking and effort.
    #[must_use]
    pub fn model_event(&self) -> Event {
        Event::Model { id: self.model.clone(), thinking: self.thinking, effort: self.effort_for(&self.spec()) }
    }

    /// The event that lists the models: the ring first, then the rest of the catalogue.
    #[must_use]
    pub fn models_event(&self) -> Event {
        let known = self.catalogue.models.iter().map(|m| &m.id);
        let mut ids: Vec<&ModelId> = Vec::new();
        for id in std::iter::once(&self.model).chain(&self.ring).chain(known) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Event::Models(ids.into_iter().map(|id| self.card(id)).collect())
    }

    fn card(&self, id: &ModelId) -> ModelCard {
        let spec = self.catalogue.spec(id);
        ModelCard {
            id: id.clone(),
            context: spec.context,
            can_rest: spec.thinking != ThinkingControl::Always,
            price: spec.factors.map(|f| f.input),
            efforts: spec.efforts,
            vision: spec.vision,
            refused: self.refused.get(id).cloned(),
        }
    }
}
