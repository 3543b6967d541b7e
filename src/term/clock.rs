//! The clock, read here and nowhere below.

use std::time::Instant;

use crate::{app::Now, quota};

/// The moment, on both clocks.
#[expect(clippy::disallowed_methods, reason = "the loop is where time comes from")]
pub fn clock() -> Now {
    Now { instant: Instant::now(), wall: quota::Timestamp::now() }
}
