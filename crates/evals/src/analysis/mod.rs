//! From stored records to the numbers of a report. The only caller of `stats`.
//!
//! [`analyse`] is a pure function of what a run stored: the same records give the same numbers in
//! any order, on any machine, with any number of threads. What counts where is written down in
//! `cells`; which cells are compared in `pairs`; what the tests came to in [`verdict`].

mod cells;
mod compare;
pub mod model;
mod notes;
mod pairs;
pub mod planning;
mod rows;
mod served;
mod summary;
pub mod verdict;
mod wording;

pub use compare::paired_test_refusal;
pub use wording::cell_label;

use stats::resample::Plan;

use self::model::{Analysis, Machine};
use self::summary::CellValues;
use crate::record::{CallRecord, Metric, PlannedCall, RunEnd, RunHeader};

/// Analyses a run: rows, cells, comparisons, totals and notes.
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
    let rows = rows::complete(planned, records);
    let groups = cells::group(&rows);
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
    Analysis { header: header.clone(), end, rows, cells, comparisons, totals, machine, notes }
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
