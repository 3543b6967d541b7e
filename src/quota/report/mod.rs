//! The usage report of a board: as plain text to read, print and copy, and as data for scripts.

mod data;
mod text;

pub use data::{Report, ReportModel, ReportRate, ReportWindow};
