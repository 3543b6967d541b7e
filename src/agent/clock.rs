//! The agent's clock, read by the driver and the poller only; everything below is told the time.

use crate::quota::{Now, Timestamp};

/// This moment. Follows tokio's clock, so that a test can pause it.
#[expect(clippy::disallowed_methods, reason = "the driver is where the agent's time comes from")]
pub(super) fn clock() -> Now {
    Now { instant: tokio::time::Instant::now().into_std(), wall: Timestamp::now() }
}
