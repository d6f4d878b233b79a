//! What is decided over the items, found and renamed.

use evals::analysis::model::Analysis;
use evals::decision::migration::{Change, Migration};
use evals::decision::movement::Direction;
use evals::decision::sequential::{PairEvidence, PairVerdict, StopReason, Stopping};
use evals::decision::{
    ArmAnswer, BarResult, Bounds, ContestantDecision, Decision, Estimate, Figure, FigureStatus, GateAnswer, GateResult,
    PairDecision, PairStatus, ParetoPoint,
};
use evals::record::Note;
use stats::correction::Correction;

use super::finite;
use crate::json::decision::{
    ArmRow, BarRow, BarStandingRow, BoundsRow, ChangeRow, CodedNote, ComparisonRow, DecisionFigures, DominatorRow,
    EstimateRow, EvidenceRow, FigureRow, GateArmRow, MigrationRow, ParetoRow, StatisticalGateRow, StoppingRow,
};
use crate::json::run::OmittedParameter;

/// The figures of a contestant: those of its only arm. A contestant with several has none of its own, because
/// temperatures and system prompts are never pooled.
pub(super) fn of_contestant(decision: Option<&Decision>, name: &str) -> DecisionFigures {
    let Some(decision) = decision else { return DecisionFigures::default() };
    let mut arms = decision.contestants.iter().filter(|arm| arm.contestant == name);
    match (arms.next(), arms.next()) {
        (Some(arm), None) => figures(arm, decision.ci_level),
        _ => DecisionFigures::default(),
    }
}

pub(super) fn arm(arm: &ContestantDecision, level: f64) -> ArmRow {
    ArmRow { name: arm.name.clone(), contestant: arm.contestant.clone(), figures: figures(arm, level) }
}

fn figures(arm: &ContestantDecision, level: f64) -> DecisionFigures {
    let own = estimate(&arm.primary);
    let share = |k: &Option<f64>| k.and_then(finite);
    let [cost, passed, mean, median, tail] =
        [&arm.cost_per_item, &arm.cost_per_passed_item, &arm.latency_mean_ms, &arm.latency_p50_ms, &arm.latency_p95_ms]
            .map(figure);
    DecisionFigures {
        metric: Some(own.metric),
        n_items: Some(own.n_items),
        n_runs: Some(arm.n_runs),
        n_missing: Some(own.n_missing),
        mean: own.mean,
        standard_error: own.standard_error,
        ci_low: own.ci_low,
        ci_high: own.ci_high,
        ci_level: finite(level),
        method: Some(own.method),
        ci_status: Some(own.ci_status),
        bounds: own.bounds,
        pass_at_k: arm.pass_at_k.iter().map(share).collect(),
        pass_hat_k: arm.pass_hat_k.iter().map(share).collect(),
        cost_per_item: cost.value,
        cost_per_item_ci_low: cost.ci_low,
        cost_per_item_ci_high: cost.ci_high,
        cost_per_passed_item: passed.value,
        cost_per_passed_item_ci_low: passed.ci_low,
        cost_per_passed_item_ci_high: passed.ci_high,
        latency_mean_ms: mean.value,
        latency_mean_ms_ci_low: mean.ci_low,
        latency_mean_ms_ci_high: mean.ci_high,
        latency_p50_ms: median.value,
        latency_p50_ms_ci_low: median.ci_low,
        latency_p50_ms_ci_high: median.ci_high,
        latency_p95_ms: tail.value,
        latency_p95_ms_ci_low: tail.ci_low,
        latency_p95_ms_ci_high: tail.ci_high,
        p_best: arm.p_best.and_then(finite),
        rank_interval: arm.rank_interval.and_then(|(low, high)| Some([finite(low)?, finite(high)?])),
        metrics: arm.metrics.iter().map(estimate).collect(),
    }
}

pub(in crate::json) fn estimate(estimate: &Estimate) -> EstimateRow {
    EstimateRow {
        metric: estimate.metric.as_str(),
        n_items: estimate.n_items,
        n_missing: estimate.n_missing,
        mean: estimate.mean.and_then(finite),
        standard_error: estimate.standard_error.and_then(finite),
        ci_low: estimate.ci_low.and_then(finite),
        ci_high: estimate.ci_high.and_then(finite),
        method: estimate.method.clone(),
        ci_status: status(estimate.status),
        bounds: estimate.bounds.as_ref().map(bounds),
    }
}

pub(in crate::json) fn bounds(bounds: &Bounds) -> BoundsRow {
    BoundsRow {
        low: finite(bounds.low),
        high: finite(bounds.high),
        ci_low: bounds.ci_low.and_then(finite),
        ci_high: bounds.ci_high.and_then(finite),
    }
}

pub(in crate::json) fn figure(figure: &Figure) -> FigureRow {
    FigureRow {
        value: figure.value.and_then(finite),
        ci_low: figure.ci_low.and_then(finite),
        ci_high: figure.ci_high.and_then(finite),
        ci_status: status(figure.status),
    }
}

fn status(status: FigureStatus) -> &'static str {
    match status {
        FigureStatus::Estimated => "estimated",
        FigureStatus::NoData => "no_data",
        FigureStatus::TooFew => "too_few",
        FigureStatus::Constant => "constant",
        FigureStatus::Unbounded => "unbounded",
    }
}

/// The word for which way something moved.
pub(in crate::json) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Better => "better",
        Direction::Worse => "worse",
        Direction::Moved => "moved",
        Direction::NotShown => "not_shown",
        Direction::TooFew => "too_few",
    }
}

/// The word that the command line has for a correction.
pub(in crate::json) fn correction(correction: Correction) -> &'static str {
    match correction {
        Correction::None => "none",
        Correction::Bonferroni => "bonferroni",
        Correction::Holm => "holm",
        Correction::BenjaminiHochberg => "bh",
        Correction::BenjaminiYekutieli => "by",
    }
}

pub(super) fn comparison(pair: &PairDecision) -> ComparisonRow {
    ComparisonRow {
        a: pair.a.clone(),
        b: pair.b.clone(),
        metric: pair.metric.as_str(),
        n_items: pair.n_items,
        n_runs: pair.n_runs,
        mean_a: pair.mean_a.and_then(finite),
        mean_b: pair.mean_b.and_then(finite),
        difference: pair.difference.and_then(finite),
        ci_low: pair.ci_low.and_then(finite),
        ci_high: pair.ci_high.and_then(finite),
        ci_level: pair.ci_level,
        method: pair.method.clone(),
        test: pair.test.clone(),
        p_value: pair.p_value.and_then(finite),
        p_value_corrected: pair.p_value_corrected.and_then(finite),
        correction: correction(pair.correction),
        effect_size: pair.effect_size.and_then(finite),
        effect_size_metric: pair.effect_size_metric.clone(),
        status: match pair.status {
            PairStatus::Tested => "tested",
            PairStatus::Trivial => "trivial",
            PairStatus::InsufficientSamples => "insufficient_samples",
            PairStatus::ZeroVariance => "zero_variance",
            PairStatus::NotMeasured => "not_measured",
        },
        significant: pair.significant,
        bounds: pair.bounds.as_ref().map(bounds),
    }
}

pub(super) fn pareto(point: &ParetoPoint) -> ParetoRow {
    ParetoRow {
        name: point.name.clone(),
        quality: figure(&point.quality),
        cost_per_item: figure(&point.cost),
        latency_p95_ms: figure(&point.latency_p95_ms),
        on_front: point.on_front,
        dominated_by: point
            .dominated_by
            .iter()
            .map(|by| DominatorRow { name: by.name.clone(), certain: by.certain })
            .collect(),
    }
}

pub(in crate::json) fn answer(answer: GateAnswer) -> &'static str {
    match answer {
        GateAnswer::Passes => "passes",
        GateAnswer::Fails => "fails",
        GateAnswer::Inconclusive => "inconclusive",
    }
}

pub(super) fn bar(bar: &BarResult) -> BarRow {
    BarRow {
        bar: bar.bar.clone(),
        level: bar.level.and_then(finite),
        cheapest: bar.cheapest.clone(),
        cheapest_shown: bar.cheapest_shown.clone(),
        contestants: bar
            .contestants
            .iter()
            .map(|arm| BarStandingRow {
                name: arm.name.clone(),
                estimate: arm.estimate.and_then(finite),
                clears: arm.clears,
                answer: answer(arm.answer),
                cost_per_item: arm.cost_per_item.and_then(finite),
            })
            .collect(),
    }
}

pub(super) fn gate(gate: &GateResult) -> StatisticalGateRow {
    StatisticalGateRow {
        gate: gate.gate.clone(),
        answer: answer(gate.answer),
        needed_runs: gate.needed_runs,
        level: gate.level,
        reason: gate.reason.clone(),
        contestants: gate.contestants.iter().map(gate_arm).collect(),
    }
}

fn gate_arm(arm: &ArmAnswer) -> GateArmRow {
    GateArmRow {
        name: arm.name.clone(),
        answer: answer(arm.answer),
        estimate: arm.estimate.and_then(finite),
        ci_low: arm.low.and_then(finite),
        ci_high: arm.high.and_then(finite),
        needed_items: arm.needed_items,
        needed_runs: arm.needed_runs,
        reason: arm.reason.clone(),
    }
}

/// How the run was stopped. Arms are named by the decision, which lists them in the same order.
pub(super) fn stopping(analysis: &Analysis, stopping: &Stopping) -> StoppingRow {
    let arms = analysis.decision.as_ref().map_or(&[][..], |decision| &decision.contestants);
    let name = |at: u32| arms.get(at as usize).map(|arm| arm.name.clone());
    let asked = analysis.header.analysis.decision.stop.as_ref();
    StoppingRow {
        decision: stopping.decision.map(stop_reason),
        leader: stopping.leader.and_then(name),
        alpha: asked.and_then(|asked| finite(asked.alpha)),
        margin: asked.and_then(|asked| asked.margin).and_then(finite),
        evidence: stopping
            .evidence
            .iter()
            .map(|pair| evidence(pair, name(pair.a).unwrap_or_default(), name(pair.b).unwrap_or_default()))
            .collect(),
        items_used: stopping.items_used,
        items_planned: stopping.items_planned,
        calls_made: stopping.calls_made,
        calls_planned: stopping.calls_planned,
        calls_saved: crate::wording::decision::saved(stopping),
    }
}

fn stop_reason(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Superiority => "superiority",
        StopReason::Equivalence => "equivalence",
        StopReason::Futility => "futility",
        StopReason::Budget => "budget",
    }
}

fn evidence(pair: &PairEvidence, a: String, b: String) -> EvidenceRow {
    EvidenceRow {
        a,
        b,
        n_items: pair.n_items,
        n_missing: pair.n_missing,
        difference: pair.difference.and_then(finite),
        ci_low: finite(pair.low),
        ci_high: finite(pair.high),
        ln_e_value: finite(pair.ln_e_value),
        verdict: pair.verdict.map(|(verdict, _)| match verdict {
            PairVerdict::ABetter => "a_better",
            PairVerdict::BBetter => "b_better",
            PairVerdict::Equivalent => "equivalent",
        }),
        verdict_after: pair.verdict.map(|(_, items)| items),
    }
}

pub(super) fn migration(migration: &Migration) -> MigrationRow {
    MigrationRow {
        refused_parameters: migration
            .refused_parameters
            .iter()
            .map(|one| OmittedParameter {
                parameter: one.parameter.clone(),
                requested: one.requested.clone(),
                reason: one.reason.clone(),
            })
            .collect(),
        from: migration.from.clone(),
        to: migration.to.clone(),
        answer: answer(migration.answer()),
        quality_metric: migration.quality_metric.map(|measure| measure.as_str()),
        margin: migration.margin,
        level: migration.level,
        quality_from: migration.quality_from.and_then(finite),
        quality_to: migration.quality_to.and_then(finite),
        quality: migration.quality.as_ref().map(gate_arm),
        changes: migration.changes.iter().map(change).collect(),
        notes: migration.notes.iter().map(note).collect(),
    }
}

fn change(change: &Change) -> ChangeRow {
    ChangeRow {
        metric: change.metric.as_str(),
        n_items: change.n_items,
        mean_from: change.mean_from.and_then(finite),
        mean_to: change.mean_to.and_then(finite),
        difference: figure(&change.difference),
        ratio: change.ratio.as_ref().map(figure),
        p_value: change.p_value.and_then(finite),
        p_value_corrected: change.p_value_corrected.and_then(finite),
        changed: change.changed,
    }
}

pub(in crate::json) fn note(note: &Note) -> CodedNote {
    CodedNote { code: note.code.clone(), text: note.text.clone() }
}
