//! Errors in the words that a person reads: what happened, what to do. Owns one sentence and one next step
//! for every code of the service; refuses to decide whether to retry.

use std::time::Duration;

use super::{
    code_words::{self, login, no_plan},
    context::Context,
    error::{Error, ErrorKind, RetryClass},
    retry, times,
};
use crate::{
    chat::{Hint, Problem, ProblemKind},
    text::Clean,
};

impl Error {
    /// The error as it is shown. When a window is used up, its reset time comes first, since a row is cut at
    /// its end.
    #[must_use]
    pub fn problem(&self, ctx: &Context<'_>) -> Problem {
        let problem = match self.kind {
            ErrorKind::Status => self.status_problem(ctx),
            _ => self.transport_problem(ctx),
        };
        let problem = match self.retry_after {
            Some(asked) if asked > retry::LONGEST_ASKED && !matches!(self.class(), RetryClass::UsedUp(_)) => {
                self.later(problem, asked, ctx)
            }
            _ => problem,
        };
        let problem = problem.detail(self.detail());
        match (&self.code, self.status) {
            (Some(code), _) => problem.code(Clean::new(code).as_str()),
            (None, Some(status @ 400..)) => problem.code(status.to_string()),
            (None, _) => problem,
        }
    }

    fn status_problem(&self, ctx: &Context<'_>) -> Problem {
        if let Some(problem) = self.code.as_deref().and_then(|code| code_words::by_code(self, code, ctx)) {
            return problem;
        }
        let (host, said) = (&self.host, &self.message);
        match self.status {
            _ if self.is_bad_key() => Problem::new(ProblemKind::Auth, format!("{host} does not accept this key"))
                .hint_with(login(ctx), "/login"),
            _ if self.is_no_plan() => no_plan(),
            Some(403) => Problem::new(ProblemKind::Auth, format!("{host} forbids this: {said}"))
                .hint("check what the key and its plan allow")
                .hint_with("choose another model", "F2"),
            Some(404) => Problem::new(ProblemKind::Config, format!("{host} knows no such address (404): {said}"))
                .hint("check the base URL: /chat/completions is added to it"),
            Some(413) => Problem::new(ProblemKind::User, format!("the request is too large for {host} (413)"))
                .hint_with("start a new session", "/new"),
            Some(429) => Problem::new(ProblemKind::Provider, format!("{host} is asked too often (429 without a code)"))
                .hint_with("try again now", "r"),
            Some(status @ 500..=599) => {
                Problem::new(ProblemKind::Provider, format!("{host} has a fault of its own ({status}): {said}"))
                    .hint_with("try again", "r")
            }
            Some(status @ 400..=499) => {
                Problem::new(ProblemKind::Provider, format!("{host} refuses the request ({status}): {said}"))
                    .hint("the raw answer is in the details")
            }
            _ => Problem::new(ProblemKind::Provider, format!("{host} broke off: {said}")).hint_with("try again", "r"),
        }
    }

    fn transport_problem(&self, ctx: &Context<'_>) -> Problem {
        let (host, said) = (&self.host, &self.message);
        let proxy = if ctx.proxy_configured { "a proxy is set" } else { "no proxy is set (HTTPS_PROXY)" };
        let network = |what: String| Problem::new(ProblemKind::Network, what);
        match self.kind {
            ErrorKind::Dns => network(format!("cannot reach {host}: name not found; {proxy}"))
                .hint_with("check the network, then try again", "r"),
            ErrorKind::Connect => network(format!("cannot reach {host}: {said}; {proxy}")).hint_with("try again", "r"),
            ErrorKind::ConnectTimeout => network(format!("cannot reach {host}: {said}; {proxy}"))
                .hint_with("check the network, then try again", "r"),
            ErrorKind::Tls => network(format!("no secure connection to {host}: {said}"))
                .hint("check the clock and what stands between this computer and the service"),
            ErrorKind::Proxy if self.status == Some(407) => {
                network(format!("{} refuses us (407): {said}", proxy_name(host)))
                    .hint("put name and password into HTTPS_PROXY")
            }
            ErrorKind::Proxy => network(format!("{} does not work: {said}", proxy_name(host)))
                .hint("check HTTPS_PROXY, or name the host in NO_PROXY"),
            ErrorKind::Cut => network(format!("the reply of {host} was cut: {said}")).hint_with("try again", "r"),
            ErrorKind::Silent => network(format!("{host} fell silent: {said}")).hint_with("try again", "r"),
            ErrorKind::Redirect => network(format!("not followed: {said}"))
                .hint("a login page of the network, or a wrong base URL; the key was not sent on"),
            ErrorKind::NotAnAnswer => network(format!("{host} sent no answer but this: {said}"))
                .hint("a login page of the network, or a wrong base URL"),
            ErrorKind::Refused | ErrorKind::Status => {
                Problem::new(ProblemKind::Config, format!("nothing was sent: {said}"))
                    .hint_with("set another address or key", "/login")
            }
        }
    }

    /// The service asks for more patience than a program should have unasked.
    fn later(&self, mut problem: Problem, asked: Duration, ctx: &Context<'_>) -> Problem {
        let until = ctx.now.checked_add(asked).ok().filter(|_| asked < Duration::from_secs(35 * 86_400));
        let until = until.map_or_else(String::new, |at| {
            format!(", until {}", at.to_zoned(ctx.zone.clone()).strftime("%Y-%m-%d %H:%M"))
        });
        problem.what = format!("{} asks to wait {}{until}: {}", self.host, times::span(asked), problem.what);
        problem.hints.insert(0, Hint { what: "try again then".into(), with: Some("r") });
        problem
    }

    fn detail(&self) -> Clean {
        let status = self.status.map_or_else(String::new, |status| format!("HTTP {status} "));
        let code = self.code.as_deref().map_or_else(String::new, |code| format!("code {code} "));
        Clean::new(&format!("{status}{code}from {}: {}", self.host, self.message))
    }
}

/// `the proxy 10.0.0.1:3128`, or what is known of it.
fn proxy_name(host: &str) -> String {
    if host.parse::<std::net::SocketAddr>().is_ok() { format!("the proxy {host}") } else { "the proxy".to_owned() }
}
