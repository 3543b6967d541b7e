//! Doing it: the command is started, its live output passed on, its end or its way to the background told.

use std::{sync::Arc, time::Duration};

use super::{
    super::{Bench, Outcome, Permit, Refusal, RunIo, tool::Work},
    call::{self, Call},
    words::Report,
};
use crate::{
    chat::{Detail, Reply, RunEnd},
    guard::runner::{Exit, Running, why_not},
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
    let mut running = bench.runner.spawn(spec).await.map_err(|error| Refusal(why_not(&error)))?;
    if call.args.background {
        return match tokio::time::timeout(EARLY, running.wait()).await {
            Ok(exit) => Ok(report.ended(&exit)),
            Err(_) => to_background(running, &line, &bench, &report),
        };
    }
    match follow(&mut running, &work.io, &bench).await {
        Followed::Ended(exit) => Ok(report.ended(&exit)),
        Followed::ToBackground => to_background(running, &line, &bench, &report),
    }
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
