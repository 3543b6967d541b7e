//! Text from what a server sent: HTML is laid out, other text taken as it is, the rest refused. Knows no network.

use std::time::Duration;

use tokio::{task, time};

use super::net::Answer;
use crate::tools::Refusal;

/// Columns that a page is laid out in: wide enough that prose breaks rarely and tables fit.
const WIDTH: usize = 120;

/// How long a page may take to lay out.
const LAYOUT: Duration = Duration::from_secs(10);
/// Elements within each other: layout takes the square of it, and real pages stay below a hundred.
const NESTED: usize = 256;
/// Elements that hold nothing, or that the next of their kind ends: they do not nest.
const FLAT: [&[u8]; 22] = [
    b"p", b"br", b"img", b"hr", b"li", b"td", b"tr", b"th", b"dt", b"dd", b"meta", b"link", b"input", b"option",
    b"source", b"col", b"wbr", b"thead", b"tbody", b"tfoot", b"area", b"path",
];

/// The text of an answer. Laid out on a blocking thread: a hostile page may be slow work.
///
/// # Errors
/// It is no text.
pub(super) async fn text(answer: Answer) -> Result<String, Refusal> {
    let binary = || Refusal(format!("{} is no text ({})", answer.url, named(&answer.kind)));
    if is_binary(&answer) {
        return Err(binary());
    }
    if !is_html(&answer) {
        return Ok(String::from_utf8_lossy(&answer.bytes).into_owned());
    }
    let bytes = answer.bytes;
    if nested(&bytes) > NESTED {
        return Err(Refusal("the page nests its elements too deep to be laid out; fetch another form of it".into()));
    }
    let laid_out = time::timeout(LAYOUT, task::spawn_blocking(move || html(&bytes))).await;
    laid_out.ok().and_then(Result::ok).unwrap_or_else(|| Err(Refusal("the page could not be laid out".into())))
}

/// How deep elements lie within each other, roughly.
fn nested(html: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in html.split(|byte| *byte == b'<').skip(1) {
        let (name, ends) = tag.strip_prefix(b"/").map_or((tag, false), |rest| (rest, true));
        let n = name.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = name[..n].to_ascii_lowercase();
        let whole = tag.split(|byte| *byte == b'>').next().is_some_and(|inner| inner.ends_with(b"/"));
        if !name.first().is_some_and(u8::is_ascii_alphabetic) || whole || FLAT.contains(&name.as_slice()) {
            continue;
        }
        depth = if ends { depth.saturating_sub(1) } else { depth + 1 };
        deepest = deepest.max(depth);
    }
    deepest
}

fn html(bytes: &[u8]) -> Result<String, Refusal> {
    html2text::config::plain()
        .link_footnotes(false)
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(bytes, WIDTH)
        .map(|text| tidy(&text))
        .map_err(|why| Refusal(format!("the page could not be laid out: {why}")))
}

/// Without blanks at line ends and without runs of empty lines: they cost tokens and say nothing.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut n_empty = 0;
    for line in text.lines().map(str::trim_end) {
        n_empty = if line.is_empty() { n_empty + 1 } else { 0 };
        if n_empty < 2 {
            out.extend([line, "\n"]);
        }
    }
    out.trim().to_owned()
}

fn named(kind: &str) -> &str {
    if kind.is_empty() { "binary" } else { kind.split(';').next().unwrap_or(kind) }
}

/// By what the server says, and by what came: text holds no NUL.
fn is_binary(answer: &Answer) -> bool {
    let kind = named(&answer.kind);
    let textual = ["text/", "application/json", "application/xml", "application/xhtml", "application/javascript"];
    let known = kind == "binary"
        || textual.iter().any(|known| kind.starts_with(known))
        || ["json", "xml", "yaml", "toml", "script"].iter().any(|end| kind.ends_with(end));
    !known || answer.bytes.contains(&0)
}

fn is_html(answer: &Answer) -> bool {
    if !answer.kind.is_empty() {
        return answer.kind.contains("html");
    }
    let start = String::from_utf8_lossy(&answer.bytes[..answer.bytes.len().min(256)]).trim_start().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

#[cfg(test)]
mod tests {
    use super::nested;

    #[test]
    fn what_nests_is_counted() {
        let cases = [
            ("<p>one<p>two<br><img src=a><ul><li>a<li>b</ul>".repeat(1000), 1),
            ("<div><b>x</b><svg/></div>".repeat(1000), 2),
            ("<div>".repeat(5000), 5000),
            ("<table><tr><td>".repeat(400), 400),
            ("a < b, 1 <2".to_owned(), 0),
        ];
        for (html, want) in cases {
            assert_eq!(nested(html.as_bytes()), want, "{}", &html[..20.min(html.len())]);
        }
    }
}
