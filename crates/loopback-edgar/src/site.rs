//! What is served.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::content::{Content, ending};
use crate::date::http_date;
use crate::lock;
use crate::request::{Request, decode};
use crate::shared::Shared;

/// Everything that a [`Server`](crate::Server) answers with, in the order of its looking: single files, folders, the
/// collection of real filings.
#[derive(Debug, Default)]
pub struct Site {
    files: Mutex<HashMap<String, Content>>,
    roots: Vec<PathBuf>,
    shared: Option<Shared>,
    loaded: Mutex<HashMap<String, Content>>,
}

impl Site {
    /// One that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one file at a path. A path with `?` and a query is found only with that query.
    #[must_use]
    pub fn file(self, path: &str, bytes: &[u8]) -> Self {
        self.put(path, bytes);
        self
    }

    /// Adds a folder whose files lie as their paths do. A file `x.json.gz` is served as `x.json`.
    #[must_use]
    pub fn root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.roots.push(folder.into());
        self
    }

    /// Adds the house's collection of real filings, `shared/data/edgar`.
    #[must_use]
    pub fn shared(mut self, folder: impl AsRef<Path>) -> Self {
        self.shared = Some(Shared::open(folder.as_ref()));
        self
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        let name = path.split('?').next().unwrap_or_default();
        lock(&self.files).insert(path.to_owned(), Content::plain(name, bytes, http_date(SystemTime::now())));
    }

    pub(crate) fn remove(&self, path: &str) {
        lock(&self.files).remove(path);
    }

    /// What a request is answered with, faults apart.
    pub(crate) fn find(&self, request: &Request) -> Option<Content> {
        let path = decode(&request.path.replace('+', "%2B"));
        {
            let files = lock(&self.files);
            let whole = format!("{path}?{}", request.query);
            if let Some(content) = files.get(&whole).or_else(|| files.get(&path)) {
                return Some(content.clone());
            }
        }
        let key = if path == "/LATEST/search-index" { format!("{path}?{}", request.query) } else { path.clone() };
        if let Some(content) = lock(&self.loaded).get(&key) {
            return Some(content.clone());
        }
        let content = self.load(&path, request)?;
        lock(&self.loaded).insert(key, content.clone());
        Some(content)
    }

    fn load(&self, path: &str, request: &Request) -> Option<Content> {
        let relative = Path::new(path.trim_start_matches('/'));
        if relative.components().all(|part| matches!(part, Component::Normal(_))) {
            for root in &self.roots {
                let file = root.join(relative);
                if let Some(content) = load(&file, path) {
                    return Some(content);
                }
                if let Some(content) = load(&root.join(format!("{}.gz", relative.display())), path) {
                    return Some(content);
                }
            }
        }
        let content = self.shared.as_ref()?.find(path)?;
        if path == "/LATEST/search-index" { narrowed(&content, request) } else { Some(content) }
    }
}

/// The hits of a search that belong to the companies asked for, as the real search would have it.
fn narrowed(content: &Content, request: &Request) -> Option<Content> {
    let Some(ciks) = request.parameter("ciks") else { return Some(content.clone()) };
    let wanted: Vec<&str> = ciks.split(',').map(|cik| cik.trim_start_matches('0')).collect();
    let mut answer: Value = serde_json::from_slice(&content.bytes()).ok()?;
    let hits = answer.pointer_mut("/hits/hits")?.as_array_mut()?;
    hits.retain(|hit| {
        let of = hit.pointer("/_source/ciks").and_then(Value::as_array);
        of.is_some_and(|ciks| {
            ciks.iter().filter_map(Value::as_str).any(|cik| wanted.contains(&cik.trim_start_matches('0')))
        })
    });
    let count = hits.len();
    *answer.pointer_mut("/hits/total")? = json!({"value": count, "relation": "eq"});
    Some(Content::plain("x.json", answer.to_string().as_bytes(), content.changed().to_owned()))
}

/// Reads a file; `path` is what it is served as. Of a `.gz` the bytes are kept as they are, unless that is its name.
pub(crate) fn load(file: &Path, path: &str) -> Option<Content> {
    let bytes = std::fs::read(file).ok()?;
    let changed = file.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let gzipped = file.extension().is_some_and(|ending| ending == "gz") && ending(path) != "gz";
    let make = if gzipped { Content::gzipped } else { Content::plain };
    Some(make(path, &bytes, http_date(changed)))
}
