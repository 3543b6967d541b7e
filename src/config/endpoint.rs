//! Where requests go and which key may go there.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The two regions of the service. A key of one is never sent to the other unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    /// `api.z.ai`.
    International,
    /// `open.bigmodel.cn`.
    China,
}

/// A named address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Preset {
    /// The Coding Plan, international.
    CodingIntl,
    /// The Coding Plan, China.
    CodingCn,
    /// Pay as you go, international.
    MeteredIntl,
    /// Pay as you go, China.
    MeteredCn,
    /// Any OpenAI-compatible server.
    Custom,
}

impl Preset {
    /// All presets with the word for `--endpoint` and the config file.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::CodingIntl, "coding-intl"),
        (Self::CodingCn, "coding-cn"),
        (Self::MeteredIntl, "metered-intl"),
        (Self::MeteredCn, "metered-cn"),
        (Self::Custom, "custom"),
    ];

    /// The region whose keys belong here; `None` for a custom server.
    #[must_use]
    pub fn region(self) -> Option<Region> {
        match self {
            Self::CodingIntl | Self::MeteredIntl => Some(Region::International),
            Self::CodingCn | Self::MeteredCn => Some(Region::China),
            Self::Custom => None,
        }
    }

    /// The Coding Plan pays, so there are windows.
    #[must_use]
    pub fn is_plan(self) -> bool {
        matches!(self, Self::CodingIntl | Self::CodingCn)
    }

    /// Each request costs money.
    #[must_use]
    pub fn is_metered(self) -> bool {
        matches!(self, Self::MeteredIntl | Self::MeteredCn)
    }
}

/// A key. Never printed: `Debug` shows only that there is one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key.
    #[must_use]
    pub fn new(key: String) -> Self {
        Self(key)
    }

    /// The key itself, for the one header that carries it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `…1a2b`: enough to recognise it, too little to use it.
    #[must_use]
    pub fn hint(&self) -> String {
        let tail: Vec<char> = self.0.chars().rev().take(4).collect();
        if self.0.chars().count() < 12 {
            "…".into()
        } else {
            format!("…{}", tail.into_iter().rev().collect::<String>())
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An address with the key that is bound to its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Which preset it came from.
    pub preset: Preset,
    /// Base URL without a trailing slash; `/chat/completions` and `/models` are appended.
    pub base_url: String,
    /// The quota host (`scheme://host[:port]`, `/api/monitor/usage/…` is appended); `None` = off.
    pub quota_url: Option<String>,
    /// The key; `None` for a custom server that needs none.
    pub key: Option<Secret>,
    /// Everything behind the address is simulated.
    pub demo: bool,
}
