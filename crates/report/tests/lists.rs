//! The history list and the dry run.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod common;

use common::{Fixture, HOSTILE};
use evals::analysis::planning::DetectableEffect;
use evals::plan::{ContestantForecast, Forecast, Pricing};
use evals::record::RunEnd;
use evals::store::RunSummary;
use llm::money::Usd;
use report::dry_run::DryRun;
use report::history;
use report::style;
use report::text::width;

fn runs() -> Vec<RunSummary> {
    let run = RunSummary {
        run_id: "0a1b2c3d-1111-4222-8333-444455556666".to_owned(),
        started_at: "2026-11-22T14:00:00Z".to_owned(),
        command: "compare".to_owned(),
        experiment_key: "0123456789abcdef".to_owned(),
        end: RunEnd::Finished,
        planned: 30,
        recorded: 30,
        cost: Usd::from_pico(4_560_000_000),
        without_cost: 0,
        contestants: vec!["gpt-4o-mini".to_owned(), "claude-haiku-4-5".to_owned()],
        prompt: "Name the capital of France.".to_owned(),
    };
    let stopped = RunSummary {
        run_id: "ffffffff-1111-4222-8333-444455556666".to_owned(),
        end: RunEnd::Interrupted,
        recorded: 12,
        without_cost: 2,
        prompt: HOSTILE.to_owned(),
        ..run.clone()
    };
    vec![run, stopped]
}

#[test]
fn history_for_people() {
    let table = style::strip(&history::table(&runs(), 100));
    insta::assert_snapshot!(table);
    for columns in 1..120 {
        let table = style::strip(&history::table(&runs(), columns));
        assert!(table.lines().all(|line| width(line) <= columns), "{columns} columns");
    }
}

#[test]
fn history_for_scripts_lists_whole_run_ids() {
    let mut json = vec![];
    history::json(&runs(), &mut json).unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(rows[0]["run_id"], "0a1b2c3d-1111-4222-8333-444455556666");
    assert_eq!(rows[1]["run_end"], "interrupted");
    assert_eq!(rows[1]["prompt"], HOSTILE);
}

#[test]
fn a_dry_run_names_expected_and_worst_cost_and_what_it_could_find() {
    let fixture = Fixture::hostile();
    let forecast = |name: &str, pricing, expected: Option<f64>, worst: Option<f64>| ContestantForecast {
        name: name.to_owned(),
        calls: 10,
        pricing,
        expected_output_tokens: 400.0,
        from_history: false,
        expected: expected.and_then(Usd::from_f64),
        worst: worst.and_then(Usd::from_f64),
    };
    let forecast = Forecast {
        calls: 40,
        expected: Usd::from_pico(2_400_000_000),
        worst: Usd::from_f64(0.0412),
        judges: vec![],
        contestants: vec![
            forecast("gpt-4o-mini", Pricing::Priced, Some(0.0024), Some(0.0412)),
            forecast("embedded/smollm2-135m", Pricing::Free, Some(0.0), Some(0.0)),
            forecast("nemotron-4", Pricing::Unpriced, None, None),
            forecast(HOSTILE, Pricing::Priced, Some(0.0), None),
        ],
    };
    let detectable = Some(DetectableEffect { pairs: 3, runs: 10, alpha: 0.0167, cohens_d: 1.624 });
    let plan = DryRun { header: &fixture.analysis.header, forecast: &forecast, detectable };
    insta::assert_snapshot!(style::strip(&plan.terminal(80)));
    let mut json = vec![];
    plan.json(&mut json).unwrap();
    let row: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(row["worst_cost_usd"], 0.0412);
    assert_eq!(row["contestants"][1]["pricing"], "free");
    assert_eq!(row["contestants"][2]["pricing"], "unpriced");
    assert!(row["contestants"][2]["worst_cost_usd"].is_null());
    assert_eq!(row["detectable_effect_d"], 1.624);
    for columns in [20, 40, 60, 80, 120] {
        assert!(style::strip(&plan.terminal(columns)).lines().all(|line| width(line) <= columns), "{columns} columns");
    }
}

#[test]
fn a_dry_run_of_a_judged_suite_names_items_checks_and_the_judges_part() {
    let fixture = Fixture::suite();
    let forecast = |name: &str, calls, expected: f64| ContestantForecast {
        name: name.to_owned(),
        calls,
        pricing: Pricing::Priced,
        expected_output_tokens: 120.0,
        from_history: true,
        expected: Usd::from_f64(expected),
        worst: Usd::from_f64(expected * 10.0),
    };
    let forecast = Forecast {
        calls: 54,
        expected: Usd::from_pico(5_000_000_000),
        worst: Usd::from_f64(0.05),
        contestants: vec![forecast("gpt-4o-mini", 9, 0.001), forecast("gemini-3.8-flash", 9, 0.001)],
        judges: vec![forecast("claude-haiku-4-5", 18, 0.001), forecast(HOSTILE, 18, 0.002)],
    };
    let plan = DryRun { header: &fixture.analysis.header, forecast: &forecast, detectable: None };
    let text = style::strip(&plan.terminal(80));
    for line in [
        "• 3 items with 5 checks.",
        "• 54 calls, 3 runs each; expected cost $0.00500, at most $0.0500 without",
        "• Of these, 36 calls to 2 judges, expected cost $0.00300; an answer that is",
        "judge claude-haiku-4-5",
    ] {
        assert!(text.lines().any(|one| one.starts_with(line)), "{line}\n{text}");
    }
    let mut json = vec![];
    plan.json(&mut json).unwrap();
    let row: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!((&row["items"], &row["checks"]), (&3.into(), &5.into()));
    assert_eq!(row["judges"][0]["calls"], 18);
    assert_eq!(row["judges"][1]["name"], HOSTILE);
    for columns in [20, 40, 60, 80, 120] {
        assert!(style::strip(&plan.terminal(columns)).lines().all(|line| width(line) <= columns), "{columns} columns");
    }
}
