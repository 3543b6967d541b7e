//! Taking the screen and giving it back.
//!
//! Owns the modes that are switched on, and the one way back: [`restore`], which may be called from
//! anywhere (the loop, a panic hook), any number of times. What it needs lies in one static, since a
//! panic hook has nothing else. Refuses to know what is drawn.

use std::{
    io,
    os::fd::OwnedFd,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec},
    termios::Termios,
};

use super::{
    egress,
    modes::{self, ENTER, KITTY, LEAVE},
    tty::{self, Tty},
    watchdog::Watchdog,
};
use crate::config::MouseMode;

/// A terminal that does not read gets this long to take the way back.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What the way back needs.
struct Held {
    fd: OwnedFd,
    /// The modes before us.
    modes: Termios,
    /// The screen is ours at the moment.
    entered: bool,
    /// The title was changed, and the one before it pushed.
    titled: bool,
    watchdog: Option<Watchdog>,
}

static HELD: Mutex<Option<Held>> = Mutex::new(None);

fn held() -> MutexGuard<'static, Option<Held>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Switches the terminal to raw mode and returns what is to be written to take the screen.
///
/// # Errors
/// The terminal refuses its modes.
pub(super) fn enter(tty: &Tty, mouse: MouseMode, kitty: bool) -> io::Result<String> {
    let mut held = held();
    let fd = tty.duplicate()?;
    let modes = match held.as_ref() {
        Some(held) => held.modes.clone(),
        None => tty::modes(&fd)?,
    };
    tty::set_modes(&fd, &tty::raw(&modes))?;
    let watchdog = held.take().and_then(|held| held.watchdog);
    if let Some(watchdog) = &watchdog {
        watchdog.entered();
    }
    *held = Some(Held { fd, modes, entered: true, titled: false, watchdog });
    Ok(format!("{ENTER}{}{}", modes::mouse(mouse), if kitty { KITTY } else { "" }))
}

/// What is to be written to set the title; the first one keeps the old title for the way back.
pub(super) fn title(text: &str) -> Vec<u8> {
    let first = held().as_mut().is_some_and(|held| !std::mem::replace(&mut held.titled, true));
    let mut bytes = if first { b"\x1b[22;2t".to_vec() } else { Vec::new() };
    bytes.extend(egress::title(text));
    bytes
}

/// Starts the child that restores the terminal when this process is killed. Failure is harmless.
pub(super) fn watch(command: &super::watchdog::Start) -> io::Result<()> {
    if let Some(held) = held().as_mut().filter(|held| held.watchdog.is_none()) {
        let watchdog = Watchdog::start(command, &held.fd, &held.modes)?;
        if held.entered {
            watchdog.entered();
        }
        held.watchdog = Some(watchdog);
    }
    Ok(())
}

/// Gives the screen back as it was: modes off, main screen, cursor, title, line modes. Does nothing
/// when the screen is not ours. Safe to call from a panic hook.
pub fn restore() {
    let mut held = held();
    let Some(held) = held.as_mut().filter(|held| held.entered) else { return };
    held.entered = false;
    // A process that lost the terminal with its job may not set its modes; the watchdog, in a session
    // of its own, may. It acts when we end and have not said that all is well.
    let set = tty::set_modes(&held.fd, &held.modes);
    let cancel = if egress::is_torn() { "\x18" } else { "" };
    let title = if std::mem::take(&mut held.titled) { "\x1b[23;2t" } else { "" };
    let written = write_all(&held.fd, format!("{cancel}{title}{LEAVE}").as_bytes());
    if let Some(watchdog) = held.watchdog.as_ref().filter(|_| written.is_ok()) {
        if set.is_ok() { watchdog.left() } else { watchdog.left_raw() }
    }
}

/// Ends the watchdog and forgets the terminal; the screen must have been given back.
pub(super) fn release() {
    let _ = held().take();
}

fn write_all(fd: &OwnedFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(fd, bytes) {
            Ok(n) => bytes = &bytes[n..],
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                let wait = Timespec { tv_sec: 0, tv_nsec: i64::from(LAST_WORDS.subsec_nanos()) };
                if rustix::event::poll(&mut [PollFd::new(fd, PollFlags::OUT)], Some(&wait))? == 0 {
                    return Err(io::ErrorKind::TimedOut.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
