//! What is decided over the items, in every format, there and back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod common;

use common::decided::imported_run;
use common::{Fixture, HOSTILE};
use evals::analysis::analyse_run;
use evals::decision::planning::{PlanQuestion, Spread, plan_ahead};
use evals::decision::{DecisionOptions, Measure, Scores, movement};
use evals::record::DecisionAsked;
use evals::store::StoredRun;
use report::diff::Diff;
use report::document::Document;
use report::format::Format;
use report::json::{self, Json};
use report::junit::Junit;
use report::markdown::Markdown;
use report::planning::PlanAhead;
use report::style;
use report::summary::{LONGEST, Summary};
use report::terminal::Terminal;
use report::text::width;
use serde_json::Value;

fn runs() -> Vec<fn() -> StoredRun> {
    vec![
        Fixture::decided_suite,
        Fixture::stopped_suite,
        Fixture::migration,
        Fixture::imported,
        Fixture::hostile_decision,
    ]
}

fn render(run: StoredRun, format: &dyn Format) -> String {
    let fixture = Fixture::decided(run);
    format.to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap()
}

fn terminal(run: StoredRun, columns: usize) -> String {
    style::strip(&render(run, &Terminal { width: columns, ..Terminal::default() }))
}

fn json(run: StoredRun) -> Value {
    serde_json::from_str(&render(run, &Json)).unwrap()
}

/// A file of the shared material, if it is there.
fn shared(test: &str, name: &str) -> Option<Vec<u8>> {
    let root = std::env::var("MODELARIUM_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let found = std::fs::read(format!("{root}/data/evals/{name}")).ok();
    if found.is_none() {
        println!("skipped: {test}: shared material absent");
    }
    found
}

#[test]
fn terminal_of_a_decided_suite() {
    insta::assert_snapshot!("terminal_of_a_decided_suite_at_80", terminal(Fixture::decided_suite(), 80));
    insta::assert_snapshot!("terminal_of_a_decided_suite_at_100", terminal(Fixture::decided_suite(), 100));
}

#[test]
fn terminal_of_a_run_that_stopped() {
    insta::assert_snapshot!(terminal(Fixture::stopped_suite(), 80));
}

#[test]
fn terminal_of_a_migration() {
    insta::assert_snapshot!(terminal(Fixture::migration(), 80));
}

#[test]
fn terminal_of_an_imported_table() {
    insta::assert_snapshot!(terminal(Fixture::imported(), 80));
}

#[test]
fn summary_of_a_decided_suite() {
    insta::assert_snapshot!(render(Fixture::decided_suite(), &Summary));
}

#[test]
fn markdown_of_what_a_run_decides() {
    let text = render(Fixture::migration(), &Markdown);
    let head = text.split("\n- Run: ").next().unwrap();
    insta::assert_snapshot!(head);
    let text = render(Fixture::stopped_suite(), &Markdown);
    insta::assert_snapshot!("markdown_of_a_stop", text.split("\n- Run: ").next().unwrap());
    let text = render(Fixture::imported(), &Markdown);
    assert!(!text.contains("## Answers") && !text.contains("## Summary"), "an imported table has no answers");
}

#[test]
fn the_contract_of_scripts_is_kept() {
    let output = json(Fixture::decided_suite());
    let names = |pointer: &str, fields: &str| {
        let object = output.pointer(pointer).unwrap().as_object().unwrap();
        for field in fields.split_whitespace() {
            assert!(object.contains_key(field), "{pointer}/{field}");
        }
    };
    names("", "comparisons contestants tied_best pareto cheapest_clearing_bar stopping gates migration arms bar");
    names(
        "/comparisons/0",
        "a b metric n_items n_runs mean_a mean_b difference ci_low ci_high ci_level method p_value p_value_corrected \
         correction effect_size effect_size_metric status",
    );
    names(
        "/contestants/0",
        "name n_items n_missing mean standard_error ci_low ci_high pass_at_k pass_hat_k cost_per_item \
         cost_per_passed_item latency_mean_ms latency_p50_ms latency_p95_ms p_best rank_interval metrics metric method",
    );
    names("/gates/0", "gate answer needed_runs level contestants reason");
    let answers: Vec<&str> =
        output["gates"].as_array().unwrap().iter().map(|gate| gate["answer"].as_str().unwrap()).collect();
    assert_eq!(answers, ["passes", "fails", "inconclusive", "inconclusive"]);
    assert!(output["gates"][3]["needed_runs"].as_u64().unwrap() > 0);
    assert_eq!(output["primary_metric"], "pass_rate");
    assert_eq!((&output["n_items"], &output["n_clusters"]), (&40.into(), &20.into()));
    assert_eq!(output["contestants"][1]["n_missing"], 2);
    assert_eq!(output["contestants"][0]["pass_hat_k"].as_array().unwrap().len(), 2);
    assert!(output["stopping"].is_null() && output["migration"].is_null());

    let stopped = json(Fixture::stopped_suite());
    let stopping = &stopped["stopping"];
    assert_eq!((&stopping["decision"], &stopping["leader"]), (&"superiority".into(), &"claude-sonnet-4-6".into()));
    assert_eq!((&stopping["calls_made"], &stopping["calls_planned"]), (&40.into(), &240.into()));
    assert_eq!(stopping["calls_saved"], 200);
    assert_eq!(stopping["evidence"][0]["verdict"], "a_better");
    assert_eq!(stopped["run_end"], "decided");
    assert_eq!(stopped["results"].as_array().unwrap().len(), 40);

    let migration = json(Fixture::migration());
    assert_eq!(migration["migration"]["refused_parameters"][0]["parameter"], "temperature");
    assert_eq!(migration["migration"]["quality_metric"], "pass_rate");
    assert!(migration["decision_verdicts"][0]["sentence"].as_str().unwrap().contains("does not take temperature"));
}

#[test]
fn nothing_measured_is_null_and_never_zero() {
    let output = json(Fixture::imported());
    let contestant = &output["contestants"][0];
    for field in ["latency_mean_ms", "latency_p50_ms", "latency_p95_ms", "latency_p95_ms_ci_low"] {
        assert!(contestant[field].is_null(), "{field}");
    }
    assert_eq!(output["results"][0]["imported"]["cost_usd"], 0.009);
    assert!(output["results"][0]["cost_usd"].is_null());
    assert_eq!(contestant["cost_per_item"], 0.009);
    let text = render_fixture(&Fixture::plain());
    let plain: Value = serde_json::from_str(&text).unwrap();
    assert!(plain["contestants"][0]["mean"].is_null() && plain["contestants"][0]["n_items"].is_null());
    for list in ["comparisons", "tied_best", "pareto", "gates", "arms", "decision_verdicts"] {
        assert_eq!(plain[list], Value::Array(vec![]), "{list}");
    }
    assert!(plain["cheapest_clearing_bar"].is_null() && plain["primary_metric"].is_null());
}

fn render_fixture(fixture: &Fixture) -> String {
    Json.to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap()
}

#[test]
fn a_contestant_of_several_arms_has_its_figures_in_them() {
    let mut run = Fixture::decided_suite();
    let mut request = common::scored::request(
        std::mem::take(&mut run.plan.header.prompts),
        std::mem::take(&mut run.plan.header.contestants),
        1,
        std::mem::take(&mut run.plan.header.scoring),
    );
    request.temperatures = vec![Some(0.0), Some(1.0)];
    let says: common::scored::Says = |prompt, contestant, _| {
        let text = if (prompt + contestant).is_multiple_of(3) { "Lyon" } else { "Paris" };
        (llm::outcome::Outcome::Complete, text.to_owned())
    };
    let output = json(common::scored::stored(request, says, common::scored::judge_says));
    assert_eq!(output["contestants"].as_array().unwrap().len(), 3);
    assert!(output["contestants"][0]["mean"].is_null());
    let arms: Vec<&str> = output["arms"].as_array().unwrap().iter().map(|arm| arm["name"].as_str().unwrap()).collect();
    assert_eq!(arms.len(), 6);
    assert!(output["arms"][0]["mean"].is_number());
    for pair in output["comparisons"].as_array().unwrap() {
        assert!(arms.contains(&pair["a"].as_str().unwrap()) && arms.contains(&pair["b"].as_str().unwrap()));
    }
}

#[test]
fn what_is_decided_comes_back_from_an_output() {
    for run in runs() {
        let (first, original) = (render(run(), &Json), analyse_run(run()));
        let back = report::read::run(first.as_bytes()).unwrap();
        let analysis = analyse_run(back.clone());
        assert_eq!(analysis.decision, original.decision);
        assert_eq!(analysis.stopping, original.stopping);
        assert_eq!(analysis.migration, original.migration);
        let second = render(back, &Json);
        let changed = first.lines().zip(second.lines()).find(|(first, second)| first != second);
        assert!(second == first, "{changed:?}");
    }
}

#[test]
fn a_spoiled_decision_is_refused() {
    let spoil = |run: fn() -> StoredRun, pointer: &str, value: Value| {
        let mut output = json(run());
        *output.pointer_mut(pointer).unwrap() = value;
        report::read::run(output.to_string().as_bytes()).err().map(|error| error.to_string())
    };
    let gates = Value::Array(vec!["pass_rate > 0.5".into(); 2_000]);
    for (run, pointer, value) in [
        (Fixture::decided_suite as fn() -> StoredRun, "/invocation/analysis/decision/gates", gates),
        (Fixture::stopped_suite, "/invocation/analysis/decision/stop/alpha", 2.0.into()),
        (Fixture::stopped_suite, "/invocation/runs", 1_000_000.into()),
        (Fixture::stopped_suite, "/run_end", "finished".into()),
        (Fixture::migration, "/invocation/analysis/decision/migration/margin", (-1.0).into()),
        (Fixture::imported, "/results/0/imported", serde_json::json!({"luck": 1.0})),
        (Fixture::imported, "/results/0/contestant_index", 9.into()),
        (Fixture::imported, "/results/1/run_index", 0.into()),
        (Fixture::imported, "/results/0/temperature", 1.0.into()),
    ] {
        let refused = spoil(run, pointer, value).unwrap_or_else(|| panic!("{pointer} was taken"));
        assert!(refused.contains("damaged"), "{pointer}: {refused}");
    }
}

#[test]
fn published_results_come_out_of_the_output_to_the_last_digit() {
    let test = "published_results_come_out_of_the_output_to_the_last_digit";
    let Some(bytes) = shared(test, "alpaca_eval2_preferences.csv") else { return };
    // Three of the eight contestants: the tool's own tests import the whole table.
    let table: Vec<String> = String::from_utf8(bytes)
        .unwrap()
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            [cells[0], cells[1], cells[6], cells[8]].join(",")
        })
        .collect();
    let run = imported_run(table.join("\n").as_bytes(), DecisionAsked::default());
    let text = render(run.clone(), &Json);
    let output: Value = serde_json::from_str(&text).unwrap();
    let expected = [
        ("FuseChat-Llama-3.1-8B-Instruct", 0.633_315_829_2, 0.014_225_069_8),
        ("claude-2.1", 0.157_335_067_4, 0.011_203_158_7),
        ("vicuna-7b-v1.5", 0.047_974_939_4, 0.006_655_960_7),
    ];
    let contestants = output["contestants"].as_array().unwrap();
    assert_eq!((contestants.len(), output["comparisons"].as_array().unwrap().len()), (3, 3));
    for (name, mean, error) in expected {
        let found = contestants.iter().find(|one| one["name"] == name).unwrap();
        assert!((found["mean"].as_f64().unwrap() - mean).abs() < 1e-9);
        assert!((found["standard_error"].as_f64().unwrap() - error).abs() < 1e-9);
        assert_eq!((&found["n_items"], &found["metric"]), (&805.into(), &"score".into()));
    }
    assert_eq!(output["tied_best"], serde_json::json!(["FuseChat-Llama-3.1-8B-Instruct"]));
    let back = report::read::run(text.as_bytes()).unwrap();
    assert!(back.externals == run.externals && back.plan == run.plan, "the table comes back whole");
    assert_eq!(back.records.len(), 805 * 3);
}

fn text_of(write: impl Fn(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut bytes = vec![];
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The decided suite, later: the cheapest contestant answers worse, everything is dearer.
fn later() -> StoredRun {
    let mut run = Fixture::decided_suite();
    for record in &mut run.records {
        if record.call.contestant == 2 {
            record.answer.text = "It is Lyon.".to_owned();
        }
        if let evals::record::CallCost::Known(usd) = record.cost {
            record.cost = evals::record::CallCost::Known(usd + usd);
        }
    }
    run
}

#[test]
fn what_moved_is_said_first_and_what_is_not_shown_after_it() {
    let options = DecisionOptions { seed: Some(7), resamples: 999, ..DecisionOptions::default() };
    let scores = |run: StoredRun| Scores::of(&analyse_run(run));
    let comparison = movement::compare(&scores(Fixture::decided_suite()), &scores(later()), &options);
    let diff = Diff { tool_version: "0.3.0", before: "monday", after: "friday", comparison: &comparison };
    insta::assert_snapshot!("diff_at_80", style::strip(&diff.terminal(80)));
    insta::assert_snapshot!("diff_in_markdown", text_of(|out| diff.markdown(out)));
    let output: Value = serde_json::from_str(&text_of(|out| diff.json(out))).unwrap();
    let errors: Vec<String> = jsonschema::validator_for(&json::diff_schema())
        .unwrap()
        .iter_errors(&output)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!((&output["moved"], &output["worse"], &output["comparable"]), (&true.into(), &true.into(), &true.into()));
    assert_eq!(output["movements"].as_array().unwrap().len(), comparison.movements.len());

    let same = movement::compare(&scores(later()), &scores(later()), &options);
    let same = Diff { tool_version: "0.3.0", before: "friday", after: "friday", comparison: &same };
    assert!(same.sentence().starts_with("Nothing is shown to have moved from friday to friday (over 40 items"));
    assert!(!style::strip(&same.terminal(80)).contains("What moved"));

    let other = movement::compare(&scores(Fixture::decided_suite()), &scores(Fixture::imported()), &options);
    let other = Diff { tool_version: "0.3.0", before: HOSTILE, after: "b", comparison: &other };
    assert!(!other.comparable() && other.sentence().contains("cannot be compared"));
    for line in style::strip(&other.terminal(40)).lines() {
        assert!(width(line) <= 40 && !line.chars().any(char::is_control), "{line:?}");
    }
}

#[test]
fn a_plan_says_what_it_could_find_and_cost() {
    let question = PlanQuestion {
        spread: Spread::default(),
        contestants: 3,
        items: 200,
        most_runs: 5,
        budget: Some(10.0),
        cost_per_item: 0.0,
        cost_per_run: 0.012,
        worst_cost_per_run: 0.03,
        alpha: 0.05,
        power: 0.8,
        effect: Some(0.05),
    };
    let plan = plan_ahead(&question).unwrap();
    let ahead = PlanAhead {
        tool_version: "0.3.0",
        subject: "capitals",
        measure: Measure::Pass,
        question: &question,
        plan: &plan,
    };
    insta::assert_snapshot!("plan_at_80", style::strip(&ahead.terminal(80)));
    insta::assert_snapshot!("plan_in_markdown", text_of(|out| ahead.markdown(out)));
    let output: Value = serde_json::from_str(&text_of(|out| ahead.json(out))).unwrap();
    let errors: Vec<String> = jsonschema::validator_for(&json::plan_schema())
        .unwrap()
        .iter_errors(&output)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(output["best"]["items"], plan.best.items);
    assert_eq!(output["detectable_difference"].as_f64().unwrap(), plan.best.detectable);
    for columns in [20, 40, 60] {
        for line in style::strip(&ahead.terminal(columns)).lines() {
            assert!(width(line) <= columns, "{columns}: {line:?}");
        }
    }
}

#[test]
fn every_output_is_as_its_schema_says() {
    let validator = jsonschema::validator_for(&json::schema()).unwrap();
    for run in runs() {
        let output = json(run());
        let errors: Vec<String> =
            validator.iter_errors(&output).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let output = json(Fixture::decided_suite());
    for parent in
        ["/comparisons/0", "/arms/0", "/bar", "/bar/contestants/0", "/gates/0", "/gates/0/contestants/0", "/pareto/0"]
    {
        let keys: Vec<String> = output.pointer(parent).unwrap().as_object().unwrap().keys().cloned().collect();
        for key in keys {
            let mut without = output.clone();
            without.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(&key);
            assert!(!validator.is_valid(&without), "{parent}/{key} may be absent");
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal_and_nothing_hostile_gets_out() {
    for run in runs() {
        let fixture = Fixture::decided(run());
        let document = Document::new(&fixture.analysis, &fixture.verdicts);
        for columns in [20, 40, 60, 80, 100, 140] {
            for charset in [style::Charset::Unicode, style::Charset::Ascii] {
                let text = Terminal { width: columns, charset, ..Terminal::default() }.to_text(&document).unwrap();
                for line in style::strip(&text).lines() {
                    assert!(width(line) <= columns, "{columns}: {line:?}");
                    assert!(!line.chars().any(|letter| letter.is_control() || letter == '\u{202e}'), "{line:?}");
                }
            }
        }
        for text in [Markdown.to_text(&document).unwrap(), Summary.to_text(&document).unwrap()] {
            assert!(!text.contains("<script>") && !text.contains('\u{1b}'));
        }
        assert!(Summary.to_text(&document).unwrap().len() <= LONGEST);
    }
}

#[test]
fn gates_are_a_test_suite_of_their_own() {
    let text = render(Fixture::decided_suite(), &Junit);
    let gates = text.split(r#"<testsuite name="gates""#).nth(1).unwrap();
    assert!(gates.starts_with(r#" tests="4" failures="1" errors="2" skipped="0""#), "{gates}");
    assert!(gates.contains(r#"<error type="inconclusive" message="Gate inconclusive: "#));
    assert!(text.lines().nth(1).unwrap().contains(r#"tests="244""#), "the sum holds them too");
}
