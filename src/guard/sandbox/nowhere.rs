//! Systems without a sandbox of ours: nothing keeps commands in, and the card says so.

use std::{io, path::PathBuf, process::Command};

use super::{CageSetup, Order, Overlay, Rung};

/// That there is none.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) why: Vec<String>,
}

impl Found {
    pub(super) fn probe(_: &CageSetup) -> Self {
        Self { why: vec!["There is no sandbox for this system yet.".into()] }
    }

    pub(super) fn rung(&self) -> Rung {
        Rung::None
    }

    pub(super) fn tmp(&self) -> Option<PathBuf> {
        None
    }
}

/// Nothing to watch.
#[derive(Debug, Default)]
pub struct Watch(());

impl Watch {
    /// Nothing to tell.
    #[must_use]
    pub fn settle(self) -> Vec<String> {
        Vec::new()
    }
}

pub(super) fn watch(_: &Found, _: &CageSetup) -> Watch {
    Watch::default()
}

pub(super) fn overlay(_: &Found, _: &CageSetup) -> Result<Overlay, String> {
    Err("this system has no overlays".into())
}

pub(super) fn command(_: &Found, _: &CageSetup, order: &Order) -> io::Result<Command> {
    if order.overlay.is_some() {
        return Err(io::Error::other("nothing here can run on an overlay"));
    }
    #[expect(clippy::disallowed_methods, reason = "guard::runner spawns what is built here")]
    let mut command = Command::new(&order.program);
    command.args(&order.args).current_dir(&order.folder).env_clear().envs(order.env.iter().cloned());
    #[cfg(unix)]
    own_session(&mut command, order.terminal);
    Ok(command)
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "a session of its own can only be made between fork and exec")]
fn own_session(command: &mut Command, terminal: bool) {
    use std::os::unix::process::CommandExt;
    let prepare = move || {
        rustix::process::setsid()?;
        if terminal {
            rustix::process::ioctl_tiocsctty(rustix::stdio::stdin())?;
        }
        Ok(())
    };
    // SAFETY: only two system calls; no memory is allocated and no lock is taken.
    unsafe { command.pre_exec(prepare) };
}
