//! Keeps this process's memory and environment from other processes of the same user. Reads no settings.

/// Makes this process unreadable for others of the same user (environment, memory, `ptrace`) and switches
/// core files off. The first statement of `main`; a refusal of the system is no reason not to start.
pub fn harden() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    #[cfg(unix)]
    no_core_files();
}

/// No core file of this process or of what it starts: it would hold keys.
#[cfg(unix)]
pub(super) fn no_core_files() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}
