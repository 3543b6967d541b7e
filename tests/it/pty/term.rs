//! The terminal's owner in a real pseudo-terminal, with a tiny screen of its own behind it.
//!
//! The program under test is this test binary started again: [`inside`] is its `main`.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use crossterm::event::{KeyCode, KeyModifiers};
use glm_tui::{
    app::{Anchor, Effect, Incoming, Now, Pane, View},
    chat::{Event, StepId, TurnId},
    config::MouseMode,
    term::{ExitKind, Options, Screen, Shell, Surroundings, panic, watchdog},
    text::Clean,
};
use ratatui::{Frame, layout::Rect, text::Line};
use rustix::process::Signal;
use tokio::sync::mpsc;

use crate::support::{
    pty::{COOKED, PLAIN, Program, Pty, contains, glm_tui},
    service::trust,
};

const CHILD: &str = "TERM_CHILD";

/// A screen that shows what reached it.
#[derive(Default)]
struct Tiny {
    typed: String,
    facts: String,
    lines: Vec<String>,
    size: (u16, u16),
    arrows: u32,
    streamed: usize,
    panics: bool,
    fills: bool,
}

impl Tiny {
    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers, burst: u16) -> Vec<Effect> {
        let KeyCode::Char(c) = code else {
            match code {
                KeyCode::Up => self.arrows = self.arrows * 10 + u32::from(burst),
                KeyCode::Enter => self.typed.clear(),
                other => self.lines.push(format!("key {other:?}")),
            }
            return Vec::new();
        };
        match (modifiers.contains(KeyModifiers::CONTROL), c) {
            (false, c) => self.typed.push(c),
            (true, 'q') => return vec![Effect::Quit],
            (true, 'z') => return vec![Effect::Suspend],
            (true, 'e') => return vec![Effect::Edit(self.typed.clone())],
            (true, 'y') => return vec![Effect::Copy(self.typed.clone())],
            (true, 't') => return vec![Effect::Title(format!("title {}\x07\x1b]52;c;x", self.typed)), Effect::Bell],
            (true, 'x') => return vec![Effect::Login],
            (true, 'p') => self.panics = true,
            (true, 'r') => {
                tokio::spawn(async { panic!("a task broke") });
            }
            (true, other) => self.lines.push(format!("ctrl {other}")),
        }
        Vec::new()
    }
}

impl Screen for Tiny {
    fn on(&mut self, incoming: Incoming, _: Now) -> Vec<Effect> {
        match incoming {
            Incoming::Key { key, burst } => return self.key(key.code, key.modifiers, burst),
            Incoming::Paste(text) => self.lines.push(format!("pasted {} {}", text.len(), text.lines().count())),
            Incoming::Mouse(mouse) => self.lines.push(format!("mouse {},{}", mouse.column, mouse.row)),
            Incoming::Focus(focused) => self.lines.push(format!("focus {focused}")),
            Incoming::Resize { columns, rows } => self.size = (columns, rows),
            Incoming::Background { light } => self.facts.push_str(if light { "light " } else { "dark " }),
            Incoming::Edited(text) => self.typed = text.unwrap_or_else(|| "not edited".into()),
            Incoming::Copied(line) => self.lines.push(line),
            Incoming::Notice(notice) => self.lines.push(notice.text),
            Incoming::Chat(Event::Answer { text, .. }) => self.streamed += text.as_str().len(),
            _ => {}
        }
        Vec::new()
    }

    fn next_tick(&self, _: Now) -> Option<Instant> {
        None
    }

    fn draw(&mut self, frame: &mut Frame<'_>, _: Now) -> View {
        assert!(!self.panics, "the screen broke");
        let mut rows = vec![
            format!("typed [{}]", self.typed),
            format!("size {}x{} arrows {}", self.size.0, self.size.1, self.arrows),
            format!("facts {}", self.facts),
            format!("streamed {}", self.streamed),
        ];
        rows.extend(self.lines.iter().rev().take(8).cloned());
        if self.fills {
            rows.resize(usize::from(frame.area().height), format!("{:08} ", self.streamed).repeat(40));
        }
        for (row, y) in rows.into_iter().zip(0..frame.area().height) {
            frame.render_widget(Line::from(row), Rect { y, height: 1, ..frame.area() });
        }
        frame.set_cursor_position((7, 0));
        View::default()
    }

    fn scroll(&mut self, _: Pane, _: i32) -> Option<Anchor> {
        None
    }

    fn ambiguous_is_wide(&mut self, wide: bool) {
        self.facts.push_str(if wide { "wide " } else { "narrow " });
    }
}

/// Not a test by itself: the program under test, when the environment says so.
#[test]
fn inside() {
    match std::env::var(CHILD).as_deref() {
        Ok("watchdog") => watchdog::main(),
        Ok(kind) => std::process::exit(child(kind)),
        Err(_) => {}
    }
}

fn child(kind: &str) -> i32 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = std::path::PathBuf::from(std::env::var("CRASHES").unwrap());
    panic::install(panic::Crash { folder: folder.clone(), hint: "resume with: tiny --resume 7".into() });
    let (send, mut incoming) = mpsc::unbounded_channel();
    let ended = folder.join("ended");
    if kind != "plain" {
        std::thread::spawn(move || {
            for n in 0..20_000 {
                let step = StepId { turn: TurnId(1), step: n % 2 };
                let text = Clean::new("0123456789");
                let _ = send.send(Incoming::Chat(Event::Answer { step, text }));
                if n % 100 == 0 {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            std::fs::write(ended, "").unwrap();
        });
    }
    let mut shell = Shell { perform: Box::new(|_| {}), started: None };
    let program = std::env::current_exe().unwrap();
    let arguments = ["-c", "TERM_CHILD=watchdog exec \"$0\" pty::term::inside --exact --nocapture >/dev/null"];
    let mut arguments = arguments.map(Into::into).to_vec();
    arguments.push(program.into());
    let mut tiny = Tiny { fills: kind == "big", ..Tiny::default() };
    loop {
        let options = Options {
            mouse: MouseMode::Full,
            kitty: true,
            probe: true,
            around: Surroundings::read(|name| std::env::var(name).ok()),
            watchdog: Some(watchdog::Start { program: "/bin/sh".into(), arguments: arguments.clone() }),
        };
        match runtime.block_on(glm_tui::term::run(&mut tiny, incoming, shell, options)) {
            Ok(exit) if exit.kind == ExitKind::Login => {
                println!("\r\nthe dialog\r");
                (incoming, shell) = (exit.incoming, exit.shell);
            }
            Ok(exit) => {
                let _ = writeln!(std::io::stdout(), "the transcript");
                return i32::from(exit.kind.code());
            }
            Err(problem) => {
                eprintln!("{}", problem.what);
                return 70;
            }
        }
    }
}

/// The program, and the folder for its reports.
fn program(kind: &str) -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(std::env::current_exe().unwrap())
        .args(["pty::term::inside", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, kind)
        .env("CRASHES", folder.path().to_str().unwrap());
    (program, folder)
}

/// A shell with jobs, and the command line that starts the program in it.
fn shell(kind: &str) -> (Pty, String, tempfile::TempDir) {
    let (program, folder) = program(kind);
    let line = format!("{} {}", program.path.display(), program.args.join(" "));
    let shell = Program { path: "/bin/sh".into(), args: vec!["-i".into()], ..program }.env("PS1", "ready> ");
    let pty = Pty::spawn(shell);
    pty.wait_text("ready>");
    (pty, line, folder)
}

fn start(kind: &str) -> (Pty, tempfile::TempDir) {
    let (program, folder) = program(kind);
    let pty = Pty::spawn(program);
    pty.wait_text("typed [");
    (pty, folder)
}

/// Nothing of ours is left on the screen, nor in the terminal.
pub(crate) fn assert_restored(pty: &Pty) {
    pty.wait_for(|screen| {
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    });
    pty.wait_bytes("\x1b[<1u");
    pty.wait_line(COOKED);
}

#[test]
fn takes_the_screen_and_gives_it_back() {
    let (pty, _folder) = start("plain");
    pty.wait_for(|screen| screen.alternate_screen() && screen.bracketed_paste() && !screen.hide_cursor());
    assert!(!pty.line().echo && !pty.line().canonical);
    pty.send("hello\x1b[I");
    pty.wait_text("typed [hello]");
    pty.wait_text("focus true");
    assert_eq!(pty.screen(vt100::Screen::cursor_position), (0, 7), "the real cursor is where the frame put it");
    pty.send("\x11");
    assert_eq!(pty.wait_exit(), 0);
    assert_restored(&pty);
    pty.wait_text("the transcript");
    let log = pty.log();
    for never in ["\x1b[2J", "\x1b[3J", "\x1b[?1003h", "\x1b[?1015h", "\x1b[?2026h", "\x1b[>1u"] {
        assert!(!contains(&log, never.as_bytes()), "{never:?} was written");
    }
}

#[test]
fn prc_02_a_signal_ends_it_cleanly() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let (pty, _folder) = start("plain");
        pty.kill(signal);
        assert_eq!(pty.wait_exit(), code);
        assert_restored(&pty);
    }
}

#[test]
fn prc_01_a_panic_is_told_on_the_main_screen() {
    for (key, code, text) in [("\x10", 101, "the screen broke"), ("\x12", 70, "a task broke")] {
        let (pty, folder) = start("plain");
        pty.send(key);
        pty.wait_text(text);
        assert_ne!(pty.wait_exit(), 0, "{code}");
        assert_restored(&pty);
        pty.wait_text("resume with: tiny --resume 7");
        pty.wait_text("report: ");
        let reports = std::fs::read_dir(folder.path()).unwrap().collect::<Vec<_>>();
        assert_eq!(reports.len(), 1);
        let report = std::fs::read_to_string(reports[0].as_ref().unwrap().path()).unwrap();
        assert!(report.contains(text) && report.contains("tests/it/pty/term.rs"), "{report}");
    }
}

#[test]
fn prc_05_killed_without_a_word_the_terminal_is_restored() {
    let (pty, _folder) = start("plain");
    pty.send("x");
    pty.wait_text("typed [x]");
    pty.kill(Signal::KILL);
    pty.wait_exit();
    pty.wait_for(|screen| !screen.alternate_screen());
    assert_restored(&pty);
}

#[test]
fn prc_03_suspended_and_continued() {
    let (pty, line, _folder) = shell("plain");
    pty.send(format!("{line}\n"));
    pty.wait_text("typed [");
    pty.send("draft\x1a");
    pty.wait_for(|screen| !screen.alternate_screen() && screen.contents().matches("ready>").count() > 1);
    assert_restored(&pty);
    pty.send("echo us$((40+2))able\n");
    pty.wait_text("us42able");
    pty.send("fg\n");
    pty.wait_for(|screen| screen.alternate_screen() && screen.contents().contains("typed [draft]"));
    pty.send("!\x11");
    pty.wait_text("the transcript");
    assert_restored(&pty);
}

#[test]
fn a_wrapper_that_is_killed_takes_us_along() {
    let (pty, line, folder) = shell("plain");
    let note = folder.path().join("pid");
    pty.send(format!("sh -c 'echo $$ > {}; {line}; true'\n", note.display()));
    pty.wait_text("typed [");
    pty.send("x");
    pty.wait_text("typed [x]");
    let pid = std::fs::read_to_string(note).unwrap().trim().parse().unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
    if cfg!(target_os = "linux") {
        pty.wait_for(|screen| !screen.alternate_screen());
        assert_restored(&pty);
        pty.send("echo us$((40+2))able\n");
        pty.wait_text("us42able");
    }
}

#[test]
fn answers_are_taken_and_never_typed() {
    let (program, _folder) = program("plain");
    let pty = Pty::spawn(program.answers(&[
        ("\x1b[c", "\x1b[?62;22c"),
        ("\x1b]11;?\x1b\\", "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"),
        ("\x1b[?2026$p", "\x1b[?2026;2$y"),
        ("\x1b[?u", "\x1b[?0u"),
        ("\x1b[6n", "\x1b[{row};{column}R"),
    ]));
    pty.wait_bytes("\x1b[>1u");
    pty.send("a");
    pty.wait_for(|screen| screen.contents().contains("typed [a]") && screen.contents().contains("light"));
    pty.wait_bytes("\x1b[?2026h");
    assert!(pty.text().contains("narrow"), "{}", pty.text());
    // Late, repeated and torn ones are no keys either.
    pty.send("\x1b]11;rgb:0000/0000/0000\x07\x1b[?62;22c\x1b[?2026;2$y\x1b[?1uz");
    pty.wait_text("typed [az]");
    pty.send("\x1b[13;2u\x1b[97;5u");
    pty.wait_text("ctrl a");
    pty.send("\x11");
    assert_eq!(pty.wait_exit(), 0);
    assert_restored(&pty);
}

#[test]
fn wide_ambiguous_characters_are_noticed() {
    let (program, _folder) = program("plain");
    let pty = Pty::spawn(program.answers(&[("\x1b[c", "\x1b[?62;22c"), ("\x1b[6n", "\x1b[2;3R")]));
    pty.wait_text("wide");
}

#[test]
fn prc_09_no_color_and_unknown_terminals_work() {
    let (program, _folder) = program("plain");
    let pty = Pty::spawn(program.answers(&[]).env("NO_COLOR", "1").env("TERM", "dumb"));
    pty.wait_text("typed [");
    pty.send("x\x11");
    assert_eq!(pty.wait_exit(), 0);
    assert_restored(&pty);
}

#[test]
fn prc_04_the_terminal_goes_away() {
    let (mut pty, _folder) = start("plain");
    pty.hang_up();
    let since = Instant::now();
    assert_eq!(pty.wait_exit(), 129);
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
}

#[test]
fn prc_11_a_terminal_that_stops_reading_gets_the_last_frame() {
    let (program, folder) = program("big");
    let pty = Pty::spawn(program.size(200, 60));
    pty.wait_text("typed [");
    pty.pause(true);
    let before = pty.log().len();
    pty.send("still here");
    let ended = folder.path().join("ended");
    pty.wait_until(|| ended.exists());
    pty.pause(false);
    pty.wait_text("streamed 200000");
    pty.wait_text("typed [still here]");
    // A frame here is 12 kB; what waited is what the system buffers, one frame, and the last one.
    let written = pty.log().len() - before;
    assert!(written < 200_000, "frames were queued: {written} bytes");
}

#[test]
fn prc_07_pastes() {
    let (pty, _folder) = start("plain");
    pty.send("\x1b[200~one\r\ntwo\x1b[201~");
    pty.wait_text("pasted 7 2");
    let megabyte = format!(
        "\x1b[200~{}\x1b[201~{}\x1b[201~",
        "0123456789abcd\x1b\r".repeat(32_768),
        "0123456789abcd\x07\r".repeat(32_768)
    );
    pty.send(megabyte);
    pty.wait_text("pasted 1048576 65536");
    pty.send("\x1b[200~the end of this one is lost");
    pty.wait_text("pasted 27 1");
    pty.send("alive");
    pty.wait_text("typed [alive]");
}

#[test]
fn arrows_in_one_write_arrive_as_one() {
    let (pty, _folder) = start("plain");
    pty.send("\x1bOA\x1bOA\x1bOA");
    pty.wait_text("arrows 3");
    pty.send("\x1bOA");
    pty.wait_text("arrows 31");
}

#[test]
fn prc_06_any_size() {
    let (pty, _folder) = start("plain");
    for n in 0..300 {
        pty.resize(10 + n % 90, 1 + n % 40);
    }
    for (columns, rows) in [(1, 1), (1, 200), (500, 300), (0, 0), (200, 60)] {
        pty.resize(columns, rows);
    }
    pty.wait_text("size 200x60");
    pty.send("x");
    pty.wait_for(|screen| screen.contents().starts_with("typed [x]\nsize 200x60"));
}

#[test]
fn the_editor_gets_the_terminal() {
    let (program, folder) = program("plain");
    let editor = folder.path().join("editor");
    std::fs::write(&editor, "read line\nprintf '%s %s' \"$(cat \"$1\")\" \"$line\" > \"$1\"\necho edited\n").unwrap();
    let pty = Pty::spawn(program.env("VISUAL", format!("sh {}", editor.display())));
    pty.wait_text("typed [");
    pty.send("one");
    pty.wait_text("typed [one]");
    pty.send("\x05");
    pty.wait_for(|screen| !screen.alternate_screen());
    assert_eq!(pty.line(), COOKED);
    pty.send("two\n");
    pty.wait_text("typed [one two]");
    assert!(pty.screen(vt100::Screen::alternate_screen));
}

#[test]
fn the_editor_fails() {
    let (program, _folder) = program("plain");
    let pty = Pty::spawn(program.env("VISUAL", "false"));
    pty.wait_text("typed [");
    pty.send("one\x05");
    pty.wait_text("the editor `false` failed");
    pty.wait_text("typed [not edited]");
}

#[test]
fn titles_and_copies_are_encoded() {
    let (program, _folder) = program("plain");
    let pty = Pty::spawn(program.env("SSH_TTY", "/dev/pts/9"));
    pty.wait_text("typed [");
    pty.send("hi\x14\x14");
    pty.wait_bytes("\x1b[22;2t\x1b]2;title hi]52;c;x\x1b\\");
    pty.send("\x19");
    pty.wait_text("copied 2 characters (OSC 52)");
    pty.wait_bytes("\x1b]52;c;aGk=\x1b\\");
    pty.send("\x11");
    pty.wait_exit();
    pty.wait_bytes("\x1b[23;2t");
    let log = String::from_utf8_lossy(&pty.log()).into_owned();
    assert_eq!(log.matches("\x1b]2;").count(), 1, "a title that did not change is not written");
}

#[test]
fn the_dialog_and_back() {
    let (pty, _folder) = start("plain");
    pty.send("kept\x18");
    pty.wait_bytes("the dialog");
    pty.wait_for(|screen| screen.alternate_screen() && screen.contents().contains("typed [kept]"));
    pty.send("!");
    pty.wait_text("typed [kept!]");
    pty.kill(Signal::KILL);
    pty.wait_exit();
    assert_restored(&pty);
}

#[test]
fn all_that_is_written_is_on_the_list() {
    let (program, _folder) = program("stream");
    let pty = Pty::spawn(program.answers(PLAIN));
    pty.wait_text("streamed 200000");
    pty.resize(100, 30);
    pty.wait_text("size 100x30");
    pty.send("hi\x14\x11");
    pty.wait_exit();
    assert_restored(&pty);
    let log = pty.log();
    let enter = log.windows(8).position(|window| window == b"\x1b[?1049h").unwrap();
    let leave = log.windows(8).rposition(|window| window == b"\x1b[?1049l").unwrap();
    assert_eq!(glm_tui::term::egress::check(&log[enter..leave]), Ok(()));
}

/// The real program, with a key and an address where nobody listens.
fn real() -> (Pty, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let work = home.path().join("work");
    std::fs::create_dir(&work).unwrap();
    trust(home.path(), &work);
    let program = Program::new(glm_tui())
        .folder(work)
        .env("GLM_TUI_HOME", home.path().to_str().unwrap())
        .env("HOME", home.path().to_str().unwrap())
        .env("GLM_TUI_BASE_URL", "http://127.0.0.1:9/v1")
        .env("GLM_TUI_QUOTA_URL", "off")
        .env("GLM_TUI_API_KEY", "k");
    let pty = Pty::spawn(program);
    pty.send("Ж");
    pty.wait_for(|screen| screen.alternate_screen() && screen.contents().contains('Ж'));
    (pty, home)
}

#[test]
fn the_real_program_gives_the_terminal_back() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::QUIT, 131)] {
        let (pty, _home) = real();
        pty.kill(signal);
        assert_eq!(pty.wait_exit(), code);
        assert_restored(&pty);
    }
    let (pty, _home) = real();
    pty.kill(Signal::KILL);
    pty.wait_exit();
    assert_restored(&pty);
}
