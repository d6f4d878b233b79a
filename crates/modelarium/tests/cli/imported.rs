//! `import` of tables of results: published results reproduce through the real path, from the file to the JSON.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::*;

/// A file of the shared material, if it is there.
fn shared(test: &str, name: &str) -> Option<PathBuf> {
    let root = std::env::var("MODELARIUM_SHARED").map_or_else(|_| root().join("../shared"), PathBuf::from);
    let path = root.join("data/evals").join(name);
    if !path.is_file() {
        println!("skipped: {test} needs {name} of the shared material");
        return None;
    }
    Some(path)
}

fn import(bench: &Workbench, file: &std::path::Path, more: &[&str]) -> Finished {
    let file = file.display().to_string();
    let words: Vec<&str> =
        ["import", file.as_str(), "--seed", "1", "--output-format", "json", "--bootstrap-resamples", "200"]
            .iter()
            .chain(more)
            .copied()
            .collect();
    bench.run_words(&words)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn near(found: &Value, expected: f64, within: f64) {
    assert!((number(found) - expected).abs() <= within, "{found} is not {expected}");
}

/// The rows of a CSV file without quotes, the header first.
fn cells(path: &std::path::Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn the_eight_alpaca_eval_models_reproduce() {
    let Some(file) = shared("the_eight_alpaca_eval_models_reproduce", "alpaca_eval2_preferences.csv") else { return };
    let bench = Workbench::polite();
    let payload = import(&bench, &file, &["--no-store"]).expect(0).json();
    // The leaderboard's own figures, in percent.
    let published = [
        ("FuseChat-Llama-3.1-8B-Instruct", 63.331_582_92, 1.422_506_98),
        ("claude-2.1", 15.733_506_74, 1.120_315_87),
        ("vicuna-7b-v1.5", 4.797_493_94, 0.665_596_07),
    ];
    let contestants = payload["contestants"].as_array().unwrap();
    assert_eq!(contestants.len(), 8);
    for (name, mean, error) in published {
        let found = contestants.iter().find(|one| one["name"] == name).unwrap();
        near(&found["mean"], mean / 100.0, 6e-11);
        near(&found["standard_error"], error / 100.0, 6e-11);
    }
    // All eight against the plain formulas over the columns of the file.
    let rows = cells(&file);
    for found in contestants {
        let at = rows[0].iter().position(|column| found["name"] == column.as_str()).unwrap();
        let values: Vec<f64> = rows[1..].iter().map(|row| row[at].parse().unwrap()).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let error = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
        near(&found["mean"], mean, 1e-9);
        near(&found["standard_error"], error, 1e-9);
        assert_eq!((&found["n_items"], &found["n_missing"]), (&805.into(), &0.into()));
    }
    assert_eq!(payload["tied_best"], serde_json::json!(["FuseChat-Llama-3.1-8B-Instruct"]));
    assert_eq!(payload["comparisons"].as_array().unwrap().len(), 28);
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn all_pairs_of_the_tool_use_results_reproduce() {
    let test = "all_pairs_of_the_tool_use_results_reproduce";
    let Some(file) = shared(test, "langchain_data_tool_use_FULL.csv") else { return };
    let Some(reference) = shared(test, "langchain_tool_use_reference.csv") else { return };
    let bench = Workbench::polite();
    let payload = import(&bench, &file, &[]).expect(0).json();
    let pairs: Vec<&Value> =
        payload["comparisons"].as_array().unwrap().iter().filter(|pair| pair["metric"] == "pass_rate").collect();
    let reference = cells(&reference);
    assert_eq!((pairs.len(), reference.len()), (36, 37));
    for (pair, row) in pairs.iter().zip(&reference[1..]) {
        assert_eq!((&pair["a"], &pair["b"]), (&row[0].as_str().into(), &row[1].as_str().into()));
        near(&pair["p_value"], row[4].parse().unwrap(), 6e-7);
        near(&pair["difference"], row[5].parse().unwrap(), 1e-12);
        assert!(number(&pair["p_value_corrected"]) >= number(&pair["p_value"]));
        assert_eq!((&pair["correction"], &pair["n_items"]), (&"holm".into(), &20.into()));
    }
    // It is a stored run like any other.
    let stored = bench.run("report last --output-format json").expect(0).json();
    assert_eq!((&stored["contestants"], &stored["comparisons"]), (&payload["contestants"], &payload["comparisons"]));
    assert_eq!(stored["invocation"]["command"], "import");
    let schema = bench.run("schema").expect(0).json();
    assert!(jsonschema::is_valid(&schema, &stored));
}

#[test]
fn tau_bench_reproduces_with_its_repeats() {
    let Some(file) = shared("tau_bench_reproduces_with_its_repeats", "tau_bench_gpt-4o-airline.csv") else { return };
    let bench = Workbench::polite();
    let payload = import(&bench, &file, &["--no-store", "--gate", "pass_rate >= 0.3 @ 95%"]).expect(0).json();
    let arm = &payload["contestants"][0];
    for (k, expected) in [0.42, 0.273_333_333, 0.22, 0.2].into_iter().enumerate() {
        near(&arm["pass_hat_k"][k], expected, 1e-9);
    }
    near(&arm["standard_error"], 0.05222, 5e-6);
    assert_eq!((&arm["n_runs"], &arm["n_items"]), (&4.into(), &50.into()));
    import(&bench, &file, &["--no-store", "--gate", "pass_rate >= 0.7 @ 95%"]).expect(1);
    import(&bench, &file, &["--no-store", "--gate", "pass_rate >= 0.45 @ 95%"]).expect(5);
    bench.run("history").expect(0).says(&["No run is stored yet"]);
}

#[test]
fn a_table_is_told_from_a_suite_by_what_is_in_it() {
    let bench = Workbench::polite();
    bench.file("suite.csv", "id,prompt\na,Say a.\nb,Say b.\n");
    let yaml = bench.run("import suite.csv").expect(0).text();
    assert!(yaml.contains("Say a.") && yaml.contains("prompt"), "{yaml}");
    bench.file("results.txt.csv", "item_id;model;run_index;score\nq1;a;0;pass\nq1;b;0;fail\nq2;a;0;1\nq2;b;0;\n");
    let payload = bench.run("import results.txt.csv --output-format json").expect(0).json();
    assert_eq!((&payload["primary_metric"], &payload["contestants"][1]["n_missing"]), (&"pass_rate".into(), &1.into()));
    bench.file("noname", "item_id\ta\tb\nq1\t0.5\t0.25\nq2\t1\t0.75\n");
    let payload = bench.run("import noname --output-format json --no-store").expect(0).json();
    assert_eq!(payload["primary_metric"], "score");
    // A mistake is named with its line, also where a column of prompts makes it look like a suite.
    bench.file("bad.csv", "prompt,a,b\nq1,1,0\nq2,1,0\nq3,oops,0\n");
    bench.run("import bad.csv").expect(2).says(&["bad.csv is no table of results", "line 4", "oops"]);
    bench.file("short.csv", "item_id,a,b\nq1,1\n");
    bench.run("import short.csv").expect(2).says(&["line 2", "2 cells under 3 columns"]);
    bench.file("empty.csv", "");
    bench.run("import empty.csv").expect(2);
    bench.run("import missing.csv").expect(2).says(&["missing.csv cannot be read"]);
    bench.run("import noname -o out.json --gate x").expect(2).says(&["column"]);
    assert!(!bench.path("out.json").exists());
    bench.run("import noname --baseline c").expect(2).says(&["no contestant is called `c`", "a, b"]);
}
