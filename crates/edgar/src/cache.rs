//! What was fetched, kept by content.
//!
//! Objects are gzip streams in files named by the SHA-256 of their own bytes, as they came over the wire where the
//! server compressed them: nothing is compressed twice, and a reading checks 300 kB instead of the 4 MB inside. An
//! SQLite index says which address gave which object, and when. Files are written aside and renamed, so that a reader
//! or a crash never meets half of one; two processes may use one folder at once.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

/// The version of the index's layout.
const LAYOUT: i64 = 1;

/// Small bodies gain little by more work, large ones cost time; objects that servers compressed are kept as they came.
const LEVEL: Compression = Compression::new(1);

/// A folder of what was fetched.
#[derive(Debug)]
pub struct Cache {
    objects: PathBuf,
    index: Mutex<Connection>,
}

/// The cache cannot be used, or not for this.
#[derive(Debug, thiserror::Error)]
pub enum CacheProblem {
    /// Its folder cannot be read or written.
    #[error("the cache folder {folder} cannot be used: {problem}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// Its index cannot be read or written.
    #[error("the index of the cache cannot be used: {0}")]
    Index(#[from] rusqlite::Error),
    /// A later version of the tool wrote it.
    #[error("the cache was written by a later version (layout {0}); name another folder or remove it")]
    Later(i64),
    /// An object is gone, or its bytes are not those that were written.
    #[error("a kept object is damaged or gone")]
    Damaged,
    /// An object decompresses to more than is allowed.
    #[error("a kept object has more than {0} bytes")]
    TooLarge(u64),
}

/// What the index knows of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The object's name; none where the address had nothing.
    pub object: Option<String>,
    /// The server's tag of it.
    pub etag: Option<String>,
    /// When the server said that it last changed, in the server's words.
    pub modified: Option<String>,
    /// When its bytes came.
    pub fetched: Timestamp,
    /// When the server last said that they are still right.
    pub checked: Timestamp,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Addresses with an object.
    pub entries: u64,
    /// Bytes of their objects, compressed.
    pub bytes: u64,
}

/// Counts files under way, over all handles of the process: each has a name of its own.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Which layout an index has; 0 before it is made.
fn layout_of(index: &Connection) -> rusqlite::Result<i64> {
    index.query_row("PRAGMA user_version", [], |row| row.get(0))
}

impl Cache {
    /// Opens a folder, making it where it is not there.
    pub fn open(folder: &Path) -> Result<Self, CacheProblem> {
        let objects = folder.join("objects");
        fs::create_dir_all(&objects).map_err(|problem| CacheProblem::Folder { folder: folder.to_owned(), problem })?;
        let index = Connection::open(folder.join("index.sqlite"))?;
        index.busy_timeout(Duration::from_secs(10))?;
        let mut layout = layout_of(&index)?;
        // Of several that find no index, one makes it: SQLite does not wait where two turn on its log at once. Where a
        // disk knows no locks, they go on without.
        let _making = if layout < LAYOUT {
            let turn = fs::File::create(folder.join("index.lock")).ok();
            let turn = turn.filter(|file| file.lock().is_ok());
            layout = layout_of(&index)?;
            turn
        } else {
            None
        };
        if layout > LAYOUT {
            return Err(CacheProblem::Later(layout));
        }
        // The log is not folded into the index at every exit, which would wait for the disk; it is when it grows.
        index.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        if layout < LAYOUT {
            index.execute_batch("PRAGMA synchronous = OFF;")?;
            index.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
            index.execute_batch(
                "BEGIN IMMEDIATE;
                 CREATE TABLE IF NOT EXISTS entry (
                     url TEXT PRIMARY KEY,
                     object TEXT,
                     size INTEGER NOT NULL,
                     etag TEXT,
                     modified TEXT,
                     fetched INTEGER NOT NULL,
                     checked INTEGER NOT NULL
                 ) WITHOUT ROWID;
                 CREATE INDEX IF NOT EXISTS entry_object ON entry (object);
                 PRAGMA user_version = 1;
                 COMMIT;",
            )?;
        }
        // An entry lost in a power failure is fetched again; what was renamed into place is checked by its hash.
        index.execute_batch("PRAGMA synchronous = NORMAL;")?;
        Ok(Self { objects, index: Mutex::new(index) })
    }

    /// What is known of an address.
    pub fn entry(&self, url: &str) -> Result<Option<Entry>, CacheProblem> {
        let index = self.index();
        let mut statement =
            index.prepare_cached("SELECT object, etag, modified, fetched, checked FROM entry WHERE url = ?1")?;
        let entry = statement.query_row([url], |row| {
            Ok(Entry {
                object: row.get(0)?,
                etag: row.get(1)?,
                modified: row.get(2)?,
                fetched: moment(row.get(3)?),
                checked: moment(row.get(4)?),
            })
        });
        Ok(entry.optional()?)
    }

    /// The bytes of an object, decompressed; at most `most`. One whose bytes are not what its name says is removed.
    pub fn read(&self, object: &str, most: u64) -> Result<Vec<u8>, CacheProblem> {
        let path = self.path(object).ok_or(CacheProblem::Damaged)?;
        let stored = fs::read(&path).map_err(|_| CacheProblem::Damaged)?;
        if name(&stored) != object {
            let _ = fs::remove_file(&path);
            return Err(CacheProblem::Damaged);
        }
        // The last four bytes of a gzip stream are the length of what is in it, as far as they can be believed.
        let hint = stored.last_chunk::<4>().map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)));
        let believable = hint.min(most).min(stored.len() as u64 * 50) as usize;
        let mut plain = Vec::with_capacity(believable + 1);
        MultiGzDecoder::new(&stored[..]).take(most + 1).read_to_end(&mut plain).map_err(|_| CacheProblem::Damaged)?;
        if plain.len() as u64 > most {
            return Err(CacheProblem::TooLarge(most));
        }
        Ok(plain)
    }

    /// Keeps what an address gave: its plain bytes, and the gzip stream that they came in where they did.
    pub fn put(
        &self,
        url: &str,
        plain: &[u8],
        gzip: Option<Vec<u8>>,
        etag: Option<&str>,
        modified: Option<&str>,
        now: Timestamp,
    ) -> Result<(), CacheProblem> {
        let stored = match gzip {
            Some(gzip) => gzip,
            None => compressed(plain).map_err(|problem| self.trouble(problem))?,
        };
        let object = name(&stored);
        let path = self.path(&object).ok_or(CacheProblem::Damaged)?;
        if !path.exists() {
            self.write(&path, &stored).map_err(|problem| self.trouble(problem))?;
        }
        let before = {
            let index = self.index();
            let before: Option<Option<String>> = index
                .prepare_cached("SELECT object FROM entry WHERE url = ?1")?
                .query_row([url], |row| row.get(0))
                .optional()?;
            index
                .prepare_cached(
                    "INSERT OR REPLACE INTO entry (url, object, size, etag, modified, fetched, checked)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
                )?
                .execute(params![url, object, stored.len() as i64, etag, modified, now.as_millisecond()])?;
            before.flatten()
        };
        if let Some(before) = before.filter(|before| *before != object) {
            self.remove_unnamed(&before)?;
        }
        Ok(())
    }

    /// Notes that the server said today that an entry is still right.
    pub fn touch(&self, url: &str, now: Timestamp) -> Result<(), CacheProblem> {
        self.index()
            .prepare_cached("UPDATE entry SET checked = ?2 WHERE url = ?1")?
            .execute(params![url, now.as_millisecond()])?;
        Ok(())
    }

    /// Notes that an address has nothing. What it had before is forgotten.
    pub fn note_missing(&self, url: &str, now: Timestamp) -> Result<(), CacheProblem> {
        self.index()
            .prepare_cached(
                "INSERT OR REPLACE INTO entry (url, object, size, etag, modified, fetched, checked)
                 VALUES (?1, NULL, 0, NULL, NULL, ?2, ?2)",
            )?
            .execute(params![url, now.as_millisecond()])?;
        Ok(())
    }

    /// Forgets an address and, unless another has it, its object.
    pub fn forget(&self, url: &str) -> Result<(), CacheProblem> {
        let entry = self.entry(url)?;
        self.index().prepare_cached("DELETE FROM entry WHERE url = ?1")?.execute([url])?;
        match entry.and_then(|entry| entry.object) {
            Some(object) => self.remove_unnamed(&object),
            None => Ok(()),
        }
    }

    /// How much is kept.
    pub fn usage(&self) -> Result<Usage, CacheProblem> {
        let usage = self.index().query_row(
            "SELECT count(*), (SELECT total(size) FROM (SELECT max(size) AS size FROM entry GROUP BY object))
             FROM entry WHERE object IS NOT NULL",
            [],
            |row| Ok(Usage { entries: row.get::<_, i64>(0)? as u64, bytes: row.get::<_, f64>(1)? as u64 }),
        )?;
        Ok(usage)
    }

    /// Removes an object that no entry names any more. One that another process is just about to name is then found
    /// damaged by its next reader and fetched again.
    fn remove_unnamed(&self, object: &str) -> Result<(), CacheProblem> {
        let named: bool = self
            .index()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM entry WHERE object = ?1)")?
            .query_row([object], |row| row.get(0))?;
        if !named && let Some(path) = self.path(object) {
            let _ = fs::remove_file(path);
        }
        Ok(())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let aside = self.objects.join(format!("aside-{}-{number}", std::process::id()));
        fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, path)).inspect_err(|_| {
            let _ = fs::remove_file(&aside);
        })
    }

    /// Where an object lies; none where its name is none of ours.
    fn path(&self, object: &str) -> Option<PathBuf> {
        let ours = object.len() == 64 && object.bytes().all(|byte| byte.is_ascii_hexdigit());
        ours.then(|| self.objects.join(&object[..2]).join(&object[2..]))
    }

    fn trouble(&self, problem: io::Error) -> CacheProblem {
        CacheProblem::Folder { folder: self.objects.clone(), problem }
    }

    fn index(&self) -> MutexGuard<'_, Connection> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn compressed(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4 + 64), LEVEL);
    encoder.write_all(plain)?;
    encoder.finish()
}

/// The name of an object: the SHA-256 of its stored bytes, in hexadecimal.
fn name(stored: &[u8]) -> String {
    let mut name = String::with_capacity(64);
    for byte in Sha256::digest(stored) {
        const DIGITS: [u8; 16] = *b"0123456789abcdef";
        name.push(DIGITS[usize::from(byte >> 4)] as char);
        name.push(DIGITS[usize::from(byte & 15)] as char);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn open() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        (folder, cache)
    }

    #[test]
    fn what_was_put_is_read_by_another_process() {
        let (folder, cache) = open();
        cache.put("https://a/x", b"hello", None, Some("\"1\""), Some("Mon"), at(0)).unwrap();
        let other = Cache::open(folder.path()).unwrap();
        let entry = other.entry("https://a/x").unwrap().unwrap();
        assert_eq!((entry.etag.as_deref(), entry.modified.as_deref()), (Some("\"1\""), Some("Mon")));
        assert_eq!((entry.fetched, entry.checked), (at(0), at(0)));
        assert_eq!(other.read(&entry.object.unwrap(), 100).unwrap(), b"hello");
        assert_eq!(other.entry("https://a/y").unwrap(), None);
        cache.touch("https://a/x", at(9)).unwrap();
        assert_eq!(other.entry("https://a/x").unwrap().unwrap().checked, at(9));
    }

    #[test]
    fn a_stream_is_kept_as_it_came() {
        let (folder, cache) = open();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(b"hello").unwrap();
        let gzip = encoder.finish().unwrap();
        cache.put("u", b"hello", Some(gzip.clone()), None, None, at(0)).unwrap();
        let object = cache.entry("u").unwrap().unwrap().object.unwrap();
        assert_eq!(fs::read(folder.path().join("objects").join(&object[..2]).join(&object[2..])).unwrap(), gzip);
        assert_eq!(cache.read(&object, 5).unwrap(), b"hello");
        assert!(matches!(cache.read(&object, 4), Err(CacheProblem::TooLarge(4))));
    }

    #[test]
    fn a_replaced_object_goes_unless_another_address_has_it() {
        let (_folder, cache) = open();
        for url in ["a", "b"] {
            cache.put(url, b"one", None, None, None, at(0)).unwrap();
        }
        let first = cache.entry("a").unwrap().unwrap().object.unwrap();
        assert_eq!(cache.usage().unwrap().entries, 2);
        cache.put("a", b"two", None, None, None, at(1)).unwrap();
        assert!(cache.read(&first, 10).is_ok(), "b still has it");
        cache.put("b", b"two", None, None, None, at(1)).unwrap();
        assert!(matches!(cache.read(&first, 10), Err(CacheProblem::Damaged)));
        cache.forget("a").unwrap();
        assert_eq!((cache.entry("a").unwrap(), cache.usage().unwrap().entries), (None, 1));
        cache.forget("never").unwrap();
    }

    #[test]
    fn a_damaged_object_is_found_and_can_be_put_again() {
        let (_folder, cache) = open();
        cache.put("a", b"right", None, None, None, at(0)).unwrap();
        let object = cache.entry("a").unwrap().unwrap().object.unwrap();
        let path = cache.path(&object).unwrap();
        for damage in [&b"wrong"[..], b""] {
            fs::write(&path, damage).unwrap();
            assert!(matches!(cache.read(&object, 10), Err(CacheProblem::Damaged)));
            cache.put("a", b"right", None, None, None, at(1)).unwrap();
            assert_eq!(cache.read(&object, 10).unwrap(), b"right");
        }
        assert!(matches!(cache.read("../../etc/passwd", 10), Err(CacheProblem::Damaged)));
    }

    #[test]
    fn what_is_missing_is_remembered_as_missing() {
        let (_folder, cache) = open();
        cache.note_missing("a", at(0)).unwrap();
        assert_eq!(cache.entry("a").unwrap().unwrap().object, None);
        assert_eq!(cache.usage().unwrap(), Usage::default());
    }

    /// Lesson 45: corrupt index, folder in place of file, later layout: each is named, none ends in a crash.
    #[test]
    fn an_unusable_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"x").unwrap();
        let named = Cache::open(&file).unwrap_err();
        assert!(matches!(named, CacheProblem::Folder { .. }) && named.to_string().contains("file"), "{named}");

        let corrupt = folder.path().join("corrupt");
        fs::create_dir_all(&corrupt).unwrap();
        fs::write(corrupt.join("index.sqlite"), [7; 5000]).unwrap();
        assert!(matches!(Cache::open(&corrupt), Err(CacheProblem::Index(_))));

        let later = folder.path().join("later");
        drop(Cache::open(&later).unwrap());
        Connection::open(later.join("index.sqlite")).unwrap().execute_batch("PRAGMA user_version = 9").unwrap();
        assert!(matches!(Cache::open(&later), Err(CacheProblem::Later(9))));
    }

    #[test]
    fn threads_and_handles_may_write_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let path = folder.path();
                scope.spawn(move || {
                    let cache = Cache::open(path).unwrap();
                    for number in 0..25 {
                        let body = format!("body {number}");
                        cache.put(&format!("u{thread}-{number}"), body.as_bytes(), None, None, None, at(0)).unwrap();
                    }
                });
            }
        });
        let cache = Cache::open(folder.path()).unwrap();
        assert_eq!(cache.usage().unwrap().entries, 100);
        for number in 0..25 {
            let object = cache.entry(&format!("u3-{number}")).unwrap().unwrap().object.unwrap();
            assert_eq!(cache.read(&object, 100).unwrap(), format!("body {number}").into_bytes());
        }
    }
}
