//! The binary: hand over to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    glm_tui::cli::run()
}
