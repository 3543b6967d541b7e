//! The thread of one command: starts it, reads until it ends or must end, sweeps up, reports.

use std::{
    io::{self, PipeReader},
    os::{
        fd::{AsFd, OwnedFd},
        unix::process::ExitStatusExt,
    },
    path::PathBuf,
    process::{Child, ExitStatus},
    sync::{Arc, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{Pid, Signal},
};
use tokio::sync::{oneshot, watch};

use super::{
    Terminal,
    clock::now,
    exit_watch::ExitWatch,
    leftovers,
    running::{End, Exit, Running, Shared, Stopped},
    streams,
};
use crate::{
    chat::Progress,
    guard::{
        output::{Output, Spill},
        sandbox::{Cage, Order, Watch},
    },
};

/// Between the polite signal and the forced one.
const GRACE: Duration = Duration::from_millis(1500);
/// How long whoever waits for a command may take to sweep up behind it.
const SWEEPING: Duration = Duration::from_millis(400);
/// How long a killed process may take to be gone before it is called stuck.
const DYING: Duration = Duration::from_secs(2);
/// How long what is left in the pipe is read after the end: a grandchild may hold it open for ever.
const DRAIN: Duration = Duration::from_millis(200);
/// Between two live reports: fifteen a second.
const REPORT: Duration = Duration::from_millis(67);
/// Between two looks at a process that cannot be watched.
const LOOK: Duration = Duration::from_millis(20);
/// A command that prints more is ended: no use needs it, and a job must not run hot for days.
const FLOOD: u64 = 16 << 30;
/// Bytes read at once.
const BLOCK: usize = 64 << 10;
/// Reads before the clock and the other events are looked at again.
const BURST: usize = 64;

/// A command to be started.
pub(super) struct Job {
    pub(super) order: Order,
    pub(super) cage: Cage,
    pub(super) terminal: Terminal,
    pub(super) timeout: Option<Duration>,
    /// Where its output goes when it is long.
    pub(super) spill: Option<PathBuf>,
    pub(super) mark: String,
}

/// What ended a stretch of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Exited,
    LetGo,
    Deadline,
    Flood,
}

struct Supervisor {
    child: Child,
    pid: Pid,
    watch: ExitWatch,
    /// `None` once it came to its end.
    output: Option<OwnedFd>,
    /// `None` once it was let go.
    leash: Option<PipeReader>,
    shared: Arc<Shared>,
    spill: Spill,
    report: Report,
    block: Vec<u8>,
}

/// When the holder is told next.
struct Report {
    live: watch::Sender<Progress>,
    /// Not before this.
    next: Instant,
    due: bool,
}

impl Job {
    /// Runs the command to its end; `tell` hears whether it started.
    pub(super) fn run(self, tell: oneshot::Sender<io::Result<Running>>) {
        let started = now();
        let (publish, ended) = watch::channel(None);
        let (mark, timeout) = (self.mark.clone(), self.timeout);
        let watch = if self.order.free { Watch::default() } else { self.cage.watch() };
        let (mut supervisor, running) = match self.start(started, ended) {
            Ok(both) => both,
            Err(error) => {
                let _ = tell.send(Err(error));
                return;
            }
        };
        // Nobody waits any more: the leash falls and the command with it.
        drop(tell.send(Ok(running)));
        let stopped = supervisor.follow_to_the_end(timeout.map(|timeout| started + timeout));
        let gone = supervisor.watch.ended();
        let end = supervisor.sweep(gone, &mark);
        supervisor.drain();
        let (output, took) = (supervisor.take_output(), now() - started);
        let exit = Exit { end, stopped, notes: watch.settle(), output, took };
        let _ = publish.send(Some(Arc::new(exit)));
        supervisor.shared.notify();
        if !gone {
            // It hangs in the system; somebody has to take note of its end.
            let _ = supervisor.child.wait();
        }
    }

    fn start(self, started: Instant, ended: watch::Receiver<Option<Arc<Exit>>>) -> io::Result<(Supervisor, Running)> {
        let mut command = self.cage.command(&self.order)?;
        let output = streams::connect(&mut command, self.terminal)?;
        let (leash, hold) = io::pipe()?;
        let child = command.spawn()?;
        // The command holds the writing ends of its own output; nobody else may, or it never ends.
        drop(command);
        let pid = Pid::from_child(&child);
        let shared = Arc::new(Shared::new(started));
        let (live, lives) = watch::channel(Progress::default());
        let running = Running { shared: Arc::clone(&shared), live: lives, ended, leash: Some(hold) };
        let supervisor = Supervisor {
            watch: ExitWatch::new(pid),
            pid,
            child,
            output: Some(output),
            leash: Some(leash),
            shared,
            spill: Spill::new(self.spill.as_deref(), &format!("{}.txt", self.mark), Output::SHOWN),
            report: Report { live, next: started, due: false },
            block: vec![0; BLOCK],
        };
        Ok((supervisor, running))
    }
}

impl Supervisor {
    /// Reads until the main process ended, ending it where that is due. Says why it was ended.
    fn follow_to_the_end(&mut self, mut deadline: Option<Instant>) -> Option<Stopped> {
        let stopped = loop {
            match self.follow(deadline) {
                Event::Exited => return None,
                Event::LetGo => break Stopped::Asked,
                Event::Flood => break Stopped::Flood,
                Event::Deadline if self.shared.unbound.load(Ordering::Relaxed) => deadline = None,
                Event::Deadline => break Stopped::Timeout,
            }
        };
        self.leash = None;
        leftovers::signal_group(self.pid, Signal::TERM);
        // A stopped process takes no signal before it goes on.
        leftovers::signal_group(self.pid, Signal::CONT);
        let gone = self.exited_within(GRACE) || (leftovers::kill_children(self.pid) && self.exited_within(SWEEPING));
        if !gone {
            leftovers::signal_group(self.pid, Signal::KILL);
            self.exited_within(DYING);
        }
        Some(stopped)
    }

    /// Takes note of the end. Who waited for the command swept up behind it, unless it was itself killed.
    fn sweep(&mut self, gone: bool, mark: &str) -> End {
        let status = gone.then(|| self.child.wait().ok()).flatten();
        let end = status.map_or(End::Stuck, end_of);
        if !matches!(end, End::Code(_)) {
            leftovers::kill_marked(mark);
        }
        end
    }

    fn exited_within(&mut self, limit: Duration) -> bool {
        let deadline = now() + limit;
        loop {
            match self.follow(Some(deadline)) {
                Event::Exited => return true,
                Event::Deadline => return false,
                Event::LetGo | Event::Flood => {}
            }
        }
    }

    /// Reads what is left after the end, for a bounded time.
    fn drain(&mut self) {
        let deadline = now() + DRAIN;
        while self.output.is_some() && now() < deadline {
            let Some(fd) = &self.output else { break };
            let left = timespec(deadline.saturating_duration_since(now()));
            if !matches!(poll(&mut [PollFd::new(fd, PollFlags::IN)], Some(&left)), Ok(1..)) {
                break;
            }
            self.read();
        }
    }

    /// Reads until something else happens. Goes on reading whatever the amount: the command must not block.
    fn follow(&mut self, deadline: Option<Instant>) -> Event {
        loop {
            let ready = self.wait(deadline);
            if ready.output {
                self.read();
            }
            self.tell();
            if self.watch.ended() {
                return Event::Exited;
            }
            if ready.leash {
                self.leash = None;
                return Event::LetGo;
            }
            if deadline.is_some_and(|deadline| now() >= deadline) {
                return Event::Deadline;
            }
            if self.leash.is_some() && self.collected() > FLOOD {
                return Event::Flood;
            }
        }
    }

    /// Waits for output, the end, the holder, the deadline or the next report, whichever comes first.
    fn wait(&self, deadline: Option<Instant>) -> Ready {
        let report = self.report.due.then_some(self.report.next);
        let look = self.watch.fd().is_none().then(|| now() + LOOK);
        let until = [deadline, report, look].into_iter().flatten().min();
        let left = until.map(|until| timespec(until.saturating_duration_since(now())));
        let fds = [self.output.as_ref().map(AsFd::as_fd), self.leash.as_ref().map(AsFd::as_fd), self.watch.fd()];
        let mut polled: Vec<PollFd<'_>> = fds.iter().flatten().map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
        // Interrupted, or out of memory for a moment: the caller looks and comes back.
        let _ = poll(&mut polled, left.as_ref());
        let mut fired = polled.iter().map(|fd| !fd.revents().is_empty());
        let mut next = |there: bool| there && fired.next().unwrap_or(false);
        Ready { output: next(self.output.is_some()), leash: next(self.leash.is_some()) }
    }

    /// Reads what is there, at most a burst of it.
    fn read(&mut self) {
        for _ in 0..BURST {
            let Some(fd) = &self.output else { return };
            match rustix::io::read(fd, &mut self.block[..]) {
                Ok(0) | Err(Errno::IO) => self.output = None,
                Ok(n) => {
                    self.spill.push(&self.block[..n]);
                    let mut collector = self.shared.collector.lock().unwrap_or_else(PoisonError::into_inner);
                    collector.push(&self.block[..n]);
                    collector.spilled(self.spill.file());
                    self.report.due = true;
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => self.output = None,
            }
        }
    }

    /// Tells the holder of what is new, if it is time.
    fn tell(&mut self) {
        let now = now();
        if self.report.due && now >= self.report.next {
            self.report.next = now + REPORT;
            self.report.due = false;
            let live = self.shared.collector.lock().unwrap_or_else(PoisonError::into_inner).live();
            let _ = self.report.live.send(live);
            self.shared.notify();
        }
    }

    fn collected(&self) -> u64 {
        self.shared.collector.lock().unwrap_or_else(PoisonError::into_inner).bytes()
    }

    fn take_output(&mut self) -> Output {
        let collector = self.shared.collector.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.report.live.send(collector.live());
        collector.output()
    }
}

struct Ready {
    output: bool,
    leash: bool,
}

fn timespec(duration: Duration) -> Timespec {
    // Rounded up to the next millisecond: waking early would only mean looking twice.
    let duration = duration + Duration::from_millis(1);
    Timespec { tv_sec: duration.as_secs().try_into().unwrap_or(i64::MAX), tv_nsec: duration.subsec_nanos().into() }
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, Some(signal)) => End::Signal(signal),
        (None, None) => End::Stuck,
    }
}
