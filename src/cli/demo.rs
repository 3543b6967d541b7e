//! The demo: the simulated service on a thread of this process, an endpoint that points at it, and a
//! project in a temporary folder.

use std::{
    fs::File,
    io::{self, Write},
};

use tempfile::TempDir;

use super::{
    exit::{Exit, complain},
    start::{Start, now},
};
use crate::{
    chat::{Problem, ProblemKind},
    config::{Endpoint, Preset, Secret},
    sim::{self, Scenario},
};

/// The key that the simulator is given; it takes any.
const DEMO_KEY: &str = "demo.demo";

/// The project that the demo works in.
const PROJECT: [(&str, &str); 4] = [
    ("total.sh", include_str!("../../assets/demo/project/total.sh")),
    ("test.sh", include_str!("../../assets/demo/project/test.sh")),
    ("prices.csv", include_str!("../../assets/demo/project/prices.csv")),
    ("short.csv", include_str!("../../assets/demo/project/short.csv")),
];

/// A running demo; its folder goes with it.
pub(super) struct Demo {
    service: sim::Handle,
    _project: TempDir,
}

impl Demo {
    /// Ends the simulator.
    pub(super) fn stop(self) {
        self.service.stop();
    }
}

/// Starts the simulator, points the settings at it and moves the work to a folder of its own.
///
/// # Errors
/// When loopback cannot be listened on, or no temporary folder can be made.
pub(super) fn start(start: &mut Start) -> Result<Demo, Problem> {
    let service = serve(Scenario::demo(), 0)?;
    let project = lay_out().map_err(|error| {
        Problem::new(ProblemKind::Internal, format!("cannot make a folder for the demo: {error}"))
            .hint("free some space in the temporary folder")
    })?;
    start.loaded.config.endpoint = Some(Endpoint {
        preset: Preset::CodingIntl,
        base_url: service.base_url(),
        quota_url: Some(service.quota_url()),
        key: Some(Secret::new(DEMO_KEY.into())),
        demo: true,
    });
    start.env.working_dir = Some(project.path().to_path_buf());
    // What lies there is our own.
    start.trust = Some(true);
    Ok(Demo { service, _project: project })
}

/// The same, as a step on the way to the screen: what went wrong has been told.
pub(super) fn enter(begun: &mut Start, simulator: &mut Option<Demo>) -> Result<(), Exit> {
    let started = start(begun).map_err(|problem| {
        complain(&problem);
        Exit::of(&problem)
    })?;
    *simulator = Some(started);
    Ok(())
}

fn lay_out() -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("glm-tui-demo-").tempdir()?;
    for (name, text) in PROJECT {
        File::create(folder.path().join(name))?.write_all(text.as_bytes())?;
    }
    Ok(folder)
}

/// Runs `scenario` on 127.0.0.1.
///
/// # Errors
/// When the port cannot be had.
pub(super) fn serve(scenario: Scenario, port: u16) -> Result<sim::Handle, Problem> {
    sim::start_in_thread(scenario, port, now).map_err(|error| {
        Problem::new(ProblemKind::Network, format!("cannot listen on 127.0.0.1:{port}: {error}"))
            .hint("choose another --port, or 0 for any free one")
    })
}
