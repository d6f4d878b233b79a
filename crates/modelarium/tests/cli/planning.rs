//! `plan`: what a run could find and cost, with nothing sent.

use serde_json::Value;

use crate::deciding::bench;
use crate::support::*;

fn close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() < 5e-6 * expected.abs().max(1.0), "{found} is not {expected}");
}

#[test]
fn a_plan_says_what_its_items_can_find_and_sends_nothing() {
    let bench = bench(50);
    let payload = bench.run("plan suite.yaml -m gpt-4o-mini,gpt-5.4 --format json").expect(0).json();
    // Miller (2024), section 5: 50 items, one run each, omega² = 1/9, sigma² = 1/6.
    let of_runs = |runs: usize| &payload["alternatives"][runs - 1]["detectable_difference"];
    close(of_runs(1), 0.26414);
    close(of_runs(5), 0.16705);
    assert_eq!((&payload["contestants"], &payload["items_at_hand"]), (&2.into(), &50.into()));
    assert_eq!(payload["spread"]["source"], "assumed");
    let schema = bench.run("schema plan").expect(0).json();
    assert!(schema["properties"]["best"].is_object());
    // Twice the runs cost twice as much, and the worst case is what a cap would have to hold.
    let cost = |runs: usize, which: &str| payload["alternatives"][runs - 1][which].as_f64().unwrap();
    assert!((cost(2, "expected_cost_usd") / cost(1, "expected_cost_usd") - 2.0).abs() < 1e-9);
    assert!(cost(1, "worst_cost_usd") > cost(1, "expected_cost_usd"));
    let text = bench.run("plan suite.yaml -m gpt-4o-mini,gpt-5.4 --most-runs 5 -o plan.md").expect(0).text();
    assert!(unwrapped(&text).contains("50 items"), "{text}");
    assert!(std::fs::read_to_string(bench.path("plan.md")).unwrap().contains('|'));
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn a_pilot_gives_the_spread_and_a_budget_the_split() {
    let bench = bench(40);
    bench.run("batch suite.yaml -m gpt-4o-mini,gpt-5.4 --runs 3 --no-assertions --seed 1 -o pilot.json").expect(0);
    let sent = bench.server.requests();
    let models = "-m gpt-4o-mini,gpt-5.4";
    let payload = bench.run(&format!("plan suite.yaml {models} --from last --format json")).expect(0).json();
    let spread = &payload["spread"];
    assert_eq!((&spread["source"], &spread["items"]), (&"pilot".into(), &40.into()));
    // Half of the items differ by 1, always the same ones: 40/39 · 1/4, and runs add nothing.
    close(&spread["item_variance"], 40.0 / 39.0 / 4.0);
    assert_eq!(spread["run_variance"], 0.0);
    assert_eq!(payload["best"]["runs"], 1, "more runs of an item would show nothing new");
    for pilot in ["pilot.json", "last"] {
        let line =
            format!("plan suite.yaml {models} --from {pilot} --budget 0.05 --max-output-tokens 100 --format json");
        let payload = bench.run(&line).expect(0).json();
        assert!(payload["best"]["worst_cost_usd"].as_f64().unwrap() <= 0.05, "{pilot}");
        assert_eq!(payload["budget_usd"], 0.05);
    }
    bench.file("t.csv", "item_id,a,b\nq1,1,0\nq2,1,1\nq3,0,0\n");
    bench.run(&format!("plan suite.yaml {models} --from t.csv")).expect(0);
    let needed = bench.run(&format!("plan suite.yaml {models} --effect 0.05 --format json")).expect(0).json();
    assert_eq!(needed["needed"]["within_reach"], false, "{:#}", needed["needed"]);
    assert!(needed["needed"]["design"]["items"].as_u64().unwrap() > 40);
    assert_eq!(bench.server.requests(), sent, "nothing was sent");
}

#[test]
fn what_cannot_be_planned_is_a_sentence() {
    let bench = bench(4);
    bench.file("one.yaml", "items: [{id: a, prompt: 'Say a.'}]\n");
    bench.file("t.csv", "item_id,a\nq1,1\nq2,0\n");
    let cases: [(&str, &[&str]); 7] = [
        ("plan suite.yaml", &["nobody is planned for"]),
        (
            "plan suite.yaml -m gpt-4o-mini,gpt-5.4 --budget 0.000001",
            &["does not pay for two items", "nothing was sent"],
        ),
        ("plan one.yaml -m gpt-4o-mini,gpt-5.4", &["1 items cannot tell contestants apart"]),
        ("plan suite.yaml -m gpt-4o-mini,gpt-5.4 --from nothing.json", &["there is no file nothing.json"]),
        ("plan suite.yaml -m gpt-4o-mini,gpt-5.4 --from t.csv", &["t.csv shows no spread"]),
        ("plan suite.yaml -m gpt-4o-mini,gpt-5.4 --effect 0", &["above 0"]),
        ("plan suite.yaml -m gpt-4o-mini,gpt-5.4 -o suite.yaml --force --format json", &["suite.yaml is what is read"]),
    ];
    for (line, said) in cases {
        bench.run(line).expect(2).says(said);
    }
    assert_eq!(bench.server.requests(), 0);
}
