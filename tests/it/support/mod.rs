//! What several tests share: fakes, keys as text, screens, services.

pub(crate) mod agent;
pub(crate) mod alone;
pub(crate) mod ask;
pub(crate) mod bench;
pub(crate) mod commands;
pub(crate) mod keys;
pub(crate) mod pty;
pub(crate) mod screen;
pub(crate) mod script;
pub(crate) mod server;
pub(crate) mod service;
pub(crate) mod trace;
pub(crate) mod trap;
