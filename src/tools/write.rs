//! The tool `write`: a whole file, new or instead of one that was read.

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Bench, Outcome, Planned, Refusal,
    blocking::blocking,
    change::{Made, Target, carry_out, propose},
    reached::{self, Row, Touch},
    schema,
    tool::{Proposal, Tool, Work},
};
use crate::{
    chat::{RunKind, ToolSpec},
    guard::files::MAX_BYTES,
};

/// The tool.
pub(super) struct Write;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// The file; its folders are made.
    #[serde(alias = "file_path")]
    path: String,
    /// The whole text.
    content: String,
}

impl Tool for Write {
    fn spec(&self) -> ToolSpec {
        schema::spec::<Args>("write", include_str!("../../assets/tools/write.md"))
    }

    fn plan(&self, args: Value, bench: &Bench) -> Result<Planned, Refusal> {
        let read: Args = schema::args(args.clone())?;
        if read.content.len() as u64 > MAX_BYTES {
            return Err(Refusal(format!(
                "the content has {} bytes, at most {MAX_BYTES} are written",
                read.content.len()
            )));
        }
        if read.path.ends_with('/') {
            return Err(Refusal("the path ends with `/`: name a file; its folders are made as needed".into()));
        }
        let row = Row { tool: "write", kind: RunKind::Edit, verb: "Write" };
        reached::plan(bench, (&read.path, Touch::Write), &row, args)
    }

    fn check(&self, planned: &Planned, bench: &Bench) -> Result<Proposal, Refusal> {
        let args: Args = schema::args(planned.args.clone())?;
        propose(planned, bench, |target| Ok(make(&args, target)))
    }

    fn run(&self, work: Work) -> BoxFuture<'static, Outcome> {
        blocking(work, |work| {
            let args: Args = schema::args(work.planned.args.clone())?;
            carry_out(work, |target| Ok(make(&args, target)))
        })
    }
}

/// The content as given, whatever the file was; what the model could not see of it is told.
fn make(args: &Args, target: &Target) -> Made {
    let new = args.content.as_bytes();
    let returns = |text: &[u8]| memchr::memmem::find(text, b"\r\n").is_some();
    let mark = |text: &[u8]| text.starts_with(b"\xef\xbb\xbf");
    let mut notes = Vec::new();
    if returns(&target.old) && !returns(new) {
        notes.push("note: the file had CRLF line ends, now it has LF; use edit to keep what you do not change".into());
    }
    if mark(&target.old) && !mark(new) {
        notes.push("note: the file began with a byte order mark, now it does not".into());
    }
    Made { bytes: new.to_vec(), notes }
}
