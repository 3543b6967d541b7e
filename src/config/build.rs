//! From the settings in force to the typed [`Config`]. Does no I/O.

use std::time::Duration;

use super::{
    catalogue::Catalogue,
    document::problem,
    layer::{Effective, Layer},
    resolve::QuotaAddress,
    schema,
    settings::{
        Composer, Config, Gauge, GaugeShow, Glyphs, Limits, Motion, MouseMode, Permissions, ReasoningPane, SandboxWish,
        Sessions, ThemeName, Ui,
    },
};
use crate::chat::{Effort, ModelId, PermissionMode, Problem};

/// Builds the typed settings; the endpoint is still open.
pub(super) fn config(effective: &Effective, catalogue: Catalogue, no_color: bool) -> Config {
    Config {
        endpoint: None,
        model: ModelId::from(effective.text("model")),
        ring: effective.list("ring").iter().map(|id| ModelId::from(id.as_str())).collect(),
        thinking: effective.switch("thinking"),
        effort: effort(effective.text("effort")),
        limits: limits(effective),
        ui: ui(effective, no_color),
        gauge: Gauge { show: if effective.text("gauge.show") == "left" { GaugeShow::Left } else { GaugeShow::Used } },
        composer: Composer {
            chip_lines: to_usize(effective.count("composer.chip_lines")),
            chip_chars: to_usize(effective.count("composer.chip_chars")),
        },
        keys: effective.keys().clone(),
        omit_fields: effective.list("omit_fields").to_vec(),
        catalogue,
        permissions: permissions(effective),
        sessions: Sessions {
            keep_days: u32::try_from(effective.count("sessions.keep_days")).unwrap_or(u32::MAX),
            max_bytes: effective.count("sessions.max_bytes"),
        },
    }
}

fn permissions(effective: &Effective) -> Permissions {
    Permissions {
        mode: PermissionMode::named(effective.text("permissions.mode")).unwrap_or_default(),
        allow: effective.list("permissions.allow").to_vec(),
        ask: effective.list("permissions.ask").to_vec(),
        deny: effective.list("permissions.deny").to_vec(),
        sandbox: SandboxWish::named(effective.text("permissions.sandbox")).unwrap_or_default(),
        network: effective.switch("permissions.network"),
        web: effective.switch("permissions.web"),
    }
}

/// Settings that contradict each other go back to their defaults.
pub(super) fn settle(effective: &mut Effective) -> Vec<Problem> {
    const QUIET: [&str; 3] =
        ["limits.quiet_notice_seconds", "limits.quiet_offer_seconds", "limits.quiet_abort_seconds"];
    let mut problems = Vec::new();
    let waits = QUIET.map(|key| effective.count(key));
    if !waits.is_sorted() {
        for key in QUIET {
            effective.reset(key);
        }
        problems.push(
            problem(format!(
                "limits: quiet_notice, quiet_offer and quiet_abort must not fall ({}, {}, {}); the defaults stand",
                waits[0], waits[1], waits[2]
            ))
            .hint("give them in rising order"),
        );
    }
    // An endpoint named for this run (`--endpoint`) does not go to an address that a file wrote for
    // another one; an address named for this run (a test server) stays with any endpoint.
    let chosen = effective.layer("endpoint");
    if effective.text("endpoint") != "custom" {
        for key in ["base_url", "quota_url"] {
            if effective.layer(key) < chosen && effective.layer(key) < Layer::Environment {
                effective.reset(key);
            }
        }
    }
    problems
}

/// Where the quota is asked.
pub(super) fn quota_address(effective: &Effective) -> QuotaAddress {
    match effective.text("quota_url") {
        "" | "auto" => QuotaAddress::Auto,
        "off" => QuotaAddress::Off,
        address => QuotaAddress::At(address.to_owned()),
    }
}

/// The theme's name as a setting.
fn theme(word: &str) -> ThemeName {
    if word == "auto" { ThemeName::Auto } else { ThemeName::Named(word.to_owned()) }
}

fn effort(word: &str) -> Option<Effort> {
    Effort::ALL.into_iter().find(|effort| effort.as_str() == word)
}

fn limits(effective: &Effective) -> Limits {
    let seconds = |key: &str| Duration::from_secs(effective.count(key));
    let max_output = effective.count("limits.max_output");
    Limits {
        connect: seconds("limits.connect_seconds"),
        quiet_notice: seconds("limits.quiet_notice_seconds"),
        quiet_offer: seconds("limits.quiet_offer_seconds"),
        quiet_abort: seconds("limits.quiet_abort_seconds"),
        tries: u32::try_from(effective.count("limits.tries")).unwrap_or(u32::MAX),
        max_output: (max_output > 0).then_some(max_output),
    }
}

fn ui(effective: &Effective, no_color: bool) -> Ui {
    let theme = theme(effective.text("ui.theme"));
    Ui {
        motion: match effective.text("ui.motion") {
            "none" => Motion::None,
            "reduced" => Motion::Reduced,
            _ => Motion::Full,
        },
        glyphs: match effective.text("ui.glyphs") {
            "unicode" => Glyphs::Unicode,
            "ascii" => Glyphs::Ascii,
            _ => Glyphs::Auto,
        },
        mouse: match effective.text("ui.mouse") {
            "off" => MouseMode::Off,
            "wheel" => MouseMode::Wheel,
            _ => MouseMode::Full,
        },
        reasoning: match effective.text("ui.reasoning") {
            "open" => ReasoningPane::Open,
            "closed" => ReasoningPane::Closed,
            "off" => ReasoningPane::Off,
            _ => ReasoningPane::Auto,
        },
        no_color: no_color || theme == ThemeName::Named("mono".into()),
        theme,
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The endpoint that was named, unless it is left to the key.
pub(super) fn endpoint_word(effective: &Effective) -> Option<&str> {
    Some(effective.text("endpoint")).filter(|word| schema::ENDPOINTS.contains(word) && *word != "auto")
}
