//! How answers and contestants were scored.

use checks::CheckResult;
use evals::analysis::scored::{CheckTotals, ContestantScores, JudgeScore, RowHallucination, RowScores};
use evals::record::CallCost;
use hallucination::Risk;
use text::Span;

use super::{cost_kind, finite, model_id, outcomes, share};
use crate::document::Document;
use crate::json::judging::ContestantScoresRow;
use crate::json::scores::{AssertionRow, HallucinationRow, JudgeRow, MarkerRow};

pub(super) fn assertions(results: &[CheckResult]) -> Vec<AssertionRow> {
    results
        .iter()
        .map(|result| AssertionRow {
            kind: result.kind.clone(),
            name: result.name.clone(),
            passed: result.passed,
            score: result.score.and_then(finite),
            weight: finite(result.weight).unwrap_or(1.0),
            expected: result.expected.clone(),
            actual: result.actual.clone(),
            message: result.message.clone(),
            error: result.error.clone(),
            error_kind: result.error_kind.map(|kind| kind.as_str()),
        })
        .collect()
}

pub(super) fn judges(document: &Document<'_>, scores: &RowScores) -> Vec<JudgeRow> {
    scores.judges.iter().map(|score| judge(document, score)).collect()
}

fn judge(document: &Document<'_>, score: &JudgeScore) -> JudgeRow {
    JudgeRow {
        model: document.judge(score.judge).map(model_id).unwrap_or_default(),
        name: document.judge_name(score.judge).to_owned(),
        score: score.value.and_then(finite),
        normalised: score.normalised.and_then(finite),
        label: score.label.clone(),
        reasoning: score.reasoning.clone(),
        cost_usd: known(score.cost),
        cost_kind: cost_kind(score.cost),
        latency_ms: score.latency_ms.and_then(finite),
        parse_error: score.parse_error.clone(),
        risk_level: score.risk.map(risk_word),
        outcome: score.outcome.as_str(),
        call_index: score.call_index,
    }
}

/// Names of the judges that scored this answer without the temperature they were asked for.
pub(super) fn degraded(document: &Document<'_>, scores: &RowScores) -> Vec<String> {
    let Some(judging) = &document.analysis.scores.judging else { return vec![] };
    let asked = scores.judges.iter().map(|score| score.judge).filter(|judge| judging.degraded.contains(judge));
    asked.map(|judge| document.judge_name(judge).to_owned()).collect()
}

pub(super) fn hallucination(found: &RowHallucination, answer: &str) -> HallucinationRow {
    let spans: Vec<Span> = found.markers.iter().map(|marker| marker.span).collect();
    HallucinationRow {
        markers: found
            .markers
            .iter()
            .zip(code_points(answer, &spans))
            .map(|(marker, (start, end))| MarkerRow {
                kind: marker.kind.as_str().to_owned(),
                start,
                end,
                quote: marker.quote.clone(),
                why: marker.why.clone(),
            })
            .collect(),
        semantic_entropy: found.semantic_entropy.and_then(finite),
        selfcheck: found.selfcheck.and_then(finite),
        cluster: found.cluster,
        judge_risk: found.judge_risk.map(risk_word),
        risk: found.risk.map(risk_word),
    }
}

/// Byte ranges of a text in Unicode code points, in time linear in the text (and sorting the ranges).
fn code_points(text: &str, spans: &[Span]) -> Vec<(u64, u64)> {
    let mut wanted: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = Vec::with_capacity(wanted.len());
    let mut characters = text.char_indices().map(|(at, _)| at).peekable();
    let mut before = 0_u64;
    for at in &wanted {
        while characters.next_if(|start| start < at).is_some() {
            before += 1;
        }
        found.push(before);
    }
    let position = |at: usize| wanted.binary_search(&at).map_or(0, |index| found[index]);
    spans.iter().map(|span| (position(span.start), position(span.end))).collect()
}

pub(super) fn contestant(document: &Document<'_>, scores: &ContestantScores) -> ContestantScoresRow {
    let totals: Option<&CheckTotals> = document.analysis.scores.checks.is_some().then_some(&scores.checks);
    let rate_ends = scores.pass_rate_ci.filter(|(low, high)| low.is_finite() && high.is_finite());
    let judge_ends = scores.judge_ci.filter(|(low, high)| low.is_finite() && high.is_finite());
    ContestantScoresRow {
        items: scores.items,
        planned: scores.planned,
        outcomes: outcomes(&scores.outcomes),
        total_assertions: totals.map(|totals| totals.definitive),
        total_assertions_passed: totals.map(|totals| totals.passed),
        total_assertions_errored: totals.map(|totals| totals.errored),
        total_assertions_configured: totals.map(|totals| totals.configured),
        total_assertions_refused: totals.map(|totals| totals.refused),
        total_assertions_withheld: totals.map(|totals| totals.withheld),
        answers_checked: totals.map(|totals| totals.answers),
        answers_passed: totals.map(|totals| totals.answers_passed),
        pass_rate: totals.and_then(|totals| totals.pass_rate).and_then(finite),
        pass_rate_over_items: scores.pass_rate.and_then(finite),
        pass_rate_ci_method: scores.pass_rate_method.clone(),
        pass_rate_ci_low: rate_ends.map(|ends| ends.0),
        pass_rate_ci_high: rate_ends.map(|ends| ends.1),
        judge_score_mean: scores.judge_mean.and_then(finite),
        judge_score_ci_low: judge_ends.map(|ends| ends.0),
        judge_score_ci_high: judge_ends.map(|ends| ends.1),
        judged: scores.judged,
        classified: scores.classified,
        high_risk: scores.high_risk,
        high_risk_rate: share(scores.high_risk, scores.classified),
        cost_usd: scores.cost.as_f64(),
        latency_mean_ms: scores.latency_mean_ms.and_then(finite),
    }
}

/// Dollars where there is a figure.
pub(super) fn known(cost: CallCost) -> Option<f64> {
    cost.known_usd().map(|usd| usd.as_f64())
}

/// The word for a risk in every machine format.
pub(crate) fn risk_word(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "Low",
        Risk::Medium => "Medium",
        Risk::High => "High",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_count_code_points() {
        let text = "né 日本 👩\u{200d}💻 end";
        let span = |part: &str| {
            let start = text.find(part).unwrap();
            Span { start, end: start + part.len() }
        };
        let spans = [span("end"), span("日本"), Span { start: 0, end: 0 }, Span { start: 0, end: text.len() }];
        assert_eq!(code_points(text, &spans), [(10, 13), (3, 5), (0, 0), (0, 13)]);
        assert_eq!(code_points("ab", &[Span { start: 1, end: 99 }]), [(1, 2)]);
        assert_eq!(code_points("", &[]), []);
    }

    proptest! {
        #[test]
        fn offsets_name_the_same_text(text in ".{0,40}", cuts in prop::collection::vec((0..41usize, 0..41usize), 0..6)) {
            let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let spans: Vec<Span> = cuts
                .iter()
                .map(|(a, b)| (starts[*a.min(&(starts.len() - 1))], starts[*b.min(&(starts.len() - 1))]))
                .map(|(a, b)| Span { start: a.min(b), end: a.max(b) })
                .collect();
            let characters: Vec<char> = text.chars().collect();
            for (span, (start, end)) in spans.iter().zip(code_points(&text, &spans)) {
                let piece: String = characters[start as usize..end as usize].iter().collect();
                prop_assert_eq!(&piece, &text[span.start..span.end]);
            }
        }
    }
}
