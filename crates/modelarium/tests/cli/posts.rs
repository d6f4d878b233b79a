//! The commands that the product's announcements print, as printed, at a provider that charges
//! every request all that it allows.

use std::sync::Arc;

use scripted_server::billing::Till;
use scripted_server::strict;
use scripted_server::{Pace, Request, Response, Script};
use serde_json::Value;

use crate::support::*;

/// The judge of post 04, as it is called on the wire.
const JUDGE: &str = "claude-opus-4-0";

/// Charges each model at its published entry price, in full, and says so in its usage.
struct Bill {
    tills: Vec<(String, Till)>,
}

impl Bill {
    fn of(models: &[&str]) -> Arc<Self> {
        let asking = Workbench::polite();
        let tills = models.iter().map(|&model| {
            let price = &asking.run(&format!("pricing {model} --output-format json")).expect(0).json()[0];
            let pico = |field: &str| (price[field].as_f64().unwrap() * 1e6).round() as u64;
            let on_the_wire = if model == "claude-opus-4" { JUDGE } else { model };
            (on_the_wire.to_owned(), Till::new(pico("input_per_mtok"), pico("output_per_mtok")))
        });
        Arc::new(Self { tills: tills.collect() })
    }

    fn answer(&self, request: &Request) -> Response {
        checked(request, |wire, model| {
            // A local model is free.
            let tokens = match self.tills.iter().find(|(known, _)| known == model) {
                Some((_, till)) => till.charge(request).tokens(),
                None => scripted_server::Tokens { input: 10, output: 5, ..Default::default() },
            };
            let judged = score(8);
            let said = if model == JUDGE { vec![judged.as_str()] } else { vec!["Two particles, ", "one state."] };
            let script = Script::text(model, &said).usage(Some(tokens));
            Response::paced(wire.events(&script), Pace::millis(1, 1))
        })
    }

    fn pico(&self) -> u64 {
        self.tills.iter().map(|(_, till)| till.total_pico()).sum()
    }

    fn unbounded(&self) -> bool {
        self.tills.iter().any(|(_, till)| till.charges().iter().any(|charge| charge.unbounded))
    }
}

/// Runs a command as printed, under the predecessor's name, and holds what was billed against its cap.
fn as_printed(priced: &[&str], prompt: &str, flags: &str, calls: usize) -> (Finished, Workbench) {
    let bill = Bill::of(priced);
    let till = Arc::clone(&bill);
    let bench = Workbench::new(move |request| till.answer(request));
    let words = std::iter::once(prompt).chain(flags.split_whitespace());
    let done = ended(bench.command_of(env!("CARGO_BIN_EXE_cli-modelarium"), words).spawn().unwrap()).expect(0);

    let words: Vec<&str> = flags.split_whitespace().collect();
    let cap: f64 = words[words.iter().position(|&word| word == "--max-cost").unwrap() + 1].parse().unwrap();
    assert!(!bill.unbounded(), "a run with a cap always sends an output maximum");
    assert!(bill.pico() as f64 / 1e12 <= cap, "{} was billed under a cap of {cap}", bill.pico());
    assert_eq!(bench.sent().len(), calls, "{}", done.stderr);

    let payload = bench.run("report last --output-format json").expect(0).json();
    let spent = payload["budget"]["spent_usd"].as_f64().unwrap();
    assert!((spent - bill.pico() as f64 / 1e12).abs() < 1e-9, "{spent} is said, {} was billed", bill.pico());
    assert_eq!(payload["outcomes"]["complete"], calls);
    (done, bench)
}

#[test]
fn post_00_four_flagships_ten_runs_half_a_dollar() {
    let models = ["qwen3.7-max", "glm-5.2", "gpt-5.4", "claude-opus-4-8"];
    let (done, bench) = as_printed(
        &models,
        "Write a haiku about garbage collection in programming",
        "--models qwen3.7-max,glm-5.2,gpt-5.4,claude-opus-4-8 --runs 10 --max-cost 0.50",
        40,
    );
    for model in models {
        assert!(done.text().contains(model), "{}", done.text());
        assert_eq!(bench.models_sent().iter().filter(|sent| *sent == model).count(), 10);
    }
    // More than one run: the tests come by themselves, for each of the six pairs.
    let payload = bench.run("report last --output-format json").expect(0).json();
    assert_eq!(payload["significance_tests"].as_array().unwrap().len(), 6);
    assert!(payload["verdicts"].as_array().unwrap().len() >= 6);
}

#[test]
fn post_04_two_models_ten_cents() {
    let (done, _) = as_printed(
        &["claude-haiku-4-5", "gpt-4o-mini"],
        "Explain quantum entanglement.",
        "--models claude-haiku-4-5,gpt-4o-mini --max-cost 0.10",
        2,
    );
    assert!(done.text().contains("Two particles, one state."), "{}", done.text());
}

#[test]
fn post_04_with_statistics_a_judge_and_a_check_for_hallucination_under_a_cap() {
    let bill = Bill::of(&["claude-haiku-4-5", "gpt-4o-mini", "gemini-2.0-flash", "claude-opus-4"]);
    let till = Arc::clone(&bill);
    let bench = Workbench::new(move |request| till.answer(request));
    let line = "--models claude-haiku-4-5,gpt-4o-mini,gemini-2.0-flash --runs 10 --significance --hallucination-check --judge claude-opus-4 --max-cost 1.00";
    let words = std::iter::once("Explain quantum entanglement.").chain(line.split_whitespace());
    let done = ended(bench.command_of(env!("CARGO_BIN_EXE_cli-modelarium"), words).spawn().unwrap());
    // A provider that bills every byte and the whole output maximum of 20 judgements can end the run early; it
    // can never go over the cap.
    assert!(matches!(done.code, 0 | 3), "{}", done.stderr);
    assert!(!bill.unbounded(), "a run with a cap always sends an output maximum");
    assert!(bill.pico() <= 1_000_000_000_000, "{} was billed", bill.pico());
    let payload = bench.run("report last --output-format json").expect(0).json();
    let spent = payload["total_cost_usd_with_judges"].as_f64().unwrap();
    assert!((spent - bill.pico() as f64 / 1e12).abs() < 1e-9, "{spent} is said, {} was billed", bill.pico());
    assert!(!note_codes(&payload).contains(&"not_yet"));

    // The judge is of the family of one contestant, whose answers it does not score.
    let complete: Vec<&Value> = rows(&payload).iter().filter(|row| row["outcome"] == "complete").collect();
    let judged = complete.iter().filter(|row| row["judges"][0]["score"] == 8.0).count();
    assert_eq!(bench.sent_to(JUDGE).len(), judged);
    let others = complete.iter().filter(|row| row["model"] != "claude-haiku-4-5").count();
    assert!(0 < judged && judged <= others && (judged == others || done.code == 3), "{judged} of {others}");
    for row in complete {
        let judges = row["judges"].as_array().unwrap();
        assert!(judges.is_empty() || row["model"] != "claude-haiku-4-5", "{row:#}");
        assert!(row["hallucination"]["markers"].is_array(), "{row:#}");
    }
}

#[test]
fn post_04_with_an_output_file() {
    let (_, bench) = as_printed(
        &["claude-haiku-4-5", "gpt-4o-mini", "gemini-2.0-flash"],
        "Explain quantum entanglement.",
        "--models claude-haiku-4-5,gpt-4o-mini,gemini-2.0-flash --runs 10 --significance --hallucination-check --output results.json --max-cost 1.00",
        30,
    );
    let written: Value = serde_json::from_slice(&std::fs::read(bench.path("results.json")).unwrap()).unwrap();
    assert_eq!(written["total_results"], 30);
}

#[test]
fn post_04_against_a_local_model_which_is_free_lesson_76() {
    let (_, bench) = as_printed(
        &["claude-haiku-4-5"],
        "Explain quantum entanglement.",
        "--models claude-haiku-4-5,local:llama-3.1-8b --max-cost 0.10",
        2,
    );
    let payload = bench.run("report last --output-format json").expect(0).json();
    let local = rows(&payload).iter().find(|row| row["provider"] == "local").unwrap();
    assert_eq!((&local["cost_usd"], &local["cost_kind"]), (&0.0.into(), &"free".into()));
    let sent = bench.sent();
    let request =
        &sent.iter().find(|record| strict::model(&record.request).unwrap() == "llama-3.1-8b").unwrap().request;
    assert_eq!(request.header("authorization"), None, "a local server needs no key and gets none");
}
