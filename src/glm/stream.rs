//! A reply on its way. Owns when to wait for bytes and when to take what is there; refuses to know how long
//! is too long (its reader does: it counts events, not bytes).

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use reqwest::{Response, header};
use tokio::time;

use super::{
    assemble::Expect,
    error::{Error, ErrorKind},
    failure,
    http::Call,
    reader::{Broken, Reader},
    repairs::Repairs,
    request::Delta,
};

/// The most bytes taken in one go, so that a fast sender leaves time for the keys.
const BATCH: usize = 256 << 10;

/// How long usage and the end mark may come after the reason of the end.
const TAIL: Duration = Duration::from_secs(2);

/// A reply on its way. Dropping it cancels the call.
#[derive(Debug)]
pub struct Stream {
    response: Response,
    reader: Reader,
    call: Call,
    repairs: Repairs,
    state: State,
}

#[derive(Debug)]
enum State {
    Open,
    /// It failed, which is told once all text before the failure was taken.
    Failed(Error),
    Over,
}

impl Stream {
    pub(super) fn new(response: Response, expect: Expect, call: Call, repairs: Repairs) -> Self {
        Self { response, reader: Reader::new(expect), call, repairs, state: State::Open }
    }

    /// Waits for bytes, then takes all that is ready without waiting, and pushes what it means. Neighbouring
    /// texts of one kind are one delta. Returns when bytes came, also when they completed nothing.
    /// `Ok(false)` once the reply is over and its `End` was pushed by an earlier call. Dropping the future
    /// before it is done loses nothing.
    ///
    /// # Errors
    /// The reply was cut, the service broke it off, or it is none. What came before was pushed by the calls
    /// before, so nothing is lost. After an error there is nothing more.
    pub async fn next(&mut self, out: &mut Vec<Delta>) -> Result<bool, Error> {
        if !matches!(self.state, State::Open) {
            return match std::mem::replace(&mut self.state, State::Over) {
                State::Failed(error) => Err(error),
                State::Open | State::Over => Ok(false),
            };
        }
        // The only wait, and nothing changes before it.
        let first = if self.reader.is_finished() {
            time::timeout(TAIL, self.response.chunk()).await.unwrap_or(Ok(None))
        } else {
            self.response.chunk().await
        };
        let n_before = out.len();
        let taken = self.take_ready(first, out);
        for delta in out.iter().skip(n_before) {
            if let Delta::Repaired(what) = delta {
                self.repairs.count(what);
            }
        }
        match taken {
            Ok(state) => self.state = state,
            Err(error) if out.len() == n_before => {
                self.state = State::Over;
                return Err(error);
            }
            Err(error) => self.state = State::Failed(error),
        }
        Ok(true)
    }

    fn take_ready(&mut self, first: reqwest::Result<Option<Bytes>>, out: &mut Vec<Delta>) -> Result<State, Error> {
        let mut chunk = first;
        let mut taken = 0;
        loop {
            match chunk {
                Ok(Some(bytes)) => {
                    taken += bytes.len();
                    self.reader.push(&bytes, out).map_err(|broken| self.error(broken))?;
                }
                // A connection that breaks after the end has lost nothing.
                Err(error) if !self.reader.is_finished() && !self.reader.is_complete() => {
                    self.reader.flush(out);
                    return Err(failure::classify(&error, &self.call.host));
                }
                Ok(None) | Err(_) => return self.end(out),
            }
            if self.reader.is_complete() {
                // Read up to the end of the body if that is here, so that the connection can be used again.
                let _ = self.response.chunk().now_or_never();
                return self.end(out);
            }
            if taken >= BATCH {
                return Ok(State::Open);
            }
            chunk = match self.response.chunk().now_or_never() {
                Some(chunk) => chunk,
                None => return Ok(State::Open),
            };
        }
    }

    fn end(&mut self, out: &mut Vec<Delta>) -> Result<State, Error> {
        self.reader.finish(out).map_err(|broken| self.error(broken))?;
        Ok(State::Over)
    }

    fn error(&self, broken: Broken) -> Error {
        let mut error = broken_error(broken, self.response.status().as_u16(), &self.call);
        // A packing that is undone leaves no such header, so this one was not asked for.
        let packing = self.response.headers().get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        if let (ErrorKind::NotAnAnswer, Some(packing)) = (&error.kind, packing) {
            error.message = format!("a body packed as {}", failure::brief(packing, None));
        }
        error
    }
}

/// A broken reply as an error of the call.
pub(super) fn broken_error(broken: Broken, status: u16, call: &Call) -> Error {
    let key = call.key.as_ref();
    let new = |kind, message: String| Error { status: Some(status), ..Error::new(kind, &call.host, message) };
    match broken {
        Broken::Cut(why) => new(ErrorKind::Cut, why.to_owned()),
        Broken::NotAnAnswer(body) => new(ErrorKind::NotAnAnswer, failure::brief(&body, key)),
        Broken::Refused(refusal) => {
            Error { code: refusal.code, ..new(ErrorKind::Status, failure::brief(&refusal.message, key)) }
        }
    }
}
