//! STO-01 and STO-11: the program is killed at every durable call of an undo of twenty files. It is finished when the
//! session is gone on with, and said; or it never began. The program is this test binary started again.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use glm_tui::{
    chat::{CallId, FileUndo, PermissionMode, Reply, RunEnd, RunId, SessionId, StepId, ToolCall, TurnId},
    config::{Permissions, fault},
    guard::{Policy, Rung},
    journal::{Head, Journal, Record, Start, Story, VERSION},
    text::Clean,
    tools::{Bench, Check, Options, Permit, RunIo, Toolbox},
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::house::{copy, names};
use crate::support::bench::runner;

/// What a child is asked to do: a plan of faults and a folder.
const CHILD: &str = "CRASH_UNDO";
const FILES: usize = 20;

fn tools(dir: &Path, journal: &Journal, story: Option<&Story>) -> Arc<Toolbox> {
    let options = Options {
        more_folders: Vec::new(),
        session_dir: Some(dir.join("session")),
        web: false,
        web_local: false,
        interactive: true,
    };
    let policy = Policy::new(Permissions::default(), Rung::None, true);
    let bench = Bench::open(&dir.join("w"), policy, runner(&dir.join("w")), options).unwrap();
    Arc::new(Toolbox::new(bench.log_changes_to(journal.clone(), story)))
}

fn reopened(dir: &Path) -> (Journal, Arc<Toolbox>) {
    let (journal, story) = Journal::reopen(&dir.join("session")).expect("the session opens");
    let tools = tools(dir, &journal, Some(&story));
    (journal, tools)
}

/// Not a test by itself: the program that undoes, when the environment says so.
#[test]
fn inside() {
    let Ok(wish) = std::env::var(CHILD) else { return };
    let (plan, dir) = wish.split_once(' ').unwrap();
    let (_journal, tools) = reopened(Path::new(dir));
    fault::arm(plan).unwrap();
    let undone = tools.undo();
    assert_eq!(undone.report.files.len(), FILES, "{undone:?}");
}

/// Calls a tool with every approval given.
fn call(tools: &Toolbox, tool: &str, args: &serde_json::Value) {
    let call = ToolCall { id: CallId("1".into()), name: tool.into(), arguments: args.to_string() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let planned = tools.plan(&call).unwrap_or_else(|why| panic!("{tool} {args}: {}", why.0));
    let outcome = runtime.block_on(async {
        let permit = match tools.check(&planned, (RunId(1), StepId::default()), PermissionMode::Yolo).await {
            Check::Go => Permit::Unasked,
            Check::Ask(_) => Permit::Given(Reply::Once),
            Check::Refuse(outcome) => return *outcome,
        };
        let io = RunIo {
            run: RunId(1),
            turn: TurnId(1),
            progress: Arc::new(|_| {}),
            cancel: CancellationToken::new(),
            background: CancellationToken::new(),
        };
        tools.run(planned, permit, io).await
    });
    assert_eq!(outcome.end, RunEnd::Ok, "{tool} {args}: {}", outcome.to_model);
}

/// A turn that changes, makes and deletes files, twenty in all.
fn prepare(dir: &Path) {
    fs::create_dir(dir.join("w")).unwrap();
    let id = SessionId::from("s");
    let folder = dir.join("w").to_string_lossy().into();
    let (branch, forked_from, imported_from) = (None, None, None);
    let head = Head { v: VERSION, id, app: String::new(), folder, branch, forked_from, imported_from };
    let journal = Journal::create(Start { dir: Some(dir.join("session")), head });
    let tools = tools(dir, &journal, None);
    journal.append(Record::Turn { turn: TurnId(1), prompt: Clean::trusted("change them") });
    for n in 0..FILES {
        let name = format!("f{n:02}");
        match n % 4 {
            0 => call(&tools, "write", &json!({ "path": format!("new/{name}"), "content": "made\n" })),
            1 => {
                fs::write(dir.join("w").join(&name), "deleted\n").unwrap();
                call(&tools, "delete", &json!({ "path": name }));
            }
            _ => {
                fs::write(dir.join("w").join(&name), format!("old {n}\n")).unwrap();
                call(&tools, "read", &json!({ "path": name }));
                call(&tools, "edit", &json!({ "path": name, "edits": [{ "old": "old", "new": "changed" }] }));
            }
        }
    }
    drop(tools);
    journal.close();
}

/// All files of a folder with their texts.
fn tree(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut tree = BTreeMap::new();
    for name in names(root) {
        let path = root.join(&name);
        if path.is_dir() {
            tree.extend(self::tree(&path).into_iter().map(|(below, text)| (Path::new(&name).join(below), text)));
        } else {
            tree.insert(name.into(), fs::read_to_string(path).unwrap());
        }
    }
    tree
}

#[test]
fn sto_11_an_undo_of_20_files_killed_at_every_durable_call_is_finished_and_said() {
    if !cfg!(debug_assertions) {
        println!("skipped: a build for release has no fault points");
        return;
    }
    let (dir, saved) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let dir = dir.path().canonicalize().unwrap();
    prepare(&dir);
    copy(&dir, saved.path());
    let changed = tree(&dir.join("w"));
    let before: BTreeMap<PathBuf, String> = (0..FILES)
        .filter(|n| n % 4 != 0)
        .map(|n| (format!("f{n:02}").into(), if n % 4 == 1 { "deleted\n".into() } else { format!("old {n}\n") }))
        .collect();
    let (mut n, mut n_finished) = (0, 0);
    loop {
        n += 1;
        for part in ["w", "session"] {
            fs::remove_dir_all(dir.join(part)).unwrap();
            copy(&saved.path().join(part), &dir.join(part));
        }
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["crash::undone::inside", "--exact", "--nocapture", "--test-threads=1"]);
        command.env(CHILD, format!("kill@{n} {}", dir.display())).stdout(Stdio::null()).stderr(Stdio::null());
        let untouched = command.status().unwrap().success();
        let left = tree(&dir.join("w"));
        let (journal, tools) = reopened(&dir);
        let finished = tools.finish_pending();
        let now = tree(&dir.join("w"));
        if let Some(finished) = &finished {
            n_finished += 1;
            let is_kept = |file: &(Clean, FileUndo)| matches!(file.1, FileUndo::Kept(_));
            assert!(!finished.report.files.iter().any(is_kept), "kill@{n}: {finished:?}");
            assert!(finished.told.is_some() || left == before, "kill@{n}: the model is told: {finished:?}");
            assert_eq!(now, before, "kill@{n}: it is finished");
        } else if now != before {
            assert_eq!((&left, &now), (&changed, &changed), "kill@{n}: it never began");
            assert_eq!(tools.undo().report.files.len(), FILES, "kill@{n}");
            assert_eq!(tree(&dir.join("w")), before, "kill@{n}");
        }
        let redone = tools.redo();
        assert!(redone.report.redo, "kill@{n}: {redone:?}");
        assert_eq!(tree(&dir.join("w")), changed, "kill@{n}: and can be done again");
        drop(tools);
        journal.close();
        if untouched {
            break;
        }
    }
    println!("undo of {FILES} files: points tried {}, survived {}, finished afterwards {n_finished}", n - 1, n - 1);
    assert!(n > FILES && n_finished >= FILES, "{n} points, {n_finished} finished");
}
