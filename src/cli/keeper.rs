//! Writes what the screen wants kept, off the loop: settings, project memory, prompt history, the draft.
//!
//! One thread, one queue, drained before the program ends. A write that fails is told once.

use std::{
    collections::hash_map::DefaultHasher,
    fs::{self, OpenOptions},
    hash::{Hash, Hasher},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::mpsc,
    thread::JoinHandle,
};

use crate::{
    chat::{Notice, Severity},
    config::{self, Memory, Paths, files},
};

/// Bytes of history that are read at the start: some thousand prompts.
const HISTORY_BYTES: u64 = 512 * 1024;

/// What is to be kept.
#[derive(Debug)]
pub(super) enum Keep {
    /// One setting of the config file: dotted key and TOML value.
    Setting(String, String),
    /// A small fact of this project.
    Fact(&'static str, String),
    /// A prompt that was sent.
    Prompt(String),
    /// The draft; empty = forget it.
    Draft(String),
}

/// The queue and its thread.
pub(super) struct Keeper {
    queue: Option<mpsc::Sender<Keep>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread. `tell` takes the notice of a failed write.
    pub(super) fn start(paths: Paths, project: PathBuf, tell: impl Fn(Notice) + Send + 'static) -> Self {
        if paths.memory_only {
            return Self { queue: None, thread: None };
        }
        let (queue, inbox) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("keeper".into())
            .spawn(move || {
                let mut told = false;
                for keep in inbox {
                    if let Err(why) = write(&paths, &project, keep)
                        && !std::mem::replace(&mut told, true)
                    {
                        tell(Notice { severity: Severity::Warn, text: format!("not kept: {why}") });
                    }
                }
            })
            .ok();
        Self { queue: Some(queue), thread }
    }

    /// Queues one thing; nothing blocks.
    pub(super) fn keep(&self, keep: Keep) {
        if let Some(queue) = &self.queue {
            let _ = queue.send(keep);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write(paths: &Paths, project: &Path, keep: Keep) -> Result<(), String> {
    let (paths, problems) = paths.clone().prepare();
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem.what);
    }
    let words = |error: io::Error| error.to_string();
    match keep {
        Keep::Setting(key, value) => {
            let known = config::KNOWN.iter().find(|known| known.key == key);
            let kind = known.ok_or_else(|| format!("there is no setting {key}"))?.kind;
            let value = kind.accept_word(value.trim_matches('"'))?;
            config::save_setting(&paths, &key, &value).map_err(|p| p.what)
        }
        Keep::Fact(key, value) => Memory::read(&paths).set(&paths, project, key, &value).map_err(|p| p.what),
        Keep::Prompt(prompt) => append(&paths.history_file, &prompt).map_err(words),
        Keep::Draft(draft) => {
            let file = draft_file(&paths, project);
            if draft.is_empty() {
                match fs::remove_file(file) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.to_string()),
                    _ => Ok(()),
                }
            } else {
                fs::create_dir_all(&paths.drafts_dir).map_err(words)?;
                files::replace(&file, &draft, files::Mode::Private).map_err(words)
            }
        }
    }
}

/// One JSON string a line, one write a prompt, so that two programs never mix within a line.
fn append(file: &Path, prompt: &str) -> io::Result<()> {
    let mut line = serde_json::to_string(prompt)?;
    line.push('\n');
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(line.as_bytes())
}

/// The prompts that were sent before, oldest first; lines that cannot be read are passed over.
#[must_use]
pub(super) fn history(paths: &Paths) -> Vec<String> {
    let read = || -> io::Result<String> {
        let mut file = fs::File::open(&paths.history_file)?;
        if !file.metadata()?.is_file() {
            return Ok(String::new());
        }
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(HISTORY_BYTES)))?;
        let mut bytes = Vec::new();
        file.take(HISTORY_BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    read().unwrap_or_default().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The draft of this project that was not sent.
#[must_use]
pub(super) fn draft(paths: &Paths, project: &Path) -> Option<String> {
    files::read_text(&draft_file(paths, project)).ok().filter(|d| !d.is_empty())
}

fn draft_file(paths: &Paths, project: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    project.hash(&mut hasher);
    paths.drafts_dir.join(format!("{:016x}.txt", hasher.finish()))
}
