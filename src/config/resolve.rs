//! From what was asked for to an address that is safe to send a key to. Does no I/O.
//!
//! The presets are the addresses of Z.ai's Coding Plan and of its metered service (docs of both
//! regions, late 2026). The path decides who pays, so an address that is another preset's own is
//! taken for what it is.

use super::{
    document::{problem, quoted},
    endpoint::{Endpoint, Preset, Region},
    url::Address,
};
use crate::chat::Problem;

/// Where the quota is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum QuotaAddress {
    /// At the service's own host; nowhere for a custom server.
    #[default]
    Auto,
    /// Nowhere.
    Off,
    /// At this host.
    At(String),
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The preset.
    pub preset: Preset,
    /// An address instead of the preset's own.
    pub base_url: Option<String>,
    /// Where the quota is asked.
    pub quota_url: QuotaAddress,
}

impl Wanted {
    /// A preset as it is.
    #[must_use]
    pub fn preset(preset: Preset) -> Self {
        Self { preset, base_url: None, quota_url: QuotaAddress::Auto }
    }

    /// Checks the addresses; the endpoint has no key yet.
    ///
    /// # Errors
    /// Says which address is refused and why.
    pub fn resolve(&self) -> Result<Endpoint, Problem> {
        let Some(own_text) = self.base_url.as_deref().or_else(|| self.preset.base_url()) else {
            return Err(problem("the custom endpoint needs an address")
                .hint("set base_url, or start with --base-url https://host/v1"));
        };
        let address = parse("base_url", own_text)?.without_tail("/chat/completions").without_tail("/models");
        let base_url = address.text();
        let preset = Preset::of_base_url(&base_url).unwrap_or(self.preset);
        let quota_url = self.quota_host(preset, &address)?;
        Ok(Endpoint { preset, base_url, quota_url, key: None, demo: false })
    }

    fn quota_host(&self, preset: Preset, base: &Address) -> Result<Option<String>, Problem> {
        let text = match &self.quota_url {
            QuotaAddress::Off => return Ok(None),
            QuotaAddress::Auto => return Ok(preset.is_plan().then(|| base.origin())),
            QuotaAddress::At(text) => text,
        };
        let mut quota = parse("quota_url", text)?;
        if quota.path.starts_with("/api/monitor/usage") {
            quota.path.clear();
        }
        if !quota.path.is_empty() {
            return Err(problem(format!("quota_url {}: it takes a host without a path", quoted(text)))
                .hint(format!("write {}", quota.origin())));
        }
        // The key goes with the quota request too, so it may leave its own host only for another of the
        // same service, or stay on this computer.
        let same_host = quota.origin() == base.origin();
        let same_service = region_of(base).is_some() && region_of(base) == region_of(&quota);
        let both_here = quota.is_loopback() && base.is_loopback();
        if same_host || same_service || both_here {
            return Ok(Some(quota.origin()));
        }
        Err(problem(format!(
            "quota_url {} is another host than {}, and a key stays with its host",
            quota.origin(),
            base.origin()
        ))
        .hint("write quota_url = \"off\" to go without the gauge"))
    }
}

impl Preset {
    /// The address of a preset; `None` for a custom server.
    #[must_use]
    pub fn base_url(self) -> Option<&'static str> {
        match self {
            Self::CodingIntl => Some("https://api.z.ai/api/coding/paas/v4"),
            Self::CodingCn => Some("https://open.bigmodel.cn/api/coding/paas/v4"),
            Self::MeteredIntl => Some("https://api.z.ai/api/paas/v4"),
            Self::MeteredCn => Some("https://open.bigmodel.cn/api/paas/v4"),
            Self::Custom => None,
        }
    }

    /// The preset whose own address this is.
    #[must_use]
    pub fn of_base_url(base_url: &str) -> Option<Self> {
        Self::ALL.into_iter().map(|(preset, _)| preset).find(|preset| preset.base_url() == Some(base_url))
    }

    /// The word for `--endpoint` and the config file.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(preset, _)| *preset == self).map_or("custom", |(_, word)| word)
    }

    /// The preset of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(preset, _)| preset)
    }
}

impl Endpoint {
    /// `scheme://host[:port]`: what a key is bound to.
    #[must_use]
    pub fn origin(&self) -> String {
        Address::parse(&self.base_url).map_or_else(|_| self.base_url.clone(), |address| address.origin())
    }

    /// Whose keys may go to this host; `None` for a host that is neither.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        Address::parse(&self.base_url).ok().as_ref().and_then(region_of)
    }
}

fn parse(setting: &str, text: &str) -> Result<Address, Problem> {
    // The text is not repeated: it may hold a password.
    Address::parse(text).map_err(|why| {
        problem(format!("{setting} is refused: {why}")).hint(format!("correct {setting}; no key was sent anywhere"))
    })
}

/// The region that a host serves, over https only.
fn region_of(address: &Address) -> Option<Region> {
    let is_one_of = |hosts: &[&str]| hosts.iter().any(|host| address.is_https_host(host));
    if is_one_of(&["api.z.ai"]) {
        Some(Region::International)
    } else if is_one_of(&["open.bigmodel.cn", "www.bigmodel.cn", "bigmodel.cn"]) {
        Some(Region::China)
    } else {
        None
    }
}
