//! What the tools of a session share.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use super::{
    DryRuns, Jobs,
    seen::Seen,
    undo::{Changes, Ground, Limits, Running, Watch},
};
use crate::{
    chat::{JobCard, Problem},
    config::{self, Paths},
    guard::{Files, Policy, runner::Runner},
    journal::{Journal, Story},
};

/// What the tools of a session share.
pub struct Bench {
    /// Where the work is: an absolute, real path.
    pub workspace: PathBuf,
    /// Rules, sandbox, trust.
    pub policy: Mutex<Policy>,
    /// Runs commands.
    pub runner: Runner,
    /// Commands in the background.
    pub jobs: Jobs,
    /// Settings of the tools.
    pub options: Options,
    /// The files that can be reached.
    pub files: Files,
    /// Files as they were when the model read them, and changes that a person was shown.
    pub seen: Seen,
    /// What tools and commands changed, so that it can be taken back.
    pub changes: Changes,
    /// Sees what commands change.
    pub watch: Watch,
    /// What commands would change, until it is applied.
    pub dry: DryRuns,
    /// Where standing rules are written; `None` = they last for the session.
    rules_in: Option<Paths>,
}

impl Bench {
    /// The bench of a session that works in this folder.
    ///
    /// # Errors
    /// When the folder or one beside it cannot be opened.
    pub fn open(workspace: &Path, policy: Policy, runner: Runner, options: Options) -> io::Result<Self> {
        let files = Files::open(workspace, &options.more_folders)?;
        let workspace = files.root().to_path_buf();
        let policy = Mutex::new(policy);
        let roots = std::iter::once(&workspace).chain(&options.more_folders);
        let roots = roots.filter_map(|root| root.canonicalize().ok()).collect();
        let session_dir = options.session_dir.as_deref();
        let (changes, watch) = (Changes::new(session_dir), Watch::new(roots, session_dir));
        Ok(Self {
            workspace,
            policy,
            runner,
            jobs: Jobs::default(),
            options,
            files,
            seen: Seen::default(),
            changes,
            watch,
            dry: DryRuns::default(),
            rules_in: None,
        })
    }

    /// Standing rules are written to the config of these paths.
    #[must_use]
    pub fn keep_rules_in(mut self, paths: Paths) -> Self {
        self.rules_in = (!paths.memory_only).then_some(paths);
        self
    }

    /// Changes are written to this log, which tells this so far if it is gone on with.
    #[must_use]
    pub fn log_changes_to(mut self, journal: Journal, story: Option<&Story>) -> Self {
        self.changes = self.changes.logged(journal, story);
        self
    }

    /// Keeps what was changed within these limits.
    pub fn limit_changes(&mut self, limits: Limits) {
        self.changes.limit(limits);
    }

    /// What undoing works on.
    pub(super) fn ground(&self) -> Ground<'_> {
        Ground { files: &self.files, seen: &self.seen, changes: &self.changes, trash: self.trash() }
    }

    /// Ends what the tools left running, waits for it, and writes down what it changed. At most a few seconds.
    pub async fn close(self: &Arc<Self>) {
        /// A person waits for the end of the program; most workspaces are looked at in less.
        const LOOK_FOR: Duration = Duration::from_secs(2);
        self.jobs.close().await;
        let bench = Arc::clone(self);
        let looked = tokio::task::spawn_blocking(move || bench.watch.settle(&bench.ground(), Running::Waits));
        let _ = tokio::time::timeout(LOOK_FOR, looked).await;
    }

    /// Tells the policy what keeps commands in; a decision on a command needs it. Finds it out if nobody asked
    /// yet, so it belongs on a blocking thread.
    pub(super) fn learn_rung(&self) {
        let rung = self.runner.rung();
        self.policy.lock().unwrap_or_else(PoisonError::into_inner).set_rung(rung);
    }

    /// A person granted these rules for the session.
    pub fn grant(&self, rules: &str) {
        self.policy.lock().unwrap_or_else(PoisonError::into_inner).grant(rules);
    }

    /// A person granted these rules for good.
    ///
    /// # Errors
    /// When they cannot be written; they hold for the session then.
    pub fn grant_for_good(&self, rules: &str) -> Result<(), Problem> {
        self.grant(rules);
        self.rules_in.as_ref().map_or(Ok(()), |paths| config::add_rules(paths, rules))
    }

    /// Where deleted files go; `None`: nowhere, so nothing is deleted.
    #[must_use]
    pub fn trash(&self) -> Option<PathBuf> {
        self.options.session_dir.as_ref().map(|dir| dir.join("trash"))
    }

    /// The background jobs as they stand, now and whenever that changes.
    #[must_use]
    pub fn jobs(&self) -> watch::Receiver<Vec<JobCard>> {
        self.jobs.cards()
    }
}

/// Settings of the tools.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folders beside the workspace that may be worked in.
    pub more_folders: Vec<PathBuf>,
    /// Where the session keeps its trash and spilled output; `None` = nowhere.
    pub session_dir: Option<PathBuf>,
    /// Pages may be fetched.
    pub web: bool,
    /// Pages of this very machine too; for tests.
    pub web_local: bool,
    /// A person is there to answer.
    pub interactive: bool,
}
