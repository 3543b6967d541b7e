//! The last gate before a key leaves: what an address may look like, which host may have the key. Refuses to
//! connect to anything, and to choose: the address and its key come from `config`, which says more about
//! what is wrong with them.

use reqwest::Url;

use super::error::{Error, ErrorKind};
use crate::{
    config::{Endpoint, Region},
    text::Clean,
};

/// The hosts that keys of a region belong to (docs/ZAI.md §1).
fn hosts(region: Region) -> &'static [&'static str] {
    match region {
        Region::International => &["api.z.ai"],
        Region::China => &["open.bigmodel.cn", "www.bigmodel.cn", "bigmodel.cn"],
    }
}

/// An address that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    base: Url,
}

impl Address {
    /// Checks `text`: https (http only on this machine), a host, no credentials, no look-alike letters.
    /// A trailing slash and a trailing `/chat/completions` are taken off.
    ///
    /// # Errors
    /// What is wrong with it, as [`ErrorKind::Refused`].
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let shown = Clean::new(text.trim());
        let refused = |why: String| Error::new(ErrorKind::Refused, shown.as_str(), why);
        let mut base = Url::parse(text.trim()).map_err(|why| refused(format!("no usable address: {why}")))?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err(Error::new(
                ErrorKind::Refused,
                base.host_str().unwrap_or_default(),
                "the address holds a name or a password",
            ));
        }
        let host = base.host_str().unwrap_or_default().to_owned();
        match base.scheme() {
            _ if host.is_empty() => return Err(refused("the address has no host".into())),
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(refused("http would send the key in the clear; use https".into())),
            other => return Err(refused(format!("{other} is no scheme for this; use https"))),
        }
        if !text.is_ascii() && host.contains("xn--") {
            return Err(refused(format!("the host is really {host}; write it like that if you mean it")));
        }
        base.set_query(None);
        base.set_fragment(None);
        let path = base.path().trim_end_matches('/');
        let path = path.strip_suffix("/chat/completions").unwrap_or(path).trim_end_matches('/').to_owned();
        base.set_path(&path);
        Ok(Self { base })
    }

    /// The address with `path` (which begins with `/`) behind it.
    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }

    /// The host, with its port if it is not the usual one.
    pub(super) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// It is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(self.base.host_str().unwrap_or_default())
    }
}

/// Where an endpoint's requests go, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) chat: Address,
    pub(super) quota: Option<Address>,
}

/// Checks an endpoint: both addresses, and that its key belongs to their hosts.
///
/// # Errors
/// [`ErrorKind::Refused`] before anything was sent.
pub(super) fn resolve(endpoint: &Endpoint) -> Result<Target, Error> {
    let own = endpoint.preset.base_url().unwrap_or_default();
    let base = if endpoint.base_url.trim().is_empty() { own } else { &endpoint.base_url };
    let chat = Address::parse(base)?;
    let quota = endpoint.quota_url.as_deref().map(Address::parse).transpose()?;
    if endpoint.key.is_some() {
        let other = endpoint.preset.region().map(|region| match region {
            Region::International => Region::China,
            Region::China => Region::International,
        });
        if other.is_some() && region_of(&chat) == other {
            return Err(bound_elsewhere(&chat, endpoint.preset.word()));
        }
        if let Some(quota) = &quota
            && !share_key(&chat, quota)
        {
            return Err(bound_elsewhere(quota, &chat.host()));
        }
    }
    Ok(Target { chat, quota })
}

/// A key goes to its own host, to another of the same service, and from this machine to this machine.
fn share_key(chat: &Address, quota: &Address) -> bool {
    let same_service = region_of(chat).is_some() && region_of(chat) == region_of(quota);
    chat.host() == quota.host() || same_service || (chat.is_loopback() && quota.is_loopback())
}

fn region_of(address: &Address) -> Option<Region> {
    [Region::International, Region::China].into_iter().find(|region| hosts(*region).contains(&address.host().as_str()))
}

fn bound_elsewhere(address: &Address, owner: &str) -> Error {
    let host = address.host();
    Error::new(ErrorKind::Refused, &host, format!("the key belongs to {owner} and is not sent to {host}"))
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
