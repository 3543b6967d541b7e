//! STO-08: files that many programs change at once. The programs are this test binary started again.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use glm_tui::{
    config::{Environment, Memory, Paths, Value, save_setting, shared::append_line},
    guard::TrustStore,
};

/// What a child is asked to do: `KIND NUMBER HOME`.
const CHILD: &str = "CRASH_SHARED";

const PROGRAMS: usize = 20;
const UPDATES: usize = 100;
/// Facts of a program; each is written several times, so that an old value that comes back is seen.
const FACTS: usize = 10;

fn paths(home: &Path) -> Paths {
    let vars = [("GLM_TUI_HOME".to_owned(), home.as_os_str().to_owned())].into();
    Paths::resolve(&Environment { vars, ..Environment::default() }).0.prepare().0
}

fn folder(home: &Path, program: usize, fact: usize) -> PathBuf {
    home.join(format!("folders/{program}-{fact}"))
}

/// The value of a fact after so many updates of it.
fn value(round: usize) -> String {
    format!("f{}", 1 + round)
}

/// Not a test by itself: one of the programs, when the environment says so.
#[test]
fn inside() {
    let Ok(wish) = std::env::var(CHILD) else { return };
    let mut words = wish.splitn(3, ' ');
    let mut word = || words.next().unwrap().to_owned();
    let (kind, program, home) = (word(), word().parse::<usize>().unwrap(), PathBuf::from(word()));
    let paths = paths(&home);
    for n in 0..UPDATES {
        let (fact, round) = (n % FACTS, n / FACTS);
        match kind.as_str() {
            "trust" => {
                TrustStore::new(&paths).set(&folder(&home, program, fact), round % 2 == 1).unwrap();
            }
            "memory" => {
                let project = folder(&home, program, fact);
                Memory::read(&paths).set(&paths, &project, "reasoning.pane", &value(round)).unwrap();
            }
            "settings" => {
                save_setting(&paths, &format!("keys.p{program}-{fact}"), &Value::Text(value(round))).unwrap();
            }
            "history" => append_line(&paths.history_file, &format!("\"{program} {n}\""), 1 << 20).unwrap(),
            other => panic!("{other}"),
        }
    }
}

/// Twenty programs make all their updates of one kind.
fn crowd(kind: &str, home: &Path) {
    let start = |program: usize| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["crash::shared::inside", "--exact", "--nocapture", "--test-threads=1"]);
        command.env(CHILD, format!("{kind} {program} {}", home.display()));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..PROGRAMS).map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for program in 0..PROGRAMS {
        for fact in 0..FACTS {
            std::fs::create_dir_all(folder(home.path(), program, fact)).unwrap();
        }
    }
    home
}

/// Nothing lies in the folder but these names.
fn holds(dir: &Path, names: &[&str]) {
    let mut there: Vec<_> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    assert_eq!(there, names, "litter in {}", dir.display());
}

#[test]
fn sto_08_no_decision_about_trust_is_lost() {
    let home = home();
    crowd("trust", home.path());
    let store = TrustStore::new(&paths(home.path()));
    for program in 0..PROGRAMS {
        for fact in 0..FACTS {
            assert_eq!(store.decision(&folder(home.path(), program, fact)), Some(true), "{program} {fact}");
        }
    }
    holds(&home.path().join("state"), &["trust.lock", "trust.toml"]);
}

#[test]
fn sto_08_no_remembered_choice_is_lost() {
    let home = home();
    crowd("memory", home.path());
    let paths = paths(home.path());
    let memory = Memory::read(&paths);
    for program in 0..PROGRAMS {
        for fact in 0..FACTS {
            let kept = memory.get(&folder(home.path(), program, fact), "reasoning.pane");
            assert_eq!(kept, Some(value(UPDATES / FACTS - 1).as_str()), "{program} {fact}");
        }
    }
    holds(&home.path().join("state"), &["projects.lock", "projects.toml"]);
}

#[test]
fn sto_08_no_setting_is_lost() {
    let home = home();
    let before = "# mine\nmodel = \"glm-5\" # the good one\n";
    let paths = paths(home.path());
    std::fs::write(&paths.config_file, before).unwrap();
    crowd("settings", home.path());
    let text = std::fs::read_to_string(&paths.config_file).unwrap();
    assert!(text.starts_with(before), "{text}");
    for program in 0..PROGRAMS {
        for fact in 0..FACTS {
            let line = format!("p{program}-{fact} = \"{}\"", value(UPDATES / FACTS - 1));
            assert_eq!(text.lines().filter(|held| *held == line).count(), 1, "{line} in:\n{text}");
        }
    }
    holds(&home.path().join("config"), &["config.toml"]);
}

#[test]
fn sto_08_no_prompt_is_lost() {
    let home = home();
    crowd("history", home.path());
    let text = std::fs::read_to_string(paths(home.path()).history_file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), PROGRAMS * UPDATES);
    for program in 0..PROGRAMS {
        let of_one = format!("\"{program} ");
        let own: Vec<_> = lines.iter().filter(|line| line.starts_with(&of_one)).collect();
        let want: Vec<String> = (0..UPDATES).map(|n| format!("\"{program} {n}\"")).collect();
        assert!(own.into_iter().eq(want.iter()), "all of them, in order: program {program}");
    }
    lines.sort();
    lines.dedup();
    assert_eq!(lines.len(), PROGRAMS * UPDATES);
}

#[test]
fn sto_04_what_cannot_be_read_is_not_taken_for_empty() {
    let home = tempfile::tempdir().unwrap();
    let paths = paths(home.path());
    let kept = home.path().join("kept");
    std::fs::create_dir(&kept).unwrap();
    Memory::read(&paths).set(&paths, &kept, "reasoning.pane", "open").unwrap();
    let before = std::fs::read_to_string(&paths.projects_file).unwrap();
    // A folder in the place of the file stands for any fault of the system that is not "there is none".
    std::fs::rename(&paths.projects_file, home.path().join("away")).unwrap();
    std::fs::create_dir(&paths.projects_file).unwrap();
    let problem = Memory::read(&paths).set(&paths, &kept, "reasoning.pane", "off").unwrap_err();
    assert!(problem.what.contains("the choice lasts for this run"), "{problem:?}");
    std::fs::remove_dir(&paths.projects_file).unwrap();
    std::fs::rename(home.path().join("away"), &paths.projects_file).unwrap();
    assert_eq!(std::fs::read_to_string(&paths.projects_file).unwrap(), before);
}
