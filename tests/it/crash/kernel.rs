//! STO-02, STO-04: the same faults from the kernel itself, by `strace`, where that is there: what the program makes of
//! them does not depend on how they are made.

use std::{fs, path::PathBuf, process::Command};

use super::{
    house::{ALL, House, Run, SAID, names, service},
    killed::{goes_on, said},
};
use crate::support::trace::strace;

/// The log's path.
fn log_of(house: &House) -> PathBuf {
    let sessions = house.state().join("sessions");
    let id = names(&sessions).into_iter().next().unwrap();
    sessions.join(id).join("log.jsonl")
}

/// The program under a fault that the kernel reports for calls on this file. Each thread counts for itself.
fn run(house: &House, fault: &str, args: &[&str]) -> Run {
    let service = service();
    let plain = house.command(args, &service, "");
    let mut command = Command::new(strace().unwrap());
    command.args(["-f", "-qq", "-o", "/dev/null", "-P", log_of(house).to_str().unwrap(), "-e", fault]);
    command.arg(plain.get_program()).args(plain.get_args());
    command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(house.work());
    Run::end(command, &service)
}

#[test]
fn sto_02_and_sto_04_the_kernel_refuses_what_the_log_asks_for() {
    if strace().is_none() {
        return;
    }
    let cases = [
        ("inject=write:error=ENOSPC:when=1", "No space left on device", true),
        ("inject=write:error=ENOSPC:when=2+", "No space left on device", false),
        ("inject=write:error=EIO:when=1+", "Input/output error", false),
        ("inject=fdatasync:error=EIO:when=1", "Input/output error", true),
        ("inject=fdatasync:error=EIO:when=1+", "Input/output error", false),
    ];
    let house = House::new();
    for (fault, cause, heals) in cases {
        house.reset();
        let run = run(&house, fault, &["-c", "change them"]);
        assert_eq!((run.code, run.out.trim_end()), (Some(0), SAID[4]), "{fault}: {}", run.err);
        assert!(run.err.contains("cannot be saved") && run.err.contains(cause), "{fault}: {}", run.err);
        assert_eq!(house.seen(), ALL, "{fault}: the work goes on");
        let log = house.log();
        assert_eq!(said(&log).ends_with(SAID[4]), heals || fault.contains("fdatasync"), "{fault}");
        let first = house.first_log();
        assert_eq!(log.entries[..first.len()], first[..], "{fault}: the first turn is as it was");
        if heals {
            goes_on(&house, log, ALL);
        }
    }
}

#[test]
fn sto_04_a_log_that_cannot_be_read_is_told_and_left_alone() {
    if strace().is_none() {
        return;
    }
    let house = House::new();
    let before = fs::read(log_of(&house)).unwrap();
    let log = log_of(&house);
    let id = log.parent().unwrap().file_name().unwrap().to_str().unwrap();
    for (args, code, cause) in
        [(vec!["-c"], 2, "no conversation of this folder"), (vec!["--resume", id], 42, "Input/output error")]
    {
        let args: Vec<&str> = args.into_iter().chain(["go on"]).collect();
        let run = run(&house, "inject=read,pread64:error=EIO:when=1+", &args);
        assert_eq!(run.code, Some(code), "{}", run.err);
        assert!(run.err.contains(cause) && run.chats.is_empty(), "nothing is asked: {}", run.err);
        assert_eq!(fs::read(&log).unwrap(), before);
    }
    goes_on(&house, house.log(), house.seen());
}
