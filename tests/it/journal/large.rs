//! RES-04: a session of ten thousand messages. The load is done by a process of its own, whose memory is measured.

use std::{fs::File, io::BufWriter, path::Path, process::Command};

use glm_tui::journal::{Journal, Parts};

#[path = "../../../benches/journal/session.rs"]
mod session;

/// Messages of the session.
const MESSAGES: usize = 10_000;
/// Its size: that of the row where the code is fast, less where it is not.
const BYTES: usize = if cfg!(debug_assertions) { 24 << 20 } else { 200 << 20 };
/// What the four records of a message and the two or three events of it take beside their texts, in bytes.
const BESIDE: u64 = 2048;
/// Names the session to the process that loads it.
const FOLDER: &str = "GLM_TUI_TEST_LARGE";

/// The most memory that this process ever had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn load(dir: &Path) {
    let before = peak();
    let (journal, story) = Journal::reopen(dir).unwrap();
    let Parts { messages, events, .. } = story.into_parts(0);
    let content: usize = messages.iter().map(|message| message.content.len()).sum();
    println!("loaded {} {} {} {}", messages.len(), events.len(), content, peak() - before);
    journal.close();
}

#[test]
fn res_04_a_session_of_ten_thousand_messages_resumes_in_bounded_memory() {
    if let Some(dir) = std::env::var_os(FOLDER) {
        return load(Path::new(&dir));
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("log.jsonl");
    let mut out = BufWriter::new(File::create(&path).unwrap());
    let n_messages = session::write(&mut out, MESSAGES, BYTES).unwrap();
    drop(out);
    let bytes = std::fs::metadata(&path).unwrap().len();
    assert!(bytes > BYTES as u64 * 8 / 10 && bytes < BYTES as u64 * 13 / 10, "{bytes} of {BYTES} asked for");
    let name = "journal::large::res_04_a_session_of_ten_thousand_messages_resumes_in_bounded_memory";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads", "1"])
        .env(FOLDER, home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    let line = said.lines().find_map(|line| line.split_once("loaded ")).map(|(_, rest)| rest);
    let numbers: Vec<u64> = line.unwrap_or_default().split(' ').filter_map(|n| n.parse().ok()).collect();
    let [messages, events, content, memory] = numbers[..] else { panic!("{said}") };
    assert_eq!(messages, n_messages as u64);
    assert!(events > messages && events < 4 * messages, "{events} events for {messages} messages");
    assert!(content * 2 < bytes && content * 10 > bytes, "{content} bytes of content in {bytes}");
    if memory == 0 {
        println!("skipped: the system does not tell a process's memory");
    }
    // Less than the log, whose texts come several times, and what the records of a message take beside their texts.
    assert!(memory < bytes + messages * BESIDE, "{memory} bytes of memory for {bytes}");
    println!("{bytes} bytes, {messages} messages: {memory} bytes of memory");
}
