//! Doing it: the command is started, its live output passed on, its end or its way to the background told.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        Access, Bench, Outcome, Permit, Refusal, RunIo, dry,
        tool::Work,
        undo::{Before, Found, Who, wall},
    },
    call::{self, Call},
    words::Report,
};
use crate::{
    chat::{Detail, Reply, RunEnd},
    guard::{
        runner::{End, Exit, Running, Spec, Stopped, why_not},
        sandbox::NO_OVERLAY,
    },
    text::Clean,
};

/// How long a new job is watched for an early end, which is nearly always a mistake in the command.
const EARLY: Duration = Duration::from_millis(700);

/// How the wait for a command ended.
enum Followed {
    Ended(Arc<Exit>),
    ToBackground,
}

/// Runs a call to its end, or to the background.
pub(super) async fn run(work: Work) -> Result<Outcome, Refusal> {
    let bench = work.bench;
    let reads = work.planned.access == Access::ReadsAny;
    let call = Call::read(work.planned.args, &bench)?;
    let edited = match work.permit {
        Permit::Given(Reply::Command(line)) if line != call.args.command => Some(line),
        _ => None,
    };
    let line = edited.clone().unwrap_or_else(|| call.args.command.clone());
    call::sound(&line)?;
    if call.args.background && !bench.jobs.has_room() {
        return Err(Refusal("too many jobs run already; end one with `jobs` first".into()));
    }
    let spec = call.spec(line.clone());
    let report = Report { edited, caged: !spec.free, network: spec.network, rung: bench.runner.rung() };
    if call.args.dry_run {
        return dry_run(&bench, (spec, &report), &work.io).await;
    }
    let marked = Marked::before(&bench, who(&work.io, &line), reads && report.edited.is_none(), &work.io.cancel).await;
    // Looking at the workspace takes its time.
    if work.io.cancel.is_cancelled() {
        let told = "stopped by the user; the command was not started";
        return Ok(Outcome::new(RunEnd::Stopped, told, Clean::trusted("not started")));
    }
    let mut running = bench.runner.spawn(spec).await.map_err(|error| Refusal(why_not(&error)))?;
    let began = wall();
    let followed = if call.args.background {
        let early = tokio::time::timeout(EARLY, running.wait()).await;
        early.map_or(Followed::ToBackground, Followed::Ended)
    } else {
        follow(&mut running, &work.io, &bench).await
    };
    match followed {
        Followed::Ended(exit) => Ok(with_changes(report.ended(&exit), marked.after(&bench).await)),
        Followed::ToBackground => {
            let ended = running.ended();
            let outcome = to_background(running, &line, &bench, &report)?;
            marked.goes_on(&bench, (ended, began));
            Ok(outcome)
        }
    }
}

/// Runs a command on an overlay of the project and keeps what it changed there.
async fn dry_run(bench: &Arc<Bench>, (spec, report): (Spec, &Report), io: &RunIo) -> Result<Outcome, Refusal> {
    let runner = bench.runner.clone();
    let overlay = tokio::task::spawn_blocking(move || runner.overlay()).await;
    let overlay = overlay.unwrap_or_else(|_| Err("its preparation broke".into()));
    let overlay = overlay.map_err(|why| Refusal(format!("no dry run here: {why}")))?;
    let spec = Spec { overlay: Some(overlay.folder().to_path_buf()), ..spec };
    let mut running = bench.runner.spawn(spec).await.map_err(|error| Refusal(why_not(&error)))?;
    // It stays in the foreground: what is still running cannot be looked at.
    let here = RunIo { background: CancellationToken::new(), ..io.clone() };
    let Followed::Ended(exit) = follow(&mut running, &here, bench).await else {
        return Err(Refusal("the dry run did not end".into()));
    };
    let outcome = report.ended(&exit);
    if let Some(why) = outcome.to_model.lines().find(|line| exit.end == End::Code(125) && line.contains(NO_OVERLAY)) {
        return Err(Refusal(format!("the command did not run: {why}")));
    }
    if exit.end == End::Stuck || exit.stopped == Some(Stopped::Asked) {
        return Ok(with_note(outcome, "it was a dry run, and nothing of it is kept"));
    }
    let (bench, number) = (Arc::clone(bench), io.run.0);
    let kept = tokio::task::spawn_blocking(move || dry::keep(&bench, overlay, number)).await;
    Ok(match kept {
        Ok(Ok(told)) => with_text(outcome, &told.model, &told.person),
        Ok(Err(why)) => with_note(outcome, &format!("nothing was changed, and nothing can be applied: {why}")),
        Err(_) => with_note(outcome, "what it changed could not be looked at; nothing is kept"),
    })
}

/// The turn, the call and the line, as far as a person needs it to know it again.
fn who(io: &RunIo, line: &str) -> Who {
    /// Characters of a line that are written down.
    const KNOWN: usize = 200;
    Who { turn: io.turn, run: Some(io.run), cause: line.trim().chars().take(KNOWN).collect() }
}

/// The workspace before a command, if the command may change it.
struct Marked(Option<(Arc<Before>, Who)>);

impl Marked {
    /// Looks at the workspace on a blocking thread.
    async fn before(bench: &Arc<Bench>, who: Who, only_reads: bool, cancel: &CancellationToken) -> Self {
        if only_reads {
            return Self(None);
        }
        let (bench, cancel) = (Arc::clone(bench), cancel.clone());
        let looked = tokio::task::spawn_blocking(move || bench.watch.before(&bench.ground(), &cancel)).await;
        Self(looked.ok().map(|before| (Arc::new(before), who)))
    }

    /// Looks again and writes down what the command changed; says so in a few words.
    async fn after(self, bench: &Arc<Bench>) -> Option<Found> {
        let (before, who) = self.0?;
        let bench = Arc::clone(bench);
        let looked = tokio::task::spawn_blocking(move || bench.watch.after(&bench.ground(), &before, &who)).await;
        looked.ok().flatten()
    }

    fn goes_on(self, bench: &Bench, ended: (watch::Receiver<Option<Arc<Exit>>>, i128)) {
        if let Some((before, who)) = self.0 {
            bench.watch.goes_on(&before, who, ended);
        }
    }
}

/// The outcome of a command with what it changed.
fn with_changes(outcome: Outcome, found: Option<Found>) -> Outcome {
    match found {
        None => outcome,
        Some(Found::Blind(said)) => with_text(outcome, "", &note(&said)),
        Some(Found::Changed(said)) => with_note(outcome, &said),
    }
}

/// The outcome of a command with a note for both.
fn with_note(outcome: Outcome, said: &str) -> Outcome {
    with_text(outcome, &format!("[{said}]\n"), &note(said))
}

fn note(said: &str) -> Clean {
    let mut note = Clean::strict(&format!("[{said}]"));
    note.append(&Clean::trusted("\n"));
    note
}

fn with_text(mut outcome: Outcome, told: &str, shown: &Clean) -> Outcome {
    if !told.is_empty() && !outcome.to_model.ends_with('\n') {
        outcome.to_model.push('\n');
    }
    outcome.to_model.push_str(told);
    if let Detail::Text(text) = &mut outcome.detail {
        if !text.is_empty() && !text.as_str().ends_with('\n') {
            text.append(&Clean::trusted("\n"));
        }
        text.append(shown);
    }
    outcome
}

/// Passes live output on until the command ended, was stopped, or goes to the background.
async fn follow(running: &mut Running, io: &RunIo, bench: &Bench) -> Followed {
    let mut live = running.live();
    let (mut stopping, mut staying) = (false, false);
    loop {
        tokio::select! {
            biased;
            exit = running.wait() => return Followed::Ended(exit),
            () = io.cancel.cancelled(), if !stopping => {
                running.stop();
                stopping = true;
            }
            () = io.background.cancelled(), if !stopping && !staying => {
                if bench.jobs.has_room() {
                    return Followed::ToBackground;
                }
                // No room: it goes on here.
                staying = true;
            }
            changed = live.changed(), if !stopping => {
                if changed.is_ok() {
                    let progress = live.borrow_and_update().clone();
                    (io.progress)(progress);
                } else {
                    stopping = true;
                }
            }
        }
    }
}

fn to_background(running: Running, line: &str, bench: &Bench, report: &Report) -> Result<Outcome, Refusal> {
    let output = running.output();
    let id = bench.jobs.add(running, line, output.bytes)?;
    let told = report.in_background(id, &output);
    Ok(Outcome {
        detail: Detail::Text(output.for_person()),
        ..Outcome::new(RunEnd::Ok, told, Clean::strict(&format!("job {}", id.0)))
    })
}
