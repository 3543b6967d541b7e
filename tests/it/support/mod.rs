//! What several tests share: fakes, keys as text, screens, services.

pub(crate) mod keys;
pub(crate) mod screen;
