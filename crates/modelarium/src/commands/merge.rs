//! `merge`: the shards of one suite, made apart, become one run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use evals::merge::{MergeOptions, Merged, Part, merge};
use evals::plan::CacheKey;
use evals::record::CallRecord;
use evals::store::{FinishedCall, RunSummary, Store, StoreError};
use llm::request::{ChatRequest, Params};
use report::escape;

use crate::cli::MergeArgs;
use crate::execute::runtime;
use crate::exit::{Exit, Failure, Outcome};
use crate::launch::refuse_metric;
use crate::output::Destination;
use crate::session::Session;
use crate::source::{self, SQLITE, file_of, looks_like_a_file, refuse};
use crate::{deciding, scoring, statistics};

/// A part with the store that holds its bytes.
struct Source {
    part: Part,
    store: Option<Arc<Store>>,
}

/// Joins the parts, stores the result, and shows and gates it like `batch`.
pub(crate) fn run(session: &mut Session, arguments: MergeArgs) -> Outcome {
    let files: Vec<PathBuf> = arguments.parts.iter().filter_map(|word| file_of(word)).map(|(path, _)| path).collect();
    let destination = Destination::of(&arguments.output)?.sparing(&files)?.with_step_summary(session);
    if destination.takes_stdout() {
        session.printer.reserve_stdout();
    }
    let path = session.config.store(arguments.store.store.as_deref()).value;
    let mut sources = Vec::new();
    for word in &arguments.parts {
        sources.extend(sources_of(session, &path, word)?);
    }
    let named = &arguments.gates;
    let gates = (named.strict_assertions || named.no_assertions || named.min_pass_rate.is_some())
        .then(|| scoring::gates(named, false))
        .or_else(|| arguments.decision.gates().then(|| scoring::gates(named, true)));
    let options = MergeOptions {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        run_id: None,
        partial: arguments.partial,
        gates,
    };
    let parts = sources.iter().map(|source| source.part.clone()).collect();
    let mut merged = merge(parts, &options).map_err(|error| {
        Failure::usage(escape::terminal::line(&error.to_string())).hint(format!("nothing was stored; {}", error.hint()))
    })?;
    let header = &mut merged.run.plan.header;
    let mut analysis = statistics::options(&arguments.statistics, &header.analysis)?;
    if arguments.seed.is_some() {
        analysis.bootstrap_seed =
            analysis.bootstrap_seed.filter(|_| arguments.statistics.bootstrap_seed.is_some()).or(arguments.seed);
    }
    analysis.decision = deciding::asked(&arguments.decision, &arguments.statistics, &analysis.decision);
    let judged = header.scoring.judging.is_some();
    refuse_metric(analysis.metric, judged, header.has_checks())?;
    header.analysis = analysis;
    if let Some(sentence) = evals::analysis::paired_test_refusal(header) {
        return Err(Failure::usage(sentence).hint("use --significance-test welch, mann-whitney or permutation"));
    }
    deciding::settle_stored(&mut merged.run)?;
    for note in merged.run.plan.header.notes.iter().filter(|note| note.code.starts_with("merge_")) {
        session.printer.warning(&escape::terminal::line(&note.text));
    }
    if !arguments.no_store {
        keep(&path, &sources, &merged)?;
        let short: String = merged.run.plan.header.run_id.chars().take(8).collect();
        session.printer.status(&format!("Stored as {short}: modelarium show {short}"));
    }
    let analysis = destination.with_raw_of(&path).emit(session, merged.run)?;
    Ok(Exit::of_run(&analysis))
}

fn sources_of(session: &Session, own: &Path, word: &str) -> Result<Vec<Source>, Failure> {
    let Some((file, run)) = file_of(word) else { return Ok(vec![stored(own, word)?]) };
    let shown = escape::terminal::line(word);
    let name = file.file_name().map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned());
    if source::beginning(&file, SQLITE.len() as u64)? == SQLITE {
        return of_store(session, &file, &name, run);
    }
    if run.is_some() {
        return Err(Failure::usage(format!("{shown} names a run of a file that is no store"))
            .hint("only a store holds several runs; name a JSON output alone"));
    }
    let run = report::read::file(&file).map_err(|error| {
        let failure =
            Failure::usage(format!("{shown} cannot be a part: {}", escape::terminal::line(&error.to_string())));
        failure.hint("a part is the id of a run, a JSON output of batch, or the store file of another machine")
    })?;
    Ok(vec![Source { part: Part { name, run }, store: None }])
}

/// A run of this machine's own store.
fn stored(path: &Path, word: &str) -> Result<Source, Failure> {
    if looks_like_a_file(word) {
        return Err(Failure::usage(format!("there is no file {}", escape::terminal::line(word))).hint(
            "a part is the id of a run, a JSON output, or a store file of another machine (FILE.db or FILE.db#RUN)",
        ));
    }
    let store = Store::open_read_only(path).map_err(|error| refuse(&error))?;
    let run = store.load(word).map_err(|error| refuse(&error))?;
    let name: String = run.plan.header.run_id.chars().take(8).collect();
    Ok(Source { part: Part { name, run }, store: Some(Arc::new(store)) })
}

/// Runs of another machine's store: the one named, or the newest of every shard in it.
fn of_store(session: &Session, file: &Path, name: &str, run: Option<&str>) -> Result<Vec<Source>, Failure> {
    let store = Arc::new(Store::open_read_only(file).map_err(|error| refuse(&error))?);
    let source = |run: &str| -> Result<Source, Failure> {
        let run = store.load(run).map_err(|error| refuse(&error))?;
        let short: String = run.plan.header.run_id.chars().take(8).collect();
        Ok(Source { part: Part { name: format!("{name}#{short}"), run }, store: Some(Arc::clone(&store)) })
    };
    if let Some(run) = run {
        return Ok(vec![source(run)?]);
    }
    let history = store.list().map_err(|error| refuse(&error))?;
    if let [only] = history.as_slice() {
        return Ok(vec![source(&only.run_id)?]);
    }
    let mut found: Vec<Source> = Vec::new();
    // Newest first: of a shard that was run twice the newer one counts.
    for RunSummary { run_id, .. } in history.iter().filter(|line| line.command == "batch") {
        let one = source(run_id)?;
        let suite = |source: &Source| {
            let suite = source.part.run.plan.header.scoring.suite.clone()?;
            Some((suite.name, suite.shard?))
        };
        let Some((suite_name, shard)) = suite(&one) else { continue };
        match found.iter().filter_map(&suite).find(|(other, other_shard)| *other != suite_name || *other_shard == shard)
        {
            None => found.push(one),
            Some((other, _)) if other == suite_name => session.printer.status(&format!(
                "{} holds shard {} of {} more than once; the newest is taken.",
                escape::terminal::line(name),
                shard.0,
                shard.1
            )),
            Some((other, _)) => {
                return Err(Failure::usage(format!(
                    "{} holds shards of several suites ({} and {})",
                    escape::terminal::line(name),
                    escape::terminal::line(&other),
                    escape::terminal::line(&suite_name)
                ))
                .hint("name the run: FILE.db#RUN"));
            }
        }
    }
    if found.is_empty() {
        return Err(Failure::usage(format!("{} holds several runs and none is a shard", escape::terminal::line(name)))
            .hint("name the run: FILE.db#RUN"));
    }
    Ok(found)
}

/// Stores the merged run with the raw bytes that the parts' stores hold.
fn keep(path: &Path, sources: &[Source], merged: &Merged) -> Result<(), Failure> {
    let store = Store::open(path).map_err(|error| refuse(&error))?;
    let run = &merged.run;
    let writer = store.begin(&run.plan).map_err(|error| refuse(&error))?;
    let failed = |error: StoreError| refuse(&error).hint("the parts are untouched; merge them again");
    runtime()?.block_on(async {
        for (record, &(part, old)) in run.records.iter().zip(&merged.origins) {
            let call = finished(merged, record, &sources[part], old);
            writer.append(call).await.1.map_err(failed)?;
        }
        for ((call, check), result) in &run.externals {
            writer.external(*call, check, result).await.map_err(failed)?;
        }
        for lost in &run.unsettled {
            writer.dispatching(lost.call_index, lost.held).await.map_err(failed)?;
        }
        writer.finish(run.end, &run.machine, &run.learned).await.map_err(failed)
    })?;
    for label in &run.labels {
        store.label(&run.plan.header.run_id, label).map_err(failed)?;
    }
    Ok(())
}

fn finished(merged: &Merged, record: &CallRecord, source: &Source, old: u32) -> FinishedCall {
    let plan = &merged.run.plan;
    let mut record = record.clone();
    let part = &source.part.run.plan.header.run_id;
    let mut has_bytes = false;
    if let Some(store) = &source.store {
        for (number, attempt) in record.attempts.iter_mut().enumerate() {
            // Bytes may have been deleted with the run that an answer was taken from.
            let Ok(raw) = store.raw(part, old, number as u32) else { continue };
            has_bytes = true;
            (attempt.attempt.request_body, attempt.attempt.raw.body) = (raw.request, raw.response);
        }
    }
    let cache_key = if (record.call.index as usize) < plan.calls.len() {
        CacheKey::of(plan, &record.call)
    } else {
        let position = record.call.index as usize - plan.calls.len();
        let records = &merged.run.records;
        // In the order of their indices.
        let answer =
            |index: u32| records.binary_search_by_key(&index, |record| record.call.index).ok().map(|at| &records[at]);
        let request = plan.judge_request(position, &answer);
        // A question that cannot be put again has a key that nothing asks for.
        let nothing =
            ChatRequest { model: String::new(), system: None, messages: Vec::new(), params: Params::default() };
        CacheKey::of_judgement(plan, &record.call, &request.unwrap_or(nothing))
    };
    FinishedCall {
        model: plan.contestant(&record.call).model.clone(),
        cache_key,
        // Without its bytes an answer is no evidence that another run could take over.
        cached_from: (!has_bytes).then(|| (part.clone(), old)),
        record,
    }
}
