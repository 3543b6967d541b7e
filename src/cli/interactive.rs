//! The interactive program: what comes before the screen (a terminal, a key, a trusted folder), then the screen.

use super::{
    demo,
    exit::{Exit, complain},
    opened::Wanted,
    stage::Stage,
    start::Start,
    terminal::terminal_is_there,
    trust, welcome,
};
use crate::{app::trust::Brought, guard, term};

/// Opens the screen; without a key the key dialog comes first.
pub(super) async fn run(mut start: Start, demo: bool, (wanted, prompt): (Wanted, String)) -> Exit {
    if let Err(problem) = terminal_is_there(&start) {
        complain(&problem);
        return Exit::Usage;
    }
    let problems;
    (start.loaded.paths, problems) = start.loaded.paths.clone().prepare();
    start.problems.extend(problems);
    term::panic::install(term::panic::Crash {
        folder: start.loaded.paths.state_dir.join("crashes"),
        hint: "start again with: glm-tui (the draft is kept)".into(),
    });
    let mut simulator = None;
    if demo && let Err(exit) = demo::enter(&mut start, &mut simulator) {
        return exit;
    }
    if start.loaded.config.endpoint.is_none() {
        match welcome::run(&mut start, false).await {
            Ok(welcome::Next::Go) => {}
            Ok(welcome::Next::Demo) => {
                if let Err(exit) = demo::enter(&mut start, &mut simulator) {
                    return exit;
                }
            }
            Ok(welcome::Next::Leave) => return Exit::Ok,
            Err(exit) => return exit,
        }
    }
    if let Err(exit) = settle_trust(&mut start).await {
        return exit;
    }
    // What was said with the service is not gone on with in a demo.
    let wanted = if simulator.is_some() { Wanted::New } else { wanted };
    let exit = Box::pin(Stage::new(start, &wanted).run(wanted, prompt, &mut simulator)).await;
    if let Some(simulator) = simulator {
        simulator.stop();
    }
    exit
}

/// One question for each folder before anything of it acts. The demo asks nothing, and trusts nothing.
async fn settle_trust(start: &mut Start) -> Result<(), Exit> {
    if start.loaded.config.endpoint.as_ref().is_some_and(|endpoint| endpoint.demo) {
        return Ok(());
    }
    let Some(folder) = start.env.working_dir.clone().filter(|_| start.trust.is_none()) else { return Ok(()) };
    let folder = folder.canonicalize().unwrap_or(folder);
    let found = guard::found(&folder);
    let brought = found.into_iter().map(|f| Brought { name: f.name, what: f.what }).collect();
    let yes = trust::ask(start, &folder, brought).await?;
    start.trust(yes);
    Ok(())
}
