//! The log on a real disk: made when there is something to keep, one writer, torn ends, going on.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};

use glm_tui::{
    chat::{Event, PermissionMode, Saving, TurnId},
    journal::{Damage, Head, Journal, OpenFault, Record, Start, Story, read},
    text::Clean,
};

use super::{head, is_sound, log, numbers, work};

fn start(dir: Option<&Path>) -> Journal {
    let Record::Head(head) = head() else { unreachable!() };
    Journal::create(Start { dir: dir.map(Path::to_path_buf), head: Head { v: 1, ..head } })
}

fn put(journal: &Journal, records: Vec<Record>) {
    for record in records {
        journal.append(record);
    }
}

fn bytes(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("log.jsonl")).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_session_that_nothing_is_said_in_leaves_no_folder() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("sessions").join("s1");
    let journal = start(Some(&dir));
    journal.note(&Event::Mode(PermissionMode::Plan));
    journal.barrier_blocking().unwrap();
    assert!(!dir.exists(), "a setting alone is nothing to keep");
    assert_eq!(numbers(&journal.read().unwrap()), [1, 2], "though it can be read");
    journal.append(Record::Name("a name".into()));
    journal.barrier_blocking().unwrap();
    assert_eq!((mode(&home.path().join("sessions")), mode(&dir), mode(&dir.join("log.jsonl"))), (0o700, 0o700, 0o600));
    journal.close();
    assert_eq!(numbers(&read(&bytes(&dir))), [1, 2, 3]);
    assert_eq!(*journal.saving().borrow(), Saving::Well);
}

#[test]
fn p1_text_reaches_the_file_by_itself() {
    let home = tempfile::tempdir().unwrap();
    let journal = start(Some(home.path()));
    journal.note(&Event::TurnStarted { turn: TurnId(1), prompt: Clean::trusted("go") });
    let until = Instant::now() + Duration::from_secs(20);
    while fs::read(home.path().join("log.jsonl")).is_ok_and(|bytes| read(&bytes).entries.len() == 2).eq(&false) {
        assert!(Instant::now() < until, "nothing was written without a barrier");
        std::thread::yield_now();
    }
}

#[test]
fn sto_07_one_writer_others_read() {
    let home = tempfile::tempdir().unwrap();
    let journal = start(Some(home.path()));
    put(&journal, work(1));
    journal.barrier_blocking().unwrap();
    assert!(matches!(Journal::reopen(home.path()), Err(OpenFault::Open)));
    assert_eq!(Journal::story(home.path()).unwrap().turns().len(), 1, "it can be read all the same");
    let second = start(Some(home.path()));
    second.append(Record::Name("mine".into()));
    assert!(second.barrier_blocking().is_err(), "nor can another session take its folder");
    journal.close();
    let (again, story) = Journal::reopen(home.path()).unwrap();
    assert_eq!(
        (story.last as usize, again.notice()),
        (numbers(&again.read().unwrap()).last().map_or(0, |n| *n as usize), None)
    );
    again.append(Record::Name("after".into()));
    drop(again);
    assert_eq!(Journal::story(home.path()).unwrap().name.as_deref(), Some("after"));
    assert!(matches!(Journal::reopen(&home.path().join("none")), Err(OpenFault::Missing)));
}

#[test]
fn sto_05_a_log_cut_at_every_byte_is_gone_on_with() {
    let records = [vec![head()], work(1)[..12].to_vec()].concat();
    let whole = log(&records);
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("log.jsonl");
    let mut n_torn = 0;
    for cut in 1..=whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let _ = fs::remove_file(home.path().join("log.torn"));
        let before = read(&whole[..cut]);
        if before.entries.is_empty() {
            let fault = Journal::reopen(home.path()).map(|_| ()).unwrap_err();
            assert!(matches!(&fault, OpenFault::Io(why) if why.kind() == std::io::ErrorKind::InvalidData), "{fault:?}");
            assert_eq!(bytes(home.path()), whole[..cut], "what cannot be opened is left alone");
            continue;
        }
        let (journal, story) = Journal::reopen(home.path()).unwrap();
        assert_eq!(story.last, before.last);
        is_sound(&story.messages()).unwrap();
        journal.append(Record::Name("on".into()));
        journal.close();
        let after = read(&bytes(home.path()));
        assert_eq!(after.entries[..after.entries.len() - 1], before.entries[..], "cut at {cut}");
        assert_eq!(after.entries.last().map(|entry| entry.n), Some(before.last + 1));
        assert_eq!(after.damage, Damage::default(), "cut at {cut}: nothing of the torn end stays");
        if let Ok(torn) = fs::read(home.path().join("log.torn")) {
            n_torn += 1;
            assert!(whole[..cut].ends_with(torn.strip_suffix(b"\n").unwrap()));
            assert_eq!(mode(&home.path().join("log.torn")), 0o600);
            assert!(story.notes().iter().any(|note| note.as_str().contains("log.torn")));
        }
    }
    assert!(n_torn > whole.len() / 2, "{n_torn} of {}", whole.len());
}

#[test]
fn a_whole_record_without_a_line_end_is_kept_where_the_torn_part_follows_it() {
    let records = [vec![head()], work(1)].concat();
    let whole = log(&records);
    let home = tempfile::tempdir().unwrap();
    for torn in [&b""[..], b"{\"c\":\"0000", b"\0\0\0\0"] {
        let mut bytes = whole.strip_suffix(b"\n").unwrap().to_vec();
        bytes.extend_from_slice(torn);
        fs::write(home.path().join("log.jsonl"), &bytes).unwrap();
        let (journal, story) = Journal::reopen(home.path()).unwrap();
        assert_eq!((story.last, story.damage.torn), (records.len() as u64, torn.len() as u64));
        journal.append(Record::Name("on".into()));
        journal.close();
        assert_eq!(read(&self::bytes(home.path())).entries.len(), records.len() + 1);
    }
}

#[test]
fn cfg_09_without_a_home_the_log_is_in_memory() {
    let journal = start(None);
    put(&journal, work(1));
    journal.barrier_blocking().unwrap();
    let story = Story::tell(journal.read().unwrap()).unwrap();
    assert_eq!((story.turns().len(), story.messages().len(), journal.dir()), (1, 6, None));
}

#[test]
fn sto_02_a_place_that_cannot_be_written_is_told_and_what_was_said_can_be_read() {
    let home = tempfile::tempdir().unwrap();
    // A file stands where the folder should be made: as wrong as a read-only home, also for root.
    fs::write(home.path().join("sessions"), "").unwrap();
    let dir = home.path().join("sessions").join("s");
    let journal = start(Some(&dir));
    put(&journal, work(1));
    let problem = journal.barrier_blocking().unwrap_err();
    assert!(!problem.hints.is_empty() && problem.detail.is_some());
    assert!(matches!(&*journal.saving().borrow(), Saving::Failing(_)));
    assert_eq!(Story::tell(journal.read().unwrap()).unwrap().messages().len(), 6);
    fs::remove_file(home.path().join("sessions")).unwrap();
    journal.barrier_blocking().unwrap();
    assert_eq!(*journal.saving().borrow(), Saving::Well);
    assert_eq!(Journal::story(&dir).unwrap().messages().len(), 6, "nothing was lost");
}

#[tokio::test]
async fn a_barrier_can_be_waited_for_by_a_task() {
    let home = tempfile::tempdir().unwrap();
    let journal = start(Some(home.path()));
    put(&journal, work(1));
    journal.barrier().await.unwrap();
    assert!(Journal::story(home.path()).unwrap().turns().len() == 1);
}

#[test]
fn what_is_read_while_reading_is_what_is_read_at_once() {
    let home = tempfile::tempdir().unwrap();
    let records = [vec![head()], work(1), work(2), work(3)[..8].to_vec()].concat();
    let at_once = super::story(&records);
    let dir = home.path().join(at_once.head.id.as_str());
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("log.jsonl"), log(&records)).unwrap();
    let streamed = Journal::story(&dir).unwrap();
    assert_eq!((streamed.path.len() < records.len(), &streamed), (true, &at_once));
}
