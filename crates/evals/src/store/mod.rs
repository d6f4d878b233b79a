//! The run store: every call that was made, its bytes and its numbers, in one SQLite file.
//!
//! A call is committed before anyone sees it, and an attempt is noted before it is made. So after a
//! crash the store knows every answer that was paid for, and which calls may have been billed
//! without an answer. One thread writes; reading never waits for it.

mod codec;
mod error;
mod lean;
mod outside;
mod read;
mod run_lock;
mod schema;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use llm::money::Usd;
use rusqlite::{Connection, Transaction, params};

pub use error::StoreError;
pub use read::{RawAttempt, Responses, RunSummary, StoredCall, StoredRun, Unsettled};

use crate::analysis::model::Machine;
use crate::plan::{CacheKey, Plan, PlanError};
use crate::record::{CallCost, CallRecord, Note, RunEnd};
use codec::Packer;
use lean::LeanRecord;
pub use outside::Label;
use run_lock::RunLock;
use writer::Writer;

/// An open store. Cheap to share; every method may be called from any thread.
pub struct Store {
    path: PathBuf,
    reader: Mutex<Connection>,
    writer: Option<Arc<Writer>>,
}

/// Writes one run. Holds the lock that keeps other processes from making the same run.
pub struct RunWriter {
    run_id: String,
    writer: Arc<Writer>,
    _lock: RunLock,
}

/// A finished call with what the store keeps beside its record.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedCall {
    /// The record, with the bytes of its attempts.
    pub record: CallRecord,
    /// Wire id of the model asked.
    pub model: String,
    /// What makes it reusable for another run.
    pub cache_key: CacheKey,
    /// Run and call that the answer was taken from, when it was.
    pub cached_from: Option<(String, u32)>,
}

impl Store {
    /// Opens a store for reading and writing; creates it, private to the user, where there is none.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = Writer::start(path, schema::open_for_writing(path)?)?;
        let reader = Mutex::new(schema::open_for_reading(path)?);
        Ok(Self { path: path.to_owned(), reader, writer: Some(Arc::new(writer)) })
    }

    /// Opens a store for reading. [`StoreError::Missing`] when there is none, which is no fault.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let reader = Mutex::new(schema::open_for_reading(path)?);
        Ok(Self { path: path.to_owned(), reader, writer: None })
    }

    /// Where the store is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down a new run before its first call. Blocks.
    pub fn begin(&self, plan: &Plan) -> Result<RunWriter, StoreError> {
        let writer = Arc::clone(self.writer()?);
        let lock = RunLock::take(&self.path, &plan.header.run_id)?;
        let (header, planned) = (plan.header.clone(), plan.calls.len());
        let run_id = header.run_id.clone();
        let plan = read::encode_plan(&self.path, plan)?;
        writer.write_blocking(move |transaction, packer| {
            transaction.execute(
                "INSERT INTO runs (run_id, record_version, started_at, command, experiment_key, planned, plan, ended, machine, notes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '', '[]')",
                params![
                    header.run_id,
                    header.record_version,
                    header.started_at,
                    header.command,
                    header.experiment_key,
                    planned as i64,
                    packer.bytes(&plan),
                    read::end_word(RunEnd::Open),
                ],
            )?;
            Ok(())
        })?;
        Ok(RunWriter { run_id, writer, _lock: lock })
    }

    /// Takes up a run that ended early or was killed. `adjust` may change what a resume may change
    /// (see [`Plan::reprice`]); the changed plan is stored. Blocks.
    ///
    /// Calls that were in flight when the run was killed may have been billed: they are in
    /// [`StoredRun::unsettled`], for good.
    pub fn resume(
        &self,
        run: &str,
        adjust: impl FnOnce(&mut Plan) -> Result<(), PlanError>,
    ) -> Result<(RunWriter, StoredRun), StoreError> {
        let writer = Arc::clone(self.writer()?);
        let run_id = self.find(run)?;
        let lock = RunLock::take(&self.path, &run_id)?;
        let mut stored = self.load(&run_id)?;
        adjust(&mut stored.plan)?;
        let plan = read::encode_plan(&self.path, &stored.plan)?;
        let id = run_id.clone();
        writer.write_blocking(move |transaction, packer| {
            transaction.execute(
                "INSERT INTO lost (run_id, call_index, held_pico)
                 SELECT run_id, call_index, held_pico FROM dispatches WHERE run_id = ?1",
                [&id],
            )?;
            transaction.execute("DELETE FROM dispatches WHERE run_id = ?1", [&id])?;
            transaction.execute(
                "UPDATE runs SET plan = ?2, ended = ?3 WHERE run_id = ?1",
                params![id, packer.bytes(&plan), read::end_word(RunEnd::Open)],
            )?;
            Ok(())
        })?;
        Ok((RunWriter { run_id, writer, _lock: lock }, stored))
    }

    /// Removes a run and everything stored with it. Blocks.
    pub fn delete(&self, run: &str) -> Result<(), StoreError> {
        let run_id = self.find(run)?;
        let _lock = RunLock::take(&self.path, &run_id)?;
        self.writer()?.write_blocking(move |transaction, _| {
            transaction.execute("DELETE FROM runs WHERE run_id = ?1", [run_id])?;
            Ok(())
        })
    }

    fn writer(&self) -> Result<&Arc<Writer>, StoreError> {
        self.writer.as_ref().ok_or_else(|| StoreError::Unwritable {
            path: self.path.clone(),
            detail: "it was opened for reading only".to_owned(),
        })
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        // A reader that panicked leaves no half-done statement behind.
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunWriter {
    /// The run that is written.
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// Notes that an attempt at a call is about to be made and what is held for the call in all;
    /// `None` where nothing bounds it. Returns once committed.
    pub async fn dispatching(&self, call_index: u32, held: Option<Usd>) -> Result<(), StoreError> {
        let run_id = self.run_id.clone();
        self.writer
            .write(move |transaction, _| {
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO dispatches (run_id, call_index, held_pico) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![run_id, call_index, held.map(pico)])?;
                Ok(())
            })
            .await
    }

    /// Stores a finished call; returns once committed. A record of the same call is replaced: the
    /// new one holds the attempts of the old one.
    ///
    /// The call is handed back in any case: what was paid for is not lost with the disk.
    pub async fn append(&self, call: FinishedCall) -> (FinishedCall, Result<(), StoreError>) {
        let call = Arc::new(call);
        let (run_id, shared) = (self.run_id.clone(), Arc::clone(&call));
        let result =
            self.writer.write(move |transaction, packer| store_call(transaction, packer, &run_id, &shared)).await;
        (Arc::unwrap_or_clone(call), result)
    }

    /// Writes down how the run ended, what the machine was like, and what became known on the way.
    pub async fn finish(&self, end: RunEnd, machine: &Machine, notes: &[Note]) -> Result<(), StoreError> {
        let run_id = self.run_id.clone();
        let machine = serde_json::to_string(machine).unwrap_or_default();
        let notes = serde_json::to_string(notes).unwrap_or_default();
        self.writer
            .write(move |transaction, _| {
                transaction.execute(
                    "UPDATE runs SET ended = ?2, machine = ?3, notes = ?4 WHERE run_id = ?1",
                    params![run_id, read::end_word(end), machine, notes],
                )?;
                Ok(())
            })
            .await
    }
}

fn store_call(
    transaction: &Transaction<'_>,
    packer: &mut Packer,
    run_id: &str,
    call: &FinishedCall,
) -> rusqlite::Result<()> {
    let record = &call.record;
    let index = record.call.index;
    let packed = packer
        .json(&LeanRecord::of(record))
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let (cost_kind, cost) = cost_columns(record.cost);
    let cached_from = call.cached_from.as_ref().map(|(run, call)| format!("{run}/{call}"));
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO calls (run_id, call_index, model, outcome, cost_kind, cost_pico, cache_key, cached_from, record)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            run_id,
            index,
            call.model,
            record.outcome.as_str(),
            cost_kind,
            cost.map(pico),
            call.cache_key.as_str(),
            cached_from,
            packed,
        ])?;
    let mut raw = transaction.prepare_cached(
        // Attempts of an earlier part of the run come without their bytes, which are stored already.
        "INSERT OR IGNORE INTO attempts_raw (run_id, call_index, attempt, request, response) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (number, attempt) in record.attempts.iter().enumerate() {
        let (request, response) = (&attempt.attempt.request_body, &attempt.attempt.raw.body);
        raw.execute(params![run_id, index, number as i64, packer.bytes(request), packer.bytes(response)])?;
    }
    transaction
        .prepare_cached("DELETE FROM dispatches WHERE run_id = ?1 AND call_index = ?2")?
        .execute(params![run_id, index])?;
    Ok(())
}

/// The word and the amount of a cost, for whoever queries the file directly.
fn cost_columns(cost: CallCost) -> (&'static str, Option<Usd>) {
    match cost {
        CallCost::Known(usd) => ("known", Some(usd)),
        CallCost::Free => ("free", None),
        CallCost::Unpriced => ("unpriced", None),
        CallCost::Unknown(at_most) => ("unknown", at_most),
        CallCost::Nothing => ("nothing", None),
    }
}

/// SQLite counts to 2^63; that is nine million dollars.
fn pico(amount: Usd) -> i64 {
    i64::try_from(amount.pico()).unwrap_or(i64::MAX)
}
