//! The binary: harden, then hand over to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    glm_tui::guard::sandbox::harden();
    glm_tui::cli::run()
}
