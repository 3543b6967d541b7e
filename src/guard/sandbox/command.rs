//! Becoming the command: the last steps of a helper's child before it runs another program.

use std::{io, os::unix::process::CommandExt, process::Command};

use super::{
    Kind, confine, filter,
    letter::{Letter, Walls},
    privilege, sys,
};

/// The helper's exit code when the cage could not be built: the command did not run.
pub(super) const BROKEN: i32 = 125;
/// Exit codes of shells for a program that cannot be run, or does not exist.
const CANNOT_RUN: i32 = 126;
const NOT_FOUND: i32 = 127;

/// Which sockets a command may make behind these walls.
pub(super) fn sockets(walls: &Walls) -> filter::Sockets {
    match (walls.kind, walls.network) {
        (Kind::Namespaces | Kind::Bubblewrap, _) => filter::Sockets::Ordinary,
        (Kind::Landlock, true) => filter::Sockets::Internet,
        (Kind::Landlock, false) => filter::Sockets::Pairs,
    }
}

/// Confines this process where no namespace does.
pub(super) fn confine(walls: &Walls) -> Result<(), String> {
    confine::confine(walls)?;
    privilege::drop_all()?;
    filter::install(sockets(walls))
}

/// A session of its own, with standard input as its terminal if that is one.
pub(super) fn own_session(terminal: bool) -> Result<(), String> {
    rustix::process::setsid().map_err(|e| format!("no session of its own: {e}"))?;
    if terminal {
        rustix::process::ioctl_tiocsctty(rustix::stdio::stdin()).map_err(|e| format!("no terminal of its own: {e}"))?;
    }
    Ok(())
}

/// Runs the program in place of this process.
pub(super) fn run(letter: &Letter) -> ! {
    #[expect(clippy::disallowed_methods, reason = "this process becomes the command; nothing is spawned")]
    let mut command = Command::new(&letter.program);
    command.args(&letter.args).env_clear().envs(letter.env.iter().map(|(k, v)| (k, v))).current_dir(&letter.folder);
    sys::release_signals();
    let error = command.exec();
    complain(&format!("cannot run {}: {error}", letter.program.display()));
    std::process::exit(if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { CANNOT_RUN })
}

/// Says why the command did not run, and ends.
pub(super) fn broken(what: &str) -> ! {
    complain(&format!("the sandbox failed, the command did not run: {what}"));
    std::process::exit(BROKEN)
}

/// One line for whoever reads the command's output.
pub(super) fn complain(what: &str) {
    let _ = io::Write::write_all(&mut io::stderr(), format!("glm-tui: {what}\n").as_bytes());
}
