//! Which parameters a contestant is sent: the run's defaults, its own, less what it refuses.

use serde::{Deserialize, Serialize};

use super::{Contestant, Parameter};
use crate::dialect::{Dialect, EffortStyle, ThinkingStyle};
use crate::registry::{SamplingExclusion, ThinkingMode};
use crate::request::{Effort, Params, Thinking};

/// Anthropic's least thinking budget.
const LEAST_ANTHROPIC_BUDGET: u32 = 1_024;

/// The order in which parameters are judged: those that others are judged against come first.
const ORDER: [Parameter; 8] = [
    Parameter::MaxOutputTokens,
    Parameter::Effort,
    Parameter::Thinking,
    Parameter::Advisor,
    Parameter::Temperature,
    Parameter::TopP,
    Parameter::Seed,
    Parameter::Stop,
];

/// The parameters of a contestant's calls, and those that were left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    /// What is sent.
    pub params: Params,
    /// What was wanted for the whole run and is not sent to this contestant; shown in every output.
    pub omitted: Vec<Omission>,
}

/// A parameter that the run wanted and the model refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omission {
    /// Which one.
    pub parameter: Parameter,
    /// The value that was wanted.
    pub requested: String,
    /// Why it is not sent, as a clause.
    pub reason: String,
}

/// A parameter that was asked for this one contestant, which refuses it: a usage error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{contestant}` cannot be given {parameter}={requested}: {reason}")]
pub struct Refused {
    /// The contestant's name.
    pub contestant: String,
    /// Which parameter.
    pub parameter: Parameter,
    /// The value that was asked for.
    pub requested: String,
    /// Why it is refused, as a clause.
    pub reason: String,
}

impl Contestant {
    /// What to send when the run wants `defaults` of everybody.
    ///
    /// The contestant's own parameters win over the run's. One of the run's that the model refuses
    /// is left out and reported; one of its own is an error. Call again for every swept value.
    pub fn apply(&self, defaults: &Params) -> Result<Applied, Refused> {
        let mut applied = Applied { params: self.defaults.clone(), omitted: Vec::new() };
        for layer in [defaults, &self.explicit] {
            for parameter in ORDER.into_iter().filter(|parameter| parameter.value_in(layer).is_some()) {
                parameter.copy(layer, &mut applied.params);
            }
        }
        self.yield_to_explicit_sampling(defaults, &mut applied);
        for parameter in ORDER {
            let Some(requested) = parameter.value_in(&applied.params) else { continue };
            let Some(reason) = self.refusal(parameter, &applied.params) else { continue };
            if parameter.value_in(&self.explicit).is_some() {
                return Err(Refused { contestant: self.name.clone(), parameter, requested, reason });
            }
            applied.leave_out(parameter, defaults, reason);
        }
        Ok(applied)
    }

    /// Where sampling and reasoning exclude each other, what was asked for this contestant by name
    /// stays, and what the run wants of everybody goes.
    fn yield_to_explicit_sampling(&self, defaults: &Params, applied: &mut Applied) {
        let asked = |parameter: Parameter| parameter.value_in(&self.explicit).is_some();
        let Some((blocker, reason)) = self.blocks_sampling(&applied.params) else { return };
        if (asked(Parameter::Temperature) || asked(Parameter::TopP)) && !asked(blocker) {
            applied.leave_out(blocker, defaults, reason);
        }
    }

    /// The parameter that keeps temperature and nucleus mass from being sent, and why.
    fn blocks_sampling(&self, params: &Params) -> Option<(Parameter, String)> {
        match self.capabilities.sampling_excludes? {
            SamplingExclusion::Effort => {
                let effort = params.effort.filter(|&effort| effort != Effort::None)?;
                let reason = format!("the model samples freely at effort none only, not at {}", effort.as_str());
                Some((Parameter::Effort, reason))
            }
            SamplingExclusion::Thinking => {
                params.thinking.filter(|&thinking| thinking != Thinking::Off)?;
                Some((Parameter::Thinking, "the model does not take sampling parameters while it thinks".to_owned()))
            }
        }
    }

    /// Why this parameter must not be sent, if it must not.
    fn refusal(&self, parameter: Parameter, params: &Params) -> Option<String> {
        self.refused_by_wire_format(parameter, params).or_else(|| self.refused_by_model(parameter, params))
    }

    fn refused_by_wire_format(&self, parameter: Parameter, params: &Params) -> Option<String> {
        let chat = self.dialect == Dialect::OpenAiChat;
        let openrouter = self.quirks.effort_style == EffortStyle::OpenRouter;
        let missing = match (parameter, self.dialect) {
            (Parameter::Seed, Dialect::AnthropicMessages) => "Anthropic's Messages API has no seed",
            (Parameter::Seed, Dialect::OpenAiResponses) => "OpenAI's Responses API has no seed",
            (Parameter::Stop, Dialect::OpenAiResponses) => "OpenAI's Responses API has no stop sequences",
            (Parameter::Thinking, Dialect::OpenAiResponses) => "OpenAI's API has no switch for thinking; use effort",
            (Parameter::Thinking, _) if chat && !openrouter && self.quirks.thinking_style == ThinkingStyle::Dialect => {
                "the provider's API has no switch for thinking; use effort"
            }
            (Parameter::Effort, _) if chat && self.quirks.effort_style == EffortStyle::None => {
                "the provider's API has no effort; use thinking"
            }
            (Parameter::Thinking, Dialect::AnthropicMessages) => return anthropic_budget_refusal(params),
            _ => return None,
        };
        Some(missing.to_owned())
    }

    fn refused_by_model(&self, parameter: Parameter, params: &Params) -> Option<String> {
        let takes = &self.capabilities;
        let refused = |flag: Option<bool>| flag == Some(false);
        let plain = |what: &str| Some(format!("the model takes no {what}"));
        match parameter {
            Parameter::Temperature if refused(takes.temperature) => plain("temperature but its own"),
            Parameter::TopP if refused(takes.top_p) => plain("top_p but its own"),
            Parameter::Temperature | Parameter::TopP => {
                if let Some((_, reason)) = self.blocks_sampling(params) {
                    return Some(reason);
                }
                self.one_of_two(parameter, params)
            }
            Parameter::Seed if refused(takes.seed) => plain("seed"),
            Parameter::Stop if refused(takes.stop) => plain("stop sequences"),
            // An advisor is one provider's tool: where nothing is said, there is none.
            Parameter::Advisor if takes.advisor != Some(true) => plain("advisor; only Anthropic's API has one"),
            Parameter::Effort => {
                let taken = takes.effort.as_ref()?;
                let effort = params.effort?;
                (!taken.contains(&effort)).then(|| list("effort", taken.iter().map(|effort| effort.as_str())))
            }
            Parameter::Thinking => {
                let thinking = params.thinking?;
                if let Some(taken) = &takes.thinking
                    && !taken.contains(&ThinkingMode::from(thinking))
                {
                    return Some(list("thinking", taken.iter().map(|mode| mode.as_str())));
                }
                let excluded = takes.thinking_off_excludes.as_ref()?;
                let effort = params.effort.filter(|effort| thinking == Thinking::Off && excluded.contains(effort))?;
                Some(format!("the model cannot stop thinking at effort {}", effort.as_str()))
            }
            _ => None,
        }
    }

    /// Where temperature and nucleus mass exclude each other, the one asked for by name stays; of
    /// two defaults the temperature does.
    fn one_of_two(&self, parameter: Parameter, params: &Params) -> Option<String> {
        let both = params.temperature.is_some() && params.top_p.is_some();
        if self.capabilities.temperature_excludes_top_p != Some(true) || !both {
            return None;
        }
        let nucleus_by_name = self.explicit.top_p.is_some() && self.explicit.temperature.is_none();
        let goes = if nucleus_by_name { Parameter::Temperature } else { Parameter::TopP };
        (parameter == goes).then(|| "the model takes temperature or top_p, not both".to_owned())
    }
}

impl Applied {
    /// Leaves a parameter out. Nobody is told of one that only our own provider table wanted.
    fn leave_out(&mut self, parameter: Parameter, defaults: &Params, reason: String) {
        if let Some(requested) = parameter.value_in(defaults) {
            self.omitted.push(Omission { parameter, requested, reason });
        }
        parameter.clear(&mut self.params);
    }
}

fn anthropic_budget_refusal(params: &Params) -> Option<String> {
    let Some(Thinking::Budget(budget)) = params.thinking else { return None };
    if budget < LEAST_ANTHROPIC_BUDGET {
        return Some(format!("a thinking budget is at least {LEAST_ANTHROPIC_BUDGET} tokens"));
    }
    let limit = params.max_output_tokens.filter(|&limit| budget >= limit)?;
    Some(format!("a thinking budget must be below max-output-tokens, which is {limit}"))
}

fn list<'a>(what: &str, taken: impl Iterator<Item = &'a str>) -> String {
    let taken: Vec<&str> = taken.collect();
    if taken.is_empty() {
        format!("the model has no {what} that could be set")
    } else {
        format!("the model takes {what} {}", taken.join(", "))
    }
}
