//! The table of all settings: name, shape, default, where it may come from, what it does.
//!
//! The check for unknown keys, the defaults, `config print` and the test of `config.example.toml`
//! all read this table, so none of them can miss a setting.

use super::value::Kind;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// The dotted name, for instance `ui.theme`.
    pub key: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// The default as TOML.
    pub default: &'static str,
    /// The environment variable that mirrors it.
    pub env: Option<&'static str>,
    /// A project's own file may set it: it can neither send anything elsewhere nor loosen anything.
    pub in_project: bool,
    /// What it does, in one line.
    pub about: &'static str,
}

const fn setting(key: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Known {
    Known { key, kind, default, env: None, in_project: false, about }
}

impl Known {
    const fn env(mut self, name: &'static str) -> Self {
        self.env = Some(name);
        self
    }

    const fn in_project(mut self) -> Self {
        self.in_project = true;
        self
    }
}

/// The words of `endpoint`.
pub(super) const ENDPOINTS: &[&str] = &["auto", "coding-intl", "coding-cn", "metered-intl", "metered-cn", "custom"];

/// All settings, in the order of `config.example.toml`: those without a table first.
pub const KNOWN: &[Known] = &[
    setting("model", Kind::Model, "\"glm-5.3\"", "the model of the first call; any id may be written")
        .env("GLM_TUI_MODEL")
        .in_project(),
    setting(
        "ring",
        Kind::Models,
        "[\"glm-4.7\", \"glm-5\", \"glm-5.3\", \"glm-5.3-flash\"]",
        "the models that F2 cycles, in order",
    )
    .in_project(),
    setting("thinking", Kind::Switch, "true", "ask models to think, where that can be switched").in_project(),
    setting(
        "effort",
        Kind::Word(&["default", "low", "high", "max"]),
        "\"default\"",
        "how hard a model with grades of reasoning thinks: default, low, high, max",
    )
    .in_project(),
    setting(
        "endpoint",
        Kind::Word(ENDPOINTS),
        "\"auto\"",
        "where requests go: auto (by the key that is found), coding-intl, coding-cn, metered-intl, metered-cn, custom",
    )
    .env("GLM_TUI_ENDPOINT"),
    setting("base_url", Kind::Text, "\"\"", "another address for the model calls; empty = the endpoint's own")
        .env("GLM_TUI_BASE_URL"),
    setting("quota_url", Kind::Text, "\"auto\"", "the quota host: auto (the endpoint's own), off, or an address")
        .env("GLM_TUI_QUOTA_URL"),
    setting("omit_fields", Kind::Names, "[]", "request fields that the address refuses and that are left out"),
    setting("limits.connect_seconds", Kind::Count(1, 600), "10", "a connection must stand within this time"),
    setting("limits.quiet_notice_seconds", Kind::Count(1, 3600), "20", "silence after which it is said"),
    setting("limits.quiet_offer_seconds", Kind::Count(1, 3600), "60", "silence after which a retry is offered"),
    setting("limits.quiet_abort_seconds", Kind::Count(1, 7200), "600", "silence after which the call is repeated"),
    setting("limits.tries", Kind::Count(1, 100), "8", "tries of one model call, over all causes"),
    setting(
        "limits.max_output",
        Kind::Count(0, 10_000_000),
        "0",
        "tokens of one reply at most; 0 = the model's maximum",
    ),
    setting(
        "ui.theme",
        Kind::Name,
        "\"auto\"",
        "auto, dark, light, ansi, mono, high-contrast, or a file in the themes folder",
    )
    .in_project(),
    setting(
        "ui.motion",
        Kind::Word(&["full", "reduced", "none"]),
        "\"full\"",
        "how much may move: full, reduced, none",
    )
    .in_project(),
    setting(
        "ui.glyphs",
        Kind::Word(&["auto", "unicode", "ascii"]),
        "\"auto\"",
        "which glyphs decorate: auto, unicode, ascii",
    )
    .in_project(),
    setting("ui.mouse", Kind::Word(&["full", "wheel", "off"]), "\"full\"", "what the mouse does: full, wheel, off")
        .in_project(),
    setting(
        "ui.reasoning",
        Kind::Word(&["auto", "open", "closed", "off"]),
        "\"auto\"",
        "the reasoning pane: auto (open while the model thinks), open, closed, off",
    )
    .in_project(),
    setting("gauge.show", Kind::Word(&["used", "left"]), "\"used\"", "what the gauge's figure means: used, left")
        .in_project(),
    setting("composer.chip_lines", Kind::Count(1, 1_000_000), "10", "a paste of this many lines becomes a chip")
        .in_project(),
    setting(
        "composer.chip_chars",
        Kind::Count(1, 100_000_000),
        "1000",
        "a paste of this many characters becomes a chip",
    )
    .in_project(),
    setting(
        "permissions.mode",
        Kind::Word(&["ask", "edits", "plan", "yolo"]),
        "\"ask\"",
        "how much is done unasked: ask, edits, plan, yolo (a project may only tighten it)",
    )
    .in_project(),
    setting(
        "permissions.allow",
        Kind::Rules,
        "[]",
        "done unasked, for instance [\"Bash(npm run *)\"]; docs/PERMISSIONS.md describes rules",
    ),
    setting("permissions.ask", Kind::Rules, "[]", "asked for, whatever allows it (a project may add to it)")
        .in_project(),
    setting("permissions.deny", Kind::Rules, "[]", "refused, whatever allows it (a project may add to it)")
        .in_project(),
    setting(
        "permissions.sandbox",
        Kind::Word(&["auto", "require", "off"]),
        "\"auto\"",
        "what keeps commands in: auto (the strongest there is), require (nothing less than full), off",
    ),
    setting("permissions.network", Kind::Switch, "false", "commands in the sandbox may use the network"),
    setting(
        "permissions.web",
        Kind::Switch,
        "false",
        "pages may be fetched; each address is asked for unless a rule allows it",
    ),
    setting(
        "sessions.keep_days",
        Kind::Count(0, 100_000),
        "90",
        "copies of files (for undo) of conversations not used for this many days go; what was said stays",
    ),
    setting(
        "sessions.max_bytes",
        Kind::Count(0, 1_000_000_000_000_000),
        "1073741824",
        "copies of files of all conversations together take at most this; the oldest go first",
    ),
];

/// Tables whose content is the user's own: key bindings, profiles, models, peak hours, plans.
pub const FREE_TABLES: [&str; 5] = ["keys", "profile", "models", "peak", "plans"];

/// The setting of this name.
#[must_use]
pub(super) fn known(key: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.key == key)
}

/// Some setting lies in this table.
pub(super) fn is_table(name: &str) -> bool {
    KNOWN.iter().any(|known| known.key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

/// The name that a mistyped or misplaced `key` most likely meant.
pub(super) fn nearest(key: &str) -> Option<&'static str> {
    let names: Vec<&'static str> = KNOWN.iter().map(|known| known.key).chain(FREE_TABLES).collect();
    let last = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
    let word = key.rsplit('.').next().unwrap_or(key);
    let misplaced = names.iter().copied().find(|name| last(name) == word);
    misplaced.or_else(|| crate::text::fuzzy::nearest(key, &names)).or_else(|| {
        let words: Vec<&'static str> = names.iter().copied().map(last).collect();
        let meant = crate::text::fuzzy::nearest(word, &words)?;
        names.iter().copied().find(|name| last(name) == meant)
    })
}
