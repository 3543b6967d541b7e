//! What is remembered per project: small choices of the user (how the reasoning pane behaves there).
//!
//! One TOML file in the state folder, a table per project. Losing it costs little, so a damaged file
//! counts as empty; the next choice keeps it aside and begins a new one.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table};

use super::{document::problem, files, paths::Paths, shared};
use crate::{chat::Problem, text::Clean};

/// Projects that are remembered; the one that was added first goes first. Keeps the file below a
/// tenth of what is read at all.
const MAX_PROJECTS: usize = 400;

/// The memory of all projects.
#[derive(Clone, Debug)]
pub struct Memory {
    document: DocumentMut,
}

impl Memory {
    /// Reads the file; a missing or damaged one is an empty memory.
    #[must_use]
    pub fn read(paths: &Paths) -> Self {
        let text = files::read_text(&paths.projects_file).unwrap_or_default();
        Self { document: text.parse().unwrap_or_default() }
    }

    /// What is remembered of a project under `key`.
    #[must_use]
    pub fn get(&self, project: &Path, key: &str) -> Option<&str> {
        self.document.get(&name(project))?.get(key)?.as_str()
    }

    /// Remembers a choice and writes it. What another run wrote meanwhile is kept.
    ///
    /// # Errors
    /// Why it could not be written; it is then remembered for this run.
    pub fn set(&mut self, paths: &Paths, project: &Path, key: &str, value: &str) -> Result<(), Problem> {
        self.put(project, key, value);
        if paths.memory_only {
            return Ok(());
        }
        let written = shared::update(&paths.projects_file, |text| {
            self.document = text.parse().ok()?;
            self.put(project, key, value);
            Some(self.document.to_string())
        });
        written.map_err(|fault| {
            problem(format!(
                "{} could not be written; the choice lasts for this run",
                paths.shown(&paths.projects_file)
            ))
            .detail(Clean::new(&fault.to_string()))
        })
    }

    fn put(&mut self, project: &Path, key: &str, value: &str) {
        let name = name(project);
        let table = self.document.entry(&name).or_insert_with(|| Item::Table(Table::new()));
        if !table.is_table() {
            *table = Item::Table(Table::new());
        }
        if let Some(table) = table.as_table_mut() {
            table.insert(key, toml_edit::value(value));
        }
        while self.document.len() > MAX_PROJECTS {
            let Some(oldest) = self.document.iter().map(|(name, _)| name.to_owned()).find(|old| *old != name) else {
                break;
            };
            self.document.remove(&oldest);
        }
    }
}

fn name(project: &Path) -> String {
    project.to_string_lossy().into_owned()
}
