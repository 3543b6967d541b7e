//! What the model and the person read of a command that ended or went to the background.

use std::fmt::Write;

use super::super::{
    Outcome,
    background::{how_it_ended, seconds},
};
use crate::{
    chat::{Detail, JobId, RunEnd},
    guard::{
        Rung,
        output::Output,
        runner::{End, Exit, Stopped},
    },
    text::Clean,
};

/// What programs print when there is no network. Lower case.
const NO_NETWORK: [&str; 10] = [
    "could not resolve",
    "temporary failure in name resolution",
    "name or service not known",
    "failed to lookup address",
    "getaddrinfo",
    "eai_again",
    "enetunreach",
    "network is unreachable",
    "no address associated with hostname",
    "socket: operation not permitted",
];
/// What programs print when they may not write. Lower case.
const NO_WRITE: [&str; 6] =
    ["read-only file system", "erofs", "operation not permitted", "permission denied", "eperm", "eacces"];

/// What is known of a command beside how it ended.
pub(super) struct Report {
    /// The line that a person put in place of the model's.
    pub(super) edited: Option<String>,
    /// It runs in the sandbox.
    pub(super) caged: bool,
    /// It may use the network.
    pub(super) network: bool,
    /// The sandbox.
    pub(super) rung: Rung,
}

impl Report {
    /// The outcome of a command that ended.
    pub(super) fn ended(&self, exit: &Exit) -> Outcome {
        let printed = exit.output.for_model();
        let mut text = how_it_ended(exit);
        text.push_str(if printed.is_empty() { "; no output\n" } else { "\n" });
        self.tell_edit(&mut text);
        text.push_str(&printed);
        if exit.stopped == Some(Stopped::Timeout) {
            text.push_str(
                "[it and its processes were ended; give `timeout_seconds` up to 600, or `background: true`]\n",
            );
        }
        for note in &exit.notes {
            let _ = writeln!(text, "[{note}]");
        }
        if let Some(hint) = self.hint(exit, &printed) {
            let _ = writeln!(text, "[{hint}]");
        }
        Outcome { detail: Detail::Text(detail(exit)), ..Outcome::new(end(exit), text, summary(exit)) }
    }

    /// What the model is told of a command that goes on in the background.
    pub(super) fn in_background(&self, id: JobId, output: &Output) -> String {
        let mut text = format!("it runs in the background as job {0}; `jobs` shows its output and ends it\n", id.0);
        self.tell_edit(&mut text);
        text + &output.for_model()
    }

    fn tell_edit(&self, text: &mut String) {
        if let Some(line) = &self.edited {
            let _ = writeln!(text, "[the person changed the command; what ran is this:]\n{line}\n[its output:]");
        }
    }

    /// Why the sandbox may have stopped it, and how to ask for more.
    fn hint(&self, exit: &Exit, printed: &str) -> Option<&'static str> {
        let failed = exit.stopped.is_none() && exit.end != End::Code(0);
        if !failed || !self.caged || self.rung == Rung::None {
            return None;
        }
        let low = printed.to_lowercase();
        let said = |words: &[&str]| words.iter().any(|word| low.contains(word));
        if !self.network && said(&NO_NETWORK) {
            return Some(
                "commands have no network here: if it needs one, call again with `network: true`; the person is asked",
            );
        }
        said(&NO_WRITE).then_some(
            "the sandbox lets commands write only in the workspace, and not to .git or settings: if that is why it \
             failed and there is no other way, call again with `unsandboxed: true`; the person is asked",
        )
    }
}

fn end(exit: &Exit) -> RunEnd {
    match (exit.stopped, exit.end) {
        (Some(Stopped::Asked), _) => RunEnd::Stopped,
        (None, End::Code(0)) => RunEnd::Ok,
        _ => RunEnd::Failed,
    }
}

fn summary(exit: &Exit) -> Clean {
    Clean::strict(&match (exit.stopped, exit.end) {
        (_, End::Stuck) => "stuck".into(),
        (Some(Stopped::Asked), _) => "stopped".into(),
        (Some(Stopped::Timeout), _) => format!("timed out after {}", seconds(exit.took)),
        (Some(Stopped::Flood), _) => "printed too much".into(),
        (None, End::Code(0)) => match exit.output.lines {
            0 => "no output".into(),
            1 => "1 line".into(),
            n => format!("{n} lines"),
        },
        (None, End::Code(code)) => format!("exit {code}"),
        (None, End::Signal(signal)) => format!("signal {signal}"),
    })
}

/// What the row opens to.
fn detail(exit: &Exit) -> Clean {
    let mut text = exit.output.for_person();
    for note in &exit.notes {
        text.append(&Clean::new(&format!("[{note}]\n")));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Report;
    use crate::guard::{
        Rung,
        output::Collector,
        runner::{End, Exit, Stopped},
    };

    fn exit(printed: &str, end: End, stopped: Option<Stopped>) -> Exit {
        let mut collector = Collector::default();
        collector.push(printed.as_bytes());
        Exit { end, stopped, notes: Vec::new(), output: collector.output(), took: Duration::from_millis(400) }
    }

    #[test]
    fn what_the_sandbox_may_have_stopped_is_told_with_the_way_out() {
        let (inside, online) = ((true, false, Rung::Full), (true, true, Rung::Partial));
        let cases = [
            (inside, "curl: (6) Could not resolve host: crates.io\n", End::Code(6), "network: true"),
            (inside, "npm error code EAI_AGAIN\n", End::Code(1), "network: true"),
            (online, "curl: (6) Could not resolve host: crates.io\n", End::Code(6), ""),
            (inside, "touch: cannot touch '/etc/x': Read-only file system\n", End::Code(1), "unsandboxed: true"),
            (inside, "warning: Permission denied\n", End::Code(0), ""),
            (inside, "test failed\n", End::Code(101), ""),
            ((false, false, Rung::Full), "Permission denied\n", End::Code(1), ""),
            ((true, false, Rung::None), "Permission denied\n", End::Code(1), ""),
        ];
        for ((caged, network, rung), printed, end, told) in cases {
            let report = Report { edited: None, caged, network, rung };
            let text = report.ended(&exit(printed, end, None)).to_model;
            let hinted = text.lines().last().filter(|line| line.starts_with('['));
            assert_eq!(hinted.is_some(), !told.is_empty(), "{text}");
            assert!(text.contains(told), "{text}");
        }
    }

    #[test]
    fn notes_are_told_to_both() {
        let mut exit = exit("", End::Code(0), None);
        exit.notes.push(".git/config was changed".into());
        let report = Report { edited: None, caged: true, network: false, rung: Rung::Partial };
        let outcome = report.ended(&exit);
        assert_eq!(outcome.to_model, "exit code 0 after 0.4 s; no output\n[.git/config was changed]\n");
        assert!(matches!(outcome.detail, crate::chat::Detail::Text(text) if text.as_str().contains(".git/config")));
    }

    #[test]
    fn whoever_ended_it_is_named() {
        let cases = [
            (Some(Stopped::Asked), End::Signal(15), "stopped after 0.4 s"),
            (Some(Stopped::Timeout), End::Signal(9), "ended by its time limit after 0.4 s"),
            (Some(Stopped::Flood), End::Signal(9), "ended after 0.4 s because it printed too much"),
            (None, End::Signal(6), "killed by signal 6 SIGABRT after 0.4 s"),
            (None, End::Stuck, "stuck after 0.4 s: it does not even end when killed"),
        ];
        for (stopped, end, told) in cases {
            let report = Report { edited: None, caged: true, network: false, rung: Rung::Full };
            assert!(report.ended(&exit("", end, stopped)).to_model.starts_with(told), "{told}");
        }
    }
}
