//! The script of the simulated service, as TOML. Owns the file format; refuses to know HTTP.
//!
//! ```toml
//! name = "example"
//! accept_keys = ["id.secret"]   # absent: any key, or none
//! concurrency = 2               # chat requests at once; above that 429/1302. Absent: any number
//! order = "rotate"              # replies without `when`: rotate | stay (on the last) | once (then 500)
//! obey_effort = true            # `reasoning_effort` low and high shorten the reasoning
//! unchecked = true              # requests are not validated
//!
//! [pace]                        # of every reply that has none of its own; absent: flat out
//! rate = 50                     # tokens a second, 0 = flat out
//! first_ms = 400                # before the first event (the headers go out at once)
//! pause_ms = 300                # between reasoning and answer
//! by = "token"                  # token | word | line | whole | a number of characters
//!
//! [context]                     # what an agent would send besides the messages
//! base = 90_000                 # tokens added to every prompt
//! cached_share = 0.4            # of what an earlier request carried already, 0–1
//!
//! [models]
//! ids = ["glm-5.3"]             # of GET …/models
//! strict = true                 # other ids are refused with 400/1211
//! status = 404                  # …/models answers with this status and no list
//!
//! [plan]                        # see `plan.rs`: generation, tier, windows, peak, lag, error at the cap
//! [[quota.polls]]               # see `plan.rs`: what single polls answer instead; the last one stays
//!
//! [[reply]]                     # replies, in order; one with `when` goes before the order
//! when = { says = "hello", model = "glm-5.3", tool_result = false }
//! times = 1                     # how often it is given; absent: any number
//! fail_first = 2                # refuse, fault, frame and inject hold for its first n requests only
//! reasoning = "…"               # blanks {{question}} {{model}} {{n}}; or { tokens = 50_000, of = "text" }
//! answer = "…"                  # likewise
//! pace = { rate = 200 }
//! tools = { style = "auto", call = [{ name = "read", arguments = '{"path":"a"}' }] }
//! end = { finish = "stop", model = "glm-5.3", usage = "estimate", done = true }
//! refuse = { code = "1302", retry_after = "3" }     # see `reply.rs`
//! frame = { newline = "crlf", comment_every = 3 }   # see `fault.rs`
//! fault = { reset_after = 12 }                      # see `fault.rs`
//! inject = [{ after = 3, what = "bad_json" }]       # see `fault.rs`
//! ```

mod fault;
mod plan;
mod reply;

use serde::Deserialize;

pub(crate) use fault::{Before, Encoding, Fault, Frame, Inject, Newline, Trickle, What};
pub(crate) use plan::{AuthStyle, Generation, PeakSpec, Plan, Poll, Quota, QuotaError, Tier};
pub(crate) use reply::{By, Pace, Refuse, Reply, Text, ToolStyle, UsageSpec, UsageWord};

use crate::{
    chat::{Problem, ProblemKind},
    text::Clean,
};

/// The demo's script.
const TALK: &str = include_str!("../../../assets/demo/talk.toml");

/// The coding task that the demo begins with.
const CODING: &str = include_str!("../../../assets/demo/coding.toml");

/// What the simulated service says and does. The format is described at the head of this file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    pub(crate) name: String,
    pub(crate) accept_keys: Option<Vec<String>>,
    pub(crate) concurrency: Option<usize>,
    pub(crate) order: Order,
    pub(crate) obey_effort: bool,
    pub(crate) unchecked: bool,
    pub(crate) pace: Pace,
    pub(crate) context: Context,
    pub(crate) models: Models,
    pub(crate) plan: Plan,
    pub(crate) quota: Quota,
    pub(crate) reply: Vec<Reply>,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// A problem of kind `Config` with the line, when the text is not TOML or not this format.
    pub fn parse(toml: &str) -> Result<Self, Problem> {
        toml::from_str::<Self>(toml).map_err(|e| {
            let line = e.span().map_or(1, |s| toml.get(..s.start).unwrap_or_default().matches('\n').count() + 1);
            let first = e.message().lines().next().unwrap_or_default();
            Problem::new(ProblemKind::Config, format!("scenario, line {line}: {first}"))
                .hint("compare it with assets/demo/talk.toml")
                .detail(Clean::new(&e.to_string()))
        })
    }

    /// The scenario of `--demo`.
    #[must_use]
    pub fn demo() -> Self {
        // The files are a part of the program and a test parses them.
        let mut demo = Self::parse(TALK).unwrap_or_default();
        let mut replies = Self::parse(CODING).unwrap_or_default().reply;
        replies.append(&mut demo.reply);
        Self { reply: replies, ..demo }
    }

    /// The scenario's own name; empty when it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What follows when the replies are used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// The first again.
    #[default]
    Rotate,
    /// The last again.
    Stay,
    /// A 500 that says so.
    Once,
}

/// What a request carries besides its messages.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Context {
    /// Tokens added to every prompt.
    pub(crate) base: u64,
    /// Share of the tokens that an earlier request carried and that come from the cache.
    pub(crate) cached_share: f64,
}

/// `GET …/models`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Models {
    pub(crate) ids: Vec<String>,
    pub(crate) strict: bool,
    pub(crate) status: Option<u16>,
}

impl Default for Models {
    fn default() -> Self {
        // The ids of the plan's documentation between March and October 2026.
        let ids = ["glm-5.3", "glm-5.3-flash", "glm-5.2", "glm-5", "glm-4.7", "glm-4.7-flash"];
        Self { ids: ids.map(String::from).into(), strict: false, status: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_scenarios_parse() {
        for (name, text) in [
            ("talk", TALK),
            ("flood", include_str!("../../../assets/demo/flood.toml")),
            ("faults", include_str!("../../../assets/demo/faults.toml")),
        ] {
            let scenario = Scenario::parse(text).unwrap_or_else(|p| panic!("{name}: {p:?}"));
            assert_eq!(scenario.name(), name);
            assert!(!scenario.reply.is_empty(), "{name}");
        }
        assert_eq!(Scenario::demo().name(), "talk");
        assert_eq!(Scenario::parse(super::CODING).unwrap().reply.len(), 6);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (text, line, word) in [
            ("name = 'a'\nbogus = 1\n", "line 2", "bogus"),
            ("[[reply]]\n\nfault = { reset_aftr = 1 }\n", "line 3", "reset_aftr"),
            ("name = \n", "line 1", ""),
            ("[[reply]]\nframe = { newline = 'nl' }", "line 2", "nl"),
        ] {
            let problem = Scenario::parse(text).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::Config);
            assert!(problem.what.contains(line), "{text}: {}", problem.what);
            assert!(problem.what.contains(word), "{text}: {}", problem.what);
        }
    }
}
