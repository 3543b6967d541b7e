//! Tool calls in work: a task each, with the tokens that stop it. What comes of them is an [`Input`].
//!
//! A call that is stopped is told so and ends by itself, so that what it started is taken down properly; its
//! news carries a number that the machine does not know any more.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    future::{Future, pending},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{Semaphore, watch},
    task::{Id, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::{
    clock::clock,
    effect::{Input, Scope},
    progress::Reports,
    scribe::Ledger,
};
use crate::{
    chat::{
        CallId, JobCard, JobId, PermissionMode, Problem, Progress, RunEnd, RunId, SandboxCard, StepId, ToolCall, TurnId,
    },
    journal::Call,
    text::Clean,
    tools::{Outcome, Permit, Planned, Refusal, RunIo, Toolbox},
};

/// Calls whose arguments are read at a time; each may look at the file system.
const READERS: usize = 2;

/// How long the calls of a new turn wait for those that were stopped before: twice what a command gets
/// between being asked to end and being killed. What takes longer does not hold up the session.
const ENDS_WITHIN: Duration = Duration::from_secs(4);

/// The calls in work.
pub(super) struct Runs {
    toolbox: Arc<Toolbox>,
    ledger: Ledger,
    tasks: JoinSet<Input>,
    /// Whose task it is, to name the call when its task breaks.
    owners: HashMap<Id, RunId>,
    running: HashMap<RunId, Tokens>,
    /// The stopped calls that have not ended yet: no other begins beside them.
    ending: watch::Sender<HashSet<RunId>>,
    readers: Arc<Semaphore>,
    reports: Reports,
    /// The turn that runs.
    turn: TurnId,
    /// Rules that are being written for good; what went wrong, if anything.
    grants: JoinSet<Option<Problem>>,
    /// The commands in the background.
    jobs: watch::Receiver<Vec<JobCard>>,
}

/// What stops a call.
struct Tokens {
    cancel: CancellationToken,
    background: CancellationToken,
}

/// News of the calls.
pub(super) enum News {
    /// For the machine.
    Input(Input),
    /// For the front end.
    Progress(BTreeMap<RunId, Progress>),
    /// Likewise: the commands in the background, since they changed.
    Jobs(Vec<JobCard>),
    /// A rule could not be written; it holds for the session.
    NotGranted(Problem),
}

impl Runs {
    pub(super) fn new(toolbox: Arc<Toolbox>, ledger: Ledger) -> Self {
        Self {
            jobs: toolbox.bench().jobs(),
            toolbox,
            ledger,
            tasks: JoinSet::new(),
            owners: HashMap::new(),
            running: HashMap::new(),
            ending: watch::Sender::default(),
            grants: JoinSet::new(),
            readers: Arc::new(Semaphore::new(READERS)),
            reports: Reports::default(),
            turn: TurnId::default(),
        }
    }

    /// This turn runs.
    pub(super) fn begin(&mut self, turn: TurnId) {
        self.turn = turn;
    }

    fn start(&mut self, run: RunId, task: impl Future<Output = Input> + Send + 'static) {
        let handle = self.tasks.spawn(task);
        self.owners.insert(handle.id(), run);
    }

    /// Reads the arguments of a call.
    pub(super) fn plan(&mut self, run: RunId, call: ToolCall) {
        let (toolbox, readers) = (Arc::clone(&self.toolbox), Arc::clone(&self.readers));
        self.start(run, async move {
            let _turn = readers.acquire_owned().await;
            let planned = tokio::task::spawn_blocking(move || toolbox.plan(&call)).await;
            let result = planned.unwrap_or_else(|_| Err(Refusal("the tool broke while it read the arguments".into())));
            Input::Planned { run, result }
        });
    }

    /// Asks the policy.
    pub(super) fn check(&mut self, (run, step): (RunId, StepId), planned: Planned, mode: PermissionMode) {
        let toolbox = Arc::clone(&self.toolbox);
        self.start(run, async move {
            let check = toolbox.check(&planned, (run, step), mode).await;
            Input::Checked { run, check }
        });
    }

    /// Does it, once all stopped calls have ended and the log says that it is about to be done.
    pub(super) fn run(&mut self, (run, call): (RunId, CallId), planned: Planned, permit: Permit) {
        let tokens = Tokens { cancel: CancellationToken::new(), background: CancellationToken::new() };
        let io = RunIo {
            run,
            turn: self.turn,
            progress: self.reports.sink(run),
            cancel: tokens.cancel.clone(),
            background: tokens.background.clone(),
        };
        self.running.insert(run, tokens);
        let (toolbox, mut ending) = (Arc::clone(&self.toolbox), self.ending.subscribe());
        let ledger = self.ledger.clone();
        self.start(run, async move {
            let clear = tokio::time::timeout(ENDS_WITHIN, ending.wait_for(HashSet::is_empty));
            let is_stopped = tokio::select! {
                biased;
                () = io.cancel.cancelled() => true,
                _ = clear => false,
            };
            if is_stopped {
                let outcome = Box::new(Outcome::new(RunEnd::Stopped, "stopped", Clean::trusted("not run")));
                return Input::Ran { run, outcome, took: Duration::ZERO };
            }
            ledger.begin(Call { run, call, acts: planned.access.writes() }).await;
            let begun = clock().instant;
            let outcome = Box::new(toolbox.run(planned, permit, io).await);
            ledger.end(run, &outcome);
            Input::Ran { run, outcome, took: clock().instant.saturating_duration_since(begun) }
        });
    }

    /// The tools.
    pub(super) fn toolbox(&self) -> Arc<Toolbox> {
        Arc::clone(&self.toolbox)
    }

    /// Returns when all stopped calls have ended, or have taken too long.
    pub(super) fn quiet(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut ending = self.ending.subscribe();
        async move {
            let _ = tokio::time::timeout(ENDS_WITHIN, ending.wait_for(HashSet::is_empty)).await;
        }
    }

    /// Lets a running call go on in the background.
    pub(super) fn background(&self, run: RunId) {
        if let Some(tokens) = self.running.get(&run) {
            tokens.background.cancel();
        }
    }

    /// Stops a command in the background; one that ended already stays as it is.
    pub(super) fn stop_job(&self, job: JobId) {
        let _ = self.toolbox.bench().jobs.stop(job);
    }

    /// Stops all calls; they end by themselves.
    pub(super) fn stop(&mut self) {
        for (run, tokens) in self.running.drain() {
            self.ending.send_modify(|ending| {
                ending.insert(run);
            });
            tokens.cancel.cancel();
            self.reports.forget(run);
        }
    }

    /// What keeps commands in; it is found out by trying, on a blocking thread. `None`: that broke.
    pub(super) fn sandbox(&self) -> impl Future<Output = Option<SandboxCard>> + Send + use<> {
        let runner = self.toolbox.bench().runner.clone();
        async move { tokio::task::spawn_blocking(move || runner.card()).await.ok() }
    }

    /// A person granted a rule. It holds at once; it is written beside the work, since the file may be locked.
    pub(super) fn grant(&mut self, rule: String, scope: Scope) {
        let bench = Arc::clone(self.toolbox.bench());
        bench.grant(&rule);
        if scope == Scope::Always {
            self.grants.spawn_blocking(move || bench.grant_for_good(&rule).err());
        }
    }

    /// Waits for news. Dropping this future loses nothing.
    pub(super) async fn next(&mut self) -> News {
        tokio::select! {
            biased;
            input = ended(&mut self.tasks, &mut self.owners, &self.ledger) => {
                if let Input::Ran { run, .. } = &input {
                    self.running.remove(run);
                    self.ending.send_if_modified(|ending| ending.remove(run));
                    self.reports.forget(*run);
                }
                News::Input(input)
            }
            mut reports = self.reports.next() => {
                reports.retain(|run, _| self.running.contains_key(run));
                News::Progress(reports)
            }
            problem = not_granted(&mut self.grants) => News::NotGranted(problem),
            Ok(()) = self.jobs.changed() => News::Jobs(self.jobs.borrow_and_update().clone()),
        }
    }

    /// Stops all calls and the commands in the background and waits for them, at most `within`.
    pub(super) async fn close(mut self, within: Duration) {
        self.stop();
        let bench = Arc::clone(self.toolbox.bench());
        let calls = async { while self.tasks.join_next().await.is_some() {} };
        let grants = async { while self.grants.join_next().await.is_some() {} };
        let all = async { tokio::join!(calls, grants, bench.close()) };
        if tokio::time::timeout(within, all).await.is_err() {
            self.tasks.abort_all();
        }
    }
}

/// Waits for a rule that cannot be written. Dropping this future loses nothing.
async fn not_granted(grants: &mut JoinSet<Option<Problem>>) -> Problem {
    loop {
        match grants.join_next().await {
            None => pending().await,
            Some(Ok(Some(problem))) => return problem,
            Some(_) => {}
        }
    }
}

/// Waits for the end of a task.
async fn ended(tasks: &mut JoinSet<Input>, owners: &mut HashMap<Id, RunId>, ledger: &Ledger) -> Input {
    loop {
        let (id, input) = match tasks.join_next_with_id().await {
            None => pending().await,
            Some(Ok((id, input))) => (id, Some(input)),
            Some(Err(error)) => (error.id(), None),
        };
        match (owners.remove(&id), input) {
            (_, Some(input)) => return input,
            (Some(run), None) => {
                let refusal = Refusal("the tool broke; what it had begun may be done in part".into());
                let outcome = Box::new(Outcome::failed(refusal, Clean::trusted("broke")));
                ledger.end(run, &outcome);
                return Input::Ran { run, outcome, took: Duration::ZERO };
            }
            (None, None) => {}
        }
    }
}
