//! What is known of an answer from outside the models: results of the user's programs, and labels of people.

use checks::ExternalResult;
use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::{RunWriter, Store, StoreError};
use crate::record::{Externals, RunHeader};

/// What a person said about one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// The answer: its call index.
    pub call_index: u32,
    /// 0 or 1 for bad and good, or the value on the judges' scale.
    pub value: f64,
    /// True for good (1) or bad (0); false for a value on the judges' scale.
    #[serde(default)]
    pub binary: bool,
    /// Remark, as typed.
    #[serde(default)]
    pub remark: String,
    /// When, UTC, RFC 3339.
    pub at: String,
}

impl Label {
    /// Whether the person called the answer good: 1, or the better half of the judges' scale.
    pub fn is_good(&self, header: &RunHeader) -> bool {
        let scale = header.scoring.judging.as_ref().map(|judging| &judging.rubric.scale);
        match scale {
            Some(scale) if !self.binary => scale.normalise(self.value) >= 0.5,
            _ => self.value > 0.5,
        }
    }
}

impl RunWriter {
    /// Stores what a program said about an answer; returns once committed.
    pub async fn external(&self, call_index: u32, path: &str, result: &ExternalResult) -> Result<(), StoreError> {
        let (run_id, path) = (self.run_id().to_owned(), path.to_owned());
        let result = serde_json::to_string(result).unwrap_or_default();
        self.writer
            .write(move |transaction, _| {
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO externals (run_id, call_index, path, result) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![run_id, call_index, path, result])?;
                Ok(())
            })
            .await
    }
}

impl Store {
    /// Stores a person's label of an answer; an earlier one of the same answer is replaced. Blocks.
    pub fn label(&self, run: &str, label: &Label) -> Result<(), StoreError> {
        let run_id = self.find(run)?;
        let call_index = label.call_index;
        let label = serde_json::to_string(label).unwrap_or_default();
        self.writer()?.write_blocking(move |transaction, _| {
            transaction.execute(
                "INSERT OR REPLACE INTO labels (run_id, call_index, label) VALUES (?1, ?2, ?3)",
                params![run_id, call_index, label],
            )?;
            Ok(())
        })
    }

    /// The labels of a run, by call index.
    pub fn labels(&self, run: &str) -> Result<Vec<Label>, StoreError> {
        let run_id = self.find(run)?;
        if !self.has_table("labels")? {
            return Ok(Vec::new());
        }
        let texts = self.rows("SELECT label FROM labels WHERE run_id = ?1 ORDER BY call_index", [run_id], |row| {
            row.get::<_, String>(0)
        })?;
        texts.iter().map(|text| self.parse(text)).collect()
    }

    /// What programs said about the answers of a run.
    pub(super) fn externals(&self, run_id: &str) -> Result<Externals, StoreError> {
        if !self.has_table("externals")? {
            return Ok(Externals::new());
        }
        let sql = "SELECT call_index, path, result FROM externals WHERE run_id = ?1";
        let rows = self.rows(sql, [run_id], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
        rows.into_iter().map(|(call, path, result)| Ok(((call, path), self.parse(&result)?))).collect()
    }

    /// False in a store that an older version made and that was opened for reading only.
    fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1";
        Ok(self.one(sql, [name], |_| Ok(()))?.is_some())
    }
}
