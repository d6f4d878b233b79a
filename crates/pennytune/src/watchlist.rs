//! The watchlist, and what was seen of each company last: one small SQLite file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use edgar::ids::Cik;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};

use crate::exit::Failure;

/// How long another process may hold the file; a look is written in milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// The file, open.
pub(crate) struct Watchlist {
    path: PathBuf,
    connection: Connection,
}

/// A company on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Watched {
    pub(crate) cik: Cik,
    pub(crate) ticker: String,
    pub(crate) name: String,
    /// The day of the last look, where there was one.
    pub(crate) seen: Option<Date>,
}

/// A look at a company.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Look {
    pub(crate) as_of: Date,
    /// The examination as JSON.
    pub(crate) payload: String,
}

impl Watchlist {
    /// Opens the file in a folder, and makes it where there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("pennytune.db");
        let failed = |why: String| unusable(&path, &why);
        std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        let connection = Connection::open(&path).map_err(|error| failed(error.to_string()))?;
        connection
            .busy_timeout(PATIENCE)
            .and_then(|()| {
                connection.execute_batch(
                    "CREATE TABLE IF NOT EXISTS watched (
                         cik INTEGER PRIMARY KEY, ticker TEXT NOT NULL, name TEXT NOT NULL, added TEXT NOT NULL
                     ) STRICT;
                     CREATE TABLE IF NOT EXISTS looks (
                         cik INTEGER NOT NULL, as_of TEXT NOT NULL, taken TEXT NOT NULL, payload TEXT NOT NULL,
                         PRIMARY KEY (cik, as_of)
                     ) STRICT;",
                )
            })
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self { path, connection })
    }

    fn failed(&self, error: &rusqlite::Error) -> Failure {
        unusable(&self.path, &error.to_string())
    }

    /// Adds a company; false where it is on the list.
    pub(crate) fn add(&self, cik: Cik, ticker: &str, name: &str) -> Result<bool, Failure> {
        self.connection
            .execute(
                "INSERT INTO watched VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                params![cik.0 as i64, ticker, name, Timestamp::now().to_string()],
            )
            .map(|changed| changed > 0)
            .map_err(|error| self.failed(&error))
    }

    /// Takes a company off; false where it is not on the list.
    pub(crate) fn remove(&self, cik: Cik) -> Result<bool, Failure> {
        self.connection
            .execute("DELETE FROM watched WHERE cik = ?1", [cik.0 as i64])
            .map(|changed| changed > 0)
            .map_err(|error| self.failed(&error))
    }

    /// All companies, in the order of their tickers.
    pub(crate) fn all(&self) -> Result<Vec<Watched>, Failure> {
        let read = || {
            let mut statement = self.connection.prepare(
                "SELECT watched.cik, ticker, name, max(looks.as_of) FROM watched
                 LEFT JOIN looks ON looks.cik = watched.cik GROUP BY watched.cik ORDER BY ticker",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(Watched {
                    cik: Cik(row.get::<_, i64>(0)? as u64),
                    ticker: row.get(1)?,
                    name: row.get(2)?,
                    seen: row.get::<_, Option<String>>(3)?.and_then(|day| day.parse().ok()),
                })
            })?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// The last look at a company, or the last not after a day.
    pub(crate) fn last(&self, cik: Cik, until: Option<Date>) -> Result<Option<Look>, Failure> {
        let until = until.map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string());
        let found = self
            .connection
            .query_row(
                "SELECT as_of, payload FROM looks WHERE cik = ?1 AND as_of <= ?2 ORDER BY as_of DESC LIMIT 1",
                params![cik.0 as i64, until],
                |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
            )
            .optional()
            .map_err(|error| self.failed(&error))?;
        Ok(found.and_then(|(day, payload)| Some(Look { as_of: day.parse().ok()?, payload })))
    }

    /// Keeps a look; a second one of the same day takes the place of the first.
    pub(crate) fn keep(&self, cik: Cik, look: &Look) -> Result<(), Failure> {
        self.connection
            .execute(
                "INSERT INTO looks VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (cik, as_of) DO UPDATE SET taken = excluded.taken, payload = excluded.payload",
                params![cik.0 as i64, look.as_of.to_string(), Timestamp::now().to_string(), look.payload],
            )
            .map(|_| ())
            .map_err(|error| self.failed(&error))
    }
}

fn unusable(path: &Path, why: &str) -> Failure {
    Failure::not_configured(format!("the watchlist {} cannot be used: {why}", path.display())).hint(
        "nothing was changed; move the file away to begin a new one, or name another folder in PENNYTUNE_DATA_DIR",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companies_and_looks_are_kept_and_a_broken_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let list = Watchlist::open(folder.path()).unwrap();
        assert!(list.add(Cik(320_193), "AAPL", "Apple Inc.").unwrap());
        assert!(!list.add(Cik(320_193), "AAPL", "Apple Inc.").unwrap());
        let look = |day: &str, payload: &str| Look { as_of: day.parse().unwrap(), payload: payload.to_owned() };
        for (day, payload) in [("2024-01-02", "a"), ("2024-05-02", "b"), ("2024-05-02", "c")] {
            list.keep(Cik(320_193), &look(day, payload)).unwrap();
        }
        assert_eq!(list.last(Cik(320_193), None).unwrap(), Some(look("2024-05-02", "c")));
        assert_eq!(
            list.last(Cik(320_193), Some("2024-03-01".parse().unwrap())).unwrap(),
            Some(look("2024-01-02", "a"))
        );
        assert_eq!(list.last(Cik(1), None).unwrap(), None);
        assert_eq!(Watchlist::open(folder.path()).unwrap().all().unwrap()[0].seen, Some("2024-05-02".parse().unwrap()));
        assert!(list.remove(Cik(320_193)).unwrap() && !list.remove(Cik(320_193)).unwrap());

        let broken = tempfile::tempdir().unwrap();
        std::fs::write(broken.path().join("pennytune.db"), "this is no database, it is a text of some length").unwrap();
        let failure = Watchlist::open(broken.path()).err().unwrap();
        assert!(failure.message.contains("pennytune.db"), "{}", failure.message);
    }
}
