//! Where a key is looked for and which host it may go to. Never prints a key.
//!
//! A name that belongs to one region is never used for the other, nor for any other host.

use super::{
    credentials::Credentials,
    document::problem,
    endpoint::{Endpoint, Preset, Region},
    environment::Environment,
    key::{FoundKey, clean_key},
};
use crate::chat::Problem;

/// The variables that hold a key and the region whose hosts it may go to, in the order of search.
pub const KEY_VARIABLES: [(&str, Region); 6] = [
    ("ZAI_API_KEY", Region::International),
    ("Z_AI_API_KEY", Region::International),
    ("GLM_API_KEY", Region::International),
    ("ZHIPUAI_API_KEY", Region::China),
    ("ZHIPU_API_KEY", Region::China),
    ("BIGMODEL_API_KEY", Region::China),
];

/// The variable for the key of an address of one's own (`base_url`); never used for Z.ai's hosts.
pub const CUSTOM_KEY_VARIABLE: &str = "GLM_TUI_API_KEY";

/// What a search for a key came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySearch {
    /// The key.
    pub found: Option<FoundKey>,
    /// The places that were looked at, in order, for a person.
    pub looked_in: Vec<String>,
    /// Variables that hold a key which may not go to the host that was chosen.
    pub passed_over: Vec<&'static str>,
    /// Keys that were there and were not used, and why.
    pub problems: Vec<Problem>,
}

/// Looks for a key: the environment first, then the credentials file.
///
/// With an `endpoint`, only keys that may go to its host are taken; without one, the first key found
/// implies the plan's endpoint of its region.
#[must_use]
pub fn find_key(env: &Environment, credentials: &Credentials, endpoint: Option<&Endpoint>) -> KeySearch {
    let mut search = KeySearch::default();
    let region = endpoint.map(Endpoint::region);
    match region {
        Some(None) => search.custom_variable(env),
        Some(Some(region)) => search.region_variables(env, |of| of == region),
        None => search.region_variables(env, |_| true),
    }
    search.looked_in.push("credentials file".into());
    if search.found.is_none() {
        search.found = match endpoint {
            Some(endpoint) => credentials.find(endpoint.preset, &endpoint.origin()),
            None => credentials.first(),
        };
    }
    if search.found.is_none() && region.is_some() {
        let names = KEY_VARIABLES.into_iter().map(|(name, _)| name).chain([CUSTOM_KEY_VARIABLE]);
        search.passed_over =
            names.filter(|name| env.var(name).is_some() && !search.looked_in.iter().any(|seen| seen == name)).collect();
    }
    if let Some(Some(region)) = region {
        search.name_other_region(region);
    }
    search
}

impl KeySearch {
    fn custom_variable(&mut self, env: &Environment) {
        self.variable(env, CUSTOM_KEY_VARIABLE, None, Preset::Custom);
    }

    fn region_variables(&mut self, env: &Environment, wanted: impl Fn(Region) -> bool) {
        for (name, region) in KEY_VARIABLES {
            let preset = match region {
                Region::International => Preset::CodingIntl,
                Region::China => Preset::CodingCn,
            };
            if wanted(region) {
                self.variable(env, name, Some(region), preset);
            }
        }
    }

    fn variable(&mut self, env: &Environment, name: &str, region: Option<Region>, preset: Preset) {
        self.looked_in.push(name.to_owned());
        let Some(raw) = env.vars.get(name).filter(|raw| !raw.is_empty() && self.found.is_none()) else { return };
        match raw.to_str().ok_or("is not text").and_then(clean_key) {
            Ok(key) => self.found = Some(FoundKey { key, source: name.to_owned(), region, preset }),
            Err(why) => self.problems.push(
                problem(format!("the key in {name} {why}; it is not used"))
                    .hint(format!("set {name} again, or unset it")),
            ),
        }
    }

    /// A key is there, but of the other region: saying so saves an hour of search.
    fn name_other_region(&mut self, region: Region) {
        let of_other = |name: &&str| KEY_VARIABLES.iter().any(|(known, of)| known == name && *of != region);
        let Some(name) = self.passed_over.iter().copied().find(of_other) else { return };
        let (place, word) = match region {
            Region::International => ("China", "coding-cn"),
            Region::China => ("the international service", "coding-intl"),
        };
        self.problems.push(
            problem(format!("{name} holds a key of {place}; it is not sent to the other region"))
                .hint(format!("start with --endpoint {word} to use it there")),
        );
    }
}
