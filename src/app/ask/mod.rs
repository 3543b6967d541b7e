//! What the agent asks, and what a person has done about it so far: plain values.
//!
//! Nothing here grants by itself: every yes is a key press that was possible only after the question had
//! been on the screen (`on_ask`). Knows no cells; what was visible comes back with the drawn frame.

mod offer;
mod pending;

pub use offer::{Offer, OfferRow};
pub use pending::{Asks, Lent, Page, Pending, Typing};
