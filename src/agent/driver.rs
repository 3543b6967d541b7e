//! Carries out what the turn machine decides: one task, one open call, its tool calls, one timer, one poll.
//!
//! Reads the clocks for the machine, and tells the log what it tells the front end. Ends when told to, or when the front end is gone.

use std::{
    collections::BTreeMap,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    clock::clock,
    deed::{self, Done, Way},
    effect::{Effect, Input},
    open_call::{Open, Terms},
    poller::Poller,
    record::Recorder,
    runs::{News, Runs},
    scribe::{Order, Scribe},
    turn::Machine,
};
use crate::{
    chat::{self, Command, ModelId, Progress, RunId},
    config::Config,
    glm::{self, Client},
    journal::Journal,
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
    /// The session's log; every event is noted there before it is told.
    pub journal: Option<Journal>,
    /// The session's name, if it was given one.
    pub name: Option<String>,
}

impl Sinks {
    /// Sinks of a session that is not recorded.
    #[must_use]
    pub fn new(chat: impl Fn(chat::Event) + Send + 'static, quota: impl Fn(quota::Board) + Send + 'static) -> Self {
        Self { chat: Box::new(chat), quota: Box::new(quota), record: None, journal: None, name: None }
    }
}

/// A running agent.
pub struct Agent {
    /// Takes commands; bounded, so use `try_send`.
    pub commands: mpsc::Sender<Command>,
    puts_back: Arc<AtomicBool>,
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
        let scribe = Scribe::new(sinks.journal.take(), sinks.name.take());
        let recorder = sinks.record.take().map(|sink| Recorder::begin(&machine, clock(), sink));
        let puts_back = Arc::new(AtomicBool::new(false));
        let driver = Driver {
            poller: Poller::new(config, &machine),
            machine,
            client: Arc::new(client),
            terms: Terms { max_output: config.limits.max_output, omit: config.omit_fields.clone() },
            open: Open::None,
            runs: Runs::new(toolbox, scribe.ledger()),
            scribe,
            sinks,
            recorder,
            deed: None,
            puts_back: Arc::clone(&puts_back),
            closing: false,
        };
        #[expect(clippy::disallowed_methods, reason = "the agent's one task")]
        let task = tokio::spawn(driver.run(inbox));
        Self { commands, puts_back, task }
    }

    /// Files or the conversation are being put back.
    #[must_use]
    pub fn puts_back(&self) -> bool {
        self.puts_back.load(Ordering::Relaxed)
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

struct Driver {
    machine: Machine,
    poller: Poller,
    client: Arc<Client>,
    terms: Terms,
    open: Open,
    runs: Runs,
    scribe: Scribe,
    sinks: Sinks,
    recorder: Option<Recorder>,
    /// What is being put back.
    deed: Option<BoxFuture<'static, Done>>,
    /// Whether anything is, for others.
    puts_back: Arc<AtomicBool>,
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
    Saving(chat::Saving),
    Done(Done),
}

impl Driver {
    async fn run(mut self, mut inbox: mpsc::Receiver<Command>) -> Machine {
        self.publish_quota();
        if let Some(info) = self.scribe.info() {
            self.emit(chat::Event::Session(info));
        }
        for effect in self.machine.greet() {
            self.execute(effect);
        }
        if self.machine.has_past() {
            self.on(Woken::Call(Input::TakenUp));
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
                input = self.open.next() => Woken::Call(input),
                done = finished(&mut self.deed) => Woken::Done(done),
                news = self.runs.next() => Woken::Runs(news),
                () = until(self.machine.deadline()) => Woken::Deadline,
                () = self.poller.next(&self.client) => Woken::Quota,
                ids = &mut models => Woken::Models(ids),
                card = &mut sandbox => Woken::Sandbox(card),
                saving = self.scribe.news() => Woken::Saving(saving),
            };
            match &woken {
                Woken::Models(_) => models = pending().boxed(),
                Woken::Sandbox(_) => sandbox = pending().boxed(),
                _ => {}
            }
            self.on(woken);
        }
        let Self { runs, mut scribe, sinks, machine, deed, .. } = self;
        if let Some(deed) = deed {
            // Cut off, it is finished when the session is gone on with.
            let _ = tokio::time::timeout(STOP_WITHIN, deed).await;
        }
        runs.close(STOP_WITHIN).await;
        scribe.finish().await;
        (sinks.chat)(chat::Event::Closed);
        machine
    }

    fn on(&mut self, woken: Woken) {
        let input = match woken {
            Woken::Command(command) => Input::Command(command.unwrap_or(Command::Close)),
            Woken::Call(input) | Woken::Runs(News::Input(input)) => input,
            Woken::Runs(News::Progress(reports)) => return self.tell_progress(reports),
            Woken::Runs(News::Jobs(jobs)) => return self.emit(chat::Event::Jobs(jobs)),
            Woken::Runs(News::NotGranted(problem)) => {
                let text = format!("{} · the rule holds for this session", problem.what);
                return self.emit(chat::Event::Notice(chat::Notice { severity: chat::Severity::Warn, text }));
            }
            Woken::Deadline => Input::Wake,
            Woken::Models(Ok(ids)) => Input::Models(ids),
            Woken::Sandbox(Some(card)) => return self.emit(chat::Event::Sandbox(card)),
            Woken::Saving(saving) => return self.emit(chat::Event::Saving(saving)),
            Woken::Done(done) => {
                self.deed = None;
                self.puts_back.store(false, Ordering::Relaxed);
                done.events.into_iter().for_each(|event| self.emit(event));
                self.scribe.sync();
                Input::PutBack(Box::new(done.back))
            }
            Woken::Models(Err(_)) | Woken::Sandbox(None) => return,
            Woken::Quota => return self.publish_quota(),
        };
        match &input {
            Input::Failed { .. } => self.open = Open::None,
            Input::Ran { .. } => self.scribe.sync(),
            _ => {}
        }
        let now = clock();
        let taken = self.recorder.is_some().then(|| Recorder::take(&input, now));
        let effects = self.machine.on(input, now);
        if let (Some(recorder), Some(taken)) = (&mut self.recorder, taken) {
            recorder.put(taken, &effects);
        }
        let mut order = Order::of(&effects, self.machine.news());
        for (n, effect) in effects.into_iter().enumerate() {
            self.tell(order.before(n));
            self.execute(effect);
        }
        self.tell(order.rest());
    }

    fn put_back(&mut self, way: Way) {
        let tools = (self.runs.quiet(), self.runs.toolbox());
        self.begin_deed(deed::files(tools, way).boxed());
    }

    fn begin_deed(&mut self, deed: BoxFuture<'static, Done>) {
        self.puts_back.store(true, Ordering::Relaxed);
        self.deed = Some(deed);
    }

    fn tell(&mut self, messages: Vec<chat::Message>) {
        for message in messages {
            self.emit(chat::Event::Message(Box::new(message)));
        }
    }

    /// Nothing is told that the log was not told before.
    fn emit(&mut self, event: chat::Event) {
        if let chat::Event::TurnStarted { turn, .. } = event {
            self.runs.begin(turn);
        }
        self.scribe.note(&event);
        (self.sinks.chat)(event);
    }

    fn execute(&mut self, effect: Effect) {
        match effect {
            Effect::Open(call) => self.open = Open::call(*call, &self.client, &self.terms),
            Effect::Abort => self.open = Open::None,
            Effect::Emit(event) => self.emit(event),
            Effect::Plan { run, call } => self.runs.plan(run, call),
            Effect::Check { run, step, planned, mode } => self.runs.check((run, step), *planned, mode),
            Effect::Run { run, call, planned, permit } => self.runs.run((run, call), *planned, permit),
            Effect::StopRuns => self.runs.stop(),
            Effect::Background(run) => self.runs.background(run),
            Effect::StopJob(job) => self.runs.stop_job(job),
            Effect::Grant { rule, scope } => self.runs.grant(rule, scope),
            Effect::Rewind { to, scope } => {
                let tools = (self.runs.quiet(), self.runs.toolbox());
                self.begin_deed(deed::rewind(self.scribe.journal(), tools, (to, scope)).boxed());
            }
            Effect::Undo => self.put_back(Way::Undo),
            Effect::Redo => self.put_back(Way::Redo),
            Effect::Finish => self.put_back(Way::Finish),
            Effect::Rename(name) => {
                if let Some(info) = self.scribe.rename(&name) {
                    self.emit(chat::Event::Session(info));
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
            Effect::TurnEnded => {
                self.scribe.sync();
                self.poller.turn_ended(clock());
            }
            Effect::PollNow => self.poller.poll_now(),
            Effect::Close => self.closing = true,
        }
    }

    fn tell_progress(&mut self, reports: BTreeMap<RunId, Progress>) {
        for (run, progress) in reports {
            self.emit(chat::Event::RunProgress { run, progress });
        }
    }

    fn publish_quota(&mut self) {
        for notice in self.poller.alerts(clock()) {
            self.emit(chat::Event::Notice(notice));
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

/// Waits for the end of what is being put back. Dropping this future loses nothing.
async fn finished(deed: &mut Option<BoxFuture<'static, Done>>) -> Done {
    match deed {
        Some(deed) => deed.await,
        None => pending().await,
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => pending().await,
    }
}
