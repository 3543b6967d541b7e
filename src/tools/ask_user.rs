//! The tool `ask_user`: a question to the person, with answers to choose from. The answer is all it does.

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Access, Bench, Outcome, Planned, Refusal, schema,
    tool::{Permit, Proposal, Tool, Work},
};
use crate::{
    chat::{AskBody, Choice, Detail, Reply, RunEnd, RunKind, ToolSpec},
    guard::Need,
    text::Clean,
};

/// Answers that fit a dialog.
const OPTIONS: usize = 9;
/// Characters of a question: longer ones belong into the answer before it.
const QUESTION: usize = 2000;
/// Characters of an option.
const OPTION: usize = 200;

/// The tool.
pub(super) struct AskUser;

#[derive(Deserialize, JsonSchema)]
struct Args {
    question: String,
    /// 2 to 9 short answers; the person may also write one.
    #[serde(default)]
    options: Vec<String>,
    /// Several may be chosen.
    #[serde(default)]
    many: bool,
}

fn read(args: Value) -> Result<Args, Refusal> {
    let args: Args = schema::args(args)?;
    let n = args.options.len();
    if args.question.trim().is_empty() {
        return Err(Refusal("the question is empty".into()));
    }
    if args.question.chars().count() > QUESTION {
        return Err(Refusal(format!("the question has more than {QUESTION} characters; ask in fewer words")));
    }
    if n > OPTIONS {
        return Err(Refusal(format!("{n} options are too many: at most {OPTIONS}")));
    }
    if args.options.iter().any(|option| option.trim().is_empty() || option.chars().count() > OPTION) {
        return Err(Refusal(format!("an option is empty or has more than {OPTION} characters")));
    }
    Ok(args)
}

impl Tool for AskUser {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("ask_user", include_str!("../../assets/tools/ask_user.md"))
    }

    fn plan(&self, args: Value, _bench: &Bench) -> Result<Planned, Refusal> {
        let target = Clean::strict(read(args.clone())?.question.trim());
        Ok(Planned { tool: "ask_user", kind: RunKind::Question, verb: "Ask", target, access: Access::Nothing, args })
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        if !bench.options.interactive {
            return Err(Refusal("nobody can be asked; decide yourself and say so in your answer".into()));
        }
        let args = read(planned.args.clone())?;
        let choice = |option: &String| Choice { label: Clean::strict(option.trim()), about: Clean::default() };
        let body = AskBody::Question {
            question: Clean::new(args.question.trim()),
            options: args.options.iter().map(choice).collect(),
            many: args.many && !args.options.is_empty(),
        };
        Ok(Proposal { need: Need::Person, title: Clean::trusted("a question"), body, reason: None })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            match read(work.planned.args) {
                Ok(args) => answered(&args, &work.permit),
                Err(why) => Outcome::failed(why, Clean::trusted("refused")),
            }
        })
    }
}

/// The person's answer as the tool's result.
fn answered(args: &Args, permit: &Permit) -> Outcome {
    let Permit::Given(Reply::Chosen { picks, text }) = permit else {
        let why = Refusal("the person gave no answer; decide yourself and say so".into());
        return Outcome::failed(why, Clean::trusted("no answer"));
    };
    let mut parts: Vec<&str> =
        picks.iter().filter_map(|&pick| args.options.get(pick)).map(|text| text.trim()).collect();
    parts.extend(text.as_deref().map(str::trim).filter(|text| !text.is_empty()));
    if parts.is_empty() {
        let why = Refusal("the person chose nothing; decide yourself and say so".into());
        return Outcome::failed(why, Clean::trusted("no answer"));
    }
    let answer = parts.join("\n");
    let detail = Detail::Text(Clean::new(&answer));
    Outcome { detail, ..Outcome::new(RunEnd::Ok, format!("The person answered: {answer}"), Clean::strict(parts[0])) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{answered, read};
    use crate::{
        chat::{Reply, RunEnd},
        tools::Permit,
    };

    #[test]
    fn the_answer_is_the_result() {
        let args = read(json!({"question": "Which?", "options": ["red", "blue"], "many": "true"})).unwrap();
        let cases = [
            (vec![1], None, RunEnd::Ok, "The person answered: blue"),
            (vec![0, 1, 9], None, RunEnd::Ok, "The person answered: red\nblue"),
            (vec![], Some(" green "), RunEnd::Ok, "The person answered: green"),
            (vec![0], Some("but dark"), RunEnd::Ok, "The person answered: red\nbut dark"),
            (vec![], Some("  "), RunEnd::Failed, "the person chose nothing; decide yourself and say so"),
        ];
        for (picks, text, end, told) in cases {
            let reply = Reply::Chosen { picks, text: text.map(str::to_owned) };
            let outcome = answered(&args, &Permit::Given(reply));
            assert_eq!((outcome.end, outcome.to_model.as_str()), (end, told));
        }
        assert_eq!(answered(&args, &Permit::Unasked).end, RunEnd::Failed);
    }

    #[test]
    fn a_question_that_fits_no_dialog_is_refused() {
        let long = "x".repeat(2001);
        let cases = [
            json!({"question": " "}),
            json!({"question": long}),
            json!({"question": "a", "options": vec!["b"; 10]}),
            json!({"question": "a", "options": [""]}),
            json!({"question": "a", "options": [{"label": "b"}]}),
        ];
        for case in cases {
            assert!(read(case.clone()).is_err(), "{case}");
        }
    }
}
