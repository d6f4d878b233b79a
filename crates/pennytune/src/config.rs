//! The configuration: one TOML file, read whole, written atomically, never with a key that cannot be read back.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// What the user chose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Name and e-mail address for the SEC, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<String>,
    /// Whether the user has said that he knows the risks.
    pub(crate) risks_understood: bool,
    /// A mirror instead of the SEC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edgar_url: Option<String>,
    /// Requests per second, 1 to 10; 0 lifts the limit of a mirror.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requests_per_second: Option<u32>,
    /// Weights of the factors, 0 to 10; those that are not named have their published ones.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) weights: BTreeMap<String, f64>,
}

/// The configuration and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) path: PathBuf,
    pub(crate) config: Config,
}

impl Stored {
    /// Reads the file; none yet is an empty configuration.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let unreadable = |why: String| {
            Failure::not_configured(format!("the configuration {shown} cannot be read: {why}"))
                .hint("correct the file, or move it away and run `pennytune init`; nothing was changed")
        };
        let config = match fs::read(path) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
                let config: Config = toml::from_str(&text).map_err(|error| unreadable(mistake(&text, &error)))?;
                config.check().map_err(unreadable)?;
                config
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Config::default(),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        Ok(Self { path: path.to_owned(), config })
    }

    /// Writes the file beside itself and renames it, for its user's eyes only.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let failed = |why: String| {
            Failure::not_configured(format!("the configuration {} cannot be written: {why}", self.path.display()))
                .hint("check the folder's permissions, or name another file with --config; the old one is as it was")
        };
        self.config.check().map_err(failed)?;
        let text = toml::to_string_pretty(&self.config).map_err(|error| failed(error.to_string()))?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        let beside = folder.join(format!(".{}.{}", "config", std::process::id()));
        let written = private(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)
        });
        written.map_err(|error| {
            let _ = fs::remove_file(&beside);
            failed(error.to_string())
        })
    }
}

fn private(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What is wrong with a file and in which line; never the line itself, which may hold the user's address.
fn mistake(text: &str, error: &toml::de::Error) -> String {
    let masked: Vec<&str> =
        error.message().split_whitespace().map(|word| if word.contains('@') { "***" } else { word }).collect();
    let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    match line {
        Some(line) => format!("line {line}: {}", masked.join(" ")),
        None => masked.join(" "),
    }
}

impl Config {
    fn check(&self) -> Result<(), String> {
        if let Some(identity) = &self.identity {
            identity.parse::<edgar::identity::Identity>().map_err(|error| error.to_string())?;
        }
        if let Some(url) = &self.edgar_url {
            url.parse::<edgar::source::Mirror>().map_err(|error| error.to_string())?;
        }
        if let Some(rate) = self.requests_per_second.filter(|rate| *rate > 10) {
            return Err(format!("requests_per_second is {rate}; the SEC allows at most 10"));
        }
        for (name, weight) in &self.weights {
            if !forensics::factors::NAMES.contains(&name.as_str()) {
                return Err(format!(
                    "there is no factor `{name}`; there are: {}",
                    forensics::factors::NAMES.join(", ")
                ));
            }
            if !(0.0..=10.0).contains(weight) {
                return Err(format!("the weight of {name} is {weight}; weights are 0 to 10"));
            }
        }
        Ok(())
    }

    /// Every key with its value as it is shown: the e-mail address masked.
    pub(crate) fn shown(&self) -> Vec<(String, String)> {
        let none = || "(not set)".to_owned();
        let mut rows = vec![
            ("identity".to_owned(), self.identity.as_deref().map_or_else(none, redacted)),
            ("risks_understood".to_owned(), self.risks_understood.to_string()),
            ("edgar_url".to_owned(), self.edgar_url.clone().unwrap_or_else(|| "(the SEC)".to_owned())),
            (
                "requests_per_second".to_owned(),
                self.requests_per_second.map_or("10".to_owned(), |rate| rate.to_string()),
            ),
        ];
        for name in forensics::factors::NAMES {
            let weight = self.weights.get(*name).copied().unwrap_or_else(|| forensics::factors::weight(name));
            rows.push((format!("weights.{name}"), weight.to_string()));
        }
        rows
    }

    /// Sets one key from a text, or says why not.
    pub(crate) fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let value = value.trim();
        let empty = value.is_empty() || value == "none";
        let mut changed = self.clone();
        match key.split_once('.') {
            Some(("weights", factor)) => {
                if empty {
                    changed.weights.remove(factor);
                } else {
                    let weight = value.parse().map_err(|_| format!("`{value}` is no number"))?;
                    changed.weights.insert(factor.to_owned(), weight);
                }
            }
            None if key == "identity" => changed.identity = (!empty).then(|| value.to_owned()),
            None if key == "edgar_url" => changed.edgar_url = (!empty).then(|| value.to_owned()),
            None if key == "risks_understood" => {
                changed.risks_understood = match value.to_ascii_lowercase().as_str() {
                    "true" | "yes" | "1" | "on" => true,
                    "false" | "no" | "0" | "off" => false,
                    _ => return Err(format!("`{value}` is neither true nor false")),
                }
            }
            None if key == "requests_per_second" => {
                changed.requests_per_second =
                    if empty { None } else { Some(value.parse().map_err(|_| format!("`{value}` is no whole number"))?) }
            }
            _ => {
                let keys: Vec<String> = self.shown().into_iter().map(|(key, _)| key).collect();
                return Err(format!("there is no key `{key}`; there are: {}", keys.join(", ")));
            }
        }
        changed.check()?;
        *self = changed;
        Ok(())
    }
}

/// An identity with its address masked.
pub(crate) fn redacted(identity: &str) -> String {
    identity.parse::<edgar::identity::Identity>().map_or_else(|_| "(unreadable)".to_owned(), |found| found.redacted())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_unknown_keys_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/config.toml");
        let mut stored = Stored::read(&path).unwrap();
        stored.config.set("identity", "Jane Doe jane@example.com").unwrap();
        stored.config.set("weights.dilution", "2.5").unwrap();
        stored.config.set("requests_per_second", "8").unwrap();
        stored.write().unwrap();
        assert_eq!(Stored::read(&path).unwrap().config, stored.config);
        for (key, value) in [
            ("weights.nothing", "1"),
            ("weights.dilution", "11"),
            ("requests_per_second", "11"),
            ("identity", "x"),
            ("nothing", "1"),
        ] {
            let before = stored.config.clone();
            assert!(stored.config.set(key, value).is_err(), "{key}={value}");
            assert_eq!(stored.config, before, "a refused value changes nothing");
        }
        fs::write(&path, "identitty = 'x'\n").unwrap();
        let failure = Stored::read(&path).unwrap_err();
        assert!(
            failure.message.contains("line 1")
                && failure.message.contains("identitty")
                && failure.message.contains("config.toml"),
            "{}",
            failure.message
        );
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(Stored::read(&path).unwrap_err().message.contains("UTF-8"));
    }

    #[test]
    fn the_address_is_masked_wherever_it_is_shown() {
        let mut config = Config::default();
        config.set("identity", "Jane Doe jane@example.com").unwrap();
        assert!(config.shown().iter().all(|(_, value)| !value.contains("jane@")));
    }
}
