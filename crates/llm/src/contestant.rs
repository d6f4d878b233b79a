//! One entrant of a comparison: a model on a route, with the parameters that were asked for it.
//!
//! Written `model`, `provider:model` or either with parameters after an `@`:
//! `claude-opus-4-8@effort=xhigh,thinking=adaptive`.

mod apply;
mod parameters;

use serde::{Deserialize, Serialize};

pub use apply::{Applied, Omission, Refused};
pub(crate) use parameters::canonical;
pub use parameters::{Explicit, Parameter, ParameterError, split_list, split_spec};

use crate::cost::PriceSheet;
use crate::dialect::{Dialect, Quirks};
use crate::registry::{Capabilities, EMBEDDED, LOCAL, Model};
use crate::request::Params;

/// A model on a route, with everything that is needed to ask it and to price the answer. Made by
/// [`crate::registry::Registry::resolve`]; holds no key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contestant {
    /// What it is called in every output: its label, or its canonical spelling.
    pub name: String,
    /// Canonical spelling, label left out: same spelling, same contestant.
    pub spec: String,
    /// Name of the provider.
    pub provider: String,
    /// The id on the wire.
    pub wire_id: String,
    /// Its entry in the registry, if it has one.
    pub registered: Option<Box<Model>>,
    /// Lineage, for keeping judges from judging their own.
    pub family: String,
    /// The wire format.
    pub dialect: Dialect,
    /// Departures from the wire format.
    pub quirks: Quirks,
    /// Which parameters are taken on this route.
    pub capabilities: Capabilities,
    /// Sent unless the run or the contestant says otherwise.
    pub defaults: Params,
    /// What was asked for this contestant by name.
    pub explicit: Params,
    /// What its calls cost.
    pub price: PriceSheet,
}

impl Contestant {
    /// True for servers on the user's own machine and models in process.
    pub fn is_local(&self) -> bool {
        self.provider == LOCAL || self.provider == EMBEDDED
    }

    /// Most consultations of an advisor in one call: 0 without an advisor, `None` when there is one
    /// and nothing limits it, so that no worst case exists until [`Contestant::limit_advisor`].
    pub fn advisor_uses(&self) -> Option<u32> {
        match &self.explicit.advisor {
            None => Some(0),
            Some(advisor) => advisor.max_uses,
        }
    }

    /// Limits an advisor that has no limit yet, for a run with a budget. True when it changed
    /// something, which the caller tells the user.
    pub fn limit_advisor(&mut self, max_uses: u32) -> bool {
        match &mut self.explicit.advisor {
            Some(advisor) if advisor.max_uses.is_none() => {
                advisor.max_uses = Some(max_uses);
                true
            }
            _ => false,
        }
    }
}
