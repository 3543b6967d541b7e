//! CFG-09: nowhere to keep anything. The work is done all the same, and what is not kept is said.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;

use super::house::{Run, SAID, Seen, furnish, headless, is_tidy, names, service};
use crate::support::{
    alone::{As, alone},
    pty::{PATIENCE, Pty},
    script::{call, says, script},
    service::Service,
};

/// What the environment says; `CLOSED` is a folder that cannot be written, `OPEN` one that can.
const NOWHERE: [&[(&str, &str)]; 6] = [
    &[],
    &[("HOME", "/nowhere/at/all")],
    &[("HOME", "CLOSED")],
    &[("HOME", "relative"), ("XDG_STATE_HOME", "relative"), ("XDG_CONFIG_HOME", "./here")],
    &[("GLM_TUI_HOME", "CLOSED/deeper")],
    &[("HOME", "OPEN"), ("XDG_STATE_HOME", "CLOSED")],
];

fn closed(path: &Path) {
    fs::create_dir(path).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o555)).unwrap();
}

/// Runs the turn in a folder of its own.
fn run(vars: &[(&str, &str)], check: impl Fn(&Run, &Path)) {
    let dir = tempfile::tempdir().unwrap();
    let work = dir.path().join("work");
    fs::create_dir(&work).unwrap();
    fs::create_dir(dir.path().join("open")).unwrap();
    closed(&dir.path().join("closed"));
    furnish(&work);
    let service = service();
    let mut command = headless(&service, &work);
    let place = |value: &str| {
        let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        value.replace("CLOSED", &path("closed")).replace("OPEN", &path("open"))
    };
    command.arg("change them").envs(vars.iter().map(|(name, value)| (name, place(value))));
    let run = Run::end(command, &service);
    assert_eq!((run.code, run.out.as_str()), (Some(0), format!("{}\n", SAID[4]).as_str()), "{vars:?}: {}", run.err);
    // Nobody trusted the folder, so its program is not run; the edits were allowed by the mode.
    assert_eq!(Seen::of(&work), Seen { a: true, ran: 0, b: true }, "{vars:?}");
    is_tidy(&work);
    check(&run, dir.path());
}

#[test]
fn cfg_09_without_a_place_the_work_is_done_and_nothing_is_kept() {
    if !alone("crash::homeless::cfg_09_without_a_place_the_work_is_done_and_nothing_is_kept", As::Nobody) {
        return;
    }
    for vars in NOWHERE {
        run(vars, |run, dir| {
            assert!(run.err.contains("nothing is kept"), "{vars:?}: {}", run.err);
            assert!(run.err.contains("GLM_TUI_HOME"), "a next step: {}", run.err);
            assert!(!run.err.contains("os error"), "nothing raw: {}", run.err);
            assert!(names(&dir.join("closed")).is_empty());
        });
    }
}

#[test]
fn cfg_09_a_relative_folder_is_ignored_and_that_is_said() {
    run(&[("HOME", "OPEN"), ("XDG_STATE_HOME", "relative")], |run, dir| {
        assert!(run.err.contains("XDG_STATE_HOME is not an absolute path"), "{}", run.err);
        assert!(!run.err.contains("nothing is kept"), "{}", run.err);
        assert_eq!(names(&dir.join("open/.local/state/glm-tui/sessions")).len(), 1, "kept below HOME");
    });
}

#[test]
fn cfg_09_without_a_home_one_can_go_back_all_the_same() {
    let edit = call("edit", &json!({ "path": "a.txt", "edits": [{ "old": "two", "new": "the second" }] }));
    let read = call("read", &json!({ "path": "a.txt" }));
    let replies = [says("I look.", &[read]), says("I change it.", &[edit]), says("Done.", &[]), says("Indeed.", &[])];
    let service = Service::start(&script(&replies));
    furnish(&service.work());
    let before = fs::read(service.work().join("a.txt")).unwrap();
    let mut program = service.program().args(["--permission-mode", "yolo", "--sandbox", "off"]);
    program.env.retain(|(name, _)| name != "GLM_TUI_HOME");
    let pty = Pty::spawn(program);
    pty.wait_text("trust this folder?");
    // Keys that come before the question could be read do not count.
    let until = Instant::now() + PATIENCE;
    while pty.text().contains("trust this folder?") {
        assert!(Instant::now() < until, "{}", pty.text());
        pty.send("t");
        pty.wait_at_most(Duration::from_secs(1), |text| !text.contains("trust this folder?"));
    }
    pty.wait_text("nothing is kept");
    pty.wait_text("Enter: send");
    for (prompt, answer) in [("change it", "Done."), ("really?", "Indeed.")] {
        pty.send(format!("{prompt}\r"));
        pty.wait_text(answer);
        pty.wait_text("Enter: send");
    }
    assert_ne!(fs::read(service.work().join("a.txt")).unwrap(), before);
    pty.send("/rewind\r");
    pty.wait_text("really?");
    pty.send("\x1b[B\r");
    pty.wait_text("both");
    pty.send("b");
    pty.wait_text("› change it");
    pty.wait_gone("Indeed.");
    pty.wait_until(|| fs::read(service.work().join("a.txt")).unwrap() == before);
    pty.send("\x03");
    pty.send("/exit\r");
    assert_eq!(pty.wait_exit(), 0);
    assert!(!service.home().join("state/sessions").exists(), "nothing is kept");
}
