//! What scores came to, in sentences that every format for people shows. Raw text: names of
//! contestants and items are in it, and each format passes the sentences through its escaper.

pub(crate) mod decision;
mod trust;

use evals::analysis::model::Cell;
use evals::analysis::scored::{
    CheckTotals, ContestantScores, GateVerdict, HallucinationResults, JudgingResults, McNemarResult,
};
use evals::record::{CallRecord, JudgeMode};
use hallucination::Risk;
use judges::{Entry, Ranking};

use crate::document::{Document, interval};
use crate::figures;
use crate::findings::Marked;

pub(crate) use trust::{calibration, trust};

/// What the ratings of a ranking mean.
pub(crate) const RATINGS: &str = "Ratings by the model of Bradley and Terry on the Elo scale: 1000 is the average of these contestants, 400 points are odds of ten to one. Ratings whose intervals overlap widely say little.";

/// What the shares of a table of contestants are.
pub(crate) const RATES: &str =
    "The rate is the mean over items of the share of checks passed, by the items' weights; its interval is over items.";

/// Whether the run passes, in a sentence; `None` where nothing decides.
pub(crate) fn gate(document: &Document<'_>) -> Option<(bool, String)> {
    match &document.analysis.scores.gate {
        GateVerdict::NotAsked => None,
        GateVerdict::Passed => Some((true, "Gate passed.".to_owned())),
        GateVerdict::Failed { reasons } => Some((false, format!("Gate failed: {}", reasons.join(" ")))),
    }
}

/// What the run is, in a line: the suite with its items and checks.
pub(crate) fn suite(document: &Document<'_>) -> String {
    let header = &document.analysis.header;
    let suite = header.scoring.suite.as_ref();
    let name = suite.map(|suite| suite.name.trim()).filter(|name| !name.is_empty());
    let items = header.prompts.len() as u64;
    let checks: u64 = header.prompts.iter().map(|prompt| prompt.checks.len() as u64).sum();
    if document.is_imported() {
        let contestants = figures::plural(header.contestants.len() as u64, "contestant", "contestants");
        return format!("Imported results: {}, {contestants}", figures::plural(items, "item", "items"));
    }
    let mut line = name.map_or_else(String::new, |name| format!("Suite {name}: "));
    line.push_str(&figures::plural(items, "item", "items"));
    if let Some(all) = suite.map(|suite| u64::from(suite.items)).filter(|all| *all > items) {
        line.push_str(&format!(" of {}", figures::count(all)));
    }
    line.push_str(&format!(", {}", figures::plural(checks, "check", "checks")));
    if let Some((shard, shards)) = suite.and_then(|suite| suite.shard) {
        line.push_str(&format!("; shard {shard} of {shards}"));
    }
    line
}

/// Passed over definite checks: `118/120`. A dash without checks.
pub(crate) fn passed(totals: &CheckTotals) -> String {
    if totals.configured == 0 { figures::NONE.to_owned() } else { format!("{}/{}", totals.passed, totals.definitive) }
}

/// A share with its interval: `98.3 % [94–99]`. A dash where nothing was verified.
pub(crate) fn rate(rate: Option<f64>, ends: Option<(f64, f64)>) -> String {
    let Some(rate) = rate.filter(|rate| rate.is_finite()) else { return figures::NONE.to_owned() };
    let ends = ends.filter(|(low, high)| low.is_finite() && high.is_finite());
    let ends = ends.map_or_else(String::new, |(low, high)| format!(" [{:.0}–{:.0}]", low * 100.0, high * 100.0));
    format!("{}{ends}", figures::rate(rate))
}

/// A score with its interval: `7.42 [7.1–7.8]`. A dash without one.
pub(crate) fn score(mean: Option<f64>, ends: Option<(f64, f64)>) -> String {
    let Some(mean) = mean.filter(|mean| mean.is_finite()) else { return figures::NONE.to_owned() };
    match ends.filter(|(low, high)| low.is_finite() && high.is_finite()) {
        Some((low, high)) => {
            format!("{} [{low:.1}–{high:.1}]", figures::score(mean))
        }
        None => figures::score(mean),
    }
}

/// What all checks came to; `None` in a run without checks.
pub(crate) fn checks(document: &Document<'_>) -> Option<String> {
    let totals = document.analysis.scores.checks.as_ref()?;
    let mut sentence = match totals.pass_rate {
        Some(rate) => format!(
            "{} of {} passed ({})",
            figures::count(u64::from(totals.passed)),
            figures::plural(u64::from(totals.definitive), "check", "checks"),
            figures::rate(rate)
        ),
        None => format!(
            "Nothing was verified: none of {} gave a verdict",
            figures::plural(u64::from(totals.configured), "check", "checks")
        ),
    };
    if totals.errored > 0 {
        let mut why = vec![];
        for (count, words) in [(totals.refused, "declined"), (totals.withheld, "answer cut or withheld")] {
            if count > 0 {
                why.push(format!("{count} {words}"));
            }
        }
        let other = totals.errored.saturating_sub(totals.refused + totals.withheld);
        if other > 0 && !why.is_empty() {
            why.push(format!("{other} for other reasons"));
        }
        let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
        sentence.push_str(&format!("; {} could not be evaluated{why}", totals.errored));
    }
    sentence.push('.');
    Some(sentence)
}

/// Who judged, how many calls it took and what they cost; `None` in a run without judges.
pub(crate) fn judges(document: &Document<'_>) -> Option<String> {
    let judging = document.analysis.scores.judging.as_ref()?;
    let names: Vec<&str> = document.analysis.header.judges().iter().map(|judge| judge.name.as_str()).collect();
    let way = match document.analysis.header.scoring.judging.as_ref().map(|judging| judging.mode) {
        Some(JudgeMode::Pairwise) => "Compared in pairs by",
        Some(JudgeMode::ChecksOnly) => "Checks judged by",
        Some(JudgeMode::Score) | None => "Judged by",
    };
    let mut sentence = format!(
        "{way} {}: {} of {} gave a verdict; {}.",
        names.join(", "),
        figures::count(u64::from(judging.succeeded)),
        figures::plural(u64::from(judging.made), "call", "calls"),
        judges_cost(judging)
    );
    if judging.made < judging.planned {
        let missing = u64::from(judging.planned - judging.made);
        sentence.push_str(&format!(" {} made: nothing to judge, or the run ended.", not_made(missing)));
    }
    if judging.all_failed {
        sentence.push_str(" Every judge call failed.");
    }
    Some(sentence)
}

fn not_made(count: u64) -> String {
    format!("{} not", figures::plural(count, "planned call was", "planned calls were"))
}

fn judges_cost(judging: &JudgingResults) -> String {
    let mut text = format!("cost {}", figures::dollars(judging.cost));
    if judging.cost_unknown > 0 {
        let calls = figures::plural(u64::from(judging.cost_unknown), "call", "calls");
        text.push_str(&format!(" known, {calls} of unknown cost (at most {})", figures::dollars(judging.cost_held)));
    }
    text
}

/// Judges that were left out for relatives, and judges that ran at a temperature of their own.
pub(crate) fn judges_set_aside(document: &Document<'_>) -> Vec<String> {
    let Some(judging) = &document.analysis.scores.judging else { return vec![] };
    let mut sentences: Vec<String> = judging
        .skipped
        .iter()
        .map(|(judge, contestant)| {
            format!(
                "{} did not judge {}: they are of one family.",
                document.judge_name(*judge),
                document.contestant_name(*contestant)
            )
        })
        .collect();
    sentences.extend(
        judging.degraded.iter().map(|judge| {
            format!("{} takes no temperature and judged at its default one.", document.judge_name(*judge))
        }),
    );
    sentences
}

/// A rating with its interval: `1042 [990–1094]`.
pub(crate) fn rating(entry: &Entry) -> String {
    match (entry.elo.filter(|elo| elo.is_finite()), entry.elo_interval) {
        (Some(elo), Some(ends)) if ends.low.is_finite() && ends.high.is_finite() => {
            format!("{elo:.0} [{:.0}–{:.0}]", ends.low, ends.high)
        }
        (Some(elo), _) => format!("{elo:.0}"),
        (None, _) => figures::NONE.to_owned(),
    }
}

/// Answers of high risk among those with a risk: `2/30`.
pub(crate) fn high_risk(scores: &ContestantScores) -> String {
    if scores.classified == 0 {
        figures::NONE.to_owned()
    } else {
        format!("{}/{}", scores.high_risk, scores.classified)
    }
}

/// The signs in an answer, a sentence each: where, which, the quotation, why.
pub(crate) fn signs(document: &Document<'_>, marked: &Marked<'_>) -> Vec<String> {
    let place = answer_place(document, marked.record);
    if marked.markers.is_empty() {
        return vec![format!("{place}: high risk without a sign in the text.")];
    }
    let risk = if marked.risk == Some(Risk::High) { " (high risk)" } else { "" };
    marked
        .markers
        .iter()
        .map(|marker| {
            let kind = marker.kind.as_str().replace('_', " ");
            format!("{place}{risk}: {kind}: “{}”: {}", shortened(&marker.quote), marker.why)
        })
        .collect()
}

/// Why a ranking orders nobody; `None` where it does.
pub(crate) fn no_ranking(ranking: &Ranking) -> Option<String> {
    let reason = ranking.reason.as_ref()?;
    let mut sentence = format!("No ranking: {}", reason.trim_end_matches('.'));
    if ranking.groups.len() > 1 {
        let groups: Vec<String> = ranking.groups.iter().map(|group| group.join(", ")).collect();
        sentence.push_str(&format!(" (groups: {})", groups.join(" | ")));
    }
    sentence.push('.');
    Some(sentence)
}

/// What the search for fabrication found; `None` where nothing was searched.
pub(crate) fn fabrication(document: &Document<'_>) -> Option<String> {
    let found = document.analysis.scores.hallucination.as_ref()?;
    Some(format!(
        "{} searched: {} at least one sign in the text; {}. A sign is a reason to look, not proof.",
        figures::plural(u64::from(found.searched), "answer", "answers"),
        if found.marked == 1 { "1 carries".to_owned() } else { format!("{} carry", found.marked) },
        risks(found)
    ))
}

fn risks(found: &HallucinationResults) -> String {
    let [low, medium, high] = found.by_risk;
    if found.classified == 0 {
        "no risk could be given".to_owned()
    } else {
        format!("risk high in {high}, medium in {medium}, low in {low} of {}", found.classified)
    }
}

/// What labels say about each kind of evidence.
pub(crate) fn evidence(document: &Document<'_>) -> Vec<String> {
    let Some(found) = &document.analysis.scores.hallucination else { return vec![] };
    found
        .auroc
        .iter()
        .filter_map(|one| {
            let area = one.auroc.filter(|area| area.is_finite())?;
            let ends = interval(&one.ci).map_or_else(String::new, |(low, high)| format!(" [{low:.2}–{high:.2}]"));
            Some(format!(
                "By the labels, {} ranks a bad answer above a good one with probability {area:.2}{ends} ({}; 0.5 is chance).",
                one.evidence.replace('_', " "),
                figures::plural(u64::from(one.n), "labelled answer", "labelled answers"),
            ))
        })
        .collect()
}

/// A comparison of high risk between two contestants.
pub(crate) fn mcnemar(document: &Document<'_>, test: &McNemarResult) -> String {
    let (a, b) = (shortened(document.contestant_name(test.a)), shortened(document.contestant_name(test.b)));
    let pairs = u64::from(test.both_pass + test.a_only + test.b_only + test.both_fail);
    let Some(p) = test.p_value_corrected.or(test.p_value) else {
        return format!("High risk cannot be compared between {a} and {b}: they share no answers with a risk.");
    };
    let claim = if test.significant {
        let (more, less) = if test.a_only > test.b_only { (&b, &a) } else { (&a, &b) };
        format!("{more} is more often of high risk than {less}")
    } else {
        format!("No difference in high risk can be claimed between {a} and {b}")
    };
    format!(
        "{claim}: only {a} high in {}, only {b} high in {} of {} (McNemar, p = {}).",
        test.b_only,
        test.a_only,
        figures::plural(pairs, "pair", "pairs"),
        figures::p_value(p)
    )
}

/// The item's id. Raw text.
pub(crate) fn item_name(document: &Document<'_>, prompt: u32) -> String {
    shortened(document.item(prompt).map_or("", |item| item.id.as_str()))
}

/// The contestant, and what else tells the cell from others of the same item. Raw text.
pub(crate) fn cell_place(document: &Document<'_>, cell: &Cell) -> String {
    let varies = document.varies();
    let mut name = shortened(document.contestant_name(cell.contestant));
    if let (true, Some(temperature)) = (varies.temperatures, cell.temperature) {
        name.push_str(&format!(" t={}", figures::exact(temperature)));
    }
    if varies.systems {
        name.push_str(&format!(" SP{}", cell.system + 1));
    }
    name
}

/// Where an answer stands: `item, contestant, run 2`. Raw text.
pub(crate) fn answer_place(document: &Document<'_>, record: &CallRecord) -> String {
    let call = &record.call;
    let varies = document.varies();
    let mut place = vec![];
    if document.is_suite() {
        place.push(item_name(document, call.prompt));
    }
    place.push(shortened(document.contestant_name(call.contestant)));
    if let (true, Some(temperature)) = (varies.temperatures, call.temperature) {
        place.push(format!("t={}", figures::exact(temperature)));
    }
    if varies.systems {
        place.push(format!("SP{}", call.system + 1));
    }
    if document.analysis.header.runs > 1 {
        place.push(format!("run {}", call.run_index + 1));
    }
    place.join(", ")
}

/// The beginning of a quotation that would fill a screen.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN: usize = 160;
    let text = text.trim();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
