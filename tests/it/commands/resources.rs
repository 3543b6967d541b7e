//! Too much output for the memory, too few processes and files.

use glm_tui::{chat::RunEnd, config::SandboxWish, tools::Permit};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use crate::support::alone::{As, alone};
use crate::support::commands::{Shop, alive, mark, until};

/// Kilobytes that this process has taken at most.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// OUT-03.
#[tokio::test]
async fn a_gigabyte_costs_little_memory() {
    if !alone("commands::resources::a_gigabyte_costs_little_memory", As::Same) {
        return;
    }
    let shop = Shop::new(SandboxWish::Off);
    shop.run("echo warm; seq 1 20000").await;
    let before = peak();
    for (line, lines) in [("head -c 1G /dev/zero | tr '\\0' x", 1), ("yes | head -c 1G", 1 << 29)] {
        let call = shop.start("shell", &json!({"command": line, "timeout_seconds": 600}), Permit::Unasked);
        let outcome = call.end().await;
        assert_eq!(outcome.end, RunEnd::Ok, "{line}: {}", outcome.to_model);
        let summary = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
        assert_eq!(outcome.summary.as_str(), summary, "{line}");
        assert!(outcome.to_model.contains("its first 67108864 bytes are in "), "{line}");
        assert!(outcome.to_model.len() < 31_000);
    }
    let grown = peak() - before;
    assert!(grown <= 8 << 10, "{grown} kB for two commands");
}

/// OUT-03: a flood without end is stopped like anything else.
#[tokio::test]
async fn an_endless_flood_can_be_stopped() {
    let shop = Shop::new(SandboxWish::Off);
    let mark = mark();
    let call = shop.start("shell", &json!({"command": format!("yes {mark}")}), Permit::Unasked);
    call.reports(|live| live.bytes > 64 << 20).await;
    call.cancel.cancel();
    let outcome = call.end().await;
    assert_eq!(outcome.end, RunEnd::Stopped);
    assert!(outcome.to_model.ends_with(&format!("{mark}\n")) || outcome.to_model.contains("left out"));
    until(|| alive(&mark).is_empty().then_some(())).await;
}

/// Sets a limit for as long as it lives.
struct Limit(Resource, Rlimit);

impl Limit {
    fn set(resource: Resource, limit: u64) -> Self {
        let before = getrlimit(resource);
        setrlimit(resource, Rlimit { current: Some(limit), maximum: before.maximum }).unwrap();
        Self(resource, before)
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        setrlimit(self.0, self.1).unwrap();
    }
}

/// RES-01.
#[tokio::test]
async fn without_files_to_open_a_command_fails_and_the_next_one_runs() {
    if !alone("commands::resources::without_files_to_open_a_command_fails_and_the_next_one_runs", As::Same) {
        return;
    }
    let shop = Shop::new(SandboxWish::Off);
    assert_eq!(shop.run("true").await.end, RunEnd::Ok);
    let n_open = std::fs::read_dir("/proc/self/fd").unwrap().count() as u64;
    for spare in 0..8 {
        let limit = Limit::set(Resource::Nofile, n_open + spare);
        let outcome = shop.run("true").await;
        drop(limit);
        let told = &outcome.to_model;
        assert!(outcome.end == RunEnd::Ok || told.contains("too many files are open"), "{spare}: {told}");
        assert!(spare > 0 || outcome.end == RunEnd::Failed, "{told}");
        assert_eq!(shop.run("echo again").await.end, RunEnd::Ok, "{spare}");
    }
}

/// RES-02.
#[tokio::test]
async fn without_processes_a_command_fails_and_the_next_one_runs() {
    if !alone("commands::resources::without_processes_a_command_fails_and_the_next_one_runs", As::Nobody) {
        return;
    }
    let shop = Shop::new(SandboxWish::Off);
    assert_eq!(shop.run("true").await.end, RunEnd::Ok);
    let limit = Limit::set(Resource::Nproc, 1);
    let outcome = shop.run("true").await;
    drop(limit);
    assert_eq!(outcome.end, RunEnd::Failed);
    assert!(outcome.to_model.contains("the limit on processes is reached"), "{}", outcome.to_model);
    assert_eq!(shop.run("echo again").await.end, RunEnd::Ok);
}
