//! The directory of fetched models: one requantised GGUF file a model, with a record beside it.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, Entry};
use crate::error::{Error, Result};
use crate::fetch::{self, Endpoints, Progress};
use crate::gguf::Gguf;
use crate::requantise::requantise;

/// Models on disk.
#[derive(Debug, Clone)]
pub struct Store {
    directory: PathBuf,
    catalog: Catalog,
    endpoints: Endpoints,
}

/// A catalog entry and whether it is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The catalog's entry.
    #[serde(flatten)]
    pub entry: Entry,
    /// The file, when it was fetched and is complete.
    pub path: Option<PathBuf>,
    /// Bytes on disk.
    pub bytes_on_disk: u64,
}

/// What is known of a file on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    /// Digest of the file as fetched; another one in the catalog makes the file stale.
    fetched_sha256: String,
    bytes: u64,
    sha256: String,
}

impl Store {
    /// A store in `directory`, which need not exist yet, with the built-in catalog.
    pub fn new(directory: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self::with(directory, Catalog::built_in()?, Endpoints::default()))
    }

    /// A store with a catalog and endpoints of the caller's.
    pub fn with(directory: impl Into<PathBuf>, catalog: Catalog, endpoints: Endpoints) -> Self {
        Self { directory: directory.into(), catalog, endpoints }
    }

    /// The catalog in use.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// All named models, fetched or not.
    pub fn list(&self) -> Vec<Listed> {
        let listed = |entry: &Entry| {
            let record = self.record(entry);
            let path = record.is_some().then(|| self.file(&entry.name));
            Listed { entry: entry.clone(), path, bytes_on_disk: record.map_or(0, |record| record.bytes) }
        };
        self.catalog.models.iter().map(listed).collect()
    }

    /// The file of a model, fetched before if need be.
    ///
    /// The file's digest is checked each time; a damaged file is fetched again.
    pub fn pull(&self, name: &str, progress: &mut dyn FnMut(Progress)) -> Result<PathBuf> {
        let entry = self.catalog.get(name)?;
        fs::create_dir_all(&self.directory).map_err(Error::io(&self.directory))?;
        let lock_path = self.directory.join(format!("{name}.lock"));
        let lock = File::create(&lock_path).map_err(Error::io(&lock_path))?;
        // Another process that fetches the same model is waited for; its file will do.
        lock.lock().map_err(Error::io(&lock_path))?;

        let file = self.file(name);
        if let Some(record) = self.record(entry)
            && fetch::sha256(&file)? == record.sha256
        {
            return Ok(file);
        }
        let fetched = self.directory.join(format!("{name}.fetched"));
        fetch::fetch(entry, &self.endpoints, &fetched, progress)?;
        progress(Progress::Requantising);
        let record = Self::convert(entry, &fetched, &file)?;
        write_whole(
            &self.record_path(name),
            &serde_json::to_vec_pretty(&record).map_err(|error| Error::Catalog(error.to_string()))?,
        )?;
        fs::remove_file(&fetched).map_err(Error::io(&fetched))?;
        progress(Progress::Done);
        Ok(file)
    }

    /// Removes a model's files; false when there were none.
    pub fn remove(&self, name: &str) -> Result<bool> {
        self.catalog.get(name)?;
        let mut removed = false;
        let leftovers =
            ["fetched", "fetched.part", "lock"].map(|suffix| self.directory.join(format!("{name}.{suffix}")));
        let whole = [self.record_path(name), self.file(name)];
        for (path, counts) in whole.iter().map(|path| (path, true)).chain(leftovers.iter().map(|path| (path, false))) {
            match fs::remove_file(path) {
                Ok(()) => removed |= counts,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io(path)(error)),
            }
        }
        Ok(removed)
    }

    /// The file of a model that was fetched; `None` when it was not.
    pub fn path(&self, name: &str) -> Result<Option<PathBuf>> {
        let entry = self.catalog.get(name)?;
        Ok(self.record(entry).map(|_| self.file(name)))
    }

    /// The record of a file that is there, whole, and what the catalog asks for.
    fn record(&self, entry: &Entry) -> Option<Record> {
        let record: Record = serde_json::from_slice(&fs::read(self.record_path(&entry.name)).ok()?).ok()?;
        let bytes = fs::metadata(self.file(&entry.name)).ok()?.len();
        (record.fetched_sha256 == entry.sha256 && record.bytes == bytes).then_some(record)
    }

    fn convert(entry: &Entry, fetched: &Path, file: &Path) -> Result<Record> {
        let gguf = Gguf::open(fetched)?;
        let half = fetch::with_suffix(file, ".half");
        let mut out = BufWriter::new(File::create(&half).map_err(Error::io(&half))?);
        requantise(&gguf, &mut out)?;
        let out = out.into_inner().map_err(|error| Error::io(&half)(error.into_error()))?;
        out.sync_all().map_err(Error::io(&half))?;
        let bytes = out.metadata().map_err(Error::io(&half))?.len();
        let sha256 = fetch::sha256(&half)?;
        fs::rename(&half, file).map_err(Error::io(file))?;
        Ok(Record { fetched_sha256: entry.sha256.clone(), bytes, sha256 })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.q8_0.gguf"))
    }

    fn record_path(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.json"))
    }
}

/// Writes a file so that it is there whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let half = fetch::with_suffix(path, ".half");
    let mut file = File::create(&half).map_err(Error::io(&half))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io(&half))?;
    fs::rename(&half, path).map_err(Error::io(path))
}
