//! May it be done, and done so that nothing else is: the permission policy, folder trust, the sandbox,
//! running commands, reaching files. Knows neither the model nor the screen.

pub mod child_env;
pub mod command_line;
mod destructive;
pub mod files;
pub mod git;
pub mod instructions;
mod need;
pub mod output;
mod places;
mod policy;
mod rule;
pub mod runner;
mod safe;
pub mod sandbox;
mod trust;

pub use files::{Files, Place};
pub use need::{Escape, Need};
pub use places::{Guarded, Places};
pub use policy::{Asking, Policy, Verdict};
pub use rule::{Rule, rule_problems};
pub use sandbox::{Cage, CageSetup, Order, Rung};
pub use trust::{Finding, TrustStore, found};
