//! Work on files off the async threads. Knows no tool.

use futures_util::future::BoxFuture;

use super::{Outcome, Refusal, change::make_outcome, tool::Work};

/// Does the work of a call on a blocking thread. File work is bounded and short, so it is not torn off when
/// the call is stopped: it ends by itself.
pub(super) fn blocking(
    work: Work,
    run: impl FnOnce(&Work) -> Result<Outcome, Refusal> + Send + 'static,
) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let done = tokio::task::spawn_blocking(move || run(&work)).await;
        make_outcome(
            done.unwrap_or_else(|_| Err(Refusal("the tool broke; what it had begun may be done in part".into()))),
        )
    })
}
