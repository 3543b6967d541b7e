//! A terminal coding agent for people who pay for a GLM Coding Plan.
//!
//! The modules with their ranks; a module imports only from lower ranks
//! (`tests/it/tidy.rs` enforces it, `docs/ARCHITECTURE.md` explains it).

pub mod agent; // 5  turn machine, driver, quota poller
pub mod app; // 6  screen state and its update
pub mod chat; // 1  vocabulary, front-end protocol
pub mod cli; // 9  composition root, other front ends
pub mod config; // 2  typed settings, paths, catalogue
pub mod glm; // 3  all that knows HTTP or Z.ai JSON
pub mod guard; // 3  may it be done: policy, trust, sandbox, commands, files
pub mod journal; // 3  everything that must survive: logs of sessions, copies of files
pub mod quota; // 1  windows, credits, pace, forecast
pub mod sim; // 3  the simulated service; never imports glm
pub mod term; // 8  terminal, loop, clock
pub mod text; // 0  text algorithms, no domain
pub mod tools; // 4  what the model can call
pub mod ui; // 7  drawing
