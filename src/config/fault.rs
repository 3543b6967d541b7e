//! Fault points: the place right before each durable system call where a test can end the process or make the
//! call fail. Knows neither files nor what is written. A build for release has none of it.
//!
//! A plan is a list of wishes, joined by commas:
//! - `log=FILE` appends `PLACE CALL` to the file at each point, `acted=FILE` only where something was done to it;
//! - `ACT@N` acts at the N-th point that fits, `ACT@N+` from there on for ever; `ACT:WORD@N` counts only points of
//!   that place (`log`, `files`, …) or call (`write`, `sync`, …).
//!
//! Acts: `kill` (SIGKILL), `torn` (half of a write, then SIGKILL), `enospc`, `short` (half of a write, then
//! ENOSPC), `eio`, `panic`.

use std::io::{self, Write};

/// A durable system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Bytes are appended or overwritten.
    Write,
    /// What was written goes to the disk.
    Sync,
    /// A file takes a name: renamed or linked.
    Rename,
    /// A file is cut, or room is taken for it.
    Cut,
    /// A name goes away.
    Remove,
    /// A file or folder is made.
    Make,
}

impl Call {
    /// Its name in a plan.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Sync => "sync",
            Self::Rename => "rename",
            Self::Cut => "cut",
            Self::Remove => "remove",
            Self::Make => "make",
        }
    }
}

/// Stands right before a call; `place` is a word for who makes it.
///
/// # Errors
/// The one that the plan wishes: the call must then not be made.
#[cfg(not(all(debug_assertions, unix)))]
#[inline(always)]
#[expect(clippy::inline_always, clippy::unnecessary_wraps, reason = "a build for release has no fault points")]
pub fn point(_place: &'static str, _call: Call) -> io::Result<()> {
    Ok(())
}

/// Writes all of it, with a fault point before.
///
/// # Errors
/// As the write, or as the plan wishes.
#[cfg(not(all(debug_assertions, unix)))]
#[inline(always)]
#[expect(clippy::inline_always, reason = "a build for release has no fault points")]
pub fn write_all(_place: &'static str, to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)
}

/// Takes a plan, once in a process.
///
/// # Errors
/// Words on what cannot be read of it. A build for release takes none.
#[cfg(not(all(debug_assertions, unix)))]
pub fn arm(_plan: &str) -> Result<(), String> {
    Err("this build has no fault points".into())
}

#[cfg(all(debug_assertions, unix))]
pub use armed::{arm, point, write_all};

#[cfg(all(debug_assertions, unix))]
mod armed {
    use std::{
        fs::File,
        path::{Path, PathBuf},
        sync::{
            OnceLock,
            atomic::{AtomicU64, Ordering},
        },
    };

    use rustix::io::Errno;

    use super::{Call, Write, io};

    static PLAN: OnceLock<Plan> = OnceLock::new();

    struct Plan {
        log: Option<PathBuf>,
        acted: Option<PathBuf>,
        wishes: Vec<Wish>,
    }

    struct Wish {
        act: Act,
        /// A place or a call; empty = any.
        only: String,
        n: u64,
        forever: bool,
        seen: AtomicU64,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Act {
        Kill,
        Torn,
        Fail(Errno),
        Short,
        Panic,
    }

    /// Takes a plan, once in a process.
    ///
    /// # Errors
    /// Words on what cannot be read of it, or that there is one already.
    pub fn arm(plan: &str) -> Result<(), String> {
        PLAN.set(Plan::read(plan)?).map_err(|_| "there is a plan already".into())
    }

    /// Stands right before a call; `place` is a word for who makes it.
    ///
    /// # Errors
    /// The one that the plan wishes: the call must then not be made.
    pub fn point(place: &'static str, call: Call) -> io::Result<()> {
        match due(place, call) {
            None => Ok(()),
            Some(Act::Kill | Act::Torn) => die(),
            Some(Act::Fail(errno)) => Err(errno.into()),
            Some(Act::Short) => Err(Errno::NOSPC.into()),
            Some(Act::Panic) => break_down(),
        }
    }

    /// Writes all of it, with a fault point before.
    ///
    /// # Errors
    /// As the write, or as the plan wishes.
    pub fn write_all(place: &'static str, to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
        match due(place, Call::Write) {
            None => to.write_all(bytes),
            Some(Act::Kill) => die(),
            Some(Act::Torn) => {
                let _ = to.write_all(&bytes[..bytes.len() / 2]);
                die()
            }
            Some(Act::Fail(errno)) => Err(errno.into()),
            Some(Act::Short) => {
                to.write_all(&bytes[..bytes.len() / 2])?;
                Err(Errno::NOSPC.into())
            }
            Some(Act::Panic) => break_down(),
        }
    }

    fn due(place: &'static str, call: Call) -> Option<Act> {
        let plan = PLAN.get()?;
        let line = format!("{place} {}\n", call.word());
        if let Some(log) = &plan.log {
            note(log, &line);
        }
        let act = plan.wishes.iter().find_map(|wish| wish.at(place, call))?;
        if let Some(acted) = &plan.acted {
            note(acted, &line);
        }
        Some(act)
    }

    fn note(file: &Path, line: &str) {
        let file = File::options().create(true).append(true).open(file);
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }

    fn die() -> ! {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        // The signal is on its way; nothing more may happen on this thread.
        loop {
            std::thread::park();
        }
    }

    #[expect(clippy::panic, reason = "asked for by a plan, in debug builds only")]
    fn break_down() -> ! {
        panic!("broke as the plan of faults asked for")
    }

    impl Plan {
        fn read(text: &str) -> Result<Self, String> {
            let mut plan = Self { log: None, acted: None, wishes: Vec::new() };
            for part in text.split(',').filter(|part| !part.is_empty()) {
                match part.split_once('=') {
                    Some(("log", file)) => plan.log = Some(file.into()),
                    Some(("acted", file)) => plan.acted = Some(file.into()),
                    _ => plan.wishes.push(Wish::read(part).ok_or_else(|| format!("{part}: no wish"))?),
                }
            }
            Ok(plan)
        }
    }

    impl Wish {
        fn read(text: &str) -> Option<Self> {
            let (what, when) = text.split_once('@')?;
            let (act, only) = what.split_once(':').unwrap_or((what, ""));
            let act = match act {
                "kill" => Act::Kill,
                "torn" => Act::Torn,
                "enospc" => Act::Fail(Errno::NOSPC),
                "short" => Act::Short,
                "eio" => Act::Fail(Errno::IO),
                "panic" => Act::Panic,
                _ => return None,
            };
            let (n, forever) = when.strip_suffix('+').map_or((when, false), |n| (n, true));
            let n = n.parse().ok().filter(|n| *n > 0)?;
            Some(Self { act, only: only.to_owned(), n, forever, seen: AtomicU64::new(0) })
        }

        fn at(&self, place: &str, call: Call) -> Option<Act> {
            if !self.only.is_empty() && self.only != place && self.only != call.word() {
                return None;
            }
            let seen = self.seen.fetch_add(1, Ordering::SeqCst) + 1;
            (seen == self.n || (self.forever && seen > self.n)).then_some(self.act)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// What the points of a run of calls meet: a letter each.
        fn meets(plan: &str, calls: &[(&'static str, Call)]) -> String {
            let wish = Wish::read(plan).unwrap();
            let acts = calls.iter().map(|(place, call)| wish.at(place, *call));
            acts.map(|act| act.map_or('.', |act| if matches!(act, Act::Fail(_)) { 'f' } else { 'x' })).collect()
        }

        #[test]
        fn wishes_count_what_fits() {
            let calls = [
                ("log", Call::Write),
                ("log", Call::Sync),
                ("files", Call::Make),
                ("files", Call::Write),
                ("files", Call::Sync),
            ];
            let cases = [
                ("kill@1", "x...."),
                ("kill@5", "....x"),
                ("kill@6", "....."),
                ("enospc@2+", ".ffff"),
                ("eio:sync@1", ".f..."),
                ("eio:sync@2", "....f"),
                ("torn:files@2", "...x."),
                ("short:write@1+", "x..x."),
                ("panic:log@1", "x...."),
            ];
            for (plan, want) in cases {
                assert_eq!(meets(plan, &calls), want, "{plan}");
            }
            for bad in ["kill", "kill@", "kill@0", "kill@x", "crash@1", "@1"] {
                assert!(Wish::read(bad).is_none(), "{bad}");
            }
        }
    }
}
