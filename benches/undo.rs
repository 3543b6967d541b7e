//! What it costs to see what commands change, and to take it back: a command in workspaces of several sizes
//! (with none, the process alone), and an undo with its redo of 1,000 files.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench stops at the first surprise"
)]

use std::{collections::BTreeMap, path::Path, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use glm_tui::{
    chat::{CallId, RunEnd, RunId, ToolCall, TurnId},
    config::{Permissions, SandboxWish},
    guard::{
        Cage, CageSetup, Policy, Rung,
        child_env::ChildEnv,
        runner::{Runner, RunnerSetup},
    },
    tools::{Bench, Options, Permit, RunIo, Toolbox},
};
use tokio_util::sync::CancellationToken;

/// Files of about 4 KiB, a hundred in a folder.
fn grow(root: &Path, n: usize) {
    let text = "    let value = compute(input, \"some text of a line\");\n".repeat(80);
    for at in 0..n {
        let folder = root.join(format!("d{}", at / 100));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(format!("f{at}.rs"));
        std::io::Write::write_all(
            &mut std::fs::File::create(file).expect("a file"),
            format!("// {at}\n{text}").as_bytes(),
        )
        .expect("written");
    }
}

fn toolbox(root: &Path, session: &Path) -> Toolbox {
    let root = root.canonicalize().expect("a folder");
    let cage = Cage::probe(CageSetup {
        workspace: root.clone(),
        writable: Vec::new(),
        hidden: Vec::new(),
        scratch: session.join("scratch"),
        wish: SandboxWish::Off,
        network: false,
        helper: env!("CARGO_BIN_EXE_glm-tui").into(),
        skip: Vec::new(),
    });
    let vars = BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".into())]);
    let env = ChildEnv::new(&vars, std::slice::from_ref(&root), &[]);
    let runner = Runner::new(RunnerSetup { cage: cage.expect("no cage"), env, session_dir: None });
    let options = Options {
        more_folders: Vec::new(),
        session_dir: Some(session.to_path_buf()),
        web: false,
        web_local: false,
        interactive: false,
    };
    let policy = Policy::new(Permissions::default(), Rung::None, true);
    Toolbox::new(Bench::open(&root, policy, runner, options).expect("a bench"))
}

/// No reader for the policy, though it changes nothing.
const COMMAND: &str = "umask 022";

fn run(runtime: &tokio::runtime::Runtime, tools: &Toolbox, line: &str) -> String {
    let arguments = serde_json::json!({ "command": line }).to_string();
    let call = ToolCall { id: CallId("1".into()), name: "shell".into(), arguments };
    let io = RunIo {
        run: RunId(1),
        turn: TurnId(1),
        progress: Arc::new(|_| {}),
        cancel: CancellationToken::new(),
        background: CancellationToken::new(),
    };
    let planned = tools.plan(&call).expect("a good call");
    let outcome = runtime.block_on(tools.run(planned, Permit::Unasked, io));
    assert_eq!(outcome.end, RunEnd::Ok, "{}", outcome.to_model);
    outcome.to_model
}

fn undo(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut group = c.benchmark_group("a command that may write");
    group.sample_size(20);
    for n in [0, 5_000, 50_000] {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("w");
        std::fs::create_dir(&root).expect("a folder");
        grow(&root, n);
        let tools = toolbox(&root, &dir.path().join("session"));
        group.bench_function(format!("first, {n} files"), |b| {
            b.iter_batched(
                || toolbox(&root, &dir.path().join("session")),
                |tools| run(&runtime, &tools, COMMAND),
                criterion::BatchSize::PerIteration,
            );
        });
        run(&runtime, &tools, COMMAND);
        group.bench_function(format!("next, {n} files"), |b| b.iter(|| run(&runtime, &tools, COMMAND)));
    }
    group.finish();
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("w");
    std::fs::create_dir(&root).expect("a folder");
    grow(&root, 1_000);
    let tools = toolbox(&root, &dir.path().join("session"));
    let told = run(&runtime, &tools, "for f in */*; do echo changed >> \"$f\"; done");
    assert!(told.contains("1000 files changed"), "{told}");
    let mut group = c.benchmark_group("1,000 files");
    group.sample_size(10);
    group.bench_function("undo and redo", |b| {
        b.iter(|| {
            let (undone, redone) = (tools.undo().report, tools.redo().report);
            assert_eq!((undone.files.len(), redone.files.len()), (1_000, 1_000));
        });
    });
    group.finish();
}

criterion_group!(benches, undo);
criterion_main!(benches);
