//! `batch` and what it writes: one run in every format, for people, for scripts and for CI.

use serde_json::Value;

use crate::support::*;

fn bench() -> Workbench {
    let bench = Workbench::polite();
    bench.file(
        "suite.yaml",
        r#"
items:
  - id: france
    prompt: Name the capital of France.
    checks: [{type: contains, value: Paris}, {type: contains, value: London, name: wrong city}]
  - id: "odd <id> & \"quotes\""
    prompt: "Name it, ]]> <b>please</b>."
    checks: [{type: word_count, min: 1}]
"#,
    );
    bench
}

#[test]
fn every_format_holds_the_same_run() {
    let bench = bench();
    let line = "batch suite.yaml -m gpt-4o-mini,claude-haiku-4-5 --runs 2 --seed 7";
    let done = bench.run(&format!("{line} -o r/out.json --junit r/junit.xml --sarif r/out.sarif")).expect(1);
    assert!(done.text().contains("wrong city"), "{}", done.text());
    let read = |name: &str| std::fs::read_to_string(bench.path(name)).unwrap();
    let json: Value = serde_json::from_str(&read("r/out.json")).unwrap();
    assert_eq!((&json["invocation"]["command"], rows(&json).len()), (&"batch".into(), 8));
    assert_eq!(rows(&json)[0]["item_id"], "france");
    let indices: Vec<&Value> = column(&json, "run_index");
    assert!(indices.contains(&&0.into()) && indices.contains(&&1.into()));
    assert_eq!((&json["total_assertions"], &json["total_assertions_passed"]), (&12.into(), &8.into()));

    let junit = read("r/junit.xml");
    assert_eq!(junit.matches("<testcase").count(), 8, "{junit}");
    assert_eq!(junit.matches("<failure").count(), 4, "{junit}");
    assert!(!junit.contains("<b>please") && junit.contains("odd &lt;id&gt;"), "{junit}");
    let sarif: Value = serde_json::from_str(&read("r/out.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2, "one a check and contestant: {sarif:#}");

    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&"suite.yaml".into(), &3.into()),
        "{sarif:#}"
    );

    // A stored run gives the same bytes.
    bench.run("report last -o again.json --junit again.xml --sarif again.sarif").expect(0);
    for (first, second) in [("r/out.json", "again.json"), ("r/junit.xml", "again.xml")] {
        assert_eq!(read(first), read(second), "{first}");
    }
    let csv = bench.run("report last --output-format csv").expect(0).text();
    assert!(csv.lines().next().unwrap().contains("item_id") && csv.contains("france"), "{csv}");
    let markdown = bench.run("report last --output-format markdown").expect(0).text();
    assert!(markdown.contains("wrong city") && markdown.contains("france"), "{markdown}");
    let schema: Value = bench.run("schema").expect(0).json();
    let compiled = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        compiled.iter_errors(&json).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn payloads_are_alone_on_standard_output() {
    let bench = bench();
    for format in ["json", "csv", "markdown"] {
        let done =
            bench.run(&format!("batch suite.yaml -m gpt-4o-mini --output-format {format} --no-assertions")).expect(0);
        let stored = bench.run(&format!("report last --output-format {format}")).expect(0);
        assert_eq!(done.stdout, stored.stdout, "{format}");
    }
}

#[test]
fn the_summary_of_a_ci_step_is_appended() {
    let bench = bench();
    bench.file("summary.md", "before\n");
    let path = bench.path("summary.md").display().to_string();
    let bench = bench.set("GITHUB_STEP_SUMMARY", path);
    bench.run("batch suite.yaml -m gpt-4o-mini").expect(1);
    let summary = std::fs::read_to_string(bench.path("summary.md")).unwrap();
    assert!(summary.starts_with("before\n") && summary.contains("wrong city"), "{summary}");
    // A summary that cannot be written fails nothing that was paid for.
    let bench = bench.set("GITHUB_STEP_SUMMARY", "/nonexistent/folder/summary.md");
    bench.run("batch suite.yaml -m gpt-4o-mini --no-assertions").expect(0).says(&["GITHUB_STEP_SUMMARY"]);
}

#[test]
fn a_dry_run_shows_items_and_judges_and_sends_nothing() {
    let bench = bench();
    let done = bench.run("batch suite.yaml -m gpt-4o-mini --judge claude-haiku-4-5 --dry-run --max-cost 1").expect(0);
    assert!(done.text().contains("claude-haiku-4-5"), "{}", done.text());
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn progress_counts_answers_and_judgements() {
    let bench = Workbench::saying(|model, _| if model == "claude-haiku-4-5" { score(7) } else { "Paris.".to_owned() });
    bench.file("plain.txt", "One.\nTwo.\nThree.\nFour.\nFive.\n");
    let done = bench.run("batch plain.txt -m gpt-4o-mini --judge claude-haiku-4-5 --runs 2 --max-cost 5").expect(0);
    assert!(done.stderr.contains("20/20 calls done") && done.stderr.contains("of $5"), "{}", done.stderr);
}
