//! Only one process at a time may make a run: two that resumed it together would pay twice.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::StoreError;

/// A lock on one run, held by the operating system and so released even by `kill -9`.
#[derive(Debug)]
pub(super) struct RunLock {
    path: PathBuf,
    // Closing the file releases the lock.
    _file: File,
}

impl RunLock {
    pub(super) fn take(store: &Path, run_id: &str) -> Result<Self, StoreError> {
        let mut name = store.file_name().unwrap_or_default().to_owned();
        // A run id is a UUID; a store from elsewhere may say otherwise and must not name other files.
        let safe: String = run_id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        name.push(format!(".{safe}.lock"));
        let path = store.with_file_name(name);
        let busy = || StoreError::RunBusy { run: run_id.to_owned() };
        let unwritable =
            |error: std::io::Error| StoreError::Unwritable { path: path.clone(), detail: error.to_string() };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(unwritable)?;
        match file.try_lock() {
            // The run that held it just ended and removed it: what is locked is no longer there.
            Ok(()) if !path.exists() => Err(busy()),
            Ok(()) => Ok(Self { path, _file: file }),
            Err(TryLockError::WouldBlock) => Err(busy()),
            Err(TryLockError::Error(error)) => Err(unwritable(error)),
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Left over, it is an empty file that the next resume takes again.
        let _ = std::fs::remove_file(&self.path);
    }
}
