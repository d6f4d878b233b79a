//! The statistics of a large comparison, against the same work in scipy where it is installed.

use std::process::Command;
use std::time::Instant;

use anyhow::Context;
use stats::bootstrap::mean_from_moments;
use stats::compare::compare_with;
use stats::resample::Plan;
use stats::{ComparisonOptions, Degenerate, Method};

use crate::table::{Table, median};

const CONTESTANTS: usize = 5;
const RUNS: usize = 1000;
const METRICS: usize = 3;
const RESAMPLES: usize = 5000;

/// What the predecessor took for the same work, recorded once on another machine.
const PREDECESSOR_SECONDS: f64 = 4.6;

/// The same work in scipy: 15 BCa intervals and ten Welch tests; it has no interval of Cohen's d, so a plain
/// percentile loop in numpy stands in for it.
const SCIPY: &str = r"
import time, numpy as np
from scipy import stats
rng = np.random.default_rng(0)
data = [[500 + 10 * c + rng.exponential(200, 1000) for _ in range(3)] for c in range(5)]
def d(a, b):
    return (a.mean(-1) - b.mean(-1)) / np.sqrt((a.var(-1, ddof=1) + b.var(-1, ddof=1)) / 2)
start = time.perf_counter()
for metrics in data:
    for column in metrics:
        stats.bootstrap((column,), np.mean, n_resamples=5000, method='BCa', random_state=0)
for i in range(5):
    for j in range(i + 1, 5):
        a, b = data[i][0], data[j][0]
        stats.ttest_ind(a, b, equal_var=False)
        values = [d(rng.choice(a, 1000), rng.choice(b, 1000)) for _ in range(5000)]
        np.quantile(values, [.025, .975])
print(time.perf_counter() - start)
";

pub(crate) fn rows(table: &mut Table) -> anyhow::Result<()> {
    let data: Vec<Vec<Vec<f64>>> = (0..CONTESTANTS).map(contestant).collect();
    let times: Result<Vec<f64>, anyhow::Error> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let width = work(&data).map_err(|case| anyhow::anyhow!("degenerate data: {case:?}"))?;
            anyhow::ensure!(width > 0.0, "the work was not done");
            Ok(start.elapsed().as_secs_f64())
        })
        .collect();
    let ours = median(times?);
    let (reference, seconds) = match scipy() {
        Ok(seconds) => (format!("scipy {seconds:.2} s"), seconds),
        Err(_) => (format!("predecessor {PREDECESSOR_SECONDS} s (recorded)"), PREDECESSOR_SECONDS),
    };
    table.row(
        "15 BCa intervals, 10 Welch pairs with d intervals",
        &format!("{ours:.3} s"),
        &reference,
        ours / seconds,
        "0.25 s",
    );
    Ok(())
}

fn work(data: &[Vec<Vec<f64>>]) -> Result<f64, Degenerate> {
    let plan = Plan { resamples: RESAMPLES, seed: 0 };
    let mut widths = 0.0;
    let mut drawn = Vec::new();
    for (stream, columns) in data.iter().enumerate() {
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let moments = plan.moments(stream as u32, &slices)?;
        for (column, moments) in slices.iter().zip(&moments) {
            widths += mean_from_moments(column, moments, Method::Bca, 0.95)?.interval.width();
        }
        drawn.push(moments);
    }
    for i in 0..data.len() {
        for j in i + 1..data.len() {
            let (a, b) = (&data[i][0], &data[j][0]);
            let comparison = compare_with(a, b, &ComparisonOptions::default(), |effect| {
                effect.standardised_interval((a, &drawn[i][0]), (b, &drawn[j][0]), Method::Bca, 0.95)
            });
            widths += comparison.effect_interval.map_or(0.0, |effect| effect.interval.width());
        }
    }
    Ok(widths)
}

fn scipy() -> anyhow::Result<f64> {
    let output = Command::new("python3").args(["-c", SCIPY]).output()?;
    anyhow::ensure!(output.status.success(), "scipy is not installed");
    String::from_utf8(output.stdout)?.trim().parse().context("no figure")
}

/// Columns that look like latency, tokens and cost: skewed, all different.
fn contestant(number: usize) -> Vec<Vec<f64>> {
    (0..METRICS)
        .map(|metric| {
            let mut state = (number * METRICS + metric) as u64 + 1;
            (0..RUNS)
                .map(|_| {
                    // SplitMix64: any even spread of values will do here.
                    state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                    let mut z = state;
                    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                    let uniform = ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
                    500.0 + 10.0 * number as f64 - 200.0 * (1.0 - uniform).ln()
                })
                .collect()
        })
        .collect()
}
