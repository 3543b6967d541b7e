//! Which saved conversation a run goes on with, and its log opened. Owns the words for what cannot be opened;
//! knows nothing of tools or screens.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;

use super::{
    args::SessionArgs,
    exit::Exit,
    keeper::{self, Source},
    start::{Start, now, place},
};
use crate::{
    agent::{Past, taken_up},
    chat::{Problem, ProblemKind, Restored, SessionId},
    config::Paths,
    guard::TrustStore,
    journal::{self, Found, Head, Journal, OpenFault, Store, Story, Summary, Unfinished, VERSION},
    text::Clean,
};

/// How long the log's last records may take to reach the disk when a session ends.
const CLOSED_WITHIN: Duration = Duration::from_secs(3);

/// How often, and how far apart, a log is tried that another program holds: half a second in all, more than looking
/// through the copies of one conversation takes.
const HELD_TRIES: u32 = 10;
const HELD_FOR: Duration = Duration::from_millis(50);

/// What cannot be opened, and how the program ends for it.
pub(super) type Refused = (Problem, Exit);

/// What a run goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A new conversation.
    New,
    /// A new one of which nothing stays on disk.
    Ephemeral,
    /// This saved one; a copy of it when another program has it open.
    Saved(SessionId),
    /// A copy of this one.
    Fork(SessionId),
    /// A person chooses from a list; until then a new one.
    Choice,
}

/// An open log and what it told.
pub(super) struct Opened {
    /// The way to it.
    pub(super) journal: Journal,
    /// What the agent goes on from.
    pub(super) past: Option<Past>,
    /// What it told of changes to files; its path is left out.
    pub(super) changes: Option<Story>,
    /// What the front end is told; empty for a new conversation.
    pub(super) restored: Restored,
    /// The name that a person gave it.
    pub(super) name: Option<String>,
    /// What a person must know of how it was opened.
    pub(super) notes: Vec<String>,
    /// Stands in for its folder where nothing is kept: deleted files and long output lie there until the end.
    scratch: Option<TempDir>,
}

/// The saved conversations, as one who works in this folder sees them.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pub(super) store: Store,
    /// The working folder, as a real path.
    pub(super) here: PathBuf,
    branch: Option<String>,
    /// Nothing is kept, as far as new conversations go.
    ephemeral: bool,
}

impl Shelf {
    pub(super) fn new(start: &Start) -> Self {
        let here = start.env.working_dir.clone().unwrap_or_default();
        // The folder of a demo goes with it, so nobody could go on there.
        let ephemeral = start.loaded.config.endpoint.as_ref().is_some_and(|endpoint| endpoint.demo);
        Self {
            store: Store::new(&start.loaded.paths),
            here: here.canonicalize().unwrap_or(here),
            branch: place(start).1,
            ephemeral,
        }
    }

    /// From now on nothing of new conversations stays on disk.
    pub(super) fn keep_nothing(&mut self) {
        self.ephemeral = true;
    }

    /// Nothing of new conversations stays on disk.
    pub(super) fn keeps_nothing(&self) -> bool {
        self.ephemeral
    }

    /// The conversation that the command line names.
    ///
    /// # Errors
    /// When there is none, or several, or it may not be written.
    pub(super) fn named(&self, args: &SessionArgs) -> Result<Named, Refused> {
        let usage = |problem| (problem, Exit::Usage);
        let summary = match args.resume.as_deref().map(str::trim) {
            Some("") => return Ok(Named::from(Wanted::Choice)),
            Some(text) => self.one(text).map_err(usage)?,
            None if args.newest => self.store.newest(&self.here).ok_or_else(|| usage(none_here()))?,
            None => return Ok(Named::from(if args.ephemeral { Wanted::Ephemeral } else { Wanted::New })),
        };
        let id = summary.card.id.clone();
        if summary.version > VERSION {
            return Err(refused(&id, &OpenFault::Newer(summary.version)));
        }
        let wanted = if args.fork_session { Wanted::Fork(id) } else { Wanted::Saved(id) };
        let elsewhere = (!summary.card.here && !summary.folder.as_os_str().is_empty()).then_some(summary.folder);
        Ok(Named { wanted, elsewhere })
    }

    fn one(&self, text: &str) -> Result<Summary, Problem> {
        match self.store.find(text, &self.here) {
            // Of several, the one of this folder is meant.
            Found::Many(some) if some.iter().filter(|one| one.card.here).count() == 1 => {
                some.into_iter().find(|one| one.card.here).ok_or_else(none_here)
            }
            found => found.one(text),
        }
    }

    /// Opens the log. Reads all of it, so it belongs on a blocking thread where somebody watches.
    ///
    /// # Errors
    /// When it cannot be gone on with.
    pub(super) fn open(&self, wanted: &Wanted) -> Result<Opened, Refused> {
        match wanted {
            Wanted::New | Wanted::Choice => Ok(self.fresh()),
            Wanted::Ephemeral => Ok(Self { ephemeral: true, ..self.clone() }.fresh()),
            Wanted::Saved(id) => match self.reopen_soon(id) {
                Err(OpenFault::Open) => {
                    let mut copy = self.fork(id)?;
                    // Its prompt is in work there.
                    copy.restored.prompt = None;
                    copy.notes.push(format!("{} is open in another program: this is a copy of it", id.as_str()));
                    copy.leave_unfinished();
                    Ok(copy)
                }
                opened => opened.map_err(|fault| refused(id, &fault)),
            },
            Wanted::Fork(id) => {
                let is_open = self.store.summary(id, &self.here).is_some_and(|found| found.card.open);
                let mut copy = self.fork(id)?;
                if is_open {
                    copy.leave_unfinished();
                }
                Ok(copy)
            }
        }
    }

    fn fork(&self, id: &SessionId) -> Result<Opened, Refused> {
        let copy = self.store.fork(id, now()).map_err(|problem| (problem, Exit::Input))?;
        self.reopen(&copy).map_err(|fault| refused(&copy, &fault))
    }

    /// Opens a log that may be held for a moment only, by a program that looks for old copies to drop.
    fn reopen_soon(&self, id: &SessionId) -> Result<Opened, OpenFault> {
        for _ in 0..HELD_TRIES {
            match self.reopen(id) {
                Err(OpenFault::Open) => std::thread::park_timeout(HELD_FOR),
                opened => return opened,
            }
        }
        self.reopen(id)
    }

    fn reopen(&self, id: &SessionId) -> Result<Opened, OpenFault> {
        let dir = self.store.dir(id).ok_or(OpenFault::Missing)?;
        let (journal, story) = Journal::reopen(&dir)?;
        Ok(Opened::told(journal, story))
    }

    /// A new conversation's log. Nothing of it is on disk before there is something to keep.
    fn fresh(&self) -> Opened {
        let id = self.store.fresh_id(now());
        let dir = if self.ephemeral { None } else { self.store.dir(&id) };
        let head = Head {
            v: VERSION,
            id,
            app: env!("CARGO_PKG_VERSION").into(),
            folder: self.here.to_string_lossy().into_owned(),
            branch: self.branch.clone(),
            forked_from: None,
            imported_from: None,
        };
        let restored = Restored::default();
        let journal = Journal::create(journal::Start { dir, head });
        let scratch = self.ephemeral.then(|| tempfile::Builder::new().prefix("glm-tui-").tempdir().ok()).flatten();
        Opened { journal, past: None, changes: None, restored, name: None, notes: Vec::new(), scratch }
    }
}

impl Opened {
    fn told(journal: Journal, mut story: Story) -> Self {
        let name = story.name.clone();
        let path = std::mem::take(&mut story.path);
        let changes = story.clone();
        story.path = path;
        let (past, restored) = taken_up(story);
        let notes = journal.notice().map(Clean::into_string).into_iter().collect();
        Self { journal, past: Some(past), changes: Some(changes), restored, name, notes, scratch: None }
    }

    /// Reads again what was said and changed since, for an agent and tools that are put together anew.
    ///
    /// # Errors
    /// When the log cannot be read; it is as of its opening then.
    pub(super) fn catch_up(&mut self) -> io::Result<()> {
        if let Some(story) = Story::tell(self.journal.read()?) {
            self.past = Some(Past::of(&story));
            self.changes = Some(story);
        }
        Ok(())
    }

    /// What is not finished in the one that it was copied from goes on there: nothing was cut off.
    fn leave_unfinished(&mut self) {
        if let Some(story) = &mut self.changes {
            story.unfinished = Unfinished::default();
        }
    }

    /// Where its tools put what is not for the log.
    pub(super) fn dir(&self) -> Option<&Path> {
        self.journal.dir().or(self.scratch.as_ref().map(TempDir::path))
    }
}

/// A conversation that was named, and its folder if that is another one.
pub(super) struct Named {
    pub(super) wanted: Wanted,
    pub(super) elsewhere: Option<PathBuf>,
}

impl From<Wanted> for Named {
    fn from(wanted: Wanted) -> Self {
        Self { wanted, elsewhere: None }
    }
}

/// Text that was typed and not sent.
pub(super) struct Draft {
    pub(super) text: String,
    /// Where it was kept; goes there when it is kept with its new conversation. `None`: it stays where it is.
    pub(super) taken_from: Option<Source>,
}

impl Shelf {
    /// What belongs into the composer at the start: the draft of the conversation that is gone on with. A new one
    /// takes over what an earlier start of this folder left, never what another program has before its user.
    pub(super) fn draft(&self, wanted: &Wanted, paths: &Paths) -> Option<Draft> {
        match wanted {
            // The draft of one that is open elsewhere stands before its own user.
            Wanted::Saved(id) if self.store.summary(id, &self.here).is_some_and(|found| !found.card.open) => {
                Some(Draft { text: self.store.draft(id)?, taken_from: None })
            }
            Wanted::New | Wanted::Choice if !self.ephemeral => {
                let orphan = self.store.orphan_draft(&self.here);
                let orphan = orphan.map(|(id, text)| Draft { text, taken_from: Some(Source::Session(id)) });
                orphan.or_else(|| {
                    let text = keeper::old_draft(paths, &self.here)?;
                    Some(Draft { text, taken_from: Some(Source::Old) })
                })
            }
            _ => None,
        }
    }
}

/// Writes what is pending and gives the lock back, with a bound: a disk that hangs must not hold up the exit.
pub(super) async fn close(journal: Journal) {
    let closing = tokio::task::spawn_blocking(move || journal.close());
    let _ = tokio::time::timeout(CLOSED_WITHIN, closing).await;
}

/// A conversation of another folder is gone on with there only if that folder is there and is trusted.
///
/// # Errors
/// When it is not; with the words that lead there.
pub(super) fn check_folder(start: &Start, wanted: &Wanted, folder: &Path) -> Result<(), Refused> {
    let (Wanted::Saved(id) | Wanted::Fork(id)) = wanted else { return Ok(()) };
    let shown = start.loaded.paths.shown(folder);
    let what = if !folder.is_dir() {
        format!("that conversation belongs to {shown}, which is not there any more")
    } else if TrustStore::new(&start.loaded.paths).decision(folder) != Some(true) {
        format!("that conversation belongs to {shown}, which is not trusted yet")
    } else {
        return Ok(());
    };
    Err((Problem::new(ProblemKind::User, what).hint(format!("go on there: {}", go_there(id, folder))), Exit::Input))
}

/// How a shell goes on with this conversation in its folder.
pub(super) fn go_there(id: &SessionId, folder: &Path) -> String {
    let folder = Clean::strict(&folder.to_string_lossy()).into_string().replace('\'', r"'\''");
    format!("cd '{folder}' && glm-tui --resume {}", id.as_str())
}

fn none_here() -> Problem {
    Problem::new(ProblemKind::User, "there is no conversation of this folder to go on with")
        .hint_with("start a new one", "glm-tui")
        .hint_with("or see those of other folders", "glm-tui sessions list")
}

fn refused(id: &SessionId, fault: &OpenFault) -> Refused {
    let id = id.as_str();
    let (what, hint) = match fault {
        OpenFault::Open => (
            format!("the conversation {id} is open in another program"),
            format!("go on in a copy: glm-tui --resume {id} --fork-session"),
        ),
        OpenFault::Newer(version) => (
            format!("the conversation {id} was written by a newer glm-tui (format {version}); it is not written to"),
            format!("update glm-tui, or read it: glm-tui sessions export {id}"),
        ),
        OpenFault::Missing => (format!("there is no saved conversation {id}"), "start a new one: glm-tui".to_owned()),
        OpenFault::Io(error) => {
            (format!("the conversation {id} cannot be opened: {error}"), "make the state folder writable".to_owned())
        }
    };
    (Problem::new(ProblemKind::User, what).hint(hint), Exit::Input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::{Event, Message, Role, TurnEnd, TurnId},
        journal::Start as Begin,
    };

    #[test]
    fn an_agent_that_is_put_together_anew_knows_what_was_said() {
        let head = Head {
            v: VERSION,
            id: SessionId::from("20261121-083000-aaaa"),
            app: "test".into(),
            folder: "/work".into(),
            branch: None,
            forked_from: None,
            imported_from: None,
        };
        let journal = Journal::create(Begin { dir: None, head });
        let mut opened = Opened {
            journal,
            past: None,
            changes: None,
            restored: Restored::default(),
            name: None,
            notes: Vec::new(),
            scratch: None,
        };
        opened.catch_up().unwrap();
        let said = vec![Message::text(Role::User, "hello"), Message::text(Role::Assistant, "hi")];
        opened.journal.note(&Event::TurnStarted { turn: TurnId(1), prompt: Clean::new("hello") });
        for message in &said {
            opened.journal.note(&Event::Message(Box::new(message.clone())));
        }
        opened.journal.note(&Event::TurnEnded { turn: TurnId(1), end: TurnEnd::Done });
        opened.catch_up().unwrap();
        let past = opened.past.unwrap();
        assert_eq!((past.last_turn, past.messages), (TurnId(1), said));
    }
}
