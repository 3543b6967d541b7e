//! What several tests share: fakes, keys as text, screens, services.

pub(crate) mod agent;
pub(crate) mod keys;
pub(crate) mod pty;
pub(crate) mod screen;
pub(crate) mod server;
pub(crate) mod service;
