//! What the model is told in every call: small, the same bytes, nothing of this machine.

use glm_tui::agent::prompt::{Surroundings, opening};

use super::Desk;

const SYSTEM: &str = include_str!("../../../assets/prompts/system.md");

/// Bytes a token in prompts and schemas (measured on recordings: 3.6 to 4.4).
const BYTES_A_TOKEN: usize = 4;

fn all() -> Desk {
    let mut desk = Desk::new();
    desk.options.web = true;
    desk
}

#[test]
fn the_specs_of_all_tools() {
    let specs = all().toolbox().specs();
    let mut text = String::new();
    for spec in specs.iter() {
        text.extend([&spec.name, ": ", &spec.description, "\n", &spec.parameters, "\n\n"]);
        let schema: serde_json::Value = serde_json::from_str(&spec.parameters).unwrap();
        assert_eq!((schema["type"].as_str(), schema["additionalProperties"].as_bool()), (Some("object"), Some(false)));
        for noise in ["$schema", "$defs", "$ref", "\"title\"", "\"format\"", "null", "anyOf", "oneOf", "\\n"] {
            assert!(!spec.parameters.contains(noise), "{}: {noise}", spec.name);
        }
    }
    insta::assert_snapshot!(text.trim_end());
}

#[test]
fn prompt_and_tools_stay_small() {
    let tools: usize =
        all().toolbox().specs().iter().map(|s| s.name.len() + s.description.len() + s.parameters.len()).sum();
    assert!(SYSTEM.len() / BYTES_A_TOKEN <= 900, "system prompt: {} bytes", SYSTEM.len());
    assert!(tools / BYTES_A_TOKEN <= 2500, "tools: {tools} bytes");
}

#[test]
fn the_prefix_is_the_same_everywhere() {
    let (one, other) = (all(), all());
    assert_ne!(one.root(), other.root());
    assert_eq!(one.toolbox().specs(), other.toolbox().specs());
    let folder = one.root().display().to_string();
    assert!(!SYSTEM.contains("{{") && !SYSTEM.contains(&folder));
    let around = Surroundings { folder: folder.clone(), ..Surroundings::default() };
    assert!(opening(&around).contains(&folder), "what differs is told in the first message");
}

#[test]
fn the_prompt_names_only_tools_that_exist() {
    let specs = all().toolbox().specs();
    for name in ["exit_plan", "todo", "grep", "glob"] {
        assert!(SYSTEM.contains(name) && specs.iter().any(|spec| spec.name == name), "{name}");
    }
}
