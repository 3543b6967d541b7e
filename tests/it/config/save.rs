//! Writing settings and what is remembered per project.

use glm_tui::config::{Memory, Value, clear_setting, save_setting};

use super::{Home, lines};

const CONFIG: &str = ".config/glm-tui/config.toml";

fn text(word: &str) -> Value {
    Value::Text(word.into())
}

#[test]
fn cfg_10_saving_keeps_comments_and_order() {
    let before = "# mine\nmodel = \"glm-5\"   # the good one\n\n# look\n[ui]\n# dark at night\ntheme = \"dark\" # yes\nmotion = 'full'\n\n[gauge]\nshow = \"left\"\n# end\n";
    let cases = [
        ("model", text("glm-4.7"), before.replace("\"glm-5\"", "\"glm-4.7\"")),
        ("ui.theme", text("light"), before.replace("\"dark\"", "\"light\"")),
        ("ui.mouse", text("off"), before.replace("motion = 'full'\n", "motion = 'full'\nmouse = \"off\"\n")),
        ("limits.tries", Value::Count(3), before.replace("# end\n", "\n[limits]\ntries = 3\n# end\n")),
    ];
    for (key, value, after) in cases {
        let home = Home::new().config(before);
        save_setting(&home.paths(), key, &value).unwrap();
        assert_eq!(home.read(CONFIG), after, "{key}");
        let (loaded, problems) = home.load();
        assert_eq!(lines(&problems), [""; 0]);
        assert_eq!(loaded.effective.setting(key).unwrap().value, value);
    }
}

#[test]
fn cfg_10_every_form_of_a_table_is_edited_in_place() {
    let cases = [
        ("", "[ui]\ntheme = \"light\"\n"),
        ("ui.motion = \"none\"\n", "ui.motion = \"none\"\nui.theme = \"light\"\n"),
        ("ui = { motion = \"none\" }\n", "ui = { motion = \"none\", theme = \"light\" }\n"),
        ("[ui]\r\ntheme = \"dark\"\r\n# c\r\n", "[ui]\r\ntheme = \"light\"\r\n# c\r\n"),
    ];
    for (before, after) in cases {
        let home = Home::new().config(before);
        save_setting(&home.paths(), "ui.theme", &text("light")).unwrap();
        assert_eq!(home.read(CONFIG), after, "{before:?}");
    }
    let home = Home::new();
    save_setting(&home.paths(), "keys.next-model", &Value::List(vec!["f5".into()])).unwrap();
    assert_eq!(home.read(CONFIG), "[keys]\nnext-model = [\"f5\"]\n");
    assert_eq!(home.load().0.config.keys["next-model"], ["f5"]);
}

#[test]
fn cfg_10_what_cannot_be_saved_leaves_the_file_alone() {
    let cases = [
        ("model = \"x\"\nbroken", "model", text("y"), "is not valid TOML; nothing was written"),
        ("ui = 3\n", "ui.theme", text("dark"), "has a value where a table is needed"),
        ("", "ui.them", text("dark"), "there is no setting ui.them"),
        ("", "ui.mouse", text("maybe"), "ui.mouse: expected one of"),
        ("", "limits.tries", text("3"), "limits.tries: expected a whole number"),
    ];
    for (before, key, value, why) in cases {
        let home = Home::new().config(before);
        let fault = save_setting(&home.paths(), key, &value).unwrap_err();
        assert!(fault.what.contains(why), "{}", fault.what);
        assert_eq!(home.read(CONFIG), before);
    }
}

#[test]
fn a_setting_is_cleared() {
    let home = Home::new().config("# a\nmodel = \"x\"\n[ui]\ntheme = \"dark\" # b\nmotion = \"none\"\n");
    clear_setting(&home.paths(), "ui.theme").unwrap();
    clear_setting(&home.paths(), "gauge.show").unwrap();
    assert!(home.read(CONFIG).starts_with("# a\nmodel = \"x\"\n[ui]\nmotion = \"none\"\n"));
    let empty = Home::new();
    clear_setting(&empty.paths(), "ui.theme").unwrap();
    assert!(!empty.path(CONFIG).exists());
}

#[cfg(unix)]
#[test]
fn saving_keeps_the_mode_and_follows_a_link() {
    let home = Home::new().file("dotfiles/glm.toml", "model = \"x\"\n");
    super::set_mode(&home.path("dotfiles/glm.toml"), 0o640);
    std::fs::create_dir_all(home.path(".config/glm-tui")).unwrap();
    std::os::unix::fs::symlink(home.path("dotfiles/glm.toml"), home.path(CONFIG)).unwrap();
    save_setting(&home.paths(), "model", &text("y")).unwrap();
    assert!(std::fs::symlink_metadata(home.path(CONFIG)).unwrap().is_symlink());
    assert_eq!(home.read("dotfiles/glm.toml"), "model = \"y\"\n");
    assert_eq!(super::mode(&home.path("dotfiles/glm.toml")), 0o640);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    // A file where the folder should be: holds for root, too.
    let home = Home::new().file(".config/glm-tui", "");
    let fault = save_setting(&home.paths(), "model", &text("x")).unwrap_err();
    assert!(fault.what.contains("~/.config/glm-tui/config.toml could not be written"), "{}", fault.what);
    assert!(fault.detail.is_some());
}

#[test]
fn memory_is_per_project_and_survives() {
    let home = Home::new();
    let (paths, project) = (home.paths(), home.path("project"));
    let mut memory = Memory::read(&paths);
    assert_eq!(memory.get(&project, "reasoning"), None);
    memory.set(&paths, &project, "reasoning", "open").unwrap();
    // Another run writes meanwhile.
    Memory::read(&paths).set(&paths, &home.path("other.d"), "reasoning", "off").unwrap();
    memory.set(&paths, &project, "reasoning", "closed").unwrap();
    let memory = Memory::read(&paths);
    assert_eq!(memory.get(&project, "reasoning"), Some("closed"));
    assert_eq!(memory.get(&home.path("other.d"), "reasoning"), Some("off"));
    assert_eq!(memory.get(&home.path("other.d"), "else"), None);
}

#[test]
fn memory_shrugs_at_garbage() {
    for garbage in ["\0\0\0", "not toml", "\"/p\" = 3\n", "[[\"/p\"]]\nreasoning = 1\n"] {
        let home = Home::new().file(".local/state/glm-tui/projects.toml", garbage);
        let paths = home.paths();
        let mut memory = Memory::read(&paths);
        assert_eq!(memory.get("/p".as_ref(), "reasoning"), None);
        memory.set(&paths, "/p".as_ref(), "reasoning", "open").unwrap();
        assert_eq!(Memory::read(&paths).get("/p".as_ref(), "reasoning"), Some("open"), "{garbage:?}");
    }
}

#[test]
fn memory_is_bounded() {
    let old: Vec<String> = (0..400).map(|n| format!("[\"/p{n}\"]\nreasoning = \"open\"\n")).collect();
    let old = old.concat();
    let home = Home::new().file(".local/state/glm-tui/projects.toml", old);
    let paths = home.paths();
    Memory::read(&paths).set(&paths, "/new".as_ref(), "reasoning", "off").unwrap();
    let memory = Memory::read(&paths);
    assert_eq!(memory.get("/new".as_ref(), "reasoning"), Some("off"));
    assert_eq!(memory.get("/p0".as_ref(), "reasoning"), None);
    assert_eq!(memory.get("/p1".as_ref(), "reasoning"), Some("open"));
}
