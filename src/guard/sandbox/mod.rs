//! What keeps commands in: a ladder of sandboxes, probed by trying, and the hardening of this process.
//! Knows neither what a command means nor who allowed it.
//!
//! The agent asks [`Cage::command`] for a command and spawns it. What it spawns is our own binary once more,
//! the helper, which reads a letter from a memory file, builds the cage, runs the command in it, waits, and
//! ends as the command did.

mod cage;
mod card;
mod harden;
mod overlay;
mod setup;
mod upper;

#[cfg(target_os = "linux")]
mod bubblewrap;
#[cfg(target_os = "linux")]
mod command;
#[cfg(target_os = "linux")]
mod confine;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod found;
#[cfg(not(target_os = "linux"))]
#[path = "nowhere.rs"]
mod found;
#[cfg(target_os = "linux")]
mod helper;
#[cfg(target_os = "linux")]
mod letter;
#[cfg(target_os = "linux")]
mod mounts;
#[cfg(target_os = "linux")]
mod names;
#[cfg(target_os = "linux")]
mod privilege;
#[cfg(target_os = "linux")]
mod spaces;
#[cfg(target_os = "linux")]
mod supervise;
#[cfg(target_os = "linux")]
mod sys;
#[cfg(target_os = "linux")]
mod trial;
#[cfg(target_os = "linux")]
mod watch;

pub use cage::Cage;
#[cfg(not(target_os = "linux"))]
pub use found::Watch;
pub use harden::harden;
#[cfg(target_os = "linux")]
pub use helper::helper_main;
pub use overlay::Overlay;
pub use setup::{CageSetup, Kind, Order};
pub use upper::{Base, Left, Made, Piece};
#[cfg(target_os = "linux")]
pub use watch::Watch;

/// First argument of our own binary when it is started as the helper; `main` hands over to [`helper_main`].
pub const HELPER: &str = "__cage";

/// What the helper complains of where the system refuses the overlay of a dry run.
pub const NO_OVERLAY: &str = "no dry run here: cannot mount an overlay of";

/// How strong the sandbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    /// None: approvals only.
    None,
    /// Writes confined and the network off, but the project's protected names are only watched.
    Partial,
    /// Read-only world, writable workspace, protected names, no network, no orphans.
    Full,
}

/// There is no helper on this system.
#[cfg(not(target_os = "linux"))]
pub fn helper_main() -> ! {
    std::process::exit(125)
}
