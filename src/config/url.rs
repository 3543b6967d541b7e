//! A strict reading of the addresses that a key may be sent to. Knows no service.
//!
//! Stricter than a browser on purpose: what two readers could understand differently is refused, so
//! that the host that was checked is the host that is called.

use std::net::{Ipv4Addr, Ipv6Addr};

/// An address of which every part is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// `http` or `https`.
    scheme: &'static str,
    /// Lower case; an IPv6 address in brackets.
    pub(super) host: String,
    /// Only where it is not the scheme's own.
    port: Option<u16>,
    /// Empty or beginning with `/`; never ending with it.
    pub(super) path: String,
}

impl Address {
    /// Reads an address; the error says what is wrong with it, without a password that may stand in it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("it is empty".into());
        }
        let (scheme, rest) = scheme(text)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err("it holds a user name or password before @; a key belongs into the credentials".into());
        }
        if let Some(odd) = rest.chars().find(|c| c.is_control() || c.is_whitespace() || "\\?#\"<>^`{|}".contains(*c)) {
            return Err(format!("it holds {}, which has no place in it", odd.escape_unicode()));
        }
        let (host, port) = host_and_port(authority)?;
        let host = check_host(host)?;
        let default = if scheme == "https" { 443 } else { 80 };
        let address = Self { scheme, host, port: port.filter(|port| *port != default), path: check_path(path)? };
        if address.scheme == "http" && !address.is_loopback() {
            return Err("http:// would send the key unencrypted; use https:// (http is for this computer only)".into());
        }
        Ok(address)
    }

    /// `scheme://host[:port]`: what a key is bound to.
    pub(super) fn origin(&self) -> String {
        match self.port {
            Some(port) => format!("{}://{}:{port}", self.scheme, self.host),
            None => format!("{}://{}", self.scheme, self.host),
        }
    }

    /// It is this host over https at its usual port.
    pub(super) fn is_https_host(&self, host: &str) -> bool {
        self.scheme == "https" && self.port.is_none() && self.host == host
    }

    /// The address without its path's tail, should it end with that.
    pub(super) fn without_tail(mut self, tail: &str) -> Self {
        if let Some(head) = self.path.strip_suffix(tail) {
            self.path = head.trim_end_matches('/').to_owned();
        }
        self
    }

    /// The whole.
    pub(super) fn text(&self) -> String {
        format!("{}{}", self.origin(), self.path)
    }

    /// It stays on this computer.
    pub(super) fn is_loopback(&self) -> bool {
        if self.host == "localhost" || self.host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback()) {
            return true;
        }
        let inner = self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        inner.and_then(|host| host.parse::<Ipv6Addr>().ok()).is_some_and(|ip| ip.is_loopback())
    }
}

fn scheme(text: &str) -> Result<(&'static str, &str), String> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err("it does not begin with https://".into());
    };
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Ok(("https", rest)),
        "http" => Ok(("http", rest)),
        _ => Err("it does not begin with https:// or http://".into()),
    }
}

fn host_and_port(authority: &str) -> Result<(&str, Option<u16>), String> {
    if authority.starts_with('[') && !authority.contains(']') {
        return Ok((authority, None));
    }
    // The colon of a port comes after the bracket of an IPv6 address.
    let end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let Some(colon) = authority[end..].find(':').map(|at| at + end) else { return Ok((authority, None)) };
    let (host, port) = (&authority[..colon], &authority[colon + 1..]);
    let all_digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(port) if all_digits && port > 0 => Ok((host, Some(port))),
        _ => Err("its port is not a number from 1 to 65535".into()),
    }
}

fn check_host(host: &str) -> Result<String, String> {
    if host.is_empty() {
        return Err("it names no host".into());
    }
    if let Some(inner) = host.strip_prefix('[') {
        let ip = inner.strip_suffix(']').and_then(|inner| inner.parse::<Ipv6Addr>().ok());
        return ip.map(|ip| format!("[{ip}]")).ok_or_else(|| "what stands in [ ] is not an IPv6 address".to_owned());
    }
    if !host.is_ascii() {
        return Err(format!(
            "its host {} holds letters that can look like others; write it in its xn-- form",
            escaped(host)
        ));
    }
    let host = host.to_ascii_lowercase();
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if host.len() > 253 || !host.split('.').all(label_ok) {
        return Err(format!("its host {} is not a host name", escaped(&host)));
    }
    // `2130706433` and `0x7f.1` are 127.0.0.1 to some readers and a name to others.
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    if is_number && host.parse::<Ipv4Addr>().is_err() {
        return Err(format!("its host {} looks like a number but is not an IPv4 address", escaped(&host)));
    }
    Ok(host)
}

fn check_path(path: &str) -> Result<String, String> {
    if !path.is_ascii() {
        return Err("its path holds letters outside ASCII; write them with %".into());
    }
    if path.split('/').any(|part| part == "." || part == ".." || part.to_ascii_lowercase().contains("%2e")) {
        return Err("its path holds . or ..".into());
    }
    Ok(path.trim_end_matches('/').to_owned())
}

/// The host with each letter outside ASCII written out, so that a look-alike is seen.
fn escaped(host: &str) -> String {
    host.chars()
        .take(100)
        .map(|c| if c.is_ascii_graphic() { c.to_string() } else { c.escape_unicode().to_string() })
        .collect()
}
