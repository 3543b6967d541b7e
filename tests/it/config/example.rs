//! `config.example.toml` lists every setting with its default, and nothing else.

use glm_tui::{
    chat::ModelId,
    config::{Composer, FREE_TABLES, Gauge, KNOWN, Limits, Sessions, Ui},
};

use super::{Home, lines};

const EXAMPLE: &str = include_str!("../../../config.example.toml");

#[test]
fn it_loads_without_a_warning_and_equals_the_defaults() {
    let (loaded, problems) = Home::new().config(EXAMPLE).load();
    assert_eq!(lines(&problems), [""; 0]);
    assert_eq!(loaded.config, Home::new().load().0.config);
    for known in KNOWN {
        let setting = loaded.effective.setting(known.key).unwrap();
        assert_ne!(setting.place, "default", "{} is missing in config.example.toml", known.key);
    }
}

#[test]
fn every_setting_has_its_comment() {
    for known in KNOWN {
        let name = known.key.rsplit('.').next().unwrap();
        let lines = format!("# {}\n{name} = {}\n", known.about, known.default);
        assert!(EXAMPLE.contains(&lines), "config.example.toml should hold\n{lines}");
    }
    for table in FREE_TABLES {
        assert!(EXAMPLE.contains(&format!("[{table}")), "config.example.toml should show [{table}]");
    }
}

/// What is commented out as an example is right, too.
#[test]
fn its_commented_tables_load() {
    let start = EXAMPLE.find("[keys]").unwrap();
    let tables: String = EXAMPLE[start..]
        .lines()
        .map(|line| {
            line.strip_prefix("# ").filter(|rest| rest.starts_with('[') || rest.contains(" = ")).unwrap_or(line)
        })
        .fold(String::new(), |text, line| text + line + "\n");
    let mut home = Home::new().config(&tables);
    home.flags.profile = Some("night".into());
    let (loaded, problems) = home.load();
    assert_eq!(lines(&problems), [""; 0], "{tables}");
    assert_eq!(loaded.config.model.as_str(), "glm-5.3-flash");
    assert_eq!(loaded.config.keys["next-model"], ["f2", "ctrl-x ."]);
    let next = loaded.config.catalogue.spec(&"glm-next".into());
    assert_eq!(next.context, Some(1_048_576));
}

#[test]
fn the_table_agrees_with_the_types() {
    let (loaded, problems) = Home::new().load();
    assert_eq!(lines(&problems), [""; 0]);
    let config = loaded.config;
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.ui, Ui::default());
    assert_eq!(config.gauge, Gauge::default());
    assert_eq!(config.composer, Composer::default());
    assert_eq!(config.sessions, Sessions::default());
    assert_eq!(config.ring, ["glm-4.7", "glm-5", "glm-5.3", "glm-5.3-flash"].map(ModelId::from));
    assert_eq!(config.model, ModelId::from("glm-5.3"));
    assert!(config.thinking && config.effort.is_none() && config.endpoint.is_none());
}
