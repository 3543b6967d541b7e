//! The way to a log: what a program asks of it, and for how long it waits. The work is the writer's.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    time::{Duration, SystemTime},
};

use tokio::sync::{oneshot, watch};

use super::{
    OpenFault, Start,
    file::{self, LogFile, Medium, Memory},
    writer::{self, Begin, Opener, Tell, Wish, Writer, gone},
};
use crate::{
    chat::{Event, Problem, Saving, SessionId},
    journal::{
        reader::{Read, read_from},
        record::{Record, VERSION},
        story::Story,
    },
    text::Clean,
};

/// How long a thread waits for the disk before a barrier counts as failed: several times what a spinning disk under
/// load takes.
const BARRIER_WITHIN: Duration = Duration::from_secs(10);
/// How long the end of the program waits for the disk.
const CLOSED_WITHIN: Duration = Duration::from_secs(2);

/// The way to a session's log. Clones share one log.
#[derive(Clone, Debug)]
pub struct Journal {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    id: SessionId,
    dir: Option<PathBuf>,
    queue: Mutex<Option<mpsc::Sender<Wish>>>,
    /// Nothing ever comes here; it closes when the thread has ended.
    ended: Mutex<mpsc::Receiver<()>>,
    saving: watch::Receiver<Saving>,
    leased: watch::Receiver<bool>,
    /// What was written, where there is no disk.
    memory: Memory,
}

impl Journal {
    /// The log of a new session. Its folder and file are made with the first record that is worth it: a change of
    /// model or mode alone is not.
    #[must_use]
    pub fn create(start: Start) -> Self {
        let Start { dir, head } = start;
        let (id, memory) = (head.id.clone(), Memory::default());
        let open: Opener = match dir.clone() {
            Some(dir) => Box::new(move || Ok(Box::new(LogFile::make(&dir)?))),
            None => opened(Box::new(memory.clone())),
        };
        let begin = Begin { open, head: Some(Record::Head(head)), last: 0, is_torn: false, is_leased: false };
        Self::start((id, dir, memory), begin)
    }

    /// Goes on with a session that was written before, and tells it. Nothing is written but a torn end moved aside.
    ///
    /// # Errors
    /// When another program writes it, it is of a newer version, or it cannot be read or written.
    pub fn reopen(dir: &Path) -> Result<(Self, Story), OpenFault> {
        let log = LogFile::open(dir)?;
        let mut story = told(dir, log.reader())?;
        if story.head.v > VERSION {
            return Err(OpenFault::Newer(story.head.v));
        }
        // Where the torn end cannot be moved, it stays and is passed over.
        let mended = log.mend(dir, story.damage.torn);
        story.is_mended = mended.is_ok();
        let is_torn = mended.unwrap_or(true);
        let (id, last) = (story.head.id.clone(), story.last);
        let is_leased = log.is_leased();
        let open = opened(Box::new(log));
        let begin = Begin { open, head: None, last, is_torn, is_leased };
        let journal = Self::start((id, Some(dir.to_path_buf()), Memory::default()), begin);
        Ok((journal, story))
    }

    /// What a session's log tells, of any version, also while another program writes it. Writes nothing.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn story(dir: &Path) -> Result<Story, OpenFault> {
        told(dir, &file::for_reading(dir).map_err(OpenFault::from)?)
    }

    fn start((id, dir, memory): (SessionId, Option<PathBuf>, Memory), begin: Begin) -> Self {
        let (queue, inbox) = mpsc::channel();
        let (alive, ended) = mpsc::channel::<()>();
        let (tell_saving, saving) = watch::channel(Saving::Well);
        let (tell_leased, leased) = watch::channel(begin.is_leased);
        let writer = Writer::new(begin, Tell { saving: tell_saving, leased: tell_leased });
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || {
            let _alive = alive;
            writer.run(&inbox);
        });
        // Without a thread the queue is closed, and every barrier says so.
        drop(thread);
        let (queue, ended) = (Mutex::new(Some(queue)), Mutex::new(ended));
        Self { shared: Arc::new(Shared { id, dir, queue, ended, saving, leased, memory }) }
    }

    /// The session.
    #[must_use]
    pub fn id(&self) -> &SessionId {
        &self.shared.id
    }

    /// The session's folder; `None` where nothing is kept.
    #[must_use]
    pub fn dir(&self) -> Option<&Path> {
        self.shared.dir.as_deref()
    }

    /// Appends a record. Never waits.
    pub fn append(&self, record: Record) {
        self.wish(Wish::Append(now(), Box::new(record)));
    }

    /// Makes the log although nothing was said yet: its lock tells other programs that what lies beside it, a
    /// draft, is in use.
    pub fn make(&self) {
        self.wish(Wish::Make(now()));
    }

    /// Appends what of an event must survive.
    pub fn note(&self, event: &Event) {
        if let Some(record) = Record::of(event) {
            self.append(record);
        }
    }

    /// Waits until all that was appended is on the disk, however long that takes: the caller bounds it.
    ///
    /// # Errors
    /// When it is not, and is held in memory.
    pub async fn barrier(&self) -> Result<(), Problem> {
        let (done, answer) = oneshot::channel();
        self.wish(Wish::Barrier(Box::new(move |result| {
            let _ = done.send(result);
        })));
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// The same for a thread that may block; at most ten seconds.
    ///
    /// # Errors
    /// As [`Journal::barrier`], and when the disk does not answer.
    pub fn barrier_blocking(&self) -> Result<(), Problem> {
        let answer = self.ask(Wish::Barrier);
        answer
            .map_err(|()| Problem::new(gone().kind, "the disk has not answered for ten seconds"))?
            .unwrap_or_else(|| Err(gone()))
    }

    /// Whether what is appended reaches the disk, now and whenever that changes. After [`Journal::close`]: whether
    /// all of it did.
    #[must_use]
    pub fn saving(&self) -> watch::Receiver<Saving> {
        self.shared.saving.clone()
    }

    /// What a person must know of how the log is kept; nothing as a rule.
    #[must_use]
    pub fn notice(&self) -> Option<Clean> {
        let words = "this file system has no locks: open the session in one program at a time";
        self.shared.leased.borrow().then(|| Clean::trusted(words))
    }

    /// All that was appended so far, on the disk or not, without what later records repeat. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read, or the disk does not answer for ten seconds: what is not on it is then unknown.
    pub fn read(&self) -> io::Result<Read> {
        let rest = self.ask(Wish::Rest).map_err(|()| io::Error::from(io::ErrorKind::TimedOut))?.unwrap_or_default();
        match &self.shared.dir {
            None => read_from(io::Cursor::new(self.shared.memory.bytes()), &rest),
            Some(dir) => match file::for_reading(dir) {
                Ok(file) => read_from(file, &rest),
                Err(error) => match error.kind() {
                    // It could not be made so far.
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => read_from(io::empty(), &rest),
                    _ => Err(error),
                },
            },
        }
    }

    /// Writes what is pending and gives the lock back. Blocks, at most two seconds; appending afterwards does nothing.
    pub fn close(&self) {
        self.shared.close();
    }

    fn wish(&self, wish: Wish) {
        if let Some(queue) = &*self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = queue.send(wish);
        }
    }

    /// Asks the thread and waits, with a bound; `None` when there is no thread, an error when it does not answer.
    fn ask<T: Send + 'static>(&self, wish: fn(writer::Answer<T>) -> Wish) -> Result<Option<T>, ()> {
        let (done, answer) = mpsc::channel();
        self.wish(wish(Box::new(move |said| {
            let _ = done.send(said);
        })));
        match answer.recv_timeout(BARRIER_WITHIN) {
            Ok(said) => Ok(Some(said)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(()),
        }
    }
}

impl Shared {
    fn close(&self) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        if queue.is_none() {
            return;
        }
        drop(queue);
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(CLOSED_WITHIN);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.close();
    }
}

/// A log that is open already.
fn opened(medium: Box<dyn Medium>) -> Opener {
    let mut medium = Some(medium);
    Box::new(move || medium.take().ok_or_else(|| io::ErrorKind::NotConnected.into()))
}

/// What a file tells of the session in this folder.
fn told(dir: &Path, file: impl io::Read + io::Seek) -> Result<Story, OpenFault> {
    let nothing = || io::Error::new(io::ErrorKind::InvalidData, "nothing can be made of its log");
    let mut story = Story::tell(read_from(file, &[])?).ok_or_else(nothing)?;
    // The folder's name is the id that all go by: the head may be damaged, or that of the session that this folder
    // was copied from by hand.
    if let Some(name) = dir.file_name() {
        story.head.id = name.to_string_lossy().into_owned().into();
    }
    Ok(story)
}

#[expect(clippy::disallowed_methods, reason = "each record carries its moment")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
