//! The settings of permissions: who may tighten and who may loosen, and rules that are added to a file.

use glm_tui::{
    chat::PermissionMode,
    config::{Layer, Permissions, SandboxWish, add_rules},
};

use super::{Home, lines};

const CONFIG: &str = ".config/glm-tui/config.toml";

#[test]
fn the_persons_own_file_sets_everything() {
    let file = "[permissions]\nmode = \"edits\"\nallow = [\"Bash(make *)\"]\nask = \"Bash(git push *)\"\ndeny = [\"Read(.env)\"]\n\
        sandbox = \"require\"\nnetwork = true\nweb = true\n";
    let (loaded, problems) = Home::new().config(file).load();
    assert_eq!(lines(&problems), [""; 0]);
    let want = Permissions {
        mode: PermissionMode::Edits,
        allow: vec!["Bash(make *)".into()],
        ask: vec!["Bash(git push *)".into()],
        deny: vec!["Read(.env)".into()],
        sandbox: SandboxWish::Require,
        network: true,
        web: true,
    };
    assert_eq!(loaded.config.permissions, want);
}

#[test]
fn the_defaults_are_cautious() {
    assert_eq!(Home::new().load().0.config.permissions, Permissions::default());
}

#[test]
fn a_project_adds_refusals_and_never_takes_one_away() {
    let own = "[permissions]\nask = [\"Bash(a)\"]\ndeny = [\"Bash(b)\", \"Bash(c)\"]\n";
    let project = "[permissions]\nask = []\ndeny = [\"Bash(c)\", \"Bash(d)\"]\n";
    let (loaded, problems) = Home::new().config(own).project_config(project).load();
    assert_eq!(lines(&problems), [""; 0]);
    assert_eq!(loaded.config.permissions.ask, ["Bash(a)"]);
    assert_eq!(loaded.config.permissions.deny, ["Bash(b)", "Bash(c)", "Bash(d)"]);
    assert_eq!(loaded.effective.setting("permissions.deny").unwrap().layer, Layer::Project);
}

#[test]
fn a_project_only_tightens_the_mode() {
    use PermissionMode::{Ask, Edits, Plan, Yolo};
    let cases = [
        (Yolo, "ask", Ask),
        (Yolo, "plan", Plan),
        (Yolo, "edits", Yolo),
        (Edits, "ask", Ask),
        (Edits, "yolo", Edits),
        (Ask, "plan", Plan),
        (Ask, "edits", Ask),
        (Plan, "ask", Plan),
        (Plan, "yolo", Plan),
    ];
    for (own, project, want) in cases {
        let home = Home::new()
            .config(format!("permissions.mode = \"{}\"\n", own.as_str()))
            .project_config(format!("permissions.mode = \"{project}\"\n"));
        let (loaded, problems) = home.load();
        assert_eq!(loaded.config.permissions.mode, want, "{own:?} {project}");
        let ignored = lines(&problems).iter().filter(|line| line.contains("a project may only tighten it")).count();
        assert_eq!(ignored, usize::from(want.as_str() != project), "{own:?} {project}");
        assert_eq!(problems.len(), ignored);
    }
}

#[test]
fn a_project_cannot_loosen() {
    for text in ["allow = [\"Bash\"]", "sandbox = \"off\"", "network = true", "web = true"] {
        let (loaded, problems) = Home::new().project_config(format!("[permissions]\n{text}\n")).load();
        assert_eq!(loaded.config.permissions, Permissions::default(), "{text}");
        assert!(lines(&problems)[0].contains("a project cannot set permissions."), "{:?}", lines(&problems));
    }
}

#[test]
fn flags_set_the_mode_and_add_rules() {
    let mut home = Home::new()
        .config("[permissions]\nallow = [\"Bash(a)\"]\ndeny = [\"Bash(b)\"]\nmode = \"ask\"\n")
        .project_config("[permissions]\nmode = \"plan\"\ndeny = [\"Bash(p)\"]\n");
    home.flags.mode = Some(PermissionMode::Edits);
    home.flags.sandbox = Some(SandboxWish::Off);
    home.flags.allow = vec!["Bash(c, d)".into(), "Edit(src/**)".into()];
    home.flags.deny = vec!["Bash(e)".into()];
    let (loaded, problems) = home.load();
    assert_eq!(lines(&problems), [""; 0]);
    let permissions = &loaded.config.permissions;
    assert_eq!((permissions.mode, permissions.sandbox), (PermissionMode::Edits, SandboxWish::Off));
    assert_eq!(permissions.allow, ["Bash(a)", "Bash(c, d)", "Edit(src/**)"]);
    assert_eq!(permissions.deny, ["Bash(b)", "Bash(p)", "Bash(e)"]);
    home.flags.deny = vec!["a\nb".into()];
    assert!(lines(&home.load().1)[0].starts_with("--disallowed-tools: permissions.deny: expected a list of rules"));
}

#[test]
fn safe_mode_reads_no_permissions() {
    let mut home =
        Home::new().config("permissions.mode = \"yolo\"\n").project_config("permissions.deny = [\"Bash\"]\n");
    home.flags.safe_mode = true;
    assert_eq!(home.load().0.config.permissions, Permissions::default());
}

#[test]
fn rules_are_added_with_comments_kept() {
    let cases = [
        ("", "[permissions]\nallow = [\"Bash(x *)\", \"Edit(a/**)\"]\n"),
        (
            "# mine\n[permissions]\nmode = \"ask\" # why\nallow = [\"Bash(a)\"] # these\n",
            "# mine\n[permissions]\nmode = \"ask\" # why\nallow = [\"Bash(a)\", \"Bash(x *)\", \"Edit(a/**)\"] # these\n",
        ),
        (
            "[permissions]\nallow = [\n  # the build\n  \"Bash(a)\", # often\n]\n",
            "[permissions]\nallow = [\n  # the build\n  \"Bash(a)\", # often\n  \"Bash(x *)\",\n  \"Edit(a/**)\",\n]\n",
        ),
        ("permissions.allow = \"Bash(a)\"\n", "permissions.allow = [\"Bash(a)\", \"Bash(x *)\", \"Edit(a/**)\"]\n"),
        ("permissions.allow = [\"Edit(a/**)\"]\n", "permissions.allow = [\"Edit(a/**)\", \"Bash(x *)\"]\n"),
    ];
    for (before, after) in cases {
        let home = Home::new().config(before);
        add_rules(&home.paths(), "Bash(x *) + Edit(a/**)").unwrap();
        assert_eq!(home.read(CONFIG), after, "{before:?}");
        let (loaded, problems) = home.load();
        assert_eq!(lines(&problems), [""; 0], "{before:?}");
        assert!(loaded.config.permissions.allow.contains(&"Bash(x *)".into()));
        // A second time nothing is added.
        add_rules(&home.paths(), "Bash(x *) + Edit(a/**)").unwrap();
        assert_eq!(home.read(CONFIG), after, "{before:?}");
    }
}

#[test]
fn what_is_no_list_of_rules_is_left_alone() {
    for before in ["permissions.allow = 3\n", "permissions = 3\n", "broken", "[permissions]\nallow = { a = 1 }\n"] {
        let home = Home::new().config(before);
        assert!(add_rules(&home.paths(), "Bash(x)").is_err(), "{before}");
        assert_eq!(home.read(CONFIG), before);
    }
    let home = Home::new();
    assert!(add_rules(&home.paths(), "Bash(a\u{7}b)").is_err());
    assert!(!home.path(CONFIG).exists());
}
