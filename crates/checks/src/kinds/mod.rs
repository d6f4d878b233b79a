//! The table of check types: name, keys, and who reads them.

use std::sync::Arc;

use serde_json::Value;

use crate::fault::Fault;
use crate::keys::Keys;
use crate::rule::Rule;

mod citation;
mod combine;
mod contains;
mod equals;
mod language;
mod length;
mod measure;
mod numeric;
mod outside;
mod place;
mod refusal;
mod similar;
mod structure;
mod tool;

/// One type of check.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Its keys, apart from `type`, `name` and `weight`.
    pub(crate) keys: &'static [&'static str],
    /// How the text after `type:` on a command line is read.
    flag: Flag,
    /// Reads the keys; the number is how deep the check is nested.
    pub(crate) build: fn(&mut Keys<'_>, usize) -> Result<Arc<dyn Rule>, Fault>,
}

/// How the text after `type:` on a command line is read.
#[derive(Clone, Copy)]
enum Flag {
    Text,
    /// A JSON list, or texts with commas between.
    List,
    /// JSON, or the text as it is where it is none.
    Json,
    /// A text that is not the `value` but the `path`.
    Path,
}

macro_rules! kinds {
    ($($name:literal $flag:ident [$($key:literal),*] $build:path;)*) => {
        &[$(Kind { name: $name, keys: &[$($key),*], flag: Flag::$flag, build: $build }),*]
    };
}

/// Every type. The predecessor ignored keys it did not know, and its suites carry `value` and `case_sensitive`
/// also where they mean nothing, so its ten types accept both.
const KINDS: &[Kind] = kinds! {
    "contains" Text ["value", "case_sensitive"] contains::contains;
    "not_contains" Text ["value", "case_sensitive"] contains::not_contains;
    "icontains" Text ["value"] contains::icontains;
    "contains_any" List ["value", "case_sensitive"] contains::contains_any;
    "contains_all" List ["value", "case_sensitive"] contains::contains_all;
    "starts_with" Text ["value", "case_sensitive"] contains::starts_with;
    "ends_with" Text ["value", "case_sensitive"] contains::ends_with;
    "equals" Text ["value", "case_sensitive", "normalise"] equals::equals;
    "one_of" List ["value", "case_sensitive", "normalise"] equals::one_of;
    "similar" Text ["value", "method", "threshold", "case_sensitive", "normalise"] similar::similar;
    "numeric" Text ["value", "tolerance", "which"] numeric::numeric;
    "regex" Text ["value", "case_sensitive"] structure::regex;
    "json_valid" Text ["value", "case_sensitive"] structure::json_valid;
    "json_schema" Json ["value", "case_sensitive"] structure::json_schema;
    "json_path" Path ["path", "equals", "value", "contains", "exists", "regex", "less_than", "at_most", "greater_than", "at_least", "match", "case_sensitive"] place::json_path;
    "min_length_chars" Text ["value", "case_sensitive"] length::min_chars;
    "max_length_chars" Text ["value", "case_sensitive"] length::max_chars;
    "word_count" Text ["value", "min", "max"] length::word_count;
    "language" List ["value", "among"] language::language;
    "citation_valid" Text ["require", "value", "kinds"] citation::citation_valid;
    "tool_called" Text ["tool", "value", "arguments", "exact", "times"] tool::tool_called;
    "latency_under" Text ["value", "case_sensitive"] measure::latency_under;
    "ttft_under" Text ["value"] measure::ttft_under;
    "tokens_per_second_over" Text ["value"] measure::tokens_per_second_over;
    "cost_under" Text ["value", "case_sensitive"] measure::cost_under;
    "is_refusal" Text [] refusal::is_refusal;
    "script" Text ["command", "value", "args", "shell", "timeout", "threshold"] outside::script;
    "judge" Text ["criteria", "value", "threshold"] outside::judge;
    "not" Json ["check"] combine::not;
    "any" Json ["checks"] combine::any;
    "all" Json ["checks", "threshold"] combine::all;
};

/// The names of all check types, in the order of the documentation.
pub fn type_names() -> impl Iterator<Item = &'static str> + Clone {
    KINDS.iter().map(|kind| kind.name)
}

/// The keys of a type, apart from `type`, `name` and `weight`; `None` for a name that is no type.
pub fn type_keys(name: &str) -> Option<&'static [&'static str]> {
    find(name).map(|kind| kind.keys)
}

/// The type of that name; `-` may stand for `_`.
pub(crate) fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name).or_else(|| {
        let name = name.replace('-', "_");
        KINDS.iter().find(|kind| kind.name == name)
    })
}

/// The key and value of a check written as `type: text`.
pub(crate) fn flag_value(kind: &str, text: &str) -> (&'static str, Value) {
    let value = match find(kind).map(|kind| kind.flag) {
        Some(Flag::List) => match serde_json::from_str(text) {
            Ok(list @ Value::Array(_)) => list,
            _ => Value::Array(
                text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| part.into()).collect(),
            ),
        },
        Some(Flag::Json) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        Some(Flag::Text | Flag::Path) | None => text.into(),
    };
    (if matches!(find(kind).map(|kind| kind.flag), Some(Flag::Path)) { "path" } else { "value" }, value)
}
