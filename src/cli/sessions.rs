//! `glm-tui sessions …`: saved conversations on the command line. Prints; what a session is, [`Store`] knows.

mod list;
mod remove;
mod show;
mod transfer;

pub(super) use self::transfer::{secrets, write_new};

use std::{fmt::Write, path::PathBuf};

use super::{
    args::{ListArgs, RenameArgs, SearchArgs, SessionsCommand, ShowArgs},
    exit::{Exit, complain, print},
    start::{Start, now},
};
use crate::{
    chat::{Problem, ProblemKind},
    journal::Store,
    quota::{TimeZone, Timestamp},
};

/// Runs the subcommand.
pub(super) fn run(start: &Start, what: SessionsCommand) -> Exit {
    let here = start.env.working_dir.clone().unwrap_or_default();
    let desk = Desk {
        store: Store::new(&start.loaded.paths),
        here: here.canonicalize().unwrap_or(here),
        zone: TimeZone::system(),
        now: now(),
    };
    let done = match what {
        SessionsCommand::List(args) => Ok(list_all(&desk, args)),
        SessionsCommand::Search(args) => Ok(search(&desk, &args)),
        SessionsCommand::Show(args) => show_one(&desk, &args),
        SessionsCommand::Export(args) => transfer::document(&desk, start, &args),
        SessionsCommand::Rename(args) => rename(&desk, &args),
        SessionsCommand::Rm(args) => remove::rm(&desk, &args),
        SessionsCommand::Prune(args) => Ok(remove::prune(&desk, args, start.loaded.config.sessions)),
        SessionsCommand::Import(args) => transfer::import(&desk, start, &args),
    };
    done.map_or_else(|problem| fail(&problem), |text| say(&text))
}

/// What the subcommands work with.
struct Desk {
    store: Store,
    /// The working folder.
    here: PathBuf,
    zone: TimeZone,
    now: Timestamp,
}

fn list_all(desk: &Desk, args: ListArgs) -> String {
    let mut all = desk.store.list(&desk.here);
    all.retain(|session| session.card.here || !args.here);
    if args.json { list::json(&all) } else { list::table(&all, &desk.zone) }
}

fn search(desk: &Desk, args: &SearchArgs) -> String {
    let text = args.text.join(" ");
    let searched = desk.store.search(&text, args.limit as usize, &desk.here);
    if args.json {
        return list::json(&searched.found);
    }
    let mut out =
        if searched.found.is_empty() { "nothing found\n".to_owned() } else { list::table(&searched.found, &desk.zone) };
    if searched.left_out > 0 {
        let _ = writeln!(out, "{} more were not looked into", searched.left_out);
    }
    out
}

fn show_one(desk: &Desk, args: &ShowArgs) -> Result<String, Problem> {
    let session = desk.store.find(&args.wanted, &desk.here).one(&args.wanted)?;
    let story = desk.store.story(&session.card.id).ok();
    let story = story.as_ref();
    Ok(if args.json { show::json(&session, story) } else { show::text(&session, story, &desk.zone) })
}

fn rename(desk: &Desk, args: &RenameArgs) -> Result<String, Problem> {
    let session = desk.store.named(&args.wanted, &desk.here).one(&args.wanted)?;
    desk.store.rename(&session.card.id, &args.name.join(" "))?;
    let name = desk.store.summary(&session.card.id, &desk.here).and_then(|session| session.card.name);
    Ok(match name {
        Some(name) => format!("{} is now called {name}\n", session.card.id),
        None => format!("{} has no name now\n", session.card.id),
    })
}

fn say(text: &str) -> Exit {
    print(text);
    Exit::Ok
}

/// Says the problem. A session that is not there, or is in use, is input that cannot be used.
fn fail(problem: &Problem) -> Exit {
    complain(problem);
    if problem.kind == ProblemKind::User { Exit::Input } else { Exit::of(problem) }
}
