//! `config`, `simulate`, `decode`: the small subcommands that need no screen and no key.

use std::path::Path;

use super::{
    account::fail,
    args::ConfigCommand,
    demo,
    exit::{Exit, complain, print},
    start::Start,
};
use crate::{
    chat::{Problem, ProblemKind},
    config, glm,
    sim::Scenario,
};

/// A recording may be this large; far above any real one.
const RECORDING_BYTES: u64 = 256 * 1024 * 1024;

/// `glm-tui config`.
pub(super) fn config(start: &Start, what: ConfigCommand) -> Exit {
    match what {
        ConfigCommand::Path => {
            print(&format!("{}\n", start.loaded.paths.config_file.display()));
            Exit::Ok
        }
        ConfigCommand::Print => {
            print(&config::print(&start.loaded));
            Exit::Ok
        }
        ConfigCommand::Check => {
            start.problems.iter().for_each(complain);
            if start.problems.is_empty() {
                print("nothing wrong\n");
                Exit::Ok
            } else {
                Exit::Config
            }
        }
    }
}

/// `glm-tui simulate`: serves until it is interrupted.
pub(super) async fn simulate(port: u16, scenario: Option<&Path>) -> Exit {
    let scenario = match scenario.map(read_scenario).transpose() {
        Ok(scenario) => scenario.unwrap_or_else(Scenario::demo),
        Err(problem) => return fail(&problem),
    };
    let handle = match demo::serve(scenario, port) {
        Ok(handle) => handle,
        Err(problem) => return fail(&problem),
    };
    print(&format!(
        "simulated service, nothing leaves this computer\n  base URL   {}\n  quota      {}\n  requests   {}/__sim/log\nCtrl-C ends it.\n",
        handle.base_url(),
        handle.quota_url(),
        handle.quota_url(),
    ));
    let _ = tokio::signal::ctrl_c().await;
    handle.stop();
    Exit::Ok
}

fn read_scenario(file: &Path) -> Result<Scenario, Problem> {
    let text = config::files::read_text(file).map_err(|fault| {
        Problem::new(ProblemKind::User, format!("{} {}", file.display(), fault.words())).hint("name a scenario file")
    })?;
    Scenario::parse(&text)
}

/// `glm-tui decode FILE`.
pub(super) fn decode(file: &Path) -> Exit {
    match read_recording(file) {
        Ok(bytes) => {
            print(&format!("{}\n", serde_json::to_string(&glm::decode(&bytes)).unwrap_or_default()));
            Exit::Ok
        }
        Err(exit) => exit,
    }
}

/// The bytes of a recording; says why it has none.
pub(super) fn read_recording(file: &Path) -> Result<Vec<u8>, Exit> {
    let size = file.metadata().map(|m| if m.is_file() { m.len() } else { u64::MAX });
    let bytes = match size {
        Ok(n) if n > RECORDING_BYTES => Err("is not a file of at most 256 MiB".to_owned()),
        _ => std::fs::read(file).map_err(|error| format!("cannot be read: {error}")),
    };
    bytes.map_err(|why| {
        complain(&Problem::new(ProblemKind::User, format!("{} {why}", file.display())).hint("name a recording"));
        Exit::Input
    })
}
