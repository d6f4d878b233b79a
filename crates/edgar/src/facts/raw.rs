//! The JSON of `companyfacts` in any spelling, read in one pass without a tree of values. What comes as it is published
//! has been read by [`scan`](super::scan) before; this reads the rest, and says what is wrong with the unreadable.
//!
//! The structure must be as published; within a fact every field may be of any type, since one odd fact among
//! twenty thousand is no reason to lose the rest.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::build::{Builder, Written};
use crate::loose::Loose;

/// One fact as written.
#[derive(Default)]
pub(super) struct RawFact<'de> {
    start: Loose<'de>,
    end: Loose<'de>,
    value: Loose<'de>,
    accession: Loose<'de>,
    fiscal_year: Loose<'de>,
    form: Loose<'de>,
    filed: Loose<'de>,
}

impl<'de> RawFact<'de> {
    /// Where the value of a key goes; none for keys that nobody reads.
    fn slot(&mut self, key: &str) -> Option<&mut Loose<'de>> {
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

    fn written(&self) -> Written<'_> {
        Written {
            start: Some(self.start.text()).filter(|start| !start.is_empty()),
            end: self.end.text(),
            value: self.value.real(),
            accession: self.accession.text(),
            fiscal_year: self.fiscal_year.real(),
            form: self.form.text(),
            filed: self.filed.text(),
        }
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
                    match fact.slot(key.text()) {
                        Some(slot) => *slot = entries.next_value()?,
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
            Level::Facts => deserializer.deserialize_seq(self),
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
            let key = key.text();
            let next = match (level, key) {
                (Level::Document, "cik") => {
                    builder.cik(entries.next_value::<Loose<'de>>()?.real());
                    continue;
                }
                (Level::Document, "entityName") => {
                    builder.name(entries.next_value::<Loose<'de>>()?.text());
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
                    builder.concept(tag).map_err(A::Error::custom)?;
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
            self.builder.fact(&fact.written()).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// Reads the whole document into the builder.
pub(super) fn read(text: &str, builder: &mut Builder) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Seed { level: Level::Document, builder }.deserialize(&mut deserializer)?;
    deserializer.end()
}
