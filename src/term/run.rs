//! The loop: waits for whatever comes first, hands it on, draws when a frame is due.
//!
//! Owns the order (signals, then keys, then events, then the clock), the limits of a batch, and the
//! way out. What things mean is decided in the screen's state; nothing moves, nothing wakes.

use std::{
    io,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use super::{
    clock::clock,
    editor,
    face::Face,
    host::{Exit, ExitKind, HANGUP, Options, Screen, Shell},
    input::{Decoder, Input},
    panic, screen,
    session::{Away, Session},
    signals::{Caught, Signals},
};
use crate::{
    app::{Incoming, Now},
    chat::{Event, Notice, Problem, ProblemKind, Severity},
};

/// At most this many events, and this much time, before keys and frames get their turn.
const BATCH: (usize, Duration) = (256, Duration::from_millis(4));

/// Reads of one wake-up: a paste of a megabyte must not keep frames waiting.
const READS: usize = 16;

/// A terminal device hands out up to about 4,000 bytes at once (Linux 4,095, macOS 1,024): less than this was all.
const FULL: usize = 1000;

/// Enough for the most that a terminal device hands out at once.
const READ: usize = 8192;

/// An answer of the terminal that is still under way when we quit is waited for this long, so that it
/// is not typed into the shell.
const LAST_ANSWER: Duration = Duration::from_millis(150);

/// A stop that does not happen (no shell that could continue us) is noticed after this.
const NOT_STOPPED: Duration = Duration::from_millis(100);

/// What ended a wait.
enum Wake {
    Signal(Caught),
    Input(io::Result<usize>),
    Writable(io::Result<()>),
    Copied(super::clipboard::Copied),
    Incoming(Option<Incoming>),
    Panicked,
    Time,
}

/// Takes the screen, runs until the user or a signal ends it, gives the screen back.
///
/// # Errors
/// There is no terminal, or a part of the program panicked (its hook has reported it).
pub async fn run<S: Screen>(
    screen: &mut S,
    mut incoming: mpsc::UnboundedReceiver<Incoming>,
    shell: Shell,
    options: Options,
) -> Result<Exit, Problem> {
    let no_terminal = |error: io::Error| {
        Problem::new(ProblemKind::User, format!("no terminal to draw on: {error}"))
            .hint_with("run without a screen", "glm-tui -p \"question\"")
    };
    let mut signals = Signals::new().map_err(no_terminal)?;
    let face = Face::open(options.mouse, !options.around.no_color).map_err(no_terminal)?;
    let mut session = Session::new(screen, face, shell, options);
    let mut decoder = Decoder::default();
    session.begin(clock());
    if let Some(start) = session.options.watchdog.take() {
        let _ = screen::watch(&start); // without it only SIGKILL leaves a mess
    }
    if let Some(started) = session.shell.started.take() {
        started();
    }

    let mut buffer = vec![0; READ];
    let mut open = true;
    let kind = loop {
        let now = clock();
        judge(&mut session, &mut decoder, &mut buffer, now);
        session.on_time(now);
        flush(&mut session);
        match session.away.take() {
            Some(Away::Suspend) => suspend(&mut session, &mut signals).await,
            Some(Away::Edit(text)) => edit(&mut session, &mut signals, &text).await,
            None => {}
        }
        if let Some(kind) = session.exit {
            break kind;
        }
        if session.away.is_some() {
            continue;
        }
        let deadline = [session.deadline(), decoder.deadline()].into_iter().flatten().min();
        let wake = tokio::select! {
            biased;
            caught = signals.next() => Wake::Signal(caught),
            read = session.face.tty.read(&mut buffer) => Wake::Input(read),
            ready = session.face.tty.writable(), if !session.face.egress.is_clear() => Wake::Writable(ready),
            Some(Ok(copied)) = session.copies.join_next() => Wake::Copied(copied),
            event = incoming.recv(), if open => Wake::Incoming(event),
            () = panic::happened() => Wake::Panicked,
            () = until(deadline) => Wake::Time,
        };
        let now = clock();
        match wake {
            Wake::Signal(caught) => session.on_signal(caught, signals.orphaned(), now),
            Wake::Input(read) => take_input(&mut session, &mut decoder, (read, &mut buffer), now),
            Wake::Writable(ready) => session.check(&ready),
            Wake::Copied(copied) => {
                if let Some(bytes) = copied.bytes {
                    session.face.egress.push(&bytes);
                }
                session.on_answer(Incoming::Copied(copied.line), now);
            }
            Wake::Incoming(Some(first)) => take_batch(&mut session, &mut incoming, first, now),
            Wake::Incoming(None) => open = false,
            Wake::Panicked => {
                return Err(Problem::new(ProblemKind::Internal, "a part of the program failed; see the report above"));
            }
            Wake::Time => {}
        }
    };
    leave(&mut session, &mut buffer, kind).await;
    Ok(Exit { kind, incoming, shell: session.shell })
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

fn flush<S: Screen>(session: &mut Session<'_, S>) {
    if !session.face.egress.is_clear() {
        let written = session.face.flush();
        session.check(&written);
    }
}

/// Judges what the decoder holds back once its time is up, unless the rest came while we were busy.
fn judge<S: Screen>(session: &mut Session<'_, S>, decoder: &mut Decoder, buffer: &mut [u8], now: Now) {
    if decoder.deadline().is_none_or(|at| now.instant < at) {
        return;
    }
    if let Some(read) = session.face.tty.read_now(buffer) {
        return take_input(session, decoder, (read, buffer), now);
    }
    for input in decoder.expire(now.instant) {
        session.on_input(input, now);
    }
}

/// Decodes this read and what else is there; 0 bytes or an error: the terminal is gone.
fn take_input<S: Screen>(
    session: &mut Session<'_, S>,
    decoder: &mut Decoder,
    (mut read, buffer): (io::Result<usize>, &mut [u8]),
    now: Now,
) {
    for n_read in 1.. {
        let Ok(n @ 1..) = read else {
            session.exit.get_or_insert(ExitKind::Signal(HANGUP));
            return;
        };
        for input in decoder.feed(&buffer[..n], now.instant) {
            session.on_input(input, now);
        }
        // A read that did not fill what a terminal gives at once was the last.
        if n < FULL || n_read == READS || session.away.is_some() {
            return;
        }
        match session.face.tty.read_now(buffer) {
            Some(next) => read = next,
            None => return,
        }
    }
}

/// Hands on the events that are ready, neighbours of one kind as one.
fn take_batch<S: Screen>(
    session: &mut Session<'_, S>,
    incoming: &mut mpsc::UnboundedReceiver<Incoming>,
    first: Incoming,
    now: Now,
) {
    let (most, longest) = BATCH;
    let mut held = first;
    for n in 1..most {
        let Ok(next) = incoming.try_recv() else { break };
        if let Some(next) = merge(&mut held, next) {
            session.on_incoming(std::mem::replace(&mut held, next), now);
            if n % 16 == 0 && clock().instant.saturating_duration_since(now.instant) >= longest {
                break;
            }
        }
    }
    session.on_incoming(held, now);
}

/// Appends a text to the one before it, if both go to the same place; else gives it back.
fn merge(held: &mut Incoming, next: Incoming) -> Option<Incoming> {
    match (held, next) {
        (Incoming::Chat(Event::Answer { step: before, text }), Incoming::Chat(Event::Answer { step, text: more }))
        | (
            Incoming::Chat(Event::Reasoning { step: before, text }),
            Incoming::Chat(Event::Reasoning { step, text: more }),
        ) if *before == step => {
            text.append(&more);
            None
        }
        (_, next) => Some(next),
    }
}

/// Gives the screen back, stops with the whole job, takes the screen when continued.
async fn suspend<S: Screen>(session: &mut Session<'_, S>, signals: &mut Signals) {
    session.face.leave();
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
    loop {
        tokio::select! {
            biased;
            caught = signals.next() => match caught {
                Caught::End(number) => {
                    session.exit = Some(ExitKind::Signal(number));
                    return;
                }
                Caught::Continue => break,
                Caught::Resize => {}
            },
            () = tokio::time::sleep(NOT_STOPPED) => break,
        }
    }
    session.take_back(clock());
}

/// Lends the terminal to the user's editor. Interrupts typed there are the editor's, not ours.
async fn edit<S: Screen>(session: &mut Session<'_, S>, signals: &mut Signals, text: &str) {
    session.face.leave();
    let command = session.options.around.editor.clone();
    let edited = {
        let editing = editor::edit(text, &command);
        tokio::pin!(editing);
        loop {
            tokio::select! {
                biased;
                done = &mut editing => break done,
                caught = signals.next() => if let Caught::End(number @ (HANGUP | 15)) = caught {
                    session.exit = Some(ExitKind::Signal(number));
                    return;
                },
            }
        }
    };
    let now = clock();
    session.take_back(now);
    let text = match edited {
        Ok(text) => Some(text),
        Err(text) => {
            session.on_answer(Incoming::Notice(Notice { severity: Severity::Warn, text }), now);
            None
        }
    };
    session.on_answer(Incoming::Edited(text), now);
}

/// Gives the screen back for good, or until the next run.
async fn leave<S: Screen>(session: &mut Session<'_, S>, buffer: &mut [u8], kind: ExitKind) {
    let ends = !matches!(kind, ExitKind::Login);
    let mut decoder = Decoder::default();
    let answered = async {
        while session.probe.is_open() && !matches!(kind, ExitKind::Signal(_)) {
            let Ok(n @ 1..) = session.face.tty.read(buffer).await else { break };
            for input in decoder.feed(&buffer[..n], clock().instant) {
                if let Input::Reply(reply) = input {
                    session.probe.learn(reply);
                }
            }
        }
    };
    let _ = tokio::time::timeout(LAST_ANSWER, answered).await;
    session.face.leave();
    if ends {
        screen::release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::{StepId, TurnId},
        text::Clean,
    };

    fn step(step: u32) -> StepId {
        StepId { turn: TurnId(1), step }
    }

    fn answer(n: u32, text: &str) -> Incoming {
        Incoming::Chat(Event::Answer { step: step(n), text: Clean::new(text) })
    }

    fn reasoning(n: u32, text: &str) -> Incoming {
        Incoming::Chat(Event::Reasoning { step: step(n), text: Clean::new(text) })
    }

    #[test]
    fn only_text_of_one_kind_and_step_is_merged() {
        let merged = |first: Incoming, next: Incoming| {
            let mut held = first;
            let rest = merge(&mut held, next);
            (format!("{held:?}"), rest.is_some())
        };
        assert_eq!(merged(answer(1, "a"), answer(1, "b")), (format!("{:?}", answer(1, "ab")), false));
        assert_eq!(merged(reasoning(1, "a"), reasoning(1, "b")), (format!("{:?}", reasoning(1, "ab")), false));
        for (first, next) in [
            (answer(1, "a"), answer(2, "b")),
            (answer(1, "a"), reasoning(1, "b")),
            (reasoning(1, "a"), answer(1, "b")),
            (Incoming::Tick, Incoming::Tick),
        ] {
            assert!(merged(first, next).1);
        }
    }
}
