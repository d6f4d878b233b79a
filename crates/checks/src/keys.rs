//! Reading the keys of a check, and finding those that mean nothing.

use serde_json::{Map, Value};

use crate::fault::{Fault, nearest};
use crate::fold::quote;

/// Keys that every check may have.
const COMMON: [&str; 3] = ["type", "name", "weight"];

/// Longest list a check may hold.
const LONGEST_LIST: usize = 10_000;

/// The keys of one check.
pub(crate) struct Keys<'a> {
    map: &'a Map<String, Value>,
    kind: &'static str,
}

/// A number with its spelling.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Num {
    pub(crate) value: f64,
    pub(crate) written: String,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(map: &'a Map<String, Value>, kind: &'static str) -> Self {
        Self { map, kind }
    }

    /// Refuses keys that this type does not know.
    pub(crate) fn refuse_unknown(&self, known: &[&'static str]) -> Result<(), Fault> {
        for key in self.map.keys() {
            if COMMON.contains(&key.as_str()) || known.contains(&key.as_str()) {
                continue;
            }
            let fault = Fault::new(format!("`{}` has no key {}", self.kind, quote(key)));
            let all = || COMMON.iter().skip(1).chain(known).copied();
            return Err(match nearest(key, all()) {
                Some(name) => fault.hint(format!("did you mean `{name}`?")),
                None => fault.hint(format!("its keys are {}", all().collect::<Vec<_>>().join(", "))),
            });
        }
        Ok(())
    }

    /// The value as it stands, `null` included.
    pub(crate) fn raw(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    fn some(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// A text. Numbers and truth values become the text that was written, lists and objects their compact JSON.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, Fault> {
        Ok(self.some(key).map(text_of))
    }

    /// A text that must not be left out.
    pub(crate) fn needed_text(&self, key: &str) -> Result<String, Fault> {
        self.text(key)?.ok_or_else(|| self.missing(key, "a text"))
    }

    /// A finite number, or a text that is one.
    pub(crate) fn number(&self, key: &str) -> Result<Option<Num>, Fault> {
        let Some(value) = self.some(key) else { return Ok(None) };
        let written = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            other => return Err(self.wrong(key, "a number", other)),
        };
        match written.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(Num { value: number, written })),
            _ => Err(self.wrong(key, "a number", value)),
        }
    }

    /// A finite number that must not be left out.
    pub(crate) fn needed_number(&self, key: &str) -> Result<Num, Fault> {
        self.number(key)?.ok_or_else(|| self.missing(key, "a number"))
    }

    /// A finite number of at least 0.
    pub(crate) fn positive(&self, key: &str) -> Result<Option<Num>, Fault> {
        match self.number(key)? {
            Some(number) if number.value < 0.0 => {
                Err(Fault::new(format!("`{key}` of `{}` is {} and must not be below 0", self.kind, number.written)))
            }
            number => Ok(number),
        }
    }

    /// A number within 0 and 1.
    pub(crate) fn share(&self, key: &str) -> Result<Option<Num>, Fault> {
        match self.number(key)? {
            Some(number) if !(0.0..=1.0).contains(&number.value) => {
                Err(Fault::new(format!("`{key}` of `{}` is {} and must be between 0 and 1", self.kind, number.written)))
            }
            number => Ok(number),
        }
    }

    /// A whole number of at least 0.
    pub(crate) fn count(&self, key: &str) -> Result<Option<u64>, Fault> {
        match self.number(key)? {
            None => Ok(None),
            Some(Num { value, .. }) if value >= 0.0 && value.fract() == 0.0 && value <= 9e15 => Ok(Some(value as u64)),
            Some(Num { written, .. }) => Err(Fault::new(format!(
                "`{key}` of `{}` is {} and must be a whole number of at least 0",
                self.kind,
                crate::result::cut(&written, 80)
            ))),
        }
    }

    /// A truth value.
    pub(crate) fn flag(&self, key: &str, default: bool) -> Result<bool, Fault> {
        match self.some(key) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text.trim() == "true" => Ok(true),
            Some(Value::String(text)) if text.trim() == "false" => Ok(false),
            Some(other) => Err(self.wrong(key, "true or false", other)),
        }
    }

    /// A list of texts; a single text is a list of one.
    pub(crate) fn list(&self, key: &str) -> Result<Option<Vec<String>>, Fault> {
        let list = match self.some(key) {
            None => return Ok(None),
            Some(Value::Array(values)) => values.iter().map(text_of).collect::<Vec<_>>(),
            Some(value @ Value::Object(_)) => return Err(self.wrong(key, "a list of texts", value)),
            Some(value) => vec![text_of(value)],
        };
        if list.is_empty() {
            return Err(
                Fault::new(format!("`{key}` of `{}` is an empty list", self.kind)).hint("give at least one value")
            );
        }
        if list.len() > LONGEST_LIST {
            return Err(Fault::new(format!(
                "`{key}` of `{}` has {} values; at most {LONGEST_LIST} are taken",
                self.kind,
                list.len()
            )));
        }
        Ok(Some(list))
    }

    /// One of the words.
    pub(crate) fn word<T: Copy>(&self, key: &str, words: &[(&'static str, T)], default: T) -> Result<T, Fault> {
        let Some(written) = self.text(key)? else { return Ok(default) };
        words.iter().find(|(word, _)| *word == written.trim()).map(|(_, meaning)| *meaning).ok_or_else(|| {
            let all = words.iter().map(|(word, _)| *word);
            let fault = Fault::new(format!("`{key}` of `{}` is {}", self.kind, quote(&written)));
            match nearest(&written, all.clone()) {
                Some(word) => fault.hint(format!("did you mean `{word}`?")),
                None => fault.hint(format!("it may be {}", all.collect::<Vec<_>>().join(", "))),
            }
        })
    }

    /// The fault that a key was left out.
    pub(crate) fn missing(&self, key: &str, what: &str) -> Fault {
        Fault::new(format!("`{}` needs `{key}`", self.kind)).hint(format!("add \"{key}\": {what}"))
    }

    /// The fault that a key holds the wrong sort of value.
    pub(crate) fn wrong(&self, key: &str, what: &str, found: &Value) -> Fault {
        Fault::new(format!("`{key}` of `{}` must be {what}, not {}", self.kind, quote(&text_of(found))))
    }
}

/// A value as text, the way it was written.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
