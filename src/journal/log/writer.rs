//! The thread that writes a log: takes records, numbers them, writes them soon, syncs when it is asked to, and goes
//! on trying when the disk fails. Whatever is not surely on the disk stays in memory.

use std::{
    io,
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::{
    backlog::{Backlog, Kind},
    file::Medium,
};
use crate::{
    chat::{Problem, ProblemKind, Saving, StepId},
    journal::{
        line,
        record::{Record, Stream},
    },
    text::Clean,
};

/// The longest that text waits in memory (RELIABILITY.md P1).
const FLUSH_AFTER: Duration = Duration::from_millis(100);
/// As soon as this many bytes wait they are written.
const FLUSH_BYTES: usize = 4096;
/// How soon a failed write is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// The longest wait between two tries. Each try after a failed sync writes everything again, so that a disk that
/// stays broken must not be filled with it.
const RETRY_AT_MOST: Duration = Duration::from_secs(60);
/// More than this does not stay in memory for a sync that nobody asks for.
const SYNC_BYTES: usize = 16 << 20;

/// What is asked of the thread.
pub(super) enum Wish {
    /// Append a record of this moment.
    Append(i64, Box<Record>),
    /// Have a file although nothing was said yet.
    Make(i64),
    /// Have all on the disk, then say so.
    Barrier(Answer<Result<(), Problem>>),
    /// Write what can be written, then tell what could not.
    Rest(Answer<Vec<u8>>),
}

/// How far records get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Into the file: they survive the end of the program.
    File,
    /// Onto the disk: they survive the loss of power.
    Disk,
}

/// Takes an answer.
pub(super) type Answer<T> = Box<dyn FnOnce(T) + Send>;

/// Opens the log when the first record comes.
pub(super) type Opener = Box<dyn FnMut() -> io::Result<Box<dyn Medium>> + Send>;

/// What a writer begins with.
pub(super) struct Begin {
    /// The log.
    pub(super) open: Opener,
    /// It must be told first, if anything is.
    pub(super) head: Option<Record>,
    /// The highest number in the log.
    pub(super) last: u64,
    /// The log ends within a line.
    pub(super) is_torn: bool,
    /// Only a lease keeps other writers away, as far as that is known.
    pub(super) is_leased: bool,
}

/// The writer's own state; [`Writer::run`] is its thread.
pub(super) struct Writer {
    open: Opener,
    medium: Option<Box<dyn Medium>>,
    head: Option<Record>,
    last: u64,
    /// Pieces of one text that wait to become a record.
    text: Option<(i64, StepId, Stream, Clean)>,
    backlog: Backlog,
    /// Something was said that is worth a file: settings alone are not.
    is_told: bool,
    is_torn: bool,
    /// A sync failed: what it was for is written and synced again.
    owes_sync: bool,
    failed_for: Duration,
    tell: Tell,
}

/// Says what becomes of the records, also when the thread breaks.
pub(super) struct Tell {
    pub(super) saving: watch::Sender<Saving>,
    /// Only a lease keeps other writers away.
    pub(super) leased: watch::Sender<bool>,
}

impl Drop for Tell {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.saving.send_replace(Saving::Failing(gone()));
        }
    }
}

impl Writer {
    pub(super) fn new(begin: Begin, tell: Tell) -> Self {
        let Begin { open, head, last, is_torn, .. } = begin;
        Self {
            open,
            medium: None,
            head,
            last,
            text: None,
            backlog: Backlog::default(),
            is_told: false,
            is_torn,
            owes_sync: false,
            failed_for: Duration::ZERO,
            tell,
        }
    }

    /// Works until nobody can ask any more; then has all on the disk, if it can be.
    pub(super) fn run(mut self, inbox: &Receiver<Wish>) {
        let mut due: Option<Instant> = None;
        loop {
            let wish = match due {
                Some(at) => inbox.recv_timeout(at.saturating_duration_since(clock())),
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match wish {
                Ok(Wish::Append(at, record)) => {
                    self.take(at, *record);
                    if self.is_full() && !self.is_failing() {
                        let _ = self.save(Reach::File);
                    }
                }
                Ok(Wish::Make(at)) => self.begin(at),
                Ok(Wish::Barrier(answer)) => answer(self.barrier(due)),
                Ok(Wish::Rest(answer)) => {
                    let _ = self.save(Reach::File);
                    answer(self.backlog.unwritten().to_vec());
                }
                Err(RecvTimeoutError::Timeout) => {
                    due = None;
                    let _ = self.save(Reach::File);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let _ = self.save(Reach::Disk);
                    return;
                }
            }
            due = match self.wait() {
                None => None,
                Some(wait) => due.filter(|due| *due <= clock() + wait).or(Some(clock() + wait)),
            };
        }
    }

    /// How long what waits may wait.
    fn wait(&self) -> Option<Duration> {
        if self.is_failing() {
            return Some(self.failed_for);
        }
        let waits = self.is_told && (self.text.is_some() || !self.backlog.unwritten().is_empty());
        waits.then_some(FLUSH_AFTER)
    }

    fn is_failing(&self) -> bool {
        !self.failed_for.is_zero()
    }

    /// Enough waits to be written.
    fn is_full(&self) -> bool {
        let text = self.text.as_ref().map_or(0, |(.., text)| text.as_str().len());
        self.is_told && self.backlog.unwritten().len() + text >= FLUSH_BYTES
    }

    /// Takes a record; neighbouring pieces of a text become one.
    pub(super) fn take(&mut self, at: i64, record: Record) {
        self.write_head(at);
        self.is_told |= !matches!(record, Record::Head(_) | Record::Model { .. } | Record::Mode(_) | Record::Plan(_));
        match record {
            Record::Text { step, of, text } => match &mut self.text {
                Some((_, same, kind, before)) if (*same, *kind) == (step, of) => before.append(&text),
                _ => {
                    self.end_text();
                    self.text = Some((at, step, of, text));
                }
            },
            record => {
                self.end_text();
                self.encode(at, &record);
            }
        }
    }

    /// The head is enough from now on.
    fn begin(&mut self, at: i64) {
        self.write_head(at);
        self.is_told = true;
    }

    fn write_head(&mut self, at: i64) {
        if let Some(head) = self.head.take() {
            self.encode(at, &head);
        }
    }

    fn end_text(&mut self) {
        if let Some((at, step, of, text)) = self.text.take() {
            self.encode(at, &Record::Text { step, of, text });
        }
    }

    fn encode(&mut self, at: i64, record: &Record) {
        let n = self.last.saturating_add(1);
        let kind = if matches!(record, Record::Text { .. }) { Kind::Text } else { Kind::Other };
        // What is no JSON (nothing that a record can hold is) takes no number.
        if self.backlog.push(kind, |out| line::encode_into(out, (n, at), record)).is_ok() {
            self.last = n;
        }
    }

    /// Has all on the disk. Soon after a failed sync it is not tried again: each try writes everything anew.
    fn barrier(&mut self, due: Option<Instant>) -> Result<(), Problem> {
        if self.owes_sync
            && due.is_some_and(|due| clock() < due)
            && let Saving::Failing(problem) = &*self.tell.saving.borrow()
        {
            return Err(problem.clone());
        }
        self.save(Reach::Disk).map_err(|error| failed(&error))
    }

    /// Writes what waits, and syncs it if that is asked for or owed.
    pub(super) fn save(&mut self, to: Reach) -> io::Result<()> {
        self.end_text();
        if !self.is_told {
            return Ok(());
        }
        let saved = self.write().and_then(|()| {
            if to == Reach::Disk || self.owes_sync || self.backlog.unsynced() > SYNC_BYTES {
                self.sync()
            } else {
                Ok(())
            }
        });
        let saving = match &saved {
            Ok(()) => {
                self.failed_for = Duration::ZERO;
                Saving::Well
            }
            Err(error) => {
                let longer = if self.owes_sync { self.failed_for * 2 } else { RETRY_AFTER };
                self.failed_for = longer.clamp(RETRY_AFTER, RETRY_AT_MOST);
                Saving::Failing(failed(error))
            }
        };
        self.tell.saving.send_if_modified(|old| {
            let is_news = std::mem::discriminant(old) != std::mem::discriminant(&saving);
            if is_news {
                *old = saving;
            }
            is_news
        });
        saved
    }

    fn write(&mut self) -> io::Result<()> {
        if self.backlog.unwritten().is_empty() {
            return Ok(());
        }
        let medium = match &mut self.medium {
            Some(medium) => medium,
            none => {
                let medium = none.insert((self.open)()?);
                self.tell.leased.send_replace(medium.is_leased());
                medium
            }
        };
        if self.is_torn {
            // The torn line ends here; it comes again, whole.
            medium.append(b"\n").1?;
            self.is_torn = false;
        }
        let (n, written) = medium.append(self.backlog.unwritten());
        self.is_torn = self.backlog.wrote(n);
        written
    }

    fn sync(&mut self) -> io::Result<()> {
        let Some(medium) = self.medium.as_mut().filter(|_| self.backlog.unsynced() > 0) else { return Ok(()) };
        let synced = medium.sync();
        self.owes_sync = synced.is_err();
        if synced.is_ok() {
            self.backlog.synced();
        } else {
            // After a failed sync the system may have dropped what was written, and the next sync may succeed
            // without it (https://wiki.postgresql.org/wiki/Fsync_Errors): all of it is written anew.
            self.backlog.rewind();
            self.is_torn = true;
        }
        synced
    }
}

fn failed(error: &io::Error) -> Problem {
    Problem::new(ProblemKind::Internal, "the session cannot be saved; it is held in memory and tried again")
        .hint("make room on the disk, or make the state folder writable")
        .detail(Clean::new(&error.to_string()))
}

/// What is said when the thread is not there.
pub(super) fn gone() -> Problem {
    Problem::new(ProblemKind::Internal, "the session is not saved any more: its writer has ended")
        .hint("quit and resume the session")
}

#[expect(clippy::disallowed_methods, reason = "the writer's thread paces itself")]
fn clock() -> Instant {
    Instant::now()
}
