//! Every metric of a cell in numbers: mean, spread, quantiles and their intervals.

use stats::bootstrap::{self, Method};
use stats::resample::{Plan, ResampledMoments};
use stats::{Degenerate, SmallSample, describe, quantile};

use super::cells::CellRows;
use super::model::{IntervalResult, MetricSummary, QuantileSummary};
use crate::record::{AnalysisOptions, IntervalMethod, Metric, RunHeader};

/// The quantiles of every metric.
const PROBABILITIES: [f64; 4] = [0.5, 0.9, 0.95, 0.99];

/// The values of a cell by metric, in the order of [`Metric::ALL`], with the resamples drawn from them.
pub(super) struct CellValues {
    columns: Vec<Column>,
}

struct Column {
    metric: Metric,
    values: Vec<f64>,
    resampled: Option<ResampledMoments>,
}

impl CellValues {
    /// Takes the values of every metric and resamples those in `metrics`.
    ///
    /// Metrics with equally many values share their draws. Each cell has its own stream, because
    /// contestants are independent samples.
    pub(super) fn draw(cell: &CellRows<'_>, stream: u32, plan: &Plan, metrics: &[Metric]) -> Self {
        let mut columns: Vec<Column> = Metric::ALL
            .iter()
            .filter(|metric| metric.is_measured() || cell.is_scored())
            .map(|&metric| Column { metric, values: cell.values(metric), resampled: None })
            .collect();
        // A constant sample has no interval; resampling it would be work for nothing.
        let mut open: Vec<usize> = (0..columns.len())
            .filter(|&at| metrics.contains(&columns[at].metric) && varies(&columns[at].values))
            .collect();
        while let Some(&first) = open.first() {
            let size = columns[first].values.len();
            let (together, rest) = open.into_iter().partition(|&at| columns[at].values.len() == size);
            open = rest;
            let together: Vec<usize> = together;
            let values: Vec<&[f64]> = together.iter().map(|&at| columns[at].values.as_slice()).collect();
            let drawn = plan.moments(stream, &values).unwrap_or_default();
            for (at, moments) in together.into_iter().zip(drawn) {
                columns[at].resampled = Some(moments);
            }
        }
        Self { columns }
    }

    /// The values of a metric.
    pub(super) fn of(&self, metric: Metric) -> &[f64] {
        self.column(metric).map_or(&[], |column| &column.values)
    }

    /// The resamples of a metric, where it was resampled.
    pub(super) fn resampled(&self, metric: Metric) -> Option<&ResampledMoments> {
        self.column(metric)?.resampled.as_ref()
    }

    /// One summary for each metric.
    pub(super) fn summaries(&self, header: &RunHeader) -> Vec<MetricSummary> {
        let asked = intervals_asked(header);
        self.columns.iter().map(|column| column.summary(&header.analysis, asked)).collect()
    }

    fn column(&self, metric: Metric) -> Option<&Column> {
        self.columns.iter().find(|column| column.metric == metric)
    }
}

/// Whether the run gives intervals for cells: as asked, and by itself where runs of one prompt repeat.
pub(super) fn intervals_asked(header: &RunHeader) -> bool {
    header.analysis.intervals.unwrap_or(header.runs > 1 && header.prompts.len() == 1)
}

/// The resampling method by its name in `stats`.
pub(super) fn method(method: IntervalMethod) -> Method {
    match method {
        IntervalMethod::Bca => Method::Bca,
        IntervalMethod::Percentile => Method::Percentile,
        IntervalMethod::Basic => Method::Basic,
        IntervalMethod::Studentised => Method::Studentised,
    }
}

/// An interval of `stats` as a report gives it.
pub(super) fn interval(bounds: stats::Interval, values: usize) -> IntervalResult {
    if bounds.low.is_finite() && bounds.high.is_finite() {
        IntervalResult::Interval { low: bounds.low, high: bounds.high, few: SmallSample::of(values).is_some() }
    } else {
        IntervalResult::Unbounded
    }
}

/// Why `stats` gives no interval, in the words of a report.
pub(super) fn no_interval(reason: Degenerate) -> IntervalResult {
    match reason {
        Degenerate::TooFew { n: 0, .. } | Degenerate::TooFewForQuantile { n: 0, .. } => IntervalResult::NoData,
        Degenerate::TooFew { need, .. } | Degenerate::TooFewForQuantile { need, .. } => {
            IntervalResult::TooFew { need: need as u32 }
        }
        Degenerate::Constant { .. } => IntervalResult::Constant,
        _ => IntervalResult::Unbounded,
    }
}

impl Column {
    fn summary(&self, options: &AnalysisOptions, intervals: bool) -> MetricSummary {
        MetricSummary {
            metric: self.metric,
            n: self.values.len() as u32,
            mean: finite(describe::mean(&self.values)),
            stdev: finite(describe::variance(&self.values).map(f64::sqrt)),
            quantiles: PROBABILITIES
                .iter()
                .map(|&probability| self.quantile(probability, options, intervals))
                .collect(),
            mean_ci: if intervals { self.mean_interval(options) } else { IntervalResult::NotAsked },
        }
    }

    fn mean_interval(&self, options: &AnalysisOptions) -> IntervalResult {
        match (self.values.as_slice(), &self.resampled) {
            ([], _) => IntervalResult::NoData,
            ([_], _) => IntervalResult::TooFew { need: 2 },
            (values, _) if !varies(values) => IntervalResult::Constant,
            (_, None) => IntervalResult::Unbounded,
            (values, Some(moments)) => {
                match bootstrap::mean_from_moments(values, moments, method(options.ci_method), options.ci_level) {
                    Ok(found) => interval(found.interval, values.len()),
                    Err(reason) => no_interval(reason),
                }
            }
        }
    }

    fn quantile(&self, probability: f64, options: &AnalysisOptions, intervals: bool) -> QuantileSummary {
        let ci = match self.values.as_slice() {
            _ if !intervals => IntervalResult::NotAsked,
            [] => IntervalResult::NoData,
            values @ [_, _, ..] if !varies(values) => IntervalResult::Constant,
            values => match quantile::interval(values, probability, options.ci_level) {
                Ok(found) => interval(found.interval, values.len()),
                Err(reason) => no_interval(reason),
            },
        };
        QuantileSummary { probability, value: finite(describe::quantile(&self.values, probability)), ci }
    }
}

/// A number that exists and did not overflow.
pub(super) fn finite(number: Result<f64, Degenerate>) -> Option<f64> {
    number.ok().filter(|number| number.is_finite())
}

/// Whether a sample has any spread.
pub(super) fn varies(values: &[f64]) -> bool {
    values.windows(2).any(|pair| pair[0] != pair[1])
}
