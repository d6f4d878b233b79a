//! The house's collection of real filings under the paths that the SEC gives them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::content::{Content, ending};
use crate::sgml;
use crate::site::load;

/// The collection at `shared/data/edgar`.
#[derive(Debug)]
pub(crate) struct Shared {
    root: PathBuf,
    /// `CIK0000320193` or `CIK0000749647-submissions-001` to its file.
    submissions: HashMap<String, PathBuf>,
    facts: HashMap<String, PathBuf>,
    /// Accession number without dashes to the files of its folder, each with its name without `.gz`.
    filings: HashMap<String, Vec<(String, PathBuf)>>,
}

impl Shared {
    /// Lists the collection; what is not there is not served.
    pub(crate) fn open(root: &Path) -> Self {
        let mut filings = HashMap::new();
        for (name, folder) in list(&root.join("filings")) {
            let key: String = name.chars().filter(char::is_ascii_digit).collect();
            if name.len() == 20 && key.len() == 18 {
                let files = list(&folder).into_iter().map(|(name, path)| (without_gz(&name).to_owned(), path));
                filings.insert(key, files.collect());
            }
        }
        Self {
            submissions: by_key(&root.join("submissions")),
            facts: by_key(&root.join("companyfacts")),
            filings,
            root: root.to_owned(),
        }
    }

    /// What a path holds.
    pub(crate) fn find(&self, path: &str) -> Option<Content> {
        if let Some(name) = path.strip_prefix("/submissions/").and_then(|name| name.strip_suffix(".json")) {
            return load(self.submissions.get(name)?, path);
        }
        if let Some(name) = path.strip_prefix("/api/xbrl/companyfacts/").and_then(|name| name.strip_suffix(".json")) {
            return load(self.facts.get(name)?, path);
        }
        if let Some(rest) = path.strip_prefix("/Archives/edgar/data/") {
            let parts: Vec<&str> = rest.split('/').collect();
            return match parts[..] {
                [_, name] => {
                    self.document(&name.chars().take(20).filter(|c| *c != '-').collect::<String>(), name, path)
                }
                [_, folder, name] => self.document(folder, name, path),
                _ => None,
            };
        }
        let file = match path {
            "/files/company_tickers.json" => "company_tickers_newer.json.gz",
            "/files/company_tickers_exchange.json" => "company_tickers_exchange.json.gz",
            "/LATEST/search-index" => "efts/100_hits.json",
            _ => return None,
        };
        load(&self.root.join(file), path)
    }

    /// A document: the file of that name; else that document of the full submission; else, because the collection
    /// gave many primary documents names of its own, the only document of its kind that the folder has.
    fn document(&self, folder: &str, name: &str, path: &str) -> Option<Content> {
        let files = self.filings.get(folder)?;
        let other = if let Some(stem) = name.strip_suffix("-index.htm") {
            format!("{stem}-index.html")
        } else {
            name.to_owned()
        };
        if let Some((_, file)) = files.iter().find(|(known, _)| *known == name || *known == other) {
            return load(file, path);
        }
        if name.contains("-index") {
            return None;
        }
        let full = |known: &str| known.len() == 24 && ending(known) == "txt" || ending(known) == "nc";
        for (_, file) in files.iter().filter(|(known, _)| full(known)) {
            let submission = load(file, path)?;
            if let Some(text) = sgml::document(&submission.bytes(), Some(name)) {
                return Some(Content::plain(path, text, submission.changed().to_owned()));
            }
        }
        let documents: Vec<&PathBuf> = files
            .iter()
            .filter(|(known, _)| !known.contains("index") && ending(known) != "json" && !full(known))
            .filter(|(known, _)| (ending(known) == "xml") == (ending(name) == "xml"))
            .map(|(_, file)| file)
            .collect();
        match documents[..] {
            [only] => load(only, path),
            _ => None,
        }
    }
}

/// The files of a folder by the key that begins their names; of several for one key, the untrimmed.
fn by_key(folder: &Path) -> HashMap<String, PathBuf> {
    let mut files: HashMap<String, PathBuf> = HashMap::new();
    for (name, path) in list(folder) {
        let key = name.split('.').next().unwrap_or_default().to_owned();
        if !name.contains(".trimmed.") || !files.contains_key(&key) {
            files.insert(key, path);
        }
    }
    files
}

fn without_gz(name: &str) -> &str {
    name.strip_suffix(".gz").unwrap_or(name)
}

fn list(folder: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(String, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
        .collect();
    found.sort();
    found
}
