//! The tables, their versions, and how the file is opened.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// Marks the file as ours among all SQLite files (`file` and other tools show it).
const APPLICATION_ID: u32 = 0x4D44_4C52;

/// How long to wait for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// One step from each version to the next; the version is the number of steps taken.
const MIGRATIONS: &[&str] = &[
    // runs.notes: what became known while the run went on; the plan has its own.
    // dispatches: written before an attempt is made, removed when its call is stored: what is left
    //   after a crash may have been billed. lost: such rows, once a resumed run has taken them over.
    "CREATE TABLE runs (
        run_id TEXT PRIMARY KEY,
        record_version INTEGER NOT NULL,
        started_at TEXT NOT NULL,
        command TEXT NOT NULL,
        experiment_key TEXT NOT NULL,
        planned INTEGER NOT NULL,
        plan BLOB NOT NULL,
        ended TEXT NOT NULL,
        machine TEXT NOT NULL,
        notes TEXT NOT NULL
    );
    CREATE TABLE dispatches (
        run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
        call_index INTEGER NOT NULL,
        held_pico INTEGER,
        PRIMARY KEY (run_id, call_index)
    ) WITHOUT ROWID;
    CREATE TABLE lost (
        run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
        call_index INTEGER NOT NULL,
        held_pico INTEGER
    );
    CREATE INDEX lost_by_run ON lost (run_id);
    CREATE TABLE calls (
        run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
        call_index INTEGER NOT NULL,
        model TEXT NOT NULL,
        outcome TEXT NOT NULL,
        cost_kind TEXT NOT NULL,
        cost_pico INTEGER,
        cache_key TEXT NOT NULL,
        cached_from TEXT,
        record BLOB NOT NULL,
        PRIMARY KEY (run_id, call_index)
    );
    CREATE INDEX calls_by_cache_key ON calls (cache_key);
    CREATE TABLE attempts_raw (
        run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
        call_index INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        request BLOB NOT NULL,
        response BLOB NOT NULL,
        PRIMARY KEY (run_id, call_index, attempt)
    );",
    // externals: what programs of script checks said about an answer, by the path of the check.
    // labels: what a person said about an answer, newest last.
    "CREATE TABLE externals (
        run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
        call_index INTEGER NOT NULL,
        path TEXT NOT NULL,
        result TEXT NOT NULL,
        PRIMARY KEY (run_id, call_index, path)
    ) WITHOUT ROWID;
    CREATE TABLE labels (
        run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
        call_index INTEGER NOT NULL,
        label TEXT NOT NULL,
        PRIMARY KEY (run_id, call_index)
    ) WITHOUT ROWID;",
];

/// The newest version of the tables that is understood.
pub(super) const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// Opens the file for writing, makes it private, and brings its tables up to date.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, StoreError> {
    create_private(path)
        .map_err(|error| StoreError::Unwritable { path: path.to_owned(), detail: error.to_string() })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error| StoreError::of(path, error);
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    check_format(path, &connection)?;
    use_write_ahead_log(&connection).map_err(failed)?;
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    migrate(&mut connection).map_err(failed)?;
    Ok(connection)
}

/// Opens the file for reading only; changes nothing in it.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error| StoreError::of(path, error);
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    // A plan that may depend on what is bound is made anew at every binding; that took most of the time of a question.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
    if check_format(path, &connection)? == 0 {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    Ok(connection)
}

/// The version of the tables; an error when the file is not ours or too new.
fn check_format(path: &Path, connection: &Connection) -> Result<u32, StoreError> {
    let failed = |error| StoreError::of(path, error);
    // One look at all three: between two looks another process may make the tables.
    let look = connection.unchecked_transaction().map_err(failed)?;
    let pragma = |name: &str| look.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let version = pragma("user_version").map_err(failed)?;
    let application = pragma("application_id").map_err(failed)?;
    let tables: u32 = look.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).map_err(failed)?;
    drop(look);
    if application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0) {
        let detail = "it is the database of another program".to_owned();
        return Err(StoreError::Corrupt { path: path.to_owned(), detail });
    }
    if version > SCHEMA_VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, supported: SCHEMA_VERSION });
    }
    Ok(version)
}

/// Readers then never wait for the writer. SQLite does not wait for the lock that this change needs, so we do.
fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let pause = Duration::from_millis(20);
    let mut waited = Duration::ZERO;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) && waited < BUSY_TIMEOUT =>
            {
                std::thread::sleep(pause);
                waited += pause;
            }
            result => return result,
        }
    }
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    // Immediate: two processes that open a new store at once must not both create its tables.
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for step in MIGRATIONS.iter().skip(version as usize) {
        transaction.execute_batch(step)?;
    }
    if version < SCHEMA_VERSION {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    }
    transaction.commit()
}

/// Creates the file and its directory for the user alone. What exists is never opened wider; a
/// store that others could read is closed to them.
fn create_private(path: &Path) -> std::io::Result<()> {
    if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.exists()) {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory)?;
    }
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata()?.permissions().mode();
        if mode & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(mode & 0o7700))?;
        }
    }
    drop(file);
    Ok(())
}
