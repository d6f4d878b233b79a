//! Migration checks.

use evals::decision::migration::{MigrationError, migration};
use evals::decision::{DecisionOptions, GateAnswer, Measure};
use evals::record::{CallCost, Omission};
use llm::money::Usd;
use llm::outcome::Outcome;

use crate::fixtures::{change, close, run};

fn omission(parameter: &str) -> Omission {
    Omission { parameter: parameter.to_owned(), requested: "0.7".to_owned(), reason: "not taken".to_owned() }
}

#[test]
fn a_new_tokenizer_shows_in_tokens_and_cost_and_quality_holds() {
    let mut analysis = run(&["old", "new"], 200, 1);
    analysis.header.contestants[0].omitted = vec![omission("seed")];
    analysis.header.contestants[1].omitted = vec![omission("seed"), omission("temperature")];
    for contestant in [0, 1] {
        change(&mut analysis, contestant, |at, row, scored| {
            let factor = if contestant == 1 { 1.3 } else { 1.0 };
            let tokens = (100.0 + (at % 17) as f64 * 10.0) * factor;
            row.answer.usage.input = Some(tokens as u64);
            row.answer.usage.output = Some((tokens * 2.0) as u64);
            row.cost = CallCost::Known(Usd::from_f64(tokens * 55e-6).unwrap());
            row.timing.latency_ms =
                Some(500.0 + (at * 7 % 31) as f64 + if contestant == 1 { (at % 5) as f64 - 2.0 } else { 0.0 });
            scored.passed = if at % 20 == 0 { 1 } else { 2 };
            if contestant == 1 && at % 50 == 3 {
                row.outcome = Outcome::Refused;
            }
        });
    }
    let report = migration(&analysis, "old", "new", 0.02, &DecisionOptions::default()).unwrap();
    let names: Vec<&str> = report.refused_parameters.iter().map(|one| one.parameter.as_str()).collect();
    assert_eq!(names, ["temperature", "seed"]);
    assert_eq!(report.quality_metric, Some(Measure::Pass));
    close(report.quality.as_ref().unwrap().estimate, 0.0, 1e-12);
    let of = |measure: Measure| report.changes.iter().find(|change| change.metric == measure).unwrap();
    let input = of(Measure::InputTokens);
    close(input.ratio.unwrap().value, 1.3, 0.01);
    assert!(input.changed && input.ratio.unwrap().ci_low.unwrap() > 1.25);
    close(of(Measure::CostUsd).ratio.unwrap().value, 1.3, 0.001);
    assert!(of(Measure::CostUsd).changed && of(Measure::CostUsd).difference.value.unwrap() > 0.0);
    assert!(!of(Measure::LatencyMs).changed, "{:?}", of(Measure::LatencyMs));
    let refused = of(Measure::Refused);
    close(refused.difference.value, 0.02, 1e-12);
    assert!(refused.ratio.is_none() && refused.difference.ci_low.is_some());
    // Four refusals have no verdict; whether they would have passed can change the answer.
    assert_eq!(report.answer(), GateAnswer::Inconclusive);
    assert!(report.quality.unwrap().reason.contains("no value"));
}

#[test]
fn clearly_worse_fails_and_clearly_equal_passes() {
    let mut analysis = run(&["old", "new"], 300, 1);
    for contestant in [0, 1] {
        change(&mut analysis, contestant, |at, _, scored| scored.passed = if at % 10 == 0 { 1 } else { 2 });
    }
    let check = |analysis: &_, margin| migration(analysis, "old", "new", margin, &DecisionOptions::default()).unwrap();
    assert_eq!(check(&analysis, 0.02).answer(), GateAnswer::Passes);
    let open = check(&analysis, 0.001);
    assert_eq!(open.answer(), GateAnswer::Inconclusive);
    assert!(open.quality.unwrap().needed_runs.is_some());
    change(&mut analysis, 1, |at, _, scored| scored.passed = if at % 4 == 0 { 1 } else { 2 });
    assert_eq!(check(&analysis, 0.02).answer(), GateAnswer::Fails);
}

#[test]
fn what_is_no_migration_is_said() {
    let analysis = run(&["old", "new"], 5, 1);
    let fault =
        |from: &str, to: &str, margin| migration(&analysis, from, to, margin, &DecisionOptions::default()).unwrap_err();
    assert!(fault("olb", "new", 0.02).to_string().contains("It has: old, new."));
    assert!(matches!(fault("old", "old", 0.02), MigrationError::Same { .. }));
    assert!(fault("old", "new", f64::NAN).to_string().contains("is no margin"));
}
