//! `--print`: one prompt, one answer, no screen. The same agent and the same events as the screen.

use std::{
    io::{IsTerminal, Read},
    time::Duration,
};

use serde::Serialize;
use tokio::sync::mpsc;

use super::{
    args::OutputFormat,
    exit::{Exit, complain, print},
    start::client,
};
use crate::{
    agent::{Agent, Machine, Settings, Sinks},
    chat::{Command, Event, ModelId, Problem, ProblemKind, TurnEnd, Usage},
    config::Config,
    quota::TimeZone,
};

/// The longest prompt that is read from standard input: far above any model's window.
const STDIN_BYTES: u64 = 16 * 1024 * 1024;

/// How long the agent may take to end.
const END_WITHIN: Duration = Duration::from_secs(2);

/// What a turn brought; also the object that `--output-format json` prints.
#[derive(Debug, Default, Serialize)]
pub(super) struct Outcome {
    is_error: bool,
    result: String,
    reasoning: String,
    model: Option<ModelId>,
    usage: Option<Usage>,
    credits: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip)]
    problem: Option<Problem>,
    /// Where the running step began in `result` and in `reasoning`.
    #[serde(skip)]
    step_at: (usize, usize),
}

impl Outcome {
    /// Takes one event; true when the turn is over.
    fn on(&mut self, event: Event) -> bool {
        match event {
            Event::StepStarted { model, .. } => self.model = Some(model),
            Event::Answer { text, .. } => self.result.push_str(text.as_str()),
            Event::Reasoning { text, .. } => self.reasoning.push_str(text.as_str()),
            Event::StepReset { .. } => {
                self.result.truncate(self.step_at.0);
                self.reasoning.truncate(self.step_at.1);
            }
            Event::StepEnded { usage, credits, .. } => {
                if let Some(usage) = usage {
                    self.usage.get_or_insert_default().add(usage);
                }
                if let Some(credits) = credits {
                    *self.credits.get_or_insert_default() += credits;
                }
                self.step_at = (self.result.len(), self.reasoning.len());
            }
            Event::TurnEnded { end, .. } => {
                if let TurnEnd::Failed { problem, .. } = end {
                    self.is_error = true;
                    self.error = Some(problem.what.clone());
                    self.code.clone_from(&problem.code);
                    self.problem = Some(problem);
                }
                return true;
            }
            _ => {}
        }
        false
    }
}

/// How long a pipe that says nothing is waited for when there is a prompt already: a parent that leaves its
/// pipe open must not hang us.
const PIPE_WITHIN: Duration = Duration::from_secs(3);

/// The prompt: the words of the command line, standard input for `-` or a pipe.
///
/// # Errors
/// When there is no prompt, or standard input is not UTF-8.
pub(super) fn prompt(words: &[String]) -> Result<String, Problem> {
    let typed = words.join(" ");
    let typed = typed.trim();
    let piped = match typed {
        "" | "-" => read_stdin().recv().unwrap_or_else(|_| Ok(String::new())),
        _ if std::io::stdin().is_terminal() => Ok(String::new()),
        _ => read_stdin().recv_timeout(PIPE_WITHIN).unwrap_or_else(|_| Ok(String::new())),
    };
    let piped = piped.map_err(|error| {
        Problem::new(ProblemKind::User, format!("standard input cannot be read as text: {error}"))
            .hint("pipe UTF-8 text")
    })?;
    let typed = if typed == "-" { "" } else { typed };
    let prompt = match (typed.is_empty(), piped.trim().is_empty()) {
        (false, false) => format!("{typed}\n\n{piped}"),
        (false, true) => typed.to_owned(),
        (true, _) => piped,
    };
    if prompt.trim().is_empty() {
        return Err(Problem::new(ProblemKind::User, "there is no prompt")
            .hint("glm-tui --print \"your question\", or pipe one in"));
    }
    Ok(prompt)
}

/// Reads standard input to its end on a thread of its own, so that the wait for it can be bounded.
fn read_stdin() -> std::sync::mpsc::Receiver<std::io::Result<String>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = std::io::stdin().lock().take(STDIN_BYTES).read_to_string(&mut text);
        let _ = sender.send(read.map(|_| text));
    });
    receiver
}

/// Runs one turn and prints its answer.
pub(super) async fn run(config: &Config, proxied: bool, prompt: String, format: OutputFormat) -> Exit {
    let Some(endpoint) = &config.endpoint else { return Exit::Auth };
    let client = client(endpoint, &config.limits);
    let (events, mut inbox) = mpsc::unbounded_channel();
    let sinks = Sinks {
        chat: Box::new(move |event| {
            let _ = events.send(event);
        }),
        quota: Box::new(|_| {}),
    };
    let machine = Machine::new(Settings::new(config, TimeZone::system(), proxied));
    let agent = Agent::start(machine, config, client, sinks);
    let _ = agent.commands.send(Command::Submit(prompt)).await;
    let mut outcome = Outcome::default();
    // One listener for the whole run: a signal that comes between two of them would be lost.
    let interrupt = tokio::signal::ctrl_c();
    tokio::pin!(interrupt);
    let interrupted = loop {
        tokio::select! {
            event = inbox.recv() => match event {
                Some(event) => if outcome.on(event) { break false },
                None => break false,
            },
            _ = &mut interrupt => break true,
        }
    };
    let _ = agent.commands.send(Command::Close).await;
    agent.join(END_WITHIN).await;
    report(&outcome, format);
    match &outcome.problem {
        _ if interrupted => Exit::Signal(2),
        Some(problem) => Exit::of(problem),
        None => Exit::Ok,
    }
}

fn report(outcome: &Outcome, format: OutputFormat) {
    match format {
        OutputFormat::Json => {
            let text = serde_json::to_string(outcome).unwrap_or_default();
            print(&format!("{text}\n"));
        }
        OutputFormat::Text => {
            if !outcome.result.is_empty() {
                print(&format!("{}\n", outcome.result.trim_end()));
            }
        }
    }
    if let Some(problem) = &outcome.problem {
        complain(problem);
    }
}
