//! The built-in models and what a user lays over them.

use glm_tui::{
    chat::{Effort, ModelId},
    config::{Catalogue, ThinkingControl},
    quota::Factors,
};

use super::{Home, lines};

#[test]
fn the_built_in_data_is_read_whole() {
    let mut catalogue = Catalogue::default();
    let problems = catalogue.merge("models.toml", include_str!("../../../assets/models.toml"));
    assert_eq!(lines(&problems), [""; 0]);
    assert_eq!(catalogue, Catalogue::builtin());
    assert_eq!(catalogue.models.len(), 13);
    assert_eq!(catalogue.dated.len(), "yyyy-mm-dd".len());

    let spec = catalogue.spec(&"glm-5.3".into());
    assert_eq!((spec.context, spec.max_output), (Some(1_048_576), Some(131_072)));
    assert_eq!((spec.thinking, spec.vision), (ThinkingControl::Always, false));
    assert_eq!(spec.efforts, Effort::ALL);
    assert_eq!(spec.factors, Some(Factors { input: 6.9, cached: 1.7, output: 24.0 }));
    let spec = catalogue.spec(&"glm-4.7".into());
    assert_eq!((spec.thinking, spec.efforts.len()), (ThinkingControl::Toggle, 0));
    assert_eq!(spec.served_by, Some("glm-5.3-flash".into()));
    let peak = catalogue.peak.as_ref().unwrap();
    assert_eq!((peak.from_hour, peak.to_hour, peak.utc_offset_hours), (14, 18, 8));
    assert_eq!(peak.weekdays, [1, 2, 3, 4, 5]);
    assert!((peak.off_peak_factor - 0.5).abs() < f64::EPSILON);
    assert!((catalogue.allowance("Pro").unwrap().week - 60_000.0).abs() < f64::EPSILON);
}

/// A slip in the data would be a wrong price on the screen.
#[test]
fn the_built_in_data_is_plausible() {
    let catalogue = Catalogue::builtin();
    for model in &catalogue.models {
        let id = &model.id;
        if let (Some(context), Some(output)) = (model.context, model.max_output) {
            assert!(output < context, "{id}");
        }
        if let Some(f) = model.factors {
            assert!(f.cached < f.input && f.input < f.output, "{id}");
        }
        if let Some(p) = model.price {
            assert!(p.cached <= p.input && p.input < p.output, "{id}");
        }
        if let Some(served_by) = &model.served_by {
            assert!(catalogue.models.iter().any(|m| m.id == *served_by), "{id}");
        }
        assert_eq!(catalogue.models.iter().filter(|m| m.id == *id).count(), 1, "{id}");
    }
}

#[test]
fn a_user_overrides_field_by_field_and_adds_models() {
    let text = "[[models]]\nid = \"glm-5.3\"\nusd = { input = 2.0, cached = 0.5, output = 9.0 }\n\
        [[models]]\nid = \"my-glm\"\ncontext = 32768\n[[models]]\nid = \"glm-4.7\"\nserved_by = \"\"\n\
        [peak]\nweekdays = [6]\nfrom_hour = 0\nto_hour = 24\nutc_offset_hours = 0\noff_peak_factor = 0.25\n\
        [[plans]]\nname = \"Pro\"\nfive_hour = 1\nweek = 2\n";
    let (loaded, problems) = Home::new().config(text).load();
    assert_eq!(lines(&problems), [""; 0]);
    let catalogue = loaded.config.catalogue;
    let spec = catalogue.spec(&"glm-5.3".into());
    assert_eq!((spec.context, spec.price.unwrap().output), (Some(1_048_576), 9.0));
    assert_eq!(catalogue.spec(&"my-glm".into()).context, Some(32_768));
    assert_eq!(catalogue.spec(&"glm-4.7".into()).served_by, None);
    assert_eq!(catalogue.peak.unwrap().weekdays, [6]);
    assert_eq!(catalogue.plans.len(), 3);
}

#[test]
fn wrong_entries_are_named_and_left_out() {
    let cases = [
        ("[[models]]\nid = \"x\"\ncontxt = 1\n", ":3: unknown field `contxt`"),
        ("[[models]]\ncontext = 1\n", "missing field `id`"),
        ("[[models]]\nid = \"x\"\ncontext = -1\n", ":3: "),
        ("[[models]]\nid = \"x\"\nthinking = \"maybe\"\n", ":3: unknown variant `maybe`"),
        ("[[models]]\nid = \"\"\n", "empty id"),
        ("[[models]]\nid = \"x\"\nusd = { input = -1.0, cached = 0.0, output = 1.0 }\n", "impossible price"),
        ("[[models]]\nid = \"x\"\nusd = { input = nan, cached = 0.0, output = 1.0 }\n", "impossible price"),
        ("[models]\nid = \"x\"\n", ":1: expected [[models]]"),
        (
            "[peak]\nweekdays = [9]\nfrom_hour = 0\nto_hour = 24\nutc_offset_hours = 0\noff_peak_factor = 1.0\n",
            "make no sense",
        ),
        ("[peak]\nfrom_hour = 0\n", "missing field"),
        ("[[plans]]\nname = \"pro\"\n", "missing field"),
    ];
    for (text, what) in cases {
        let (loaded, problems) = Home::new().config(text).load();
        let said = lines(&problems);
        assert!(said.len() == 1 && said[0].contains(what), "{text}: {said:?}");
        assert_eq!(loaded.config.catalogue, Catalogue::builtin(), "{text}");
    }
}

#[test]
fn uniting_adds_and_never_drops() {
    let mut catalogue = Catalogue::builtin();
    let before = catalogue.models.clone();
    catalogue.unite(&["glm-6", "glm-5", "glm-6"].map(ModelId::from));
    assert_eq!(catalogue.models[..before.len()], before[..]);
    assert_eq!(catalogue.models.len(), before.len() + 1);
    assert_eq!(catalogue.spec(&"glm-6".into()).thinking, ThinkingControl::Unknown);
}
