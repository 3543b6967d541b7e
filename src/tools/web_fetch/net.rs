//! Gets a page: which addresses may be asked, how long it may take, how much may come. Never reaches into
//! the private networks of this machine, sends no key and no cookie, and follows no one to another host.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Client, Response, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header, redirect,
};
use tokio::{net::lookup_host, task, time};

use crate::tools::{Options, Refusal};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long all of it may take.
const TOTAL: Duration = Duration::from_secs(30);
/// Bytes of a page.
const BYTES: usize = 5 << 20;
/// Redirects within a host.
const REDIRECTS: usize = 5;
/// Bytes of an address.
const ADDRESS: usize = 4096;

/// Which hosts may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those of the internet.
    Public,
    /// Also this machine.
    Local,
}

impl Reach {
    /// As the settings say.
    pub(super) fn of(options: &Options) -> Self {
        if options.web_local { Self::Local } else { Self::Public }
    }

    fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::Local && address.is_loopback())
    }
}

/// What came.
pub(super) struct Answer {
    /// From where, redirects followed.
    pub(super) url: Url,
    /// What the server says it is; empty when it does not say.
    pub(super) kind: String,
    /// The body.
    pub(super) bytes: Vec<u8>,
}

/// Reads an address.
///
/// # Errors
/// It is none that may be asked; says why.
pub(super) fn address(text: &str, reach: Reach) -> Result<Url, Refusal> {
    let text = text.trim();
    if text.len() > ADDRESS {
        return Err(Refusal(format!("the address is longer than {ADDRESS} bytes")));
    }
    let mut url = Url::parse(text).map_err(|why| Refusal(format!("no usable address: {why}; give http(s)://…")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal(format!("only http and https can be fetched, not {}", url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal("the address holds a name or a password; leave it out".into()));
    }
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    let literal: Option<IpAddr> = host.parse().ok();
    if literal.is_some_and(|address| !reach.allows(address)) {
        return Err(not_public(host));
    }
    url.set_fragment(None);
    Ok(url)
}

fn not_public(host: &str) -> Refusal {
    Refusal(format!("{host} is no host of the public internet; private addresses are not fetched"))
}

/// Gets the page at `url`.
///
/// # Errors
/// It cannot be had; says why and what to do.
pub(super) async fn get(url: Url, reach: Reach) -> Result<Answer, Refusal> {
    let late = || Refusal(format!("the page was not there within {} s", TOTAL.as_secs()));
    time::timeout(TOTAL, follow(url, reach)).await.map_err(|_| late())?
}

async fn follow(mut url: Url, reach: Reach) -> Result<Answer, Refusal> {
    let client = task::spawn_blocking(move || client(reach)).await.map_err(|_| Refusal("no TLS".into()))??;
    for _ in 0..=REDIRECTS {
        let request =
            client.get(url.clone()).header(header::ACCEPT, "text/html, text/*, application/json;q=0.9, */*;q=0.1");
        let response = request.send().await.map_err(|error| failed(&error, &url))?;
        if !response.status().is_redirection() {
            return body(response, url).await;
        }
        let next = target(&response, &url, reach)?;
        if !same_site(&url, &next) {
            return Err(Refusal(format!("{url} sends on to another host: {next}; fetch that if you want it")));
        }
        url = next;
    }
    Err(Refusal(format!("more than {REDIRECTS} redirects")))
}

fn client(reach: Reach) -> Result<Client, Refusal> {
    // An error means that there is a provider already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("glm-tui/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        // A proxy would look the host up itself, out of our sight.
        .no_proxy()
        .dns_resolver(Arc::new(Watchful(reach)))
        .build()
        .map_err(|why| Refusal(format!("no TLS: {why}")))
}

/// Looks hosts up and hands out only addresses that may be asked, so that what was checked is what is
/// connected to, even when a host answers differently each time.
struct Watchful(Reach);

impl Resolve for Watchful {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(io::Error::other(NOT_PUBLIC).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// What our own resolver says, recognised in the chain of a failure.
const NOT_PUBLIC: &str = "no public address";

fn failed(error: &reqwest::Error, url: &Url) -> Refusal {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    let mut last = String::new();
    while let Some(error) = cause {
        last = error.to_string();
        cause = error.source();
    }
    let host = url.host_str().unwrap_or_default();
    if last.contains(NOT_PUBLIC) {
        return not_public(host);
    }
    if error.is_connect() && error.is_timeout() {
        return Refusal(format!("no connection to {host} within {} s", CONNECT.as_secs()));
    }
    Refusal(format!("{host} could not be asked: {last}"))
}

fn target(response: &Response, url: &Url, reach: Reach) -> Result<Url, Refusal> {
    let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let to = to.ok_or_else(|| Refusal(format!("{url} redirects to nowhere")))?;
    let next = url.join(to).map_err(|why| Refusal(format!("{url} redirects to no address: {why}")))?;
    address(next.as_str(), reach)
}

/// The same host and port; https may be taken instead of http, never the other way.
fn same_site(from: &Url, to: &Url) -> bool {
    let upgrade = from.scheme() == "http" && to.scheme() == "https";
    let default_ports = from.port().is_none() && to.port().is_none();
    let same_port = from.scheme() == to.scheme() && from.port_or_known_default() == to.port_or_known_default();
    from.host_str() == to.host_str() && (same_port || (upgrade && default_ports))
}

async fn body(mut response: Response, url: Url) -> Result<Answer, Refusal> {
    let status = response.status();
    if status != StatusCode::OK {
        return Err(Refusal(format!("{url} answers {status}")));
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error, &url))? {
        if bytes.len() + chunk.len() > BYTES {
            return Err(Refusal(format!("the page has more than {} MB", BYTES >> 20)));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Answer { url, kind, bytes })
}

/// An address of the public internet (IANA special-purpose registries for IPv4 and IPv6).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

/// Only global unicast is public; of it not documentation and not what carries an IPv4 address that is not.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let segments = address.segments();
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match segments {
        // 6to4 and NAT64 lead to an IPv4 address.
        [0x2002, high, low, ..] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        // Teredo, benchmarking, ORCHID and other protocol assignments; documentation.
        [0x2001, second, ..] if second < 0x0200 || second == 0x0db8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
