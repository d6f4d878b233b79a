//! What checks, judges and the search for fabrication came to over the run.

use evals::analysis::model::Analysis;
use evals::analysis::scored::{
    EvidenceAuroc, GateVerdict, HallucinationResults, JudgeCalibration, JudgingResults, McNemarResult, PairResult,
    PairSaid,
};
use evals::record::{CallCost, CallRecord};
use judges::trust::TrustReport;
use judges::{Choice, Figure, IntervalMethod, PairOutcome, Ranking, Side};

use super::items;
use super::scores::known;
use super::{cost_kind, cost_usd, finite, model_id, retries, share};
use crate::document::{Document, interval, interval_status};
use crate::json::judging::{
    AurocRow, CalibrationRow, GateRow, HallucinationSummary, JudgeCallsRow, JudgeResultRow, JudgeTrustRow, McNemarRow,
    PairRow, PairSaidRow, RankingRow, RankingSummary,
};

pub(super) fn gate(verdict: &GateVerdict) -> GateRow {
    match verdict {
        GateVerdict::NotAsked => GateRow { status: "not_asked", reasons: vec![] },
        GateVerdict::Passed => GateRow { status: "passed", reasons: vec![] },
        GateVerdict::Failed { reasons } => GateRow { status: "failed", reasons: reasons.clone() },
    }
}

pub(super) fn trust(report: &TrustReport) -> JudgeTrustRow {
    let low = |figure: &Figure| figure.interval.and_then(|interval| finite(interval.low));
    let high = |figure: &Figure| figure.interval.and_then(|interval| finite(interval.high));
    let estimate = |figure: &Figure| figure.estimate.and_then(finite);
    let alpha = &report.agreement.alpha;
    JudgeTrustRow {
        consistency: estimate(&report.consistency),
        consistency_ci_low: low(&report.consistency),
        consistency_ci_high: high(&report.consistency),
        position_bias: estimate(&report.position_bias),
        position_bias_ci_low: low(&report.position_bias),
        position_bias_ci_high: high(&report.position_bias),
        ties: estimate(&report.ties),
        ties_ci_low: low(&report.ties),
        ties_ci_high: high(&report.ties),
        verbosity: estimate(&report.verbosity),
        verbosity_ci_low: low(&report.verbosity),
        verbosity_ci_high: high(&report.verbosity),
        agreement: estimate(alpha),
        agreement_ci_low: low(alpha),
        agreement_ci_high: high(alpha),
        report: items::stored(report),
    }
}

pub(super) fn judge_calls(judging: &JudgingResults) -> JudgeCallsRow {
    JudgeCallsRow {
        planned: judging.planned,
        made: judging.made,
        succeeded: judging.succeeded,
        all_failed: judging.all_failed,
        cost_unknown: judging.cost_unknown,
        held_usd: judging.cost_held.as_f64(),
    }
}

pub(super) fn judge_result(analysis: &Analysis, record: &CallRecord) -> JudgeResultRow {
    let judge = analysis.header.entrant(record.call.contestant);
    let usage = &record.answer.usage;
    JudgeResultRow {
        call_index: record.call.index,
        model: judge.map(model_id).unwrap_or_default(),
        name: judge.map(|judge| judge.name.clone()).unwrap_or_default(),
        outcome: record.outcome.as_str(),
        output: record.answer.text.clone(),
        error: record.error.as_ref().map(|error| error.message.clone()),
        error_kind: record.error.as_ref().map(|error| error.kind.as_str()),
        latency_ms: record.timing.latency_ms.and_then(finite),
        input_tokens: usage.input,
        output_tokens: usage.output,
        reasoning_tokens: usage.reasoning,
        cached_tokens: usage.cached_read,
        cost_usd: cost_usd(record),
        cost_kind: cost_kind(record.cost),
        cost_at_most_usd: match record.cost {
            CallCost::Unknown(at_most) => at_most.map(|usd| usd.as_f64()),
            _ => None,
        },
        retries: retries(record),
        from_cache: record.from_cache,
    }
}

pub(super) fn ranking(document: &Document<'_>, ranking: &Ranking) -> Vec<RankingRow> {
    let contestants = &document.analysis.header.contestants;
    let model = |name: &str| contestants.iter().find(|contestant| contestant.name == name).map(model_id);
    let component = |name: &str| ranking.groups.iter().position(|group| group.iter().any(|one| one == name));
    ranking
        .entries
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            let ends = entry.elo_interval.filter(|ends| ends.low.is_finite() && ends.high.is_finite());
            RankingRow {
                name: entry.contestant.clone(),
                model: model(&entry.contestant).unwrap_or_default(),
                rank: entry.strength.map(|_| at as u32 + 1),
                rating: entry.elo.and_then(finite),
                elo: entry.elo.and_then(finite),
                ci_low: ends.map(|ends| ends.low),
                ci_high: ends.map(|ends| ends.high),
                theta: entry.strength.and_then(finite),
                best_probability: entry.best.and_then(finite),
                wins: entry.wins,
                losses: entry.losses,
                ties: entry.ties + entry.inconsistent,
                inconsistent: entry.inconsistent,
                win_rate: entry.share.and_then(finite),
                component: component(&entry.contestant).map_or(1, |at| at as u32 + 1),
            }
        })
        .collect()
}

pub(super) fn ranking_summary(ranking: &Ranking) -> RankingSummary {
    RankingSummary {
        comparisons: ranking.comparisons as u64,
        items: ranking.items as u64,
        intervals: ranking.intervals.map(|method| match method {
            IntervalMethod::ItemBootstrap => "item_bootstrap",
            IntervalMethod::Normal => "normal",
        }),
        groups: ranking.groups.clone(),
        reason: ranking.reason.clone(),
    }
}

pub(super) fn calibration(document: &Document<'_>, one: &JudgeCalibration) -> CalibrationRow {
    CalibrationRow {
        name: document.judge_name(one.judge).to_owned(),
        model: document.judge(one.judge).map(model_id).unwrap_or_default(),
        result: one.result.as_ref().ok().map(super::items::stored),
        error: one.result.as_ref().err().cloned(),
    }
}

pub(super) fn pair(document: &Document<'_>, pair: &PairResult) -> PairRow {
    let row = |index: u32| document.analysis.row(index);
    let name = |index: u32| {
        row(index).map(|record| document.contestant_name(record.call.contestant).to_owned()).unwrap_or_default()
    };
    PairRow {
        judge: document.judge_name(pair.judge).to_owned(),
        judge_model: document.judge(pair.judge).map(model_id).unwrap_or_default(),
        a: row_id(pair.a),
        b: row_id(pair.b),
        item_id: row(pair.a)
            .and_then(|record| document.item(record.call.prompt))
            .map(|item| item.id.clone())
            .unwrap_or_default(),
        name_a: name(pair.a),
        name_b: name(pair.b),
        run_index: row(pair.a).map_or(0, |record| record.call.run_index),
        outcome: match pair.outcome {
            PairOutcome::Wins(Side::A) => "a",
            PairOutcome::Wins(Side::B) => "b",
            PairOutcome::Tie => "tie",
            PairOutcome::Inconsistent => "inconsistent",
            PairOutcome::Missing => "missing",
        },
        identical: pair.identical,
        forward: pair.forward.as_ref().map(pair_said),
        backward: pair.backward.as_ref().map(pair_said),
    }
}

fn pair_said(said: &PairSaid) -> PairSaidRow {
    PairSaidRow {
        call_index: said.call_index,
        choice: said.choice.map(|choice| match choice {
            Choice::First => "first",
            Choice::Second => "second",
            Choice::Tie => "tie",
        }),
        reasoning: said.reasoning.clone(),
        cost_usd: known(said.cost),
        parse_error: said.parse_error.clone(),
    }
}

/// The id of the row that a call index stands for.
pub(super) fn row_id(index: u32) -> String {
    format!("p{}", u64::from(index) + 1)
}

pub(super) fn hallucination(results: &HallucinationResults) -> HallucinationSummary {
    let [low_risk, medium_risk, high_risk] = results.by_risk;
    HallucinationSummary {
        searched: results.searched,
        classified: results.classified,
        low_risk,
        medium_risk,
        high_risk,
        high_risk_rate: share(high_risk, results.classified),
        marked: results.marked,
        auroc: results.auroc.iter().map(auroc).collect(),
    }
}

fn auroc(found: &EvidenceAuroc) -> AurocRow {
    let ends = interval(&found.ci);
    AurocRow {
        evidence: found.evidence.clone(),
        n: found.n,
        auroc: found.auroc.and_then(finite),
        ci_status: interval_status(&found.ci),
        ci_low: ends.map(|ends| ends.0),
        ci_high: ends.map(|ends| ends.1),
    }
}

pub(super) fn mcnemar(document: &Document<'_>, test: &McNemarResult) -> McNemarRow {
    let n_paired = test.both_pass + test.a_only + test.b_only + test.both_fail;
    let model = |index| document.contestant(index).map(model_id).unwrap_or_default();
    McNemarRow {
        model_a: model(test.a),
        model_b: model(test.b),
        name_a: document.contestant_name(test.a).to_owned(),
        name_b: document.contestant_name(test.b).to_owned(),
        metric: "hallucination_risk",
        both_pass: test.both_pass,
        a_pass_b_fail: test.a_only,
        a_fail_b_pass: test.b_only,
        both_fail: test.both_fail,
        n_discordant: test.a_only + test.b_only,
        n_paired,
        a_pass_rate: share(test.both_pass + test.a_only, n_paired),
        b_pass_rate: share(test.both_pass + test.b_only, n_paired),
        chi2_statistic: test.statistic.and_then(finite),
        p_value: test.p_value.and_then(finite),
        p_value_corrected: test.p_value_corrected.and_then(finite),
        correction_method: test.correction.as_str(),
        n_comparisons: test.n_comparisons,
        n_pairs_untestable: test.n_untestable,
        threshold: document.analysis.header.analysis.threshold,
        significant_at_threshold: test.significant,
        method: test.method.clone(),
    }
}
