//! Writes what the screen wants kept, off the loop: settings, project memory, prompt history, drafts.
//!
//! One thread, one queue, drained before the program ends. A write that fails is told once.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::mpsc,
    thread::JoinHandle,
};

use crate::{
    chat::{Notice, SessionId, Severity},
    config::{
        self, Memory, Paths,
        fault::{self, Call},
        files, shared,
    },
    journal::{Damage, Journal, Store},
};

/// Bytes of history that are read at the start: some thousand prompts.
const HISTORY_BYTES: u64 = 512 * 1024;

/// Bytes of history that are kept; four times what is read, so that it is rarely cut.
const HISTORY_MOST: u64 = 4 * HISTORY_BYTES;

/// What is to be kept.
#[derive(Debug)]
pub(super) enum Keep {
    /// One setting of the config file: dotted key and TOML value.
    Setting(String, String),
    /// A small fact of this project.
    Fact(&'static str, String),
    /// A prompt that was sent.
    Prompt(String),
    /// The draft of the conversation with this log; empty = forget it.
    Draft(Journal, String),
    /// The draft goes along from one conversation to another.
    Moved {
        /// The conversation that was left.
        from: Journal,
        /// The present one.
        to: Journal,
        /// The draft.
        draft: String,
    },
    /// A draft was taken over from where an earlier start left it; it goes there when it is kept here.
    TakenOver {
        /// Where it was.
        from: Source,
        /// The conversation that it lies with now.
        to: Journal,
        /// The draft.
        draft: String,
    },
    /// This conversation was left: if nothing was said in it, nothing of it stays.
    Left(Journal),
}

/// Where a draft of an earlier start lay.
#[derive(Debug)]
pub(super) enum Source {
    /// With a conversation in which nothing was said.
    Session(SessionId),
    /// In the file of this project that an earlier version kept.
    Old,
}

/// The queue and its thread.
pub(super) struct Keeper {
    queue: Option<mpsc::Sender<Keep>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread. `tell` takes the notice of a failed write.
    pub(super) fn start(paths: Paths, project: PathBuf, tell: impl Fn(Notice) + Send + 'static) -> Self {
        if paths.memory_only {
            return Self { queue: None, thread: None };
        }
        let (queue, inbox) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("keeper".into())
            .spawn(move || {
                let mut told = false;
                let store = Store::new(&paths);
                for keep in inbox {
                    if let Err(why) = write((&paths, &store), &project, keep)
                        && !std::mem::replace(&mut told, true)
                    {
                        tell(Notice { severity: Severity::Warn, text: format!("not kept: {why}") });
                    }
                }
            })
            .ok();
        Self { queue: Some(queue), thread }
    }

    /// Queues one thing; nothing blocks.
    pub(super) fn keep(&self, keep: Keep) {
        if let Some(queue) = &self.queue {
            let _ = queue.send(keep);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write((paths, store): (&Paths, &Store), project: &Path, keep: Keep) -> Result<(), String> {
    let (paths, problems) = paths.clone().prepare();
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem.what);
    }
    let words = |error: io::Error| error.to_string();
    match keep {
        Keep::Setting(key, value) => {
            let known = config::KNOWN.iter().find(|known| known.key == key);
            let kind = known.ok_or_else(|| format!("there is no setting {key}"))?.kind;
            let value = kind.accept_word(value.trim_matches('"'))?;
            config::save_setting(&paths, &key, &value).map_err(|p| p.what)
        }
        Keep::Fact(key, value) => Memory::read(&paths).set(&paths, project, key, &value).map_err(|p| p.what),
        Keep::Prompt(prompt) => append(&paths.history_file, &prompt).map_err(words),
        Keep::Draft(journal, draft) => keep_draft(store, project, (&journal, &draft)),
        // Where nothing is kept, the draft stays with the conversation that was left.
        Keep::Moved { to, .. } if to.dir().is_none() => Ok(()),
        Keep::Moved { from, to, draft } => {
            keep_draft(store, project, (&to, &draft))?;
            keep_draft(store, project, (&from, ""))?;
            forget_empty(store, project, from.id())
        }
        // Where nothing is kept, the draft stays where it was.
        Keep::TakenOver { to, .. } if to.dir().is_none() => Ok(()),
        Keep::TakenOver { from, to, draft } => {
            keep_draft(store, project, (&to, &draft))?;
            match from {
                Source::Session(id) => {
                    store.set_draft(&id, project, "").map_err(|problem| problem.what)?;
                    forget_empty(store, project, &id)
                }
                Source::Old => forget_old(&old_draft_file(&paths, project)).map_err(words),
            }
        }
        Keep::Left(journal) => forget_empty(store, project, journal.id()),
    }
}

/// Writes the draft into the folder of its conversation.
fn keep_draft(store: &Store, project: &Path, (journal, draft): (&Journal, &str)) -> Result<(), String> {
    if journal.dir().is_none() {
        return Ok(());
    }
    if !draft.is_empty() {
        // The log's lock is what tells other programs that the draft is somebody's. A disk that fails is told by
        // the log itself.
        journal.make();
        let _ = journal.barrier_blocking();
    }
    store.set_draft(journal.id(), project, draft).map_err(|problem| problem.what)
}

/// Deletes a conversation in which nothing was said, nothing is typed, and that nobody named.
fn forget_empty(store: &Store, project: &Path, id: &SessionId) -> Result<(), String> {
    let Some(found) = store.summary(id, project) else { return Ok(()) };
    let is_empty = found.card.turns == 0 && !found.drafted && found.card.name.is_none();
    if !is_empty || found.card.open || found.forked_from.is_some() || found.imported_from.is_some() {
        return Ok(());
    }
    // The summary is of the log's ends: what cannot be read to its end is not deleted.
    if store.unsaid(id) != Some(Damage::default()) {
        return Ok(());
    }
    store.delete(id).map_err(|problem| problem.what)
}

/// Removes the draft that an earlier version kept.
fn forget_old(file: &Path) -> io::Result<()> {
    fault::point("config", Call::Remove)?;
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// One JSON string a line.
fn append(file: &Path, prompt: &str) -> io::Result<()> {
    shared::append_line(file, &serde_json::to_string(prompt)?, HISTORY_MOST)
}

/// The prompts that were sent before, oldest first; lines that cannot be read are passed over.
#[must_use]
pub(super) fn history(paths: &Paths) -> Vec<String> {
    let read = || -> io::Result<String> {
        let mut file = fs::File::open(&paths.history_file)?;
        if !file.metadata()?.is_file() {
            return Ok(String::new());
        }
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(HISTORY_BYTES)))?;
        let mut bytes = Vec::new();
        file.take(HISTORY_BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    read().unwrap_or_default().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The draft of this project that an earlier version kept: read once, then drafts lie with their conversations.
#[must_use]
pub(super) fn old_draft(paths: &Paths, project: &Path) -> Option<String> {
    files::read_text(&old_draft_file(paths, project)).ok().filter(|d| !d.is_empty())
}

fn old_draft_file(paths: &Paths, project: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    project.hash(&mut hasher);
    paths.drafts_dir.join(format!("{:016x}.txt", hasher.finish()))
}
