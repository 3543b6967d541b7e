//! Writing one setting into `config.toml` with the user's comments and order kept.

use toml_edit::{Array, DocumentMut, Item, Table};

use super::{
    document::{problem, quoted},
    files::{self, Mode, ReadFault},
    paths::Paths,
    permissions::split_rules,
    schema, shared,
    value::Value,
};
use crate::{chat::Problem, text::Clean};

/// Sets a setting (dotted name) in `config.toml`; creates the file when there is none.
///
/// # Errors
/// An unknown name, a value of the wrong kind, a file that is not TOML or cannot be written. The file
/// is untouched then.
pub fn save_setting(paths: &Paths, key: &str, value: &Value) -> Result<(), Problem> {
    let value = accepted(key, value)?;
    change(paths, |document| {
        let (table, last) = table_of(document, key)?;
        let mut new = value.to_edit();
        if let Some(old) = table.get_mut(last).and_then(Item::as_value_mut) {
            // The comment behind the value belongs to the line, not to the value.
            *new.decor_mut() = old.decor().clone();
            *old = new;
            return Some(());
        }
        if let Some(blank) = take_trailing_blank(table) {
            new.decor_mut().set_suffix(blank);
        }
        table.insert(last, Item::Value(new));
        Some(())
    })
}

/// Adds rules (several joined by ` + `) to `permissions.allow` in `config.toml`, each once.
///
/// # Errors
/// As [`save_setting`].
pub fn add_rules(paths: &Paths, rules: &str) -> Result<(), Problem> {
    let key = "permissions.allow";
    let new: Vec<String> = split_rules(rules).map(str::to_owned).collect();
    accepted(key, &Value::List(new.clone()))?;
    change(paths, |document| {
        let (table, last) = table_of(document, key)?;
        let held = table.entry(last).or_insert_with(|| Item::Value(Array::new().into()));
        if let Some(one) = held.as_str().map(str::to_owned) {
            *held = Item::Value(Array::from_iter([one]).into());
        }
        let rules = held.as_array_mut()?;
        for rule in new {
            if !rules.iter().any(|old| old.as_str() == Some(&rule)) {
                append(rules, rule);
            }
        }
        Some(())
    })
}

/// Appends in the form of the list: behind the last rule, or on a line of its own where the rules have theirs.
fn append(list: &mut Array, rule: String) {
    let mut prefix = String::new();
    // What stands behind the last rule, a comment perhaps, stays with it.
    let mut behind = String::new();
    if let Some(last) = list.iter_mut().last() {
        let decor = last.decor_mut();
        prefix.push_str(decor.prefix().and_then(|raw| raw.as_str()).unwrap_or_default());
        behind.push_str(decor.suffix().and_then(|raw| raw.as_str()).unwrap_or_default());
        decor.set_suffix("");
    }
    behind.push_str(list.trailing().as_str().unwrap_or_default());
    if !prefix.contains('\n') && behind.trim().is_empty() {
        list.push(rule);
        return;
    }
    let indent = prefix.rsplit('\n').next().unwrap_or_default();
    let mut value = toml_edit::Value::from(rule);
    value.decor_mut().set_prefix(format!("{}\n{indent}", behind.trim_end()));
    list.push_formatted(value);
    list.set_trailing("\n");
}

/// Takes a setting out of `config.toml`, so that its default is in force again.
///
/// # Errors
/// As [`save_setting`].
pub fn clear_setting(paths: &Paths, key: &str) -> Result<(), Problem> {
    if matches!(files::read_text(&paths.config_file), Err(ReadFault::Missing)) {
        return Ok(());
    }
    change(paths, |document| {
        let (table, last) = table_of(document, key)?;
        table.remove(last);
        Some(())
    })
}

fn accepted(key: &str, value: &Value) -> Result<Value, Problem> {
    if key.strip_prefix("keys.").is_some_and(|action| !action.is_empty()) {
        return match value {
            Value::Text(_) | Value::List(_) => Ok(value.clone()),
            _ => Err(problem(format!("{}: expected a chord or a list of chords", quoted(key)))),
        };
    }
    let known = schema::known(key).ok_or_else(|| problem(format!("there is no setting {}", quoted(key))))?;
    known.kind.accept(value.clone()).map_err(|expected| problem(format!("{key}: expected {expected}")))
}

fn change(paths: &Paths, edit: impl FnOnce(&mut DocumentMut) -> Option<()>) -> Result<(), Problem> {
    let shown = paths.shown(&paths.config_file);
    if paths.memory_only {
        return Err(problem("there is no folder to keep settings in; the change lasts for this run")
            .hint("set GLM_TUI_HOME to a folder that can be written"));
    }
    let unwritten = |fault: &std::io::Error| {
        problem(format!("{shown} could not be written; the change lasts for this run"))
            .hint("make the file and its folder writable")
            .detail(Clean::new(&fault.to_string()))
    };
    // In the state folder: the settings may lie in a folder that a person keeps under version control.
    let _lock = shared::lock(&paths.state_dir.join("config")).map_err(|fault| unwritten(&fault))?;
    let text = match files::read_text(&paths.config_file) {
        Ok(text) => text,
        Err(ReadFault::Missing) => String::new(),
        Err(fault) => return Err(problem(format!("{shown} {}; nothing was written", fault.words()))),
    };
    let mut document: DocumentMut = text.parse().map_err(|_| {
        problem(format!("{shown} is not valid TOML; nothing was written"))
            .hint("correct the file first: glm-tui config check")
    })?;
    edit(&mut document).ok_or_else(|| {
        problem(format!("{shown} has a value where a table is needed; nothing was written"))
            .hint("correct the file first: glm-tui config check")
    })?;
    let mut new = document.to_string();
    if text.contains("\r\n") {
        new = new.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    files::replace(&paths.config_file, &new, Mode::Kept).map_err(|fault| unwritten(&fault))
}

/// Takes the blank before the closing brace of `{ a = 1 }`, so that a new value goes before it.
fn take_trailing_blank(table: &mut dyn toml_edit::TableLike) -> Option<String> {
    let (_, item) = table.iter_mut().last()?;
    let decor = item.as_value_mut()?.decor_mut();
    let blank = decor.suffix()?.as_str().filter(|text| !text.is_empty() && text.trim().is_empty())?.to_owned();
    decor.set_suffix("");
    Some(blank)
}

/// The table that holds the last part of a dotted name; created where missing.
fn table_of<'d, 'k>(
    document: &'d mut DocumentMut,
    key: &'k str,
) -> Option<(&'d mut dyn toml_edit::TableLike, &'k str)> {
    let Some((table, last)) = key.split_once('.') else { return Some((document.as_table_mut(), key)) };
    let item = document.entry(table).or_insert_with(|| Item::Table(Table::new()));
    item.as_table_like_mut().map(|table| (table, last))
}
