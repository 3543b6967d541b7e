//! Conversations out of the program as documents, and into it from others.

use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::Desk;
use crate::{
    chat::{Problem, ProblemKind},
    cli::args::{ExportArgs, FormatArg, ImportArgs},
    cli::start::Start,
    config::Secret,
    journal::{Format, Imported, Source, Wish, export, plain_json},
    text::Clean,
};

/// `sessions export`.
pub(super) fn document(desk: &Desk, start: &Start, args: &ExportArgs) -> Result<String, Problem> {
    let session = desk.store.find(&args.wanted, &desk.here).one(&args.wanted)?;
    let story = desk.store.story(&session.card.id)?;
    let by_name = args.output.as_deref().and_then(Path::extension).and_then(|end| Format::named(end.to_str()?));
    let format = args.format.map(FormatArg::format).or(by_name).unwrap_or(Format::Markdown);
    let text = export(&story, format, &secrets(start));
    let Some(file) = &args.output else { return Ok(text) };
    write_new(file, &text)?;
    Ok(format!("wrote {}\n", Clean::strict(&file.to_string_lossy())))
}

/// What no document may hold.
pub(in crate::cli) fn secrets(start: &Start) -> Vec<&str> {
    let loaded = &start.loaded;
    let used = loaded.config.endpoint.as_ref().and_then(|endpoint| endpoint.key.as_ref());
    let found = loaded.key.found.as_ref().map(|found| &found.key);
    [used, found].into_iter().flatten().map(Secret::expose).collect()
}

/// Writes a file that does not exist yet, for its owner only: it may hold what was in any file.
pub(in crate::cli) fn write_new(file: &Path, text: &str) -> Result<(), Problem> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    made.and_then(|mut made| made.write_all(text.as_bytes()).and_then(|()| made.sync_all())).map_err(|error| {
        let what = format!("cannot write {}: {error}", Clean::strict(&file.to_string_lossy()));
        Problem::new(ProblemKind::User, what).hint("name a file that does not exist, in a folder that does")
    })
}

/// `sessions import`.
pub(super) fn import(desk: &Desk, start: &Start, args: &ImportArgs) -> Result<String, Problem> {
    let source = args.source.source();
    let path = match &args.path {
        Some(path) => path.clone(),
        None => place(start, source)?,
    };
    // A file that was named is meant, whatever its folder.
    let named = args.path.as_deref().is_some_and(Path::is_file);
    let folder = (!args.all && !named).then_some(desk.here.as_path());
    let done = desk.store.import(&Wish { source, path: &path, folder, again: args.again }, desk.now)?;
    Ok(if args.json { json(&done) } else { words(&done, source) })
}

/// Where the other program keeps its conversations: below its own variable's folder, or below the home folder.
fn place(start: &Start, source: Source) -> Result<PathBuf, Problem> {
    let (variable, below) = match source {
        Source::ClaudeCode => ("CLAUDE_CONFIG_DIR", ".claude"),
        Source::Codex => ("CODEX_HOME", ".codex"),
    };
    let own = start.env.path(variable).or_else(|| Some(start.loaded.paths.home.as_ref()?.join(below)));
    own.map(|own| own.join(source.place())).ok_or_else(|| {
        let what = format!("there is no home folder in which {} would keep conversations", source.name());
        Problem::new(ProblemKind::User, what).hint("name the file or folder")
    })
}

fn words(done: &Imported, source: Source) -> String {
    let mut out = String::new();
    for taken in &done.taken {
        let bad = if taken.n_bad > 0 { format!(", {} lines could not be read", taken.n_bad) } else { String::new() };
        let turns = if taken.turns == 1 { "1 turn".to_owned() } else { format!("{} turns", taken.turns) };
        let _ = writeln!(out, "{}  {turns}{bad}", taken.id);
    }
    for problem in &done.problems {
        let _ = writeln!(out, "left out: {}", problem.what);
    }
    let _ = write!(out, "{} taken over from {}", done.taken.len(), source.name());
    let rest = [
        (done.n_known, "taken over before (--again takes them as new ones)"),
        (done.n_elsewhere, "of other folders (--all takes them too)"),
        (done.n_empty, "without a conversation"),
    ];
    for (n, what) in rest.into_iter().filter(|(n, _)| *n > 0) {
        let _ = write!(out, "; {n} {what}");
    }
    out.push('\n');
    out
}

fn json(done: &Imported) -> String {
    let taken = done.taken.iter().map(|taken| {
        serde_json::json!({
            "id": taken.id, "file": taken.file.to_string_lossy(), "turns": taken.turns, "bad_lines": taken.n_bad,
        })
    });
    let object = serde_json::json!({
        "taken": taken.collect::<Vec<_>>(),
        "known": done.n_known,
        "elsewhere": done.n_elsewhere,
        "empty": done.n_empty,
        "problems": done.problems.iter().map(|problem| &problem.what).collect::<Vec<_>>(),
    });
    plain_json(&object)
}
