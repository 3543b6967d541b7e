//! The helper: our own binary started again between the agent and a command. It builds the cage, waits, and
//! cleans up. It has one thread and holds no secret.

use std::{convert::Infallible, os::fd::OwnedFd, path::Path};

use super::{
    Kind, bubblewrap, command,
    letter::{Letter, Walls},
    names::Ledger,
    spaces,
    supervise::{self, End},
    sys::{self, Side, Signals},
    trial,
};

/// The argument that makes the helper try the cage that it runs in.
pub(super) const TRY: &str = "try";

/// What the program does when it was started as the helper; never returns.
pub fn helper_main() -> ! {
    let mut args = std::env::args_os().skip(2);
    let first = args.next().unwrap_or_default();
    if first == TRY {
        trial::main(&args.next().unwrap_or_default());
    }
    let Some(number) = first.to_str().and_then(|n| n.parse::<u16>().ok()) else {
        command::broken("started by hand");
    };
    match Letter::read(number) {
        Ok(letter) => match serve(&letter) {
            Err(what) => command::broken(&what),
        },
        Err(error) => command::broken(&format!("no letter: {error}")),
    }
}

fn serve(letter: &Letter) -> Result<Infallible, String> {
    sys::close_all_but_standard();
    let signals = Signals::hold().map_err(|e| format!("cannot hold signals: {e}"))?;
    let agent = supervise::agent(letter.agent).ok_or("the agent is gone")?;
    // Orphans of the command become our children, so that they can be found.
    let own = rustix::process::getpid();
    rustix::process::set_child_subreaper(Some(own)).map_err(|e| format!("cannot adopt orphans: {e}"))?;
    let ledger = letter.walls.as_ref().map(ledger).transpose()?.flatten();
    let done = run(letter, &signals, &agent);
    if let Some(ledger) = ledger {
        ledger.settle();
    }
    done?.repeat()
}

/// Placeholders are only of use where something can be mounted upon them.
fn ledger(walls: &Walls) -> Result<Option<Ledger>, String> {
    if walls.kind == Kind::Landlock || !walls.hold_absent {
        return Ok(None);
    }
    let told = |error: std::io::Error| format!("cannot hold protected names: {error}");
    let mut ledger = Ledger::open(Path::new(&walls.ledger), Path::new(&walls.workspace)).map_err(told)?;
    ledger.hold_absent().map_err(told)?;
    Ok(Some(ledger))
}

fn run(letter: &Letter, signals: &Signals, agent: &OwnedFd) -> Result<End, String> {
    match &letter.walls {
        Some(walls) if walls.kind == Kind::Namespaces => {
            let space = spaces::start(letter, walls, signals)?;
            let end = supervise::supervise(space.first, signals, agent, space.first.as_raw_nonzero().get());
            supervise::end_the_rest(signals);
            Ok(space.end().unwrap_or(end))
        }
        Some(walls) if walls.kind == Kind::Bubblewrap => {
            let wrapped = bubblewrap::wrap(letter, walls)?;
            plain(&wrapped, None, signals, agent)
        }
        walls => plain(letter, walls.as_ref(), signals, agent),
    }
}

/// A command without namespaces of ours.
fn plain(letter: &Letter, walls: Option<&Walls>, signals: &Signals, agent: &OwnedFd) -> Result<End, String> {
    match sys::fork().map_err(|e| format!("cannot start a process: {e}"))? {
        Side::Child => {
            let ready = command::own_session(letter.terminal).and_then(|()| walls.map_or(Ok(()), command::confine));
            match ready {
                Ok(()) => command::run(letter),
                Err(what) => command::broken(&what),
            }
        }
        Side::Parent(child) => {
            let end = supervise::supervise(child, signals, agent, -child.as_raw_nonzero().get());
            supervise::let_the_rest_finish(end, signals);
            supervise::end_the_rest(signals);
            Ok(end)
        }
    }
}
