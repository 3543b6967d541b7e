//! One conversation at a time on the line, another one whenever it is wished for, without leaving the screen.
//!
//! Runs beside the terminal's loop, in the same task, and never holds it up: logs are read and searched on threads
//! that may block. A conversation that cannot be opened leaves the present one as it is.

use std::{
    future::pending,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{
        mpsc::{UnboundedReceiver, UnboundedSender},
        watch,
    },
    task::{JoinHandle, JoinSet},
};

use super::{
    chore::{self, Chore, Document},
    exit::Exit,
    keeper::{Keep, Keeper},
    link::{Link, Wish},
    opened::{self, Opened, Refused, Shelf, Wanted, go_there},
    recording,
    session::{Session, Shape},
    start::{Start, client},
};
use crate::{
    agent::{Agent, Machine, Sinks},
    app::{Incoming, Switch},
    chat::{Command, Event, JobCard, Notice, Problem, ProblemKind, Restored, SessionId, Severity},
    config::Sessions,
    term,
    text::Clean,
};

/// How long an agent may take to end: what is being put back, its tool calls and its log have two seconds each.
const END_WITHIN: Duration = Duration::from_secs(7);

/// How long the disk may take before a conversation is left.
const SAVED_WITHIN: Duration = Duration::from_secs(3);

/// A conversation that loads longer than this is said to load.
const LOADS_UNSEEN: Duration = Duration::from_millis(150);

/// What a conversation begins with that takes the place of another one after the key dialog.
const LEFT: &str = "a new conversation; the one before is saved: /sessions";
const DEMO: &str = "the demo: a new conversation, of which nothing is kept";
const NO_DEMO: &str =
    "a new conversation, still in the demo's folder, of which nothing is kept; start again to work in yours";

/// What is on the line, and what will be.
pub(super) struct Switchboard {
    shelf: Shelf,
    sender: UnboundedSender<Incoming>,
    link: Link,
    wishes: UnboundedReceiver<Wish>,
    keeper: Rc<Keeper>,
    live: Option<Live>,
    opening: Option<Opening>,
    chores: JoinSet<Chore>,
    /// The search that waits for the one that runs, and whether one does.
    search: (Option<String>, bool),
    gate: Arc<AtomicU64>,
    /// What drops old copies of files, until it is begun: not while the first log is being opened.
    prune: Option<Sessions>,
    /// What was asked for and would lose something; the same again does it.
    warned: Option<(Switch, &'static str)>,
    /// The present agent talks to the demo.
    is_demo: bool,
}

/// The present conversation.
struct Live {
    agent: Agent,
    opened: Opened,
    /// Its commands in the background.
    jobs: watch::Receiver<Vec<JobCard>>,
}

/// A log that is being opened.
struct Opening {
    /// It is said that it takes a while.
    told: bool,
    task: JoinHandle<Result<Opened, Refused>>,
}

impl Switchboard {
    pub(super) fn new(
        start: &Start,
        sender: UnboundedSender<Incoming>,
        (link, wishes): (Link, UnboundedReceiver<Wish>),
        keeper: Rc<Keeper>,
    ) -> Self {
        Self {
            shelf: Shelf::new(start),
            sender,
            link,
            wishes,
            keeper,
            live: None,
            opening: None,
            chores: JoinSet::new(),
            search: (None, false),
            gate: Arc::default(),
            prune: Some(start.loaded.config.sessions),
            warned: None,
            is_demo: is_demo(start),
        }
    }

    /// Goes on with this conversation. A new one is there at once; a saved one comes while the box is usable.
    ///
    /// # Errors
    /// When a new one cannot be had; with the exit code.
    pub(super) fn begin(&mut self, start: &Start, wanted: Wanted) -> Result<(), Refused> {
        if wanted == Wanted::Ephemeral {
            self.shelf.keep_nothing();
        }
        match wanted {
            Wanted::New | Wanted::Ephemeral | Wanted::Choice => {
                let opened = self.shelf.open(&wanted)?;
                let session = Session::build(start, Shape::interactive(), &opened)?;
                self.connect(start, (opened, session), None)
            }
            saved => {
                self.open(saved);
                Ok(())
            }
        }
    }

    /// Serves the loop until that ends.
    pub(super) async fn serve(&mut self, start: &Start) -> std::convert::Infallible {
        loop {
            tokio::select! {
                wish = self.wishes.recv() => match wish {
                    Some(wish) => self.on(start, wish).await,
                    None => pending().await,
                },
                opened = until_open(&mut self.opening) => match opened {
                    None => self.tell(Severity::Info, "loading the conversation …"),
                    Some(opened) => {
                        let first = self.live.is_none();
                        if let Err((problem, _)) = self.swap(start, opened).await {
                            if first {
                                self.begin_instead(start);
                            }
                            self.complain(&problem);
                        }
                    }
                },
                Some(done) = self.chores.join_next() => self.on_chore(done.unwrap_or_default()),
            }
        }
    }

    /// A new conversation in place of a saved one that cannot be opened. What was meant for that one is not sent.
    fn begin_instead(&mut self, start: &Start) {
        let prompt = self.link.borrow_mut().take_prompts();
        if prompt.is_some() {
            self.tell_restored(Restored { prompt, ..Restored::default() });
        }
        if let Err((problem, _)) = self.begin(start, Wanted::New) {
            self.complain(&problem);
        }
    }

    async fn on(&mut self, start: &Start, wish: Wish) {
        match wish {
            Wish::Switch(switch) => self.switch(switch).await,
            Wish::List(text) => {
                self.search.0 = Some(text);
                self.look();
            }
            Wish::Delete(id) if self.present().as_ref() == Some(&id) => {
                self.tell(Severity::Warn, "that is the conversation on the screen; go to another one first (/new)");
            }
            Wish::Delete(id) => chore::delete(&mut self.chores, &self.shelf, id),
            Wish::Export(format, file) => {
                if let Some(live) = &self.live {
                    let (journal, secrets) = (live.opened.journal.clone(), secrets(start));
                    let document = Document { journal, format, file, secrets };
                    chore::export(&mut self.chores, &self.shelf, document);
                }
            }
            Wish::Named(id, name) => chore::keep_name(&mut self.chores, &self.shelf, (id, name)),
            Wish::Late(answer) => {
                let commands = self.link.borrow().commands();
                if let Some(commands) = commands {
                    let _ = commands.send(answer).await;
                }
            }
        }
    }

    /// Starts the newest search, unless one runs.
    fn look(&mut self) {
        if !self.search.1
            && let Some(text) = self.search.0.take()
        {
            self.search.1 = true;
            chore::search(&mut self.chores, &self.shelf, text);
        }
    }

    fn on_chore(&mut self, chore: Chore) {
        for incoming in chore.news {
            let _ = self.sender.send(incoming);
        }
        if chore.searched {
            self.search.1 = false;
            self.look();
        }
    }

    async fn switch(&mut self, switch: Switch) {
        if self.opening.is_some() {
            return self.tell(Severity::Warn, "a conversation is being loaded already");
        }
        let asked = switch.clone();
        let wanted = match switch {
            Switch::New => Wanted::New,
            Switch::Resume(id) if self.present().as_ref() == Some(&id) => {
                return self.tell(Severity::Info, "that is the conversation on the screen");
            }
            Switch::Resume(id) => match self.shelf.store.summary(&id, &self.shelf.here) {
                // Another folder has other rules, another trust, another sandbox: that is another start.
                Some(found) if !found.card.here => {
                    let there = go_there(&id, &found.folder);
                    return self.tell(Severity::Warn, format!("it belongs to another folder: {there}"));
                }
                _ => Wanted::Saved(id),
            },
            Switch::Fork => match self.to_copy() {
                Some(id) => Wanted::Fork(id),
                None => return self.tell(Severity::Info, "nothing of this conversation is on disk: nothing to copy"),
            },
        };
        if self.may_leave(&asked).await {
            self.open(wanted);
        }
    }

    /// The present conversation, if there is a log of it.
    fn to_copy(&self) -> Option<SessionId> {
        let journal = &self.live.as_ref()?.opened.journal;
        let found = self.shelf.store.summary(journal.id(), &self.shelf.here);
        found.filter(|found| journal.dir().is_some() && found.card.bytes > 0).map(|found| found.card.id)
    }

    /// Nothing is lost when the present conversation is left, or that was said and is asked for again.
    async fn may_leave(&mut self, switch: &Switch) -> bool {
        let before = self.warned.take();
        let Some(Live { agent, opened, jobs }) = &self.live else { return true };
        if agent.puts_back() {
            self.tell(Severity::Warn, "files are being put back; wait for the end of it");
            return false;
        }
        let running = jobs.borrow().iter().filter(|job| job.exit.is_none()).count();
        // What was said last must be in the file that is left or copied.
        let is_saved = matches!(tokio::time::timeout(SAVED_WITHIN, opened.journal.barrier()).await, Ok(Ok(())));
        let (what, why) = if !is_saved {
            ("unsaved", "what was said last is not on the disk: make room, or /export it first".to_owned())
        } else if running > 0 {
            ("jobs", format!("{running} in the background would be stopped (/tasks)"))
        } else {
            return true;
        };
        let can_repeat = *switch != Switch::Fork || is_saved;
        if can_repeat && before == Some((switch.clone(), what)) {
            return true;
        }
        let again = if can_repeat { " · the same again goes on without it" } else { "" };
        self.tell(Severity::Warn, format!("{why}{again}"));
        self.warned = Some((switch.clone(), what));
        false
    }

    /// Has a log opened; [`Switchboard::serve`] goes on with it.
    fn open(&mut self, wanted: Wanted) {
        let all = self.shelf.clone();
        let task = tokio::task::spawn_blocking(move || all.open(&wanted));
        self.opening = Some(Opening { told: false, task });
    }

    /// The other conversation takes the place of the present one.
    async fn swap(&mut self, start: &Start, opened: Result<Opened, Refused>) -> Result<(), Refused> {
        let mut opened = opened?;
        let session = Session::build(start, Shape::interactive(), &opened)?;
        let is_first = self.live.is_none();
        let (before, draft) = self.link.borrow().drafted();
        if let Some(live) = self.live.take() {
            // What it still says is of the past.
            self.gate.fetch_add(1, Ordering::Relaxed);
            self.link.borrow_mut().disconnect();
            let _ = live.agent.commands.try_send(Command::Close);
            live.agent.join(END_WITHIN).await;
            opened::close(live.opened.journal).await;
        }
        let mut restored = std::mem::take(&mut opened.restored);
        let kept = self.shelf.store.draft(opened.journal.id());
        if !is_first {
            restored.prompt = restored.prompt.or(kept);
        }
        restored.notes.extend(opened.notes.iter().map(|note| Clean::strict(note)));
        self.tell_restored(restored);
        let journal = opened.journal.clone();
        self.connect(start, (opened, session), None)?;
        // What is typed goes along.
        match before {
            Some(from) if draft.is_empty() => self.keeper.keep(Keep::Left(from)),
            Some(from) => self.keeper.keep(Keep::Moved { from, to: journal, draft }),
            None if draft.is_empty() => {}
            None => self.keeper.keep(Keep::Draft(journal, draft)),
        }
        Ok(())
    }

    /// Puts an agent on the line.
    fn connect(
        &mut self,
        start: &Start,
        (opened, session): (Opened, Session),
        machine: Option<Machine>,
    ) -> Result<(), Refused> {
        let config = &start.loaded.config;
        let endpoint = config.endpoint.as_ref().ok_or_else(|| (super::account::no_key(start), Exit::Auth))?;
        let mut sinks = self.sinks(&opened);
        sinks.record = recording::sink(&start.env);
        let machine = machine.unwrap_or_else(|| session.machine(start));
        let jobs = session.toolbox.bench().jobs();
        let agent = Agent::start(machine, config, client(endpoint, &config.limits), session.toolbox, sinks);
        self.link.borrow_mut().connect(agent.commands.clone(), opened.journal.clone());
        self.live = Some(Live { agent, opened, jobs });
        if let Some(kept) = self.prune.take() {
            chore::prune(&mut self.chores, &self.shelf, kept);
        }
        Ok(())
    }

    /// Where the agent of this conversation publishes.
    fn sinks(&self, opened: &Opened) -> Sinks {
        let (gate, mine) = (Arc::clone(&self.gate), self.gate.load(Ordering::Relaxed));
        let (chat, quota, wishes) = (self.sender.clone(), self.sender.clone(), self.link.borrow().wishes.clone());
        let is_on_disk = AtomicBool::new(opened.past.is_some());
        let id = opened.journal.dir().map(|_| opened.journal.id().clone());
        hint(id.as_ref().filter(|_| opened.past.is_some()));
        let (told, is_renamed) = (opened.name.clone(), AtomicBool::new(false));
        let mut sinks = Sinks::new(
            move |event| {
                match &event {
                    Event::TurnStarted { .. } if !is_on_disk.swap(true, Ordering::Relaxed) => {
                        hint(id.as_ref());
                    }
                    Event::Session(info) if info.kept => {
                        let name = info.name.as_ref().map(|name| name.as_str().to_owned());
                        if name != told || is_renamed.load(Ordering::Relaxed) {
                            is_renamed.store(true, Ordering::Relaxed);
                            let _ = wishes.send(Wish::Named(info.id.clone(), name.unwrap_or_default()));
                        }
                    }
                    _ => {}
                }
                // The end of an agent is no end of the screen: another one comes, or the screen has ended already.
                if gate.load(Ordering::Relaxed) == mine && !matches!(event, Event::Closed) {
                    let _ = chat.send(Incoming::Chat(event));
                }
            },
            move |board| {
                let _ = quota.send(Incoming::Quota(Box::new(board)));
            },
        );
        (sinks.journal, sinks.name) = (Some(opened.journal.clone()), opened.name.clone());
        sinks
    }

    /// Ends the agent for a visit to the key dialog; what goes on afterwards.
    pub(super) async fn pause(&mut self) -> Option<Paused> {
        let Live { agent, opened, .. } = self.live.take()?;
        self.link.borrow_mut().disconnect();
        let _ = agent.commands.try_send(Command::Close);
        let machine = agent.join(END_WITHIN).await;
        Some(Paused { machine, opened })
    }

    /// Goes on after it, at whatever address the config names now.
    ///
    /// # Errors
    /// When the session cannot be put together any more; with the exit code.
    pub(super) async fn go_on(&mut self, start: &Start, paused: Option<Paused>) -> Result<(), Refused> {
        let was_demo = std::mem::replace(&mut self.is_demo, is_demo(start));
        if was_demo != self.is_demo {
            return self.change_world(start, paused).await;
        }
        let Some(Paused { machine, mut opened }) = paused else {
            // Still loading: it goes on by itself. If not, the loop ended between two conversations.
            return if self.opening.is_some() { Ok(()) } else { self.begin_bare(start, LEFT) };
        };
        if let (Err(error), None) = (opened.catch_up(), &machine) {
            let id = opened.journal.id().as_str();
            let what = format!("the conversation {id} cannot be read: {error}");
            let problem = Problem::new(ProblemKind::Internal, what);
            return Err((problem.hint(format!("go on with: glm-tui --resume {id}")), Exit::Failure));
        }
        let session = Session::build(start, Shape::interactive(), &opened)?;
        self.connect(start, (opened, session), machine)
    }

    /// What was said with the service is not gone on with in a demo, nor the other way round.
    async fn change_world(&mut self, start: &Start, paused: Option<Paused>) -> Result<(), Refused> {
        if let Some(Opening { task, .. }) = self.opening.take() {
            task.abort();
        }
        if let Some(Paused { opened, .. }) = paused {
            self.gate.fetch_add(1, Ordering::Relaxed);
            opened::close(opened.journal.clone()).await;
            self.keeper.keep(Keep::Left(opened.journal));
        }
        if self.is_demo {
            let keeps_nothing = self.shelf.keeps_nothing();
            self.shelf = Shelf::new(start);
            if keeps_nothing {
                self.shelf.keep_nothing();
            }
            return self.begin_bare(start, DEMO);
        }
        // The work is still in the demo's folder, which goes with the program: nothing is kept there.
        self.begin_bare(start, NO_DEMO)
    }

    /// A new conversation on a screen that shows another one.
    fn begin_bare(&mut self, start: &Start, note: &'static str) -> Result<(), Refused> {
        self.tell_restored(Restored { notes: vec![Clean::trusted(note)], ..Restored::default() });
        self.begin(start, Wanted::New)
    }

    /// Ends the agent and writes what is pending.
    pub(super) async fn close(mut self) {
        if let Some(Paused { opened, .. }) = self.pause().await {
            opened::close(opened.journal.clone()).await;
            self.keeper.keep(Keep::Left(opened.journal));
        }
    }

    fn present(&self) -> Option<SessionId> {
        Some(self.live.as_ref()?.opened.journal.id().clone())
    }

    fn tell_restored(&self, restored: Restored) {
        let _ = self.sender.send(Incoming::Chat(Event::Restored(Box::new(restored))));
    }

    fn tell(&self, severity: Severity, text: impl Into<String>) {
        let _ = self.sender.send(Incoming::Notice(Notice { severity, text: text.into() }));
    }

    fn complain(&self, problem: &Problem) {
        let hint =
            problem.hints.first().map_or_else(String::new, |hint| format!(" · {}", super::exit::next_step(hint)));
        self.tell(Severity::Danger, format!("{}{hint}", problem.what));
    }
}

/// A conversation between two agents.
pub(super) struct Paused {
    pub(super) machine: Option<Machine>,
    opened: Opened,
}

/// The log, once it is open; `None` when that takes long enough to be told. Dropping this future loses nothing.
async fn until_open(opening: &mut Option<Opening>) -> Option<Result<Opened, Refused>> {
    let Some(Opening { told, task }) = opening else { return pending().await };
    if !*told {
        if let Ok(opened) = tokio::time::timeout(LOADS_UNSEEN, &mut *task).await {
            *opening = None;
            return Some(opened.unwrap_or_else(|_| Err(broke())));
        }
        *told = true;
        return None;
    }
    let opened = task.await;
    *opening = None;
    Some(opened.unwrap_or_else(|_| Err(broke())))
}

/// The address is the demo's.
fn is_demo(start: &Start) -> bool {
    start.loaded.config.endpoint.as_ref().is_some_and(|endpoint| endpoint.demo)
}

/// What no document may hold.
fn secrets(start: &Start) -> Vec<String> {
    super::sessions::secrets(start).into_iter().map(str::to_owned).collect()
}

fn broke() -> Refused {
    let what = "the conversation could not be read: a fault in the program";
    (Problem::new(ProblemKind::Internal, what).hint("nothing of it was changed"), Exit::Failure)
}

/// What is said after a fault in the program: how this conversation is gone on with.
fn hint(id: Option<&SessionId>) {
    term::panic::go_on_with(match id {
        Some(id) => format!("go on with: glm-tui --resume {}", id.as_str()),
        None => "start again with: glm-tui (the draft is kept)".into(),
    });
}
