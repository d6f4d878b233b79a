//! From a document to the typed output. Finds and renames figures; makes none but ratios and sums of
//! given ones that the predecessor published (coefficient of variation, diversity, shares of counts,
//! the cost with judges).

pub(super) mod decision;
mod items;
mod judging;
mod scores;

use std::time::Duration;

use evals::analysis::model::{Cell, Comparison, IntervalResult, MetricSummary, QuantileSummary, TestStatus};
use evals::analysis::verdict::{Verdict, VerdictKind};
use evals::plan::sent_params;
use evals::record::{AttemptRecord, CallCost, CallRecord, Contestant, Metric, RunEnd};
use llm::call::Billing;
use llm::cost::Cost;
use llm::outcome::Outcome;
use llm::request::{Params, Thinking};

use super::cells::{CellMetric, CellQuantile, CellStats};
use super::decision::SaidRow;
use super::methods::{Bootstrap, Methodology, Significance, SignificanceTest};
use super::rows::{AdvisorFigures, AttemptRow, Row, ToolCallRow};
use super::run::{Budget, MachineRow, OmittedParameter, Outcomes, ParamsRow, Payload, VerdictRow};
use crate::document::{Document, interval, interval_status};
use crate::wording;

pub(crate) use scores::risk_word;

pub(super) fn payload(document: &Document<'_>) -> Payload {
    let analysis = document.analysis;
    let header = &analysis.header;
    let totals = &analysis.totals;
    let count =
        |outcome| Outcome::ALL.iter().position(|candidate| *candidate == outcome).map_or(0, |at| totals.outcomes[at]);
    let checks = analysis.scores.checks.as_ref();
    let judged = analysis.scores.judging.as_ref();
    let fabrication = analysis.scores.hallucination.as_ref();
    let decision = analysis.decision.as_ref();
    let front = |wanted: bool| {
        let points = decision.iter().flat_map(|decision| &decision.pareto);
        points.filter(|point| point.on_front == wanted).map(decision::pareto).collect()
    };
    let sends = |wanted: bool| header.contestants.iter().any(|contestant| contestant.sends_temperature == wanted);
    let mut without_temperature: Vec<String> = vec![];
    for contestant in header.contestants.iter().filter(|contestant| !contestant.sends_temperature) {
        let model = model_id(contestant);
        if !without_temperature.contains(&model) {
            without_temperature.push(model);
        }
    }
    Payload {
        version: header.tool_version.clone(),
        record_version: header.record_version,
        pricing_as_of: header.pricing_as_of.clone(),
        started_at: header.started_at.clone(),
        run_id: header.run_id.clone(),
        experiment_key: header.experiment_key.clone(),
        run_end: run_end(analysis.end),
        invocation: items::invocation(header),
        total_cost_usd: totals.cost.as_f64(),
        total_results: analysis.rows.len() as u32,
        failed_results: count(Outcome::Error),
        refused_results: count(Outcome::Refused),
        cancelled_results: count(Outcome::Cancelled),
        outcomes: outcomes(&totals.outcomes),
        total_runs: header.runs,
        total_retries: totals.retries,
        total_from_cache: totals.from_cache,
        total_input_tokens: totals.input_tokens,
        total_output_tokens: totals.output_tokens,
        models_without_temperature: without_temperature,
        significance_temperature_mixed: !analysis.comparisons.is_empty() && sends(true) && sends(false),
        total_assertions: checks.map(|checks| checks.definitive),
        total_assertions_passed: checks.map(|checks| checks.passed),
        total_assertions_errored: checks.map(|checks| checks.errored),
        total_assertions_configured: checks.map(|checks| checks.configured),
        total_assertions_refused: checks.map(|checks| checks.refused),
        total_assertions_withheld: checks.map(|checks| checks.withheld),
        pass_rate: checks.and_then(|checks| checks.pass_rate).and_then(finite),
        answers_checked: checks.map(|checks| checks.answers),
        answers_passed: checks.map(|checks| checks.answers_passed),
        gate: judging::gate(&analysis.scores.gate),
        judge_cost_usd: judged.map(|judged| judged.cost.as_f64()),
        total_cost_usd_with_judges: judged.map(|judged| (totals.cost + judged.cost).as_f64()),
        judge_calls: judged.map(judging::judge_calls),
        judge_trust: judged.and_then(|judged| judged.trust.as_ref()).map(judging::trust),
        ranking: judged
            .and_then(|judged| judged.ranking.as_ref())
            .map_or_else(Vec::new, |ranking| judging::ranking(document, ranking)),
        ranking_summary: judged.and_then(|judged| judged.ranking.as_ref()).map(judging::ranking_summary),
        pairwise: judged
            .map_or_else(Vec::new, |judged| judged.pairs.iter().map(|pair| judging::pair(document, pair)).collect()),
        calibration: judged.map_or_else(Vec::new, |judged| {
            judged.calibrations.iter().map(|one| judging::calibration(document, one)).collect()
        }),
        mcnemar_tests: fabrication
            .map_or_else(Vec::new, |found| found.mcnemar.iter().map(|test| judging::mcnemar(document, test)).collect()),
        hallucination: fabrication.map(judging::hallucination),
        budget: Budget {
            max_cost_usd: header.max_cost.map(|cap| cap.as_f64()),
            spent_usd: (totals.cost + judged.map(|judged| judged.cost).unwrap_or_default()).as_f64(),
            held_usd: (totals.cost_held + judged.map(|judged| judged.cost_held).unwrap_or_default()).as_f64(),
            unknown_calls: totals.cost_unknown + judged.map_or(0, |judged| judged.cost_unknown),
            unpriced_calls: totals.unpriced,
            reached: analysis.end == RunEnd::BudgetReached,
        },
        notes: items::notes(analysis),
        verdicts: document.verdicts.iter().map(verdict).collect(),
        decision_verdicts: wording::decision::sentences(document)
            .into_iter()
            .map(|said| SaidRow { kind: said.kind.as_str(), sentence: said.sentence })
            .collect(),
        decision_notes: decision.iter().flat_map(|decision| &decision.notes).map(decision::note).collect(),
        primary_metric: decision.and_then(|decision| decision.primary).map(|measure| measure.as_str()),
        n_items: decision.map(|decision| decision.n_items),
        n_clusters: decision.map(|decision| decision.n_clusters),
        tied_best: decision.map(|decision| decision.tied_best.clone()).unwrap_or_default(),
        pareto: front(true),
        pareto_dominated: front(false),
        bar: decision.and_then(|decision| decision.bar.as_ref()).map(decision::bar),
        cheapest_clearing_bar: decision.and_then(|decision| decision.cheapest_clearing_bar.clone()),
        gates: decision.iter().flat_map(|decision| &decision.gates).map(decision::gate).collect(),
        stopping: analysis.stopping.as_ref().map(|stopping| decision::stopping(analysis, stopping)),
        migration: analysis.migration.as_ref().map(decision::migration),
        comparisons: decision.iter().flat_map(|decision| &decision.comparisons).map(decision::comparison).collect(),
        arms: decision.map_or_else(Vec::new, |decision| {
            decision.contestants.iter().map(|arm| decision::arm(arm, decision.ci_level)).collect()
        }),
        prompts: header.prompts.iter().map(items::prompt).collect(),
        contestants: header
            .contestants
            .iter()
            .enumerate()
            .map(|(at, contestant)| items::contestant(document, at, contestant))
            .collect(),
        stats_by_cell: analysis.cells.iter().map(|cell| cell_stats(document, cell)).collect(),
        significance_tests: analysis.comparisons.iter().map(|comparison| test(document, comparison)).collect(),
        methodology: methodology(document),
        machine: {
            let sampled = |lag: f64| (analysis.machine.samples > 0).then_some(lag).and_then(finite);
            MachineRow {
                lag_samples: analysis.machine.samples,
                lag_p50_ms: sampled(analysis.machine.lag_p50_ms),
                lag_p99_ms: sampled(analysis.machine.lag_p99_ms),
                lag_max_ms: sampled(analysis.machine.lag_max_ms),
            }
        },
        scoring: items::scoring(header),
        results: analysis.rows.iter().enumerate().map(|(at, record)| row(document, at, record)).collect(),
        judge_results: analysis.judge_calls.iter().map(|record| judging::judge_result(analysis, record)).collect(),
    }
}

/// The id that the user knows a model by: the wire id, behind its route where the route is part of the name.
pub(crate) fn model_id(contestant: &Contestant) -> String {
    if matches!(contestant.provider.as_str(), "local" | "embedded") {
        for separator in ['/', ':'] {
            let id = format!("{}{separator}{}", contestant.provider, contestant.model);
            if contestant.name.starts_with(&id) {
                return id;
            }
        }
    }
    contestant.model.clone()
}

pub(crate) fn cost_kind(cost: CallCost) -> &'static str {
    match cost {
        CallCost::Known(_) => "known",
        CallCost::Free => "free",
        CallCost::Unpriced => "unpriced",
        CallCost::Unknown(_) => "unknown",
        CallCost::Nothing => "nothing",
    }
}

/// Dollars where there is a figure. A call that was stopped or never started has none, whatever it is known not to have cost.
pub(crate) fn cost_usd(record: &CallRecord) -> Option<f64> {
    match record.cost {
        CallCost::Free | CallCost::Nothing if record.outcome == Outcome::Cancelled => None,
        cost => cost.known_usd().map(|usd| usd.as_f64()),
    }
}

pub(crate) fn retries(record: &CallRecord) -> u32 {
    record.attempts.len().saturating_sub(1) as u32
}

/// The provider's word for why an answer ended, or ours where it gave none.
pub(crate) fn stop_reason(record: &CallRecord) -> Option<String> {
    let stop = record.answer.stop.as_ref()?;
    stop.raw.clone().or_else(|| stop_kind(record).map(str::to_owned))
}

/// The provider's reason in our words.
fn stop_kind(record: &CallRecord) -> Option<&'static str> {
    use llm::event::StopReason;
    Some(match record.answer.stop.as_ref()?.reason {
        StopReason::End => "end",
        StopReason::StopSequence => "stop_sequence",
        StopReason::Length => "length",
        StopReason::ToolUse => "tool_use",
        StopReason::Refusal => "refusal",
        StopReason::Filtered => "filtered",
        StopReason::Paused => "paused",
        StopReason::Other => "other",
    })
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// JSON knows no NaN and no infinity, and nobody expects a negative zero.
pub(crate) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value + 0.0)
}

/// A count over another; none over zero.
fn share(part: u32, whole: u32) -> Option<f64> {
    finite(f64::from(part) / f64::from(whole))
}

fn outcomes(counts: &[u32; 7]) -> Outcomes {
    let count = |outcome| {
        Outcome::ALL.iter().position(|candidate| *candidate == outcome).map_or(0, |position| counts[position])
    };
    Outcomes {
        complete: count(Outcome::Complete),
        truncated: count(Outcome::Truncated),
        refused: count(Outcome::Refused),
        filtered: count(Outcome::Filtered),
        empty: count(Outcome::Empty),
        error: count(Outcome::Error),
        cancelled: count(Outcome::Cancelled),
    }
}

fn verdict(verdict: &Verdict) -> VerdictRow {
    VerdictRow {
        kind: match verdict.kind {
            VerdictKind::Difference => "difference",
            VerdictKind::NoDifference => "no_difference",
            VerdictKind::Untestable => "untestable",
            VerdictKind::Outcomes => "outcomes",
        },
        comparison: verdict.comparison,
        sentence: verdict.sentence.clone(),
    }
}

pub(crate) fn run_end(end: RunEnd) -> &'static str {
    match end {
        RunEnd::Finished => "finished",
        RunEnd::Decided => "decided",
        RunEnd::BudgetReached => "budget_reached",
        RunEnd::Interrupted => "interrupted",
        RunEnd::Open => "open",
    }
}

fn omitted(contestant: &Contestant) -> Vec<OmittedParameter> {
    contestant
        .omitted
        .iter()
        .map(|omission| OmittedParameter {
            parameter: omission.parameter.clone(),
            requested: omission.requested.clone(),
            reason: omission.reason.clone(),
        })
        .collect()
}

fn params(params: &Params) -> ParamsRow {
    ParamsRow {
        temperature: params.temperature.and_then(finite),
        top_p: params.top_p.and_then(finite),
        seed: params.seed,
        max_output_tokens: params.max_output_tokens,
        effort: params.effort.map(|effort| effort.as_str()),
        thinking: params.thinking.map(|thinking| match thinking {
            Thinking::Off => "off".to_owned(),
            Thinking::On => "on".to_owned(),
            Thinking::Adaptive => "adaptive".to_owned(),
            Thinking::Budget(tokens) => tokens.to_string(),
        }),
        stop: params.stop.clone(),
        advisor: params.advisor.as_ref().map(|advisor| advisor.model.clone()),
        advisor_max_uses: params.advisor.as_ref().and_then(|advisor| advisor.max_uses),
    }
}

pub(crate) fn row(document: &Document<'_>, at: usize, record: &CallRecord) -> Row {
    let call = &record.call;
    let item = document.item(call.prompt);
    let has_checks = item.is_some_and(|item| !item.checks.is_empty());
    let scored = document.scores(at);
    let results = scored.and_then(|scored| scored.checks.as_deref()).filter(|_| has_checks);
    let found = scored.and_then(|scored| scored.hallucination.as_ref());
    let contestant = document.contestant(call.contestant);
    let sent = params(&sent_params(&document.analysis.header, call));
    let answer = &record.answer;
    let usage = &answer.usage;
    let timing = &record.timing;
    Row {
        prompt_id: judging::row_id(call.index),
        item_id: item.map(|item| item.id.clone()).unwrap_or_default(),
        prompt_index: call.prompt,
        system_index: call.system,
        contestant_index: call.contestant,
        prompt: document.prompt(call.prompt).to_owned(),
        system: document.system(call.system).map(str::to_owned),
        model: contestant.map(model_id).unwrap_or_default(),
        name: contestant.map(|contestant| contestant.name.clone()).unwrap_or_default(),
        provider: contestant.map(|contestant| contestant.provider.clone()).unwrap_or_default(),
        temperature: call.temperature.and_then(finite),
        run_index: call.run_index,
        outcome: record.outcome.as_str(),
        latency_ms: timing.latency_ms.and_then(finite),
        ttft_ms: timing.ttft_ms.and_then(finite),
        ttfo_ms: timing.ttfo_ms.and_then(finite),
        queued_ms: milliseconds(record.queued),
        output_tokens_per_second: timing.output_tokens_per_second.and_then(finite),
        inter_token_mean_ms: timing.inter_token_mean_ms.and_then(finite),
        inter_token_p99_ms: timing.inter_token_p99_ms.and_then(finite),
        input_tokens: usage.input,
        output_tokens: usage.output,
        cached_tokens: usage.cached_read,
        cached_write_5m_tokens: usage.cached_write_5m,
        cached_write_1h_tokens: usage.cached_write_1h,
        reasoning_tokens: usage.reasoning,
        // What an imported answer cost is among its figures, if anybody knows it.
        cost_usd: cost_usd(record).filter(|_| !document.is_imported()),
        cost_kind: cost_kind(record.cost),
        cost_at_most_usd: match record.cost {
            CallCost::Unknown(at_most) => at_most.map(|usd| usd.as_f64()),
            _ => None,
        },
        provider_cost_usd: usage.provider_cost_usd.and_then(finite),
        cancelled: record.outcome == Outcome::Cancelled,
        refused: record.outcome == Outcome::Refused,
        output: answer.text.clone(),
        refusal: answer.refusal.clone(),
        reasoning: answer.reasoning.clone(),
        tool_calls: answer
            .tool_calls
            .iter()
            .map(|call| ToolCallRow { id: call.id.clone(), name: call.name.clone(), arguments: call.arguments.clone() })
            .collect(),
        error: record.error.as_ref().map(|error| error.message.clone()),
        error_kind: record.error.as_ref().map(|error| error.kind.as_str()),
        error_code: record.error.as_ref().and_then(|error| error.code.clone()),
        retries: retries(record),
        attempts: record.attempts.iter().map(attempt).collect(),
        stop_reason: stop_reason(record),
        stop_kind: stop_kind(record),
        stop_category: answer.stop.as_ref().and_then(|stop| stop.category.clone()),
        served_model: answer.served_model.clone(),
        response_id: answer.response_id.clone(),
        params: sent,
        omitted_parameters: contestant.map(omitted).unwrap_or_default(),
        advisor: contestant.and_then(|contestant| advisor(contestant, record)),
        from_cache: record.from_cache,
        assertions: if has_checks { results.map(scores::assertions) } else { Some(vec![]) },
        assertions_passed: results.and(scored).map(|scored| scored.passed),
        assertions_total: results.and(scored).map(|scored| scored.definitive),
        assertions_configured: item.filter(|_| has_checks).map(|item| item.checks.len() as u32),
        assertions_errored: results
            .map(|results| results.iter().filter(|result| result.passed.is_none()).count() as u32),
        check_score: scored.and_then(|scored| scored.check_score).and_then(finite),
        judges: scored.map(|scored| scores::judges(document, scored)).unwrap_or_default(),
        judge_score_avg: scored.and_then(|scored| scored.judge_score).and_then(finite),
        judge_score_std: scored.and_then(|scored| scored.judge_sd).and_then(finite),
        judge_skipped: scored
            .map(|scored| scored.judges_skipped.iter().map(|judge| document.judge_name(*judge).to_owned()).collect())
            .unwrap_or_default(),
        judge_degraded: scored.map(|scored| scores::degraded(document, scored)).unwrap_or_default(),
        hallucination_risk: found.and_then(|found| found.risk).map(risk_word),
        hallucination: found.map(|found| scores::hallucination(found, &answer.text)),
        imported: document
            .scores(at)
            .into_iter()
            .flat_map(|scored| &scored.imported)
            .filter_map(|(measure, value)| Some((measure.as_str().to_owned(), finite(*value)?)))
            .collect(),
    }
}

fn attempt(record: &AttemptRecord) -> AttemptRow {
    let attempt = &record.attempt;
    AttemptRow {
        started_at: jiff::Timestamp::from_millisecond(attempt.started_unix_ms).ok().map(|at| format!("{at:.3}")),
        waited_ms: milliseconds(record.waited),
        connect_ms: milliseconds(attempt.connect),
        latency_ms: milliseconds(attempt.total),
        status: attempt.raw.status.or_else(|| attempt.error.as_ref().and_then(|error| error.status)),
        outcome: attempt.outcome().as_str(),
        error_kind: attempt.error.as_ref().map(|error| error.kind.as_str()),
        error: attempt.error.as_ref().map(|error| error.message.clone()),
        billing: match attempt.billing {
            Billing::NotBilled => "not_billed",
            Billing::Reported => "reported",
            Billing::Unknown => "unknown",
        },
    }
}

fn advisor(contestant: &Contestant, record: &CallRecord) -> Option<AdvisorFigures> {
    let answer = &record.answer;
    let consultations = &answer.usage.advisor;
    if consultations.is_empty() && answer.advisor.is_empty() {
        return None;
    }
    let sent_at = record.attempts.last().map_or(0, |last| last.attempt.started_unix_ms.div_euclid(1000));
    let mut models: Vec<String> = vec![];
    for consultation in consultations {
        if !models.contains(&consultation.model) {
            models.push(consultation.model.clone());
        }
    }
    Some(AdvisorFigures {
        models,
        replies: answer.advisor.iter().filter(|reply| reply.error_code.is_none()).count() as u32,
        errors: answer.advisor.iter().filter_map(|reply| reply.error_code.clone()).collect(),
        input_tokens: consultations.iter().map(|consultation| consultation.input).sum(),
        output_tokens: consultations.iter().map(|consultation| consultation.output).sum(),
        cost_usd: match contestant.price.cost(&answer.usage, sent_at) {
            Cost::Known(bill) => Some(bill.advisor.as_f64()),
            Cost::Free | Cost::Unpriced | Cost::Unknown { .. } => None,
        },
    })
}

fn cell_stats(document: &Document<'_>, cell: &Cell) -> CellStats {
    let level = document.analysis.header.analysis.ci_level;
    let contestant = document.contestant(cell.contestant);
    let mean = |metric| cell.metric(metric).and_then(|summary| summary.mean).and_then(finite);
    let low = |metric| cell.metric(metric).and_then(|summary| interval(&summary.mean_ci)).map(|ends| ends.0);
    let high = |metric| cell.metric(metric).and_then(|summary| interval(&summary.mean_ci)).map(|ends| ends.1);
    let values = |metric| cell.metric(metric).map_or(0, |summary| summary.n);
    let latency_stdev = cell.metric(Metric::LatencyMs).and_then(|summary| summary.stdev).and_then(finite);
    let ratio = |part: f64, whole: f64| finite(part / whole);
    CellStats {
        model: contestant.map(model_id).unwrap_or_default(),
        name: contestant.map(|contestant| contestant.name.clone()).unwrap_or_default(),
        temperature: cell.temperature.and_then(finite),
        system: document.system(cell.system).map(str::to_owned),
        prompt_index: cell.prompt,
        n_runs: cell.n_runs,
        n_succeeded: cell.count(Outcome::Complete),
        n_truncated: cell.count(Outcome::Truncated),
        n_refused: cell.count(Outcome::Refused),
        n_filtered: cell.count(Outcome::Filtered),
        n_empty: cell.count(Outcome::Empty),
        n_failed: cell.count(Outcome::Error),
        n_cancelled: cell.count(Outcome::Cancelled),
        latency_mean_ms: mean(Metric::LatencyMs),
        latency_stdev_ms: latency_stdev,
        latency_cv: latency_stdev.zip(mean(Metric::LatencyMs)).and_then(|(stdev, mean)| ratio(stdev, mean)),
        latency_median_ms: cell
            .metric(Metric::LatencyMs)
            .and_then(|summary| summary.quantiles.iter().find(|quantile| quantile.probability == 0.5))
            .and_then(|quantile| quantile.value)
            .and_then(finite),
        ttft_mean_ms: mean(Metric::TtftMs),
        ttfo_mean_ms: mean(Metric::TtfoMs),
        output_tokens_mean: mean(Metric::OutputTokens),
        cost_mean_usd: mean(Metric::CostUsd),
        cost_total_usd: cell.cost_total.as_f64(),
        cost_unknown_runs: cell.cost_unknown,
        latency_ms_ci_low: low(Metric::LatencyMs),
        latency_ms_ci_high: high(Metric::LatencyMs),
        latency_ms_ci_level: level,
        latency_ms_ci_n: values(Metric::LatencyMs),
        ttft_ms_ci_low: low(Metric::TtftMs),
        ttft_ms_ci_high: high(Metric::TtftMs),
        ttft_ms_ci_level: level,
        ttft_ms_ci_n: values(Metric::TtftMs),
        output_tokens_ci_low: low(Metric::OutputTokens),
        output_tokens_ci_high: high(Metric::OutputTokens),
        output_tokens_ci_level: level,
        output_tokens_ci_n: values(Metric::OutputTokens),
        cost_usd_ci_low: low(Metric::CostUsd),
        cost_usd_ci_high: high(Metric::CostUsd),
        cost_usd_ci_level: level,
        cost_usd_ci_n: values(Metric::CostUsd),
        unique_outputs: cell.consistency.unique,
        mode_output: cell.consistency.mode.clone(),
        mode_count: cell.consistency.mode_count,
        output_diversity: ratio(f64::from(cell.consistency.unique), f64::from(cell.consistency.answered)),
        agreement: cell.consistency.agreement.and_then(finite),
        metrics: cell.metrics.iter().filter(|summary| document.shows(summary.metric)).map(cell_metric).collect(),
    }
}

fn cell_metric(summary: &MetricSummary) -> CellMetric {
    let ends = interval(&summary.mean_ci);
    CellMetric {
        metric: summary.metric.as_str(),
        n: summary.n,
        mean: summary.mean.and_then(finite),
        stdev: summary.stdev.and_then(finite),
        mean_ci_status: interval_status(&summary.mean_ci),
        mean_ci_low: ends.map(|ends| ends.0),
        mean_ci_high: ends.map(|ends| ends.1),
        mean_ci_few: matches!(summary.mean_ci, IntervalResult::Interval { few: true, .. }),
        quantiles: summary.quantiles.iter().map(cell_quantile).collect(),
    }
}

fn cell_quantile(quantile: &QuantileSummary) -> CellQuantile {
    let ends = interval(&quantile.ci);
    CellQuantile {
        probability: quantile.probability,
        value: quantile.value.and_then(finite),
        ci_status: interval_status(&quantile.ci),
        ci_low: ends.map(|ends| ends.0),
        ci_high: ends.map(|ends| ends.1),
        ci_needs: match quantile.ci {
            IntervalResult::TooFew { need } => Some(need),
            _ => None,
        },
    }
}

fn test(document: &Document<'_>, comparison: &Comparison) -> SignificanceTest {
    let options = &document.analysis.header.analysis;
    let (a, b) = (document.cell(comparison.a), document.cell(comparison.b));
    let contestant = |cell: Option<&Cell>| cell.and_then(|cell| document.contestant(cell.contestant));
    let (contestant_a, contestant_b) = (contestant(a), contestant(b));
    let model = |contestant: Option<&Contestant>| contestant.map(model_id).unwrap_or_default();
    let name =
        |contestant: Option<&Contestant>| contestant.map(|contestant| contestant.name.clone()).unwrap_or_default();
    let same = a.zip(b);
    let ends = interval(&comparison.difference_ci);
    let effect_ends = interval(&comparison.effect_size_ci);
    SignificanceTest {
        model_a: model(contestant_a),
        model_b: model(contestant_b),
        name_a: name(contestant_a),
        name_b: name(contestant_b),
        temperature: same
            .filter(|(a, b)| a.temperature == b.temperature)
            .and_then(|(a, _)| a.temperature)
            .and_then(finite),
        system: same
            .filter(|(a, b)| a.system == b.system)
            .and_then(|(a, _)| document.system(a.system))
            .map(str::to_owned),
        cell_a: comparison.a,
        cell_b: comparison.b,
        metric: comparison.metric.as_str(),
        status: match comparison.status {
            TestStatus::Tested => "tested",
            TestStatus::Trivial => "trivial",
            TestStatus::InsufficientSamples => "insufficient_samples",
            TestStatus::ZeroVariance => "zero_variance",
            TestStatus::NotMeasured => "not_measured",
            TestStatus::NotPaired => "not_paired",
        },
        n_a: comparison.n_a,
        n_b: comparison.n_b,
        mean_a: comparison.mean_a.and_then(finite),
        mean_b: comparison.mean_b.and_then(finite),
        stdev_a: comparison.stdev_a.and_then(finite),
        stdev_b: comparison.stdev_b.and_then(finite),
        difference: comparison.difference.and_then(finite),
        difference_ci_low: ends.map(|ends| ends.0),
        difference_ci_high: ends.map(|ends| ends.1),
        difference_ci_status: interval_status(&comparison.difference_ci),
        test_used: comparison.test.as_str(),
        test_statistic: comparison.statistic.and_then(finite),
        degrees_of_freedom: comparison.degrees_of_freedom.and_then(finite),
        p_value: comparison.p_value.and_then(finite),
        p_value_corrected: comparison.p_value_corrected.and_then(finite),
        correction_method: comparison.correction.as_str(),
        n_comparisons: comparison.n_comparisons,
        n_pairs_untestable: comparison.n_pairs_untestable,
        effect_size: comparison.effect_size.and_then(finite),
        effect_size_metric: comparison.effect_size_metric.clone(),
        effect_size_interpretation: comparison.effect_size_interpretation.clone(),
        effect_size_ci_low: effect_ends.map(|ends| ends.0),
        effect_size_ci_high: effect_ends.map(|ends| ends.1),
        effect_size_ci_status: interval_status(&comparison.effect_size_ci),
        threshold: options.threshold,
        significant_at_threshold: comparison.significant,
        detectable_difference: comparison.detectable_difference.and_then(finite),
        runs_to_detect_observed: comparison.runs_to_detect_observed,
        runs_to_detect_tenth: comparison.runs_to_detect_tenth.map(|(runs, _)| runs),
        tenth_of_smaller_mean: comparison.runs_to_detect_tenth.and_then(|(_, difference)| finite(difference)),
        n_refused_a: comparison.n_refused_a,
        n_refused_b: comparison.n_refused_b,
        bootstrap_method: comparison.bootstrap_method.as_str(),
        bootstrap_resamples: options.resamples,
        bootstrap_seed: options.bootstrap_seed.unwrap_or(document.analysis.header.seed),
    }
}

fn methodology(document: &Document<'_>) -> Methodology {
    let header = &document.analysis.header;
    let options = &header.analysis;
    let intervals = || document.analysis.cells.iter().flat_map(|cell| &cell.metrics).map(|summary| &summary.mean_ci);
    Methodology {
        tool_version: header.tool_version.clone(),
        implementation: format!("modelarium {} (own implementation in Rust)", header.tool_version),
        n_runs: header.runs,
        seed: header.seed,
        bootstrap: Bootstrap {
            enabled: intervals().any(|result| !matches!(result, IntervalResult::NotAsked)),
            produced_intervals: intervals().any(|result| interval(result).is_some()),
            method: options.ci_method.as_str(),
            n_resamples: options.resamples,
            ci_level: options.ci_level,
            seed: options.bootstrap_seed.unwrap_or(header.seed),
        },
        significance: Significance {
            enabled: !document.analysis.comparisons.is_empty(),
            test: options.test.as_str(),
            metric: options.metric.as_str(),
            correction: options.correction.as_str(),
            threshold: options.threshold,
        },
    }
}
