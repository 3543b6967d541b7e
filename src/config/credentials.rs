//! The file of keys: each bound to the host that it was entered for. Never prints a key.
//!
//! TOML, mode 0600, replaced as a whole:
//! `[[key]]` with `preset`, `host` (`https://api.z.ai`) and `key`.

use toml::de::{DeTable, DeValue};

use super::{
    document::{self, problem, quoted},
    endpoint::{Preset, Secret},
    files::{self, Mode, ReadFault},
    key::{FoundKey, clean_key},
    paths::Paths,
    resolve::Wanted,
};
use crate::{chat::Problem, text::Clean};

/// The name of the file as a source, for a person.
const SOURCE: &str = "credentials file";

/// All stored keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    preset: Preset,
    host: String,
    key: Secret,
}

impl Credentials {
    /// Reads the file. One that others may read is closed to them; one that others may write is refused.
    #[must_use]
    pub fn read(paths: &Paths) -> (Self, Vec<Problem>) {
        let shown = paths.shown(&paths.credentials_file);
        let mut problems = Vec::new();
        if let Err(problem) = check_mode(paths, &mut problems) {
            return (Self::default(), vec![problem]);
        }
        let text = match files::read_text(&paths.credentials_file) {
            Ok(text) => text,
            Err(ReadFault::Missing) => return (Self::default(), problems),
            Err(fault) => {
                problems.push(problem(format!("{shown} {}", fault.words())).hint("no stored key is used"));
                return (Self::default(), problems);
            }
        };
        match document::parse(&shown, &text) {
            Ok((table, _)) => (Self { entries: entries(&table, &shown, &mut problems) }, problems),
            Err(fault) => {
                problems.push(fault.hint_with("enter the key again", "/login"));
                (Self::default(), problems)
            }
        }
    }

    /// Stores a key for a host (`scheme://host[:port]`), in place of the one that was there.
    pub fn set(&mut self, preset: Preset, host: &str, key: Secret) {
        self.entries.retain(|entry| !(entry.preset == preset && entry.host == host));
        self.entries.push(Entry { preset, host: host.to_owned(), key });
    }

    /// Forgets the keys of a preset; tells how many there were.
    pub fn remove(&mut self, preset: Preset) -> usize {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.preset != preset);
        before - self.entries.len()
    }

    /// The presets and hosts that keys are stored for.
    pub fn stored(&self) -> impl Iterator<Item = (Preset, &str)> {
        self.entries.iter().map(|entry| (entry.preset, entry.host.as_str()))
    }

    /// The key for this host: the one stored for the preset, else any of the same host (one key of a
    /// region works on both of its addresses).
    pub(super) fn find(&self, preset: Preset, host: &str) -> Option<FoundKey> {
        let of_host = || self.entries.iter().filter(|entry| entry.host == host);
        of_host().find(|entry| entry.preset == preset).or_else(|| of_host().next()).map(Entry::found)
    }

    /// The key that implies an endpoint when none was chosen: one of the plan, else one that the user
    /// stored for the metered service. Only for the service's own hosts.
    pub(super) fn first(&self) -> Option<FoundKey> {
        let own = || self.entries.iter().filter(|entry| entry.is_at_home());
        own().find(|entry| entry.preset.is_plan()).or_else(|| own().next()).map(Entry::found)
    }

    /// Writes the file, or deletes it when no key is left.
    ///
    /// # Errors
    /// Why it could not be written; what was there stays.
    pub fn write(&self, paths: &Paths) -> Result<(), Problem> {
        if paths.memory_only {
            return Err(
                problem("there is no folder to keep a key in").hint("set GLM_TUI_HOME, or use the key for this run")
            );
        }
        let done = if self.entries.is_empty() {
            std::fs::remove_file(&paths.credentials_file).or_else(|fault| match fault.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(fault),
            })
        } else {
            files::replace(&paths.credentials_file, &self.to_toml(), Mode::Private)
        };
        done.map_err(|fault| {
            problem(format!("{} could not be written", paths.shown(&paths.credentials_file)))
                .hint("the key is used for this run only")
                .detail(Clean::new(&fault.to_string()))
        })
    }

    fn to_toml(&self) -> String {
        let mut tables = toml_edit::ArrayOfTables::new();
        for entry in &self.entries {
            let mut table = toml_edit::Table::new();
            table.insert("preset", toml_edit::value(entry.preset.word()));
            table.insert("host", toml_edit::value(entry.host.as_str()));
            table.insert("key", toml_edit::value(entry.key.expose()));
            tables.push(table);
        }
        let mut document = toml_edit::DocumentMut::new();
        document.insert("key", toml_edit::Item::ArrayOfTables(tables));
        format!("# Keys of glm-tui, each for one host. Keep this file to yourself.\n\n{document}")
    }
}

impl Entry {
    /// The key was entered for the preset's own host.
    fn is_at_home(&self) -> bool {
        Wanted::preset(self.preset).resolve().is_ok_and(|endpoint| endpoint.origin() == self.host)
    }

    fn found(&self) -> FoundKey {
        FoundKey { key: self.key.clone(), source: SOURCE.into(), region: self.preset.region(), preset: self.preset }
    }
}

fn entries(table: &DeTable<'_>, shown: &str, problems: &mut Vec<Problem>) -> Vec<Entry> {
    let Some(DeValue::Array(keys)) = table.get("key").map(toml::Spanned::get_ref) else {
        if !table.is_empty() {
            problems.push(problem(format!("{shown} holds no [[key]]")).hint_with("enter the key again", "/login"));
        }
        return Vec::new();
    };
    let mut entries = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        match entry(key.get_ref()) {
            Ok(entry) => entries.push(entry),
            Err(why) => problems.push(
                problem(format!("{shown}: key {} is not used: {why}", index + 1)).hint_with("enter it again", "/login"),
            ),
        }
    }
    entries
}

fn entry(value: &DeValue<'_>) -> Result<Entry, String> {
    let field = |name: &str| {
        let text = value.as_table().and_then(|table| table.get(name)).and_then(|field| field.get_ref().as_str());
        text.ok_or_else(|| format!("{name} is missing"))
    };
    let word = field("preset")?;
    let preset = Preset::from_word(word).ok_or_else(|| format!("there is no preset {}", quoted(word)))?;
    let key = clean_key(field("key")?).map_err(|why| format!("it {why}"))?;
    Ok(Entry { preset, host: field("host")?.to_owned(), key })
}

/// Looks at the mode bits: closes the file to readers, refuses it when others could have written it.
#[cfg(unix)]
fn check_mode(paths: &Paths, problems: &mut Vec<Problem>) -> Result<(), Problem> {
    use std::os::unix::fs::PermissionsExt;
    let file = &paths.credentials_file;
    let Ok(meta) = std::fs::metadata(file) else { return Ok(()) };
    let mode = meta.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if !meta.is_file() || others == 0 {
        return Ok(());
    }
    let shown = paths.shown(file);
    if mode & 0o002 != 0 {
        return Err(problem(format!("{shown} may be written by everybody, so its keys are not used"))
            .hint_with("delete it and enter the key again", "/login"));
    }
    match std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)) {
        Ok(()) => problems.push(
            problem(format!("{shown} could be read by others (mode {mode:04o}); it is now closed to them"))
                .hint("if others use this computer, make a new key"),
        ),
        Err(_) => problems.push(
            problem(format!("{shown} can be read by others (mode {mode:04o})")).hint(format!("run chmod 600 {shown}")),
        ),
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_mode(_paths: &Paths, _problems: &mut Vec<Problem>) -> Result<(), Problem> {
    Ok(())
}
