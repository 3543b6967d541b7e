//! One sentence and one next step for every code of the service (docs/ZAI.md §10). Refuses to know statuses,
//! transports and retries.

use super::{context::Context, error::Error, times};
use crate::{
    chat::{Problem, ProblemKind},
    config::Region,
};

/// The words for `code`; `None` for a code that is not on the service's list.
pub(super) fn by_code(error: &Error, code: &str, ctx: &Context<'_>) -> Option<Problem> {
    key(error, code, ctx)
        .or_else(|| plan(error, code, ctx))
        .or_else(|| window(error, code, ctx))
        .or_else(|| busy(error, code, ctx))
        .or_else(|| request(error, code, ctx))
}

/// The key and the account behind it.
fn key(error: &Error, code: &str, ctx: &Context<'_>) -> Option<Problem> {
    let host = &error.host;
    let auth = |what: String| Problem::new(ProblemKind::Auth, what);
    Some(match code {
        "1000" => auth(format!("{host} could not check this key")).hint_with(login(ctx), "/login"),
        "1001" => auth(format!("{host} got no key")).hint_with("enter a key", "/login"),
        "1002" => auth(format!("{host} does not know this key")).hint_with(login(ctx), "/login"),
        "1003" => auth(format!("the key has expired at {host}")).hint_with(login(ctx), "/login"),
        "1004" => auth(format!("{host} could not verify this key")).hint_with(login(ctx), "/login"),
        "1005" => auth(format!("{host} wants a second factor for this account"))
            .hint("log in on the website once, then try again"),
        "1110" => auth("the account is not active".into()).hint("activate it on the website"),
        "1111" => auth("the account does not exist".into()).hint_with(login(ctx), "/login"),
        "1112" => auth("the account is locked".into()).hint("ask the service's support to unlock it"),
        "1120" => Problem::new(ProblemKind::Provider, format!("{host} cannot reach the account right now"))
            .hint_with("try again", "r"),
        "1121" => auth("the account is blocked for a violation of the terms".into())
            .hint("ask the service's support; nothing is sent until then"),
        _ => return None,
    })
}

/// What pays for the call.
fn plan(error: &Error, code: &str, ctx: &Context<'_>) -> Option<Problem> {
    let quota = |what: String| Problem::new(ProblemKind::Quota, what);
    let model = ctx.model;
    Some(match code {
        "1113" if ctx.preset.is_metered() => quota("this address bills per token and the balance is empty".into())
            .hint_with("switch to the Coding Plan address", "/login"),
        "1113" if ctx.preset.is_plan() => {
            quota("the plan does not pay for this: no plan on this key, or a fault of the service".into())
                .hint("check the plan on the website; pay-as-you-go is never used by itself")
                .hint_with("or enter another key", "/login")
        }
        "1113" => quota("the balance is empty".into()).hint("top it up, or use another address"),
        "1309" => no_plan(),
        "1311" => quota(format!("the plan does not include {model}")).hint_with("use another model", "F2"),
        "1220" => quota(format!("this key may not use {model}")).hint_with("use another model", "F2"),
        "1313" => quota("fair use: the service has slowed this account down, so nothing more is sent by itself".into())
            .hint("stop other tools on this key and appeal on the website: submit a request"),
        "1314" => quota("the enterprise plan is no longer valid".into()).hint("ask its administrator"),
        "1315" => quota("this key is for enterprise coding only".into()).hint_with("enter another key", "/login"),
        "500" if error.is_no_plan() => no_plan(),
        _ => return None,
    })
}

/// A window is used up: first of all, when it starts anew.
fn window(error: &Error, code: &str, ctx: &Context<'_>) -> Option<Problem> {
    let (what, hint) = match code {
        "1308" => (format!("{} quota used up; you are not charged", window_name(&error.message)), "wait until then"),
        "1310" => ("weekly or monthly quota used up".to_owned(), "wait until then, or use another key"),
        "1316" => ("5-hour quota used up and the main account has no balance".to_owned(), "wait until then"),
        "1317" => ("7-day quota used up and the main account has no balance".to_owned(), "wait until then"),
        "1318" => {
            ("5-hour quota used up and this seat's monthly limit too".to_owned(), "wait, or ask the administrator")
        }
        "1319" => {
            ("7-day quota used up and this seat's monthly limit too".to_owned(), "wait, or ask the administrator")
        }
        "1320" => {
            ("5-hour quota used up and the company's monthly limit too".to_owned(), "wait, or ask the administrator")
        }
        "1321" => {
            ("7-day quota used up and the company's monthly limit too".to_owned(), "wait, or ask the administrator")
        }
        _ => return None,
    };
    let what = match error.reset_at(ctx.now) {
        Some(at) => format!("{}: {what}", times::resets(at, ctx.now, &ctx.zone)),
        None => format!("reset time unknown: {what}"),
    };
    Some(Problem::new(ProblemKind::Quota, what).hint(hint).hint_with("see the windows", "/usage"))
}

/// `5-hour` of `Usage limit reached for 5 hour.`
fn window_name(message: &str) -> String {
    let hours: String = message
        .split_once("reached for ")
        .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).take(3).collect())
        .unwrap_or_default();
    if hours.is_empty() { "5-hour".into() } else { format!("{hours}-hour") }
}

/// Too many at once, too many altogether, a fault for a moment.
fn busy(error: &Error, code: &str, ctx: &Context<'_>) -> Option<Problem> {
    let (host, model) = (&error.host, ctx.model);
    let busy = |what: String| Problem::new(ProblemKind::Provider, what);
    Some(match code {
        "1302" => busy("too many requests at once on this plan (another tool?)".into())
            .hint_with("it clears in seconds; try again now", "r"),
        "1303" => busy(format!("{host} is asked too often by this key")).hint_with("try again in a while", "r"),
        "1304" => busy("today's number of calls is used up".into()).hint("go on tomorrow, or use another key"),
        "1305" => busy(format!("{model} is overloaded"))
            .hint_with("use another model", "F2")
            .hint_with("try again", "r")
            .hint("if it never gets through, the service may be refusing the content"),
        "1312" => busy(format!("{model} is overloaded; the service suggests: {}", error.message))
            .hint_with("use another model", "F2"),
        "1200" => busy(format!("the call failed inside {host}")).hint_with("try again", "r"),
        "1230" => busy(format!("{host} failed while it worked on the call")).hint_with("try again", "r"),
        "1231" => busy(format!("{host} took the call for one it has seen already")).hint_with("try again", "r"),
        "1234" => busy(format!("{host} has a network fault inside")).hint_with("try again", "r"),
        "network_error" => busy(format!("{host} lost {model} in the middle of the reply")).hint_with("try again", "r"),
        _ => return None,
    })
}

/// The request itself.
fn request(error: &Error, code: &str, ctx: &Context<'_>) -> Option<Problem> {
    let (said, model) = (&error.message, ctx.model);
    let bug = |what: String| Problem::new(ProblemKind::Provider, what);
    let omit = "if the address is not Z.ai's, leave the field out with omit_fields in the config";
    Some(match code {
        "1210" => bug(format!("the service refuses a parameter: {said}")).hint(omit),
        "1211" => Problem::new(ProblemKind::User, format!("the service does not know the model {model}"))
            .hint_with("choose another model", "F2"),
        "1212" => bug(format!("{model} cannot be called this way: {said}")).hint_with("choose another model", "F2"),
        "1213" => bug(format!("the service misses a parameter: {said}")).hint(omit),
        "1214" => bug(format!("the service finds a parameter invalid: {said}")).hint(omit),
        "1215" => bug(format!("two parameters exclude each other: {said}")).hint(omit),
        "1221" => bug(format!("this interface of the service was retired: {said}")).hint("update glm-tui"),
        "1222" => bug(format!("the service has no such interface: {said}")).hint("check the base URL"),
        "1261" | "context_length_exceeded" => {
            Problem::new(ProblemKind::User, format!("the conversation no longer fits {model}"))
                .hint_with("start a new session", "/new")
                .hint_with("or use a model with a larger window", "F2")
        }
        "1300" => {
            bug("the service's policy stopped this call".into()).hint("change the prompt; a retry would not help")
        }
        "1301" => bug("the service finds the content unsafe".into()).hint("change the prompt; a retry would not help"),
        _ => return None,
    })
}

/// What to do about a refused key, by the region that was asked.
pub(super) fn login(ctx: &Context<'_>) -> String {
    match ctx.preset.region() {
        Some(Region::International) => "enter another key; a key of bigmodel.cn works only there".into(),
        Some(Region::China) => "enter another key; a key of z.ai works only there".into(),
        None => "enter another key".into(),
    }
}

/// The key works, nothing pays for it.
pub(super) fn no_plan() -> Problem {
    Problem::new(ProblemKind::Quota, "the key works but has no Coding Plan, or the plan has expired")
        .hint("renew the plan at z.ai/subscribe")
        .hint_with("or use the key pay-as-you-go (billed)", "/login")
}
