//! The runner's clock: it keeps time limits while the program's own loops sleep.

use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "a command's thread is a driver: it keeps the time limits")]
pub(super) fn now() -> Instant {
    Instant::now()
}
