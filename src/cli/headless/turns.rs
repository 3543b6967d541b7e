//! The turns of a run without a screen: one prompt or many, followed to their end. Owns when a run is over;
//! knows nothing of how it is printed.

use std::time::Instant;

use super::{Headless, emit, input};
use crate::{
    chat::{Command, Event, Problem, ProblemKind},
    cli::{
        args::OutputFormat,
        exit::{Exit, complain},
    },
};

/// Tries to get an answer of the asked schema.
const SCHEMA_TRIES: u32 = 3;

impl Headless {
    /// One prompt, then the end. The answer is asked for again while it does not fit the schema.
    pub(super) async fn one(&mut self, prompt: String) -> Exit {
        let mut text = match &self.schema {
            Some(schema) => schema.ask(&prompt),
            None => prompt,
        };
        let began = clock();
        let mut tries = 0;
        let exit = loop {
            tries += 1;
            let exit = self.turn(text).await;
            let Some(schema) = self.schema.as_ref().filter(|_| exit == Exit::Ok) else { break exit };
            match schema.check(&self.outcome.result) {
                Ok(value) => {
                    self.outcome.structured_output = Some(value);
                    break Exit::Ok;
                }
                Err(wrong) if tries < SCHEMA_TRIES => {
                    text = super::schema::Schema::again(&wrong);
                    self.outcome.result.clear();
                }
                Err(wrong) => {
                    let what = format!("the answer does not fit the schema: {wrong}");
                    self.outcome.fail(Problem::new(ProblemKind::Provider, what).hint("ask for something simpler"));
                    break Exit::Failure;
                }
            }
        };
        self.outcome.took(clock().saturating_duration_since(began));
        let refused = self.outcome.problem.as_ref().is_some_and(|problem| problem.kind == ProblemKind::Quota);
        if refused && self.format != OutputFormat::Text {
            self.outcome.resets_at = self.reset_time().await;
        }
        self.report();
        exit
    }

    /// One prompt after the other as they come from standard input.
    pub(super) async fn many(&mut self) -> Exit {
        let mut prompts = input::prompts();
        let mut exit = Exit::Ok;
        while let Some(prompt) = prompts.recv().await {
            match prompt {
                Ok(prompt) => exit = self.one(prompt).await,
                Err(problem) => {
                    complain(&problem);
                    return Exit::Input;
                }
            }
            if matches!(exit, Exit::Signal(_)) {
                break;
            }
            self.outcome.begin();
        }
        exit
    }

    /// Sends a prompt and follows its turn to the end.
    async fn turn(&mut self, prompt: String) -> Exit {
        let _ = self.agent.commands.send(Command::Submit(prompt)).await;
        // One listener for the whole turn: a signal that comes between two of them would be lost.
        let signal = signal();
        tokio::pin!(signal);
        loop {
            tokio::select! {
                event = self.events.recv() => match event {
                    Some(event) => if self.on(&event) { break },
                    None => break,
                },
                Some(board) = self.boards.recv() => self.board = board,
                number = &mut signal => return Exit::Signal(number),
            }
        }
        match &self.outcome.problem {
            Some(problem) => Exit::of(problem),
            None => Exit::Ok,
        }
    }

    fn on(&mut self, event: &Event) -> bool {
        if let Event::Saving(saving) = event {
            self.saving.on(saving);
        }
        if self.format == OutputFormat::StreamJson
            && let Some(line) = self.lines.on(event)
        {
            emit(&line);
        }
        self.outcome.on(event)
    }
}

/// Waits for a signal that ends the run; its number. A hangup ends the process by itself, or not at all: `nohup`.
async fn signal() -> u8 {
    use tokio::signal::unix::{SignalKind, signal};
    let wait = |kind: SignalKind| async move {
        let Ok(mut signal) = signal(kind) else { return std::future::pending().await };
        if signal.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = wait(SignalKind::interrupt()) => 2,
        () = wait(SignalKind::terminate()) => 15,
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a run took is told at its end")]
fn clock() -> Instant {
    Instant::now()
}
