//! The bill of one reply: charged once, for the whole reply or for what was sent of it when the stream
//! broke or the client left. Also gives back the place among the concurrent requests.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    chunk::Tokens,
    log::{Ended, Log},
};

/// Takes a charge: the model and its tokens.
pub(super) type Charger = Box<dyn FnMut(&str, Tokens) + Send>;

/// A place among the chat requests in flight; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<AtomicUsize>);

impl Place {
    /// Takes a place if fewer than `most` are taken.
    pub(super) fn take(taken: &Arc<AtomicUsize>, most: Option<usize>) -> Option<Self> {
        if taken.fetch_add(1, Ordering::AcqRel) >= most.unwrap_or(usize::MAX) {
            taken.fetch_sub(1, Ordering::AcqRel);
            return None;
        }
        Some(Self(Arc::clone(taken)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// One reply's bill.
pub(super) struct Bill {
    charge: Charger,
    model: String,
    tokens: Tokens,
    sent: u64,
    is_settled: bool,
    ended: Option<Ended>,
    log: Log,
    n: u64,
    _place: Place,
}

impl Bill {
    /// A bill for `tokens` of `model`, for request `n` of the log.
    pub(super) fn new(charge: Charger, (model, tokens): (&str, Tokens), (log, n): (&Log, u64), place: Place) -> Self {
        Self {
            charge,
            model: model.to_owned(),
            tokens,
            sent: 0,
            is_settled: false,
            ended: None,
            log: log.clone(),
            n,
            _place: place,
        }
    }

    /// So many tokens went out.
    pub(super) fn sent(&mut self, tokens: u64) {
        self.sent += tokens;
    }

    /// Charges the whole reply.
    pub(super) fn settle(&mut self) {
        self.charge(self.tokens);
    }

    /// The answer is over, this way.
    pub(super) fn end(&mut self, how: Ended) {
        self.ended.get_or_insert(how);
    }

    fn charge(&mut self, tokens: Tokens) {
        if !std::mem::replace(&mut self.is_settled, true) {
            (self.charge)(&self.model, tokens);
        }
    }
}

impl Drop for Bill {
    fn drop(&mut self) {
        let completion = self.sent.min(self.tokens.completion);
        self.charge(Tokens { completion, reasoning: self.tokens.reasoning.min(completion), ..self.tokens });
        self.log.end(self.n, self.ended.unwrap_or(Ended::Left));
    }
}
