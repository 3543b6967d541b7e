//! Which source wins, and what a project may not touch.

use glm_tui::{
    chat::{Effort, ModelId},
    config::{Layer, MouseMode, Preset, ThemeName, print},
};

use super::{Home, lines};

/// Adds the sources one by one, weakest first; each must win over all before it.
#[test]
fn a_later_layer_wins() {
    let file = "model = \"file\"\n[profile.work]\nmodel = \"profile\"\n";
    let mut home = Home::new();
    let expect = |home: &Home, model: &str, layer: Layer, place: &str| {
        let (loaded, problems) = home.load();
        assert_eq!(lines(&problems), [""; 0]);
        assert_eq!(loaded.config.model.as_str(), model);
        let setting = loaded.effective.setting("model").unwrap();
        assert_eq!((setting.layer, setting.place.as_str()), (layer, place));
    };
    expect(&home, "glm-5.3", Layer::Default, "default");
    home = home.config(file);
    expect(&home, "file", Layer::File, "~/.config/glm-tui/config.toml:1");
    home.flags.profile = Some("work".into());
    expect(&home, "profile", Layer::Profile, "~/.config/glm-tui/config.toml:3");
    home = home.project_config("\nmodel = \"project\"\n");
    expect(&home, "project", Layer::Project, "~/project/.glm-tui/config.toml:2");
    home = home.var("GLM_TUI_MODEL", "environment");
    expect(&home, "environment", Layer::Environment, "GLM_TUI_MODEL");
    home.flags.overrides = vec!["model=override".into()];
    expect(&home, "override", Layer::Override, "--config");
    home.flags.model = Some("flag".into());
    expect(&home, "flag", Layer::Flag, "--model");
}

#[test]
fn a_refused_value_leaves_the_layer_below_in_force() {
    let mut home = Home::new().config("effort = \"low\"\n");
    home.flags.overrides = vec!["effort=enormous".into(), "ui.them=x".into(), "nonsense".into()];
    let (loaded, problems) = home.load();
    assert_eq!(loaded.config.effort, Some(Effort::Low));
    assert_eq!(
        lines(&problems),
        [
            "--config: effort: expected one of \"default\", \"low\", \"high\", \"max\" | ",
            "--config: there is no setting ui.them | did you mean ui.theme?",
            "--config nonsense: it holds no = | write --config KEY=VALUE",
        ]
    );
}

#[test]
fn words_of_the_command_line_are_read_like_toml_or_plain() {
    let mut home = Home::new();
    home.flags.overrides = [
        "ring=glm-5, glm-4.7,glm-5",
        "omit_fields=[\"tool_stream\"]",
        "thinking=off",
        "limits.tries=3",
        "ui.theme=\"light\"",
        "keys.next-model=f5,ctrl-x n",
    ]
    .map(String::from)
    .into();
    home.flags.no_mouse = true;
    let (loaded, problems) = home.load();
    assert_eq!(lines(&problems), [""; 0]);
    let config = loaded.config;
    assert_eq!(config.ring, ["glm-5", "glm-4.7"].map(ModelId::from));
    assert_eq!(config.omit_fields, ["tool_stream"]);
    assert!(!config.thinking);
    assert_eq!(config.limits.tries, 3);
    assert_eq!(config.ui.theme, ThemeName::Named("light".into()));
    assert_eq!(config.ui.mouse, MouseMode::Off);
    assert_eq!(config.keys["next-model"], ["f5", "ctrl-x n"]);
}

#[test]
fn a_project_sets_harmless_keys_only() {
    let harmless = "model = \"glm-5\"\neffort = \"low\"\nring = [\"glm-5\"]\nthinking = false\n\
        [ui]\ntheme = \"light\"\n[gauge]\nshow = \"left\"\n[composer]\nchip_lines = 3\n";
    let (loaded, problems) = Home::new().project_config(harmless).load();
    assert_eq!(lines(&problems), [""; 0]);
    assert_eq!(loaded.config.model.as_str(), "glm-5");
    assert_eq!(loaded.config.composer.chip_lines, 3);

    let harmful = [
        "endpoint = \"custom\"",
        "base_url = \"https://evil.example/v1\"",
        "quota_url = \"https://evil.example\"",
        "omit_fields = [\"x\"]",
        "limits.tries = 100",
        "keys.quit = \"f1\"",
        "[profile.x]\nmodel = \"y\"",
        "[[models]]\nid = \"glm-5.3\"\ncontext = 1",
        "[peak]\nfrom_hour = 1",
    ];
    let default = Home::new().load().0.config;
    for text in harmful {
        let (loaded, problems) = Home::new().project_config(text).load();
        let said = lines(&problems);
        assert_eq!(said.len(), 1, "{text}: {said:?}");
        assert!(said[0].starts_with("~/project/.glm-tui/config.toml:1: a project cannot set "), "{said:?}");
        assert_eq!(loaded.config, default, "{text}");
    }
}

#[test]
fn a_profile_that_is_missing_is_named() {
    for home in [Home::new(), Home::new().config("[profile.day]\nmodel = \"x\"\n")] {
        let mut home = home;
        home.flags.profile = Some("night".into());
        let (loaded, problems) = home.load();
        assert!(lines(&problems)[0].contains("has no profile night"), "{:?}", lines(&problems));
        assert_eq!(loaded.config.model.as_str(), "glm-5.3");
    }
}

#[test]
fn no_color_wins_over_any_theme() {
    for (value, expected) in [("1", true), ("", false)] {
        let (loaded, _) = Home::new().config("ui.theme = \"dark\"").var("NO_COLOR", value).load();
        assert_eq!(loaded.config.ui.no_color, expected);
    }
    assert!(Home::new().config("ui.theme = \"mono\"").load().0.config.ui.no_color);
}

/// An address in a file belongs to the endpoint of that file; one given for this run to any.
#[test]
fn an_endpoint_for_this_run_drops_the_address_of_the_file() {
    let file = "endpoint = \"custom\"\nbase_url = \"https://gateway.example/v1\"\n";
    let mut home = Home::new().config(file).var("ZAI_API_KEY", "0123456789abcdef");
    let endpoint = home.load().0.config.endpoint.unwrap();
    assert_eq!((endpoint.preset, endpoint.key), (Preset::Custom, None));
    home.flags.endpoint = Some(Preset::CodingIntl);
    let endpoint = home.load().0.config.endpoint.unwrap();
    assert_eq!(endpoint.base_url, "https://api.z.ai/api/coding/paas/v4");
    home = home.var("GLM_TUI_BASE_URL", "http://127.0.0.1:9/api/coding/paas/v4");
    let endpoint = home.load().0.config.endpoint.unwrap();
    assert_eq!((endpoint.preset, endpoint.key), (Preset::CodingIntl, None));
    assert_eq!(endpoint.base_url, "http://127.0.0.1:9/api/coding/paas/v4");
    assert_eq!(endpoint.quota_url.as_deref(), Some("http://127.0.0.1:9"));
}

#[test]
fn print_shows_sources_and_no_secret() {
    let home = Home::new()
        .config("[ui]\ntheme = \"light\"\n[keys]\nquit = \"f10\"\n")
        .var("ZAI_API_KEY", "canary-7f3a-secret-0000")
        .var("GLM_TUI_BASE_URL", "https://me:canary-password@api.z.ai/");
    let (loaded, problems) = home.load();
    let printed = print(&loaded);
    assert!(printed.contains("theme = \"light\" # ~/.config/glm-tui/config.toml:2\n"), "{printed}");
    assert!(printed.contains("model = \"glm-5.3\" # default\n"));
    assert!(printed.contains("quit = [\"f10\"]"));
    assert!(!printed.contains("canary"), "{printed}");
    assert!(!format!("{problems:?}{loaded:?}").contains("canary-7f3a"));
    assert!(!format!("{problems:?}").contains("canary-password"));
    // It is itself a settings file.
    let again = Home::new().config(&printed).load();
    assert_eq!(again.0.config.ui, loaded.config.ui);
    assert_eq!(again.0.config.keys, loaded.config.keys);
}
