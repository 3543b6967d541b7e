//! Carries out what the turn machine decides: one task, one open call, its tool calls, one timer, one poll.
//!
//! Reads the clocks for the machine. Ends when told to, or when the front end is gone.

use std::{
    collections::BTreeMap,
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    clock::clock,
    effect::{Call, Effect, Input},
    poller::Poller,
    record::Recorder,
    runs::{News, Runs},
    turn::Machine,
};
use crate::{
    chat::{self, Command, ModelId, Progress, RunId},
    config::Config,
    glm::{self, Client, Delta, Request},
    quota,
    tools::Toolbox,
};

/// Commands that may wait: a person cannot type that fast, so a full queue is a fault worth a notice.
const COMMANDS: usize = 32;

/// How long the list of models may take; it is a convenience.
const MODELS_WITHIN: Duration = Duration::from_secs(10);

/// How long the tool calls may take to end when the agent does: what they started gets a second to end by
/// itself and is killed then.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// Where the agent publishes. Both are called on the agent's task and must not block.
pub struct Sinks {
    /// Takes each event.
    pub chat: Box<dyn Fn(chat::Event) + Send>,
    /// Takes each change of the quota.
    pub quota: Box<dyn Fn(quota::Board) + Send>,
    /// Takes each line of a recording of the session ([`super::record`]), its line end included.
    pub record: Option<Box<dyn FnMut(String) + Send>>,
}

impl Sinks {
    /// Sinks of a session that is not recorded.
    #[must_use]
    pub fn new(chat: impl Fn(chat::Event) + Send + 'static, quota: impl Fn(quota::Board) + Send + 'static) -> Self {
        Self { chat: Box::new(chat), quota: Box::new(quota), record: None }
    }
}

/// A running agent.
pub struct Agent {
    /// Takes commands; bounded, so use `try_send`.
    pub commands: mpsc::Sender<Command>,
    task: JoinHandle<Machine>,
}

impl Agent {
    /// Starts the agent's task on the current runtime. `machine` is a new one, or that of an earlier
    /// agent. Before the first command nothing is sent but the quota poll and the list of models, and these only
    /// if the machine is watched.
    #[must_use]
    pub fn start(
        mut machine: Machine,
        config: &Config,
        client: Client,
        toolbox: Arc<Toolbox>,
        mut sinks: Sinks,
    ) -> Self {
        let (commands, inbox) = mpsc::channel(COMMANDS);
        machine.equip(toolbox.specs());
        let recorder = sinks.record.take().map(|sink| Recorder::begin(&machine, clock(), sink));
        let driver = Driver {
            poller: Poller::new(config, &machine),
            machine,
            client: Arc::new(client),
            max_output: config.limits.max_output,
            omit: config.omit_fields.clone(),
            open: Open::None,
            runs: Runs::new(toolbox),
            sinks,
            recorder,
            closing: false,
        };
        #[expect(clippy::disallowed_methods, reason = "the agent's one task")]
        let task = tokio::spawn(driver.run(inbox));
        Self { commands, task }
    }

    /// Waits until the agent has ended, at most `within`, then stops it. Gives its machine back, with the
    /// conversation, if it ended in time.
    pub async fn join(mut self, within: Duration) -> Option<Machine> {
        if let Ok(ended) = tokio::time::timeout(within, &mut self.task).await {
            return ended.ok();
        }
        self.task.abort();
        None
    }
}

/// The open call.
enum Open {
    None,
    Opening(u64, BoxFuture<'static, Result<glm::Stream, glm::Error>>),
    /// The stream and what was read of it but not delivered yet.
    Streaming(u64, Box<glm::Stream>, Vec<Delta>),
    /// It failed; what came before was delivered.
    Failed(u64, glm::Error),
}

struct Driver {
    machine: Machine,
    poller: Poller,
    client: Arc<Client>,
    max_output: Option<u64>,
    omit: Vec<String>,
    open: Open,
    runs: Runs,
    sinks: Sinks,
    recorder: Option<Recorder>,
    closing: bool,
}

/// What woke the driver.
enum Woken {
    Command(Option<Command>),
    Call(Input),
    Runs(News),
    Deadline,
    Quota,
    Models(Result<Vec<ModelId>, glm::Error>),
    Sandbox(Option<chat::SandboxCard>),
}

impl Driver {
    async fn run(mut self, mut inbox: mpsc::Receiver<Command>) -> Machine {
        self.publish_quota();
        for effect in self.machine.greet() {
            self.execute(effect);
        }
        let (mut models, mut sandbox) = if self.machine.is_watched() {
            (models(Arc::clone(&self.client)), self.runs.sandbox().boxed())
        } else {
            (pending().boxed(), pending().boxed())
        };
        while !self.closing {
            let woken = tokio::select! {
                biased;
                command = inbox.recv() => Woken::Command(command),
                input = next_of_call(&mut self.open) => Woken::Call(input),
                news = self.runs.next() => Woken::Runs(news),
                () = until(self.machine.deadline()) => Woken::Deadline,
                () = self.poller.next(&self.client) => Woken::Quota,
                ids = &mut models => Woken::Models(ids),
                card = &mut sandbox => Woken::Sandbox(card),
            };
            match &woken {
                Woken::Models(_) => models = pending().boxed(),
                Woken::Sandbox(_) => sandbox = pending().boxed(),
                _ => {}
            }
            self.on(woken);
        }
        self.runs.close(STOP_WITHIN).await;
        (self.sinks.chat)(chat::Event::Closed);
        self.machine
    }

    fn on(&mut self, woken: Woken) {
        let input = match woken {
            Woken::Command(command) => Input::Command(command.unwrap_or(Command::Close)),
            Woken::Call(input) | Woken::Runs(News::Input(input)) => input,
            Woken::Runs(News::Progress(reports)) => return self.tell_progress(reports),
            Woken::Runs(News::Jobs(jobs)) => return (self.sinks.chat)(chat::Event::Jobs(jobs)),
            Woken::Deadline => Input::Wake,
            Woken::Models(Ok(ids)) => Input::Models(ids),
            Woken::Sandbox(Some(card)) => return (self.sinks.chat)(chat::Event::Sandbox(card)),
            Woken::Models(Err(_)) | Woken::Sandbox(None) => return,
            Woken::Quota => return self.publish_quota(),
        };
        if matches!(&input, Input::Failed { .. }) {
            self.open = Open::None;
        }
        let now = clock();
        let taken = self.recorder.is_some().then(|| Recorder::take(&input, now));
        let effects = self.machine.on(input, now);
        if let (Some(recorder), Some(taken)) = (&mut self.recorder, taken) {
            recorder.put(taken, &effects);
        }
        // A message is told after the end of its step, which carries its price, and before all that follows.
        let ended = effects.iter().position(|effect| matches!(effect, Effect::Emit(chat::Event::StepEnded { .. })));
        let n_before = ended.map_or(0, |at| at + 1);
        let mut news = Some(self.machine.news());
        for (n, effect) in effects.into_iter().enumerate() {
            if n == n_before {
                self.tell(news.take());
            }
            self.execute(effect);
        }
        self.tell(news);
    }

    fn tell(&self, messages: Option<Vec<chat::Message>>) {
        for message in messages.into_iter().flatten() {
            (self.sinks.chat)(chat::Event::Message(Box::new(message)));
        }
    }

    fn execute(&mut self, effect: Effect) {
        match effect {
            Effect::Open(call) => self.open = self.opening(*call),
            Effect::Abort => self.open = Open::None,
            Effect::Emit(event) => (self.sinks.chat)(event),
            Effect::Plan { run, call } => self.runs.plan(run, call),
            Effect::Check { run, step, planned, mode } => self.runs.check((run, step), *planned, mode),
            Effect::Run { run, planned, permit } => self.runs.run(run, *planned, permit),
            Effect::StopRuns => self.runs.stop(),
            Effect::Background(run) => self.runs.background(run),
            Effect::StopJob(job) => self.runs.stop_job(job),
            Effect::Grant { rule, scope } => {
                if let Some(problem) = self.runs.grant(&rule, scope) {
                    let text = format!("{} · the rule holds for this session", problem.what);
                    (self.sinks.chat)(chat::Event::Notice(chat::Notice { severity: chat::Severity::Warn, text }));
                }
            }
            Effect::Spent { credits, usd } => {
                self.poller.spent(credits, usd);
                self.publish_quota();
            }
            Effect::UsedUp(kind, resets_at) => {
                self.poller.used_up(&kind, resets_at);
                self.publish_quota();
            }
            Effect::TurnBegan => self.poller.turn_began(clock()),
            Effect::TurnEnded => self.poller.turn_ended(clock()),
            Effect::PollNow => self.poller.poll_now(),
            Effect::Close => self.closing = true,
        }
    }

    fn opening(&self, call: Call) -> Open {
        let client = Arc::clone(&self.client);
        let (omit, max_output) = (self.omit.clone(), self.max_output);
        let number = call.number;
        Open::Opening(
            number,
            Box::pin(async move {
                let request = Request {
                    model: &call.model,
                    tools: &call.tools,
                    messages: &call.messages,
                    thinking: call.thinking,
                    effort: call.effort,
                    max_output,
                    omit: &omit,
                };
                client.chat(&request).await
            }),
        )
    }

    fn tell_progress(&self, reports: BTreeMap<RunId, Progress>) {
        for (run, progress) in reports {
            (self.sinks.chat)(chat::Event::RunProgress { run, progress });
        }
    }

    fn publish_quota(&mut self) {
        for notice in self.poller.alerts(clock()) {
            (self.sinks.chat)(chat::Event::Notice(notice));
        }
        (self.sinks.quota)(self.poller.board().clone());
    }
}

/// Asks which models there are; does not end if that takes long.
fn models(client: Arc<Client>) -> BoxFuture<'static, Result<Vec<ModelId>, glm::Error>> {
    Box::pin(async move {
        match tokio::time::timeout(MODELS_WITHIN, client.models()).await {
            Ok(answer) => answer,
            Err(_) => pending().await,
        }
    })
}

/// Waits for news of the open call. Dropping this future loses nothing.
async fn next_of_call(open: &mut Open) -> Input {
    match open {
        Open::None => pending().await,
        Open::Opening(number, opening) => {
            let call = *number;
            match opening.await {
                Ok(stream) => {
                    *open = Open::Streaming(call, Box::new(stream), Vec::new());
                    Input::Opened(call)
                }
                Err(error) => Input::Failed { call, error, jitter: jitter() },
            }
        }
        Open::Streaming(number, stream, read) => {
            let call = *number;
            let outcome = stream.next(read).await;
            let deltas = std::mem::take(read);
            match outcome {
                Ok(true) => {}
                Ok(false) => *open = Open::None,
                Err(error) => *open = Open::Failed(call, error),
            }
            Input::Deltas(call, deltas)
        }
        Open::Failed(number, error) => {
            let (call, error) = (*number, error.clone());
            *open = Open::None;
            Input::Failed { call, error, jitter: jitter() }
        }
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => pending().await,
    }
}

/// A share of 0–1 from the clock's nanoseconds: enough to spread the retries of several programs.
fn jitter() -> f64 {
    f64::from(clock().wall.subsec_nanosecond().unsigned_abs() % 1000) / 1000.0
}
