//! The model ring, thinking and effort: what a key asks for, and what it says about the price.

use super::{App, Effect, Now, update::Effects};
use crate::chat::{Command, Effort, ModelCard, ModelId};

/// Prices this near count as the same.
const SAME: f64 = 0.05;

/// Simple fractions that a price difference is told in.
const FRACTIONS: [(f64, &str); 7] = [
    (0.1, "a tenth"),
    (0.25, "1/4"),
    (1.0 / 3.0, "1/3"),
    (0.5, "half"),
    (2.0 / 3.0, "2/3"),
    (0.75, "3/4"),
    (0.9, "nine tenths"),
];

impl App {
    /// The card of a model, if it is known.
    #[must_use]
    pub fn card(&self, id: &ModelId) -> Option<&ModelCard> {
        self.status.models.iter().find(|card| card.id == *id)
    }

    /// The next model of the ring that the plan has not refused.
    pub(super) fn cycle_model(&mut self, by: isize, now: Now, out: &mut Effects) {
        let ring = &self.status.ring;
        let len = ring.len();
        let here = ring.iter().position(|id| *id == self.status.model);
        let from = match (here, by > 0) {
            (Some(at), _) => at,
            // A model from outside the ring: the first or the last of the ring is next.
            (None, true) => len.wrapping_sub(1),
            (None, false) => 0,
        };
        let free = |id: &ModelId| self.card(id).is_none_or(|card| card.refused.is_none());
        let step = |n: usize| if by > 0 { (from + n) % len } else { (from + len * 2 - n) % len };
        let next = (1..=len).map(|n| &ring[step(n)]).find(|id| free(id) && **id != self.status.model).cloned();
        match next {
            Some(id) => self.set_model(id, now, out),
            None => self.say("the ring has no other model that your plan takes", now),
        }
    }

    /// Asks for a model from the next call on, and says what changes. The draft and the turn stay.
    pub(super) fn set_model(&mut self, id: ModelId, now: Now, out: &mut Effects) {
        let change = self.price_change(&id).map(|words| format!(" · {words}")).unwrap_or_default();
        self.say(format!("next: {id}{change}"), now);
        // Shown at once, so that a second press goes on from here; the agent's event confirms it.
        self.status.model = id.clone();
        out.push(Effect::Send(Command::SetModel(id)));
    }

    /// What a change to this model does to the price, in a few words.
    #[must_use]
    pub fn price_change(&self, to: &ModelId) -> Option<String> {
        let old = self.card(&self.status.model)?.price.filter(|price| *price > 0.0)?;
        let new = self.card(to)?.price?;
        let less = 1.0 - new / old;
        Some(match less {
            less if less.abs() < SAME => "same credits".to_owned(),
            less if less >= 0.95 => "almost no credits".to_owned(),
            less if less > 0.0 => format!("about {} fewer credits", fraction(less)),
            less if less > -0.95 => format!("about {} more credits", fraction(-less)),
            less => format!("about {:.1} times the credits", 1.0 - less),
        })
    }

    pub(super) fn set_thinking(&mut self, on: bool, now: Now, out: &mut Effects) {
        let model = self.status.model.clone();
        if !on && self.card(&model).is_some_and(|card| !card.can_rest) {
            self.say(format!("{model} always thinks"), now);
            return;
        }
        self.status.thinking = on;
        self.say(if on { "thinking: on from the next call" } else { "thinking: off from the next call" }, now);
        out.push(Effect::Send(Command::SetThinking(on)));
    }

    /// A grade up or down from the one in force; the model's default is its highest.
    pub(super) fn step_effort(&mut self, by: isize, now: Now, out: &mut Effects) {
        let efforts = self.efforts();
        if efforts.is_empty() {
            self.say(format!("{} has no grades of effort", self.status.model), now);
            return;
        }
        let here = self.status.effort.and_then(|effort| efforts.iter().position(|e| *e == effort));
        let at = here.unwrap_or(efforts.len() - 1);
        match at.checked_add_signed(by).and_then(|to| efforts.get(to)) {
            Some(effort) => self.set_effort(*effort, now, out),
            None => self.say(format!("effort: {} is the end of the scale", efforts[at].as_str()), now),
        }
    }

    pub(super) fn set_effort(&mut self, effort: Effort, now: Now, out: &mut Effects) {
        if !self.efforts().contains(&effort) {
            let efforts: Vec<&str> = self.efforts().iter().map(|effort| effort.as_str()).collect();
            let model = &self.status.model;
            let text = if efforts.is_empty() {
                format!("{model} has no grades of effort")
            } else {
                format!("{model} takes effort {}", efforts.join(", "))
            };
            self.warn(text, now);
            return;
        }
        self.status.effort = Some(effort);
        self.say(format!("effort: {} from the next call", effort.as_str()), now);
        out.push(Effect::Send(Command::SetEffort(Some(effort))));
    }

    fn efforts(&self) -> Vec<Effort> {
        self.card(&self.status.model).map(|card| card.efforts.clone()).unwrap_or_default()
    }
}

/// The simple fraction nearest to a share of 0–1.
fn fraction(share: f64) -> &'static str {
    let off = |(value, _): &&(f64, &str)| (value - share).abs();
    FRACTIONS.iter().min_by(|a, b| off(a).total_cmp(&off(b))).map_or("", |(_, words)| words)
}
