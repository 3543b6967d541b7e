//! What is done to saved conversations beside the one on the screen, on threads that may block; what came of it
//! goes to the screen.

use std::path::Path;

use tokio::task::JoinSet;

use super::{opened::Shelf, sessions, start::now};
use crate::{
    app::Incoming,
    chat::{Notice, Problem, ProblemKind, SessionCard, SessionId, Severity},
    config::Sessions,
    journal::{Format, Journal, Pruned, Story, export as export_text},
    text::Clean,
};

/// The most conversations that a search brings: more than anybody looks through.
const MOST: usize = 200;

/// What came of one.
#[derive(Debug, Default)]
pub(super) struct Chore {
    /// For the screen.
    pub(super) news: Vec<Incoming>,
    /// It was a search.
    pub(super) searched: bool,
}

impl Chore {
    fn said(severity: Severity, text: impl Into<String>) -> Self {
        let notice = Notice { severity, text: text.into() };
        Self { news: vec![Incoming::Notice(notice)], searched: false }
    }

    fn of(done: Result<String, Problem>) -> Self {
        match done {
            Ok(text) => Self::said(Severity::Info, text),
            Err(problem) => Self::said(Severity::Warn, problem.what),
        }
    }
}

/// Looks for conversations whose title, name, folder, date or text matches.
pub(super) fn search(chores: &mut JoinSet<Chore>, shelf: &Shelf, text: String) {
    let shelf = shelf.clone();
    chores.spawn_blocking(move || {
        let cards = cards(&shelf, &text);
        Chore { news: vec![Incoming::Sessions { query: text, cards }], searched: true }
    });
}

fn cards(shelf: &Shelf, text: &str) -> Vec<SessionCard> {
    let found = if text.trim().is_empty() {
        shelf.store.list(&shelf.here)
    } else {
        shelf.store.search(text, MOST, &shelf.here).found
    };
    found.into_iter().map(|found| found.card).collect()
}

/// Deletes a conversation with its copies of files, and shows what is left.
pub(super) fn delete(chores: &mut JoinSet<Chore>, shelf: &Shelf, id: SessionId) {
    let shelf = shelf.clone();
    chores.spawn_blocking(move || {
        let mut chore = Chore::of(shelf.store.delete(&id).map(|()| format!("deleted {}", id.as_str())));
        chore.news.push(Incoming::Sessions { query: String::new(), cards: cards(&shelf, "") });
        chore
    });
}

/// Keeps a name where lists look for it.
pub(super) fn keep_name(chores: &mut JoinSet<Chore>, shelf: &Shelf, (id, name): (SessionId, String)) {
    let shelf = shelf.clone();
    chores.spawn_blocking(move || match shelf.store.keep_name(&id, &name) {
        Ok(()) => Chore::default(),
        Err(problem) => Chore::said(Severity::Warn, problem.what),
    });
}

/// The present conversation as a document.
pub(super) struct Document {
    /// Its log.
    pub(super) journal: Journal,
    /// The form: `md`, `json`, `html`.
    pub(super) format: String,
    /// The file; empty = one of the session's name in the working folder.
    pub(super) file: String,
    /// What no document may hold.
    pub(super) secrets: Vec<String>,
}

/// Writes the present conversation to a file.
pub(super) fn export(chores: &mut JoinSet<Chore>, shelf: &Shelf, document: Document) {
    let here = shelf.here.clone();
    chores.spawn_blocking(move || Chore::of(write(&here, &document)));
}

fn write(here: &Path, document: &Document) -> Result<String, Problem> {
    let Document { journal, format, file, secrets } = document;
    let format = Format::named(format).ok_or_else(|| {
        Problem::new(ProblemKind::User, format!("there is no form “{}”: md, json or html", format.escape_debug()))
    })?;
    let story = journal
        .read()
        .ok()
        .and_then(Story::tell)
        .ok_or_else(|| Problem::new(ProblemKind::User, "nothing was said yet, so there is nothing to write"))?;
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    let own = format!("glm-tui-{}.{}", journal.id().as_str(), format.extension());
    let file = here.join(if file.is_empty() { own } else { file.clone() });
    sessions::write_new(&file, &export_text(&story, format, &secrets))?;
    Ok(format!("wrote {}", Clean::strict(&file.to_string_lossy())))
}

/// Drops copies of files of old conversations; told only when something went.
pub(super) fn prune(chores: &mut JoinSet<Chore>, shelf: &Shelf, kept: Sessions) {
    let shelf = shelf.clone();
    chores.spawn_blocking(move || dropped(&shelf.store.prune(kept, now())));
}

fn dropped(pruned: &Pruned) -> Chore {
    if pruned.dropped.is_empty() {
        return Chore::default();
    }
    let bytes: u64 = pruned.dropped.iter().map(|(.., bytes)| bytes).sum();
    let mut ids: Vec<&SessionId> = pruned.dropped.iter().map(|(id, ..)| id).collect();
    ids.dedup();
    let (n, mib) = (ids.len(), bytes.div_ceil(1 << 20));
    let s = if n == 1 { "" } else { "s" };
    Chore::said(Severity::Info, format!("dropped the undo copies of {n} old conversation{s} ({mib} MiB)"))
}
