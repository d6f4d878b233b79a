//! The contract for scripts: names, nulls, units, bytes and streams.

use std::io::Read;

use scripted_server::{Pace, Response, Script, Tokens};
use serde_json::{Value, json};

use crate::support::*;

/// Checks a payload against the schema that the command prints.
#[track_caller]
pub(crate) fn holds_to_the_schema(payload: &Value) {
    let schema = Workbench::polite().run("schema").expect(0).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> =
        validator.iter_errors(payload).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

/// Names that existing scripts read, from the predecessor's payload.
const TOP: &[&str] = &[
    "version",
    "pricing_as_of",
    "total_cost_usd",
    "total_results",
    "failed_results",
    "refused_results",
    "cancelled_results",
    "models_without_temperature",
    "significance_temperature_mixed",
    "total_runs",
    "results",
    "started_at",
    "run_id",
    "experiment_key",
    "invocation",
    "stats_by_cell",
    "significance_tests",
    "methodology",
];
const ROW: &[&str] = &[
    "prompt_id",
    "prompt",
    "system",
    "model",
    "provider",
    "temperature",
    "latency_ms",
    "ttft_ms",
    "ttfo_ms",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cost_usd",
    "cancelled",
    "output",
    "error",
    "error_kind",
    "outcome",
    "retries",
    "attempts",
    "refused",
    "stop_reason",
    "stop_category",
    "assertions",
    "run_index",
];
const CELL: &[&str] = &[
    "model",
    "temperature",
    "system",
    "n_runs",
    "n_succeeded",
    "n_refused",
    "n_failed",
    "n_cancelled",
    "latency_mean_ms",
    "latency_stdev_ms",
    "latency_cv",
    "output_tokens_mean",
    "cost_total_usd",
    "unique_outputs",
    "mode_output",
    "mode_count",
    "output_diversity",
    "latency_ms_ci_low",
    "latency_ms_ci_high",
    "latency_ms_ci_level",
    "latency_ms_ci_n",
    "output_tokens_ci_low",
    "output_tokens_ci_high",
    "output_tokens_ci_level",
    "output_tokens_ci_n",
    "cost_usd_ci_low",
    "cost_usd_ci_high",
    "cost_usd_ci_level",
    "cost_usd_ci_n",
];
const TEST: &[&str] = &[
    "model_a",
    "model_b",
    "metric",
    "n_a",
    "n_b",
    "mean_a",
    "mean_b",
    "stdev_a",
    "stdev_b",
    "test_used",
    "test_statistic",
    "degrees_of_freedom",
    "p_value",
    "p_value_corrected",
    "correction_method",
    "n_comparisons",
    "effect_size",
    "effect_size_metric",
    "effect_size_interpretation",
    "threshold",
    "significant_at_threshold",
];

#[track_caller]
fn has_all(object: &Value, names: &[&str]) {
    for name in names {
        assert!(object.get(name).is_some(), "`{name}` is missing");
    }
}

/// Two models whose answers differ in time and length from run to run.
fn varied() -> Workbench {
    let counter = Counter::default();
    Workbench::new(move |request| {
        let turn = counter.next() as u64;
        checked(request, |wire, model| {
            let words = vec!["word "; 2 + (turn * 7 % 5) as usize];
            let script = Script::text(model, &words);
            Response::paced(wire.events(&script), Pace::millis(2 + turn % 4, 1))
        })
    })
}

#[test]
fn every_promised_name_is_there() {
    let payload = varied().compare("--models gpt-4o-mini,claude-haiku-4-5 --runs 4");
    has_all(&payload, TOP);
    for row in rows(&payload) {
        has_all(row, ROW);
    }
    for cell in payload["stats_by_cell"].as_array().unwrap() {
        has_all(cell, CELL);
    }
    has_all(&payload["significance_tests"][0], TEST);
    has_all(&payload["methodology"], &["tool_version", "n_runs", "bootstrap", "significance"]);
    has_all(&payload["invocation"], &["command", "models", "temperatures", "system_prompts"]);
    holds_to_the_schema(&payload);
    let ids: Vec<String> = column(&payload, "prompt_id").iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, (1..=8).map(|number| format!("p{number}")).collect::<Vec<_>>());
}

#[test]
fn times_are_unrounded() {
    let payload = varied().compare("--models gpt-4o-mini --runs 8");
    for field in ["latency_ms", "ttft_ms", "ttfo_ms"] {
        let fine = column(&payload, field).iter().any(|value| {
            let thousandths = value.as_f64().unwrap() * 1e3;
            (thousandths - thousandths.round()).abs() > 1e-6
        });
        assert!(fine, "{field} is cut to microseconds: {:?}", column(&payload, field));
    }
}

#[test]
fn the_interval_of_latency_is_that_of_the_mean() {
    let payload = varied().compare("--models gpt-4o-mini,claude-haiku-4-5 --runs 12");
    for cell in payload["stats_by_cell"].as_array().unwrap() {
        let times: Vec<f64> = rows(&payload)
            .iter()
            .filter(|row| row["name"] == cell["name"])
            .map(|row| row["latency_ms"].as_f64().unwrap())
            .collect();
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        assert!((cell["latency_mean_ms"].as_f64().unwrap() - mean).abs() < 1e-9);
        let (low, high) = (cell["latency_ms_ci_low"].as_f64().unwrap(), cell["latency_ms_ci_high"].as_f64().unwrap());
        assert!(low < mean && mean < high, "{low} {mean} {high}");
        assert_eq!(cell["latency_ms_ci_n"], 12);
        assert_eq!(cell["latency_ms_ci_level"], 0.95);
        // Wide enough for a mean of twelve, too narrow for a spread of single values.
        let spread = cell["latency_stdev_ms"].as_f64().unwrap();
        let expected = 2.0 * 1.96 * spread / 12f64.sqrt();
        assert!((0.4 * expected..2.0 * expected).contains(&(high - low)), "{} against {expected}", high - low);
    }
}

#[test]
fn the_effect_size_of_welch_is_cohens_d() {
    let payload = varied().compare("--models gpt-4o-mini,claude-haiku-4-5 --runs 9");
    let times = |name: &Value| -> Vec<f64> {
        rows(&payload)
            .iter()
            .filter(|row| row["name"] == *name)
            .map(|row| row["latency_ms"].as_f64().unwrap())
            .collect()
    };
    let test = &payload["significance_tests"][0];
    let (a, b) = (times(&test["name_a"]), times(&test["name_b"]));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let squares = |values: &[f64]| values.iter().map(|value| (value - mean(values)).powi(2)).sum::<f64>();
    let pooled = ((squares(&a) + squares(&b)) / (a.len() + b.len() - 2) as f64).sqrt();
    let d = (mean(&a) - mean(&b)) / pooled;
    assert_eq!(test["test_used"], "welch");
    assert!((test["effect_size"].as_f64().unwrap() - d).abs() < 1e-9, "{} against {d}", test["effect_size"]);
    assert!(test["effect_size_metric"].as_str().unwrap().to_lowercase().contains("cohen"), "{test:#}");
}

#[test]
fn a_constant_metric_has_no_interval_and_no_p_lesson_41() {
    for (lengths, p) in [([3, 3], json!(1.0)), ([3, 5], Value::Null)] {
        let bench = Workbench::new(move |request| {
            answered(request, |_, _, script| {
                let output = if script.model.starts_with("claude") { lengths[0] } else { lengths[1] };
                script.usage(Some(Tokens { input: 10, output, ..Tokens::default() }))
            })
        });
        let payload =
            bench.compare("--models gpt-4o-mini,claude-haiku-4-5 --runs 5 --significance-metric output_tokens");
        for cell in payload["stats_by_cell"].as_array().unwrap() {
            assert_eq!(cell["output_tokens_ci_low"], Value::Null);
            assert_eq!(cell["output_tokens_ci_high"], Value::Null);
        }
        let test = &payload["significance_tests"][0];
        assert!(test["p_value"].is_null() || test["p_value"] == p, "{test:#}");
        assert_eq!(test["significant_at_threshold"], false);
    }
}

#[test]
fn an_unreported_usage_makes_an_unknown_cost_and_null_is_not_zero_lesson_23() {
    let bench = Workbench::new(|request| answered(request, |_, _, script| script.usage(None)));
    let payload = bench.compare("--models gpt-4o-mini");
    let row = &rows(&payload)[0];
    assert_eq!((&row["outcome"], &row["cost_usd"]), (&json!("complete"), &Value::Null));
    assert_eq!(row["cost_kind"], "unknown");
    assert_eq!((&row["input_tokens"], &row["output_tokens"]), (&Value::Null, &Value::Null));
    assert_eq!(payload["budget"]["unknown_calls"], 1);

    let zero = Workbench::new(|request| {
        answered(request, |_, _, script| script.usage(Some(Tokens { input: 10, output: 0, ..Tokens::default() })))
    });
    assert_eq!(rows(&zero.compare("--models gpt-4o-mini"))[0]["output_tokens"], 0, "reported 0 is not unreported");
}

#[test]
fn unpriced_free_and_unknown_are_three_words_lesson_51() {
    let bench = Workbench::new(|request| {
        answered(request, |_, _, script| if script.model == "gpt-4o" { script.usage(None) } else { script })
    });
    let payload = bench.compare("--models openai:mystery,local/tiny,gpt-4o,gpt-4o-mini --allow-unpriced");
    let kinds: Vec<(&str, bool)> =
        rows(&payload).iter().map(|row| (row["cost_kind"].as_str().unwrap(), row["cost_usd"].is_null())).collect();
    let kind = |name: &str| {
        let at = rows(&payload).iter().position(|row| row["model"].as_str().unwrap().ends_with(name)).unwrap();
        kinds[at]
    };
    assert_eq!(kind("mystery"), ("unpriced", true));
    assert_eq!(kind("tiny"), ("free", false));
    assert_eq!(kind("gpt-4o"), ("unknown", true));
    assert_eq!(kind("gpt-4o-mini"), ("known", false));
    assert_eq!(payload["budget"]["unpriced_calls"], 1);
}

#[test]
fn the_payload_is_alone_on_standard_output_and_equal_to_the_file_and_to_report_lesson_21() {
    for (format, extension) in [("json", "json"), ("csv", "csv"), ("markdown", "md")] {
        let bench = varied();
        let alone = bench
            .run(&format!("compare Hello. --models gpt-4o-mini,claude-haiku-4-5 --runs 3 --output-format {format}"))
            .expect(0);
        assert!(!alone.stderr.is_empty(), "people read standard error");
        let id = bench.run("history --output-format json").expect(0).json()[0]["run_id"].as_str().unwrap().to_owned();
        bench.run(&format!("report {id} -o out.{extension}")).expect(0);
        let file = std::fs::read(bench.path(&format!("out.{extension}"))).unwrap();
        assert_eq!(
            String::from_utf8(file.clone()).unwrap(),
            alone.text(),
            "report differs from the run's own {format}"
        );
        assert!(!file.contains(&0x1b) && !file.contains(&b'\r'), "no colour and no CRLF");
        let again = bench.run(&format!("report last --output-format {format}")).expect(0);
        assert_eq!(again.stdout, file);
        let shown = bench.run(&format!("show last --output-format {format}")).expect(0);
        assert_eq!(shown.stdout, file);
        assert_eq!(bench.sent().len(), 6, "reading sends nothing");
        // The run's own --output file.
        bench.run(&format!("compare Hello. --models gpt-4o-mini --output own.{extension}")).expect(0);
        let own = std::fs::read(bench.path(&format!("own.{extension}"))).unwrap();
        assert_eq!(bench.run(&format!("report last --output-format {format}")).expect(0).stdout, own);
    }
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let bench = varied();
    bench.run("compare Hello. --models gpt-4o-mini --runs 30 --concurrency 30").expect(0);
    for line in ["report last --output-format json", "show last --show all", "list-models", "completions bash"] {
        let mut child = bench.start(line);
        let mut one = [0];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut one).unwrap();
        drop(stdout);
        let done = ended(child);
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{line}");
    }
}

#[test]
fn csv_has_one_line_a_call_and_the_known_columns_first_lesson_25() {
    let bench = Workbench::new(|request| {
        answered(request, |_, _, mut script| {
            script.text = vec!["=cmd|' /C calc'!A0\n".into(), "second line, with \"quotes\"".into()];
            script
        })
    });
    let csv = bench.run("compare Hello. --models gpt-4o-mini --runs 2 --output-format csv").expect(0).text();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3, "{csv}");
    assert!(lines[0].starts_with("prompt_id,prompt,system,model,temperature,latency_ms,ttft_ms,input_tokens,output_tokens,cached_tokens,cost_usd,output,error,retries,judge_score_avg,judge_score_std,judge_count,hallucination_risk,assertions_passed,assertions_total,assertions_failed_types,stop_reason,stop_category,provider,status,assertions_configured,assertions_errored,"));
    assert!(lines[1].contains(r#""'=cmd|"#), "{csv}");
    assert!(lines[1].contains(r#"\nsecond line, with ""quotes"""#), "{csv}");
}

#[test]
fn the_same_run_analysed_twice_gives_the_same_bytes_lesson_29() {
    let bench = varied();
    bench.run("compare Hello. --models gpt-4o-mini,claude-haiku-4-5 --runs 6").expect(0);
    let one = bench.run("report last --output-format json").expect(0).stdout;
    assert_eq!(bench.run("report last --output-format json").expect(0).stdout, one);
    // Other settings give other figures for the same calls, and nothing is sent.
    let other =
        bench.run("replay last --significance-test mann-whitney --ci-level 0.9 --output-format json").expect(0).json();
    assert_eq!(other["significance_tests"][0]["test_used"], "mann-whitney");
    assert_eq!(other["stats_by_cell"][0]["latency_ms_ci_level"], 0.9);
    assert_eq!(other["results"], serde_json::from_slice::<Value>(&one).unwrap()["results"]);
    assert_eq!(bench.sent().len(), 12);
}

#[test]
fn the_published_schema_is_the_one_that_is_printed() {
    let printed = Workbench::polite().run("schema").expect(0).text();
    let published = std::fs::read_to_string(root().join("docs/schema/compare.schema.json")).unwrap();
    assert_eq!(printed, published);
}
