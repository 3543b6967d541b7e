//! The program ends while a command runs or a question waits: PRC-02, PRC-03, PRC-05.

use std::fs;

use glm_tui::{config::SandboxWish, guard::Rung};
use rustix::process::Signal;

use super::{start::shell as shell_with_jobs, term::assert_restored};
use crate::support::{
    commands::{Shop, alive, mark},
    pty::Pty,
    script::{says, script, shell},
    service::{Service, open},
};

/// A program whose command has a mark, as have two processes in it, one of them in a session of its own.
fn with_a_command(sandbox: &str) -> (Service, Pty, String) {
    let mark = mark();
    let line = format!("sleep {mark} | setsid sleep {mark}");
    let service = Service::start(&script(&[says("I start it.", &[shell(&line)])]));
    let pty = open(service.program().args(["--permission-mode", "yolo", "--sandbox", sandbox]));
    pty.send("run it\r");
    pty.wait_until(|| alive(&mark).len() >= 3);
    pty.wait_text("Running ");
    (service, pty, mark)
}

#[test]
fn prc_02_a_signal_while_a_command_runs() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        for sandbox in ["auto", "off"] {
            let (_service, pty, mark) = with_a_command(sandbox);
            pty.kill(signal);
            assert_eq!(pty.wait_exit(), code, "{signal:?} {sandbox}");
            assert_restored(&pty);
            pty.wait_until(|| alive(&mark).is_empty());
        }
    }
}

#[test]
fn prc_02_a_signal_while_a_question_waits() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let service = Service::start(&script(&[says("", &[shell("rm -rf build")])]));
        fs::create_dir(service.work().join("build")).unwrap();
        let pty = open(service.program().args(["--sandbox", "off"]));
        pty.send("go\r");
        pty.wait_text("Approve?");
        pty.kill(signal);
        assert_eq!(pty.wait_exit(), code, "{signal:?}");
        assert_restored(&pty);
        assert!(service.work().join("build").exists());
        assert_eq!(service.chats().len(), 1);
    }
}

#[test]
fn prc_05_killed_while_a_command_runs() {
    let rung = Shop::new(SandboxWish::Auto).rung;
    if rung != Rung::Full {
        println!("skipped: the sandbox of this machine is {rung:?}");
        return;
    }
    let (_service, pty, mark) = with_a_command("auto");
    pty.kill(Signal::KILL);
    pty.wait_exit();
    pty.wait_until(|| alive(&mark).is_empty());
    assert_restored(&pty);
}

#[test]
fn prc_03_suspended_while_a_command_runs() {
    let line = "touch up; until [ -e go ]; do sleep 0.05; done; echo ended >> log";
    let service = Service::start(&script(&[says("I start it.", &[shell(line)]), says("It is done.", &[])]));
    let pty = shell_with_jobs(&service);
    pty.send("$RUN --permission-mode yolo\n");
    pty.wait_text("Enter: send");
    pty.send("go\r");
    pty.wait_text("Running ");
    pty.wait_for(|_| service.work().join("up").exists());
    pty.send("a draft");
    pty.wait_text("› a draft");
    pty.send("\x1a");
    pty.wait_for(|screen| !screen.alternate_screen() && screen.contents().matches("ready>").count() > 1);
    assert_restored(&pty);
    // The command goes on meanwhile; what it ends with is told after the return.
    pty.send("touch go; until [ -e log ]; do sleep 0.05; done; echo us$((40+2))able\n");
    pty.wait_text("us42able");
    pty.resize(100, 30);
    pty.send("fg\n");
    pty.wait_for(|screen| screen.alternate_screen() && screen.contents().contains("It is done."));
    pty.wait_text("› a draft");
    pty.wait_text("Enter: send");
    pty.assert_clean();
    assert_eq!(service.chats().len(), 2);
    assert_eq!(fs::read_to_string(service.work().join("log")).unwrap(), "ended\n");
}
