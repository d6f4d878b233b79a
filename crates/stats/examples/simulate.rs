//! Simulates how often intervals cover the truth and how often tests find what is not there, and
//! prints the tables of docs/statistics.md. Fixed seeds: every run prints the same.
//!
//! `cargo run --release -p stats --example simulate`

#![allow(clippy::print_stdout, reason = "the output of the example")]

#[path = "../tests/simulation/mod.rs"]
mod simulation;

use simulation::{Distribution, coverage, error_rates, rate_coverage, sequential_errors};
use stats::rate::RateMethod;

/// Simulated samples per cell; the standard error of 95 % is then 0.34 points.
const RUNS: usize = 4_000;
const RESAMPLES: usize = 1_000;
/// Simulated pairs of samples per test; the standard error of 5 % is then 0.15 points.
const TESTED_RUNS: usize = 20_000;

fn main() {
    println!("### Coverage of nominal 95 % intervals of a mean, per cent\n");
    println!("| Distribution | n | t | BCa | percentile | basic | studentised |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for distribution in Distribution::ALL {
        for n in [5, 10, 20, 50, 100] {
            let cells: Vec<String> = coverage(distribution, n, RUNS, RESAMPLES)
                .iter()
                .map(|share| share.map_or("none".to_owned(), percent))
                .collect();
            println!("| {} | {n} | {} |", distribution.name(), cells.join(" | "));
        }
    }

    println!("\n### Exact coverage of nominal 95 % intervals of a rate, per cent\n");
    println!("| n | rate | Wilson | Clopper-Pearson | Jeffreys | Beta-Binomial | (Wald) |");
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for n in [10, 20, 50, 200] {
        for rate in [0.5, 0.8, 0.9, 0.95] {
            let methods =
                [RateMethod::Wilson, RateMethod::ClopperPearson, RateMethod::Jeffreys, RateMethod::BetaBinomial];
            let mut cells: Vec<String> =
                methods.iter().map(|method| percent(rate_coverage(n, rate, *method))).collect();
            cells.push(percent(simulation::wald_coverage(n, rate)));
            println!("| {n} | {rate} | {} |", cells.join(" | "));
        }
    }

    println!("\n### False positives of tests at 5 %, per cent\n");
    println!("| Distribution | n | Welch | Mann-Whitney | permutation | paired t | Wilcoxon | sign flip |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for distribution in Distribution::ALL {
        for n in [5, 10, 30] {
            let cells: Vec<String> =
                error_rates(distribution, n, TESTED_RUNS).iter().map(|share| percent(*share)).collect();
            println!("| {} | {n} | {} |", distribution.name(), cells.join(" | "));
        }
    }

    println!("\n### False positives of McNemar's test and Tango's interval at 5 %, per cent\n");
    println!("| n | discordant | exact | mid-p | corrected | uncorrected | Tango excludes 0 |");
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for n in [20, 50, 200] {
        for discordant in [0.1, 0.3] {
            let cells: Vec<String> =
                simulation::mcnemar_errors(n, discordant).iter().map(|share| percent(*share)).collect();
            println!("| {n} | {discordant} | {} |", cells.join(" | "));
        }
    }

    println!("\n### False positives when looking after every item, nominal 5 %, per cent\n");
    println!("| Evidence | ever rejects within 200 items |");
    println!("|---|---:|");
    let errors = sequential_errors(RUNS);
    println!("| e-process, uniform mixture | {} |", percent(errors.uniform));
    println!("| e-process, Krichevsky-Trofimov | {} |", percent(errors.krichevsky_trofimov));
    println!("| confidence sequence excludes 0 | {} |", percent(errors.confidence_sequence));
    println!("| exact McNemar repeated at every look | {} |", percent(errors.repeated_mcnemar));
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}
