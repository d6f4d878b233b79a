//! The published schema is fresh, accepts what is written and refuses what is not.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod common;

use std::path::PathBuf;

use common::Fixture;
use evals::analysis::analyse;
use evals::analysis::verdict::verdicts;
use report::document::Document;
use report::format::Format;
use report::json::{self, Json};
use serde_json::{Value, json};

fn written(fixture: &Fixture) -> Value {
    let text = Json.to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// `MODELARIUM_UPDATE=1 cargo test -p report` writes it anew.
#[test]
fn the_published_schemas_are_fresh() {
    for (name, schema) in json::schema_texts().unwrap() {
        let file = format!("docs/schema/{name}.schema.json");
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(&file);
        if std::env::var_os("MODELARIUM_UPDATE").is_some() {
            report::file::write_atomic(&path, schema.as_bytes(), true).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(published == schema, "{file} is stale: run MODELARIUM_UPDATE=1 cargo test -p report --test schema");
    }
}

#[test]
fn everything_that_is_written_is_valid() {
    let validator = jsonschema::validator_for(&json::schema()).unwrap();
    let fixtures: [fn() -> Fixture; 8] = [
        Fixture::plain,
        Fixture::hostile,
        Fixture::many,
        Fixture::suite,
        Fixture::pairwise,
        Fixture::checked_comparison,
        Fixture::hostile_suite,
        || Fixture::large_suite(20),
    ];
    for fixture in fixtures {
        let fixture = fixture();
        let errors: Vec<String> = validator
            .iter_errors(&written(&fixture))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

/// The fixtures' figures are chosen; these are the ones that analysis finds in the same records.
#[test]
fn what_analysis_makes_of_the_records_is_valid() {
    let validator = jsonschema::validator_for(&json::schema()).unwrap();
    for Fixture { analysis: chosen, .. } in [Fixture::plain(), Fixture::hostile(), Fixture::many()] {
        let planned: Vec<_> = chosen.rows.iter().map(|row| row.call).collect();
        let analysis = analyse(&chosen.header, &planned, chosen.rows, chosen.end, chosen.machine);
        let verdicts = verdicts(&analysis);
        assert!(!verdicts.is_empty());
        let output = written(&Fixture { analysis, verdicts });
        let errors: Vec<String> =
            validator.iter_errors(&output).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        for test in output["significance_tests"].as_array().unwrap() {
            assert_eq!(test["p_value"].is_null(), !matches!(test["status"].as_str().unwrap(), "tested" | "trivial"));
        }
    }
}

#[test]
fn what_is_never_written_is_invalid() {
    let validator = jsonschema::validator_for(&json::schema()).unwrap();
    let spoiled: &[(&str, Value)] = &[
        ("/results/0/outcome", json!("ok")),
        ("/results/0/outcome", Value::Null),
        ("/results/0/latency_ms", json!("fast")),
        ("/results/0/cost_kind", json!("cheap")),
        ("/results/0/error_kind", json!("bad")),
        ("/results/0/retries", json!(-1)),
        ("/results/0/attempts/0/billing", Value::Null),
        ("/stats_by_cell/0/n_runs", Value::Null),
        ("/stats_by_cell/0/metrics/0/mean_ci_status", json!("maybe")),
        ("/significance_tests/0/status", json!("unsure")),
        ("/significance_tests/0/significant_at_threshold", json!("yes")),
        ("/run_end", json!("crashed")),
        ("/results", json!({})),
    ];
    for (pointer, value) in spoiled {
        let mut output = written(&Fixture::plain());
        *output.pointer_mut(pointer).unwrap() = value.clone();
        assert!(!validator.is_valid(&output), "{pointer} = {value}");
    }
}

#[test]
fn what_is_never_written_of_scores_is_invalid() {
    let validator = jsonschema::validator_for(&json::schema()).unwrap();
    let spoiled: &[(&str, Value)] = &[
        ("/gate/status", json!("maybe")),
        ("/total_assertions", json!(-1)),
        ("/pass_rate", json!("all")),
        ("/judge_trust", json!([])),
        ("/scoring", Value::Null),
        ("/results/0/assertions/0/passed", json!("yes")),
        ("/results/0/assertions/0/error_kind", json!("unlucky")),
        ("/results/0/judges/0/outcome", json!("ok")),
        ("/results/0/judges/0/risk_level", json!("high")),
        ("/results/0/hallucination_risk", json!("low")),
        ("/results/0/hallucination/markers", Value::Null),
        ("/judge_results/0/cost_kind", json!("cheap")),
        ("/mcnemar_tests/0/correction_method", json!("luck")),
        ("/prompts/0/checks/0", json!("contains")),
        ("/contestants/0/price_sheet", Value::Null),
    ];
    for (pointer, value) in spoiled {
        let mut output = written(&Fixture::suite());
        *output.pointer_mut(pointer).unwrap() = value.clone();
        assert!(!validator.is_valid(&output), "{pointer} = {value}");
    }
}

#[test]
fn lesson_23_every_field_is_required() {
    let validator = jsonschema::validator_for(&json::schema()).unwrap();
    let output = written(&Fixture::suite());
    for parent in [
        "",
        "/gate",
        "/judge_calls",
        "/judge_results/0",
        "/mcnemar_tests/0",
        "/hallucination",
        "/prompts/0",
        "/contestants/0",
        "/contestants/0/scores",
        "/results/0/assertions/0",
        "/results/0/judges/0",
        "/results/0/hallucination",
        "/results/17/hallucination/markers/0",
        "/results/0",
        "/results/0/attempts/0",
        "/stats_by_cell/0",
        "/methodology",
        "/budget",
    ] {
        let keys: Vec<String> = output.pointer(parent).unwrap().as_object().unwrap().keys().cloned().collect();
        for key in keys {
            let mut without = output.clone();
            without.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(&key);
            assert!(!validator.is_valid(&without), "{parent}/{key} may be absent");
        }
    }
}

/// The predecessor's names (6.1 and 6.2 of its fact sheet): existing recipes must find them.
#[test]
fn the_predecessors_field_names_are_kept() {
    let output = written(&Fixture::plain());
    let check = |parent: &str, names: &str| {
        let object = output.pointer(parent).unwrap().as_object().unwrap();
        for name in names.split_whitespace() {
            assert!(object.contains_key(name), "{parent}/{name}");
        }
    };
    check(
        "",
        "version pricing_as_of total_cost_usd total_results failed_results refused_results cancelled_results models_without_temperature significance_temperature_mixed total_runs results started_at run_id experiment_key invocation stats_by_cell significance_tests methodology",
    );
    check("/invocation", "command models temperatures system_prompts");
    check(
        "/results/0",
        "prompt_id prompt system model provider temperature latency_ms ttft_ms input_tokens output_tokens cached_tokens cost_usd cancelled output error retries refused stop_reason stop_category assertions run_index",
    );
    check(
        "/stats_by_cell/0",
        "model temperature system n_runs n_succeeded n_refused n_failed n_cancelled latency_mean_ms latency_stdev_ms latency_cv output_tokens_mean cost_total_usd unique_outputs mode_output mode_count output_diversity",
    );
    for metric in ["latency_ms", "output_tokens", "cost_usd"] {
        check("/stats_by_cell/0", &format!("{metric}_ci_low {metric}_ci_high {metric}_ci_level {metric}_ci_n"));
    }
    check(
        "/significance_tests/0",
        "model_a model_b metric n_a n_b mean_a mean_b stdev_a stdev_b test_used test_statistic degrees_of_freedom p_value p_value_corrected correction_method n_comparisons effect_size effect_size_metric effect_size_interpretation threshold significant_at_threshold n_pairs_untestable n_refused_a n_refused_b effect_size_ci_low effect_size_ci_high bootstrap_method bootstrap_resamples bootstrap_seed",
    );
    check("/methodology", "tool_version n_runs bootstrap significance");
    check("/methodology/bootstrap", "enabled produced_intervals method n_resamples ci_level seed");
    check("/methodology/significance", "enabled test correction threshold");
}
