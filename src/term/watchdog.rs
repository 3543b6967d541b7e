//! The child that gives the terminal back when this process cannot (SIGKILL, or its job lost the terminal).
//!
//! Our own binary, started again with a hidden first argument, in a session of its own, so that it
//! outlives us. It holds the terminal as standard error and waits on a pipe as standard input: first
//! the line modes, then a byte for each time we take or give back the screen. At the pipe's end it
//! acts if the screen was ours. Nothing here draws.

use std::{
    ffi::OsString,
    io::{self, Read},
    os::{fd::OwnedFd, unix::process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use rustix::{
    process::Pid,
    termios::{ControlModes, InputModes, LocalModes, OutputModes, SpecialCodeIndex, Termios},
};

use super::{modes::LEAVE, tty};

/// The hidden first argument. `main` hands over to [`main`] when it sees it, before anything else.
pub const ARGUMENT: &str = "__watchdog";

const ENTERED: u8 = b'E';
const LEFT: u8 = b'L';
const RAW: u8 = b'R';

/// What comes first on the pipe: our group (a word), the line modes (four words, two control characters).
const HEAD: usize = 5 * 8 + 2;

/// How to start it.
#[derive(Clone, Debug)]
pub struct Start {
    /// The program: this one.
    pub program: PathBuf,
    /// What makes it call [`main`].
    pub arguments: Vec<OsString>,
}

impl Start {
    /// This program with the hidden argument.
    ///
    /// # Errors
    /// The system does not know where this program lies.
    pub fn own() -> io::Result<Self> {
        Ok(Self { program: std::env::current_exe()?, arguments: vec![ARGUMENT.into()] })
    }
}

/// The child, seen from us. Dropping it ends the child.
#[derive(Debug)]
pub(super) struct Watchdog {
    pipe: Option<OwnedFd>,
    child: Child,
}

impl Watchdog {
    /// Starts it on this terminal; `modes` are those to go back to.
    pub(super) fn start(start: &Start, terminal: &OwnedFd, modes: &Termios) -> io::Result<Self> {
        let (read, write) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the watchdog is this program itself, started by the terminal's owner"
        )]
        let child = Command::new(&start.program)
            .args(&start.arguments)
            .stdin(Stdio::from(read))
            .stdout(Stdio::null())
            .stderr(Stdio::from(terminal.try_clone()?))
            // Out of the foreground at once: the hangup that follows our death must not reach it.
            .process_group(0)
            .spawn()?;
        rustix::io::write(&write, &encode(modes))?;
        Ok(Self { pipe: Some(write), child })
    }

    /// The screen is ours.
    pub(super) fn entered(&self) {
        self.tell(ENTERED);
    }

    /// The screen is given back, but the line modes are not.
    pub(super) fn left_raw(&self) {
        self.tell(RAW);
    }

    /// The screen is given back.
    pub(super) fn left(&self) {
        self.tell(LEFT);
    }

    fn tell(&self, byte: u8) {
        if let Some(pipe) = &self.pipe {
            let _ = rustix::io::write(pipe, &[byte]);
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.child.wait();
    }
}

/// What the child does, to the end.
pub fn main() -> ! {
    let mut pipe = io::stdin().lock();
    let (mut head, mut told) = ([0; HEAD], Vec::new());
    if pipe.read_exact(&mut head).is_err() {
        std::process::exit(1);
    }
    // The leader of a group cannot have a session of its own: back to the parent's group for a moment.
    let group = i32::try_from(word(&head, 0)).ok().and_then(Pid::from_raw);
    let _ = group.map(|group| rustix::process::setpgid(None, Some(group)));
    let _ = rustix::process::setsid();
    let _ = std::env::set_current_dir("/");
    let _ = pipe.read_to_end(&mut told);
    let last = told.last().copied();
    if matches!(last, Some(ENTERED | RAW))
        && let Ok(terminal) = rustix::io::dup(rustix::stdio::stderr())
    {
        if let Ok(mut modes) = tty::modes(&terminal)
            && tty::is_raw(&modes)
        {
            decode(&head, &mut modes);
            let _ = tty::set_modes(&terminal, &modes);
        }
        if last == Some(ENTERED) {
            // The terminal may be torn within a sequence: cancel that first.
            let _ = rustix::io::write(&terminal, format!("\x18{LEAVE}").as_bytes());
        }
    }
    std::process::exit(0)
}

fn encode(modes: &Termios) -> Vec<u8> {
    let words = [
        u64::from(rustix::process::getpgrp().as_raw_nonzero().get().unsigned_abs()),
        u64::from(modes.input_modes.bits()),
        u64::from(modes.output_modes.bits()),
        u64::from(modes.control_modes.bits()),
        u64::from(modes.local_modes.bits()),
    ];
    let mut bytes = words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    bytes.extend([modes.special_codes[SpecialCodeIndex::VMIN], modes.special_codes[SpecialCodeIndex::VTIME]]);
    bytes
}

fn word(head: &[u8; HEAD], n: usize) -> u64 {
    head[n * 8..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word))
}

/// Raw mode changes four words and two control characters; all else is taken as it is.
fn decode(head: &[u8; HEAD], modes: &mut Termios) {
    // The words have the platform's own width, from which they came.
    modes.input_modes = InputModes::from_bits_retain(word(head, 1) as _);
    modes.output_modes = OutputModes::from_bits_retain(word(head, 2) as _);
    modes.control_modes = ControlModes::from_bits_retain(word(head, 3) as _);
    modes.local_modes = LocalModes::from_bits_retain(word(head, 4) as _);
    modes.special_codes[SpecialCodeIndex::VMIN] = head[HEAD - 2];
    modes.special_codes[SpecialCodeIndex::VTIME] = head[HEAD - 1];
}
