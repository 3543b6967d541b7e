//! The plan's windows, what a request costs of them, how fast they empty and when.
//!
//! Pure: no I/O and no clock; every function that needs the time is told it. Nothing here knows HTTP
//! or the provider's JSON (that is `glm::quota_api`), and nothing here draws.

mod alerts;
mod bar;
mod board;
mod chart;
mod credits;
mod forecast;
pub mod format;
mod now;
mod peak;
mod read;
mod reading;
mod report;
mod schedule;
mod share;
mod span;
mod window;

pub use alerts::{Alert, Alerts, Step};
pub use bar::{Bar, BarCell, Glyphs, height, spark};
pub use board::{Board, Health, ModelSeries, Sample};
pub use chart::{Chart, Column, Mark, MarkKind, Size};
pub use credits::{Factors, MoneyPrice, PeakRule, Rate};
pub use jiff::{Timestamp, tz::TimeZone};
pub use now::Now;
pub use reading::{Pace, Reading, Reset, Severity, Trust, TurnsLeft, Weekly, WindowReading};
pub use report::{Report, ReportModel, ReportRate, ReportWindow};
pub use schedule::{Activity, next_poll};
pub use window::{Snapshot, Unit, Window, WindowKind};
