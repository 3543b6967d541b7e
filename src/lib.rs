//! A terminal coding agent for people who pay for a GLM Coding Plan.
//!
//! The modules in rank order; a module imports only from ranks above it in this list
//! (`tests/it/tidy.rs` enforces it, `docs/ARCHITECTURE.md` explains it).

pub mod agent; // 5  turn machine, driver, quota poller
pub mod app; // 6  screen state and its update
pub mod chat; // 1  vocabulary, front-end protocol
pub mod cli;
pub mod config; // 2  typed settings, paths, catalogue
pub mod glm; // 3  all that knows HTTP or Z.ai JSON
pub mod quota; // 1  windows, credits, pace, forecast
pub mod sim; // 3  the simulated service; never imports glm
pub mod term; // 8  terminal, loop, clock
pub mod text; // 0  text algorithms, no domain
pub mod ui; // 7  drawing // 9  composition root, other front ends
