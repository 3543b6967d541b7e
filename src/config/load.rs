//! Reading all sources of settings in their order. Never fails: what is wrong is told and left out.

use std::path::PathBuf;

use toml::de::DeValue;

use super::{
    build,
    catalogue::Catalogue,
    credentials::Credentials,
    document::{self, problem, quoted},
    endpoint::{Endpoint, Preset},
    environment::Environment,
    files::{self, ReadFault},
    key_search::{KeySearch, find_key},
    layer::{Effective, Layer},
    paths::Paths,
    resolve::{QuotaAddress, Wanted},
    schema::KNOWN,
    settings::{Config, SandboxWish},
};
use crate::chat::{Effort, PermissionMode, Problem};

/// The flags of the command line that are settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--model`
    pub model: Option<String>,
    /// `--effort`
    pub effort: Option<Effort>,
    /// `--thinking on|off`
    pub thinking: Option<bool>,
    /// `--endpoint`
    pub endpoint: Option<Preset>,
    /// `--base-url`
    pub base_url: Option<String>,
    /// `--quota-url URL|off`
    pub quota_url: Option<String>,
    /// `--theme`
    pub theme: Option<String>,
    /// `--no-mouse`
    pub no_mouse: bool,
    /// `--mode`
    pub mode: Option<PermissionMode>,
    /// `--sandbox`
    pub sandbox: Option<SandboxWish>,
    /// `--allowed-tools RULE`, each added to the rules of the files.
    pub allow: Vec<String>,
    /// `--disallowed-tools RULE`, each added to the rules of the files.
    pub deny: Vec<String>,
    /// `--config KEY=VALUE`, each as written.
    pub overrides: Vec<String>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--safe-mode`: no settings file is read, nor the project's; environment and flags still count.
    pub safe_mode: bool,
    /// The folder is not trusted: its own file is not read.
    pub no_project: bool,
    /// `--cd`: the project's folder; else the working folder.
    pub project: Option<PathBuf>,
}

/// Everything that loading came to.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The typed settings, the endpoint and its key included.
    pub config: Config,
    /// The files and folders.
    pub paths: Paths,
    /// The values in force and where each came from.
    pub effective: Effective,
    /// Where the key came from, or where it was looked for.
    pub key: KeySearch,
    /// The stored keys.
    pub credentials: Credentials,
}

/// Reads everything. The problems come in the order of the layers.
#[must_use]
pub fn load(env: &Environment, flags: &Flags) -> (Loaded, Vec<Problem>) {
    let (paths, mut problems) = Paths::resolve(env);
    let mut effective = Effective::defaults();
    let mut catalogue = Catalogue::builtin();
    if !flags.safe_mode {
        problems.extend(config_file(&paths, flags, &mut effective, &mut catalogue));
        problems.extend(project_file(env, flags, &paths, &mut effective));
    }
    problems.extend(environment(env, &mut effective));
    problems.extend(overrides(flags, &mut effective));
    problems.extend(own_flags(flags, &mut effective));
    problems.extend(build::settle(&mut effective));

    let no_color = env.vars.get("NO_COLOR").is_some_and(|value| !value.is_empty());
    let mut config = build::config(&effective, catalogue, no_color);
    let (credentials, faults) = Credentials::read(&paths);
    problems.extend(faults);
    let (endpoint, key) = choose_endpoint(env, &credentials, &effective, &mut problems);
    config.endpoint = endpoint;
    problems.extend(key.problems.iter().cloned());
    (Loaded { config, paths, effective, key, credentials }, problems)
}

fn config_file(paths: &Paths, flags: &Flags, effective: &mut Effective, catalogue: &mut Catalogue) -> Vec<Problem> {
    let shown = paths.shown(&paths.config_file);
    let missing_profile = |name: &str| {
        problem(format!("{shown} has no profile {}", quoted(name))).hint(format!("add [profile.{}]", quoted(name)))
    };
    let text = match files::read_text(&paths.config_file) {
        Ok(text) => text,
        Err(ReadFault::Missing) => return flags.profile.as_deref().map(missing_profile).into_iter().collect(),
        Err(fault) => return vec![unreadable(&shown, &fault)],
    };
    let (table, places) = match document::parse(&shown, &text) {
        Ok(parsed) => parsed,
        Err(fault) => return vec![fault.hint("correct that line; until then the defaults are used")],
    };
    let mut problems = effective.apply_table(&table, Layer::File, &places);
    problems.extend(catalogue.merge_table(&table, &places));
    if let Some(name) = &flags.profile {
        let profiles = table.get("profile").and_then(|profiles| profiles.get_ref().as_table());
        match profiles.and_then(|profiles| profiles.get(name.as_str())).map(toml::Spanned::get_ref) {
            Some(DeValue::Table(profile)) => {
                problems.extend(effective.apply_table(profile, Layer::Profile, &places));
            }
            _ => problems.push(missing_profile(name)),
        }
    }
    problems
}

fn project_file(env: &Environment, flags: &Flags, paths: &Paths, effective: &mut Effective) -> Vec<Problem> {
    if flags.no_project {
        return Vec::new();
    }
    let Some(project) = flags.project.as_ref().or(env.working_dir.as_ref()) else { return Vec::new() };
    let file = project.join(".glm-tui").join("config.toml");
    let shown = paths.shown(&file);
    let text = match files::read_text(&file) {
        Ok(text) => text,
        Err(ReadFault::Missing) => return Vec::new(),
        Err(fault) => return vec![unreadable(&shown, &fault)],
    };
    match document::parse(&shown, &text) {
        Ok((table, places)) => effective.apply_table(&table, Layer::Project, &places),
        Err(fault) => vec![fault.hint("the project's settings are not used")],
    }
}

fn unreadable(shown: &str, fault: &ReadFault) -> Problem {
    problem(format!("{shown} {}", fault.words())).hint("correct that; until then the defaults are used")
}

fn environment(env: &Environment, effective: &mut Effective) -> Vec<Problem> {
    let set = KNOWN.iter().filter_map(|known| Some((known.key, known.env?)));
    set.filter_map(|(key, name)| effective.apply_word(key, env.var(name)?, Layer::Environment, name)).collect()
}

fn overrides(flags: &Flags, effective: &mut Effective) -> Vec<Problem> {
    let mut problems = Vec::new();
    for item in &flags.overrides {
        match item.split_once('=') {
            Some((key, word)) => {
                problems.extend(effective.apply_word(key.trim(), word.trim(), Layer::Override, "--config"));
            }
            None => problems
                .push(problem(format!("--config {}: it holds no =", quoted(item))).hint("write --config KEY=VALUE")),
        }
    }
    problems
}

fn own_flags(flags: &Flags, effective: &mut Effective) -> Vec<Problem> {
    let on_off = |on: bool| if on { "on" } else { "off" };
    let given = [
        ("model", "--model", flags.model.as_deref()),
        ("effort", "--effort", flags.effort.map(Effort::as_str)),
        ("thinking", "--thinking", flags.thinking.map(on_off)),
        ("endpoint", "--endpoint", flags.endpoint.map(Preset::word)),
        ("base_url", "--base-url", flags.base_url.as_deref()),
        ("quota_url", "--quota-url", flags.quota_url.as_deref()),
        ("ui.theme", "--theme", flags.theme.as_deref()),
        ("ui.mouse", "--no-mouse", flags.no_mouse.then_some("off")),
        ("permissions.mode", "--permission-mode", flags.mode.map(PermissionMode::as_str)),
        ("permissions.sandbox", "--sandbox", flags.sandbox.map(SandboxWish::as_str)),
    ];
    let given = given.into_iter().filter_map(|(key, flag, word)| Some((key, flag, word?)));
    let mut problems: Vec<Problem> =
        given.filter_map(|(key, flag, word)| effective.apply_word(key, word, Layer::Flag, flag)).collect();
    let rules = [
        ("permissions.allow", "--allowed-tools", &flags.allow),
        ("permissions.deny", "--disallowed-tools", &flags.deny),
    ];
    for (key, flag, rules) in rules {
        problems.extend(rules.iter().filter_map(|rule| effective.add_rule(key, rule, flag)));
    }
    problems
}

/// The endpoint that was named, else the one that the key implies; with its key.
fn choose_endpoint(
    env: &Environment,
    credentials: &Credentials,
    effective: &Effective,
    problems: &mut Vec<Problem>,
) -> (Option<Endpoint>, KeySearch) {
    let base_url = Some(effective.text("base_url")).filter(|url| !url.is_empty()).map(str::to_owned);
    let named = build::endpoint_word(effective).and_then(Preset::from_word);
    let preset = named.or_else(|| base_url.as_ref().map(|_| Preset::Custom));
    let quota_url = build::quota_address(effective);
    if let Some(preset) = preset {
        let Some(endpoint) = resolve(Wanted { preset, base_url, quota_url }, problems) else {
            return (None, KeySearch::default());
        };
        let search = find_key(env, credentials, Some(&endpoint));
        return (with_key(endpoint, &search), search);
    }
    let search = find_key(env, credentials, None);
    let implied = search.found.as_ref().map(|found| Wanted { preset: found.preset, base_url: None, quota_url });
    let endpoint = implied.and_then(|wanted| resolve(wanted, problems));
    (endpoint.and_then(|endpoint| with_key(endpoint, &search)), search)
}

/// A bad quota address costs the gauge, not the program.
fn resolve(wanted: Wanted, problems: &mut Vec<Problem>) -> Option<Endpoint> {
    let fault = match wanted.resolve() {
        Ok(endpoint) => return Some(endpoint),
        Err(fault) => fault,
    };
    problems.push(fault);
    Wanted { quota_url: QuotaAddress::Off, ..wanted }.resolve().ok()
}

/// Z.ai's own hosts need a key; a server of one's own may need none.
fn with_key(mut endpoint: Endpoint, search: &KeySearch) -> Option<Endpoint> {
    endpoint.key = search.found.as_ref().map(|found| found.key.clone());
    (endpoint.key.is_some() || endpoint.region().is_none()).then_some(endpoint)
}
