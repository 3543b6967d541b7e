//! The conversation that the command line names, and the folder that it is gone on with in.

use super::{
    args::{RunArgs, SessionArgs},
    exit::{Exit, complain},
    opened::{Named, Refused, Shelf, Wanted, check_folder},
    start::{Start, start},
};
use crate::chat::{Problem, ProblemKind};

/// The conversation, and what the run begins with in its folder.
///
/// # Errors
/// When there is none of that name, or its folder may not be worked in; the problem has been told.
pub(super) fn of(start: Start, run: &RunArgs, args: &SessionArgs) -> Result<(Start, Wanted), Exit> {
    chosen(start, run, args).map_err(|(problem, exit)| {
        complain(&problem);
        exit
    })
}

/// The same where nobody can choose from a list.
///
/// # Errors
/// As [`of`], and when a list was asked for.
pub(super) fn unattended(start: Start, run: &RunArgs, args: &SessionArgs) -> Result<(Start, Wanted), Exit> {
    let (start, wanted) = of(start, run, args)?;
    if wanted == Wanted::Choice {
        let what = "--resume needs the id, the name or words of a conversation where there is no screen to choose on";
        complain(&Problem::new(ProblemKind::User, what).hint_with("see what there is", "glm-tui sessions list"));
        return Err(Exit::Usage);
    }
    Ok((start, wanted))
}

/// One of another folder is gone on with there, if that folder is trusted: its settings, its rules and its sandbox
/// are those of that folder.
fn chosen(begun: Start, run: &RunArgs, args: &SessionArgs) -> Result<(Start, Wanted), Refused> {
    let usage = |problem| (problem, Exit::Usage);
    if run.demo && (args.newest || args.resume.is_some()) {
        let what = "the demo is a conversation of its own: it goes on with no other";
        return Err(usage(Problem::new(ProblemKind::User, what).hint("leave --demo or --continue away")));
    }
    let Named { wanted, elsewhere } = Shelf::new(&begun).named(args)?;
    let Some(folder) = elsewhere else { return Ok((begun, wanted)) };
    check_folder(&begun, &wanted, &folder)?;
    let more_folders = run.more_folders.iter().map(|more| std::path::absolute(more).unwrap_or_else(|_| more.clone()));
    let there = RunArgs { more_folders: more_folders.collect(), folder: Some(folder), ..run.clone() };
    Ok((start(&there).map_err(usage)?, wanted))
}
