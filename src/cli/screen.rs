//! The interactive program: the agent, the screen's state and the terminal, put together.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    demo,
    exit::{Exit, complain, print},
    keeper::{self, Keep, Keeper},
    recording,
    session::{Session, Shape},
    start::{Start, client, place},
    terminal::{depth, options, terminal_is_there},
    trust, welcome,
};
use crate::{
    agent::{Agent, Machine, Sinks},
    app::{Anchor, App, Effect, Incoming, Now, Pane, View, reasoning_named, trust::Brought},
    chat::{Command, Notice, Problem, Severity},
    config::{Glyphs, Loaded, Memory, ThemeFile, ThemeName},
    guard,
    quota::TimeZone,
    term,
    tools::Toolbox,
    ui,
};

/// How long the agent may take to end when the screen is gone; its tool calls have two seconds of it.
const END_WITHIN: Duration = Duration::from_secs(3);

/// While code is being coloured on its own thread the screen looks again this often.
const LOOK_AGAIN: Duration = Duration::from_millis(80);

/// The screen as the terminal's loop drives it.
struct Main {
    app: App,
    cache: ui::ViewCache,
    /// A wish of `GLM_TUI_PANIC`: the next key breaks the program.
    breaks: bool,
}

impl term::Screen for Main {
    fn on(&mut self, incoming: Incoming, now: Now) -> Vec<Effect> {
        if self.breaks && matches!(incoming, Incoming::Key { .. }) {
            break_down();
        }
        self.app.on(incoming, now)
    }

    fn next_tick(&self, now: Now) -> Option<std::time::Instant> {
        let colours = self.cache.pending().then(|| now.instant + LOOK_AGAIN);
        [self.app.next_tick(now), colours].into_iter().flatten().min()
    }

    fn draw(&mut self, frame: &mut term::Frame<'_>, now: Now) -> View {
        ui::draw(&self.app, &mut self.cache, frame, now)
    }

    fn scroll(&mut self, pane: Pane, rows: i32) -> Option<Anchor> {
        ui::scroll(&self.app, &mut self.cache, pane, rows)
    }

    fn ambiguous_is_wide(&mut self, wide: bool) {
        if self.app.look.ui.glyphs == Glyphs::Auto {
            self.app.look.ascii = wide;
        }
    }
}

/// The way to see what a fault in the program does to the terminal; builds for release have none.
#[expect(clippy::panic, reason = "asked for by name, in debug builds only")]
fn break_down() {
    panic!("the screen broke, as GLM_TUI_PANIC asked for");
}

/// Opens the screen; without a key the key dialog comes first.
pub(super) async fn run(mut start: Start, demo: bool, prompt: String) -> Exit {
    if let Err(problem) = terminal_is_there(&start) {
        complain(&problem);
        return Exit::Usage;
    }
    let problems;
    (start.loaded.paths, problems) = start.loaded.paths.clone().prepare();
    start.problems.extend(problems);
    term::panic::install(term::panic::Crash {
        folder: start.loaded.paths.state_dir.join("crashes"),
        hint: "start again with: glm-tui (the draft is kept)".into(),
    });
    let mut simulator = None;
    if demo && let Err(exit) = enter_demo(&mut start, &mut simulator) {
        return exit;
    }
    if start.loaded.config.endpoint.is_none() {
        match welcome::run(&mut start, false).await {
            Ok(welcome::Next::Go) => {}
            Ok(welcome::Next::Demo) => {
                if let Err(exit) = enter_demo(&mut start, &mut simulator) {
                    return exit;
                }
            }
            Ok(welcome::Next::Leave) => return Exit::Ok,
            Err(exit) => return exit,
        }
    }
    if let Err(exit) = settle_trust(&mut start).await {
        return exit;
    }
    let exit = Box::pin(Stage::new(start).run(prompt, &mut simulator)).await;
    if let Some(simulator) = simulator {
        simulator.stop();
    }
    exit
}

/// One question for each folder before anything of it acts. The demo asks nothing, and trusts nothing.
async fn settle_trust(start: &mut Start) -> Result<(), Exit> {
    if start.loaded.config.endpoint.as_ref().is_some_and(|endpoint| endpoint.demo) {
        return Ok(());
    }
    let Some(folder) = start.env.working_dir.clone().filter(|_| start.trust.is_none()) else { return Ok(()) };
    let folder = folder.canonicalize().unwrap_or(folder);
    let found = guard::found(&folder);
    let brought = found.into_iter().map(|f| Brought { name: f.name, what: f.what }).collect();
    let yes = trust::ask(start, &folder, brought).await?;
    start.trust(yes);
    Ok(())
}

fn enter_demo(start: &mut Start, simulator: &mut Option<demo::Demo>) -> Result<(), Exit> {
    match demo::start(start) {
        Ok(handle) => {
            *simulator = Some(handle);
            Ok(())
        }
        Err(problem) => {
            complain(&problem);
            Err(Exit::of(&problem))
        }
    }
}

/// The screen with all that outlives a visit to the key dialog.
struct Stage {
    start: Start,
    main: Main,
    sender: UnboundedSender<Incoming>,
    /// `None` only while the loop has it.
    inbox: Option<UnboundedReceiver<Incoming>>,
    project: PathBuf,
}

impl Stage {
    fn new(mut start: Start) -> Self {
        let project = start.env.working_dir.clone().unwrap_or_default();
        let paths = &start.loaded.paths;
        let mut app = App::new(&start.loaded.config, place(&start), TimeZone::system(), term::clock());
        let memory = Memory::read(paths);
        let reasoning = memory.get(&project, "reasoning.pane").and_then(reasoning_named);
        app.restore(keeper::history(paths), keeper::draft(paths, &project), reasoning);
        let mut cache = ui::ViewCache::new();
        cache.set_depth(depth(&start.env));
        start.problems.extend(own_theme(&start.loaded, &mut cache));
        let (sender, inbox) = unbounded_channel();
        for problem in &start.problems {
            let hint = problem.hints.first().map_or_else(String::new, |h| format!(" · {}", h.what));
            let text = format!("{}{hint}", problem.what);
            let _ = sender.send(Incoming::Notice(Notice { severity: Severity::Warn, text }));
        }
        let breaks = cfg!(debug_assertions) && start.env.var("GLM_TUI_PANIC") == Some("ui");
        let main = Main { app, cache, breaks };
        Self { start, main, sender, inbox: Some(inbox), project }
    }

    async fn run(mut self, prompt: String, simulator: &mut Option<demo::Demo>) -> Exit {
        let mut kept: Option<Machine> = None;
        let mut prompt = Some(prompt).filter(|p| !p.is_empty());
        loop {
            let session = match Session::build(&self.start, Shape::interactive()) {
                Ok(session) => session,
                Err((problem, exit)) => {
                    complain(&problem);
                    return exit;
                }
            };
            let machine = kept.take().unwrap_or_else(|| session.machine(&self.start));
            let Some(agent) = self.agent(machine, session.toolbox) else { return Exit::Auth };
            if let Some(prompt) = prompt.take() {
                let _ = agent.commands.try_send(Command::Submit(prompt));
            }
            let ended = self.show(&agent).await;
            let _ = agent.commands.try_send(Command::Close);
            kept = agent.join(END_WITHIN).await;
            let moved = match ended {
                Err(problem) => {
                    complain(&problem);
                    return Exit::of(&problem);
                }
                Ok(term::ExitKind::Login) => match self.change_key(simulator).await {
                    Ok(moved) => moved,
                    Err(exit) => return exit,
                },
                Ok(kind) => return self.leave(kind),
            };
            if let Some(machine) = kept.as_mut().filter(|_| moved) {
                machine.move_to(&self.start.loaded.config);
            }
        }
    }

    /// Runs the terminal's loop until it ends.
    async fn show(&mut self, agent: &Agent) -> Result<term::ExitKind, Problem> {
        let sender = self.sender.clone();
        let keeper = Keeper::start(self.start.loaded.paths.clone(), self.project.clone(), {
            let sender = sender.clone();
            move |notice| {
                let _ = sender.send(Incoming::Notice(notice));
            }
        });
        let commands = agent.commands.clone();
        let perform = move |effect: &Effect| match effect {
            Effect::Send(command) if commands.try_send(command.clone()).is_err() => {
                let text = "the agent is too busy to take that; try again".to_owned();
                let _ = sender.send(Incoming::Notice(Notice { severity: Severity::Warn, text }));
            }
            Effect::SaveSetting { key, value } => keeper.keep(Keep::Setting(key.clone(), value.clone())),
            Effect::Remember { key, value } => keeper.keep(Keep::Fact(key, value.clone())),
            Effect::RememberPrompt(prompt) => keeper.keep(Keep::Prompt(prompt.clone())),
            Effect::SaveDraft(draft) => keeper.keep(Keep::Draft(draft.clone())),
            _ => {}
        };
        let shell = term::Shell { perform: Box::new(perform), started: None };
        let Some(inbox) = self.inbox.take() else { return Ok(term::ExitKind::Quit) };
        let options = options(&self.start.env, self.main.app.look.mouse);
        let exit = term::run(&mut self.main, inbox, shell, options).await?;
        self.inbox = Some(exit.incoming);
        Ok(exit.kind)
    }

    fn agent(&self, machine: Machine, toolbox: Arc<Toolbox>) -> Option<Agent> {
        let config = &self.start.loaded.config;
        let client = client(config.endpoint.as_ref()?, &config.limits);
        let (chat, quota) = (self.sender.clone(), self.sender.clone());
        let mut sinks = Sinks::new(
            move |event| {
                let _ = chat.send(Incoming::Chat(event));
            },
            move |board| {
                let _ = quota.send(Incoming::Quota(Box::new(board)));
            },
        );
        sinks.record = recording::sink(&self.start.env);
        Some(Agent::start(machine, config, client, toolbox, sinks))
    }

    /// Visits the key dialog; true when the address or the key is another one now.
    async fn change_key(&mut self, simulator: &mut Option<demo::Demo>) -> Result<bool, Exit> {
        match welcome::run(&mut self.start, true).await? {
            welcome::Next::Leave => return Ok(false),
            welcome::Next::Demo => enter_demo(&mut self.start, simulator)?,
            welcome::Next::Go => {}
        }
        self.main.app.moved_to(&self.start.loaded.config);
        Ok(true)
    }

    /// Leaves the conversation's end on the main screen.
    fn leave(self, kind: term::ExitKind) -> Exit {
        print(&self.main.app.exit_text());
        Exit::of_screen(kind)
    }
}

/// Gives the drawing side the user's own theme, if the settings name one.
fn own_theme(loaded: &Loaded, cache: &mut ui::ViewCache) -> Vec<Problem> {
    let ThemeName::Named(name) = &loaded.config.ui.theme else { return Vec::new() };
    let (theme, problems) = ThemeFile::find(name, &loaded.paths);
    cache.set_theme_file(theme);
    problems
}
