//! What a run without a screen brought: also the object that `--output-format json` prints.

use std::time::Duration;

use serde::Serialize;

use crate::chat::{Event, Finish, ModelId, Problem, TurnEnd, Usage};

/// What a run brought so far.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Outcome {
    pub(super) is_error: bool,
    /// The text of the last step: what the model said in the end.
    pub(super) result: String,
    pub(super) reasoning: String,
    pub(super) model: Option<ModelId>,
    /// Model calls.
    pub(super) num_turns: u32,
    /// Tool calls.
    pub(super) num_tools: u32,
    pub(super) duration_ms: u64,
    pub(super) usage: Option<Usage>,
    pub(super) credits: Option<f64>,
    pub(super) session_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) structured_output: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    /// When a used up window starts anew, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resets_at: Option<String>,
    #[serde(skip)]
    pub(super) problem: Option<Problem>,
    /// Where the running step began in `result` and in `reasoning`.
    #[serde(skip)]
    step_at: (usize, usize),
    /// The last step asked for tools: what it said was not the end.
    #[serde(skip)]
    went_on: bool,
}

impl Outcome {
    /// Nothing yet, in this session.
    pub(super) fn of(session: &str) -> Self {
        Self { session_id: session.to_owned(), ..Self::default() }
    }

    /// Takes one event; true when a turn is over.
    pub(super) fn on(&mut self, event: &Event) -> bool {
        match event {
            Event::StepStarted { model, .. } => {
                self.model = Some(model.clone());
                self.num_turns += 1;
                if std::mem::take(&mut self.went_on) {
                    self.result.clear();
                    self.reasoning.clear();
                    self.step_at = (0, 0);
                }
            }
            Event::RunQueued(_) => self.num_tools += 1,
            Event::Answer { text, .. } => self.result.push_str(text.as_str()),
            Event::Reasoning { text, .. } => self.reasoning.push_str(text.as_str()),
            Event::StepReset { .. } => {
                self.result.truncate(self.step_at.0);
                self.reasoning.truncate(self.step_at.1);
            }
            Event::StepEnded { usage, credits, finish, .. } => {
                if let Some(usage) = usage {
                    self.usage.get_or_insert_default().add(*usage);
                }
                if let Some(credits) = credits {
                    *self.credits.get_or_insert_default() += credits;
                }
                self.step_at = (self.result.len(), self.reasoning.len());
                self.went_on = *finish == Finish::ToolCalls;
            }
            Event::TurnEnded { end, .. } => {
                if let TurnEnd::Failed { problem, .. } = end {
                    self.fail(problem.clone());
                }
                return true;
            }
            _ => {}
        }
        false
    }

    /// It failed in this way.
    pub(super) fn fail(&mut self, problem: Problem) {
        self.is_error = true;
        self.error = Some(problem.what.clone());
        self.code.clone_from(&problem.code);
        self.problem = Some(problem);
    }

    /// The next prompt of the same run begins: what the last one said is printed already.
    pub(super) fn begin(&mut self) {
        let (session_id, model) = (std::mem::take(&mut self.session_id), self.model.take());
        *self = Self { model, session_id, ..Self::default() };
    }

    /// It took this long.
    pub(super) fn took(&mut self, time: Duration) {
        self.duration_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    }

    /// The word of the result line.
    pub(super) fn subtype(&self) -> &'static str {
        match self.code.as_deref() {
            _ if !self.is_error => "success",
            Some("limit:turns") => "error_max_turns",
            Some("limit:credits" | "limit:wall") => "error_budget",
            _ => "error_during_execution",
        }
    }
}
