//! The parameters that can be written after a contestant: their names, their values, and how a list
//! of contestants is cut into pieces.

use std::fmt;

use crate::cost::{PriceSheet, PriceSource, Rate, Rates, Schedule, Terms};
use crate::dialect::Dialect;
use crate::request::{Advisor, Effort, Params, Thinking};

const EFFORTS: [Effort; 7] =
    [Effort::None, Effort::Minimal, Effort::Low, Effort::Medium, Effort::High, Effort::Xhigh, Effort::Max];

/// A parameter of a call that a model may refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// `temperature=NUMBER`.
    Temperature,
    /// `top_p=NUMBER`.
    TopP,
    /// `seed=INTEGER`.
    Seed,
    /// `max-output-tokens=INTEGER`.
    MaxOutputTokens,
    /// `effort=WORD`.
    Effort,
    /// `thinking=off|on|adaptive|INTEGER`.
    Thinking,
    /// `stop=TEXT`, more than once for several.
    Stop,
    /// `advisor=MODEL`, with `advisor-max-uses=INTEGER`.
    Advisor,
}

impl Parameter {
    /// The name, as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::TopP => "top_p",
            Self::Seed => "seed",
            Self::MaxOutputTokens => "max-output-tokens",
            Self::Effort => "effort",
            Self::Thinking => "thinking",
            Self::Stop => "stop",
            Self::Advisor => "advisor",
        }
    }

    /// The value in these parameters, as it is written; `None` when it is not set.
    pub fn value_in(self, params: &Params) -> Option<String> {
        match self {
            Self::Temperature => params.temperature.map(|value| value.to_string()),
            Self::TopP => params.top_p.map(|value| value.to_string()),
            Self::Seed => params.seed.map(|value| value.to_string()),
            Self::MaxOutputTokens => params.max_output_tokens.map(|value| value.to_string()),
            Self::Effort => params.effort.map(|value| value.as_str().to_owned()),
            Self::Thinking => params.thinking.map(thinking_text),
            Self::Stop => {
                let stops: Vec<String> = params.stop.iter().map(|stop| escape(stop)).collect();
                (!stops.is_empty()).then(|| stops.join(","))
            }
            Self::Advisor => params.advisor.as_ref().map(|advisor| advisor.model.clone()),
        }
    }

    /// Unsets it.
    pub(super) fn clear(self, params: &mut Params) {
        match self {
            Self::Temperature => params.temperature = None,
            Self::TopP => params.top_p = None,
            Self::Seed => params.seed = None,
            Self::MaxOutputTokens => params.max_output_tokens = None,
            Self::Effort => params.effort = None,
            Self::Thinking => params.thinking = None,
            Self::Stop => params.stop.clear(),
            Self::Advisor => params.advisor = None,
        }
    }

    /// Takes its value from other parameters.
    pub(super) fn copy(self, from: &Params, into: &mut Params) {
        match self {
            Self::Temperature => into.temperature = from.temperature,
            Self::TopP => into.top_p = from.top_p,
            Self::Seed => into.seed = from.seed,
            Self::MaxOutputTokens => into.max_output_tokens = from.max_output_tokens,
            Self::Effort => into.effort = from.effort,
            Self::Thinking => into.thinking = from.thinking,
            Self::Stop => into.stop.clone_from(&from.stop),
            Self::Advisor => into.advisor.clone_from(&from.advisor),
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Every key that can be written, in canonical order.
const KEYS: [&str; 12] = [
    "temperature",
    "top_p",
    "seed",
    "max-output-tokens",
    "effort",
    "thinking",
    "stop",
    "advisor",
    "advisor-max-uses",
    "dialect",
    "price",
    "label",
];

/// What was written after a contestant's `@`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explicit {
    /// Parameters of the call.
    pub params: Params,
    /// `dialect=chat|responses`: the wire format, against the registry.
    pub dialect: Option<Dialect>,
    /// `price=INPUT/OUTPUT` in US dollars per million tokens, or `price=free`.
    pub price: Option<PriceSheet>,
    /// `label=TEXT`: what it is called in outputs.
    pub label: Option<String>,
}

/// What is wrong with a parameter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// No parameter has this name.
    #[error("there is no parameter `{key}`")]
    UnknownKey {
        /// What was written.
        key: String,
        /// The name nearest to it.
        nearest: &'static str,
    },
    /// A piece without `=`.
    #[error("`{piece}` is no parameter; write `name=value`")]
    NoValue {
        /// What was written.
        piece: String,
    },
    /// The value cannot be read.
    #[error("`{key}={value}` cannot be used: {expected}")]
    Value {
        /// The parameter.
        key: &'static str,
        /// What was written.
        value: String,
        /// What can be.
        expected: &'static str,
    },
    /// A parameter that can be given once was given again.
    #[error("`{key}` is given twice")]
    Twice {
        /// The parameter.
        key: &'static str,
    },
    /// `advisor-max-uses` without `advisor`.
    #[error("`advisor-max-uses` needs `advisor=MODEL` beside it")]
    UsesWithoutAdvisor,
}

impl ParameterError {
    /// What to do, where that is more than the message says.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { nearest, .. } => {
                Some(format!("did you mean `{nearest}`? parameters are: {}", KEYS.join(", ")))
            }
            _ => None,
        }
    }
}

/// Cuts a list such as `a,b@effort=high,temperature=1,c` into contestants.
///
/// A comma ends a contestant, except that after an `@` a piece of the form `name=value` goes on
/// with its parameters. `\,` is a comma of a value. Empty pieces are dropped.
pub fn split_list(list: &str) -> Vec<String> {
    let mut specs: Vec<String> = Vec::new();
    for piece in pieces(list) {
        let piece = piece.trim();
        if piece.is_empty() {
            continue;
        }
        match specs.last_mut() {
            Some(last) if looks_like_parameter(piece) && parameters_start(last).is_some() => {
                last.push(',');
                last.push_str(piece);
            }
            _ => specs.push(piece.to_owned()),
        }
    }
    specs
}

/// Cuts `model@name=value,…` into the model and its parameters. An `@` that is not followed by
/// `name=` belongs to the id.
pub fn split_spec(spec: &str) -> Result<(String, Explicit), ParameterError> {
    let spec = spec.trim();
    let Some(start) = parameters_start(spec) else {
        return Ok((spec.replace("\\,", ","), Explicit::default()));
    };
    let model = spec.get(..start).unwrap_or_default().replace("\\,", ",");
    let mut reader = Reader::default();
    for piece in pieces(spec.get(start + 1..).unwrap_or_default()) {
        if !piece.trim().is_empty() {
            reader.piece(piece)?;
        }
    }
    Ok((model, reader.finish()?))
}

/// Pieces between commas that no backslash stands before.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (index, c) in text.char_indices() {
        match c {
            ',' if !escaped => {
                pieces.push(text.get(start..index).unwrap_or_default());
                start = index + 1;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}

/// Where the `@` stands that begins the parameters.
fn parameters_start(spec: &str) -> Option<usize> {
    spec.match_indices('@')
        .map(|(index, _)| index)
        .find(|index| spec.get(index + 1..).is_some_and(looks_like_parameter))
}

fn looks_like_parameter(piece: &str) -> bool {
    piece.split_once('=').is_some_and(|(key, _)| {
        let key = key.trim();
        key.starts_with(|c: char| c.is_ascii_alphabetic())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}

/// Reads one piece after another.
#[derive(Default)]
struct Reader {
    explicit: Explicit,
    seen: Vec<&'static str>,
    advisor_uses: Option<u32>,
}

impl Reader {
    fn piece(&mut self, piece: &str) -> Result<(), ParameterError> {
        let (key, raw) =
            piece.split_once('=').ok_or_else(|| ParameterError::NoValue { piece: piece.trim().to_owned() })?;
        let key = known_key(key.trim())?;
        // Only a stop sequence may begin or end with white space on purpose.
        let value = unescape(if key == "stop" { raw } else { raw.trim() });
        if key != "stop" && self.seen.contains(&key) {
            return Err(ParameterError::Twice { key });
        }
        self.seen.push(key);
        let bad = |expected| ParameterError::Value { key, value: value.clone(), expected };
        let params = &mut self.explicit.params;
        match key {
            "temperature" => params.temperature = Some(finite(&value).ok_or_else(|| bad("write a finite number"))?),
            "top_p" => params.top_p = Some(finite(&value).ok_or_else(|| bad("write a finite number"))?),
            "seed" => params.seed = Some(value.parse().map_err(|_| bad("write a whole number"))?),
            "max-output-tokens" => {
                params.max_output_tokens = Some(positive(&value).ok_or_else(|| bad("write a whole number above 0"))?);
            }
            "effort" => {
                let effort = EFFORTS.into_iter().find(|effort| effort.as_str().eq_ignore_ascii_case(&value));
                let expected = "write none, minimal, low, medium, high, xhigh or max";
                params.effort = Some(effort.ok_or_else(|| bad(expected))?);
            }
            "thinking" => {
                let expected = "write off, on, adaptive or a number of tokens above 0";
                params.thinking = Some(thinking(&value).ok_or_else(|| bad(expected))?);
            }
            "stop" if value.is_empty() => return Err(bad("a stop sequence has at least one character")),
            "stop" => params.stop.push(value),
            "advisor" if value.is_empty() => return Err(bad("write the id of a model")),
            "advisor" => params.advisor = Some(Advisor { model: value, max_uses: None }),
            "advisor-max-uses" => {
                self.advisor_uses = Some(positive(&value).ok_or_else(|| bad("write a whole number above 0"))?);
            }
            "dialect" => {
                self.explicit.dialect = Some(match value.as_str() {
                    "chat" => Dialect::OpenAiChat,
                    "responses" => Dialect::OpenAiResponses,
                    _ => return Err(bad("write chat or responses")),
                });
            }
            "price" => {
                let expected = "write INPUT/OUTPUT in US dollars per million tokens, for example 0.15/0.60, or free";
                self.explicit.price = Some(price(&value).ok_or_else(|| bad(expected))?);
            }
            _ if value.is_empty() => return Err(bad("write a name")),
            _ => self.explicit.label = Some(value),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Explicit, ParameterError> {
        match (&mut self.explicit.params.advisor, self.advisor_uses) {
            (None, Some(_)) => return Err(ParameterError::UsesWithoutAdvisor),
            (Some(advisor), uses) => advisor.max_uses = uses,
            (None, None) => {}
        }
        Ok(self.explicit)
    }
}

fn known_key(written: &str) -> Result<&'static str, ParameterError> {
    let plain = |key: &str| key.to_ascii_lowercase().replace('-', "_");
    let wanted = plain(written);
    KEYS.into_iter().find(|key| plain(key) == wanted).ok_or_else(|| {
        let distance = |key: &&str| strsim::damerau_levenshtein(&plain(key), &wanted);
        let nearest = KEYS.into_iter().min_by_key(distance).unwrap_or("temperature");
        ParameterError::UnknownKey { key: written.to_owned(), nearest }
    })
}

/// The parameters in canonical order and spelling, label left out; empty when there are none.
pub(crate) fn canonical(explicit: &Explicit) -> String {
    let params = &explicit.params;
    let mut written: Vec<String> = Vec::new();
    let single = [
        Parameter::Temperature,
        Parameter::TopP,
        Parameter::Seed,
        Parameter::MaxOutputTokens,
        Parameter::Effort,
        Parameter::Thinking,
    ];
    for parameter in single {
        if let Some(value) = parameter.value_in(params) {
            written.push(format!("{parameter}={value}"));
        }
    }
    written.extend(params.stop.iter().map(|stop| format!("stop={}", escape(stop))));
    if let Some(advisor) = &params.advisor {
        written.push(format!("advisor={}", escape(&advisor.model)));
        written.extend(advisor.max_uses.map(|uses| format!("advisor-max-uses={uses}")));
    }
    match explicit.dialect {
        Some(Dialect::OpenAiChat) => written.push("dialect=chat".to_owned()),
        Some(Dialect::OpenAiResponses) => written.push("dialect=responses".to_owned()),
        _ => {}
    }
    if let Some(sheet) = &explicit.price {
        written.push(match sheet.entry_rates(0) {
            Some(rates) => format!("price={}/{}", rates.input.usd_per_mtok(), rates.output.usd_per_mtok()),
            None => "price=free".to_owned(),
        });
    }
    written.join(",")
}

fn finite(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn positive(text: &str) -> Option<u32> {
    text.parse().ok().filter(|&number| number > 0)
}

fn thinking(text: &str) -> Option<Thinking> {
    match text.to_ascii_lowercase().as_str() {
        "off" => Some(Thinking::Off),
        "on" => Some(Thinking::On),
        "adaptive" => Some(Thinking::Adaptive),
        number => positive(number).map(Thinking::Budget),
    }
}

fn thinking_text(thinking: Thinking) -> String {
    match thinking {
        Thinking::Off => "off".to_owned(),
        Thinking::On => "on".to_owned(),
        Thinking::Adaptive => "adaptive".to_owned(),
        Thinking::Budget(tokens) => tokens.to_string(),
    }
}

fn price(text: &str) -> Option<PriceSheet> {
    if text.eq_ignore_ascii_case("free") {
        return Some(PriceSheet::new(Terms::Free, PriceSource::CommandLine));
    }
    let (input, output) = text.split_once('/')?;
    let rate = |text: &str| Rate::from_usd_per_mtok(text.trim().parse().ok()?);
    let rates = Rates {
        input: rate(input)?,
        cached_read: None,
        cache_write_5m: None,
        cache_write_1h: None,
        output: rate(output)?,
    };
    Some(PriceSheet::new(Terms::Priced(Schedule::flat(rates)), PriceSource::CommandLine))
}

/// Writes what would end or change a value with a backslash.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            ',' => escaped.push_str("\\,"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Undoes [`escape`]; a backslash before anything else stands for itself.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match characters.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some(escaped @ ('\\' | ',')) => plain.push(escaped),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}
