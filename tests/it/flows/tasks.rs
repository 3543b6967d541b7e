//! Whole tasks: a script plays the model's tool calls on a small project, the tools really run, and in the
//! end the tree is the expected one and the project's own test passes.
//!
//! One TOML file for each task in `tasks/`. `result` of a call names texts that the model must have been told.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use glm_tui::{
    chat::{RunEnd, TurnEnd},
    sim::Received,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{
    agent::{Talk, serve},
    service::Service,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Task {
    prompt: String,
    /// A shell line that must fail before and pass after.
    test: String,
    /// Programs without which the task is skipped aloud.
    #[serde(default)]
    needs: Vec<String>,
    /// Files whose lines end with CR LF.
    #[serde(default)]
    crlf: Vec<String>,
    /// What the work may leave behind besides the expected tree.
    #[serde(default)]
    artefacts: Vec<String>,
    /// The test needs what the task creates: it cannot pass before.
    #[serde(default)]
    created: bool,
    before: BTreeMap<String, String>,
    /// Files that change or come; all others stay as before.
    after: BTreeMap<String, String>,
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(default)]
    reasoning: String,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    name: String,
    arguments: Value,
    /// Texts that the result must hold.
    #[serde(default)]
    result: Vec<String>,
}

impl Task {
    fn all() -> Vec<(String, Self)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/flows/tasks");
        let mut tasks: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let task = toml::from_str(&std::fs::read_to_string(&path).unwrap());
                (name.clone(), task.unwrap_or_else(|error| panic!("{name}: {error}")))
            })
            .collect();
        tasks.sort_by(|a, b| a.0.cmp(&b.0));
        tasks
    }

    fn scenario(&self) -> String {
        let replies: Vec<Value> = self
            .step
            .iter()
            .map(|step| {
                let calls: Vec<Value> = step
                    .calls
                    .iter()
                    .map(|call| json!({"name": call.name, "arguments": call.arguments.to_string()}))
                    .collect();
                let mut reply = json!({"reasoning": step.reasoning, "answer": step.answer});
                if !calls.is_empty() {
                    reply["tools"] = json!({"call": calls});
                }
                reply
            })
            .collect();
        toml::to_string(&json!({"name": "task", "order": "once", "reply": replies})).unwrap()
    }

    fn file(&self, name: &str, text: &str) -> String {
        if self.crlf.iter().any(|n| n == name) { text.replace('\n', "\r\n") } else { text.to_owned() }
    }

    fn lay_out(&self, folder: &Path) {
        for (name, text) in &self.before {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, self.file(name, text)).unwrap();
        }
    }

    fn expected(&self) -> BTreeMap<String, String> {
        let mut tree = self.before.clone();
        tree.extend(self.after.clone());
        tree.iter().map(|(name, text)| (name.clone(), self.file(name, text))).collect()
    }

    fn passes(&self, folder: &Path) -> bool {
        let mut shell = Command::new("sh");
        shell.args(["-c", &self.test]).current_dir(folder).stdin(Stdio::null());
        shell.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    fn missing(&self) -> Option<&str> {
        self.needs.iter().map(String::as_str).find(|program| {
            let mut found = Command::new("sh");
            found.args(["-c", &format!("command -v {program}")]).stdout(Stdio::null());
            !found.status().unwrap().success()
        })
    }
}

fn tree(folder: &Path, but: &[String]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if but.contains(&name) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(name, String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
            }
        }
    }
    found
}

/// The results that the model was told, in the order of its calls.
fn told(last: &Received) -> Vec<String> {
    let messages = last.body["messages"].as_array().unwrap();
    messages
        .iter()
        .filter(|message| message["role"] == "tool")
        .map(|message| message["content"].as_str().unwrap().to_owned())
        .collect()
}

/// Runs each task without a screen; `check` sees the project afterwards.
fn solve(name: &str, task: &Task) {
    if let Some(program) = task.missing() {
        println!("skipped: {name} needs {program}");
        return;
    }
    let project = tempfile::tempdir().unwrap();
    task.lay_out(project.path());
    assert!(task.created || !task.passes(project.path()), "{name}: the test passes before anything was done");
    let service = Service::start(&task.scenario());
    let run = service.headless(project.path(), &[&task.prompt, "--output-format", "json", "--permission-mode", "yolo"]);
    let object: Value =
        serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{name}: {e}: {} {}", run.out, run.err));
    let chats = service.chats();
    let told = told(chats.last().unwrap());
    assert_eq!((run.code, &object["is_error"]), (0, &json!(false)), "{name}: {object} {} {told:#?}", run.err);
    assert_eq!(object["result"], task.step.last().unwrap().answer, "{name}");
    assert_eq!(chats.len(), task.step.len(), "{name}: one request for each step");
    let calls: Vec<&Call> = task.step.iter().flat_map(|step| &step.calls).collect();
    assert_eq!(told.len(), calls.len(), "{name}: one result for each call");
    for (call, text) in calls.iter().zip(&told) {
        for want in &call.result {
            assert!(text.contains(want), "{name}: {} {} was told\n{text}\nwithout {want:?}", call.name, call.arguments);
        }
    }
    assert_eq!(tree(project.path(), &task.artefacts), task.expected(), "{name}: {told:#?}");
    assert!(task.passes(project.path()), "{name}: its own test fails");
}

#[test]
fn every_task_is_solved() {
    let tasks = Task::all();
    assert!(tasks.len() >= 12);
    for (name, task) in tasks {
        solve(&name, &task);
    }
}

/// The size of the window of the person who works with keys.
const WINDOW: (u16, u16) = (120, 40);

/// Types the prompt and answers each question with a yes, as soon as keys count; the number of questions.
async fn work_with_keys(talk: &mut Talk, prompt: &str) -> usize {
    talk.press(&format!("{prompt}<enter>"));
    let mut answered = 0;
    loop {
        talk.wait_for(|talk| !talk.ends().is_empty() || talk.asks().len() > answered).await;
        if !talk.ends().is_empty() {
            return answered;
        }
        let run = talk.asks()[answered].run;
        assert_eq!(talk.app.ask().map(|pending| pending.ask.run), Some(run), "one after the other");
        talk.screen(WINDOW);
        talk.press("y");
        assert!(talk.app.ask().is_some(), "a key at once does not count");
        talk.pause();
        talk.pass(Duration::from_secs(2)).await;
        talk.resume();
        talk.screen(WINDOW);
        talk.press("y");
        assert!(talk.app.ask().is_none_or(|pending| pending.ask.run != run), "{}", talk.words());
        answered += 1;
    }
}

#[tokio::test]
async fn tasks_are_solved_with_keys() {
    let tasks = Task::all().into_iter().filter(|(_, task)| task.needs.is_empty());
    let mut solved = 0;
    for (name, task) in tasks {
        let server = serve(&task.scenario());
        let mut talk = Talk::at(&server.base_url());
        task.lay_out(&talk.workspace);
        let answered = work_with_keys(&mut talk, &task.prompt).await;
        let chats = server.log().chats();
        let told = told(chats.last().unwrap());
        assert_eq!(talk.ends(), [TurnEnd::Done], "{name}");
        assert!(answered > 0, "{name}: changes are asked for");
        assert!(!talk.runs().contains(&RunEnd::Denied), "{name}: {told:#?}");
        assert_eq!(chats.len(), task.step.len(), "{name}: one request for each step");
        assert_eq!(tree(&talk.workspace, &task.artefacts), task.expected(), "{name}: {told:#?}");
        assert!(task.passes(&talk.workspace), "{name}: its own test fails");
        solved += 1;
    }
    assert!(solved >= 3, "{solved}");
}
