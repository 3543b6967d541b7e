//! The demo: the simulated service on a thread of this process, and an endpoint that points at it.

use super::start::now;
use crate::{
    chat::{Problem, ProblemKind},
    config::{Config, Endpoint, Preset, Secret},
    sim::{self, Scenario},
};

/// The key that the simulator is given; it takes any.
const DEMO_KEY: &str = "demo.demo";

/// Starts the simulator and points `config` at it.
///
/// # Errors
/// When loopback cannot be listened on.
pub(super) fn start(config: &mut Config) -> Result<sim::Handle, Problem> {
    let handle = serve(Scenario::demo(), 0)?;
    config.endpoint = Some(Endpoint {
        preset: Preset::CodingIntl,
        base_url: handle.base_url(),
        quota_url: Some(handle.quota_url()),
        key: Some(Secret::new(DEMO_KEY.into())),
        demo: true,
    });
    Ok(handle)
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
