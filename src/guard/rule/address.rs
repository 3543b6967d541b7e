//! Addresses of pages, read once and strictly, and patterns of them.
//!
//! Two readers of one address may understand different hosts; an address that could be read in two ways matches
//! no rule that allows and every rule that denies.

/// An address, or the pattern of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// `https` or `http`; empty in a pattern = any.
    scheme: String,
    /// Lower case; in a pattern `*.` may stand in front, and `*` alone is any.
    host: String,
    /// The port as written; empty = the scheme's own.
    port: String,
    /// With its `/`; in a pattern a `*` may end it, and an empty one is any.
    path: String,
}

impl Address {
    /// Reads a pattern.
    pub(super) fn pattern(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self { scheme: String::new(), host: "*".into(), port: String::new(), path: String::new() });
        }
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("any://{text}") };
        let mut address = Self::split(&with_scheme).ok_or("it is no address, for instance https://docs.rs/*")?;
        if address.scheme == "any" {
            address.scheme = String::new();
        } else if !matches!(address.scheme.as_str(), "http" | "https") {
            return Err("its scheme is neither https nor http".into());
        }
        let labels = address.host.strip_prefix("*.").unwrap_or(&address.host);
        if !is_host(labels) {
            return Err("its host is not valid".into());
        }
        if address.path.trim_end_matches('*').contains('*') {
            return Err("a * may only end it".into());
        }
        Ok(address)
    }

    /// Reads an address that is to be fetched; `None` = it is not plain.
    pub(super) fn plain(url: &str) -> Option<Self> {
        let address = Self::split(url)?;
        let fine = matches!(address.scheme.as_str(), "http" | "https") && is_host(&address.host);
        fine.then_some(address)
    }

    /// `scheme://host[:port]`.
    pub(super) fn origin(&self) -> String {
        let port = if self.port.is_empty() { String::new() } else { format!(":{}", self.port) };
        format!("{}://{}{port}", self.scheme, self.host)
    }

    fn split(url: &str) -> Option<Self> {
        if url
            .chars()
            .any(|c| !('!'..='~').contains(&c) || matches!(c, '\\' | '"' | '<' | '>' | '^' | '`' | '{' | '|' | '}'))
        {
            return None;
        }
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        if !port.chars().all(|c| c.is_ascii_digit()) || port.len() > 5 || authority.ends_with(':') {
            return None;
        }
        let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
        let usual = if scheme == "https" { "443" } else { "80" };
        let port = if port == usual { "" } else { port };
        Some(Self { scheme, host, port: port.to_owned(), path: path.to_owned() })
    }

    /// The pattern allows this address.
    pub(super) fn is(&self, url: &str) -> bool {
        let Some(url) = Self::plain(url) else { return false };
        let scheme = match self.scheme.as_str() {
            // Without a scheme only the one that cannot be listened to.
            "" => url.scheme == "https",
            scheme => scheme == url.scheme,
        };
        scheme && self.names(&url.host) && (self.host == "*" || self.port == url.port) && self.covers(&url.path)
    }

    /// The pattern is about this address, by whatever scheme and port.
    pub(super) fn concerns(&self, url: &str) -> bool {
        // Servers take up `..` and `%2e` in ways of their own.
        let doubtful = |path: &str| path.contains("/.") || path.contains("//") || path.contains('%');
        Self::plain(url).is_none_or(|url| self.names(&url.host) && (doubtful(&url.path) || self.covers(&url.path)))
    }

    fn names(&self, host: &str) -> bool {
        match self.host.strip_prefix("*.") {
            _ if self.host == "*" => true,
            Some(parent) => host.strip_suffix(parent).is_some_and(|sub| sub.ends_with('.')),
            None => self.host == host,
        }
    }

    fn covers(&self, path: &str) -> bool {
        match self.path.strip_suffix('*') {
            _ if self.path.is_empty() => true,
            // `..` in a path is taken up by servers and clients in ways of their own.
            Some(_) if path.contains("/..") || path.to_ascii_lowercase().contains("%2e") => self.path == "/*",
            Some(start) => path.starts_with(start) || start == "/",
            None => self.path == path,
        }
    }
}

/// Letters, digits, hyphens and dots, no empty label.
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    host.len() <= 253 && host.split('.').all(label)
}
