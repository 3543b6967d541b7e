//! How long a search in 50,000 files takes, beside ripgrep where that is on the PATH.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench makes its own files and runs the program that it compares with"
)]

use std::{collections::BTreeMap, fs, path::Path, process::Command};

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

const FOLDERS: usize = 500;
const FILES: usize = 100;
const WORDS: [&str; 12] =
    ["let", "value", "fn", "return", "window", "quota", "(self)", "=>", "match", "credits", "// note", "\"text\""];

/// 50,000 files of some 2 KB, as a source tree has; one line in a hundred thousand holds `needle`.
fn grow(root: &Path) {
    fs::create_dir(root.join(".git")).unwrap();
    fs::write(root.join(".gitignore"), "target/\n*.log\n").unwrap();
    for folder in 0..FOLDERS {
        let at = root.join(format!("src{}/part{folder}", folder % 20));
        fs::create_dir_all(&at).unwrap();
        for file in 0..FILES {
            let mut text = String::new();
            for line in 0..50 {
                for word in 0..6 {
                    text.push_str(WORDS[(folder * 7 + file * 3 + line * 5 + word) % WORDS.len()]);
                    text.push(' ');
                }
                let rare = folder * FILES + file;
                text.push_str(if rare % 2000 == 7 && line == 20 { "needle_42\n" } else { "\n" });
            }
            fs::write(at.join(format!("file{file}.rs")), text).unwrap();
        }
    }
}

fn toolbox(root: &Path) -> Toolbox {
    let root = root.canonicalize().unwrap();
    let cage = Cage::probe(CageSetup {
        workspace: root.clone(),
        writable: Vec::new(),
        hidden: Vec::new(),
        scratch: root.join("scratch"),
        wish: SandboxWish::Off,
        network: false,
        helper: "/nonexistent".into(),
        skip: Vec::new(),
    });
    let env = ChildEnv::new(&BTreeMap::new(), std::slice::from_ref(&root), &[]);
    let runner = Runner::new(RunnerSetup { cage: cage.unwrap(), env, session_dir: None });
    let options =
        Options { more_folders: Vec::new(), session_dir: None, web: false, web_local: false, interactive: false };
    let policy = Policy::new(Permissions::default(), Rung::None, true);
    Toolbox::new(Bench::open(&root, policy, runner, options).unwrap())
}

fn call(runtime: &tokio::runtime::Runtime, tools: &Toolbox, name: &str, arguments: &str) -> String {
    let call = ToolCall { id: CallId("1".into()), name: name.into(), arguments: arguments.into() };
    let io = RunIo {
        run: RunId(1),
        turn: TurnId(1),
        progress: std::sync::Arc::new(|_| {}),
        cancel: CancellationToken::new(),
        background: CancellationToken::new(),
    };
    let planned = tools.plan(&call).expect("a good call");
    let outcome = runtime.block_on(tools.run(planned, Permit::Unasked, io));
    assert_eq!(outcome.end, RunEnd::Ok, "{}", outcome.to_model);
    outcome.to_model
}

fn search(c: &mut Criterion) {
    let dir = tempfile::tempdir().unwrap();
    grow(dir.path());
    let tools = toolbox(dir.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut group = c.benchmark_group("50,000 files");
    group.sample_size(10);
    let rg = |args: &[&str]| Command::new("rg").args(args).current_dir(dir.path()).output();
    let has_rg = rg(&["--version"]).is_ok();
    let cases = [
        (
            "a rare word",
            r#"{"pattern":"needle_\\d+"}"#,
            vec!["-n", "--no-heading", "--hidden", "-g", "!.git", r"needle_\d+"],
        ),
        (
            "a word in every file",
            r#"{"pattern":"credits => quota|window quota"}"#,
            vec!["-n", "--no-heading", "--hidden", "-g", "!.git", "credits => quota|window quota"],
        ),
    ];
    for (name, arguments, args) in &cases {
        group.bench_function(format!("grep, {name}"), |b| b.iter(|| call(&runtime, &tools, "grep", arguments).len()));
        if has_rg {
            group.bench_function(format!("rg, {name}"), |b| b.iter(|| rg(args).unwrap().stdout.len()));
        }
    }
    group.bench_function("glob", |b| b.iter(|| call(&runtime, &tools, "glob", r#"{"pattern":"file7*.rs"}"#).len()));
    if has_rg {
        let args = ["--files", "--hidden", "-g", "file7*.rs", "--sortr", "modified"];
        group.bench_function("rg --files", |b| b.iter(|| rg(&args).unwrap().stdout.len()));
    }
}

criterion_group!(benches, search);
criterion_main!(benches);
