//! Runs the key dialog: its screen, and beside it the test of the key that was entered.

use std::time::Instant;

use tokio::sync::{
    Notify,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use super::{
    account::proxied,
    exit::{Exit, complain},
    login::{self, KeyTest},
    start::{Start, place},
    terminal::options,
};
use crate::{
    app::{
        Anchor, App, Effect, Incoming, Look, Now, Pane, View,
        welcome::{Keep, News, Outcome, Welcome, Wish},
    },
    chat::Problem,
    config::{Config, MouseMode, Preset, Secret, Wanted},
    quota::TimeZone,
    term, ui,
};

/// Where the program goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// With the key that was entered; the config has it.
    Go,
    /// With the demo.
    Demo,
    /// Back, or out.
    Leave,
}

/// The dialog as the terminal's loop drives it.
struct Page {
    welcome: Welcome,
    look: Look,
}

impl Page {
    fn effects(&self, wishes: Vec<Wish>) -> Vec<Effect> {
        let mut effects: Vec<Effect> = wishes.into_iter().map(Effect::Wish).collect();
        if self.welcome.outcome.is_some() {
            effects.push(Effect::Quit);
        }
        effects
    }
}

impl term::Screen for Page {
    fn on(&mut self, incoming: Incoming, _: Now) -> Vec<Effect> {
        match incoming {
            Incoming::Key { key, .. } => {
                let wishes = self.welcome.on_key(key);
                return self.effects(wishes);
            }
            Incoming::Paste(text) => self.welcome.on_paste(&text),
            Incoming::Check(news) => self.welcome.on_news(news),
            Incoming::Background { light } => self.look.light = Some(light),
            _ => {}
        }
        Vec::new()
    }

    fn next_tick(&self, _: Now) -> Option<Instant> {
        None
    }

    fn draw(&mut self, frame: &mut term::Frame<'_>, _: Now) -> View {
        ui::draw_welcome(&self.welcome, &self.look, frame);
        View::default()
    }

    fn scroll(&mut self, _: Pane, _: i32) -> Option<Anchor> {
        None
    }

    fn ambiguous_is_wide(&mut self, wide: bool) {
        self.look.ascii |= wide;
    }
}

/// Shows the dialog and settles what was decided.
///
/// # Errors
/// The exit of the program when the terminal failed or a signal came.
pub(super) async fn run(start: &mut Start, from_session: bool) -> Result<Next, Exit> {
    let look = App::new(&start.loaded.config, place(start), TimeZone::system(), term::clock()).look;
    let mut page = Page { welcome: Welcome::new(start.loaded.key.looked_in.clone(), from_session), look };
    let (incoming, inbox) = unbounded_channel();
    let (asks, wished) = unbounded_channel();
    let perform = move |effect: &Effect| {
        if let Effect::Wish(wish) = effect {
            let _ = asks.send(wish.clone());
        }
    };
    let shell = term::Shell { perform: Box::new(perform), started: None };
    let options = options(&start.env, MouseMode::Off);
    let tests = test_keys(&start.loaded.config, proxied(start), wished, incoming);
    let ended = tokio::select! {
        ended = term::run(&mut page, inbox, shell, options) => ended.map(|exit| exit.kind),
        () = tests => Ok(term::ExitKind::Quit),
    };
    match ended {
        Err(problem) => {
            complain(&problem);
            Err(Exit::of(&problem))
        }
        Ok(kind @ term::ExitKind::Signal(_)) => Err(Exit::of_screen(kind)),
        Ok(_) => settle(start, page.welcome.outcome),
    }
}

fn settle(start: &mut Start, outcome: Option<Outcome>) -> Result<Next, Exit> {
    let (preset, key, keep, model) = match outcome {
        None | Some(Outcome::Leave) => return Ok(Next::Leave),
        Some(Outcome::Demo) => return Ok(Next::Demo),
        Some(Outcome::Use { preset, key, keep, model }) => (preset, key, keep, model),
    };
    if keep == Keep::File
        && let Err(problem) = login::keep(start, preset, &key)
    {
        // The run goes on with the key in memory; the problem is told on the screen.
        start.problems.push(problem);
    }
    use_key(start, preset, key).map_err(|problem| {
        complain(&problem);
        Exit::of(&problem)
    })?;
    if let Some(model) = model {
        start.loaded.config.model = model;
    }
    Ok(Next::Go)
}

fn use_key(start: &mut Start, preset: Preset, key: Secret) -> Result<(), Problem> {
    let mut endpoint = Wanted::preset(preset).resolve()?;
    endpoint.key = Some(key);
    start.loaded.config.endpoint = Some(endpoint);
    Ok(())
}

/// Carries out the dialog's wishes until it is gone: at most one test at a time.
async fn test_keys(
    config: &Config,
    proxied: bool,
    mut wished: UnboundedReceiver<Wish>,
    incoming: UnboundedSender<Incoming>,
) {
    let tell = move |news: News| {
        let _ = incoming.send(Incoming::Check(news));
    };
    let test = KeyTest { config, proxied, tell: &tell };
    let skip = Notify::new();
    let mut next: Option<(Preset, Secret)> = None;
    loop {
        let wanted = next.take();
        let running = async {
            match wanted {
                Some((preset, key)) => test.run(preset, key, skip.notified()).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(running);
        let wish = loop {
            tokio::select! {
                () = &mut running => break wished.recv().await,
                wish = wished.recv() => match wish {
                    Some(Wish::SkipModel) => skip.notify_waiters(),
                    other => break other,
                },
            }
        };
        match wish {
            None => return std::future::pending().await,
            Some(Wish::Test(preset, key)) => next = Some((preset, key)),
            Some(Wish::StopTest | Wish::SkipModel) => next = None,
        }
    }
}
