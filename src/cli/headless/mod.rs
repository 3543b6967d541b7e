//! A run without a screen: the same agent and the same events, printed as text or JSON.

mod input;
mod outcome;
mod saving;
mod schema;
mod stream;
mod turns;

use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc::{self, UnboundedReceiver};

pub(super) use self::input::prompt;
use self::{outcome::Outcome, saving::Told, schema::Schema, stream::Lines};
use super::{
    args::{HeadlessArgs, InputFormat, OutputFormat},
    exit::{Exit, complain, print, tell},
    opened::{self, Shelf, Wanted},
    recording,
    session::{Session, Shape},
    start::Start,
};
use crate::{
    agent::{Agent, Sinks},
    chat::{Command, Event, Problem, ProblemKind},
    quota,
    text::Clean,
};

/// How long the agent may take to end.
const END_WITHIN: Duration = Duration::from_secs(3);

/// How long the quota may be asked when a turn failed for it: the reset time is a convenience.
const QUOTA_WITHIN: Duration = Duration::from_secs(3);

/// Everything that a run without a screen needs.
struct Headless {
    agent: Agent,
    events: UnboundedReceiver<Event>,
    boards: UnboundedReceiver<quota::Board>,
    board: quota::Board,
    format: OutputFormat,
    lines: Lines,
    schema: Option<Schema>,
    outcome: Outcome,
    saving: Told,
}

/// Runs the prompts that the arguments name and prints what comes of them.
pub(super) async fn run(start: Start, (args, wanted): (&HeadlessArgs, &Wanted), words: &[String]) -> Exit {
    let schema = match args.json_schema.as_deref().map(Schema::read).transpose() {
        Ok(schema) => schema,
        Err(problem) => {
            complain(&problem);
            return Exit::Usage;
        }
    };
    let first = match args.input_format {
        InputFormat::StreamJson if !words.is_empty() => {
            complain(&two_prompts());
            return Exit::Usage;
        }
        InputFormat::StreamJson => None,
        InputFormat::Text => match prompt(words) {
            Ok(prompt) => Some(prompt),
            Err(problem) => {
                complain(&problem);
                return Exit::Input;
            }
        },
    };
    let opened = Shelf::new(&start).open(wanted);
    let opened = opened.and_then(|opened| Ok((Session::build(&start, Shape::headless(args), &opened)?, opened)));
    let (session, opened) = match opened {
        Ok(opened) => opened,
        Err((problem, exit)) => {
            complain(&problem);
            return exit;
        }
    };
    opened.notes.iter().map(String::as_str).chain(opened.restored.notes.iter().map(Clean::as_str)).for_each(tell);
    if let Some(words) = session.left_out() {
        tell(&words);
    }
    let Some(mut run) = Headless::start(&start, session, args, schema) else { return Exit::Auth };
    let exit = match first {
        Some(prompt) => run.one(prompt).await,
        None => run.many().await,
    };
    let _ = run.agent.commands.try_send(Command::Close);
    run.agent.join(END_WITHIN).await;
    let saving = opened.journal.saving();
    opened::close(opened.journal.clone()).await;
    // What fails at the very end has no turn left in which to be told.
    run.saving.on(&saving.borrow());
    if matches!(exit, Exit::Signal(_)) && opened.journal.dir().is_some() {
        tell(&format!("go on with: glm-tui --resume {}", opened.journal.id().as_str()));
    }
    exit
}

impl Headless {
    fn start(start: &Start, session: Session, args: &HeadlessArgs, schema: Option<Schema>) -> Option<Self> {
        let client = super::start::client(start.loaded.config.endpoint.as_ref()?, &start.loaded.config.limits);
        let (chat, events) = mpsc::unbounded_channel();
        let (quota, boards) = mpsc::unbounded_channel();
        let mut sinks = Sinks::new(
            move |event| {
                let _ = chat.send(event);
            },
            move |board| {
                let _ = quota.send(board);
            },
        );
        sinks.record = recording::sink(&start.env);
        sinks.journal = Some(session.journal.clone());
        let id = session.journal.id().as_str().to_owned();
        let lines = Lines::new(&id, args.include_partial_messages);
        if args.output_format == OutputFormat::StreamJson {
            emit(&session.opening());
        }
        let outcome = Outcome::of(&id);
        let machine = session.machine(start);
        let agent = Agent::start(machine, &start.loaded.config, client, session.toolbox, sinks);
        let board = quota::Board::default();
        Some(Self {
            agent,
            events,
            boards,
            board,
            format: args.output_format,
            lines,
            schema,
            outcome,
            saving: Told::default(),
        })
    }

    /// When the window that is used up starts anew: the refusal said so, or the quota is asked.
    async fn reset_time(&mut self) -> Option<String> {
        while let Ok(board) = self.boards.try_recv() {
            self.board = board;
        }
        if self.board.health == quota::Health::Unknown && resets_at(&self.board).is_none() {
            let _ = self.agent.commands.try_send(Command::RefreshQuota);
            let asked = async {
                while self.board.health == quota::Health::Unknown
                    && let Some(board) = self.boards.recv().await
                {
                    self.board = board;
                }
            };
            let _ = tokio::time::timeout(QUOTA_WITHIN, asked).await;
        }
        resets_at(&self.board)
    }

    fn report(&mut self) {
        match self.format {
            OutputFormat::Json | OutputFormat::StreamJson => emit(&stream::result(&self.outcome)),
            OutputFormat::Text => {
                let text = match &self.outcome.structured_output {
                    Some(value) => value.to_string(),
                    None => self.outcome.result.trim_end().to_owned(),
                };
                if !text.is_empty() {
                    print(&format!("{text}\n"));
                }
            }
        }
        if let Some(problem) = &self.outcome.problem {
            complain(problem);
        }
    }
}

/// A prompt of the command line beside those of standard input: one of them would be dropped unseen.
fn two_prompts() -> Problem {
    Problem::new(ProblemKind::User, "with --input-format stream-json the prompts come from standard input")
        .hint("leave the prompt on the command line away")
}

/// When the window that is used up starts anew.
fn resets_at(board: &quota::Board) -> Option<String> {
    let reading = board.read(super::start::now());
    let full = reading.windows.iter().filter(|window| window.full());
    full.filter_map(|window| window.reset.at).max().map(|at| at.to_string())
}

fn emit(line: &Value) {
    print(&format!("{line}\n"));
}
