//! From the calls of a reply to runs: ids, names and arguments made fit for the history.
//!
//! What cannot be understood is never run and never sent back to the service: the history holds `{}` in its
//! place and the result quotes what the model wrote (charmbracelet/crush#1237: broken arguments in the history
//! make every later request fail).

use super::{
    Machine, State,
    calling::Calling,
    run::Run,
    working::{About, MANY, Working},
};
use crate::{
    agent::effect::Effect,
    chat::{CallId, Finish, RunId, ToolCall},
    glm,
    quota::Now,
};

/// The most bytes that the arguments of one call may have. No model writes as much in one reply.
const MOST_ARGUMENTS: usize = 1 << 20;

/// What a result quotes of arguments that cannot be used: their first and their last bytes.
const QUOTED: (usize, usize) = (1_500, 500);

/// The longest tool name that the service takes back.
const LONGEST_NAME: usize = 64;

impl Machine {
    /// The calls of this reply may be run: the reply is complete and tools were offered.
    pub(super) fn may_run(&self, calling: &Calling, finish: &Finish) -> bool {
        let withheld = matches!(finish, Finish::Sensitive | Finish::ContextFull);
        !calling.reply.calls.is_empty() && !self.tools.is_empty() && !withheld
    }

    /// Takes the calls of a reply.
    pub(super) fn take_calls(&mut self, mut calling: Calling, finish: &Finish, now: Now) -> Vec<Effect> {
        let calls = std::mem::take(&mut calling.reply.calls);
        let (mut runs, mut recorded): (Vec<Run>, Vec<ToolCall>) = (Vec::new(), Vec::new());
        for call in calls {
            let run = RunId(self.next_run());
            let id = fresh_id(call.id, run, &recorded);
            let read = read(&call.arguments, finish);
            let arguments = read.as_deref().unwrap_or("{}").to_owned();
            recorded.push(ToolCall { id: id.clone(), name: legal_name(&call.name), arguments: arguments.clone() });
            runs.push(Run::new(run, ToolCall { id, name: call.name, arguments }, read.err()));
        }
        self.conversation.answer(&calling.reply.reasoning, &calling.reply.answer, recorded);
        calling.turn.touched = true;
        let n_calls = runs.len();
        if n_calls > MANY && !self.settings.caps.interactive {
            for run in runs.iter_mut().skip(MANY) {
                run.refuse(format!("not run: at most {MANY} calls in one message; make the rest in the next one"));
            }
        }
        self.state = State::Working(Box::new(Working::new(calling.turn, runs)));
        if n_calls > MANY && self.settings.caps.interactive {
            return self.ask_own(About::Many(n_calls));
        }
        self.plan_all(now)
    }

    pub(super) fn next_run(&mut self) -> u64 {
        self.last_run += 1;
        self.last_run
    }
}

/// The id, unless it is missing or taken.
fn fresh_id(id: CallId, run: RunId, before: &[ToolCall]) -> CallId {
    let is_free = |id: &CallId| !id.0.is_empty() && before.iter().all(|call| call.id != *id);
    if is_free(&id) {
        return id;
    }
    let minted = CallId(format!("call_{}", run.0));
    if is_free(&minted) { minted } else { CallId(format!("call_{}_{}", run.0, before.len())) }
}

/// The arguments as JSON, or why they are none, for the model.
fn read(arguments: &str, finish: &Finish) -> Result<String, String> {
    if *finish == Finish::Length {
        let why = "not run: your reply reached the output limit before it was complete; \
                   make fewer or smaller calls in one message";
        return Err(quote(why, arguments));
    }
    if arguments.len() > MOST_ARGUMENTS {
        return Err(quote("not run: the arguments are larger than 1 MiB", arguments));
    }
    match glm::mend_arguments(arguments) {
        Ok((mended, _)) => Ok(mended),
        Err(why) => Err(quote(&format!("not run: {why}"), arguments)),
    }
}

fn quote(why: &str, arguments: &str) -> String {
    let (head, tail) = QUOTED;
    let quoted = if arguments.len() <= head + tail {
        arguments.to_owned()
    } else {
        let (from, to) = (arguments.floor_char_boundary(head), arguments.ceil_char_boundary(arguments.len() - tail));
        format!("{}\n… {} bytes …\n{}", &arguments[..from], to - from, &arguments[to..])
    };
    format!("{why}\nYou wrote:\n{quoted}")
}

/// The name as the service takes it back (letters, digits, `_` and `-`, at most 64: the rule of its API).
fn legal_name(name: &str) -> String {
    let legal = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name: String = name.chars().filter(legal).take(LONGEST_NAME).collect();
    if name.is_empty() { "unnamed".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_names_legal() {
        let call = |id: &str| ToolCall { id: CallId(id.into()), name: String::new(), arguments: String::new() };
        let before = [call("a"), call("call_9")];
        for (id, want) in [("b", "b"), ("", "call_7"), ("a", "call_7")] {
            assert_eq!(fresh_id(CallId(id.into()), RunId(7), &before).0, want);
        }
        assert_eq!(fresh_id(CallId::default(), RunId(9), &before).0, "call_9_2");
        assert_eq!(legal_name("re\u{1b}[1mad<x>"), "re1madx");
        assert_eq!((legal_name("").as_str(), legal_name(&"é".repeat(9)).as_str()), ("unnamed", "unnamed"));
    }

    #[test]
    fn broken_arguments_are_quoted_and_bounded() {
        let long = "é".repeat(9_000);
        let why = read(&long, &Finish::ToolCalls).unwrap_err();
        assert!(why.starts_with("not run: ") && why.contains("You wrote:\né"), "{why}");
        assert!(why.len() < 3_000, "{}", why.len());
        assert!(read(&format!("\"{}\"", "x".repeat(10 << 20)), &Finish::ToolCalls).unwrap_err().len() < 3_000);
        assert!(read("{}", &Finish::Length).unwrap_err().contains("output limit"));
        assert_eq!(read("", &Finish::ToolCalls).as_deref(), Ok("{}"));
        assert_eq!(read("{\"a\": 1}", &Finish::Stop).as_deref(), Ok("{\"a\": 1}"));
    }
}
