//! From what a user writes to contestants.

use jiff::civil::Date;

use super::model::{Model, RetiredModel};
use super::provider::{EMBEDDED, LOCAL, Provider};
use super::{DynamicGroup, Registry, family_of};
use crate::contestant::{Contestant, Explicit, ParameterError, canonical, split_list, split_spec};
use crate::cost::{PriceSheet, PriceSource, Terms};
use crate::dialect::Dialect;
use crate::request::Thinking;

/// Names farther from what was written than this share of letters are no help.
const NEAR: f64 = 0.75;
/// Most names in a hint.
const MOST_HINTS: usize = 4;

/// What a piece of a list of models stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// One contestant.
    One(Box<Contestant>),
    /// A group whose members the caller finds out.
    Group(DynamicGroup),
}

/// Why a spelling names no contestant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Nothing was written.
    #[error("no model is named")]
    Empty,
    /// No model has this id.
    #[error("there is no model `{id}`")]
    Unknown {
        /// What was written.
        id: String,
        /// What to write instead, best first.
        nearest: Vec<String>,
    },
    /// The provider has withdrawn the model.
    #[error("`{id}` was retired by its provider on {retired}; its successor is `{successor}`")]
    Retired {
        /// What was written.
        id: String,
        /// When.
        retired: Date,
        /// The successor, which is never taken in its place: it may answer and bill otherwise.
        successor: String,
    },
    /// Several providers serve the model.
    #[error("`{id}` is served on several routes")]
    Ambiguous {
        /// What was written.
        id: String,
        /// Unambiguous spellings.
        routes: Vec<String>,
    },
    /// A parameter is wrong.
    #[error("in `{spec}`: {error}")]
    Parameter {
        /// What was written.
        spec: String,
        /// What is wrong.
        #[source]
        error: ParameterError,
    },
    /// The advisor cannot be resolved to a model of the same provider.
    #[error("in `{spec}`: the advisor `{advisor}` cannot be used: {reason}")]
    Advisor {
        /// What was written.
        spec: String,
        /// The advisor.
        advisor: String,
        /// Why not.
        reason: String,
    },
    /// `dialect=` for a provider that speaks neither of its words.
    #[error("in `{spec}`: `dialect` chooses between OpenAI's two wire formats, and {provider} speaks another one")]
    Dialect {
        /// What was written.
        spec: String,
        /// The provider's display name.
        provider: String,
    },
    /// Parameters after a group.
    #[error("`{name}` is a group and takes no parameters")]
    GroupParameters {
        /// The group.
        name: String,
    },
    /// A group where one contestant is wanted.
    #[error("`{name}` is a group, and one model is wanted here")]
    Group {
        /// The group.
        name: String,
    },
}

impl ResolveError {
    /// What to do about it, where that is more than the message says.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { id, .. } if id.contains('=') => {
                Some(format!("parameters follow a model after an `@`: MODEL@{id}"))
            }
            Self::Unknown { nearest, .. } if !nearest.is_empty() => {
                Some(format!("did you mean {}?", nearest.join(", ")))
            }
            Self::Unknown { .. } => Some(
                "`list-models` shows all; an unregistered model of a known provider is written `provider:model`"
                    .to_owned(),
            ),
            Self::Ambiguous { routes, .. } => Some(format!("write one of: {}", routes.join(", "))),
            Self::Retired { .. } => Some("name the successor yourself: it may answer and bill otherwise".to_owned()),
            Self::Parameter { error, .. } => error.hint(),
            Self::GroupParameters { .. } => Some("write the parameters after each model".to_owned()),
            _ => None,
        }
    }
}

impl Registry {
    /// Resolves a comma-separated list with groups in it; see [`split_list`]. Groups with a fixed
    /// list are put in place, dynamic ones handed back. A contestant named twice stays once, where it was first.
    pub fn resolve_list(&self, list: &str) -> Result<Vec<Selection>, ResolveError> {
        let mut selections: Vec<Selection> = Vec::new();
        let mut add = |selection: Selection| {
            let known = selections.iter().any(|present| match (present, &selection) {
                (Selection::One(left), Selection::One(right)) => left.spec == right.spec && left.name == right.name,
                (left, right) => left == right,
            });
            if !known {
                selections.push(selection);
            }
        };
        for spec in split_list(list) {
            if let Some(dynamic) = DynamicGroup::BOTH.into_iter().find(|group| group.name() == spec) {
                add(Selection::Group(dynamic));
            } else if let Some(members) = self.group(&spec) {
                for member in members {
                    add(Selection::One(Box::new(self.resolve(member)?)));
                }
            } else {
                add(Selection::One(Box::new(self.resolve(&spec)?)));
            }
        }
        if selections.is_empty() { Err(ResolveError::Empty) } else { Ok(selections) }
    }

    /// Resolves one contestant: a registered id, `provider:model`, `local/NAME`, `local:NAME`,
    /// `embedded/NAME` or `embedded:PATH`, each with parameters after an `@`.
    pub fn resolve(&self, spec: &str) -> Result<Contestant, ResolveError> {
        let (id, explicit) =
            split_spec(spec).map_err(|error| ResolveError::Parameter { spec: spec.trim().to_owned(), error })?;
        if id.is_empty() {
            return Err(ResolveError::Empty);
        }
        if self.is_group(&id) {
            let plain = explicit == Explicit::default();
            return Err(if plain {
                ResolveError::Group { name: id }
            } else {
                ResolveError::GroupParameters { name: id }
            });
        }
        let route = self.route(&id)?;
        self.contestant(spec, route, explicit)
    }

    fn is_group(&self, name: &str) -> bool {
        self.group(name).is_some() || DynamicGroup::BOTH.iter().any(|group| group.name() == name)
    }

    fn route(&self, id: &str) -> Result<Route<'_>, ResolveError> {
        for name in [LOCAL, EMBEDDED] {
            // The prefix goes once: `local/local/x` asks a local server for `local/x`.
            let rest = id.strip_prefix(name).and_then(|rest| rest.strip_prefix(['/', ':']));
            if let (Some(rest), Some(provider)) = (rest, self.provider(name)) {
                if rest.is_empty() {
                    return Err(ResolveError::Unknown { id: id.to_owned(), nearest: Vec::new() });
                }
                let model = self.model(name, rest);
                return Ok(Route {
                    provider,
                    model,
                    wire_id: rest.to_owned(),
                    spelling: local_spelling(id, name, rest),
                });
            }
        }
        let matches: Vec<&Model> = self.models.iter().filter(|model| model.id == id).collect();
        if let [model] = matches.as_slice()
            && let Some(provider) = self.provider(&model.provider)
        {
            return Ok(Route { provider, model: Some(model), wire_id: model.wire_id.clone(), spelling: id.to_owned() });
        }
        if matches.len() > 1 {
            let routes = matches.iter().map(|model| format!("{}:{id}", model.provider)).collect();
            return Err(ResolveError::Ambiguous { id: id.to_owned(), routes });
        }
        if let Some((name, rest)) = id.split_once(':')
            && let Some(provider) = self.provider(name)
            && !rest.is_empty()
        {
            self.refuse_retired(Some(name), rest)?;
            let model = self.model(name, rest);
            let wire_id = model.map_or_else(|| rest.to_owned(), |model| model.wire_id.clone());
            let alone = self.models.iter().filter(|other| other.id == rest).count() == 1;
            let spelling = if model.is_some() && alone { rest.to_owned() } else { id.to_owned() };
            return Ok(Route { provider, model, wire_id, spelling });
        }
        self.refuse_retired(None, id)?;
        Err(ResolveError::Unknown { id: id.to_owned(), nearest: self.nearest(id) })
    }

    fn refuse_retired(&self, provider: Option<&str>, id: &str) -> Result<(), ResolveError> {
        let on_route = |retired: &RetiredModel| provider.is_none_or(|name| name == retired.provider);
        match self.retired.iter().find(|retired| retired.id == id && on_route(retired)) {
            None => Ok(()),
            Some(retired) => Err(ResolveError::Retired {
                id: id.to_owned(),
                retired: retired.retired,
                successor: retired.successor.clone(),
            }),
        }
    }

    fn nearest(&self, id: &str) -> Vec<String> {
        let lower = id.to_ascii_lowercase();
        let mut near: Vec<(f64, String)> = Vec::new();
        if let Some((name, rest)) = id.split_once('/')
            && self.provider(name).is_some()
            && !rest.is_empty()
        {
            near.push((1.0, format!("{name}:{rest}")));
        }
        let ids = self.models.iter().map(|model| model.id.as_str());
        for known in ids.chain(self.groups()).chain(DynamicGroup::BOTH.map(DynamicGroup::name)) {
            // A bare name finds an id with an owner before it.
            let tail = known.rsplit('/').next().unwrap_or(known);
            let likeness = strsim::normalized_damerau_levenshtein(&lower, known)
                .max(strsim::normalized_damerau_levenshtein(&lower, tail));
            if likeness >= NEAR {
                near.push((likeness, known.to_owned()));
            }
        }
        near.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
        near.into_iter().map(|(_, id)| id).take(MOST_HINTS).collect()
    }

    fn contestant(&self, spec: &str, route: Route<'_>, mut explicit: Explicit) -> Result<Contestant, ResolveError> {
        let Route { provider, model, wire_id, spelling } = route;
        let spec = spec.trim();
        let own_dialect = model.and_then(|model| model.dialect).unwrap_or(provider.dialect);
        let openai = |dialect| matches!(dialect, Dialect::OpenAiChat | Dialect::OpenAiResponses);
        if explicit.dialect.is_some() && !openai(own_dialect) {
            return Err(ResolveError::Dialect { spec: spec.to_owned(), provider: provider.display_name.clone() });
        }
        let mut price = explicit.price.clone().unwrap_or_else(|| self.route_price(provider, model));
        if price.non_thinking_rate_only && explicit.params.thinking.is_some_and(|thinking| thinking != Thinking::Off) {
            price.unbounded = Some("thinking is asked for, and the recorded price is the non-thinking rate".to_owned());
        }
        if let Some(advisor) = &mut explicit.params.advisor {
            let advising = self.advisor(spec, provider, &advisor.model)?;
            advisor.model = advising.wire_id.clone();
            price.advisor = Some(Box::new(self.price_sheet(advising)));
        }
        let parameters = canonical(&explicit);
        let canonical_spec = if parameters.is_empty() { spelling } else { format!("{spelling}@{parameters}") };
        let capabilities = model.map(|model| model.capabilities.clone()).unwrap_or_default();
        Ok(Contestant {
            name: explicit.label.unwrap_or_else(|| canonical_spec.clone()),
            spec: canonical_spec,
            provider: provider.name.clone(),
            family: model.map_or_else(|| family_of(&wire_id), |model| model.family.clone()),
            wire_id,
            registered: model.cloned().map(Box::new),
            dialect: explicit.dialect.unwrap_or(own_dialect),
            quirks: model.and_then(|model| model.quirks.clone()).unwrap_or_else(|| provider.quirks.clone()),
            capabilities: capabilities.or(&provider.capabilities),
            defaults: provider.defaults.clone(),
            explicit: explicit.params,
            price,
        })
    }

    fn route_price(&self, provider: &Provider, model: Option<&Model>) -> PriceSheet {
        match model {
            Some(model) => self.price_sheet(model),
            None if provider.is_local() => PriceSheet::new(Terms::Local, PriceSource::FirstParty),
            None => PriceSheet::new(Terms::Unpriced, PriceSource::Unchecked),
        }
    }

    fn advisor(&self, spec: &str, provider: &Provider, written: &str) -> Result<&Model, ResolveError> {
        let error =
            |reason: String| ResolveError::Advisor { spec: spec.to_owned(), advisor: written.to_owned(), reason };
        if provider.capabilities.advisor != Some(true) {
            return Err(error(format!("{} has no advisor tool; only Anthropic's API has one", provider.display_name)));
        }
        let route = self.route(written).map_err(|failure| match failure.hint() {
            Some(hint) => error(format!("{failure}; {hint}")),
            None => error(failure.to_string()),
        })?;
        match route.model {
            Some(model) if model.provider == provider.name => Ok(model),
            Some(model) => Err(error(format!("it is served by {}, not by {}", model.provider, provider.name))),
            None => Err(error("it is not registered; add it and its price to your own models file".to_owned())),
        }
    }
}

/// A provider, a model on it, and how both are written together.
struct Route<'a> {
    provider: &'a Provider,
    model: Option<&'a Model>,
    wire_id: String,
    spelling: String,
}

/// `local:NAME` and `local/NAME` are one contestant; `embedded:PATH` and `embedded/NAME` are not.
fn local_spelling(id: &str, provider: &str, rest: &str) -> String {
    if provider == LOCAL { format!("{LOCAL}/{rest}") } else { id.to_owned() }
}
