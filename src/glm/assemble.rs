//! Chunks to deltas: what a reply is after each of them. Owns the order of a reply (text, calls, end) and
//! what comes too late; refuses to know bytes and hosts.

use std::mem;

use serde_json::value::RawValue;

use super::{
    calls::Calls,
    leak::Leak,
    offer::Offer,
    repair::{Stretch, Unmark},
    request::Delta,
    wire::{self, Choice, Chunk, Piece, Text},
};
use crate::chat::{Finish, ModelId, Usage};

/// The reason with which the service ends a reply whose inference broke (docs/ZAI.md §3).
pub(super) const BROKE: &str = "network_error";

/// The reply so far.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    /// Template markers are taken out of the answer.
    unmark: Option<Unmark>,
    offer: Offer,
    /// Calls that leak into the answer.
    answer: Leak,
    /// Calls that leak into the reasoning; all of it is text as well.
    reasoning: Leak,
    calls: Calls,
    /// The calls came out of the text.
    recovered: bool,
    finish_reason: Option<String>,
    usage: Option<Usage>,
    raw_usage: Option<Box<RawValue>>,
    model: Option<ModelId>,
    n_other_choices: u32,
    n_late: u32,
}

impl Assembler {
    /// An assembler for a reply of which this is expected.
    pub(super) fn new(expect: Expect) -> Self {
        let unmark = matches!(expect.markers, Markers::Remove).then(Unmark::default);
        let leak = || Leak::new(expect.offer.clone());
        Self { unmark, answer: leak(), reasoning: leak(), offer: expect.offer, ..Self::default() }
    }

    /// The service said why the reply ends.
    pub(super) fn is_finished(&self) -> bool {
        self.finish_reason.is_some()
    }

    /// Why the reply ended, in the service's word.
    pub(super) fn finish_reason(&self) -> Option<&str> {
        self.finish_reason.as_deref()
    }

    /// What the reply used, in the service's JSON.
    pub(super) fn raw_usage(&self) -> Option<&RawValue> {
        self.raw_usage.as_deref()
    }

    /// Takes a chunk.
    pub(super) fn push(&mut self, chunk: &Chunk<'_>, out: &mut Vec<Delta>) {
        if self.model.is_none() && !chunk.model.0.is_empty() {
            self.model = Some(ModelId::from(&*chunk.model.0));
        }
        if let Some(raw) = chunk.usage
            && let Some(usage) = wire::usage(raw)
            && (self.n_late == 0 || self.usage.is_none())
        {
            self.usage = Some(usage);
            self.raw_usage = Some(raw.to_owned());
        }
        for choice in chunk.choices.iter().flatten() {
            match choice {
                None => out.push(Delta::Repaired("an empty choice was skipped")),
                Some(choice) if choice.index.number().unwrap_or(0) != 0 => {
                    self.n_other_choices += 1;
                    if self.n_other_choices == 1 {
                        out.push(Delta::Repaired("a second choice was ignored"));
                    }
                }
                Some(choice) => self.choice(choice, out),
            }
        }
    }

    fn choice(&mut self, choice: &Choice<'_>, out: &mut Vec<Delta>) {
        let piece = choice.delta.as_ref().or(choice.message.as_ref());
        if self.is_finished() {
            let is_more = piece.is_some_and(|piece| !piece.is_empty());
            if is_more {
                self.n_late += 1;
                if self.n_late == 1 {
                    out.push(Delta::Repaired("text after the end was ignored"));
                }
            }
            return;
        }
        if let Some(piece) = piece {
            self.piece(piece, out);
        }
        if !choice.finish_reason.0.is_empty() {
            self.finish_reason = Some(choice.finish_reason.0.chars().take(64).collect());
            self.close(out);
        }
    }

    fn piece(&mut self, piece: &Piece<'_>, out: &mut Vec<Delta>) {
        self.push_reasoning(piece.any_reasoning(), out);
        match &mut self.unmark {
            Some(unmark) => {
                let stretches = unmark.push(&piece.content.0);
                self.push_stretches(stretches, out);
            }
            None => self.push_answer(&piece.content.0, out),
        }
        for call in piece.tool_calls.iter().flatten() {
            match call {
                Some(call) => self.calls.push(call),
                None => out.push(Delta::Repaired("an empty tool call was skipped")),
            }
        }
    }

    /// The text is over: what was held back and the calls come out.
    fn close(&mut self, out: &mut Vec<Delta>) {
        if let Some(mut unmark) = self.unmark.take() {
            let (held, n_removed) = unmark.finish();
            self.push_stretches(held, out);
            if n_removed > 0 {
                out.push(Delta::Repaired("markers of the model's template were removed"));
            }
        }
        add(out, Delta::Answer(self.answer.finish()));
        let leaked = self.answer.take_calls();
        if !leaked.is_empty() {
            out.push(Delta::Repaired("a tool call was recovered from the answer's text"));
        }
        self.recovered |= !leaked.is_empty();
        out.extend(leaked.into_iter().map(Delta::Call));
        let (calls, repaired) = self.calls.take(&self.offer);
        out.extend(repaired.into_iter().map(Delta::Repaired));
        let thought = self.reasoning.take_calls();
        if calls.is_empty() && !self.recovered && !thought.is_empty() {
            self.recovered = true;
            out.push(Delta::Repaired("a tool call was recovered from the reasoning"));
            out.extend(thought.into_iter().map(Delta::Call));
        }
        out.extend(calls.into_iter().map(Delta::Call));
    }

    fn push_reasoning(&mut self, text: &str, out: &mut Vec<Delta>) {
        self.reasoning.push(text);
        add(out, Delta::Reasoning(text.to_owned()));
    }

    fn push_answer(&mut self, text: &str, out: &mut Vec<Delta>) {
        let text = self.answer.push(text);
        add(out, Delta::Answer(text));
    }

    fn push_stretches(&mut self, stretches: Vec<Stretch>, out: &mut Vec<Delta>) {
        for stretch in stretches {
            if stretch.is_reasoning {
                self.push_reasoning(&stretch.text, out);
            } else {
                self.push_answer(&stretch.text, out);
            }
        }
    }

    /// The stream is over. `[DONE]` without a reason still ends a reply.
    pub(super) fn end(&mut self, out: &mut Vec<Delta>) {
        let has_calls = !self.calls.is_empty();
        if !self.is_finished() {
            self.close(out);
            out.push(Delta::Repaired("the reply ended without a reason"));
        }
        let finish = match self.finish_reason() {
            Some("stop") if self.recovered => Finish::ToolCalls,
            Some(reason) => finish(reason),
            None if has_calls || self.recovered => Finish::ToolCalls,
            None => Finish::Stop,
        };
        out.push(Delta::End { finish, usage: self.usage, model: mem::take(&mut self.model) });
    }

    /// The stream was cut: the text that was held back still belongs to the reply, its calls do not.
    pub(super) fn cut(&mut self, out: &mut Vec<Delta>) {
        if let Some(mut unmark) = self.unmark.take() {
            let held = unmark.finish().0;
            self.push_stretches(held, out);
        }
        add(out, Delta::Answer(self.answer.finish()));
    }
}

/// What is expected of a reply.
#[derive(Clone, Debug, Default)]
pub(super) struct Expect {
    /// What becomes of template markers.
    pub(super) markers: Markers,
    /// The tools that may be called.
    pub(super) offer: Offer,
}

/// What becomes of the markers of a model's template in its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Markers {
    /// Taken out: a vision model leaves them.
    Remove,
    #[default]
    /// Kept: they are what the model wants to say.
    Keep,
}

impl Piece<'_> {
    fn any_reasoning(&self) -> &str {
        let Text(first) = &self.reasoning_content;
        if first.is_empty() { &self.reasoning.0 } else { first }
    }

    fn is_empty(&self) -> bool {
        self.any_reasoning().is_empty()
            && self.content.0.is_empty()
            && self.tool_calls.as_ref().is_none_or(Vec::is_empty)
    }
}

fn finish(reason: &str) -> Finish {
    match reason {
        "stop" => Finish::Stop,
        "tool_calls" | "function_call" => Finish::ToolCalls,
        "length" | "max_tokens" => Finish::Length,
        "sensitive" | "content_filter" => Finish::Sensitive,
        "model_context_window_exceeded" => Finish::ContextFull,
        other => Finish::Other(other.to_owned()),
    }
}

/// Adds text, joined to the text of the same kind before it.
fn add(out: &mut Vec<Delta>, delta: Delta) {
    match (out.last_mut(), delta) {
        (_, Delta::Reasoning(text) | Delta::Answer(text)) if text.is_empty() => {}
        (Some(Delta::Reasoning(last)), Delta::Reasoning(text)) | (Some(Delta::Answer(last)), Delta::Answer(text)) => {
            last.push_str(&text);
        }
        (_, delta) => out.push(delta),
    }
}
