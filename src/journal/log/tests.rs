//! The writer over a disk that fails where it is told to, and that forgets what a failed sync was for.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use super::*;
use crate::{
    chat::{Message, Role, StepId, TurnId},
    journal::{Head, Stream, log::writer::Reach, read},
};

const STEP: StepId = StepId { turn: TurnId(1), step: 1 };

/// What a call does instead of its work.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Nothing is written.
    Refuse,
    /// Half of it is written, in the middle of a line.
    Short,
    /// The thread breaks.
    Panic,
    /// It never returns.
    Hang,
}

/// A disk: what is on it, and what is only written.
#[derive(Debug, Default)]
struct Disk {
    durable: Vec<u8>,
    written: Vec<u8>,
    n_calls: u64,
    faults: Vec<(u64, Fault)>,
    /// The calls from the first one on all fail until this one.
    down: std::ops::Range<u64>,
}

#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Disk>>);

impl Fake {
    fn with(faults: &[(u64, Fault)]) -> Self {
        let fake = Self::default();
        fake.0.lock().unwrap().faults = faults.to_vec();
        fake
    }

    fn down(calls: std::ops::Range<u64>) -> Self {
        let fake = Self::default();
        fake.0.lock().unwrap().down = calls;
        fake
    }

    fn fault(&self) -> Option<Fault> {
        let mut disk = self.0.lock().unwrap();
        disk.n_calls += 1;
        let n = disk.n_calls;
        let told = disk.faults.iter().find(|(at, _)| *at == n).map(|(_, fault)| *fault);
        let fault = told.or(disk.down.contains(&n).then_some(Fault::Refuse));
        drop(disk);
        match fault {
            Some(Fault::Panic) => panic!("the disk broke the thread"),
            Some(Fault::Hang) => loop {
                std::thread::park();
            },
            other => other,
        }
    }

    fn n_calls(&self) -> u64 {
        self.0.lock().unwrap().n_calls
    }

    /// What a program finds after the power failed.
    fn after_power_loss(&self) -> Read {
        read(&self.0.lock().unwrap().durable)
    }

    /// What a program finds after this one was killed.
    fn after_kill(&self) -> Read {
        let disk = self.0.lock().unwrap();
        read(&[disk.durable.as_slice(), &disk.written].concat())
    }
}

impl Medium for Fake {
    fn append(&mut self, bytes: &[u8]) -> (usize, io::Result<()>) {
        let n = match self.fault() {
            Some(Fault::Refuse) => 0,
            Some(_) => bytes.len() / 2,
            None => bytes.len(),
        };
        self.0.lock().unwrap().written.extend_from_slice(&bytes[..n]);
        (n, if n == bytes.len() { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) })
    }

    fn sync(&mut self) -> io::Result<()> {
        let failed = self.fault().is_some();
        let mut disk = self.0.lock().unwrap();
        // As Linux does it: what could not be written is dropped, and the next sync is well.
        let written = std::mem::take(&mut disk.written);
        if failed {
            return Err(io::Error::from_raw_os_error(5));
        }
        disk.durable.extend(written);
        Ok(())
    }
}

fn begin(fake: &Fake) -> Begin {
    let head = Head {
        v: VERSION,
        id: "s".into(),
        app: "test".into(),
        folder: "/w".into(),
        branch: None,
        forked_from: None,
        imported_from: None,
    };
    let open = opened(Box::new(fake.clone()));
    Begin { open, head: Some(Record::Head(head)), last: 0, is_torn: false, is_leased: false }
}

fn writer(fake: &Fake) -> (Writer, watch::Receiver<Saving>) {
    let (saving, told) = watch::channel(Saving::Well);
    (Writer::new(begin(fake), Tell { saving, leased: watch::channel(false).0 }), told)
}

fn journal(fake: &Fake) -> Journal {
    Journal::start(("s".into(), None, Memory::default()), begin(fake))
}

fn said(n: usize) -> Record {
    Record::Message(Box::new(Message::text(Role::User, format!("message {n}"))))
}

/// A text of several lines' worth, so that half of a write ends within a record.
fn text(n: usize) -> Record {
    Record::Text { step: STEP, of: Stream::Answer, text: Clean::new(&format!("word {n} ")) }
}

fn messages(read: &Read) -> Vec<String> {
    let said = read.entries.iter().filter_map(|entry| match &entry.record {
        Record::Message(message) => Some(message.content.clone()),
        _ => None,
    });
    said.collect()
}

fn numbers(read: &Read) -> Vec<u64> {
    read.entries.iter().map(|entry| entry.n).collect()
}

/// Messages with text between them, a flush after each and a barrier after each third, then barriers until
/// one is good; what was acknowledged by a barrier must be durable at once. Returns the barriers that failed.
fn script(fake: &Fake) -> usize {
    let (mut writer, _told) = writer(fake);
    let (mut acknowledged, mut failed) = (0, 0);
    for n in 0..48 {
        writer.take(0, text(n));
        writer.take(0, said(n));
        let _ = writer.save(Reach::File);
        if n % 3 == 2 {
            match writer.save(Reach::Disk) {
                Ok(()) => acknowledged = n + 1,
                Err(_) => failed += 1,
            }
            let kept = messages(&fake.after_power_loss());
            assert!(kept.len() >= acknowledged, "a barrier lied: {kept:?} of {acknowledged}");
        }
    }
    let tries = (0..200).take_while(|_| writer.save(Reach::Disk).is_err()).count();
    assert!(tries < 200, "it never recovers");
    failed + tries
}

#[test]
fn sto_02_sto_04_a_failure_at_any_call_loses_nothing() {
    let clean = Fake::default();
    assert_eq!(script(&clean), 0);
    let (n_calls, want) = (clean.n_calls(), clean.after_power_loss());
    let mut tried = 0;
    for fault in [Fault::Refuse, Fault::Short] {
        for n in 1..=n_calls {
            let fake = Fake::with(&[(n, fault)]);
            script(&fake);
            let found = fake.after_power_loss();
            assert_eq!(numbers(&found), numbers(&want), "{fault:?} at {n}");
            assert_eq!(messages(&found), messages(&want), "{fault:?} at {n}");
            assert_eq!((found.damage.missing, found.damage.torn), (0, 0), "{fault:?} at {n}");
            tried += 1;
        }
    }
    for n in 1..=n_calls {
        for len in [2, 5, 40] {
            let fake = Fake::down(n..n + len);
            script(&fake);
            assert_eq!(messages(&fake.after_power_loss()), messages(&want), "down for {len} from {n}");
            tried += 1;
        }
    }
    assert!(n_calls > 60 && tried == 5 * n_calls, "{tried} points tried");
}

#[test]
fn sto_02_a_short_write_leaves_no_torn_line_in_the_middle_that_hides_a_record() {
    let fake = Fake::with(&[(1, Fault::Short)]);
    let (mut writer, mut told) = writer(&fake);
    writer.take(0, said(1));
    assert!(writer.save(Reach::File).is_err());
    assert!(matches!(&*told.borrow_and_update(), Saving::Failing(problem) if !problem.hints.is_empty()));
    assert!(writer.save(Reach::File).is_ok());
    assert!(told.has_changed().unwrap() && *told.borrow_and_update() == Saving::Well);
    let found = fake.after_kill();
    assert_eq!((numbers(&found), found.damage.bad), (vec![1, 2], 1), "the torn part is passed over");
}

#[test]
fn sto_02_a_disk_that_stays_full_is_told_once() {
    let fake = Fake::down(1..6);
    let (mut writer, mut told) = writer(&fake);
    for n in 0..5 {
        writer.take(0, said(n));
        assert!(writer.save(if n % 2 == 0 { Reach::Disk } else { Reach::File }).is_err());
        assert_eq!(told.has_changed().unwrap(), n == 0);
        told.mark_unchanged();
    }
    assert!(writer.save(Reach::Disk).is_ok());
    assert_eq!((told.borrow().clone(), messages(&fake.after_power_loss()).len()), (Saving::Well, 5));
}

#[test]
fn sto_04_a_failed_sync_is_not_taken_for_good_when_the_next_one_is() {
    // The calls: write, sync (fails), then the end of a line that may be torn, write, sync.
    let fake = Fake::with(&[(2, Fault::Refuse)]);
    let (mut writer, _told) = writer(&fake);
    writer.take(0, said(1));
    assert!(writer.save(Reach::Disk).is_err());
    assert!(fake.after_power_loss().entries.is_empty());
    assert!(writer.save(Reach::Disk).is_ok());
    assert_eq!(numbers(&fake.after_power_loss()), [1, 2]);
    assert_eq!(fake.n_calls(), 5);
}

#[test]
fn prc_01_a_writer_that_breaks_neither_hangs_a_barrier_nor_is_silent() {
    let fake = Fake::with(&[(1, Fault::Panic)]);
    let journal = journal(&fake);
    journal.append(said(1));
    assert!(journal.barrier_blocking().is_err());
    journal.close();
    assert!(matches!(&*journal.saving().borrow(), Saving::Failing(_)));
    journal.append(said(2));
    assert!(journal.barrier_blocking().is_err());
    let rest = journal.read().unwrap();
    assert!(rest.entries.is_empty());
}

#[test]
fn a_disk_that_hangs_does_not_hold_up_the_end() {
    let fake = Fake::with(&[(1, Fault::Hang)]);
    let journal = journal(&fake);
    journal.append(said(1));
    let (ended, end) = mpsc::channel();
    std::thread::spawn(move || {
        journal.close();
        drop(journal);
        let _ = ended.send(());
    });
    assert!(end.recv_timeout(Duration::from_secs(30)).is_ok());
}

#[test]
fn pieces_of_a_text_become_one_record_and_settings_alone_none() {
    let fake = Fake::default();
    let (mut writer, _told) = writer(&fake);
    writer.take(0, Record::Mode(crate::chat::PermissionMode::Plan));
    assert!(writer.save(Reach::Disk).is_ok());
    assert_eq!(fake.n_calls(), 0, "nothing worth a file was said");
    for n in 0..50 {
        writer.take(n, text(0));
    }
    writer.take(60, Record::Text { step: STEP, of: Stream::Reasoning, text: Clean::new("hm") });
    assert!(writer.save(Reach::Disk).is_ok());
    let found = fake.after_power_loss();
    let kinds: HashSet<usize> =
        found.entries.iter().map(|e| usize::from(matches!(e.record, Record::Text { .. }))).collect();
    assert_eq!((numbers(&found), kinds.len()), (vec![1, 2, 3, 4], 2));
    let whole = "word 0 ".repeat(50);
    assert!(found.entries.iter().any(|e| matches!(&e.record, Record::Text { text, .. } if text.as_str() == whole)));
    let Some(Record::Head(head)) = found.entries.first().map(|entry| &entry.record) else { panic!("no head") };
    assert_eq!(head.folder, "/w");
}

#[tokio::test]
async fn sto_02_what_the_disk_refused_is_written_without_being_asked_for() {
    let fake = Fake::down(1..2);
    let journal = journal(&fake);
    let mut saving = journal.saving();
    journal.append(said(1));
    let failing = saving.wait_for(|saving| matches!(saving, Saving::Failing(_))).await.is_ok();
    let well = saving.wait_for(|saving| *saving == Saving::Well).await.is_ok();
    assert!(failing && well);
    assert_eq!(numbers(&fake.after_kill()), [1, 2]);
}
