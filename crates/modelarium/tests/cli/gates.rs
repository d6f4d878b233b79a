//! Checks as the gate of a CI job: what passes, what fails, and which exit code wins.

use scripted_server::Script;
use serde_json::Value;

use crate::support::*;

/// Answers by what the prompt asks for.
fn answering() -> Workbench {
    Workbench::new(|request| {
        answered(request, |request, wire, script| {
            let text = request.json().to_string();
            match () {
                () if text.contains("Say no.") => script.stop(refusal(wire)),
                () if text.contains("Say nothing.") => Script::text("gpt-4o-mini", &[""]),
                () if text.contains("Cut it.") => script.stop(scripted_server::billing::length_stop(wire)),
                () => script,
            }
        })
    })
}

fn refusal(wire: scripted_server::Wire) -> &'static str {
    match wire {
        scripted_server::Wire::Anthropic => "refusal",
        scripted_server::Wire::Gemini => "SAFETY",
        _ => "content_filter",
    }
}

/// A suite of one check a prompt.
fn suite(bench: &Workbench, items: &[(&str, &str)]) {
    let items: Vec<Value> = items
        .iter()
        .map(|(prompt, wanted)| serde_json::json!({"prompt": prompt, "assertions": [{"type": "contains", "value": wanted}]}))
        .collect();
    bench.file("suite.json", Value::Array(items).to_string());
}

fn batch(bench: &Workbench, flags: &str) -> Finished {
    bench.run(&format!("batch suite.json -m gpt-4o-mini --output-format json {flags}"))
}

#[test]
fn a_failed_check_fails_the_run_unless_told_otherwise() {
    let bench = answering();
    suite(&bench, &[("Paris?", "Paris"), ("London?", "London")]);
    let payload = batch(&bench, "").expect(1).json();
    assert_eq!(
        (&payload["total_assertions"], &payload["total_assertions_passed"], &payload["pass_rate"]),
        (&2.into(), &1.into(), &0.5.into())
    );
    assert_eq!(payload["gate"]["status"], "failed");
    let checks = rows(&payload)[1]["assertions"].as_array().unwrap();
    assert_eq!(
        (&checks[0]["type"], &checks[0]["passed"], &checks[0]["expected"]),
        (&"contains".into(), &false.into(), &"London".into())
    );

    batch(&bench, "--strict-assertions").expect(1);
    batch(&bench, "--no-assertions").expect(0);
    batch(&bench, "--min-pass-rate 0.5").expect(0);
    batch(&bench, "--min-pass-rate 0.6").expect(1);
    suite(&bench, &[("Paris?", "Paris")]);
    assert_eq!(batch(&bench, "").expect(0).json()["gate"]["status"], "passed");
    batch(&bench, "--min-pass-rate 1").expect(0);
}

#[test]
fn the_gate_says_why_it_failed_on_the_terminal_too() {
    let bench = answering();
    suite(&bench, &[("London?", "London")]);
    let done = bench.run("batch suite.json -m gpt-4o-mini").expect(1);
    let flat = unwrapped(&done.text());
    assert!(flat.contains("p1") && flat.to_lowercase().contains("fail") && flat.contains("London"), "{}", done.text());
}

#[test]
fn a_refusal_leaves_its_checks_unevaluated_and_fails_the_gate_whatever_the_rate_lesson_79() {
    let bench = answering();
    suite(&bench, &[("Paris?", "Paris"), ("Say no.", "Paris")]);
    let payload = batch(&bench, "--min-pass-rate 0.1").expect(1).json();
    assert_eq!(payload["pass_rate"], 1.0, "a refusal is in neither part of the rate");
    let row = rows(&payload)
        .iter()
        .find(|row| row["output"] != "The capital of France is Paris." || row["outcome"] != "complete")
        .unwrap();
    assert_eq!(row["assertions"][0]["passed"], Value::Null, "{row:#}");
    suite(&bench, &[("Paris?", "Paris"), ("Cut it.", "Paris")]);
    let cut = batch(&bench, "").json();
    let row = rows(&cut).iter().find(|row| row["outcome"] == "truncated").unwrap();
    assert_eq!(row["assertions"][0]["passed"], Value::Null, "a cut answer never passes: {row:#}");
}

#[test]
fn nothing_verified_is_never_a_pass_lesson_78() {
    let bench = answering();
    suite(&bench, &[("Say no.", "Paris")]);
    let payload = batch(&bench, "").expect(1).json();
    assert_eq!((&payload["pass_rate"], &payload["total_assertions"]), (&Value::Null, &0.into()));

    bench.file("bare.json", r#"[{"prompt": "x"}]"#);
    bench.server.forget();
    bench.run("batch bare.json -m gpt-4o-mini --min-pass-rate 0.5").expect(1).says(&["no check", "nothing was sent"]);
    assert_eq!(bench.server.requests(), 0);
    bench.run("batch bare.json -m gpt-4o-mini").expect(0);
}

#[test]
fn failed_calls_outrank_a_failed_gate_and_the_budget_both_lesson_83() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| {
            if request.json().to_string().contains("Break.") {
                return scripted_server::faults::error(wire, 400, "invalid_request_error", "no");
            }
            scripted_server::Response::paced(
                wire.events(&Script::text(model, &["No."])),
                scripted_server::Pace::immediate(),
            )
        })
    });
    suite(&bench, &[("Break.", "Paris"), ("Fine.", "Paris")]);
    let payload = batch(&bench, "").expect(6).json();
    assert_eq!(payload["gate"]["status"], "failed", "the gate failed too, and 6 wins");
    let broken = rows(&payload).iter().find(|row| row["outcome"] == "error").unwrap();
    assert_eq!(broken["assertions"], Value::Null, "a failed call has no checks to show");

    suite(&bench, &[("Break.", "Paris"), ("Fine.", "Paris"), ("Good.", "Paris"), ("Well.", "Paris")]);
    let flags =
        "-m openai:toy@price=1000/1000 --max-output-tokens 100 --max-cost 0.5 --runs 5 --concurrency 1 --max-retries 0";
    bench.run(&format!("batch suite.json {flags}")).expect(3);
}

#[test]
fn compare_gates_the_same_way() {
    let bench = answering();
    let words = |check: &'static str| {
        let words = [
            "Name the capital of France.",
            "--models",
            "gpt-4o-mini,claude-haiku-4-5",
            "--runs",
            "2",
            "--check",
            check,
        ];
        bench.run_words(&words)
    };
    words("contains: Paris").expect(0);
    words("contains: London").expect(1);
    words(r#"{"type": "any", "checks": [{"type": "contains", "value": "Paris"}, {"type": "json_valid"}]}"#).expect(0);
    words("not contains: Paris").expect(1);
    let stored = bench.run("report last --output-format json").expect(0).json();
    assert_eq!(stored["total_assertions"], 4);
    // The command line's checks come on top of a suite's.
    suite(&bench, &[("Paris?", "Paris")]);
    let payload = ended(
        bench
            .command([
                "batch",
                "suite.json",
                "-m",
                "gpt-4o-mini",
                "--output-format",
                "json",
                "--check",
                "contains: capital",
                "--check",
                "json_valid",
            ])
            .spawn()
            .unwrap(),
    )
    .expect(1)
    .json();
    assert_eq!((&payload["total_assertions"], &payload["total_assertions_passed"]), (&3.into(), &2.into()));
}

#[test]
fn stored_answers_are_scored_again_for_free() {
    let bench = answering();
    suite(&bench, &[("Paris?", "London"), ("London?", "capital")]);
    batch(&bench, "").expect(1);
    let sent = bench.sent().len();
    suite(&bench, &[("Paris?", "Paris"), ("London?", "capital")]);
    let payload = bench.run("replay last --suite suite.json --output-format json").expect(0).json();
    assert_eq!((&payload["total_assertions_passed"], &payload["gate"]["status"]), (&2.into(), &"passed".into()));
    assert!(note_codes(&payload).contains(&"rescored"));
    bench.run("replay last").expect(0);
    bench.run("replay last --strict-assertions").expect(1);
    bench.run("replay last --min-pass-rate 0.5").expect(0);
    bench.run("replay last --check json_valid").expect(1);
    bench.run("replay last --suite missing.json").expect(2);
    assert_eq!(bench.sent().len(), sent, "nothing was sent");
    let stored = bench.run("report last --output-format json").expect(0).json();
    assert_eq!(stored["total_assertions_passed"], 1, "the stored run is what it was");
}

#[test]
fn show_tells_how_one_answer_was_scored() {
    let bench = answering();
    suite(&bench, &[("Paris?", "London")]);
    batch(&bench, "--check-hallucination").expect(1);
    let text = bench.run("show last --call p1").expect(0).text();
    assert!(
        text.contains("FAIL  contains") && text.contains("London") && text.contains("signs of fabrication"),
        "{text}"
    );
}
