//! `NNN_name/{before/, call.json, after/ or error.txt}`: a folder, one call, the folder after it.
//!
//! `call.json`: `tool`, `args`, and if needed `read` (paths that the model read before; default: the call's
//! own, where it exists), `links`, `hard` (links to make), `modes`, `changed` (what somebody else wrote
//! after the reading), `says` (words of the answer). Each line of `error.txt` is found in the refusal.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt, fs::symlink},
    path::Path,
};

use glm_tui::{
    chat::{Detail, Reply, RunEnd},
    tools::Outcome,
};
use serde_json::{Value, json};

use crate::support::bench::Desk;

/// A folder as paths and what is there: bytes, or where a link leads; and the mode.
type Tree = BTreeMap<Vec<u8>, (Vec<u8>, u32)>;

fn tree(root: &Path) -> Tree {
    let (mut tree, mut todo) = (Tree::new(), vec![root.to_path_buf()]);
    while let Some(folder) = todo.pop() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let meta = path.symlink_metadata().unwrap();
            if meta.is_dir() {
                todo.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec();
            let bytes = match path.read_link() {
                Ok(target) => [b"-> ", target.as_os_str().as_bytes()].concat(),
                Err(_) => fs::read(&path).unwrap(),
            };
            tree.insert(name, (bytes, meta.permissions().mode() & 0o7777));
        }
    }
    tree
}

fn object(call: &Value, key: &str) -> Vec<(String, String)> {
    let object = call[key].as_object().into_iter().flatten();
    object.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn prepare(desk: &Desk, case: &Path, call: &Value) {
    for (name, (bytes, _)) in tree(&case.join("before")) {
        let path = desk.path("").join(std::ffi::OsStr::from_bytes(&name));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    for (name, target) in object(call, "links") {
        symlink(target, desk.path(&name)).unwrap();
    }
    for (name, target) in object(call, "hard") {
        fs::hard_link(desk.path(&target), desk.path(&name)).unwrap();
    }
    for (name, mode) in object(call, "modes") {
        let mode = fs::Permissions::from_mode(u32::from_str_radix(&mode, 8).unwrap());
        fs::set_permissions(desk.path(&name), mode).unwrap();
    }
    let own = call["args"]["path"].as_str().or(call["args"]["file_path"].as_str()).unwrap();
    let reads: Vec<String> = match call["read"].as_array() {
        Some(reads) => reads.iter().map(|name| name.as_str().unwrap().to_owned()).collect(),
        None => vec![own.to_owned()].into_iter().filter(|own| desk.path(own).is_file()).collect(),
    };
    for name in reads {
        desk.done("read", &json!({ "path": name }));
    }
    for (name, bytes) in object(call, "changed") {
        desk.put(&name, bytes);
    }
}

fn run(case: &Path) -> Result<(), String> {
    let call: Value = serde_json::from_str(&fs::read_to_string(case.join("call.json")).unwrap()).unwrap();
    let desk = Desk::new();
    prepare(&desk, case, &call);
    let before = tree(&desk.path(""));
    let (ask, outcome) = desk.answered(call["tool"].as_str().unwrap(), &call["args"], Reply::Once);
    let after = tree(&desk.path(""));
    if let Ok(words) = fs::read_to_string(case.join("error.txt")) {
        let told = words.lines().find(|line| !outcome.to_model.contains(line));
        return match told {
            Some(line) => Err(format!("{line:?} is not in: {}", outcome.to_model)),
            None if outcome.end == RunEnd::Ok || ask.is_some() => Err("it was asked or done".into()),
            None if before != after => Err("a refused call changed something".into()),
            None => Ok(()),
        };
    }
    for words in call["says"].as_array().into_iter().flatten() {
        if !outcome.to_model.contains(words.as_str().unwrap()) {
            return Err(format!("{words} is not in: {}", outcome.to_model));
        }
    }
    is_as_wanted(&outcome, (&before, &after), &tree(&case.join("after")))
}

fn is_as_wanted(outcome: &Outcome, (before, after): (&Tree, &Tree), want: &Tree) -> Result<(), String> {
    if outcome.end != RunEnd::Ok {
        return Err(format!("{:?}: {}", outcome.end, outcome.to_model));
    }
    let files = |tree: &Tree| -> BTreeMap<Vec<u8>, Vec<u8>> {
        tree.iter()
            .filter(|(_, (bytes, _))| !bytes.starts_with(b"-> "))
            .map(|(n, (b, _))| (n.clone(), b.clone()))
            .collect()
    };
    if files(after) != files(want) {
        let show = |tree: &Tree| -> Vec<(String, String)> {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            files(tree).iter().map(|(name, bytes)| (text(name), text(bytes))).collect()
        };
        return Err(format!("\n  got  {:?}\n  want {:?}", show(after), show(want)));
    }
    for (name, (bytes, mode)) in before {
        let now = after.get(name).ok_or("something is gone")?;
        if bytes.starts_with(b"-> ") && now.0 != *bytes {
            return Err("a link was replaced".into());
        }
        if now.1 != *mode {
            return Err(format!("mode {:o} became {mode:o}", now.1));
        }
    }
    let changed = before != after;
    match &outcome.detail {
        Detail::Change(change) if changed => {
            let counts = format!("+{} −{}", change.added, change.removed);
            (outcome.summary.as_str() == counts).then_some(()).ok_or(format!("{} is no {counts}", outcome.summary))
        }
        _ if changed => Err("the change is not shown".into()),
        _ => Ok(()),
    }
}

#[test]
fn every_call_does_what_its_folder_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/edits");
    let mut cases: Vec<_> = fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= 50, "{} cases", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| run(case).err().map(|why| format!("{}: {why}", case.file_name().unwrap().display())))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
