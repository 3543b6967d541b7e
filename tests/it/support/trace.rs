//! What a program and all its children ask the kernel for, by `strace`, where that is there.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use super::pty::{PATIENCE, Program};

/// The path of an `strace` that can trace here.
pub(crate) fn strace() -> Option<&'static PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let path = std::env::split_paths(&std::env::var_os("PATH")?).find_map(|folder| {
            let path = folder.join("strace");
            path.is_file().then_some(path)
        })?;
        let dir = tempfile::tempdir().ok()?;
        let mut trial = Command::new(&path);
        trial.args(["-D", "-f", "-e", "trace=execve", "-o"]).arg(dir.path().join("log")).arg("/bin/true");
        let ends = trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        ends.is_ok_and(|status| status.success()).then_some(path)
    });
    if found.is_none() {
        println!("skipped: strace (what left a mark still counts)");
    }
    found.as_ref()
}

/// The trace of a run.
pub(crate) struct Trace {
    log: PathBuf,
}

impl Trace {
    /// Makes a program run under a trace of these calls, written to `log`. Its process id and its end stay its own.
    /// `None` = it runs as it is.
    pub(crate) fn of(program: &mut Program, calls: &str, log: PathBuf) -> Option<Self> {
        let strace = strace()?;
        let traced = std::mem::replace(&mut program.path, strace.clone());
        let options = ["-D", "-f", "-y", "-s", "4096", "-e", &format!("trace={calls}"), "-o"];
        let mut args: Vec<String> = options.map(str::to_owned).to_vec();
        args.push(log.to_str().unwrap().to_owned());
        args.push(traced.to_str().unwrap().to_owned());
        args.append(&mut program.args);
        program.args = args;
        Some(Self { log })
    }

    /// The lines of the trace, once every process in it has ended.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let text = fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let process = |line: &String| line.split_whitespace().next().unwrap_or_default().to_owned();
            let ended = |pid: String| lines.iter().any(|line| process(line) == pid && line.contains(" +++ "));
            if !lines.is_empty() && lines.iter().map(process).all(ended) {
                return lines;
            }
            assert!(Instant::now() < until, "somebody does not end:\n{text}");
            // Nothing tells when the tracer has written its last line.
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// The programs that anybody tried to execute, as they were named to the kernel.
    #[track_caller]
    pub(crate) fn executed(&self) -> Vec<String> {
        let lines = self.lines();
        let calls = lines.iter().filter(|line| line.contains(" execve(") || line.contains(" execveat("));
        calls.map(|line| line.split('"').nth(1).unwrap_or(line).to_owned()).collect()
    }
}
