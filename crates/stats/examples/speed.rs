//! Times the load of a large comparison: 5 contestants with 1,000 runs each, BCa intervals of
//! three metrics, and Welch's test with an interval of Cohen's d for all ten pairs, from 5,000
//! resamples.
//!
//! `cargo run --release -p stats --example speed`

#![allow(clippy::print_stdout, reason = "the output of the example")]

use std::time::Instant;

use stats::bootstrap::mean_from_moments;
use stats::compare::compare_with;
use stats::resample::Plan;
use stats::{BootstrapOptions, ComparisonOptions, Degenerate, Method, compare};

fn main() -> Result<(), Degenerate> {
    let contestants: Vec<Vec<Vec<f64>>> = (0..5).map(contestant).collect();

    let started = Instant::now();
    let mut checksum = 0.0;
    for columns in &contestants {
        for column in columns {
            let interval = stats::bootstrap::mean(column, &BootstrapOptions::default())?.interval;
            checksum += interval.width();
        }
    }
    for i in 0..5 {
        for j in i + 1..5 {
            let options = ComparisonOptions::default();
            let comparison = compare(&contestants[i][0], &contestants[j][0], &options);
            checksum += comparison.effect_interval.map_or(0.0, |effect| effect.interval.width());
        }
    }
    println!("each interval by itself: {:?} (checksum {checksum:.6})", started.elapsed());

    let started = Instant::now();
    let mut checksum = 0.0;
    let plan = Plan { resamples: 5_000, seed: 0 };
    let mut moments = Vec::new();
    for (stream, columns) in contestants.iter().enumerate() {
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let of_columns = plan.moments(stream as u32, &slices)?;
        for (column, moments) in slices.iter().zip(&of_columns) {
            checksum += mean_from_moments(column, moments, Method::Bca, 0.95)?.interval.width();
        }
        moments.push(of_columns);
    }
    for i in 0..5 {
        for j in i + 1..5 {
            let (a, b) = (&contestants[i][0], &contestants[j][0]);
            let comparison = compare_with(a, b, &ComparisonOptions::default(), |effect| {
                effect.standardised_interval((a, &moments[i][0]), (b, &moments[j][0]), Method::Bca, 0.95)
            });
            checksum += comparison.effect_interval.map_or(0.0, |effect| effect.interval.width());
        }
    }
    println!("resamples shared:        {:?} (checksum {checksum:.6})", started.elapsed());
    Ok(())
}

/// Three columns that look like latency, cost and tokens.
fn contestant(number: u32) -> Vec<Vec<f64>> {
    let noise =
        |i: u32, salt: u32| f64::from((i.wrapping_mul(2_654_435_761) ^ salt.wrapping_mul(40_503)) % 10_007) / 10_007.0;
    (0..3)
        .map(|metric| {
            (0..1_000)
                .map(|i| {
                    let uniform = noise(i + 1_000 * number, metric + 7 * number);
                    500.0 + 10.0 * f64::from(number) - 200.0 * (1.0 - uniform).ln()
                })
                .collect()
        })
        .collect()
}
