//! The JSON of `companyfacts`, read in one pass without a tree of values.
//!
//! The structure must be as published; within a fact every field may be of any type, since one odd fact among
//! twenty thousand is no reason to lose the rest.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use serde_json::value::RawValue;

use super::build::Builder;

/// A value of whatever type.
pub(super) enum Loose<'de> {
    Text(Cow<'de, str>),
    Number(f64),
    Other,
}

impl Loose<'_> {
    fn text(&self) -> Option<&str> {
        match self {
            Loose::Text(text) => Some(text),
            _ => None,
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Loose::Number(number) => Some(*number),
            Loose::Text(text) => text.parse().ok(),
            Loose::Other => None,
        }
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Loose::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Loose::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Loose::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Loose::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Loose::Number(number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }
}

impl<'de> Deserialize<'de> for Loose<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

/// One fact as written.
#[derive(Default)]
pub(super) struct RawFact<'de> {
    start: Option<Loose<'de>>,
    end: Option<Loose<'de>>,
    value: Option<Loose<'de>>,
    accession: Option<Loose<'de>>,
    fiscal_year: Option<Loose<'de>>,
    form: Option<Loose<'de>>,
    filed: Option<Loose<'de>>,
}

impl<'de> RawFact<'de> {
    /// Where the value of a key goes; none for keys that nobody reads.
    fn slot(&mut self, key: &str) -> Option<&mut Option<Loose<'de>>> {
        Some(match key {
            "start" => &mut self.start,
            "end" => &mut self.end,
            "val" => &mut self.value,
            "accn" => &mut self.accession,
            "fy" => &mut self.fiscal_year,
            "form" => &mut self.form,
            "filed" => &mut self.filed,
            _ => return None,
        })
    }

    pub(super) fn start(&self) -> Option<&str> {
        self.start.as_ref().and_then(Loose::text)
    }

    pub(super) fn end(&self) -> Option<&str> {
        self.end.as_ref().and_then(Loose::text)
    }

    pub(super) fn filed(&self) -> Option<&str> {
        self.filed.as_ref().and_then(Loose::text)
    }

    pub(super) fn form(&self) -> Option<&str> {
        self.form.as_ref().and_then(Loose::text)
    }

    pub(super) fn accession(&self) -> Option<&str> {
        self.accession.as_ref().and_then(Loose::text)
    }

    pub(super) fn value(&self) -> Option<f64> {
        self.value.as_ref().and_then(Loose::number)
    }

    pub(super) fn fiscal_year(&self) -> Option<f64> {
        self.fiscal_year.as_ref().and_then(Loose::number)
    }
}

impl<'de> Deserialize<'de> for RawFact<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FactVisitor;
        impl<'de> Visitor<'de> for FactVisitor {
            type Value = RawFact<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a fact")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut fact = RawFact::default();
                while let Some(key) = entries.next_key::<Loose<'de>>()? {
                    match fact.slot(key.text().unwrap_or_default()) {
                        Some(slot) => *slot = Some(entries.next_value()?),
                        None => {
                            entries.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(fact)
            }
        }
        deserializer.deserialize_map(FactVisitor)
    }
}

/// Which level of the nested maps is being read.
#[derive(Clone, Copy)]
enum Level {
    Document,
    Taxonomies,
    Concepts,
    Concept,
    Units,
    Facts,
}

/// Reads a level into the builder.
struct Seed<'b> {
    level: Level,
    builder: &'b mut Builder,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.level {
            // The text of the list first: it is of one shape, and read several times faster as such.
            Level::Facts => {
                let text = <&RawValue>::deserialize(deserializer)?.get();
                match flat(text, self.builder) {
                    Some(read) => read.map_err(D::Error::custom),
                    None => serde_json::Deserializer::from_str(text).deserialize_seq(self).map_err(D::Error::custom),
                }
            }
            _ => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.level {
            Level::Document => "the object that companyfacts gives",
            Level::Taxonomies => "an object of taxonomies under `facts`",
            Level::Concepts => "an object of concepts in a taxonomy",
            Level::Concept => "a concept",
            Level::Units => "an object of units in a concept",
            Level::Facts => "a list of facts in a unit",
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Seed { level, builder } = self;
        while let Some(key) = entries.next_key::<Loose<'de>>()? {
            let key = key.text().unwrap_or_default();
            let next = match (level, key) {
                (Level::Document, "cik") => {
                    builder.cik(entries.next_value::<Loose<'de>>()?.number());
                    continue;
                }
                (Level::Document, "entityName") => {
                    builder.name(entries.next_value::<Loose<'de>>()?.text().unwrap_or_default());
                    continue;
                }
                (Level::Document, "facts") => {
                    builder.saw_facts();
                    Level::Taxonomies
                }
                (Level::Taxonomies, taxonomy) => {
                    builder.taxonomy(taxonomy);
                    Level::Concepts
                }
                (Level::Concepts, tag) => {
                    builder.concept(tag);
                    Level::Concept
                }
                (Level::Concept, "units") => Level::Units,
                (Level::Units, unit) => {
                    builder.unit(unit).map_err(A::Error::custom)?;
                    Level::Facts
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            entries.next_value_seed(Seed { level: next, builder })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(fact) = items.next_element::<RawFact<'de>>()? {
            self.builder.fact(&fact).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// Reads a list of flat facts: objects of texts without escapes, numbers and words. None for anything else, and then
/// the builder is as it was.
fn flat(text: &str, builder: &mut Builder) -> Option<Result<(), &'static str>> {
    let before = builder.mark();
    let read = list(text, builder);
    if read.is_none() {
        builder.back_to(before);
    }
    read
}

fn list(text: &str, builder: &mut Builder) -> Option<Result<(), &'static str>> {
    let mut scan = Scan { text, at: 0 };
    scan.expect(b'[')?;
    if scan.peek()? == b']' {
        return Some(Ok(()));
    }
    loop {
        let fact = scan.fact()?;
        if let Err(problem) = builder.fact(&fact) {
            return Some(Err(problem));
        }
        match scan.next()? {
            b',' => {}
            b']' => return Some(Ok(())),
            _ => return None,
        }
    }
}

/// A place in a text that is known to be JSON.
struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    /// The next byte that is not white space, without going past it.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    /// A text without escapes, its opening quote next.
    fn string(&mut self) -> Option<&'t str> {
        self.expect(b'"')?;
        let rest = self.text.as_bytes().get(self.at..)?;
        let length = rest.iter().position(|byte| *byte == b'"' || *byte == b'\\')?;
        if rest.get(length) == Some(&b'\\') {
            return None;
        }
        let string = self.text.get(self.at..self.at + length)?;
        self.at += length + 1;
        Some(string)
    }

    /// A number or a word.
    fn bare(&mut self) -> Option<Loose<'t>> {
        self.peek()?;
        let rest = self.text.as_bytes().get(self.at..)?;
        let length = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t'))?;
        let word = self.text.get(self.at..self.at + length)?;
        self.at += length;
        Some(match word {
            "null" | "true" | "false" => Loose::Other,
            number => Loose::Number(number.parse().ok()?),
        })
    }

    fn fact(&mut self) -> Option<RawFact<'t>> {
        self.expect(b'{')?;
        let mut fact = RawFact::default();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(fact);
        }
        loop {
            let key = self.string()?;
            self.expect(b':')?;
            let value = match self.peek()? {
                b'"' => Loose::Text(Cow::Borrowed(self.string()?)),
                b'{' | b'[' => return None,
                _ => self.bare()?,
            };
            if let Some(slot) = fact.slot(key) {
                *slot = Some(value);
            }
            match self.next()? {
                b',' => {}
                b'}' => return Some(fact),
                _ => return None,
            }
        }
    }
}

/// Reads the whole document into the builder.
pub(super) fn read(bytes: &[u8], builder: &mut Builder) -> Result<(), serde_json::Error> {
    let text = std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Seed { level: Level::Document, builder }.deserialize(&mut deserializer)?;
    deserializer.end()
}
