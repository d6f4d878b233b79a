//! Simulates how often intervals cover the truth and how often tests find what is not there, and
//! prints the tables of docs/statistics.md. Fixed seeds: every run prints the same.
//!
//! `cargo run --release -p stats --example simulate`

#![allow(clippy::print_stdout, reason = "the output of the example")]

#[path = "../tests/simulation/mod.rs"]
mod simulation;

use simulation::judging::{calibration_coverage, ranking_coverage, repeated_coverage, simultaneous_coverage};
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

    println!(
        "\n### Coverage of nominal 95 % intervals of a difference of pass rates, items run several times, per cent\n"
    );
    println!("| items | runs | pass rate | Tango for repeats | t of item differences |");
    println!("|---:|---:|---:|---:|---:|");
    for (ease, rate) in [(0.3, "0.6"), (1.5, "0.85"), (2.5, "0.95")] {
        for items in [10, 20, 50] {
            for runs in [1, 3, 10] {
                let cells = repeated_coverage(items, runs, ease, RUNS).map(percent);
                println!("| {items} | {runs} | {rate} | {} |", cells.join(" | "));
            }
        }
    }

    println!("\n### Coverage of nominal 95 % intervals of a pass rate from labels and a judge, per cent\n");
    println!("| labels | rate | labels alone | PPI++ | Rogan-Gladen |");
    println!("|---:|---:|---:|---:|---:|");
    for rate in [0.7, 0.9] {
        for labels in [20, 50, 100, 200] {
            let cells = calibration_coverage(labels, rate, RUNS).map(percent);
            println!("| {labels} | {rate} | {} |", cells.join(" | "));
        }
    }

    println!("\n### Chance that all of several nominal 95 % intervals cover, per cent\n");
    println!("| differences | items | distribution | largest statistic | Bonferroni t |");
    println!("|---:|---:|---|---:|---:|");
    for skewed in [false, true] {
        for columns in [1, 3, 10] {
            for items in [10, 30, 100] {
                let cells = simultaneous_coverage(columns, items, skewed, RUNS).map(percent);
                let name = if skewed { "log-normal, sigma 1" } else { "normal" };
                println!("| {columns} | {items} | {name} | {} |", cells.join(" | "));
            }
        }
    }

    println!("\n### Coverage of nominal 95 % intervals of Bradley-Terry strengths, per cent\n");
    println!("| items | spread by item | likelihood | clustered by item | bootstrap over items |");
    println!("|---:|---:|---:|---:|---:|");
    for spread in [0.0, 1.0] {
        for items in [10, 30, 100] {
            let cells = ranking_coverage(items, spread, RUNS / 4).map(percent);
            println!("| {items} | {spread} | {} |", cells.join(" | "));
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}
