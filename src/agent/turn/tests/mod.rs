//! Tables: inputs → what a front end and the service see.

mod calls;
mod questions;
mod stops;
mod text;

use std::time::{Duration, Instant};

use super::Machine;
use crate::{
    agent::{
        effect::{Call, Effect, Input},
        settings::{Caps, Settings},
    },
    chat::{
        Ask, AskBody, CallId, Command, Event, Finish, PermissionMode, Reply, Role, RunEnd, RunId, RunKind, StepId,
        ToolCall, ToolSpec, TurnEnd,
    },
    config::{Catalogue, Limits, Preset},
    glm::{Delta, Error, ErrorKind},
    quota::{Now, TimeZone, Timestamp},
    text::Clean,
    tools::{Access, Check, Outcome, Planned},
};

struct Bench {
    machine: Machine,
    now: Now,
    call: u64,
}

impl Bench {
    fn new() -> Self {
        let settings = Settings {
            model: "glm-4.7".into(),
            thinking: true,
            effort: None,
            ring: vec!["glm-4.7".into(), "glm-5".into()],
            catalogue: Catalogue::default(),
            refused: std::collections::BTreeMap::new(),
            limits: Limits::default(),
            preset: Preset::CodingIntl,
            zone: TimeZone::UTC,
            proxied: false,
            mode: PermissionMode::Ask,
            caps: Caps::default(),
        };
        #[expect(clippy::disallowed_methods, reason = "any instant will do as the test's zero")]
        let now = Now { instant: Instant::now(), wall: Timestamp::UNIX_EPOCH };
        Self { machine: Machine::new(settings), now, call: 0 }
    }

    fn on(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.machine.on(input, self.now);
        if let Some(call) = opened(&effects) {
            self.call = call.number;
        }
        effects
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        self.on(Input::Command(command))
    }

    fn ask(&mut self, prompt: &str) -> Vec<Effect> {
        self.command(Command::Submit(prompt.into()))
    }

    fn deltas(&mut self, deltas: Vec<Delta>) -> Vec<Effect> {
        self.on(Input::Deltas(self.call, deltas))
    }

    fn says(&mut self, text: &str) -> Vec<Effect> {
        self.deltas(vec![Delta::Answer(text.into())])
    }

    fn ends(&mut self) -> Vec<Effect> {
        self.deltas(vec![Delta::End { finish: Finish::Stop, usage: None, model: None }])
    }

    fn fails(&mut self, kind: ErrorKind, code: Option<&str>) -> Vec<Effect> {
        let status = (kind == ErrorKind::Status).then_some(429);
        let error = Error {
            kind,
            status,
            code: code.map(Into::into),
            message: "it failed".into(),
            retry_after: None,
            host: "api.z.ai".into(),
        };
        self.on(Input::Failed { call: self.call, error, jitter: 0.5 })
    }

    /// A machine with tools.
    fn equipped() -> Self {
        let mut bench = Self::new();
        let tool = |name: &str| ToolSpec { name: name.into(), description: String::new(), parameters: "{}".into() };
        bench.machine.equip(["read", "write", "bash"].map(tool).into());
        bench
    }

    /// A turn whose first reply asks for these calls (id, name, arguments).
    fn calls(&mut self, calls: &[(&str, &str, &str)]) -> Vec<Effect> {
        self.ask("go");
        self.calls_again(calls)
    }

    /// The reply asks for these calls.
    fn calls_again(&mut self, calls: &[(&str, &str, &str)]) -> Vec<Effect> {
        let call = |(id, name, arguments): &(&str, &str, &str)| {
            Delta::Call(ToolCall { id: CallId((*id).into()), name: (*name).into(), arguments: (*arguments).into() })
        };
        let mut deltas: Vec<Delta> = calls.iter().map(call).collect();
        deltas.push(Delta::End { finish: Finish::ToolCalls, usage: None, model: None });
        self.deltas(deltas)
    }

    fn planned(&mut self, run: u64, access: Access) -> Vec<Effect> {
        let kind = if access == Access::WritesAny { RunKind::Command } else { RunKind::Explore };
        let planned = Planned {
            tool: "read",
            kind,
            verb: "Read",
            target: Clean::trusted("a file"),
            access,
            args: serde_json::Value::Null,
        };
        self.on(Input::Planned { run: RunId(run), result: Ok(planned) })
    }

    fn checked(&mut self, run: u64, check: Check) -> Vec<Effect> {
        self.on(Input::Checked { run: RunId(run), check })
    }

    /// The policy wants a person to decide; these rules could be granted.
    fn asks(&mut self, run: u64, session: Option<&'static str>) -> Vec<Effect> {
        self.asks_with(run, AskBody::Plain(Clean::default()), session)
    }

    fn asks_with(&mut self, run: u64, body: AskBody, session: Option<&'static str>) -> Vec<Effect> {
        let ask = Ask {
            run: RunId(run),
            step: StepId::default(),
            title: Clean::trusted("write a file"),
            notes: Vec::new(),
            body,
            place: Clean::default(),
            reason: None,
            session: session.map(Clean::trusted),
            always: None,
        };
        self.checked(run, Check::Ask(Box::new(ask)))
    }

    fn answers(&mut self, run: u64, reply: Reply) -> Vec<Effect> {
        self.command(Command::Answer { run: RunId(run), reply })
    }

    fn ran(&mut self, run: u64, text: &str) -> Vec<Effect> {
        let outcome = Box::new(Outcome::new(RunEnd::Ok, text, Clean::trusted("done")));
        self.on(Input::Ran { run: RunId(run), outcome, took: Duration::from_secs(1) })
    }

    /// Reads, checks and runs a call that nothing holds up.
    fn does(&mut self, run: u64, text: &str) -> Vec<Effect> {
        self.planned(run, Access::Nothing);
        self.checked(run, Check::Go);
        self.ran(run, text)
    }

    fn wait(&mut self) -> Vec<Effect> {
        let at = self.machine.deadline().expect("something waits");
        self.now.instant = at;
        self.on(Input::Wake)
    }
}

fn opened(effects: &[Effect]) -> Option<&Call> {
    effects.iter().find_map(|e| if let Effect::Open(call) = e { Some(&**call) } else { None })
}

fn events(effects: &[Effect]) -> Vec<&Event> {
    effects.iter().filter_map(|e| if let Effect::Emit(event) = e { Some(event) } else { None }).collect()
}

fn end_of(effects: &[Effect]) -> Option<TurnEnd> {
    events(effects)
        .into_iter()
        .find_map(|e| if let Event::TurnEnded { end, .. } = e { Some(end.clone()) } else { None })
}

fn said(call: &Call) -> Vec<(Role, &str)> {
    call.messages.iter().skip(1).map(|m| (m.role, m.content.as_str())).collect()
}

/// The runs of effects of one sort, in order.
fn runs(effects: &[Effect], of: fn(&Effect) -> Option<RunId>) -> Vec<u64> {
    effects.iter().filter_map(of).map(|run| run.0).collect()
}

fn planning(effects: &[Effect]) -> Vec<u64> {
    runs(effects, |e| if let Effect::Plan { run, .. } = e { Some(*run) } else { None })
}

fn checking(effects: &[Effect]) -> Vec<u64> {
    runs(effects, |e| if let Effect::Check { run, .. } = e { Some(*run) } else { None })
}

fn running(effects: &[Effect]) -> Vec<u64> {
    runs(effects, |e| if let Effect::Run { run, .. } = e { Some(*run) } else { None })
}

fn asked(effects: &[Effect]) -> Vec<u64> {
    runs(effects, |e| if let Effect::Emit(Event::Asked(ask)) = e { Some(ask.run) } else { None })
}

fn ended(effects: &[Effect]) -> Vec<(u64, RunEnd)> {
    let of = |e: &&Event| if let Event::RunEnded { run, report } = e { Some((run.0, report.end)) } else { None };
    events(effects).iter().filter_map(of).collect()
}

/// The results in a request: the id that each answers and its text.
fn results(call: &Call) -> Vec<(&str, &str)> {
    let of = |m: &'_ crate::chat::Message| m.role == Role::Tool;
    call.messages
        .iter()
        .filter(|m| of(m))
        .map(|m| (m.answers.as_ref().map_or("", |id| id.0.as_str()), m.content.as_str()))
        .collect()
}
