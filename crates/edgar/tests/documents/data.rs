//! The real filings, read in place.

use std::io::Read;
use std::path::{Path, PathBuf};

/// A line of the manifest.
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) kind: String,
    pub(crate) form: String,
    pub(crate) note: String,
}

fn root() -> Option<PathBuf> {
    let shared = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let root = shared.join("data/edgar");
    if root.join("manifest.csv").exists() {
        return Some(root);
    }
    eprintln!("skipped: no {}", root.display());
    None
}

/// The manifest; none where the data are absent.
pub(crate) fn manifest() -> Option<Vec<Entry>> {
    let text = std::fs::read_to_string(root()?.join("manifest.csv")).unwrap();
    let mut lines = text.lines();
    let names = fields(lines.next().unwrap());
    let place = |name: &str| names.iter().position(|known| known == name).unwrap();
    let (path, kind, form, note) = (place("path"), place("kind"), place("form"), place("note"));
    Some(
        lines
            .map(|line| {
                let fields = fields(line);
                let field = |at: usize| fields.get(at).cloned().unwrap_or_default();
                Entry { path: field(path), kind: field(kind), form: field(form), note: field(note) }
            })
            .collect(),
    )
}

/// Fields of a line of CSV with quoted fields.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().unwrap().push(other),
        }
    }
    fields
}

/// Bytes of a file of the data, decompressed.
pub(crate) fn bytes(path: &str) -> Vec<u8> {
    let raw = std::fs::read(root().unwrap().join(path)).unwrap();
    if !path.ends_with(".gz") {
        return raw;
    }
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&raw[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Bytes of the file whose path contains the words; none where the data are absent.
pub(crate) fn find(words: &str) -> Option<Vec<u8>> {
    let manifest = manifest()?;
    let entry = manifest.iter().find(|entry| entry.path.contains(words)).unwrap_or_else(|| panic!("{words}"));
    Some(bytes(&entry.path))
}

/// Filings that are documents: HTML, text and full submissions.
pub(crate) fn documents() -> Vec<(Entry, Vec<u8>)> {
    manifest()
        .unwrap_or_default()
        .into_iter()
        .filter(|entry| {
            let name = entry.path.trim_end_matches(".gz");
            entry.path.starts_with("filings/")
                && entry.kind != "10-K-items-json"
                && entry.kind != "filing-index"
                && !name.ends_with("_htm.xml")
                && [".htm", ".html", ".txt", ".nc"].iter().any(|last| name.ends_with(last))
        })
        .map(|entry| {
            let bytes = bytes(&entry.path);
            (entry, bytes)
        })
        .collect()
}
