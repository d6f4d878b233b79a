//! Published per-item results of real models, through the real path: table, scores, decision.

use evals::decision::table::{self, Form};
use evals::decision::{DecisionOptions, Measure, PairStatus, decide_scores};

use crate::fixtures::{close, shared};

/// Means and standard errors of the AlpacaEval 2 leaderboard, in percent.
const ALPACA: [(&str, f64, f64); 3] = [
    ("FuseChat-Llama-3.1-8B-Instruct", 63.33158292, 1.42250698),
    ("claude-2.1", 15.73350674, 1.12031587),
    ("vicuna-7b-v1.5", 4.79749394, 0.66559607),
];

#[test]
fn alpaca_eval_means_and_errors_reproduce() {
    let Some(bytes) = shared("alpaca_eval_means_and_errors_reproduce", "alpaca_eval2_preferences.csv") else { return };
    let table = table::read(&bytes).unwrap();
    assert_eq!((table.form, table.items.len(), table.contestants.len(), table.is_binary), (Form::Wide, 805, 8, false));
    let decision = decide_scores(&table.scores(), &DecisionOptions { resamples: 999, ..DecisionOptions::default() });
    assert_eq!((decision.primary, decision.comparisons.len()), (Some(Measure::Score), 28));
    for (name, mean, error) in ALPACA {
        let found = decision.contestants.iter().find(|arm| arm.name == name).unwrap();
        close(found.primary.mean, mean / 100.0, 6e-11);
        close(found.primary.standard_error, error / 100.0, 6e-11);
        assert_eq!((found.primary.n_items, found.primary.n_missing), (805, 0));
    }
    // The other five against the plain formula: mean and sd/√n over the column.
    for (place, arm) in decision.contestants.iter().enumerate() {
        let column: Vec<f64> = table
            .answers
            .iter()
            .filter(|answer| answer.contestant == place)
            .filter_map(|answer| answer.score)
            .collect();
        let n = column.len() as f64;
        let mean = column.iter().sum::<f64>() / n;
        let error = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
        close(arm.primary.mean, mean, 1e-12);
        close(arm.primary.standard_error, error, 1e-12);
    }
    assert_eq!(decision.tied_best, ["FuseChat-Llama-3.1-8B-Instruct"]);
    close(decision.contestants[7].p_best, 1.0, 0.0);
}

#[test]
fn all_pairs_of_the_tool_use_results_reproduce() {
    let test = "all_pairs_of_the_tool_use_results_reproduce";
    let Some(bytes) = shared(test, "langchain_data_tool_use_FULL.csv") else { return };
    let Some(reference) = shared(test, "langchain_tool_use_reference.csv") else { return };
    let table = table::read(&bytes).unwrap();
    assert_eq!((table.items.len(), table.contestants.len(), table.is_binary), (20, 9, true));
    let decision = decide_scores(&table.scores(), &DecisionOptions::default());
    let mut reader = csv::Reader::from_reader(&reference[..]);
    let mut rows = 0;
    for (row, pair) in reader.records().map(Result::unwrap).zip(&decision.comparisons) {
        let number = |at: usize| row[at].parse::<f64>().unwrap();
        assert_eq!((&row[0], &row[1]), (pair.a.as_str(), pair.b.as_str()));
        assert_eq!((pair.metric, pair.n_items, pair.n_runs), (Measure::Pass, 20, 1));
        assert_eq!((pair.method.as_str(), pair.test.as_str()), ("tango", "mcnemar_exact"));
        close(pair.p_value, number(4), 6e-7);
        close(pair.difference, number(5), 1e-12);
        // The effect size is the difference over the deviation, so the paired error can be read back from it.
        match pair.effect_size {
            Some(effect) => close((number(5) / effect / 20_f64.sqrt()).abs(), number(6), 6e-7),
            None => assert_eq!(number(6), 0.0),
        }
        let (low, high) = (pair.ci_low.unwrap(), pair.ci_high.unwrap());
        assert!(low <= number(5) && number(5) <= high);
        assert_eq!(pair.status, PairStatus::Tested);
        assert!(pair.p_value_corrected >= pair.p_value);
        rows += 1;
    }
    assert_eq!((rows, decision.comparisons.len()), (36, 36));
    // Wilson's 20 of 20 and 12 of 20.
    let of = |name: &str| &decision.contestants.iter().find(|arm| arm.name == name).unwrap().primary;
    assert_eq!(of("claude-2.1").method, "wilson");
    close(of("claude-2.1").ci_low, 0.838_869, 1e-5);
    close(of("claude-2.1").ci_high, 1.0, 0.0);
    assert_eq!(decision.tied_best, ["claude-2.1", "gpt-4-1106-preview (functions)"]);
}

#[test]
fn tau_bench_pass_hat_k_and_clustered_error_reproduce() {
    let Some(bytes) = shared("tau_bench_pass_hat_k_and_clustered_error_reproduce", "tau_bench_gpt-4o-airline.csv")
    else {
        return;
    };
    let table = table::read(&bytes).unwrap();
    assert_eq!((table.form, table.items.len(), table.answers.len()), (Form::Long, 50, 200));
    let decision = decide_scores(&table.scores(), &DecisionOptions::default());
    let arm = &decision.contestants[0];
    assert_eq!((arm.n_runs, arm.primary.n_items, arm.primary.metric), (4, 50, Measure::Pass));
    for (found, expected) in arm.pass_hat_k.iter().zip([0.42, 0.273_333_333, 0.22, 0.2]) {
        close(*found, expected, 1e-9);
    }
    assert_eq!((arm.pass_hat_k.len(), arm.pass_at_k.len()), (4, 4));
    close(arm.primary.standard_error, 0.05222, 5e-6);
    // The naive error of 200 independent runs would be .0349; the interval must not be that narrow.
    let width = arm.primary.ci_high.unwrap() - arm.primary.ci_low.unwrap();
    assert!(width > 2.0 * 1.96 * 0.045, "{width}");
}
