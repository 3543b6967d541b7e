//! A program in a pseudo-terminal, seen through a terminal emulator that answers questions.
//!
//! Waits are for conditions, never for time: the reader thread tells every change.
#![allow(dead_code, reason = "a harness offers more than its first tests use")]

use std::{
    io::{Read, Write},
    path::PathBuf,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::{
    fs::{Mode, OFlags},
    process::{Pid, Signal},
    termios::LocalModes,
};

/// Long enough for a loaded machine; a condition that holds is seen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The binary of this crate.
pub(crate) fn glm_tui() -> PathBuf {
    env!("CARGO_BIN_EXE_glm-tui").into()
}

/// What the emulator answers: question and answer, as bytes. A cursor report is answered from the screen.
pub(crate) type Answers = &'static [(&'static str, &'static str)];

/// A terminal that names its class and nothing else.
pub(crate) const PLAIN: Answers = &[("\x1b[c", "\x1b[?62;22c")];

/// What is to be run.
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) size: (u16, u16),
    pub(crate) answers: Answers,
    /// The folder that it starts in; this test's own if left out.
    pub(crate) folder: Option<PathBuf>,
}

impl Program {
    /// A program at 80×24 in a plain terminal.
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), args: Vec::new(), env: Vec::new(), size: (80, 24), answers: PLAIN, folder: None }
    }

    pub(crate) fn args<I: IntoIterator<Item = S>, S: Into<String>>(mut self, args: I) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Starts it in this folder.
    pub(crate) fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Columns and rows.
    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    pub(crate) fn answers(mut self, answers: Answers) -> Self {
        self.answers = answers;
        self
    }
}

/// How the terminal's line discipline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) echo: bool,
    pub(crate) canonical: bool,
    pub(crate) signals: bool,
}

/// The line discipline that a shell finds usable.
pub(crate) const COOKED: Line = Line { echo: true, canonical: true, signals: true };

struct State {
    parser: vt100::Parser,
    log: Vec<u8>,
    paused: bool,
    hung_up: bool,
    exit: Option<portable_pty::ExitStatus>,
}

type Shared = Arc<(Mutex<State>, Condvar)>;
type Writer = Arc<Mutex<Option<Box<dyn Write + Send>>>>;

/// A program in a pseudo-terminal. Dropping it kills the program.
pub(crate) struct Pty {
    shared: Shared,
    writer: Writer,
    master: Option<Box<dyn MasterPty + Send>>,
    slave: Option<Box<dyn SlavePty + Send>>,
    pid: u32,
}

impl Pty {
    /// Starts a program with nothing of our environment but `PATH`.
    pub(crate) fn spawn(program: Program) -> Self {
        let Program { path, args, env, size: (cols, rows), answers, folder } = program;
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(path);
        command.args(args);
        command.cwd(folder.or_else(|| std::env::current_dir().ok()).unwrap_or_default());
        command.env_clear();
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color");
        for (name, value) in env {
            command.env(name, value);
        }
        let mut child = pair.slave.spawn_command(command).expect("the program starts");
        let pid = child.process_id().expect("a process id");
        let reader = pair.master.try_clone_reader().expect("a reader");
        let writer: Writer = Arc::new(Mutex::new(Some(pair.master.take_writer().expect("a writer"))));
        let parser = vt100::Parser::new(rows.try_into().unwrap(), cols.try_into().unwrap(), 1000);
        let state = State { parser, log: Vec::new(), paused: false, hung_up: false, exit: None };
        let shared: Shared = Arc::new((Mutex::new(state), Condvar::new()));
        let (told, answer) = (Arc::clone(&shared), Arc::clone(&writer));
        thread::spawn(move || read(reader, &told, &answer, answers));
        let told = Arc::clone(&shared);
        thread::spawn(move || {
            let exit = child.wait().ok();
            told.0.lock().unwrap().exit = exit;
            told.1.notify_all();
        });
        Self { shared, writer, master: Some(pair.master), slave: Some(pair.slave), pid }
    }

    /// Types.
    pub(crate) fn send(&self, keys: impl AsRef<[u8]>) {
        if let Some(writer) = self.writer.lock().unwrap().as_mut() {
            writer.write_all(keys.as_ref()).expect("the terminal takes keys");
            writer.flush().unwrap();
        }
    }

    /// Waits until the screen is so.
    ///
    /// # Panics
    /// With the screen, when it is not so in time.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: impl Fn(&vt100::Screen) -> bool) {
        self.wait(|state| what(state.parser.screen()));
    }

    /// Waits until the screen shows this text.
    #[track_caller]
    pub(crate) fn wait_text(&self, text: &str) {
        self.wait(|state| state.parser.screen().contents().contains(text));
    }

    /// Waits until these bytes were written.
    #[track_caller]
    pub(crate) fn wait_bytes(&self, bytes: &str) {
        self.wait(|state| contains(&state.log, bytes.as_bytes()));
    }

    #[track_caller]
    fn wait(&self, so: impl Fn(&State) -> bool) {
        self.wait_every(PATIENCE, so);
    }

    #[track_caller]
    fn wait_every(&self, pause: Duration, so: impl Fn(&State) -> bool) {
        let until = Instant::now() + PATIENCE;
        let mut state = self.shared.0.lock().unwrap();
        while !so(&state) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let tail = state.log[state.log.len().saturating_sub(400)..].escape_ascii().to_string();
                let screen = state.parser.screen().contents();
                drop(state);
                panic!("not in time; the screen is:\n{screen}\nlast bytes: {tail}");
            }
            state = self.shared.1.wait_timeout(state, left.min(pause)).unwrap().0;
        }
    }

    /// Waits until nothing was written for this long.
    #[track_caller]
    pub(crate) fn wait_quiet(&self, quiet: Duration) {
        let until = Instant::now() + PATIENCE;
        let mut state = self.shared.0.lock().unwrap();
        let (mut len, mut since) = (state.log.len(), Instant::now());
        while since.elapsed() < quiet {
            assert!(Instant::now() < until, "never quiet; the screen is:\n{}", state.parser.screen().contents());
            state = self.shared.1.wait_timeout(state, quiet.saturating_sub(since.elapsed())).unwrap().0;
            if state.log.len() != len {
                (len, since) = (state.log.len(), Instant::now());
            }
        }
    }

    /// Waits until the screen no longer shows this text.
    #[track_caller]
    pub(crate) fn wait_gone(&self, text: &str) {
        self.wait(|state| !state.parser.screen().contents().contains(text));
    }

    /// Lets the program go on for this long, or until its screen is so.
    pub(crate) fn wait_at_most(&self, most: Duration, so: impl Fn(&str) -> bool) {
        let until = Instant::now() + most;
        let mut state = self.shared.0.lock().unwrap();
        while !so(&state.parser.screen().contents()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.shared.1.wait_timeout(state, left).unwrap().0;
        }
    }

    /// Waits until more than `length` bytes were written in all.
    #[track_caller]
    pub(crate) fn wait_written(&self, length: usize) {
        self.wait(|state| state.log.len() > length);
    }

    /// Waits until a complete repaint changes nothing on the screen: no leftovers, no cell out of place.
    #[track_caller]
    pub(crate) fn assert_clean(&self) {
        self.wait_quiet(Duration::from_millis(250));
        let (before, length) = (steady(&self.text()), self.log().len());
        self.send("\x0c");
        self.wait_written(length);
        self.wait_quiet(Duration::from_millis(150));
        assert_eq!(before.join("\n"), steady(&self.text()).join("\n"), "a repaint gives another screen");
    }

    /// The screen as text.
    pub(crate) fn text(&self) -> String {
        self.shared.0.lock().unwrap().parser.screen().contents()
    }

    /// Looks at the screen now.
    pub(crate) fn screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.shared.0.lock().unwrap().parser.screen())
    }

    /// All bytes that were written so far.
    pub(crate) fn log(&self) -> Vec<u8> {
        self.shared.0.lock().unwrap().log.clone()
    }

    /// Changes the size.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        if let (Ok(r), Ok(c)) = (rows.try_into(), columns.try_into()) {
            self.shared.0.lock().unwrap().parser.set_size(r, c);
        }
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).expect("the size is taken");
    }

    /// Stops reading, or goes on.
    pub(crate) fn pause(&self, paused: bool) {
        self.shared.0.lock().unwrap().paused = paused;
        self.shared.1.notify_all();
    }

    /// Sends a signal to the program.
    pub(crate) fn kill(&self, signal: Signal) {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw).unwrap();
        rustix::process::kill_process(pid, signal).expect("the program is there");
    }

    /// The number of the row that holds this text, from 0.
    #[track_caller]
    pub(crate) fn row_of(&self, text: &str) -> usize {
        let screen = self.text();
        screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text:?} in:\n{screen}"))
    }

    /// The program's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// The line discipline now.
    pub(crate) fn line(&self) -> Line {
        let name = self.master.as_ref().and_then(|master| master.tty_name()).expect("a device");
        let fd = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK, Mode::empty()).unwrap();
        let modes = rustix::termios::tcgetattr(fd).unwrap().local_modes;
        Line {
            echo: modes.contains(LocalModes::ECHO),
            canonical: modes.contains(LocalModes::ICANON),
            signals: modes.contains(LocalModes::ISIG),
        }
    }

    /// Waits until the line discipline is so. Nothing tells its changes: it is asked again and again.
    #[track_caller]
    pub(crate) fn wait_line(&self, line: Line) {
        self.wait_every(Duration::from_millis(5), |_| self.line() == line);
    }

    /// Waits until something outside the terminal is so.
    #[track_caller]
    pub(crate) fn wait_until(&self, so: impl Fn() -> bool) {
        self.wait_every(Duration::from_millis(5), |_| so());
    }

    /// Closes the terminal under the program. The program must be about to write, or to have written.
    pub(crate) fn hang_up(&mut self) {
        self.shared.0.lock().unwrap().hung_up = true;
        let (columns, rows) = self.screen(|screen| {
            let (rows, columns) = screen.size();
            (columns.get(), rows.get())
        });
        self.resize(columns + 1, rows); // makes it write, which wakes the reader
        self.wait(|state| state.exit.is_some() || state.log.is_empty());
        self.writer.lock().unwrap().take();
        self.slave.take();
        self.master.take();
    }

    /// Waits for the end of the program and returns its exit code.
    #[track_caller]
    pub(crate) fn wait_exit(&self) -> u32 {
        self.wait(|state| state.exit.is_some());
        self.shared.0.lock().unwrap().exit.as_ref().unwrap().exit_code()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let ended = self.shared.0.lock().is_ok_and(|state| state.exit.is_some());
        if !ended {
            self.kill(Signal::KILL);
        }
        self.pause(false);
    }
}

/// Reads until the terminal is closed; the log is emptied as a sign when it was hung up.
fn read(mut reader: Box<dyn Read + Send>, shared: &Shared, writer: &Writer, answers: Answers) {
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = reader.read(&mut buffer) {
        let mut state = shared.0.lock().unwrap();
        while state.paused {
            state = shared.1.wait(state).unwrap();
        }
        if state.hung_up {
            state.log.clear();
            break;
        }
        let mut replies = Vec::new();
        for byte in &buffer[..n] {
            state.log.push(*byte);
            state.parser.process(&[*byte]);
            if let Some((_, answer)) = answers.iter().find(|(question, _)| state.log.ends_with(question.as_bytes())) {
                let (row, column) = state.parser.screen().cursor_position();
                let answer =
                    answer.replace("{row}", &(row + 1).to_string()).replace("{column}", &(column + 1).to_string());
                replies.extend(answer.bytes());
            }
        }
        drop(state);
        shared.1.notify_all();
        if let Some(writer) = writer.lock().unwrap().as_mut() {
            let _ = writer.write_all(&replies);
        }
    }
    drop(reader);
    shared.1.notify_all();
}

/// The rows without blanks at their ends, but for that of the gauge, whose countdown moves.
pub(crate) fn steady(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.contains("5h ")).map(|line| line.trim_end().to_owned()).collect()
}

/// The bytes hold these.
pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
