//! Which sandbox this machine offers: each kind is tried in a child that is thrown away. Linux.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Read},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{fs::DirBuilderExt, process::CommandExt},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{FlockOperation, flock},
    process::{Pid, PidfdFlags, getpid, pidfd_open},
};

use super::{
    CageSetup, HELPER, Kind, Order, Rung, bubblewrap, card,
    helper::TRY,
    letter::{Letter, Walls},
    names::Ledger,
    overlay::{self, Overlay},
    trial::Trial,
    watch::Watch,
};
use crate::config::SandboxWish;

/// A trial takes some 20 ms; one that takes this long hangs.
const TRIAL_SECONDS: i64 = 5;
/// Most that is kept of what a failing trial says.
const COMPLAINT_BYTES: u64 = 4096;
/// Beginning of the names of sessions' folders in the scratch folder.
const SESSION: &str = "session-";

/// The sandbox that was found.
#[derive(Debug)]
pub(super) struct Found {
    /// Why nothing stronger was, and what would help.
    pub(super) why: Vec<String>,
    walls: Option<Walls>,
    session: Option<Session>,
}

/// The session's own folder: removed at the end, or by a later session if this one is killed.
#[derive(Debug)]
struct Session {
    /// The folder of all sessions.
    scratch: PathBuf,
    folder: PathBuf,
    /// Holds the folder's lock: what is not locked belongs to nobody any more.
    _lock: File,
    /// The folder of all sessions, where it is this one's alone.
    own: Option<tempfile::TempDir>,
}

impl Session {
    /// Where nothing can be kept, a folder of this session alone has to do.
    fn begin(scratch: &Path) -> io::Result<Self> {
        Self::begin_in(scratch).or_else(|_| {
            let own = tempfile::tempdir()?;
            let mut session = Self::begin_in(own.path())?;
            session.own = Some(own);
            Ok(session)
        })
    }

    fn begin_in(scratch: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(scratch)?;
        let old = fs::read_dir(scratch)?.flatten().map(|entry| entry.path());
        for folder in old.filter(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(SESSION))) {
            let gone = File::open(&folder).is_ok_and(|f| flock(&f, FlockOperation::NonBlockingLockExclusive).is_ok());
            if gone {
                overlay::remove(&folder);
            }
        }
        let folder = tempfile::Builder::new().prefix(SESSION).tempdir_in(scratch)?.keep();
        let lock = File::open(&folder)?;
        flock(&lock, FlockOperation::NonBlockingLockShared)?;
        fs::create_dir(folder.join("tmp"))?;
        Ok(Self { scratch: scratch.to_owned(), folder, _lock: lock, own: None })
    }

    fn tmp(&self) -> PathBuf {
        self.folder.join("tmp")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        overlay::remove(&self.folder);
        drop(self.own.take());
    }
}

impl Found {
    fn none(why: String) -> Self {
        Self { why: vec![why], walls: None, session: None }
    }

    /// Tries each kind that is wished for.
    pub(super) fn probe(setup: &CageSetup) -> Self {
        if setup.wish == SandboxWish::Off {
            return Self::none("It is switched off (--sandbox off).".into());
        }
        if setup.workspace.parent().is_none() {
            return Self::none("The project is the whole file system: nothing would be left to protect.".into());
        }
        let session = match Session::begin(&setup.scratch) {
            Ok(session) => session,
            Err(error) => return Self::none(format!("No folder of our own: {}: {error}", setup.scratch.display())),
        };
        let mut why = Vec::new();
        for kind in [Kind::Namespaces, Kind::Bubblewrap, Kind::Landlock] {
            match walls(setup, &session, kind).and_then(|walls| attempt(setup, &walls).map(|()| walls)) {
                Ok(walls) => {
                    settle(&walls);
                    if kind != Kind::Landlock {
                        why.clear();
                    }
                    return Self { why, walls: Some(walls), session: Some(session) };
                }
                Err(reason) => why.push(format!("{}: {reason}", card::kind(kind))),
            }
        }
        why.extend(remedies());
        Self { why, walls: None, session: None }
    }

    pub(super) fn rung(&self) -> Rung {
        match self.walls.as_ref().map(|w| w.kind) {
            Some(Kind::Namespaces | Kind::Bubblewrap) => Rung::Full,
            Some(Kind::Landlock) => Rung::Partial,
            None => Rung::None,
        }
    }

    pub(super) fn tmp(&self) -> Option<PathBuf> {
        match self.rung() {
            Rung::Full => Some("/tmp".into()),
            Rung::Partial => self.session.as_ref().map(Session::tmp),
            Rung::None => None,
        }
    }
}

impl Drop for Found {
    fn drop(&mut self) {
        if let Some(walls) = &self.walls {
            settle(walls);
        }
    }
}

/// Clears placeholders that a killed helper left, if no command of the project runs.
fn settle(walls: &Walls) {
    if let Ok(ledger) = Ledger::open(Path::new(&walls.ledger), Path::new(&walls.workspace)) {
        ledger.settle();
    }
}

fn walls(setup: &CageSetup, session: &Session, kind: Kind) -> Result<Walls, String> {
    if setup.skip.contains(&kind) {
        return Err("not to be used".into());
    }
    let roots: Vec<&Path> = setup.writable.iter().chain([&setup.workspace]).map(PathBuf::as_path).collect();
    let bubblewrap = match kind {
        Kind::Bubblewrap => bubblewrap::find(&roots).ok_or("not installed")?.into(),
        Kind::Namespaces | Kind::Landlock => std::ffi::OsString::new(),
    };
    let name = blake3::hash(setup.workspace.as_os_str().as_encoded_bytes()).to_hex();
    let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone()).into();
    Ok(Walls {
        kind,
        workspace: setup.workspace.clone().into(),
        writable: setup.writable.iter().map(real).collect(),
        hidden: setup.hidden.iter().map(|path| path.clone().into()).collect(),
        tmp: session.tmp().into(),
        ledger: session.scratch.join(format!("names-{}", &name[..32])).into(),
        hold_absent: true,
        network: false,
        overlay: None,
        bubblewrap,
    })
}

/// A watch where the walls leave the protected names open.
pub(super) fn watch(found: &Found, setup: &CageSetup) -> Watch {
    match found.rung() {
        Rung::Partial => Watch::begin(&setup.workspace),
        Rung::Full | Rung::None => Watch::default(),
    }
}

/// The command of an order, to be run by the helper.
pub(super) fn command(found: &Found, setup: &CageSetup, order: &Order) -> io::Result<Command> {
    let walls = (!order.free).then(|| found.walls.clone()).flatten();
    if order.overlay.is_some() && walls.as_ref().is_none_or(|walls| walls.kind != Kind::Namespaces) {
        return Err(io::Error::other("nothing here can run on an overlay"));
    }
    let network = order.network || setup.network;
    let overlay = order.overlay.clone().map(Into::into);
    let walls = walls.map(|walls| Walls {
        network,
        // Placeholders would be made in the project itself.
        hold_absent: walls.hold_absent && overlay.is_none(),
        overlay,
        ..walls
    });
    build(&setup.helper, order, walls)
}

/// An overlay of the project for one command.
pub(super) fn overlay(found: &Found, setup: &CageSetup) -> Result<Overlay, String> {
    match (&found.walls, &found.session) {
        (Some(walls), Some(session)) if walls.kind == Kind::Namespaces => {
            Overlay::begin(&session.folder, &setup.workspace)
        }
        (Some(walls), _) => Err(format!("the sandbox here ({}) has no overlays", card::kind(walls.kind))),
        (None, _) => Err("there is no sandbox here, so nothing would keep the command from the real files".into()),
    }
}

fn build(helper: &Path, order: &Order, walls: Option<Walls>) -> io::Result<Command> {
    // An update may have replaced the file since; what runs is still there.
    let helper = if helper.is_file() { helper } else { Path::new("/proc/self/exe") };
    let letter = Letter {
        agent: getpid().as_raw_nonzero().get(),
        program: order.program.clone().into(),
        args: order.args.clone(),
        folder: order.folder.clone().into(),
        env: order.env.clone(),
        terminal: order.terminal,
        walls,
    };
    let fd = letter.post()?;
    #[expect(clippy::disallowed_methods, reason = "guard::runner spawns what is built here")]
    let mut command = Command::new(helper);
    command.arg(HELPER).arg(fd.as_raw_fd().to_string()).env_clear().current_dir("/");
    hand_over(&mut command, fd);
    Ok(command)
}

/// The helper alone inherits the letter, and begins a session of its own.
#[expect(unsafe_code, reason = "both can only be done between fork and exec")]
fn hand_over(command: &mut Command, letter: OwnedFd) {
    let prepare = move || {
        rustix::io::fcntl_setfd(&letter, rustix::io::FdFlags::empty())?;
        rustix::process::setsid()?;
        Ok(())
    };
    // SAFETY: only two system calls; no memory is allocated and no lock is taken.
    unsafe { command.pre_exec(prepare) };
}

/// Tries a cage from inside, on a small project that is thrown away beside the real one.
fn attempt(setup: &CageSetup, walls: &Walls) -> Result<(), String> {
    let told = |error: io::Error| format!("cannot be tried: {error}");
    let project = tempfile::tempdir().map_err(told)?;
    let project_path = project.path().canonicalize().map_err(told)?;
    let config = project_path.join(".git/config");
    fs::create_dir(project_path.join(".git")).and_then(|()| File::create(&config)).map_err(told)?;
    let full = walls.kind != Kind::Landlock;
    let mut inside = walls.clone();
    // The names of the real project are left alone: this runs before anything was asked for.
    inside.hold_absent = false;
    inside.writable.push(project_path.clone().into());
    let probe = format!(".glm-tui-probe-{}", getpid());
    let roots = inside.roots();
    let around = [setup.workspace.parent(), setup.helper.parent(), project_path.parent()].into_iter().flatten();
    let mut forbidden: Vec<PathBuf> =
        around.filter(|dir| !roots.iter().any(|root| dir.starts_with(root))).map(|dir| dir.join(&probe)).collect();
    if full {
        forbidden.push(project_path.join(".git").join(&probe));
    }
    let writes = |path: &Path| {
        let (want, flags) = (rustix::fs::Access::WRITE_OK, rustix::fs::AtFlags::EACCESS);
        rustix::fs::accessat(rustix::fs::CWD, path, want, flags).is_ok()
    };
    let namespace = fs::read_link("/proc/self/ns/pid").map_err(told)?;
    let trial = Trial {
        kind: walls.kind,
        forbidden: forbidden.iter().map(|path| path.clone().into()).collect(),
        sealed: if full { vec![config.into()] } else { Vec::new() },
        writable: roots.iter().filter(|root| writes(root)).map(|root| root.as_os_str().to_owned()).collect(),
        hidden: setup.hidden.iter().map(|path| path.clone().into()).collect(),
        agent: getpid().as_raw_nonzero().get(),
        pid_namespace: namespace.into(),
    };
    let said = run(setup, &inside, &trial);
    let arrived: Vec<String> =
        forbidden.iter().filter(|path| fs::remove_file(path).is_ok()).map(|path| path.display().to_string()).collect();
    let _ = fs::remove_file(Path::new(&walls.tmp).join(&probe));
    let holes = said?;
    match (holes.is_empty(), arrived.is_empty()) {
        (true, true) => Ok(()),
        (false, _) => Err(holes.join(", ")),
        (true, false) => Err(format!("{} could be written", arrived.join(", "))),
    }
}

/// Runs the trial; what it found.
fn run(setup: &CageSetup, walls: &Walls, trial: &Trial) -> Result<Vec<String>, String> {
    let told = |error: io::Error| format!("cannot be tried: {error}");
    let order = Order {
        program: match walls.kind {
            // To bubblewrap's child the link below is bubblewrap.
            Kind::Bubblewrap => setup.helper.clone(),
            // The binary's own path may lie where a caged program does not see it.
            Kind::Namespaces | Kind::Landlock => "/proc/self/exe".into(),
        },
        args: vec![HELPER.into(), TRY.into(), serde_json::to_string(trial).map_err(|e| told(e.into()))?.into()],
        folder: "/".into(),
        env: Vec::new(),
        network: false,
        free: false,
        terminal: false,
        overlay: None,
    };
    let mut command = build(&setup.helper, &order, Some(walls.clone())).map_err(told)?;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(told)?;
    let finished = ends_in_time(&child);
    if !finished {
        let _ = child.kill();
    }
    let status = child.wait().map_err(told)?;
    let text = |pipe: Option<&mut dyn Read>| {
        let mut text = String::new();
        let _ = pipe.map(|pipe| pipe.take(COMPLAINT_BYTES).read_to_string(&mut text));
        text
    };
    let said = text(child.stdout.as_mut().map(|p| p as &mut dyn Read));
    let complaint = text(child.stderr.as_mut().map(|p| p as &mut dyn Read));
    match (finished, serde_json::from_str(&said)) {
        (false, _) => Err(format!("no answer within {TRIAL_SECONDS} s")),
        (true, Ok(holes)) if status.success() => Ok(holes),
        _ => {
            let last = complaint.lines().last().unwrap_or("it said nothing");
            Err(last.strip_prefix(card::BROKEN_LINE).unwrap_or(last).trim().to_owned())
        }
    }
}

/// Waits for a child's end, not for ever.
fn ends_in_time(child: &Child) -> bool {
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return false };
    let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return false };
    let limit = Timespec { tv_sec: TRIAL_SECONDS, tv_nsec: 0 };
    matches!(poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&limit)), Ok(n) if n > 0)
}

/// What would help, from what the system says about itself.
fn remedies() -> Vec<String> {
    let is = |path: &str, value: &str| fs::read_to_string(path).is_ok_and(|text| text.trim() == value);
    let mut found = Vec::new();
    if is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1") {
        found.push(
            "Fix: install bubblewrap with its AppArmor profile, or set kernel.apparmor_restrict_unprivileged_userns=0.",
        );
    }
    if is("/proc/sys/user/max_user_namespaces", "0") {
        found.push("Fix: set user.max_user_namespaces to some thousand.");
    }
    if is("/proc/sys/kernel/unprivileged_userns_clone", "0") {
        found.push("Fix: set kernel.unprivileged_userns_clone=1.");
    }
    if Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists() {
        found.push(
            "This is a container: Landlock works in most; user namespaces need a seccomp profile that allows them.",
        );
    }
    found.into_iter().map(String::from).collect()
}
