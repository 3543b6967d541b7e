//! All that knows HTTP or the provider's JSON. Above this module there are only deltas, usage and errors.

mod arguments;
mod assemble;
mod body;
mod calls;
mod client;
mod code_words;
mod context;
mod decode;
mod endpoint;
mod envelope;
mod error;
mod failure;
mod http;
mod leak;
mod markup;
mod offer;
mod quota_api;
mod reader;
mod repair;
mod repairs;
mod request;
pub mod retry;
pub mod sse;
mod stream;
mod times;
mod wire;
mod words;

pub use arguments::mend as mend_arguments;
pub use body::encode;
pub use client::Client;
pub use context::Context;
pub use decode::{Call, Decoded, decode, decode_chunks};
pub use error::{Error, ErrorKind, RetryClass};
pub use repairs::Repairs;
pub use request::{Delta, Request};
pub use stream::Stream;
