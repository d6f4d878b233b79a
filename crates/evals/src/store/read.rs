//! Reading what is stored: runs, their calls, raw bytes, reusable answers.

use std::collections::HashMap;
use std::path::Path;

use llm::money::Usd;
use rusqlite::{OptionalExtension, Row, params};

use super::codec::{unpack, unpack_json};
use super::lean::LeanRecord;
use super::{Label, Store, StoreError};
use crate::analysis::model::Machine;
use crate::plan::{CacheKey, Plan, printable_up};
use crate::record::{CallRecord, Externals, Note, RECORD_VERSION, RunEnd, RunHeader};

/// Everything about a run that a report needs: the same for one that just ended and one from the store.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRun {
    /// The plan as it was made.
    pub plan: Plan,
    /// What became known while the run went on.
    pub learned: Vec<Note>,
    /// What was recorded, in the order of the plan, without raw bytes (see [`Store::raw`]). Judges' calls come last.
    pub records: Vec<CallRecord>,
    /// What programs of `script` checks said.
    pub externals: Externals,
    /// What people said.
    pub labels: Vec<Label>,
    /// How it ended.
    pub end: RunEnd,
    /// How late the machine was.
    pub machine: Machine,
    /// Attempts that were begun and never recorded: they may have been billed.
    pub unsettled: Vec<Unsettled>,
}

impl StoredRun {
    /// Records of the contestants' calls.
    pub fn answers(&self) -> impl Iterator<Item = &CallRecord> {
        let answers = self.plan.calls.len();
        self.records.iter().filter(move |record| (record.call.index as usize) < answers)
    }

    /// Records of the judges' calls.
    pub fn judged(&self) -> impl Iterator<Item = &CallRecord> {
        let answers = self.plan.calls.len();
        self.records.iter().filter(move |record| record.call.index as usize >= answers)
    }

    /// The header with everything the user must know: what the plan says, what was learned on the
    /// way, and what a crash left open.
    pub fn header(&self) -> RunHeader {
        let mut header = self.plan.header.clone();
        header.notes.extend(self.learned.iter().cloned());
        if !self.unsettled.is_empty() {
            let count = self.unsettled.len();
            let at_most: Option<Usd> = self.unsettled.iter().map(|unsettled| unsettled.held).sum();
            let at_most = at_most.map_or(String::new(), |usd| format!(", at most {} USD", printable_up(usd).1));
            let text = format!(
                "{count} {} in flight when the run was killed and may have been billed without an answer{at_most}.",
                if count == 1 { "call was" } else { "calls were" }
            );
            header.notes.push(Note { code: "lost_calls".to_owned(), text });
        }
        header
    }
}

/// An attempt that was begun and never recorded, because the run was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsettled {
    /// The call.
    pub call_index: u32,
    /// What was held for it; `None` where nothing bounded it.
    pub held: Option<Usd>,
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// UUID of the run.
    pub run_id: String,
    /// Start in UTC, RFC 3339.
    pub started_at: String,
    /// The command that made it.
    pub command: String,
    /// What makes it the same experiment as another run.
    pub experiment_key: String,
    /// How it ended.
    pub end: RunEnd,
    /// Calls planned.
    pub planned: u64,
    /// Calls recorded.
    pub recorded: u64,
    /// Sum of the known costs.
    pub cost: Usd,
    /// Calls whose cost is unknown or that have no price.
    pub without_cost: u64,
    /// Names of the contestants.
    pub contestants: Vec<String>,
    /// The first prompt.
    pub prompt: String,
}

/// The bytes of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawAttempt {
    /// The body that was sent.
    pub request: Vec<u8>,
    /// The body that came back, as far as it came.
    pub response: Vec<u8>,
}

/// A stored call that can be reused, and where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCall {
    /// The run that made it.
    pub run_id: String,
    /// Its record.
    pub record: CallRecord,
}

impl Store {
    /// Every stored run, newest first.
    pub fn list(&self) -> Result<Vec<RunSummary>, StoreError> {
        let rows = self.rows(
            "SELECT runs.run_id, started_at, command, experiment_key, ended, planned, plan,
                    coalesce(sum(call_index < planned), 0),
                    coalesce(sum(CASE WHEN cost_kind = 'known' THEN cost_pico END), 0),
                    coalesce(sum(cost_kind IN ('unknown', 'unpriced')), 0)
             FROM runs LEFT JOIN calls ON calls.run_id = runs.run_id
             GROUP BY runs.run_id ORDER BY runs.rowid DESC",
            [],
            |row| {
                let summary = RunSummary {
                    run_id: row.get(0)?,
                    started_at: row.get(1)?,
                    command: row.get(2)?,
                    experiment_key: row.get(3)?,
                    end: end_of(&row.get::<_, String>(4)?),
                    planned: row.get(5)?,
                    recorded: row.get(7)?,
                    cost: Usd::from_pico(row.get(8)?),
                    without_cost: row.get(9)?,
                    contestants: Vec::new(),
                    prompt: String::new(),
                };
                Ok((summary, row.get::<_, Vec<u8>>(6)?))
            },
        )?;
        rows.into_iter().map(|(summary, plan)| self.with_names(summary, &plan)).collect()
    }

    /// A run by its id, by a prefix of it that no other run has, or `last`.
    pub fn load(&self, run: &str) -> Result<StoredRun, StoreError> {
        let run_id = self.find(run)?;
        let id = [run_id.as_str()];
        let columns = |row: &Row<'_>| {
            Ok((row.get::<_, u32>(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?, row.get::<_, String>(4)?))
        };
        let (record_version, plan, ended, machine, notes): (_, Vec<u8>, String, _, _) = self
            .one("SELECT record_version, plan, ended, machine, notes FROM runs WHERE run_id = ?1", id, columns)?
            .ok_or_else(|| StoreError::NoSuchRun { run: run.to_owned() })?;
        self.check_version(record_version)?;
        // Read where they lie: a copy of every packed record would stand beside all of them unpacked.
        let records = self.rows("SELECT record FROM calls WHERE run_id = ?1 ORDER BY call_index", id, |row| {
            Ok(self.record(row.get_ref(0)?.as_blob()?))
        })?;
        let unsettled = self.rows(
            "SELECT call_index, held_pico FROM lost WHERE run_id = ?1
             UNION ALL SELECT call_index, held_pico FROM dispatches WHERE run_id = ?1 ORDER BY 1",
            id,
            |row| Ok(Unsettled { call_index: row.get(0)?, held: row.get::<_, Option<u64>>(1)?.map(Usd::from_pico) }),
        )?;
        Ok(StoredRun {
            records: records.into_iter().collect::<Result<_, _>>()?,
            end: end_of(&ended),
            machine: if machine.is_empty() { Machine::default() } else { self.parse(&machine)? },
            unsettled,
            externals: self.externals(&run_id)?,
            labels: self.labels(&run_id)?,
            plan: self.decode(&plan)?,
            learned: self.parse(&notes)?,
        })
    }

    /// The bytes of one attempt. An answer from the cache leads to the attempt that it was taken from.
    pub fn raw(&self, run: &str, call: u32, attempt: u32) -> Result<RawAttempt, StoreError> {
        let (run_id, origin_call) = self.origin(self.find(run)?, call)?;
        let (request, response): (Vec<u8>, Vec<u8>) = self
            .one(
                "SELECT request, response FROM attempts_raw WHERE run_id = ?1 AND call_index = ?2 AND attempt = ?3",
                params![run_id, origin_call, attempt],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?
            .ok_or(StoreError::NoSuchAttempt { call, attempt })?;
        Ok(RawAttempt { request: self.unpacked(&request)?, response: self.unpacked(&response)? })
    }

    /// The raw responses of a run, by its full id, for a reader that asks for many.
    pub fn responses(&self, run_id: &str) -> Result<Responses<'_>, StoreError> {
        let kept = self.one("SELECT 1 FROM attempts_raw WHERE run_id = ?1 LIMIT 1", [run_id], |_| Ok(()))?.is_some();
        let reused = self.rows(
            "SELECT call_index, cached_from FROM calls WHERE run_id = ?1 AND cached_from IS NOT NULL",
            [run_id],
            |row| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?)),
        )?;
        let reused = reused.iter().filter_map(|(call, origin)| Some((*call, origin_of(origin)?))).collect();
        Ok(Responses { store: self, run_id: run_id.to_owned(), kept, reused })
    }

    /// Where the bytes of a call lie: its own run, or the call of another run whose answer was reused.
    fn origin(&self, run_id: String, call: u32) -> Result<(String, u32), StoreError> {
        let origin: Option<String> = self
            .one("SELECT cached_from FROM calls WHERE run_id = ?1 AND call_index = ?2", params![run_id, call], |row| {
                row.get(0)
            })?
            .flatten();
        Ok(origin.as_deref().and_then(origin_of).unwrap_or((run_id, call)))
    }

    /// The newest answer to an identical call of another run, if there is one. Only answers that a
    /// provider gave are reused: never an error, a cancelled call, or a reused answer.
    pub fn cached(&self, key: &CacheKey, not_of: &str) -> Result<Option<StoredCall>, StoreError> {
        let found: Option<(String, Vec<u8>)> = self.one(
            "SELECT calls.run_id, record FROM calls JOIN runs ON runs.run_id = calls.run_id
             WHERE cache_key = ?1 AND calls.run_id <> ?2 AND cached_from IS NULL AND record_version <= ?3
                   AND outcome NOT IN ('error', 'cancelled')
             ORDER BY runs.rowid DESC LIMIT 1",
            params![key.as_str(), not_of, RECORD_VERSION],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        found.map(|(run_id, packed)| Ok(StoredCall { run_id, record: self.record(&packed)? })).transpose()
    }

    /// The full id that a user means.
    pub fn find(&self, run: &str) -> Result<String, StoreError> {
        let nothing = || StoreError::NoSuchRun { run: run.to_owned() };
        if run == "last" {
            return self
                .one("SELECT run_id FROM runs ORDER BY rowid DESC LIMIT 1", [], |row| row.get(0))?
                .ok_or_else(nothing);
        }
        // Not LIKE: what a user types may hold its wildcards.
        let mut matches: Vec<String> = self.rows(
            "SELECT run_id FROM runs WHERE substr(run_id, 1, length(?1)) = ?1 ORDER BY rowid",
            [run],
            |row| row.get(0),
        )?;
        if run.is_empty() {
            return Err(nothing());
        }
        if matches.iter().any(|id| id == run) {
            return Ok(run.to_owned());
        }
        match matches.len() {
            0 => Err(nothing()),
            1 => Ok(matches.remove(0)),
            _ => Err(StoreError::Ambiguous { prefix: run.to_owned(), matches }),
        }
    }

    fn with_names(&self, mut summary: RunSummary, plan: &[u8]) -> Result<RunSummary, StoreError> {
        /// The part of a plan that a line of the history shows; readable across versions.
        #[derive(serde::Deserialize)]
        struct Names {
            header: Header,
        }
        #[derive(serde::Deserialize)]
        struct Header {
            prompts: Vec<Prompt>,
            contestants: Vec<Contestant>,
        }
        #[derive(serde::Deserialize)]
        struct Prompt {
            text: String,
        }
        #[derive(serde::Deserialize)]
        struct Contestant {
            name: String,
        }
        let Header { prompts, contestants } = self.decode::<Names>(plan)?.header;
        summary.contestants = contestants.into_iter().map(|contestant| contestant.name).collect();
        summary.prompt = prompts.into_iter().next().map(|prompt| prompt.text).unwrap_or_default();
        Ok(summary)
    }

    fn check_version(&self, found: u32) -> Result<(), StoreError> {
        let supported = RECORD_VERSION;
        if found <= supported {
            return Ok(());
        }
        Err(StoreError::Newer { path: self.path().to_owned(), found, supported })
    }

    pub(super) fn rows<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let reader = self.reader();
        let query = || reader.prepare_cached(sql)?.query_map(parameters, map)?.collect::<rusqlite::Result<Vec<T>>>();
        query().map_err(|error| StoreError::of(self.path(), error))
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let reader = self.reader();
        let query = || reader.prepare_cached(sql)?.query_row(parameters, map).optional();
        query().map_err(|error| StoreError::of(self.path(), error))
    }

    fn record(&self, packed: &[u8]) -> Result<CallRecord, StoreError> {
        self.decode::<LeanRecord<'_>>(packed).map(LeanRecord::into_record)
    }

    fn decode<T: serde::de::DeserializeOwned>(&self, packed: &[u8]) -> Result<T, StoreError> {
        unpack_json(packed).map_err(|detail| corrupt(self.path(), detail))
    }

    fn unpacked(&self, packed: &[u8]) -> Result<Vec<u8>, StoreError> {
        unpack(packed).map_err(|detail| corrupt(self.path(), detail))
    }

    pub(super) fn parse<T: serde::de::DeserializeOwned>(&self, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| corrupt(self.path(), error.to_string()))
    }
}

/// The raw responses of one run.
pub struct Responses<'s> {
    store: &'s Store,
    run_id: String,
    /// Whether any of this run's own were kept; an imported run has none.
    kept: bool,
    /// Calls whose answer was taken from the cache, and where its bytes lie.
    reused: HashMap<u32, (String, u32)>,
}

impl Responses<'_> {
    /// The bytes of the last attempt's response of a call; `None` where none were kept. An answer from the cache leads to
    /// the attempt that it was taken from.
    pub fn last(&self, call: u32) -> Result<Option<Vec<u8>>, StoreError> {
        let (run_id, call) = match self.reused.get(&call) {
            Some((run_id, call)) => (run_id, *call),
            None if self.kept => (&self.run_id, call),
            None => return Ok(None),
        };
        let packed: Option<Vec<u8>> = self.store.one(
            "SELECT response FROM attempts_raw WHERE run_id = ?1 AND call_index = ?2 ORDER BY attempt DESC LIMIT 1",
            params![run_id, call],
            |row| row.get(0),
        )?;
        packed.map(|packed| self.store.unpacked(&packed)).transpose()
    }
}

/// The run and call that `RUN/CALL` names.
fn origin_of(origin: &str) -> Option<(String, u32)> {
    let (run, call) = origin.rsplit_once('/')?;
    Some((run.to_owned(), call.parse().ok()?))
}

/// A plan as it is stored, before compression.
pub(super) fn encode_plan(path: &Path, plan: &Plan) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(plan).map_err(|error| corrupt(path, format!("the plan cannot be written: {error}")))
}

/// The word that the store keeps for how a run ended.
pub(super) fn end_word(end: RunEnd) -> &'static str {
    match end {
        RunEnd::Finished => "finished",
        RunEnd::BudgetReached => "budget_reached",
        RunEnd::Decided => "decided",
        RunEnd::Interrupted => "interrupted",
        RunEnd::Open => "open",
    }
}

fn end_of(word: &str) -> RunEnd {
    let ends = [RunEnd::Finished, RunEnd::Decided, RunEnd::BudgetReached, RunEnd::Interrupted];
    ends.into_iter().find(|end| end_word(*end) == word).unwrap_or(RunEnd::Open)
}

fn corrupt(path: &Path, detail: String) -> StoreError {
    StoreError::Corrupt { path: path.to_owned(), detail }
}
