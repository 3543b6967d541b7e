//! The open call: from its request to its last piece, as inputs of the machine. Decides nothing.

use std::{future::pending, sync::Arc};

use futures_util::future::BoxFuture;

use super::{
    clock::clock,
    effect::{Call, Input},
};
use crate::glm::{self, Client, Delta, Request};

/// What every call of a session says alike.
pub(super) struct Terms {
    /// The most tokens of a reply; `None` = the model's own limit.
    pub(super) max_output: Option<u64>,
    /// Fields that the server refuses.
    pub(super) omit: Vec<String>,
}

/// The open call.
pub(super) enum Open {
    None,
    Opening(u64, BoxFuture<'static, Result<glm::Stream, glm::Error>>),
    /// The stream and what was read of it but not delivered yet.
    Streaming(u64, Box<glm::Stream>, Vec<Delta>),
    /// It failed; what came before was delivered.
    Failed(u64, glm::Error),
}

impl Open {
    /// Opens a call.
    pub(super) fn call(call: Call, client: &Arc<Client>, terms: &Terms) -> Self {
        let client = Arc::clone(client);
        let (omit, max_output) = (terms.omit.clone(), terms.max_output);
        let number = call.number;
        Self::Opening(
            number,
            Box::pin(async move {
                let request = Request {
                    model: &call.model,
                    tools: &call.tools,
                    messages: &call.messages,
                    thinking: call.thinking,
                    effort: call.effort,
                    max_output,
                    omit: &omit,
                };
                client.chat(&request).await
            }),
        )
    }

    /// Waits for news of it. Dropping this future loses nothing.
    pub(super) async fn next(&mut self) -> Input {
        match self {
            Self::None => pending().await,
            Self::Opening(number, opening) => {
                let call = *number;
                match opening.await {
                    Ok(stream) => {
                        *self = Self::Streaming(call, Box::new(stream), Vec::new());
                        Input::Opened(call)
                    }
                    Err(error) => Input::Failed { call, error, jitter: jitter() },
                }
            }
            Self::Streaming(number, stream, read) => {
                let call = *number;
                let outcome = stream.next(read).await;
                let deltas = std::mem::take(read);
                match outcome {
                    Ok(true) => {}
                    Ok(false) => *self = Self::None,
                    Err(error) => *self = Self::Failed(call, error),
                }
                Input::Deltas(call, deltas)
            }
            Self::Failed(number, error) => {
                let (call, error) = (*number, error.clone());
                *self = Self::None;
                Input::Failed { call, error, jitter: jitter() }
            }
        }
    }
}

/// A share of 0–1 from the clock's nanoseconds: enough to spread the retries of several programs.
fn jitter() -> f64 {
    f64::from(clock().wall.subsec_nanosecond().unsigned_abs() % 1000) / 1000.0
}
