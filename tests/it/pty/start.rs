//! Start, stop, hygiene: points 1 to 10 of the acceptance checklist.

use std::{
    cell::RefCell,
    net::{Ipv4Addr, TcpListener},
};

use rustix::process::Signal;

use super::term::assert_restored;
use crate::support::{
    pty::{Program, Pty, glm_tui, steady},
    service::{KEY, Service, open},
};

const HELLO: &str = "[plan]\nfive_hour = 42.0\nfive_hour_resets_in = 7500\nweek = 31.0\n\
    [[reply]]\nreasoning = 'a greeting'\nanswer = 'Good morning to you.'\n";

/// A shell with jobs; the program's line is in `$RUN`.
pub(crate) fn shell(service: &Service) -> Pty {
    let program = service.program();
    let line = program.path.display().to_string();
    let shell = Program { path: "/bin/sh".into(), args: vec!["-i".into()], ..program };
    let pty = Pty::spawn(shell.env("PS1", "ready> ").env("RUN", line));
    pty.wait_text("ready>");
    pty
}

#[test]
fn point_01_endpoint_unreachable() {
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let service = Service::start("").config("[limits]\ntries = 1\n");
    let program = service.program();
    let program = program.env("GLM_TUI_BASE_URL", format!("http://{nobody}")).env("GLM_TUI_QUOTA_URL", "off");
    let pty = open(program);
    pty.send("hello");
    pty.wait_text("› hello");
    pty.send("\r");
    pty.wait_text("✗ cannot reach 127.0.0.1");
    pty.wait_text("→ r  try again");
    assert!(!pty.text().contains('{'), "raw words:\n{}", pty.text());
    // The prompt had no effect, so it is in the composer again, and can be edited.
    pty.send("!");
    pty.wait_text("› hello!");
}

#[test]
fn point_02_no_key() {
    let home = tempfile::tempdir().unwrap();
    let pty = Pty::spawn(Program::new(glm_tui()).env("GLM_TUI_HOME", home.path().to_str().unwrap()));
    for text in ["No Z.ai key found", "international · api.z.ai", "China · open.bigmodel.cn", "pay-as-you-go", "demo"]
    {
        pty.wait_text(text);
    }
    pty.wait_text("q  Quit");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    assert_restored(&pty);
    for folder in ["config", "state", "cache"] {
        let left: Vec<_> = std::fs::read_dir(home.path().join(folder)).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
    assert!(!pty.text().contains("panicked") && !pty.text().contains("fault"), "{}", pty.text());
}

#[test]
fn point_03_key_refused() {
    let service = Service::start("accept_keys = ['another.key']\n[[reply]]\nanswer = 'never'\n");
    let pty = service.open();
    pty.send("hello\r");
    pty.wait_text("could not check this key");
    pty.wait_text("/login");
    let text = pty.text();
    assert!(!text.contains('{') && !text.contains("\"error\""), "raw words:\n{text}");
    let log = String::from_utf8_lossy(&pty.log()).into_owned();
    assert!(!log.contains(KEY) && !log.contains("SecretTail"), "the key was written");
    assert!(!text.contains("never"));
}

/// These words are on the screen in a colour that is not the faint one of what cannot be pressed yet.
fn lit(screen: &vt100::Screen, words: &str) -> bool {
    let rows: Vec<String> = screen.rows(0, screen.size().1.get()).collect();
    let found = rows.iter().enumerate().find_map(|(y, row)| {
        let at = row.find(words)?;
        Some((y as u16, row[..at].chars().count() as u16))
    });
    let cell = found.and_then(|(y, x)| screen.cell(y, x));
    cell.is_some_and(|cell| cell.fgcolor() == vt100::Color::Idx(74))
}

#[test]
fn point_05_demo_without_a_network() {
    // Whatever wants out would have to go through this proxy, and nothing answers there.
    let trap = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    trap.set_nonblocking(true).unwrap();
    let address = format!("http://{}", trap.local_addr().unwrap());
    let home = tempfile::tempdir().unwrap();
    let mut program = Program::new(glm_tui()).args(["--demo"]).env("GLM_TUI_HOME", home.path().to_str().unwrap());
    for name in ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        program = program.env(name, &address);
    }
    let pty = open(program);
    let without = RefCell::new(None);
    let see = |text: &'static str| {
        let without = &without;
        move |screen: &vt100::Screen| {
            let shown = screen.contents();
            if !shown.contains("DEMO") {
                without.replace(Some(shown.clone()));
            }
            shown.contains(text)
        }
    };
    pty.wait_text("DEMO quota");
    pty.send("hello\r");
    for edit in ["= price ]", "-n \"$name\""] {
        pty.wait_for(see(edit));
        // The keys of a question light up once it has been on the screen for a moment.
        pty.wait_for(|screen| lit(screen, "n  no, and say why"));
        pty.send("y");
        pty.wait_for(|screen| !screen.contents().contains("Approve?"));
    }
    pty.wait_for(see("That was a whole round"));
    pty.wait_for(see("Enter: send"));
    assert!(without.borrow().is_none(), "a frame without DEMO:\n{}", without.borrow().as_ref().unwrap());
    assert!(trap.accept().is_err(), "somebody wanted out");
    assert!(String::from_utf8_lossy(&pty.log()).contains("DEMO glm-tui"), "the title says it");
    pty.send("/exit\r");
    assert_eq!(pty.wait_exit(), 0);
    pty.wait_text("DEMO: the replies were simulated.");
}

#[test]
fn point_06_08_09_a_shell_before_between_and_after() {
    let service = Service::start(HELLO);
    let pty = shell(&service);
    pty.send("$RUN\n");
    pty.wait_text("Enter: send");
    pty.send("hello\r");
    pty.wait_text("Good morning to you.");
    pty.wait_text("Enter: send");
    pty.send("a draft");
    pty.wait_text("› a draft");
    let before = steady(&pty.text());
    pty.send("\x1a");
    pty.wait_for(|screen| !screen.alternate_screen() && screen.contents().matches("ready>").count() > 1);
    assert_restored(&pty);
    pty.send("echo us$((40+2))able\n");
    pty.wait_text("us42able");
    pty.send("fg\n");
    pty.wait_for(|screen| screen.alternate_screen() && steady(&screen.contents()) == before);
    pty.send("\x03");
    pty.wait_gone("a draft");
    pty.send("/exit\r");
    pty.wait_for(|screen| {
        !screen.alternate_screen() && screen.contents().contains("Resume this session: glm-tui --resume")
    });
    assert_restored(&pty);
    pty.wait_text("› hello");
    pty.wait_text("Good morning to you.");
    pty.send("echo e$((40+2))o\n");
    pty.wait_text("e42o");
    pty.wait_text("echo e$((40+2))o");
}

#[test]
fn point_07_signals_and_a_panic() {
    let service = Service::start(HELLO);
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let pty = service.open();
        pty.send("hello\r");
        pty.wait_text("Good morning to you.");
        pty.kill(signal);
        assert_eq!(pty.wait_exit(), code);
        assert_restored(&pty);
        pty.wait_text("Good morning to you.");
    }
    if !cfg!(debug_assertions) {
        println!("skipped: a build for release has no way to break on purpose");
        return;
    }
    let pty = open(service.program().env("GLM_TUI_PANIC", "ui"));
    pty.send("x");
    assert_ne!(pty.wait_exit(), 0);
    assert_restored(&pty);
    pty.wait_text("glm-tui stopped: a fault in the program.");
    pty.wait_text("report: ");
    assert_eq!(std::fs::read_dir(service.home().join("state/crashes")).unwrap().count(), 1);
}

#[test]
fn point_10_ctrl_c() {
    let service =
        Service::start("[pace]\nrate = 100\n[[reply]]\nanswer = { tokens = 6000, of = 'word after word ' }\n");
    let pty = service.open();
    pty.send("go on\r");
    pty.wait_text("word after word");
    pty.send("\x03");
    pty.wait_text("interrupted");
    pty.wait_text("Enter: send");
    assert!(pty.text().contains("word after word"), "nothing is lost:\n{}", pty.text());
    pty.send("kept");
    pty.wait_text("› kept");
    pty.send("\x03");
    pty.wait_text("the prompt is in the history");
    pty.send("\x1b[A");
    pty.wait_text("› kept");
    pty.send("\x03");
    pty.wait_gone("› kept");
    pty.send("\x03");
    pty.wait_text("again quits");
    pty.send("\x03");
    assert_eq!(pty.wait_exit(), 0);
    assert_restored(&pty);
}
