//! What is shown beside a link so that its text cannot lie about where it leads.

/// Stands in a healed source for an address that has not arrived.
pub(super) const UNFINISHED: &str = "\u{2}";
/// The same as it is written into the source: a bare address may hold no control.
pub(super) const UNFINISHED_WRITTEN: &str = "<\u{2}>";

/// The address leads to the web, so the text may look like a link.
pub(super) fn is_web(address: &str) -> bool {
    let head: String = address.chars().take(8).collect::<String>().to_ascii_lowercase();
    head.starts_with("https://") || head.starts_with("http://") || address == UNFINISHED
}

/// What to show in brackets behind the link's visible `text`: the host of a web address, any other
/// address whole, nothing when the text says it already.
pub(super) fn beside(address: &str, text: &str) -> Option<String> {
    let text = text.trim();
    if address.is_empty() || address == UNFINISHED || address.starts_with('#') || says(text, address) {
        return None;
    }
    if !is_web(address) {
        return Some(address.to_owned());
    }
    let host = host(address);
    (!host.is_empty() && text != host).then(|| host.to_owned())
}

/// The text is the address, give or take its scheme and last slash.
fn says(text: &str, address: &str) -> bool {
    let bare = |s: &str| {
        let s = s.strip_prefix("https://").or_else(|| s.strip_prefix("http://")).unwrap_or(s);
        s.strip_prefix("mailto:").unwrap_or(s).trim_end_matches('/').to_owned()
    };
    bare(text) == bare(address)
}

/// The host and port of a web address, without what stands before an `@`.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// The byte ranges of bare web addresses in running text.
pub(super) fn bare(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("://").map(|at| from + at) {
        from = at + 3;
        let start = ["https", "http"].iter().find(|scheme| text[..at].ends_with(**scheme)).map(|s| at - s.len());
        let Some(start) = start.filter(|s| !text[..*s].ends_with(|c: char| c.is_alphanumeric())) else { continue };
        let stop = |c: char| c.is_whitespace() || "<>\"'`()（）【】《》，。；、！？｜|".contains(c);
        let len = text[from..].find(stop).unwrap_or(text.len() - from);
        let end = from + text[from..from + len].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', ']']).len();
        if end > from {
            found.push(start..end);
            from = end;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{bare, beside};

    #[test]
    fn shows_where_it_leads() {
        for (address, text, shown) in [
            ("https://a.example/x", "docs", Some("a.example")),
            ("https://a.example/x", "https://a.example/x", None),
            ("https://a.example/", "a.example", None),
            ("https://evil.example/", "https://bank.example", Some("evil.example")),
            ("https://bank.example@evil.example/x", "bank", Some("evil.example")),
            ("https://bank.example\\@evil.example", "bank", Some("bank.example")),
            ("HTTPS://A.example:8443/x?y", "x", Some("A.example:8443")),
            ("javascript:alert(1)", "click", Some("javascript:alert(1)")),
            ("file:///etc/passwd", "notes", Some("file:///etc/passwd")),
            ("src/main.rs", "src/main.rs", None),
            ("src/main.rs#L3", "main", Some("src/main.rs#L3")),
            ("mailto:a@b.example", "a@b.example", None),
            ("#part", "part", None),
        ] {
            assert_eq!(beside(address, text).as_deref(), shown, "{address}");
        }
    }

    #[test]
    fn finds_bare_addresses() {
        let text = "see https://a.example/x_y, or (http://b.example). xhttp://no ://";
        let found: Vec<_> = bare(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["https://a.example/x_y", "http://b.example"]);
    }
}
