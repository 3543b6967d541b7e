//! How a command ended, in words for the model.

use std::time::Duration;

use crate::guard::runner::{End, Exit, Stopped};

/// The names of the signals that end programs (POSIX; the numbers are those of Linux on x86 and ARM).
const SIGNALS: [(i32, &str); 11] = [
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (11, "SIGSEGV"),
    (13, "SIGPIPE"),
    (15, "SIGTERM"),
];

/// For instance `exit code 101 after 3.2 s`.
pub(in crate::tools) fn how_it_ended(exit: &Exit) -> String {
    let after = seconds(exit.took);
    match (exit.stopped, exit.end) {
        (_, End::Stuck) => format!("stuck after {after}: it does not even end when killed"),
        (Some(Stopped::Timeout), _) => format!("ended by its time limit after {after}"),
        (Some(Stopped::Flood), _) => format!("ended after {after} because it printed too much"),
        (Some(Stopped::Asked), _) => format!("stopped after {after}"),
        (None, End::Code(code)) => format!("exit code {code} after {after}"),
        (None, End::Signal(signal)) => {
            let name = SIGNALS.iter().find(|(number, _)| *number == signal).map_or("", |(_, name)| name);
            format!("killed by signal {signal} {name} after {after}")
        }
    }
}

/// For instance `0.4 s`, `75 s`.
pub(in crate::tools) fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.1} s") } else { format!("{seconds:.0} s") }
}
