//! A session in a few words, read from the beginning and the end of its log: a list of a thousand sessions, or of
//! one of 200 MB, costs the same few kilobytes each. There is no index that could be wrong.
//!
//! From the beginning come the head and the first prompt; from the end the number of turns (the highest turn that
//! a record names: prompts ever sent, those of branches that were left included) and the model. A name may have
//! been given anywhere in between, so it is kept in a small file beside the log as well.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
};

use super::{
    draft::{DRAFT, Draft},
    held::Held,
    log::LOG,
    reader::read,
    record::{Head, Record},
};
use crate::{
    chat::{ModelId, SessionCard, SessionId, TurnId},
    text::Clean,
};

/// How much of a log's beginning and of its end is read: at first, and when that does not tell.
const PARTS: [usize; 3] = [16 * 1024, 256 * 1024, 2 * 1024 * 1024];
/// After a part that the disk does not give back, reading goes on at the next multiple of this: a page.
const PAGE: usize = 4096;
/// Pages that the disk does not give back before the rest of a piece is given up: each may take it seconds.
const MOST_FAULTS: usize = 4;
/// The longest title and name in characters; a picker's row is shorter.
const TITLE: usize = 160;
/// The name of a session's name file.
pub(super) const NAME: &str = "name";
/// What a record of a name holds in raw bytes.
const NAMED: &[u8] = b"\"r\":{\"name\":";
/// What a first prompt begins with in the raw bytes of a record that was read in part.
const PROMPT: &[u8] = b"\"prompt\":\"";

/// A saved conversation as a list shows it, and what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The row; its `bytes` are the log's length, without copies of files.
    pub card: SessionCard,
    /// Its working folder; empty when it is not known.
    pub folder: PathBuf,
    /// The git branch when it began.
    pub branch: Option<Clean>,
    /// The model that answered last.
    pub model: Option<ModelId>,
    /// When it began, seconds since 1970.
    pub created: i64,
    /// The session that it was forked from.
    pub forked_from: Option<SessionId>,
    /// The program that it was imported from.
    pub imported_from: Option<Clean>,
    /// The major version of its log's format; 0 = its beginning is damaged, or there is only a draft.
    pub version: u32,
    /// It has text that was typed and not sent.
    pub drafted: bool,
    /// The disk did not give back all that was asked of its log: what is said here may be too little.
    pub unreadable: bool,
}

/// Where summaries are read, and for whom.
pub(super) struct Desk<'a> {
    /// The folder that is worked in, as it is named and as the system resolves it.
    here: [PathBuf; 2],
    /// The person's own folder, shown as `~`.
    home: Option<&'a Path>,
    /// Who writes which log.
    held: Held,
}

/// What the beginning and the end of a log tell.
#[derive(Debug, Default, PartialEq)]
struct Glance {
    head: Option<Head>,
    /// When it began, milliseconds since 1970.
    began: i64,
    /// The beginning of the first prompt.
    prompt: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    turns: u32,
    model: Option<ModelId>,
    /// Some of it the disk did not give back.
    unreadable: bool,
}

impl<'a> Desk<'a> {
    pub(super) fn new(here: &Path, home: Option<&'a Path>) -> Self {
        let real = fs::canonicalize(here).unwrap_or_else(|_| here.to_path_buf());
        Self { here: [here.to_path_buf(), real], home, held: Held::now() }
    }

    /// Reads a session's summary; `None` when its folder holds neither a log nor a draft.
    pub(super) fn summary(&self, id: SessionId, dir: &Path) -> Option<Summary> {
        let log = open_log(dir);
        let meta = log.as_ref().and_then(|file| file.metadata().ok());
        let glance = match (&log, &meta) {
            (Some(file), Some(meta)) => look(file, usize::try_from(meta.len()).unwrap_or(usize::MAX)),
            (log, _) => Glance { unreadable: log.is_some(), ..Glance::default() },
        };
        let draft_at = fs::symlink_metadata(dir.join(DRAFT)).ok().filter(fs::Metadata::is_file).map(|m| m.mtime());
        if log.is_none() && draft_at.is_none() {
            return None;
        }
        let needs_draft = glance.prompt.is_none() || glance.head.is_none();
        let draft = draft_at.filter(|_| needs_draft).and_then(|_| Draft::read(dir));
        let updated = meta.as_ref().map_or(0, MetadataExt::mtime).max(draft_at.unwrap_or(0));
        let folder = match (&glance.head, &draft) {
            (Some(head), _) => PathBuf::from(&head.folder),
            (None, Some(draft)) => draft.folder.clone(),
            (None, None) => PathBuf::new(),
        };
        let title = match (&glance.prompt, &draft) {
            (Some(prompt), _) => title(prompt),
            (None, Some(draft)) => title(&draft.text),
            (None, None) if glance.unreadable => Clean::trusted("(its log cannot be read)"),
            (None, None) if glance.head.is_none() => Clean::trusted("(the beginning of its log is damaged)"),
            (None, None) => Clean::default(),
        };
        let name = glance.last_name.or_else(|| read_name(dir)).or(glance.first_name);
        let card = SessionCard {
            id,
            name: name.map(|name| title_of(&name)).filter(|name| !name.is_empty()),
            title,
            folder: self.shown(&folder),
            here: self.here.contains(&folder),
            updated,
            turns: glance.turns,
            bytes: meta.as_ref().map_or(0, fs::Metadata::len),
            open: log.is_some_and(|file| self.held.is_held(&file)),
            hit: None,
        };
        let head = glance.head.as_ref();
        Some(Summary {
            card,
            branch: head.and_then(|head| head.branch.as_deref()).map(Clean::strict),
            model: glance.model,
            created: if glance.began == 0 { updated } else { glance.began / 1000 },
            forked_from: head.and_then(|head| head.forked_from.clone()),
            imported_from: head.and_then(|head| head.imported_from.as_deref()).map(Clean::strict),
            version: head.map_or(0, |head| head.v),
            drafted: draft_at.is_some(),
            unreadable: glance.unreadable,
            folder,
        })
    }

    /// A folder as a person reads it.
    fn shown(&self, folder: &Path) -> Clean {
        let tail = self.home.and_then(|home| folder.strip_prefix(home).ok());
        Clean::strict(&match tail {
            Some(tail) if tail.as_os_str().is_empty() => "~".to_owned(),
            Some(tail) => format!("~/{}", tail.display()),
            None => folder.display().to_string(),
        })
    }
}

/// The log of a session's folder, if it is a file: a link or a pipe in its place is not opened.
pub(super) fn open_log(dir: &Path) -> Option<File> {
    let path = dir.join(LOG);
    fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
    File::open(path).ok()
}

/// The name in a session's name file.
fn read_name(dir: &Path) -> Option<String> {
    let path = dir.join(NAME);
    fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
    let mut bytes = vec![0; TITLE * 4];
    let n = File::open(path).ok()?.read_at(&mut bytes, 0).ok()?;
    Some(String::from_utf8_lossy(&bytes[..n]).into_owned())
}

/// Reads as much of both ends as it takes. What the disk does not give back of the one says nothing of the other.
fn look(file: &impl FileExt, len: usize) -> Glance {
    let mut glance = Glance::default();
    for part in PARTS {
        let (bytes, whole) = piece(file, 0, part.min(len));
        glance.unreadable |= !whole;
        glance.begin(&bytes);
        if glance.prompt.is_some() || part >= len {
            break;
        }
    }
    for part in PARTS {
        let n = part.min(len);
        let (bytes, whole) = piece(file, len - n, n);
        glance.unreadable |= !whole;
        glance.end(&bytes);
        if glance.turns > 0 || part >= len {
            break;
        }
    }
    glance
}

/// A piece of a file, and whether it is whole: zeros stand for pages that cannot be read, which no record holds.
fn piece(file: &impl FileExt, at: usize, n: usize) -> (Vec<u8>, bool) {
    let mut bytes = vec![0; n];
    let (mut filled, mut faults) = (0, 0);
    while filled < n && faults < MOST_FAULTS {
        match file.read_at(&mut bytes[filled..], (at + filled) as u64) {
            // It was shortened meanwhile.
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => (filled, faults) = (((at + filled) / PAGE + 1) * PAGE - at, faults + 1),
        }
    }
    bytes.truncate(filled);
    (bytes, faults == 0)
}

impl Glance {
    /// Reads on until the first prompt.
    fn begin(&mut self, bytes: &[u8]) {
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            for entry in read(line).entries {
                match entry.record {
                    Record::Head(head) if self.head.is_none() => (self.began, self.head) = (entry.at, Some(head)),
                    Record::Turn { prompt, .. } if self.prompt.is_none() => self.prompt = Some(prompt.into_string()),
                    Record::Name(name) => self.first_name = Some(name),
                    _ => {}
                }
            }
            if self.prompt.is_some() {
                return;
            }
        }
        self.prompt = cut_prompt(bytes);
    }

    /// Reads back until the newest turn and model are known; for a name only the lines that may hold one are read.
    fn end(&mut self, bytes: &[u8]) {
        for line in bytes.split(|b| *b == b'\n').rev() {
            let named = self.last_name.is_none() && memchr::memmem::find(line, NAMED).is_some();
            let known = self.turns > 0 && self.model.is_some();
            if known && !named {
                continue;
            }
            for entry in read(line).entries.into_iter().rev() {
                if let Some(TurnId(turn)) = turn_of(&entry.record) {
                    self.turns = self.turns.max(turn);
                }
                match entry.record {
                    Record::Name(name) if self.last_name.is_none() => self.last_name = Some(name),
                    Record::Step { model, .. } | Record::Model { id: model, .. } if self.model.is_none() => {
                        self.model = Some(model);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The turn that a record names.
fn turn_of(record: &Record) -> Option<TurnId> {
    Some(match record {
        Record::Turn { turn, .. } | Record::Steered { turn, .. } | Record::TurnEnd { turn, .. } => *turn,
        Record::Step { step, .. } | Record::Text { step, .. } | Record::StepEnd { step, .. } | Record::Reset(step) => {
            step.turn
        }
        Record::Run(card) => card.step.turn,
        Record::Change(change) => change.turn,
        _ => return None,
    })
}

/// The beginning of a first prompt whose record is longer than what was read.
fn cut_prompt(bytes: &[u8]) -> Option<String> {
    let last = memchr::memrchr(b'\n', bytes).map_or(bytes, |at| &bytes[at + 1..]);
    memchr::memmem::find(last, b"\"turn\":")?;
    let text = &last[memchr::memmem::find(last, PROMPT)? + PROMPT.len()..];
    let text = &text[..text.len().min(TITLE * 8)];
    // The cut may lie in a character (4 bytes) or in an escaped pair of halves (12).
    (0..=12.min(text.len())).find_map(|short| {
        let quoted = [b"\"", &text[..text.len() - short], b"\""].concat();
        serde_json::from_slice(&quoted).ok()
    })
}

/// The first line of a text that says something.
fn title(text: &str) -> Clean {
    title_of(text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default())
}

/// One line, bounded, with every odd character escaped.
pub(super) fn title_of(line: &str) -> Clean {
    Clean::strict(&line.trim().chars().take(TITLE).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::line;

    /// A disk that does not give back this page.
    struct Worn {
        bytes: Vec<u8>,
        bad: usize,
    }

    impl FileExt for Worn {
        fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
            let from = usize::try_from(offset).unwrap();
            let bad = self.bad * PAGE..(self.bad + 1) * PAGE;
            if bad.contains(&from) {
                return Err(io::Error::from_raw_os_error(5));
            }
            let end = if from < bad.start { bad.start } else { self.bytes.len() };
            let n = buf.len().min(end.min(self.bytes.len()) - from);
            buf[..n].copy_from_slice(&self.bytes[from..from + n]);
            Ok(n)
        }

        fn write_at(&self, _: &[u8], _: u64) -> io::Result<usize> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    fn log() -> Vec<u8> {
        let head = Head {
            v: 1,
            id: "s".into(),
            app: "0".into(),
            folder: "/w".into(),
            branch: None,
            forked_from: None,
            imported_from: None,
        };
        let turn =
            |turn| Record::Turn { turn: TurnId(turn), prompt: Clean::new(&format!("{turn} {}", "x".repeat(900))) };
        let records = std::iter::once(Record::Head(head)).chain((1..=40).map(turn));
        (1..).zip(records).flat_map(|(n, record)| line::encode(n, 0, &record).unwrap()).collect()
    }

    #[test]
    fn a_page_that_cannot_be_read_hides_only_itself() {
        let len = log().len();
        let last = len / PAGE;
        // The bad page, whether the folder is known, and the turns.
        let cases =
            [(None, true, 40..=40), (Some(0), false, 40..=40), (Some(1), true, 40..=40), (Some(last), true, 30..=40)];
        for (bad, has_folder, turns) in cases {
            let glance = look(&Worn { bytes: log(), bad: bad.unwrap_or(last + 1) }, len);
            assert_eq!((glance.unreadable, glance.head.is_some()), (bad.is_some(), has_folder), "page {bad:?}");
            assert!(glance.prompt.is_some() && turns.contains(&glance.turns), "page {bad:?}: {} turns", glance.turns);
        }
    }
}
