//! A picked reply becomes the steps of its stream, made one by one: a reply of 50,000 tokens is never
//! in memory as a whole. Pure; waits are steps, nothing here sleeps.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::{
    ask::Ask,
    chunk::{self, Head, Said, Tokens},
    frame::Framer,
    ids,
    pieces::{self, Pieces},
    scenario::{By, Inject, Pace, Reply, ToolStyle, UsageSpec, UsageWord},
    speech::Speech,
};
use crate::quota::Timestamp;

/// Characters of a piece of tool arguments.
const ARGUMENT_PIECE: usize = 6;

/// What a stream does next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// An event of the reply, worth so many tokens.
    Event(Bytes, u64),
    /// Bytes that a scenario put in; they do not count.
    Extra(Bytes),
    /// Nothing for a while.
    Pause(Duration),
    /// All text is out: the reply is charged now, so that a poll after its end sees it.
    Settle,
}

/// The steps of a stream.
pub(super) type Steps = Box<dyn Iterator<Item = Step> + Send>;

/// An event before it is written: its JSON and its tokens.
type Events = Box<dyn Iterator<Item = (String, u64)> + Send>;

/// Outer facts that a script needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// The how-manieth reply it is, from 1.
    pub(super) n: u64,
    /// When it begins.
    pub(super) at: Timestamp,
    /// Tokens of the request.
    pub(super) prompt: u64,
    /// Those of them that are in the cache.
    pub(super) cached: u64,
    pub(super) pace: Pace,
    /// `reasoning_effort` shortens the reasoning.
    pub(super) obey_effort: bool,
}

/// A reply, ready to be said.
#[derive(Clone, Debug)]
pub(super) struct Script {
    reply: Reply,
    head: Head,
    reasoning: Speech,
    answer: Speech,
    pace: Pace,
    calls: Vec<ReadyCall>,
    style: ToolStyle,
    tokens: Tokens,
    request_id: String,
}

/// A tool call with its id and place.
#[derive(Clone, Debug)]
struct ReadyCall {
    id: String,
    index: u64,
    name: String,
    arguments: String,
}

impl Script {
    /// The script of `reply` to `ask`.
    pub(super) fn new(reply: Reply, ask: &Ask, setting: Setting) -> Self {
        let Setting { n, at, pace, .. } = setting;
        let mut reasoning = Speech::new(&reply.reasoning, ask, n);
        if !ask.thinks {
            reasoning = Speech::default();
        } else if setting.obey_effort {
            reasoning.shorten(ask.effort.as_deref());
        }
        let answer = Speech::new(&reply.answer, ask, n);
        let calls = (0..)
            .zip(&reply.tools.call)
            .map(|(i, call)| ReadyCall {
                id: call.id.clone().unwrap_or_else(|| ids::call(n, i)),
                index: call.index.unwrap_or(i),
                name: call.name.clone(),
                arguments: call.arguments.clone(),
            })
            .collect();
        let style = match reply.tools.style {
            ToolStyle::Auto if ask.tool_stream => ToolStyle::Pieces,
            ToolStyle::Auto => ToolStyle::Whole,
            other => other,
        };
        let id = ids::reply(at, n);
        let request_id = ask.request_id.clone().unwrap_or_else(|| id.clone());
        let model = reply.end.model.clone().unwrap_or_else(|| ask.model.clone());
        let head = Head { id, created: at.as_second(), model, two_choices: reply.frame.two_choices };
        let mut script =
            Self { reply, head, reasoning, answer, pace, calls, style, tokens: Tokens::default(), request_id };
        script.tokens = script.counted(setting);
        script
    }

    /// What the reply uses.
    pub(super) fn tokens(&self) -> Tokens {
        self.tokens
    }

    /// The model that serves it.
    pub(super) fn model(&self) -> &str {
        &self.head.model
    }

    /// The reply as one JSON object.
    pub(super) fn whole(&self) -> Value {
        let calls = self.calls.iter().map(|c| chunk::call(&c.id, c.index, &c.name, &c.arguments)).collect();
        self.head.whole(
            Said {
                reasoning: &self.reasoning.whole(),
                answer: &self.answer.whole(),
                calls,
                finish: self.finish(),
                request_id: &self.request_id,
            },
            chunk::usage(self.reply.end.usage, self.tokens),
        )
    }

    /// The steps of its stream.
    pub(super) fn steps(&self) -> Steps {
        let first = self.once(self.reply.inject.clone());
        if self.reply.frame.again { Box::new(first.chain(self.once(Vec::new()))) } else { first }
    }

    fn once(&self, inject: Vec<Inject>) -> Steps {
        let head = self.head.clone();
        let mut framer = Framer::new(&self.reply.frame);
        let mut write = move |(json, tokens): (String, u64)| Step::Event(framer.event(&json), tokens);
        let pause = Duration::from_millis(self.pace.pause_ms);
        // One writer for all events, so that the mark and the count of events run through.
        let tagged = tagged(self.reasoning_events())
            .chain(std::iter::once(Tagged::Pause(pause)))
            .chain(tagged(self.answer_events()))
            .chain(tagged(self.tool_events()))
            .chain(std::iter::once(Tagged::Settle))
            .chain(tagged(self.last_events()));
        let steps = tagged.map(move |t| match t {
            Tagged::Event(event) => write(event),
            Tagged::Pause(pause) => Step::Pause(pause),
            Tagged::Settle => Step::Settle,
        });
        if inject.is_empty() { Box::new(steps) } else { Box::new(injected(steps, inject, &self.reply, head)) }
    }

    fn reasoning_events(&self) -> Events {
        let head = self.head.clone();
        let by = self.pace.by;
        Box::new(self.reasoning.pieces(by).map(move |p| (head.reasoning(&p), worth(by, &p))))
    }

    fn answer_events(&self) -> Events {
        let head = self.head.clone();
        let by = self.pace.by;
        Box::new(self.answer.pieces(by).map(move |p| (head.answer(&p), worth(by, &p))))
    }

    fn tool_events(&self) -> Events {
        let head = self.head.clone();
        if self.style == ToolStyle::Whole {
            let calls = self.calls.clone().into_iter();
            return Box::new(calls.map(move |c| {
                let tokens = pieces::count(&c.name) + pieces::count(&c.arguments);
                (head.tool(chunk::call(&c.id, c.index, &c.name, &c.arguments)), tokens)
            }));
        }
        let opening = |c: &ReadyCall| (chunk::call(&c.id, c.index, &c.name, ""), pieces::count(&c.name));
        let more = |c: &ReadyCall| -> Vec<(Value, u64)> {
            Pieces::new(c.arguments.as_str().into(), By::Chars(ARGUMENT_PIECE))
                .map(|p| (chunk::call_more(c.index, &p), pieces::count(&p)))
                .collect()
        };
        let mut deltas: Vec<(Value, u64)> = Vec::new();
        if self.style == ToolStyle::Interleaved {
            deltas.extend(self.calls.iter().rev().map(opening));
            let rest: Vec<Vec<(Value, u64)>> = self.calls.iter().rev().map(more).collect();
            let longest = rest.iter().map(Vec::len).max().unwrap_or_default();
            deltas.extend((0..longest).flat_map(|i| rest.iter().filter_map(move |r| r.get(i).cloned())));
        } else {
            for call in &self.calls {
                deltas.push(opening(call));
                deltas.extend(more(call));
            }
        }
        Box::new(deltas.into_iter().map(move |(delta, tokens)| (head.tool(delta), tokens)))
    }

    fn last_events(&self) -> Events {
        let end = &self.reply.end;
        let usage = chunk::usage(end.usage, self.tokens);
        let mut events = Vec::new();
        if matches!(end.usage, UsageSpec::Word(UsageWord::Separate)) {
            events.push(self.head.last(self.finish(), None));
            events.extend(usage.map(|u| self.head.usage_only(u)));
        } else {
            events.push(self.head.last(self.finish(), usage));
        }
        if end.done {
            events.push("[DONE]".to_owned());
        }
        Box::new(events.into_iter().map(|json| (json, 0)))
    }

    fn finish(&self) -> Option<&str> {
        match self.reply.end.finish.as_deref() {
            Some("none") => None,
            Some(word) => Some(word),
            None if self.calls.is_empty() => Some("stop"),
            None => Some("tool_calls"),
        }
    }

    fn counted(&self, setting: Setting) -> Tokens {
        let reasoning = self.reasoning.count();
        let calls: u64 = self.calls.iter().map(|c| pieces::count(&c.name) + pieces::count(&c.arguments)).sum();
        let mut tokens = Tokens {
            prompt: setting.prompt,
            cached: setting.cached.min(setting.prompt),
            completion: reasoning + self.answer.count() + calls,
            reasoning,
        };
        if let UsageSpec::Numbers { prompt, cached, completion, reasoning } = self.reply.end.usage {
            tokens.prompt = prompt.unwrap_or(tokens.prompt);
            tokens.cached = cached.unwrap_or(tokens.cached);
            tokens.completion = completion.unwrap_or(tokens.completion);
            tokens.reasoning = reasoning.unwrap_or(tokens.reasoning);
        }
        tokens
    }
}

enum Tagged {
    Event((String, u64)),
    Pause(Duration),
    Settle,
}

fn tagged(events: Events) -> impl Iterator<Item = Tagged> + Send {
    events.map(Tagged::Event)
}

/// Tokens of a piece: one when it was cut as one.
fn worth(by: By, piece: &str) -> u64 {
    if by == By::Token { 1 } else { pieces::count(piece) }
}

/// Puts what a scenario asks for behind the events it names.
fn injected(
    mut steps: impl Iterator<Item = Step> + Send + 'static,
    mut inject: Vec<Inject>,
    reply: &Reply,
    head: Head,
) -> impl Iterator<Item = Step> + Send + 'static {
    inject.sort_by_key(|i| i.after);
    let framer = Framer::new(&reply.frame);
    let mut waiting = inject.into_iter().peekable();
    let (mut n_events, mut left) = (0u64, 0u64);
    let mut bytes = Bytes::new();
    std::iter::from_fn(move || {
        if left == 0
            && let Some(next) = waiting.next_if(|i| i.after <= n_events)
        {
            left = next.count;
            bytes = framer.injected(&next, &head);
        }
        if left > 0 {
            left -= 1;
            return Some(Step::Extra(bytes.clone()));
        }
        let step = steps.next();
        n_events += u64::from(matches!(step, Some(Step::Event(..))));
        step
    })
}
