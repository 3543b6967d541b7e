//! A real agent with a real client against a server on loopback, and the screen that a user would see.
//!
//! Waits are for conditions. A wait for a retry is skipped by pausing tokio's clock, which the agent
//! follows; it goes on as soon as the next try begins, so that no other limit passes unasked.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, mpsc as threads},
    time::Duration,
};

use glm_tui::{
    agent::{Agent, Machine, Past, Settings, Sinks},
    app::{App, Effect, Incoming, Now},
    chat::{Activity, Ask, Command, Event, Problem, RunEnd, TurnEnd},
    config::{self, Config, Endpoint, Environment, Flags, Limits, Preset, Secret},
    glm::Client,
    guard::{
        Policy,
        child_env::ChildEnv,
        runner::{Runner, RunnerSetup},
        sandbox::{Cage, CageSetup},
    },
    journal::Journal,
    quota::{Board, TimeZone, Timestamp},
    sim::{self, Scenario, Server},
    tools::{Bench, Options, Toolbox},
    ui::ViewCache,
};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};

use super::{
    keys::keys,
    screen::{Screen, draw},
};

/// Far above what any of these tests takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A key that must be found in one header only.
pub(crate) const CANARY: &str = "c0ffee0123456789.CanaryCanaryCanary";

/// The settings of a program that was never configured, with this address and no quota.
pub(crate) fn config(base_url: &str) -> Config {
    let mut config = config::load(&Environment::default(), &Flags::default()).0.config;
    config.endpoint = Some(Endpoint {
        preset: Preset::CodingIntl,
        base_url: base_url.to_owned(),
        quota_url: None,
        key: Some(Secret::new(CANARY.into())),
        demo: false,
    });
    config
}

/// Serves a scenario of the simulator in the caller's runtime.
pub(crate) fn serve(toml: &str) -> Server {
    let scenario = Scenario::parse(toml).unwrap_or_else(|problem| panic!("{}", problem.what));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    sim::serve(listener, scenario, Timestamp::now).unwrap()
}

/// This moment by tokio's clock.
pub(crate) fn now() -> Now {
    Now { instant: tokio::time::Instant::now().into_std(), wall: Timestamp::now() }
}

/// The tools over this folder.
pub(crate) fn toolbox(config: &Config, workspace: &Path) -> Arc<Toolbox> {
    let workspace = workspace.canonicalize().unwrap();
    let scratch = workspace.with_file_name("scratch");
    let setup = CageSetup {
        workspace: workspace.clone(),
        writable: Vec::new(),
        hidden: Vec::new(),
        scratch,
        wish: config.permissions.sandbox,
        network: false,
        helper: super::pty::glm_tui(),
        skip: Vec::new(),
    };
    let cage = Cage::probe(setup).unwrap();
    let env = ChildEnv::new(&Environment::collect().vars, std::slice::from_ref(&workspace), &[]);
    let policy = Policy::new(config.permissions.clone(), cage.rung(), true);
    let runner = Runner::new(RunnerSetup { cage, env, session_dir: None });
    let options =
        Options { more_folders: Vec::new(), session_dir: None, web: false, web_local: false, interactive: true };
    Arc::new(Toolbox::new(Bench::open(&workspace, policy, runner, options).unwrap()))
}

/// What the agent publishes.
enum News {
    Chat(Event),
    Quota(Box<Board>),
}

/// A conversation with a running agent, seen from the front.
pub(crate) struct Talk {
    /// What the agent said, in order, each with its moment.
    pub(crate) events: Vec<(tokio::time::Instant, Event)>,
    /// The screen's state, fed with the same.
    pub(crate) app: App,
    /// The quota as the agent last told it.
    pub(crate) board: Board,
    agent: Agent,
    news: mpsc::UnboundedReceiver<News>,
    cache: ViewCache,
    paused: bool,
    recording: threads::Receiver<String>,
    /// Where its tools work.
    pub(crate) workspace: PathBuf,
    /// Holds the workspace.
    _home: TempDir,
    /// Fires when the test has taken too long by the wall's clock; the guard ends its thread.
    alarm: oneshot::Receiver<()>,
    _guard: threads::Sender<()>,
}

impl Talk {
    /// Starts an agent with these settings.
    pub(crate) fn start(config: &Config) -> Self {
        Self::with(config, Settings::new(config, TimeZone::UTC, false))
    }

    /// Starts an agent that begins with these settings.
    pub(crate) fn with(config: &Config, settings: Settings) -> Self {
        Self::begin(config, Machine::new(settings), None)
    }

    /// Starts an agent that writes this log and goes on from this.
    pub(crate) fn logged(config: &Config, journal: Journal, past: Option<Past>) -> Self {
        let machine = Machine::new(Settings::new(config, TimeZone::UTC, false)).with_opening("in ~/src".into());
        Self::begin(config, past.into_iter().fold(machine, Machine::with_past), Some(journal))
    }

    fn begin(config: &Config, machine: Machine, journal: Option<Journal>) -> Self {
        let client = Client::new(config.endpoint.as_ref().unwrap(), &config.limits);
        let (sender, news) = mpsc::unbounded_channel();
        let quota = sender.clone();
        let mut sinks = Sinks::new(
            move |event| drop(sender.send(News::Chat(event))),
            move |board| drop(quota.send(News::Quota(Box::new(board)))),
        );
        let (lines, recording) = threads::channel();
        sinks.record = Some(Box::new(move |line| drop(lines.send(line))));
        sinks.journal = journal;
        let home = tempfile::tempdir().unwrap();
        let workspace = home.path().join("work");
        std::fs::create_dir(&workspace).unwrap();
        let toolbox = toolbox(config, &workspace);
        let agent = Agent::start(machine, config, client, toolbox, sinks);
        let app = App::new(config, ("~/src".into(), None), TimeZone::UTC, now());
        let (guard, held) = threads::channel::<()>();
        let (ring, alarm) = oneshot::channel();
        std::thread::spawn(move || {
            if held.recv_timeout(PATIENCE) == Err(threads::RecvTimeoutError::Timeout) {
                let _ = ring.send(());
            }
        });
        Self {
            events: Vec::new(),
            app,
            board: Board::default(),
            agent,
            news,
            cache: ViewCache::new(),
            paused: false,
            recording,
            workspace,
            _home: home,
            alarm,
            _guard: guard,
        }
    }

    /// An agent at this address, everything else as it comes.
    pub(crate) fn at(base_url: &str) -> Self {
        Self::start(&config(base_url))
    }

    /// An agent at this address with other limits.
    pub(crate) fn limited(base_url: &str, change: impl FnOnce(&mut Limits)) -> Self {
        let mut config = config(base_url);
        change(&mut config.limits);
        Self::start(&config)
    }

    /// Sends a command.
    pub(crate) fn send(&self, command: Command) {
        self.agent.commands.try_send(command).unwrap();
    }

    /// Ends the agent; the recording of all that it did.
    pub(crate) async fn recorded(self) -> String {
        self.send(Command::Close);
        self.agent.join(PATIENCE).await.expect("the agent ends");
        self.recording.iter().collect()
    }

    /// Ends the agent.
    pub(crate) async fn end(self) {
        self.send(Command::Close);
        self.agent.join(PATIENCE).await.expect("the agent ends");
    }

    /// Presses keys on the screen; what they want of the agent is sent.
    pub(crate) fn press(&mut self, script: &str) {
        for key in keys(script) {
            self.take(Incoming::Key { key, burst: 1 });
        }
    }

    fn take(&mut self, incoming: Incoming) {
        for effect in self.app.on(incoming, now()) {
            if let Effect::Send(command) = effect {
                self.send(command);
            }
        }
    }

    /// Takes one news; `false` when the agent is gone.
    async fn step(&mut self) -> bool {
        let news = tokio::select! {
            news = self.news.recv() => news,
            _ = &mut self.alarm => panic!("nothing more came; so far: {:#?}", self.events),
        };
        match news {
            None => return false,
            Some(News::Chat(event)) => {
                self.events.push((tokio::time::Instant::now(), event.clone()));
                self.take(Incoming::Chat(event));
            }
            Some(News::Quota(board)) => {
                self.board = (*board).clone();
                self.take(Incoming::Quota(board));
            }
        }
        true
    }

    /// Returns once this holds. Waits before a retry are skipped.
    pub(crate) async fn wait_for(&mut self, until: impl Fn(&Self) -> bool) {
        while !until(self) {
            let skips = matches!(self.activity(), Activity::Retrying { .. }) && !self.paused;
            if skips {
                tokio::time::pause();
            }
            let more = self.step().await;
            if skips {
                tokio::time::resume();
            }
            assert!(more, "the agent ended; so far: {:#?}", self.events);
        }
    }

    /// From here on time passes only when nothing else can happen.
    pub(crate) fn pause(&mut self) {
        self.paused = true;
        tokio::time::pause();
    }

    /// Time passes by itself again.
    pub(crate) fn resume(&mut self) {
        self.paused = false;
        tokio::time::resume();
    }

    /// Lets this time pass and takes the news that came meanwhile.
    pub(crate) async fn pass(&mut self, time: Duration) {
        let until = tokio::time::Instant::now() + time;
        loop {
            tokio::select! {
                biased;
                more = self.step() => assert!(more, "the agent ended"),
                () = tokio::time::sleep_until(until) => return,
            }
        }
    }

    /// Sends a prompt and waits for the end of its turn.
    pub(crate) async fn ask(&mut self, prompt: &str) -> TurnEnd {
        let before = self.ends().len();
        self.send(Command::Submit(prompt.into()));
        self.wait_for(|talk| talk.ends().len() > before).await;
        self.ends().last().cloned().unwrap()
    }

    /// As [`Talk::ask`], for a prompt that must fail.
    pub(crate) async fn fail(&mut self, prompt: &str) -> Problem {
        match self.ask(prompt).await {
            TurnEnd::Failed { problem, .. } => problem,
            end => panic!("{end:?}"),
        }
    }

    /// The questions so far.
    pub(crate) fn asks(&self) -> Vec<Ask> {
        self.kinds(|event| if let Event::Asked(ask) = event { Some((**ask).clone()) } else { None })
    }

    /// How tool calls ended, in the order of their ends.
    pub(crate) fn runs(&self) -> Vec<RunEnd> {
        self.kinds(|event| if let Event::RunEnded { report, .. } = event { Some(report.end) } else { None })
    }

    /// How turns ended.
    pub(crate) fn ends(&self) -> Vec<TurnEnd> {
        self.kinds(|event| match event {
            Event::TurnEnded { end, .. } => Some(end.clone()),
            _ => None,
        })
    }

    /// What the events say that interest.
    pub(crate) fn kinds<T>(&self, of: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        self.events.iter().filter_map(|(_, event)| of(event)).collect()
    }

    /// What the agent does.
    pub(crate) fn activity(&self) -> Activity {
        self.activities().pop().unwrap_or(Activity::Idle)
    }

    /// What the agent did, in order.
    pub(crate) fn activities(&self) -> Vec<Activity> {
        self.kinds(|event| match event {
            Event::Activity(activity) => Some(activity.clone()),
            _ => None,
        })
    }

    /// The waits before retries: how long, the number of the try, why.
    pub(crate) fn retries(&self) -> Vec<(Duration, u32, String)> {
        let of = |activity| match activity {
            Activity::Retrying { wait, attempt, why, .. } => Some((wait, attempt, why)),
            _ => None,
        };
        self.activities().into_iter().filter_map(of).collect()
    }

    /// The answer as a reader has it at the end: what a reset took back is gone.
    pub(crate) fn answer(&self) -> String {
        self.shown(false)
    }

    /// The reasoning likewise.
    pub(crate) fn reasoning(&self) -> String {
        self.shown(true)
    }

    fn shown(&self, reasoning: bool) -> String {
        let mut steps: Vec<(glm_tui::chat::StepId, String)> = Vec::new();
        for (_, event) in &self.events {
            match event {
                Event::Reasoning { step, text } if reasoning => steps.push((*step, text.as_str().into())),
                Event::Answer { step, text } if !reasoning => steps.push((*step, text.as_str().into())),
                Event::StepReset { step } => steps.retain(|(id, _)| id != step),
                _ => {}
            }
        }
        steps.into_iter().map(|(_, text)| text).collect()
    }

    /// The screen now.
    pub(crate) fn screen(&mut self, size: (u16, u16)) -> Screen {
        self.screen_in(Duration::ZERO, size)
    }

    /// The screen as it will be after this time if nothing comes.
    pub(crate) fn screen_in(&mut self, time: Duration, size: (u16, u16)) -> Screen {
        let now = now();
        let then = Now { instant: now.instant + time, wall: now.wall + time };
        let screen = draw(&self.app, &mut self.cache, size, then);
        self.take(Incoming::Drawn(Box::new(screen.view.clone())));
        screen
    }

    /// The words of the screen, rows joined by one blank: what wraps is found whole.
    pub(crate) fn words(&mut self) -> String {
        let screen = self.screen((120, 40));
        let words: Vec<String> =
            screen.rows().iter().flat_map(|row| row.split_whitespace()).map(String::from).collect();
        words.join(" ")
    }
}
