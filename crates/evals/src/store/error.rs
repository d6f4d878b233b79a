//! Why the store could not do what was asked, each with what is safe and what to do next.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::ErrorCode;

use crate::plan::PlanError;

/// Why the store could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// There is no store yet.
    #[error("there is no store at {path}: no run was stored there yet")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Another process kept the store locked for too long.
    #[error(
        "another program keeps the store {path} locked; nothing in it was changed. Close that program and try again, or name another file with --store"
    )]
    Locked {
        /// The store.
        path: PathBuf,
    },
    /// The file is not a store, or is damaged.
    #[error(
        "{path} is damaged or is not a store of this tool ({detail}); it was left as it is. Move it away to start a new one, or name another file with --store"
    )]
    Corrupt {
        /// The store.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The file or its directory cannot be written.
    #[error(
        "the store {path} cannot be written ({detail}); nothing in it was changed. Check its permissions and the disk, name another file with --store, or go without one with --no-store"
    )]
    Unwritable {
        /// The store.
        path: PathBuf,
        /// Why not.
        detail: String,
    },
    /// A newer version of the tool wrote it.
    #[error(
        "the store {path} was written by a newer version of this tool (format {found}, this one knows up to {supported}); it was left as it is. Use the newer version, or name another file with --store"
    )]
    Newer {
        /// The store.
        path: PathBuf,
        /// The format of the store or of the run.
        found: u32,
        /// The newest format that is understood.
        supported: u32,
    },
    /// No run has this id.
    #[error("no stored run has the id {run}; `history` lists them")]
    NoSuchRun {
        /// What was asked for.
        run: String,
    },
    /// Several runs begin with this prefix.
    #[error("several stored runs begin with {prefix}: {}; give more of the id", matches.join(", "))]
    Ambiguous {
        /// What was asked for.
        prefix: String,
        /// The ids that match.
        matches: Vec<String>,
    },
    /// Another process is making this very run.
    #[error("the run {run} is going on in another process; wait for it, or stop it first")]
    RunBusy {
        /// The run.
        run: String,
    },
    /// The run cannot go on as it was planned.
    #[error("the run cannot be resumed: {0}")]
    Plan(#[from] PlanError),
    /// The call was not made, or has no such attempt.
    #[error("the store has no attempt {attempt} of call {call} of that run")]
    NoSuchAttempt {
        /// Index of the call.
        call: u32,
        /// Number of the attempt, from 0.
        attempt: u32,
    },
    /// The writer is gone: an earlier write failed.
    #[error("the store is closed because an earlier write failed; what was stored before is safe")]
    Closed,
    /// Anything else the database says.
    #[error("the store {path} failed: {source}")]
    Database {
        /// The store.
        path: PathBuf,
        /// What it said.
        source: Arc<rusqlite::Error>,
    },
}

impl StoreError {
    /// Sorts an error of the database by what a user can do about it.
    pub(super) fn of(path: &std::path::Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt { path, detail: error.to_string() }
            }
            Some(
                ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::CannotOpen
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure,
            ) => Self::Unwritable { path, detail: error.to_string() },
            _ => Self::Database { path, source: Arc::new(error) },
        }
    }
}
