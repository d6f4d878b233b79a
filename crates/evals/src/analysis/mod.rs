//! From stored records to the numbers of a report. The only caller of `stats`.
//!
//! [`analyse_run`] is a pure function of what a run stored: the same records give the same numbers in
//! any order, on any machine, with any number of threads. What counts where is written down in
//! `cells`; which cells are compared in `pairs`; what the tests came to in [`verdict`].

pub mod asking;
mod cells;
mod compare;
pub mod deciding;
pub mod model;
mod notes;
mod pairs;
pub mod planning;
mod rows;
pub mod scored;
mod scores;
mod served;
mod summary;
pub mod verdict;
pub(crate) mod wording;

pub use compare::{correction, paired_test_refusal};
pub(crate) use scores::score_item;
pub use wording::cell_label;

use stats::resample::Plan;

use llm::money::Usd;

use self::model::{Analysis, Machine};
use self::scored::Scores;
use self::summary::CellValues;
use crate::record::{CallRecord, Metric, PlannedCall, RunEnd, RunHeader};
use crate::store::StoredRun;

/// Analyses a stored run with everything that scored its answers.
pub fn analyse_run(run: StoredRun) -> Analysis {
    let header = run.header();
    let lost: Usd = run.unsettled.iter().filter_map(|lost| lost.held).sum();
    let StoredRun { plan, records, externals, labels, end, machine, .. } = run;
    let answers = plan.calls.len();
    let (records, judge_calls): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|record| (record.call.index as usize) < answers);
    let mut rows = rows::complete(&plan.calls, records);
    if end == RunEnd::Decided {
        // Calls that were not made are not missing: they were not needed.
        rows.retain(rows::was_made);
    }
    let material = scores::Material {
        plan: &plan,
        rows: &rows,
        judge_calls: &judge_calls,
        externals: &externals,
        labels: &labels,
    };
    let scores = scores::score(&material);
    let said = scores::notes(&material, &scores);
    let mut analysis = analyse_rows(&header, rows, scores, end, machine);
    analysis.totals.cost_held += lost;
    analysis.judge_calls = judge_calls;
    analysis.notes.extend(said);
    deciding::decide(&mut analysis, &plan.dispatch_order, &plan.calls);
    analysis
}

/// Analyses a run that nothing scored: rows, cells, comparisons, totals and notes.
///
/// `records` may come in any order and may be incomplete: a planned call without a record is a row
/// that was cancelled before anything was sent.
pub fn analyse(
    header: &RunHeader,
    planned: &[PlannedCall],
    records: Vec<CallRecord>,
    end: RunEnd,
    machine: Machine,
) -> Analysis {
    analyse_rows(header, rows::complete(planned, records), Scores::default(), end, machine)
}

fn analyse_rows(header: &RunHeader, rows: Vec<CallRecord>, scores: Scores, end: RunEnd, machine: Machine) -> Analysis {
    let groups = cells::group(&rows, &scores.rows);
    let keys: Vec<_> = groups.iter().map(|group| group.key).collect();
    let pairs = if compare::asked(header) { pairs::pairs(header, &keys) } else { Vec::new() };

    let plan = Plan {
        resamples: header.analysis.resamples as usize,
        seed: header.analysis.bootstrap_seed.unwrap_or(header.seed),
    };
    let resampled = metrics_to_resample(header, !pairs.is_empty());
    let values: Vec<CellValues> = groups
        .iter()
        .enumerate()
        .map(|(stream, group)| CellValues::draw(group, stream as u32, &plan, &resampled))
        .collect();
    let cells: Vec<_> = groups
        .iter()
        .zip(&values)
        .map(|(group, values)| model::Cell { metrics: values.summaries(header), ..group.describe() })
        .collect();
    let comparisons = compare::comparisons(header, &groups, &values, &pairs, plan.seed);

    let totals = rows::totals(&rows);
    let notes = notes::notes(&notes::Results {
        header,
        rows: &rows,
        cells: &cells,
        pairs: &pairs,
        comparisons: &comparisons,
        totals: &totals,
        end,
        machine: &machine,
    });
    Analysis {
        header: header.clone(),
        end,
        rows,
        cells,
        comparisons,
        totals,
        machine,
        notes,
        scores,
        judge_calls: Vec::new(),
        decision: None,
        stopping: None,
        migration: None,
    }
}

fn metrics_to_resample(header: &RunHeader, compares: bool) -> Vec<Metric> {
    if summary::intervals_asked(header) {
        Metric::ALL.to_vec()
    } else if compares {
        vec![header.analysis.metric]
    } else {
        Vec::new()
    }
}
