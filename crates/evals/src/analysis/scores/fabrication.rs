//! Signs of fabrication: markers in the text, agreement across runs, what judges said. Evidence, never proof.

use std::collections::{BTreeMap, HashMap};

use hallucination::{Context, Evidence, Risk};
use llm::outcome::Outcome;
use stats::correction::Correction;
use stats::hypothesis::{self, McNemarMethod};
use stats::{auroc, entropy};
use text::identifiers::{LATEST, Month};

use super::Material;
use super::replies::{Replies, Said};
use crate::analysis::cells::CellKey;
use crate::analysis::compare::correction;
use crate::analysis::model::IntervalResult;
use crate::analysis::scored::{EvidenceAuroc, HallucinationResults, McNemarResult, RowHallucination, RowScores};
use crate::plan::judgeable;
use crate::record::JudgeTask;

/// Discordant pairs from which McNemar's test is approximated; fewer are tested exactly.
const APPROXIMATE_FROM: u32 = 25;

/// Searches every answer.
pub(super) fn fill(material: &Material<'_>, replies: &Replies<'_>, rows: &mut [RowScores]) {
    let mut cells: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut first_of: HashMap<CellKey, usize> = HashMap::new();
    for (at, row) in material.rows.iter().enumerate().filter(|(_, row)| judgeable(row)) {
        let first = *first_of.entry(CellKey::of(&row.call)).or_insert(at);
        cells.entry(first).or_default().push(at);
    }
    let meanings = meanings(material, replies);
    let today = month(&material.header().started_at);
    for cell in cells.values() {
        let texts: Vec<&str> = cell.iter().map(|&at| material.rows[at].answer.text.as_str()).collect();
        let indices: Vec<u32> = cell.iter().map(|&at| material.rows[at].call.index).collect();
        let clusters = clusters(&indices, &texts, &meanings);
        let semantic_entropy = if texts.len() >= 2 { entropy::discrete(&clusters) } else { None };
        for (place, &at) in cell.iter().enumerate() {
            let prompt = &material.header().prompts[material.rows[at].call.prompt as usize];
            let others: Vec<&str> =
                texts.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, text)| *text).collect();
            let context = Context { today, ..Context::new(&prompt.text, &others) };
            let markers = hallucination::markers(texts[place], &context);
            let selfcheck = hallucination::consistency::selfcheck(texts[place], &others);
            let judges: Vec<Risk> = rows[at].judges.iter().filter_map(|score| score.risk).collect();
            let evidence =
                Evidence { markers: &markers, semantic_entropy, answers: texts.len(), selfcheck, judges: &judges };
            let risk = hallucination::risk(&evidence);
            rows[at].hallucination = Some(RowHallucination {
                cluster: (texts.len() >= 2).then(|| clusters[place] as u32),
                semantic_entropy,
                selfcheck,
                judge_risk: judges.into_iter().max(),
                risk,
                markers,
            });
        }
    }
}

/// The month of the run: what an answer cites cannot be later.
fn month(started_at: &str) -> Month {
    let mut parts = started_at.split('-').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month))) => Month { year: year as i32, month },
        _ => LATEST,
    }
}

/// What judges said of pairs of answers: whether they mean the same.
fn meanings(material: &Material<'_>, replies: &Replies<'_>) -> HashMap<(u32, u32), bool> {
    let mut found = HashMap::new();
    for (at, judgement) in material.plan.judgements.iter().enumerate() {
        if let (JudgeTask::SameMeaning { a, b }, Some(reply)) = (&judgement.task, replies.get(&at))
            && let Said::Meaning(Ok(entailment)) = &reply.said
        {
            found.insert((*a, *b), entailment.equivalent());
        }
    }
    found
}

/// Groups of answers that mean the same: by the offline rule, and where a judge was asked, by the judge.
fn clusters(cell: &[u32], texts: &[&str], meanings: &HashMap<(u32, u32), bool>) -> Vec<usize> {
    let lexical = hallucination::consistency::cluster(texts);
    if meanings.is_empty() {
        return lexical;
    }
    hallucination::consistency::cluster_by(texts.len(), |one, other| {
        let (a, b) = (cell[one.min(other)], cell[one.max(other)]);
        lexical[one] == lexical[other] || meanings.get(&(a, b)).copied().unwrap_or(false)
    })
}

/// Sums and tests over the run.
pub(super) fn results(material: &Material<'_>, rows: &[RowScores]) -> HallucinationResults {
    let mut results = HallucinationResults::default();
    for found in rows.iter().filter_map(|row| row.hallucination.as_ref()) {
        results.searched += 1;
        results.marked += u32::from(!found.markers.is_empty());
        if let Some(risk) = found.risk {
            results.classified += 1;
            results.by_risk[risk as usize] += 1;
        }
    }
    results.mcnemar = mcnemar(material, rows);
    results.auroc = aurocs(material, rows);
    results
}

/// Contestants compared on pass (the risk is not high) and fail. Answers pair by prompt, system prompt,
/// temperature and repetition; a failed, declined or unclassified one leaves its pair out.
fn mcnemar(material: &Material<'_>, rows: &[RowScores]) -> Vec<McNemarResult> {
    let header = material.header();
    let contestants = header.contestants.len() as u32;
    if contestants < 2 || (header.runs < 2 && header.prompts.len() < 2) {
        return Vec::new();
    }
    let mut passes: HashMap<(u32, u32, Option<u64>, u32), BTreeMap<u32, bool>> = HashMap::new();
    for (row, score) in material.rows.iter().zip(rows) {
        if let Some(risk) = score.hallucination.as_ref().and_then(|found| found.risk) {
            let call = &row.call;
            let key = (call.prompt, call.system, call.temperature.map(|value| (value + 0.0).to_bits()), call.run_index);
            passes.entry(key).or_default().insert(call.contestant, risk != Risk::High);
        }
    }
    let mut results = Vec::new();
    for a in 0..contestants {
        for b in a + 1..contestants {
            let mut table = [[0_u32; 2]; 2];
            for pair in passes.values() {
                if let (Some(&passed_a), Some(&passed_b)) = (pair.get(&a), pair.get(&b)) {
                    table[usize::from(passed_a)][usize::from(passed_b)] += 1;
                }
            }
            results.push(compare(a, b, table, header.analysis.correction));
        }
    }
    let raw: Vec<Option<f64>> = results.iter().map(|result| result.p_value).collect();
    let corrected = Correction::adjust(correction(header.analysis.correction), &raw);
    for (result, p) in results.iter_mut().zip(&corrected.p_values) {
        result.p_value_corrected = *p;
        result.significant = p.is_some_and(|p| p < header.analysis.threshold);
        result.n_comparisons = corrected.tested as u32;
        result.n_untestable = corrected.untestable as u32;
    }
    results
}

fn compare(a: u32, b: u32, table: [[u32; 2]; 2], correction: crate::record::CorrectionKind) -> McNemarResult {
    let [[both_fail, b_only], [a_only, both_pass]] = table;
    let discordant = a_only + b_only;
    let paired = discordant + both_fail + both_pass;
    let tested = hypothesis::mcnemar(u64::from(a_only), u64::from(b_only), McNemarMethod::Auto);
    let (method, statistic, p_value) = match (paired, discordant) {
        (0, _) => ("no_paired_runs", None, None),
        (_, 0) => ("no_discordant", None, Some(1.0)),
        (_, few) if few < APPROXIMATE_FROM => ("exact", None, tested.p_value),
        _ => ("chi2_corrected", tested.statistic, tested.p_value),
    };
    McNemarResult {
        a,
        b,
        both_pass,
        a_only,
        b_only,
        both_fail,
        method: method.to_owned(),
        statistic,
        p_value,
        p_value_corrected: None,
        correction,
        n_comparisons: 0,
        n_untestable: 0,
        significant: false,
    }
}

/// How well each kind of evidence tells the answers a person called bad from the others.
fn aurocs(material: &Material<'_>, rows: &[RowScores]) -> Vec<EvidenceAuroc> {
    if material.labels.is_empty() {
        return Vec::new();
    }
    type Reading = fn(&RowHallucination) -> Option<f64>;
    let kinds: [(&str, Reading); 4] = [
        ("markers", |found| Some(found.markers.len() as f64)),
        ("semantic_entropy", |found| found.semantic_entropy),
        ("selfcheck", |found| found.selfcheck),
        ("judge", |found| found.judge_risk.map(|risk| f64::from(risk as u8))),
    ];
    let level = material.header().analysis.ci_level;
    kinds
        .into_iter()
        .filter_map(|(evidence, reading)| {
            let (mut bad, mut good) = (Vec::new(), Vec::new());
            for label in material.labels {
                let place = material.place(label.call_index);
                let found = place.and_then(|place| rows.get(place)).and_then(|row| row.hallucination.as_ref());
                if let (Some(value), Some(row)) = (found.and_then(reading), material.row(label.call_index))
                    && row.outcome == Outcome::Complete
                {
                    if label.is_good(material.header()) { good.push(value) } else { bad.push(value) }
                }
            }
            let n = (bad.len() + good.len()) as u32;
            if n == 0 {
                return None;
            }
            let ci = match auroc::delong(&bad, &good, level) {
                Ok(area) => IntervalResult::Interval {
                    low: area.interval.low,
                    high: area.interval.high,
                    few: area.small_sample.is_some(),
                },
                Err(stats::Degenerate::TooFew { need, .. }) => IntervalResult::TooFew { need: need as u32 },
                Err(stats::Degenerate::Constant { .. }) => IntervalResult::Constant,
                Err(_) => IntervalResult::Unbounded,
            };
            Some(EvidenceAuroc { evidence: evidence.to_owned(), n, auroc: auroc::auroc(&bad, &good).ok(), ci })
        })
        .collect()
}
