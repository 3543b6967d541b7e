//! All integration tests, one binary: see docs/TESTING.md for what lives where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise, say what they skip, and drive real processes"
)]

mod cli;
mod commands;
mod config;
mod crash;
mod edits;
mod faults;
mod flows;
mod journal;
mod permissions;
mod props;
mod pty;
mod quota;
mod sandbox;
mod screens;
mod search;
mod sessions;
mod sim;
mod support;
mod tidy;
mod undo;
mod wire;
