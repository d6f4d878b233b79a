//! What is decided over the items of a run: the bar, gates with three answers, and runs that stop by themselves.

use serde_json::Value;

use crate::support::*;

/// Items that ask for a number; `gpt-4o-mini` gives it, `gpt-5.4` every second one, `mistral-small-latest` none.
pub(crate) fn bench(items: u32) -> Workbench {
    let bench = Workbench::saying(|model, request| {
        if model == "claude-haiku-4-5" {
            return score(if request.contains("It is none.") { 2 } else { 9 });
        }
        let number: u32 = request.split('#').nth(1).and_then(|part| part.parse().ok()).unwrap_or(0);
        let knows = match model {
            "gpt-4o-mini" => true,
            "gpt-5.4" => number.is_multiple_of(2),
            _ => false,
        };
        if knows { format!("It is {number}.") } else { "It is none.".to_owned() }
    });
    suite(&bench, "suite.yaml", items);
    bench
}

/// A suite of so many items with a check each.
pub(crate) fn suite(bench: &Workbench, name: &str, items: u32) {
    let items: Vec<String> = (1..=items)
        .map(|number| {
            format!("  - id: item-{number}\n    prompt: 'Say #{number}# once.'\n    checks: [{{type: contains, value: 'is {number}.'}}]\n")
        })
        .collect();
    bench.file(name, format!("name: numbers\nitems:\n{}", items.concat()));
}

fn words(bench: &Workbench, line: &str, more: &[&str]) -> Finished {
    let words: Vec<&str> = line.split_whitespace().chain(more.iter().copied()).collect();
    bench.run_words(&words)
}

#[test]
fn a_run_stops_when_it_is_decided_and_asks_nothing_more() {
    let bench = bench(60);
    let line = "batch suite.yaml -m gpt-4o-mini,mistral-small-latest --seed 3 --stop-when decided --concurrency 2";
    let payload = bench.run(&format!("{line} --output-format json")).expect(0).json();
    let sent = bench.sent().len();
    let stopping = &payload["stopping"];
    assert_eq!((&stopping["decision"], &stopping["leader"]), (&"superiority".into(), &"gpt-4o-mini".into()));
    // Eight straight wins decide at 5 %; what was on its way at the stop is counted too.
    let (made, planned) = (stopping["calls_made"].as_u64().unwrap(), stopping["calls_planned"].as_u64().unwrap());
    assert_eq!((made, planned), (sent as u64, 120));
    assert!((16..=40).contains(&made), "{made} calls");
    assert_eq!(stopping["items_used"], 8);
    assert_eq!((&payload["run_end"], &payload["tied_best"]), (&"decided".into(), &serde_json::json!(["gpt-4o-mini"])));
    let evidence = &stopping["evidence"][0];
    assert!(evidence["ln_e_value"].as_f64().unwrap() >= (20.0_f64).ln(), "{evidence:#}");
    // Without failed checks nobody would be better: they fail the run only where that is asked for.
    bench.run(&format!("{line} --no-store --strict-assertions")).expect(1);
    let sent = bench.sent().len();
    // A decided run is done.
    bench.run("resume last").expect(0).says(&["decided", "nothing was sent"]);
    assert_eq!(bench.sent().len(), sent);
    let again = bench.run("report last --output-format json").expect(0).json();
    assert_eq!(again["stopping"], payload["stopping"]);
}

#[test]
fn judges_are_not_asked_beyond_the_decision() {
    let bench = bench(60);
    let line = "batch suite.yaml -m gpt-4o-mini,mistral-small-latest --seed 3 --judge claude-haiku-4-5 --decide-on score --no-assertions --stop-when decided --concurrency 2 --output-format json";
    let payload = bench.run(line).expect(0).json();
    assert_eq!(payload["primary_metric"], "score");
    assert_eq!(payload["stopping"]["decision"], "superiority");
    let judged = bench.sent_to("claude-haiku-4-5").len();
    let answers = bench.sent().len() - judged;
    assert!(answers < 120 && judged <= answers, "{judged} judgements of {answers} answers");
}

#[test]
fn equal_contestants_stop_within_the_margin_and_hopeless_ones_for_futility() {
    let bench = bench(120);
    let line = "batch suite.yaml --seed 3 --stop-when decided --output-format json";
    // Both are always wrong: with a margin that is equivalence.
    let equal = format!("{line} -m mistral-small-latest,deepseek-v4-flash");
    let payload = bench.run(&format!("{equal} --margin 0.2")).expect(0).json();
    assert_eq!(payload["stopping"]["decision"], "equivalence", "{:#}", payload["stopping"]);
    assert_eq!(payload["stopping"]["margin"], 0.2);
    // Without one nothing can be decided, and going on would only cost.
    let payload = bench.run(&equal).expect(0).json();
    assert_eq!(payload["stopping"]["decision"], "futility");
    let all = bench.run(&format!("{equal} --no-futility --alpha 0.01")).expect(0).json();
    assert_eq!((&all["stopping"]["decision"], &all["run_end"]), (&Value::Null, &"finished".into()));
    assert_eq!((&all["stopping"]["alpha"], &all["stopping"]["calls_made"]), (&0.01.into(), &240.into()));
}

#[test]
fn what_cannot_be_decided_is_refused_before_anything_is_sent() {
    let bench = bench(4);
    bench.file("bare.yaml", "items: [{id: a, prompt: 'Say a.'}, {id: b, prompt: 'Say b.'}]\n");
    let two = "batch suite.yaml -m gpt-4o-mini,gpt-5.4";
    let bare = "batch bare.yaml -m gpt-4o-mini,gpt-5.4";
    let cases: [(&str, &[&str], &[&str]); 14] = [
        (bare, &["--stop-when", "decided"], &["nothing says which answers are good", "--judge MODEL"]),
        ("batch suite.yaml -m gpt-4o-mini", &["--stop-when", "decided"], &["a single contestant"]),
        (two, &["--stop-when", "soon"], &["decided"]),
        (two, &["--margin", "0.1"], &["--stop-when"]),
        (two, &["--stop-when", "decided", "--margin", "0"], &["above 0"]),
        (two, &["--stop-when", "decided", "--alpha", "1"], &["between 0 and 1"]),
        (two, &["--bar", "pass_rate => 0.9"], &["column 11"]),
        (two, &["--gate", "speed < 3"], &["column 1"]),
        (two, &["--bar", "pass_rate not worse than baseline by 0.1"], &["a bar is a limit"]),
        (two, &["--gate", "pass_rate not worse than gpt-9 by 0.1"], &["no contestant is called `gpt-9`", "gpt-5.4"]),
        (two, &["--baseline", "nobody"], &["no contestant is called `nobody`"]),
        (
            "batch suite.yaml -m gpt-4o-mini",
            &["--gate", "pass_rate not worse than baseline by 0.1"],
            &["one contestant alone", "baseline check"],
        ),
        (bare, &["--gate", "pass_rate >= 0.9"], &["no answer will have one", "--check"]),
        (two, &["--decide-on", "charm"], &["there is no measure `charm`", "pass_rate"]),
    ];
    for (line, more, said) in cases {
        words(&bench, line, more).expect(2).says(said);
    }
    words(&bench, bare, &["--gate", "mean(score) >= 7"]).expect(2).says(&["--judge MODEL"]);
    words(&bench, two, &["--gate", &"x".repeat(100_000)]).expect(2);
    words(&bench, two, &["--gate", &"(".repeat(400)]).expect(2);
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn a_gate_has_three_answers_and_an_exit_code_each() {
    let bench = bench(40);
    let gate = |model: &str, gate: &str, more: &[&str]| {
        let more: Vec<&str> = ["--gate", gate].iter().chain(more).copied().collect();
        words(&bench, &format!("batch suite.yaml -m {model} --output-format json"), &more)
    };
    let passes = gate("gpt-4o-mini", "pass_rate >= 0.9 @ 95%", &[]).expect(0).json();
    assert_eq!((&passes["gates"][0]["answer"], &passes["gates"][0]["needed_runs"]), (&"passes".into(), &Value::Null));
    let open = gate("gpt-4o-mini", "pass_rate >= 0.99 @ 95%", &[]).expect(5).json();
    assert_eq!(open["gates"][0]["answer"], "inconclusive");
    // 0.99^n < 0.05 from 299 on: 259 more.
    assert_eq!(open["gates"][0]["needed_runs"], 259);
    gate("mistral-small-latest", "pass_rate >= 0.5 @ 95%", &[]).expect(1);
    // Half of the checks fail; the gate over items stands in place of the strict one unless that is asked for too.
    gate("gpt-5.4", "pass_rate >= 0.2 @ 95%", &[]).expect(0);
    gate("gpt-5.4", "pass_rate >= 0.2 @ 95%", &["--strict-assertions"]).expect(1);
    gate("gpt-5.4", "pass_rate >= 0.2 @ 95%", &["--min-pass-rate", "0.9"]).expect(1);
    // A failed one wins over one that is open.
    gate("gpt-5.4", "pass_rate >= 0.99", &["--gate", "pass_rate >= 0.45 @ 95%"]).expect(1);
    gate("gpt-4o-mini", "p95(latency) < 600s", &[]).expect(5);
    gate("gpt-4o-mini", "p50(latency) < 600s", &[]).expect(0);
}

#[test]
fn the_baseline_is_the_first_contestant_unless_one_is_named() {
    let bench = bench(60);
    let line = "batch suite.yaml -m gpt-4o-mini,gpt-5.4 --output-format json --gate";
    let gate = "pass_rate not worse than baseline by 0.05";
    let payload = words(&bench, line, &[gate]).expect(1).json();
    assert_eq!(payload["gates"][0]["contestants"][0]["name"], "gpt-5.4");
    words(&bench, line, &[gate, "--baseline", "gpt-5.4"]).expect(0);
    words(&bench, line, &["pass_rate not worse than gpt-5.4 by 0.05"]).expect(0);
    // Stored answers under other gates, for free; the stored run keeps its own.
    let sent = bench.sent().len();
    words(&bench, "replay last --gate", &[gate, "--baseline", "gpt-4o-mini"]).expect(1);
    words(&bench, "report last --output-format json --gate", &["pass_rate >= 0.3"]).expect(0);
    words(&bench, "show last --gate", &["pass_rate >= 0.99"]).expect(1);
    words(&bench, "report last --output-format json --gate", &["pass_rate >> 1"]).expect(2);
    words(&bench, "replay last --baseline", &["nobody"]).expect(2);
    let own = bench.run("report last --output-format json").expect(0).json();
    assert_eq!(
        (&own["gates"][0]["gate"], &own["gates"][0]["answer"]),
        (&"pass_rate not worse than gpt-5.4 by 0.05".into(), &"passes".into())
    );
    assert_eq!(bench.sent().len(), sent, "nothing was sent");
}

#[test]
fn the_cheapest_that_clears_the_bar_is_named() {
    let bench = bench(30);
    let models = "openai:gpt-4o-mini@price=2/8,gpt-5.4,mistral-small-latest";
    let line = format!("batch suite.yaml -m {models} --no-assertions --output-format json --bar");
    let payload = words(&bench, &line, &["pass_rate >= 0.4"]).expect(0).json();
    let bar = &payload["bar"];
    let clear: Vec<&Value> = bar["contestants"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|arm| arm["clears"] == true)
        .map(|arm| &arm["name"])
        .collect();
    assert_eq!(clear.len(), 2, "{bar:#}");
    let cheapest = payload["cheapest_clearing_bar"].as_str().unwrap();
    let cost = |name: &Value| {
        let all = payload["contestants"].as_array().unwrap();
        all.iter().find(|one| one["name"] == *name).unwrap()["cost_per_item"].as_f64().unwrap()
    };
    let least = clear.iter().min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap();
    assert_eq!(cheapest, least.as_str().unwrap());
    let none = words(&bench, "report last --output-format json --bar", &["pass_rate > 1"]).expect(0).json();
    assert_eq!(none["cheapest_clearing_bar"], Value::Null);
    // Shards decide when they are joined.
    for shard in 1..=2 {
        bench
            .run(&format!("batch suite.yaml -m {models} --no-assertions --shard {shard}/2 -o s{shard}.json --no-store"))
            .expect(0);
    }
    let merged = words(&bench, "merge s1.json s2.json --no-store --output-format json --bar", &["pass_rate >= 0.4"])
        .expect(0)
        .json();
    assert_eq!(merged["cheapest_clearing_bar"], payload["cheapest_clearing_bar"]);
    words(&bench, "merge s1.json s2.json --no-store --gate", &["pass_rate >= 0.9"]).expect(1);
}
