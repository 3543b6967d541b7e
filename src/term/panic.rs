//! The panic hook: gives the screen back, keeps a report, says where it is. Owns the report's text.

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    panic::PanicHookInfo,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use tokio::sync::Notify;

use super::{clock::clock, screen};

/// A panic was reported: nothing can be shown any more.
static HAPPENED: Notify = Notify::const_new();

/// Returns once a panic was reported.
pub(super) async fn happened() {
    HAPPENED.notified().await;
}

/// How to go on, once there is more to go on with than at the start.
static HINT: Mutex<Option<String>> = Mutex::new(None);

/// From now on a report ends with this line on how to go on.
pub fn go_on_with(hint: String) {
    *HINT.lock().unwrap_or_else(PoisonError::into_inner) = Some(hint);
}

/// Where reports go and what is said after one.
#[derive(Clone, Debug)]
pub struct Crash {
    /// The folder for reports; made if it is missing.
    pub folder: PathBuf,
    /// One line on how to go on, for instance the command that resumes the session.
    pub hint: String,
}

/// Installs the hook for the whole process. A panic anywhere ends the screen: the loop returns.
pub fn install(crash: Crash) {
    std::panic::set_hook(Box::new(move |info| {
        screen::restore();
        let what = describe(info);
        let report = write_report(&crash.folder, &what);
        let mut out = std::io::stderr().lock();
        let _ = writeln!(out, "glm-tui stopped: a fault in the program.\n  {what}");
        if let Some(path) = report {
            let _ = writeln!(out, "  report: {}", path.display());
        }
        // A lock that is held means that the panic happened while it was changed.
        let hint = HINT.try_lock().ok().and_then(|hint| hint.clone()).unwrap_or_else(|| crash.hint.clone());
        if !hint.is_empty() {
            let _ = writeln!(out, "  {hint}");
        }
        HAPPENED.notify_one();
    }));
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
    // The text may quote foreign input.
    let text = crate::text::Clean::new(&text).as_str().replace('\n', " ");
    info.location().map_or_else(|| text.clone(), |place| format!("{text} ({}:{})", place.file(), place.line()))
}

fn write_report(folder: &Path, what: &str) -> Option<PathBuf> {
    std::fs::create_dir_all(folder).ok()?;
    let path = folder.join(format!("crash-{}.txt", clock().wall.strftime("%Y%m%d-%H%M%S")));
    let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path).ok()?;
    let trace = std::backtrace::Backtrace::force_capture();
    writeln!(file, "glm-tui {}\n{what}\n\n{trace}", env!("CARGO_PKG_VERSION")).ok()?;
    Some(path)
}
