//! The answers that a question offers: their keys and words, asked by the handler and by the drawing
//! alike, so that what is shown is what works.

use super::{Pending, pending::Page};
use crate::chat::AskBody;

/// An answer, or another way to deal with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Yes, this once.
    Once,
    /// Yes, for the session.
    Session,
    /// Yes, from now on.
    Always,
    /// No, with a reason if there is one.
    No,
    /// Change it first.
    Edit,
    /// Show all of it.
    Detail,
    /// Say what the answers do.
    Explain,
}

impl Offer {
    /// Its key.
    #[must_use]
    pub fn key(self) -> char {
        match self {
            Self::Once => 'y',
            Self::Session => 's',
            Self::Always => 'p',
            Self::No => 'n',
            Self::Edit => 'e',
            Self::Detail => 'd',
            Self::Explain => '?',
        }
    }

    /// It holds beyond this one question: only its own letter takes it, never Enter or a click.
    #[must_use]
    pub fn stands(self) -> bool {
        matches!(self, Self::Session | Self::Always)
    }
}

/// An answer that is offered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferRow {
    /// Which.
    pub offer: Offer,
    /// What it does, in a few words.
    pub words: &'static str,
    /// The same where there is little room.
    pub short: &'static str,
    /// The exact rule that it would hold; text of [`crate::text::Clean`].
    pub rule: Option<String>,
}

impl Pending {
    /// The answers that are offered, grants first. A question with options has none of these.
    #[must_use]
    pub fn offers(&self) -> Vec<OfferRow> {
        let ask = &self.ask;
        let row = |offer, words, short| OfferRow { offer, words, short, rule: None };
        let mut rows = Vec::new();
        match &ask.body {
            AskBody::Question { .. } => return rows,
            AskBody::Plan(_) => rows.push(row(Offer::Once, "start", "start")),
            AskBody::Change(_) if self.review.is_as_proposed() => rows.push(row(Offer::Once, "apply once", "apply")),
            AskBody::Change(_) => rows.push(row(Offer::Once, "send these decisions", "send")),
            AskBody::Command { .. } | AskBody::Plain(_) => rows.push(row(Offer::Once, "once", "once")),
        }
        let plan = matches!(ask.body, AskBody::Plan(_));
        // Each rule is spelled out; one that both grants share stands once, behind both.
        let shared = ask.session.is_some() && ask.session == ask.always;
        if let Some(rule) = &ask.session {
            let (words, short) =
                if plan { ("start, edits allowed", "start+edits") } else { ("this session", "session") };
            let rule = (!shared).then(|| rule.as_str().to_owned());
            rows.push(OfferRow { offer: Offer::Session, words, short, rule });
        }
        if let Some(rule) = &ask.always {
            let rule = Some(rule.as_str().to_owned());
            rows.push(OfferRow { offer: Offer::Always, words: "always", short: "always", rule });
        }
        rows.push(if plan {
            row(Offer::No, "keep planning, and say what", "keep planning")
        } else {
            row(Offer::No, "no, and say why", "no")
        });
        match &ask.body {
            AskBody::Command { .. } => rows.push(row(Offer::Edit, "edit the command", "edit")),
            AskBody::Change(change) if !change.hunks.is_empty() => rows.push(row(Offer::Edit, "edit the hunk", "edit")),
            _ => {}
        }
        let detail = if self.page == Page::Short { ("details", "details") } else { ("less", "less") };
        rows.push(row(Offer::Detail, detail.0, detail.1));
        rows.push(row(Offer::Explain, "what is this", "help"));
        rows
    }

    /// The answers that Enter may take, in order.
    #[must_use]
    pub fn by_enter(&self) -> Vec<Offer> {
        let offers = self.offers().into_iter().map(|row| row.offer);
        offers.filter(|offer| !offer.stands() && *offer != Offer::Explain).collect()
    }

    /// The answer that Enter takes now.
    #[must_use]
    pub fn chosen(&self) -> Option<Offer> {
        self.by_enter().get(self.choice).copied()
    }

    /// Number of options of a question.
    #[must_use]
    pub fn n_options(&self) -> usize {
        match &self.ask.body {
            AskBody::Question { options, .. } => options.len(),
            _ => 0,
        }
    }

    /// It is a question of the agent, not a request for leave.
    #[must_use]
    pub fn is_question(&self) -> bool {
        matches!(self.ask.body, AskBody::Question { .. })
    }
}
