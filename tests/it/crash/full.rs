//! STO-03: a disk that is really full, at the start and in mid-edit: home and project lie on it.

use std::{
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    house::{ALL, House, SAID, Seen},
    killed::{goes_on, said},
};

/// Set in the process that sees the disk.
const DISK: &str = "GLM_TUI_TEST_DISK";

/// Runs a test again where a small disk is mounted, which holds all that it makes. `None` = this is not there.
fn on_a_small_disk(test: &str) -> Option<PathBuf> {
    if let Some(disk) = std::env::var_os(DISK) {
        return Some(disk.into());
    }
    let dir = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=1m none \"$1\" && echo mounted && exec \"$2\" --exact --nocapture \"$3\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]);
    command.args([dir.path().as_os_str(), std::env::current_exe().unwrap().as_os_str(), OsStr::new(test)]);
    match command.env(DISK, dir.path()).env("TMPDIR", dir.path()).output() {
        Ok(output) if output.stdout.starts_with(b"mounted") => {
            let said = String::from_utf8_lossy(&output.stdout);
            let err = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.contains("1 passed"), "{said}\n{err}");
            println!("{}", said.lines().filter(|line| line.contains("free")).collect::<Vec<_>>().join("\n"));
        }
        _ => println!("skipped: no disk can be mounted here"),
    }
    None
}

/// Takes all room but this much.
fn fill(disk: &Path, free: usize) -> PathBuf {
    let path = disk.join("fill");
    let mut file = fs::File::create(&path).unwrap();
    while file.write_all(&[b'x'; 4096]).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(free as u64)).unwrap();
    path
}

#[test]
fn sto_03_a_full_disk_at_the_start_and_in_mid_turn() {
    let Some(disk) = on_a_small_disk("crash::full::sto_03_a_full_disk_at_the_start_and_in_mid_turn") else { return };
    let house = House::new();
    let mut done = Vec::new();
    for pages in 0..20 {
        house.reset();
        let fill = fill(&disk, pages * 4096);
        let run = house.second("");
        fs::remove_file(fill).unwrap();
        assert_eq!((run.code, run.out.trim_end()), (Some(0), SAID[4]), "{pages} pages: {}", run.err);
        let (log, seen) = (house.log(), house.seen());
        let first = house.first_log();
        assert_eq!(log.entries[..first.len()], first[..], "the first turn is as it was");
        // What was written anew after the room was there again may follow a torn line.
        assert!(log.damage.bad <= 1, "{pages} pages: {:?}", log.damage);
        if !said(&log).ends_with(SAID[4]) {
            assert!(run.err.contains("cannot be saved"), "{pages} pages: {}", run.err);
        }
        let told = run.chats.last().unwrap().body.to_string();
        if !(seen.a && seen.b) {
            assert!(told.contains("no room left"), "{pages} pages: the model is told");
        }
        house.is_tidy();
        done.push(seen);
        goes_on(&house, log, seen);
    }
    println!("free pages 0 to 19: {} turns whole", done.iter().filter(|seen| **seen == ALL).count());
    assert_eq!(done[0], Seen { a: false, ran: done[0].ran, b: false }, "nothing fits on a full disk");
    assert_eq!(done.last(), Some(&ALL), "with room all of it is done");
}
