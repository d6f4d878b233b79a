//! Bars and gates as people write them, read by one small grammar:
//!
//! ```text
//! condition = quantity comparison value [ "@" level ]
//!           | quantity "not" "worse" "than" name "by" value [ "@" level ]
//! quantity  = measure | measure "per" "item" | "mean" "(" measure ")" | "p50" "(" measure ")" | "pass^" k | "pass@" k
//! value     = [ "$" ] number [ "%" | "ms" | "s" | "min" | "usd" ]
//! name      = word | "'" any text "'"
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::measure::Measure;

/// The longest expression that is read.
const LONGEST: usize = 500;

/// The level of a gate that names none.
const DEFAULT_LEVEL: f64 = 0.95;

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Quantity {
    /// The mean of a measure over items; a pass rate is one.
    Mean {
        /// The measure.
        measure: Measure,
    },
    /// A quantile of a measure over answers.
    Quantile {
        /// The measure.
        measure: Measure,
        /// The quantile in (0, 1).
        probability: f64,
    },
    /// The chance that all of k answers pass.
    PassHat {
        /// How many.
        k: u32,
    },
    /// The chance that one of k answers passes.
    PassAt {
        /// How many.
        k: u32,
    },
}

impl Quantity {
    /// The measure behind it.
    pub fn measure(&self) -> Measure {
        match self {
            Self::Mean { measure } | Self::Quantile { measure, .. } => *measure,
            Self::PassHat { .. } | Self::PassAt { .. } => Measure::Pass,
        }
    }
}

/// How a quantity is held against a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
    /// `>`
    #[serde(rename = ">")]
    Above,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
    /// `<`
    #[serde(rename = "<")]
    Below,
}

impl Comparison {
    /// Whether a value fulfils it.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::AtLeast => value >= limit,
            Self::Above => value > limit,
            Self::AtMost => value <= limit,
            Self::Below => value < limit,
        }
    }

    /// Whether larger values are asked for.
    pub fn wants_more(self) -> bool {
        matches!(self, Self::AtLeast | Self::Above)
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::Above => ">",
            Self::AtMost => "<=",
            Self::Below => "<",
        }
    }
}

/// How much worse than the other arm is still good enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "by", rename_all = "snake_case")]
pub enum Margin {
    /// In the unit of the measure.
    Absolute(f64),
    /// As a share of the other arm's mean.
    Relative(f64),
}

/// What is asked of the quantity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Requirement {
    /// A limit in the measure's own unit: milliseconds, dollars, shares.
    Limit {
        /// The comparison.
        comparison: Comparison,
        /// The value.
        value: f64,
    },
    /// Not worse than another arm.
    NotWorse {
        /// Its name, or `baseline`.
        than: String,
        /// By how much it may be worse.
        margin: Margin,
    },
}

/// A condition on an arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// As it was written.
    pub text: String,
    /// What it is about.
    pub quantity: Quantity,
    /// What is asked of it.
    pub requirement: Requirement,
    /// The confidence asked for, where one was written.
    pub level: Option<f64>,
}

impl Condition {
    /// The level of a statistical answer.
    pub fn level_or_default(&self) -> f64 {
        self.level.unwrap_or(DEFAULT_LEVEL)
    }
}

/// A condition with a limit that contestants must clear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bar(pub(super) Condition);

impl Bar {
    /// The condition.
    pub fn condition(&self) -> &Condition {
        &self.0
    }
}

/// A condition with three answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate(pub(super) Condition);

impl Gate {
    /// The condition.
    pub fn condition(&self) -> &Condition {
        &self.0
    }
}

/// Why an expression cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ExpressionError {
    /// The expression, cut where it is long.
    pub text: String,
    /// The byte where reading stopped.
    pub position: usize,
    /// What is wrong, a sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.text.get(..self.position).map_or(self.position, |before| before.chars().count()) + 1;
        write!(out, "`{}`, column {column}: {}. {}", self.text, self.message, self.hint)
    }
}

const HINT: &str = "Write it like `pass_rate >= 0.95 @ 95%`, `p95(latency) < 2s`, `mean(score) >= 7`, `cost per item < $0.002` or \
                    `pass_rate not worse than baseline by 0.02`.";

impl FromStr for Bar {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let condition = parse(text)?;
        if let Requirement::NotWorse { .. } = condition.requirement {
            return Err(ExpressionError {
                text: text.to_owned(),
                position: 0,
                message: "a bar is a limit that every contestant is held to".to_owned(),
                hint: "Use it as a gate, or write a limit such as `pass_rate >= 0.9`.".to_owned(),
            });
        }
        Ok(Self(condition))
    }
}

impl FromStr for Gate {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        parse(text).map(Self)
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Quoted(&'a str),
    Number(f64),
    Sign(&'a str),
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Where the token that was read last begins.
    last: usize,
}

fn parse(text: &str) -> Result<Condition, ExpressionError> {
    let mut reader = Reader { text, at: 0, last: 0 };
    if text.len() > LONGEST {
        let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= 60).last().unwrap_or(0);
        return Err(ExpressionError {
            text: format!("{}…", &text[..cut]),
            position: 0,
            message: format!("the expression has {} bytes, at most {LONGEST} are read", text.len()),
            hint: HINT.to_owned(),
        });
    }
    let quantity = reader.quantity()?;
    let requirement = reader.requirement(&quantity)?;
    let level = reader.level()?;
    if let Some(token) = reader.next()? {
        return Err(reader.fault(format!("{} is one thing too many", describe(&token))));
    }
    Ok(Condition { text: text.trim().to_owned(), quantity, requirement, level })
}

impl<'a> Reader<'a> {
    fn fault(&self, message: impl Into<String>) -> ExpressionError {
        ExpressionError {
            text: self.text.to_owned(),
            position: self.last,
            message: message.into(),
            hint: HINT.to_owned(),
        }
    }

    fn next(&mut self) -> Result<Option<Token<'a>>, ExpressionError> {
        let rest = self.text[self.at..].trim_start();
        self.last = self.text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            self.at = self.last;
            return Ok(None);
        };
        let (token, length) = if first == '\'' || first == '"' {
            let Some(end) = rest[1..].find(first) else {
                return Err(self.fault("a quoted name does not end"));
            };
            (Token::Quoted(&rest[1..=end]), end + 2)
        } else if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            let length = number_length(rest);
            match rest[..length].parse::<f64>() {
                Ok(number) if number.is_finite() => (Token::Number(number), length),
                _ => return Err(self.fault("the number cannot be read")),
            }
        } else if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            (Token::Word(&rest[..length]), length)
        } else {
            let two = [">=", "<=", "≥", "≤"].into_iter().find(|sign| rest.starts_with(sign));
            let length = two.map_or(first.len_utf8(), str::len);
            (Token::Sign(&rest[..length]), length)
        };
        self.at = self.last + length;
        Ok(Some(token))
    }

    fn peek(&mut self) -> Result<Option<Token<'a>>, ExpressionError> {
        let (at, last) = (self.at, self.last);
        let token = self.next();
        (self.at, self.last) = (at, last);
        token
    }

    fn word(&mut self, expected: &str) -> Result<(), ExpressionError> {
        match self.next()? {
            Some(Token::Word(word)) if word.eq_ignore_ascii_case(expected) => Ok(()),
            other => Err(self.fault(format!("expected `{expected}`, found {}", describe_or_end(other.as_ref())))),
        }
    }

    fn sign(&mut self, expected: &str) -> Result<(), ExpressionError> {
        match self.next()? {
            Some(Token::Sign(sign)) if sign == expected => Ok(()),
            other => Err(self.fault(format!("expected `{expected}`, found {}", describe_or_end(other.as_ref())))),
        }
    }

    fn measure(&mut self) -> Result<Measure, ExpressionError> {
        match self.next()? {
            Some(Token::Word(word)) => Measure::parse(word).ok_or_else(|| {
                let known: Vec<&str> = Measure::ALL.iter().map(|measure| measure.as_str()).collect();
                let mut fault = self.fault(format!("`{word}` is nothing that is measured"));
                fault.hint = format!("Known are {}.", known.join(", "));
                fault
            }),
            other => Err(self.fault(format!("expected a measure, found {}", describe_or_end(other.as_ref())))),
        }
    }

    fn quantity(&mut self) -> Result<Quantity, ExpressionError> {
        let Some(Token::Word(word)) = self.peek()? else {
            self.next()?;
            return Err(self.fault("a condition starts with what is measured"));
        };
        if word.eq_ignore_ascii_case("pass") {
            let (at, last) = (self.at, self.last);
            self.next()?;
            if let Some(Token::Sign(sign @ ("^" | "@"))) = self.next()? {
                return match self.next()? {
                    Some(Token::Number(k)) if (1.0..=1e6).contains(&k) && k.fract() == 0.0 => Ok(if sign == "^" {
                        Quantity::PassHat { k: k as u32 }
                    } else {
                        Quantity::PassAt { k: k as u32 }
                    }),
                    _ => Err(self.fault(format!("`pass{sign}` needs a whole number of answers"))),
                };
            }
            (self.at, self.last) = (at, last);
        }
        let lower = word.to_ascii_lowercase();
        let probability = match lower.as_str() {
            "median" => Some(0.5),
            _ => lower
                .strip_prefix('p')
                .filter(|digits| !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()))
                .map(|digits| digits.parse::<f64>().unwrap_or(0.0) / 10_f64.powi(digits.len().max(2) as i32)),
        };
        if probability.is_some() || lower == "mean" {
            self.next()?;
            if probability.is_some_and(|p| p <= 0.0 || p >= 1.0) {
                return Err(self.fault(format!("`{word}` is no quantile between p01 and p999")));
            }
            self.sign("(")?;
            let measure = self.measure()?;
            self.sign(")")?;
            if probability.is_some() && measure.is_rate() {
                return Err(self.fault(format!("a {} has no quantiles", measure.noun())));
            }
            return Ok(match probability {
                Some(probability) => Quantity::Quantile { measure, probability },
                None => Quantity::Mean { measure },
            });
        }
        let measure = self.measure()?;
        if matches!(self.peek()?, Some(Token::Word(word)) if word.eq_ignore_ascii_case("per")) {
            self.next()?;
            self.word("item")?;
        }
        Ok(Quantity::Mean { measure })
    }

    fn requirement(&mut self, quantity: &Quantity) -> Result<Requirement, ExpressionError> {
        let comparison = match self.next()? {
            Some(Token::Sign(">=" | "≥")) => Comparison::AtLeast,
            Some(Token::Sign(">")) => Comparison::Above,
            Some(Token::Sign("<=" | "≤")) => Comparison::AtMost,
            Some(Token::Sign("<")) => Comparison::Below,
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("not") => return self.not_worse(quantity),
            Some(Token::Sign("=")) => {
                return Err(self.fault("equality is never decided by measurements; use `>=` or `<=`"));
            }
            other => {
                return Err(self.fault(format!(
                    "expected `>=`, `>`, `<=`, `<` or `not worse than`, found {}",
                    describe_or_end(other.as_ref())
                )));
            }
        };
        let (value, percent) = self.value(quantity.measure())?;
        if percent && !quantity.measure().natural_range().is_some_and(|range| range == (0.0, 1.0)) {
            return Err(self.fault(format!("a {} is not a percentage", quantity.measure().noun())));
        }
        if quantity.measure().natural_range().is_some_and(|(low, high)| value < low || value > high) {
            return Err(self.fault(format!("a {} lies between 0 and 1 (or 0% and 100%)", quantity.measure().noun())));
        }
        Ok(Requirement::Limit { comparison, value })
    }

    fn not_worse(&mut self, quantity: &Quantity) -> Result<Requirement, ExpressionError> {
        if !matches!(quantity, Quantity::Mean { .. }) {
            return Err(self.fault("`not worse than` compares means, such as a pass rate, a score or a cost"));
        }
        self.word("worse")?;
        self.word("than")?;
        let than = match self.next()? {
            Some(Token::Quoted(name)) if !name.is_empty() => name.to_owned(),
            // A model's name may hold any of `/:@=.-`, so a bare name reaches to the next space.
            Some(Token::Word(_) | Token::Number(_)) => {
                let rest = &self.text[self.last..];
                let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
                self.at = self.last + length;
                rest[..length].to_owned()
            }
            other => {
                return Err(self.fault(format!("expected a name, found {}", describe_or_end(other.as_ref()))));
            }
        };
        self.word("by")?;
        let measure = quantity.measure();
        let (value, percent) = self.value(measure)?;
        if measure.natural_range().is_some() && value >= 1.0 {
            return Err(self.fault("a margin of 1 or more allows everything"));
        }
        let relative = percent && measure.natural_range().is_none();
        Ok(Requirement::NotWorse {
            than,
            margin: if relative { Margin::Relative(value) } else { Margin::Absolute(value) },
        })
    }

    /// A value in the measure's own unit, and whether it was a percentage.
    fn value(&mut self, measure: Measure) -> Result<(f64, bool), ExpressionError> {
        let mut dollars = false;
        let mut token = self.next()?;
        if token == Some(Token::Sign("$")) {
            dollars = true;
            token = self.next()?;
        }
        let Some(Token::Number(number)) = token else {
            return Err(self.fault(format!("expected a number, found {}", describe_or_end(token.as_ref()))));
        };
        let unit = match self.peek()? {
            Some(Token::Sign("%")) => "%".to_owned(),
            Some(Token::Word(word)) => word.to_ascii_lowercase(),
            _ => String::new(),
        };
        let is_unit = matches!(unit.as_str(), "%" | "ms" | "s" | "sec" | "min" | "usd");
        if is_unit {
            self.next()?;
        }
        let wrong =
            |reader: &Self, unit: &str| Err(reader.fault(format!("`{unit}` is no unit of a {}", measure.noun())));
        match unit.as_str() {
            "%" => return Ok((number / 100.0, true)),
            "ms" | "s" | "sec" | "min" if !measure.is_time() => return wrong(self, &unit),
            "usd" if measure != Measure::CostUsd => return wrong(self, "usd"),
            _ if dollars && measure != Measure::CostUsd => return wrong(self, "$"),
            "s" | "sec" => return Ok((number * 1000.0, false)),
            "min" => return Ok((number * 60_000.0, false)),
            _ => {}
        }
        if measure.is_time() && unit != "ms" {
            return Err(self.fault("a time needs its unit: `2s` or `800ms`"));
        }
        Ok((number, false))
    }

    fn level(&mut self) -> Result<Option<f64>, ExpressionError> {
        if self.peek()? != Some(Token::Sign("@")) {
            return Ok(None);
        }
        self.next()?;
        let Some(Token::Number(number)) = self.next()? else {
            return Err(self.fault("after `@` comes a confidence such as `95%`"));
        };
        let percent = self.peek()? == Some(Token::Sign("%"));
        if percent {
            self.next()?;
        }
        let level = if percent { number / 100.0 } else { number };
        if level <= 0.5 || level >= 1.0 {
            return Err(self.fault("the confidence lies between 50% and 100%"));
        }
        Ok(Some(level))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Bytes of the number at the start of a text: digits, a point, an exponent.
fn number_length(text: &str) -> usize {
    let digits = |from: usize| from + text[from..].bytes().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(0);
    if text[end..].starts_with('.') {
        end = digits(end + 1);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    end
}

fn describe(token: &Token<'_>) -> String {
    match token {
        Token::Word(word) | Token::Sign(word) => format!("`{word}`"),
        Token::Quoted(name) => format!("'{name}'"),
        Token::Number(number) => format!("`{number}`"),
    }
}

fn describe_or_end(token: Option<&Token<'_>>) -> String {
    token.map_or_else(|| "the end".to_owned(), describe)
}
