//! A JSON object under construction whose key order is the order of writing.
//!
//! `serde_json`'s own map sorts or keeps order depending on a feature that any crate in the build
//! can switch; request bodies are recorded and compared, so theirs may not depend on that.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// An object under construction.
#[derive(Debug, Default)]
pub(super) struct Body {
    fields: Vec<(String, Box<RawValue>)>,
}

impl Body {
    /// Sets a field, replacing an earlier one of that name in its place.
    pub(super) fn set(&mut self, key: &str, value: &(impl Serialize + ?Sized)) {
        // Strings, numbers and string-keyed structures always serialize; there is no error to report.
        let Ok(raw) = serde_json::value::to_raw_value(value) else {
            return;
        };
        match self.fields.iter_mut().find(|(name, _)| name == key) {
            Some((_, present)) => *present = raw,
            None => self.fields.push((key.to_owned(), raw)),
        }
    }

    /// Sets a field if there is a value.
    pub(super) fn set_some(&mut self, key: &str, value: Option<impl Serialize>) {
        if let Some(value) = value {
            self.set(key, &value);
        }
    }

    /// Adds fields that are not set yet; an object under a key that holds an object adds its missing fields.
    pub(super) fn add_missing(&mut self, extra: &Map<String, Value>) {
        let sorted: BTreeMap<&String, &Value> = extra.iter().collect();
        for (key, value) in sorted {
            match self.fields.iter_mut().find(|(name, _)| name == key) {
                None => self.set(key, value),
                Some((_, present)) => {
                    if let Some(merged) = merge_objects(present, value) {
                        *present = merged;
                    }
                }
            }
        }
    }

    /// True when nothing was set.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The object as compact JSON.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        serde_json::to_vec(&self).unwrap_or_default()
    }
}

impl Serialize for Body {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.fields.iter().map(|(key, value)| (key, value)))
    }
}

fn merge_objects(present: &RawValue, extra: &Value) -> Option<Box<RawValue>> {
    let extra = extra.as_object()?;
    let mut merged: BTreeMap<String, Box<RawValue>> = serde_json::from_str(present.get()).ok()?;
    for (key, value) in extra {
        if !merged.contains_key(key) {
            merged.insert(key.clone(), serde_json::value::to_raw_value(value).ok()?);
        }
    }
    serde_json::value::to_raw_value(&merged).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_is_the_order_of_writing_and_set_fields_win() {
        let mut body = Body::default();
        body.set("z", "last letter");
        body.set_some("a", Some(1));
        body.set_some("b", None::<u8>);
        body.set("o", &json!({"x": 1}));
        body.set("a", &2);
        body.add_missing(json!({"a": 9, "o": {"x": 9, "y": 2}, "n": null}).as_object().unwrap());
        assert_eq!(
            String::from_utf8(body.into_bytes()).unwrap(),
            r#"{"z":"last letter","a":2,"o":{"x":1,"y":2},"n":null}"#
        );
    }
}
