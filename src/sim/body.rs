//! Runs the steps of a reply as an HTTP body: keeps the pace, breaks where the scenario says so, and
//! settles the bill whichever way it ends. Waits with the runtime's clock.

use std::{convert::Infallible, fmt, iter::Peekable, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    bill::Bill,
    door::Link,
    gzip::Gzip,
    log::Ended,
    scenario::{Encoding, Fault, Pace, Trickle},
    script::{Step, Steps},
};

/// Flat out, events are put together up to so many bytes: one write of the kernel's size instead of
/// one for each token.
const BATCH: usize = 16 * 1_024;
/// A reader that was slow is caught up with by so much, not by a burst of all that was held back.
const CATCH_UP: Duration = Duration::from_millis(100);

/// The body ended in the middle, on purpose.
#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken on purpose")
    }
}

impl std::error::Error for Broken {}

/// A body that streams `steps`.
pub(super) fn streamed(steps: Steps, play: Play) -> Body {
    let run = Run::new(steps, play);
    Body::from_stream(stream::unfold(run, |mut run| async move { run.next().await.map(|piece| (piece, run)) }))
}

/// A body of one piece that settles its bill when it is sent.
pub(super) fn whole(text: String, mut bill: Bill) -> Body {
    Body::from_stream(stream::once(async move {
        bill.settle();
        bill.end(Ended::Complete);
        Ok::<_, Infallible>(Bytes::from(text))
    }))
}

/// How a stream is played.
pub(super) struct Play {
    pub(super) pace: Pace,
    pub(super) fault: Fault,
    pub(super) encoding: Encoding,
    pub(super) link: Link,
    pub(super) bill: Bill,
}

struct Run {
    steps: Peekable<Steps>,
    play: Play,
    gzip: Option<Gzip>,
    due: Option<Instant>,
    n_events: u64,
    /// Bytes that wait to trickle.
    held: BytesMut,
    is_over: bool,
}

impl Run {
    fn new(steps: Steps, play: Play) -> Self {
        let gzip = matches!(play.encoding, Encoding::Gzip | Encoding::SilentGzip).then(Gzip::default);
        Self { steps: steps.peekable(), play, gzip, due: None, n_events: 0, held: BytesMut::new(), is_over: false }
    }

    /// The next bytes; `None` is the proper end of the body.
    async fn next(&mut self) -> Option<Result<Bytes, Broken>> {
        if let Some(trickle) = self.play.fault.trickle
            && !self.held.is_empty()
        {
            return Some(Ok(self.drip(trickle).await));
        }
        if self.is_over {
            return None;
        }
        let bytes = match self.piece().await {
            Piece::Bytes(bytes) => bytes,
            Piece::Broken => return Some(Err(Broken)),
            Piece::End => {
                self.is_over = true;
                match self.gzip.as_mut().map(Gzip::finish) {
                    Some(tail) => return Some(Ok(tail.into())),
                    None => return None,
                }
            }
        };
        let bytes = self.gzip.as_mut().map_or(bytes.clone(), |gzip| gzip.push(&bytes).into());
        match self.play.fault.trickle {
            Some(trickle) => {
                self.held.extend_from_slice(&bytes);
                Some(Ok(self.drip(trickle).await))
            }
            None => Some(Ok(bytes)),
        }
    }

    async fn piece(&mut self) -> Piece {
        loop {
            if self.breaks_here() {
                return self.fail().await;
            }
            match self.steps.next() {
                None => {
                    self.play.bill.end(Ended::Complete);
                    return Piece::End;
                }
                Some(Step::Settle) => self.play.bill.settle(),
                Some(Step::Pause(pause)) => self.pause(pause),
                Some(Step::Extra(bytes)) => return Piece::Bytes(self.batch(bytes)),
                Some(Step::Event(bytes, tokens)) => {
                    self.wait(tokens).await;
                    self.sent(tokens);
                    return Piece::Bytes(self.batch(bytes));
                }
            }
        }
    }

    /// Flat out: puts further events behind the first, as far as nothing has to happen in between.
    fn batch(&mut self, first: Bytes) -> Bytes {
        if !self.is_flat_out() {
            return first;
        }
        let mut out = BytesMut::from(first);
        while out.len() < BATCH && !self.breaks_here() {
            match self.steps.next_if(|s| matches!(s, Step::Event(..) | Step::Extra(_))) {
                Some(Step::Event(bytes, tokens)) => {
                    self.sent(tokens);
                    out.extend_from_slice(&bytes);
                }
                Some(Step::Extra(bytes)) => out.extend_from_slice(&bytes),
                _ => break,
            }
        }
        out.freeze()
    }

    /// Waits until the next event of so many tokens is due.
    async fn wait(&mut self, tokens: u64) {
        let now = Instant::now();
        let due = match self.due {
            None => now + Duration::from_millis(self.play.pace.first_ms),
            Some(due) if self.is_flat_out() => due,
            Some(due) => due.max(now.checked_sub(CATCH_UP).unwrap_or(now)),
        };
        if due > now {
            sleep_until(due).await;
        }
        let rate = self.play.pace.rate;
        let takes =
            if rate > 0.0 { Duration::from_secs_f64((tokens as f64 / rate).min(3_600.0)) } else { Duration::ZERO };
        self.due = Some(due + takes);
    }

    fn pause(&mut self, pause: Duration) {
        // Before the first event a pause would only be a longer `first_ms`.
        if let Some(due) = self.due {
            self.due = Some(due.max(Instant::now()) + pause);
        }
    }

    async fn drip(&mut self, trickle: Trickle) -> Bytes {
        let n = trickle.bytes.max(1).min(self.held.len());
        // Even without a wait the bytes before must have left: pending once makes the server flush.
        tokio::task::yield_now().await;
        if trickle.every_ms > 0 {
            sleep(Duration::from_millis(trickle.every_ms)).await;
        }
        self.held.split_to(n).freeze()
    }

    async fn fail(&mut self) -> Piece {
        // What was written before the break has to be on the wire: pending once makes the server flush.
        tokio::task::yield_now().await;
        let fault = &self.play.fault;
        let here = Some(self.n_events);
        if fault.stall_after == here {
            std::future::pending::<()>().await;
        }
        self.is_over = true;
        self.play.bill.end(Ended::Broken);
        if fault.cut_after == here {
            return Piece::End;
        }
        if fault.reset_after == here {
            self.play.link.reset();
        }
        Piece::Broken
    }

    /// The stream breaks now; what was put in at this place still goes out.
    fn breaks_here(&mut self) -> bool {
        let Fault { cut_after, drop_after, reset_after, stall_after, .. } = self.play.fault;
        let limit = [cut_after, drop_after, reset_after, stall_after].into_iter().flatten().min();
        limit == Some(self.n_events) && !matches!(self.steps.peek(), Some(Step::Extra(_)))
    }

    fn sent(&mut self, tokens: u64) {
        self.n_events += 1;
        self.play.bill.sent(tokens);
    }

    fn is_flat_out(&self) -> bool {
        self.play.pace.rate <= 0.0
    }
}

enum Piece {
    Bytes(Bytes),
    Broken,
    End,
}
