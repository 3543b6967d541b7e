//! The screen with all that outlives a visit to the key dialog: into its loop, out of it, to the end.

use std::{cell::RefCell, rc::Rc};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    demo,
    exit::{Exit, complain, print},
    keeper::{self, Keep, Keeper},
    link::{Line, Link, Wish},
    opened::{Draft, Shelf, Wanted},
    screen::Main,
    start::{Start, place},
    switchboard::Switchboard,
    terminal::{depth, options},
    welcome,
};
use crate::{
    app::{App, Effect, Incoming, reasoning_named},
    chat::{Command, Notice, Problem, Severity},
    config::{Loaded, Memory, ThemeFile, ThemeName},
    quota::TimeZone,
    term, ui,
};

/// The screen with all that outlives a visit to the key dialog.
pub(super) struct Stage {
    start: Start,
    main: Main,
    sender: UnboundedSender<Incoming>,
    /// `None` only while the loop has it.
    inbox: Option<UnboundedReceiver<Incoming>>,
    link: Link,
    wishes: Option<UnboundedReceiver<Wish>>,
    keeper: Rc<Keeper>,
    draft: Option<Draft>,
}

impl Stage {
    pub(super) fn new(mut start: Start, wanted: &Wanted) -> Self {
        let project = start.env.working_dir.clone().unwrap_or_default();
        let paths = &start.loaded.paths;
        let mut app = App::new(&start.loaded.config, place(&start), TimeZone::system(), term::clock());
        let memory = Memory::read(paths);
        let reasoning = memory.get(&project, "reasoning.pane").and_then(reasoning_named);
        let draft = Shelf::new(&start).draft(wanted, paths);
        app.restore(keeper::history(paths), draft.as_ref().map(|draft| draft.text.clone()), reasoning);
        let mut cache = ui::ViewCache::new();
        cache.set_depth(depth(&start.env));
        start.problems.extend(own_theme(&start.loaded, &mut cache));
        let (sender, inbox) = unbounded_channel();
        for problem in &start.problems {
            let hint = problem.hints.first().map_or_else(String::new, |h| format!(" · {}", h.what));
            warn(&sender, format!("{}{hint}", problem.what));
        }
        let breaks = cfg!(debug_assertions) && start.env.var("GLM_TUI_PANIC") == Some("ui");
        let main = Main { app, cache, breaks };
        let keeper = Rc::new(Keeper::start(start.loaded.paths.clone(), project, {
            let sender = sender.clone();
            move |notice| {
                let _ = sender.send(Incoming::Notice(notice));
            }
        }));
        let (wish, wishes) = unbounded_channel();
        let link = Rc::new(RefCell::new(Line::new(wish)));
        Self { start, main, sender, inbox: Some(inbox), link, wishes: Some(wishes), keeper, draft }
    }

    /// Runs until the user or a signal ends it.
    pub(super) async fn run(mut self, wanted: Wanted, prompt: String, simulator: &mut Option<demo::Demo>) -> Exit {
        let Some(wishes) = self.wishes.take() else { return Exit::Failure };
        let line = (Rc::clone(&self.link), wishes);
        let mut board = Switchboard::new(&self.start, self.sender.clone(), line, Rc::clone(&self.keeper));
        if wanted == Wanted::Choice {
            let _ = self.sender.send(Incoming::OpenSessions);
        }
        if let Err((problem, exit)) = board.begin(&self.start, wanted) {
            complain(&problem);
            return exit;
        }
        if let Some(draft) = self.draft.take() {
            self.take_over(draft);
        }
        if !prompt.is_empty() {
            let _ = self.link.borrow_mut().send(Command::Submit(prompt));
        }
        loop {
            let kind = match self.show(&mut board).await {
                Ok(kind) => kind,
                Err(problem) => {
                    board.close().await;
                    complain(&problem);
                    return Exit::of(&problem);
                }
            };
            if kind != term::ExitKind::Login {
                board.close().await;
                return self.leave(kind);
            }
            let mut paused = board.pause().await;
            let moved = match self.change_key(simulator).await {
                Ok(moved) => moved,
                Err(exit) => return exit,
            };
            if let Some(machine) = paused.as_mut().and_then(|paused| paused.machine.as_mut()).filter(|_| moved) {
                machine.move_to(&self.start.loaded.config);
            }
            if let Err((problem, exit)) = board.go_on(&self.start, paused).await {
                complain(&problem);
                return exit;
            }
        }
    }

    /// Keeps the draft that stands in the composer with its new conversation.
    fn take_over(&self, draft: Draft) {
        let journal = self.link.borrow_mut().draft(&draft.text);
        if let (Some(journal), Some(from)) = (journal, draft.taken_from) {
            self.keeper.keep(Keep::TakenOver { from, to: journal, draft: draft.text });
        }
    }

    /// Runs the terminal's loop until it ends, the switchboard beside it.
    async fn show(&mut self, board: &mut Switchboard) -> Result<term::ExitKind, Problem> {
        let Some(inbox) = self.inbox.take() else { return Ok(term::ExitKind::Quit) };
        let shell = term::Shell { perform: self.perform(), started: None };
        let options = options(&self.start.env, self.main.app.look.mouse);
        let exit = tokio::select! {
            exit = term::run(&mut self.main, inbox, shell, options) => exit?,
            never = board.serve(&self.start) => match never {},
        };
        self.inbox = Some(exit.incoming);
        Ok(exit.kind)
    }

    /// What the loop has done.
    fn perform(&self) -> Box<dyn FnMut(&Effect)> {
        let (sender, keeper, link) = (self.sender.clone(), Rc::clone(&self.keeper), Rc::clone(&self.link));
        let wish = link.borrow().wishes.clone();
        Box::new(move |effect| match effect {
            Effect::Send(command) if link.borrow_mut().send(command.clone()).is_err() => {
                warn(&sender, "the agent is too busy to take that; try again".into());
            }
            Effect::SaveSetting { key, value } => keeper.keep(Keep::Setting(key.clone(), value.clone())),
            Effect::Remember { key, value } => keeper.keep(Keep::Fact(key, value.clone())),
            // Nothing of what is said stays, so what was asked does not either.
            Effect::RememberPrompt(_) if link.borrow().is_memory_only() => {}
            Effect::RememberPrompt(prompt) => keeper.keep(Keep::Prompt(prompt.clone())),
            Effect::SaveDraft(draft) => {
                if let Some(journal) = link.borrow_mut().draft(draft) {
                    keeper.keep(Keep::Draft(journal, draft.clone()));
                }
            }
            Effect::Switch(switch) => drop(wish.send(Wish::Switch(switch.clone()))),
            Effect::ListSessions(text) => drop(wish.send(Wish::List(text.clone()))),
            Effect::DeleteSession(id) => drop(wish.send(Wish::Delete(id.clone()))),
            Effect::Export { format, file } => drop(wish.send(Wish::Export(format.clone(), file.clone()))),
            _ => {}
        })
    }

    /// Visits the key dialog; true when the address or the key is another one now.
    async fn change_key(&mut self, simulator: &mut Option<demo::Demo>) -> Result<bool, Exit> {
        match welcome::run(&mut self.start, true).await? {
            welcome::Next::Leave => return Ok(false),
            welcome::Next::Demo => demo::enter(&mut self.start, simulator)?,
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

fn warn(sender: &UnboundedSender<Incoming>, text: String) {
    let _ = sender.send(Incoming::Notice(Notice { severity: Severity::Warn, text }));
}

/// Gives the drawing side the user's own theme, if the settings name one.
fn own_theme(loaded: &Loaded, cache: &mut ui::ViewCache) -> Vec<Problem> {
    let ThemeName::Named(name) = &loaded.config.ui.theme else { return Vec::new() };
    let (theme, problems) = ThemeFile::find(name, &loaded.paths);
    cache.set_theme_file(theme);
    problems
}
