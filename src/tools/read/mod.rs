//! The tool `read`: a text file with line numbers, or a picture. Changes nothing.

mod kind;
mod lines;

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Bench, Outcome, Planned, Refusal,
    blocking::blocking,
    change::real,
    reached::{self, Row, Touch},
    schema,
    tool::{Proposal, Tool, Work},
};
use crate::{
    chat::{AskBody, Detail, Image, RunEnd, RunKind, ToolSpec},
    guard::{Need, files::MAX_BYTES},
    text::Clean,
};
use kind::Kind;

/// The largest picture that is sent: the service refuses bigger ones (Z.ai's guide to vision models, 5 MB).
const PICTURE: usize = 5 << 20;
/// Bytes of the text that a row opens to.
const SHOWN: usize = 64 << 10;

/// The tool.
pub(super) struct Read;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// The file.
    #[serde(alias = "file_path")]
    path: String,
    /// First line, from 1.
    offset: Option<usize>,
    /// Most lines; default 2000.
    limit: Option<usize>,
}

impl Tool for Read {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("read", include_str!("../../../assets/tools/read.md"))
    }

    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal> {
        let read: Args = schema::args(args.clone())?;
        let row = Row { tool: "read", kind: RunKind::Explore, verb: "Read" };
        let mut planned = reached::plan(bench, (&read.path, Touch::Read), &row, args)?;
        if let Some(from) = read.offset.filter(|from| *from > 1) {
            planned.target.append(&Clean::strict(&format!(" from line {from}")));
        }
        Ok(planned)
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        let place = bench.files.place(&real(planned));
        Ok(Proposal {
            need: Need::Read { path: place.real.clone(), inside: place.inside },
            title: Clean::trusted("read a file"),
            body: AskBody::Plain(place.shown),
            reason: None,
        })
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        blocking(work, read)
    }
}

fn read(work: &Work) -> Result<Outcome, Refusal> {
    let args: Args = schema::args(work.planned.args.clone())?;
    let place = work.bench.files.place(&real(&work.planned));
    let (bytes, stamp) = work.bench.files.read(&place, MAX_BYTES).map_err(|fault| Refusal(fault.words))?;
    let outcome = match kind::of(&bytes) {
        Kind::Text => lines::read(&bytes, place.shown.as_str(), (args.offset.unwrap_or(1), args.limit))?,
        Kind::Picture(mime) => picture(&bytes, mime, place.shown.as_str())?,
        Kind::Other(what, advice) => {
            return Err(Refusal(format!("{} is {what} ({} bytes), not text; {advice}", place.shown, bytes.len())));
        }
    };
    work.bench.seen.remember(&place.real, stamp);
    Ok(outcome)
}

fn picture(bytes: &[u8], mime: &'static str, name: &str) -> Result<Outcome, Refusal> {
    if bytes.len() > PICTURE {
        let words = format!(
            "{name} is a picture of {} bytes, at most {PICTURE} can be shown; make it smaller first (for instance with `convert -resize`)",
            bytes.len()
        );
        return Err(Refusal(words));
    }
    let image = Image { mime: mime.into(), base64: STANDARD.encode(bytes) };
    let text = format!("{name}: a picture ({mime}, {} bytes)", bytes.len());
    let summary = Clean::strict(&format!("picture, {} KB", bytes.len().div_ceil(1000)));
    Ok(Outcome { images: vec![image], ..Outcome::new(RunEnd::Ok, text, summary) })
}

/// What a row opens to.
fn detail(text: &str) -> Detail {
    let mut end = text.len().min(SHOWN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Detail::Text(Clean::new(&text[..end]))
}
