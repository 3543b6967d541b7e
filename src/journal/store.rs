//! The saved conversations of a person: a folder for each under `sessions` of the state folder. Lists, finds and
//! changes them as wholes; what is in a log is the [`super::Journal`]'s matter, what a conversation is not known.
//!
//! No lock is held between calls: whatever is said of a session may be outdated by the next line. A name from
//! outside is looked up among the folders that are there and never becomes a path by itself.

mod change;
mod fork;
mod prune;
mod take_over;

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, tz::TimeZone};

pub use self::prune::Pruned;
use super::{
    draft::Draft,
    log::LOG,
    reader::{self, Damage},
    record::VERSION,
    search::{self, Searched},
    session_id,
    story::Story,
    summary::{Desk, Summary, open_log},
};
pub use crate::config::Sessions as Limits;
use crate::{
    chat::{Problem, ProblemKind, SessionId, TurnId},
    config::Paths,
    text::Clean,
};

/// The sessions' folder below the state folder.
const SESSIONS: &str = "sessions";
/// Sessions that are named when several are meant.
const NAMED: usize = 5;

/// The saved conversations.
#[derive(Clone, Debug)]
pub struct Store {
    /// The folder of all; `None` where nothing is kept.
    root: Option<PathBuf>,
    home: Option<PathBuf>,
    zone: TimeZone,
}

/// What a name, an id or a text leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// This one.
    One(Box<Summary>),
    /// Any of these, newest first.
    Many(Vec<Summary>),
    /// Nothing.
    None,
}

/// Whether a session is what this text, in small letters, means.
type Fits = fn(&Summary, &str) -> bool;

/// What a session is called by.
const BY_NAME: [Fits; 3] = [
    |session, text| session.card.id.as_str() == text,
    |session, text| session.card.id.as_str().starts_with(text),
    |session, text| session.card.name.as_ref().is_some_and(|name| name.as_str().to_lowercase() == text),
];

impl Store {
    /// The sessions in the state folder; nothing is opened or made.
    #[must_use]
    pub fn new(paths: &Paths) -> Self {
        let root = (!paths.memory_only).then(|| paths.state_dir.join(SESSIONS));
        Self { root, home: paths.home.clone(), zone: TimeZone::system() }
    }

    /// The folder of a session, which need not exist; `None` where nothing is kept, or when this is no id.
    #[must_use]
    pub fn dir(&self, id: &SessionId) -> Option<PathBuf> {
        let root = self.root.as_ref()?;
        session_id::is_sound(id.as_str()).then(|| root.join(id.as_str()))
    }

    /// An id that no session has or will have, for one that begins now.
    #[must_use]
    pub fn fresh_id(&self, now: Timestamp) -> SessionId {
        session_id::fresh(now)
    }

    /// All sessions, newest first. `here` is the folder that is worked in. What is no session is passed over.
    #[must_use]
    pub fn list(&self, here: &Path) -> Vec<Summary> {
        let desk = self.desk(here);
        let mut all: Vec<Summary> = self.ids().into_iter().filter_map(|(id, dir)| desk.summary(id, &dir)).collect();
        all.sort_by(|a, b| (b.card.updated, &b.card.id).cmp(&(a.card.updated, &a.card.id)));
        all
    }

    /// One session.
    #[must_use]
    pub fn summary(&self, id: &SessionId, here: &Path) -> Option<Summary> {
        self.desk(here).summary(id.clone(), &self.existing(id)?)
    }

    /// The session that is meant: by its id, the beginning of one, its name, words of its title, or words of what
    /// was said in it. The first of these that fits any decides.
    #[must_use]
    pub fn find(&self, wanted: &str, here: &Path) -> Found {
        let text = wanted.trim().to_lowercase();
        let all = self.list(here);
        if text.is_empty() {
            return Found::of(all);
        }
        let titled: Fits = |session, text| session.card.title.as_str().to_lowercase().contains(text);
        match first_fit(&all, &text, &[BY_NAME.as_slice(), &[titled]].concat()) {
            Found::None => Found::of(self.search(wanted, NAMED, here).found),
            found => found,
        }
    }

    /// The session that is named: by its id, the beginning of one, or its name. For what cannot be taken back.
    #[must_use]
    pub fn named(&self, wanted: &str, here: &Path) -> Found {
        let text = wanted.trim().to_lowercase();
        if text.is_empty() { Found::None } else { first_fit(&self.list(here), &text, &BY_NAME) }
    }

    /// The session of this folder that was written last and holds a turn or a draft: what `--continue` means. One
    /// that the disk does not give back counts: an older one in its place would be the wrong one. Its card tells
    /// whether another program has it open.
    #[must_use]
    pub fn newest(&self, here: &Path) -> Option<Summary> {
        self.list(here).into_iter().find(is_to_go_on_with)
    }

    /// Sessions that match a text (all, when it is empty), at most `limit`, newest first; the reading of logs is
    /// bounded.
    #[must_use]
    pub fn search(&self, text: &str, limit: usize, here: &Path) -> Searched {
        let all = self.list(here);
        search::search(all, text, limit, &self.zone, |id| open_log(&self.existing(id)?))
    }

    /// What a session's log tells. Reads the whole log.
    ///
    /// # Errors
    /// When it is not there, or nothing can be made of it.
    pub fn story(&self, id: &SessionId) -> Result<Story, Problem> {
        let dir = self.existing(id).ok_or_else(|| missing(id.as_str()))?;
        let log = open_log(&dir).ok_or_else(|| nothing_in(id))?;
        let read = reader::read_from(log, &[]).map_err(|error| broken("read", &error))?;
        let mut story = Story::tell(read).ok_or_else(|| nothing_in(id))?;
        // A folder that was copied by hand holds the other one's head.
        story.head.id = id.clone();
        Ok(story)
    }

    /// The text that was typed in a session and not sent.
    #[must_use]
    pub fn draft(&self, id: &SessionId) -> Option<String> {
        Some(Draft::read(&self.existing(id)?)?.text)
    }

    /// Keeps a draft of a session, which was typed in this folder; an empty one is forgotten.
    ///
    /// # Errors
    /// When it cannot be written; the draft before is then untouched.
    pub fn set_draft(&self, id: &SessionId, here: &Path, text: &str) -> Result<(), Problem> {
        let Some(dir) = self.dir(id) else { return Ok(()) };
        let draft = Draft { folder: here.to_path_buf(), text: text.to_owned() };
        draft.write(&dir).map_err(|error| broken("keep the draft of", &error))
    }

    /// The newest draft of a session of this folder that has no turns and that nobody has open: a plain start may
    /// take it over (by writing it as its own and forgetting this one).
    #[must_use]
    pub fn orphan_draft(&self, here: &Path) -> Option<(SessionId, String)> {
        let all = self.list(here).into_iter();
        let mut orphans = all.filter(|s| s.card.here && s.card.turns == 0 && s.drafted && !s.card.open);
        orphans.find_map(|s| {
            let damage = self.unsaid(&s.card.id)?;
            let is_whole = Damage { torn: 0, ..damage } == Damage::default();
            is_whole.then(|| Some((s.card.id.clone(), self.draft(&s.card.id)?))).flatten()
        })
    }

    /// Nothing was said or changed in this session: what is wrong with its log beside that. `None` when something
    /// was, or when the log cannot be read to its end. A summary cannot tell: it reads a log in part. Reads all of it.
    #[must_use]
    pub fn unsaid(&self, id: &SessionId) -> Option<Damage> {
        let dir = self.existing(id)?;
        if fs::symlink_metadata(dir.join(LOG)).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            return Some(Damage::default());
        }
        let read = reader::read_from(open_log(&dir)?, &[]).ok()?;
        let damage = read.damage;
        let is_blank = |story: Story| story.counters.turn == TurnId(0) && story.changes.is_empty();
        Story::tell(read).is_none_or(is_blank).then_some(damage)
    }

    /// The names of the session folders that are there; links and files are none.
    fn ids(&self) -> Vec<(SessionId, PathBuf)> {
        let entries = self.root.as_ref().and_then(|root| fs::read_dir(root).ok());
        let folders = entries.into_iter().flatten().flatten().filter(|e| e.file_type().is_ok_and(|t| t.is_dir()));
        let named = folders.filter_map(|entry| {
            let name = entry.file_name().into_string().ok().filter(|name| session_id::is_sound(name))?;
            Some((SessionId::from(name), entry.path()))
        });
        named.collect()
    }

    /// The folder of a session that is there: a real folder, no link.
    fn existing(&self, id: &SessionId) -> Option<PathBuf> {
        let dir = self.dir(id)?;
        fs::symlink_metadata(&dir).ok().filter(fs::Metadata::is_dir).map(|_| dir)
    }

    fn desk(&self, here: &Path) -> Desk<'_> {
        Desk::new(here, self.home.as_deref())
    }
}

impl Found {
    fn of(mut some: Vec<Summary>) -> Self {
        match some.len() {
            0 => Self::None,
            1 => some.pop().map_or(Self::None, |one| Self::One(Box::new(one))),
            _ => Self::Many(some),
        }
    }

    /// The one session.
    ///
    /// # Errors
    /// When there is none or there are several: says which.
    pub fn one(self, wanted: &str) -> Result<Summary, Problem> {
        match self {
            Self::One(one) => Ok(*one),
            Self::None => Err(missing(wanted)),
            Self::Many(some) => {
                let names: Vec<&str> = some.iter().take(NAMED).map(|session| session.card.id.as_str()).collect();
                let more = if some.len() > NAMED { ", …" } else { "" };
                let what = format!("{} sessions match: {}{more}", some.len(), names.join(", "));
                Err(Problem::new(ProblemKind::User, what).hint("name one of them by its id"))
            }
        }
    }
}

/// Whether a session is one of this folder, with something in it as far as is known.
fn is_to_go_on_with(session: &Summary) -> bool {
    session.card.here && (session.card.turns > 0 || session.drafted || session.unreadable)
}

/// The sessions of the first way that fits any.
fn first_fit(all: &[Summary], text: &str, ways: &[Fits]) -> Found {
    let of = |fits: &Fits| Found::of(all.iter().filter(|session| fits(session, text)).cloned().collect());
    ways.iter().map(of).find(|found| *found != Found::None).unwrap_or(Found::None)
}

/// Nothing is called so.
fn missing(wanted: &str) -> Problem {
    Problem::new(ProblemKind::User, format!("no session matches {}", Clean::strict(wanted)))
        .hint_with("see what there is", "glm-tui sessions list")
}

/// There is no record in its log.
fn nothing_in(id: &SessionId) -> Problem {
    Problem::new(ProblemKind::User, format!("nothing can be made of the log of session {id}"))
        .hint("the file was not changed; what is readable of it is plain text")
}

/// The system said no.
fn broken(what: &str, error: &std::io::Error) -> Problem {
    Problem::new(ProblemKind::Internal, format!("cannot {what} the session: {error}"))
        .hint("check the space on the disk and who may write the state folder")
}

/// It is of a newer version of the program.
fn newer(version: u32) -> Problem {
    let what =
        format!("this session was written by a newer version of glm-tui (format {version}, this one knows {VERSION})");
    Problem::new(ProblemKind::User, what).hint("it can be read and exported; update glm-tui to go on with it")
}

#[cfg(test)]
mod tests;
