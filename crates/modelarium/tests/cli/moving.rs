//! What moved: `diff`, `baseline`, and the drift of a history.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use crate::deciding::suite;
use crate::support::*;

/// A model that knows every item until it is made to forget: then only one in `forgets` of them.
struct Moody {
    bench: Workbench,
    forgets: Arc<AtomicU32>,
}

fn moody(items: u32) -> Moody {
    let forgets = Arc::new(AtomicU32::new(1));
    let mood = Arc::clone(&forgets);
    let bench = Workbench::saying(move |_, request| {
        let number: u32 = request.split('#').nth(1).and_then(|part| part.parse().ok()).unwrap_or(0);
        if number.is_multiple_of(mood.load(Ordering::Relaxed)) { format!("It is {number}.") } else { "Oh.".to_owned() }
    });
    suite(&bench, "suite.yaml", items);
    Moody { bench, forgets }
}

impl Moody {
    fn run(&self, forgets: u32, more: &str) {
        self.forgets.store(forgets, Ordering::Relaxed);
        self.bench.run(&format!("batch suite.yaml -m gpt-4o-mini,gpt-5.4 --no-assertions --seed 1 {more}")).expect(0);
    }
}

/// Movements of a measure by their direction.
fn directions(payload: &Value, metric: &str) -> Vec<String> {
    let movements = payload["movements"].as_array().unwrap().iter().filter(|one| one["metric"] == metric);
    movements.map(|one| one["direction"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_run_held_against_itself_says_that_nothing_moved() {
    let moody = moody(30);
    let bench = &moody.bench;
    moody.run(1, "-o a.json");
    let done = bench.run("diff last a.json").expect(0);
    assert!(done.text().contains("Nothing is shown to have moved"), "{}", done.text());
    let payload = bench.run("diff a.json a.json --format json").expect(0).json();
    assert_eq!((&payload["moved"], &payload["comparable"]), (&false.into(), &true.into()));
    let schema = bench.run("schema diff").expect(0).json();
    assert!(jsonschema::is_valid(&schema, &payload), "{payload:#}");
}

#[test]
fn what_moved_is_told_from_jitter_whatever_the_runs_are_named_by() {
    let moody = moody(30);
    let bench = &moody.bench;
    moody.run(1, "-o a.json --store other.db");
    moody.run(3, "-o b.json");
    for (before, after) in [("a.json", "last"), ("other.db", "b.json"), ("other.db#last", "b.json")] {
        let payload = bench.run(&format!("diff {before} {after} --format json")).expect(4).json();
        assert_eq!(directions(&payload, "pass_rate"), ["worse", "worse"], "{before} {after}");
        assert_eq!(payload["worse"], true);
        let back = bench.run(&format!("diff {after} {before} --format json")).expect(4).json();
        assert_eq!(directions(&back, "pass_rate"), ["better", "better"]);
    }
    bench.run("diff a.json b.json -o moved.md").expect(4);
    let markdown = std::fs::read_to_string(bench.path("moved.md")).unwrap();
    assert!(markdown.contains("pass rate") && markdown.contains('|'), "{markdown}");
    // A table of results is a run too.
    bench.file("t.csv", "item_id,gpt-4o-mini,gpt-5.4\nitem-1,1,1\nitem-2,1,1\nitem-3,1,0\nitem-4,0,1\n");
    let table = bench.run("diff t.csv b.json --format json").expect(0).json();
    assert_eq!((&table["n_items"], &table["n_only_after"]), (&4.into(), &26.into()));
    bench.file("other.csv", "item_id,x,y\nq1,1,0\nq2,1,1\n");
    bench.run("diff other.csv b.json").expect(5);
    let sent = bench.sent().len();
    let refused: [(&str, &[&str]); 7] = [
        ("diff a.json", &["AFTER"]),
        ("diff a.json nothing.json", &["there is no file nothing.json"]),
        ("diff a.json zzzz", &["no stored run has the id zzzz"]),
        ("diff a.json b.json -o a.json --force", &["a.json is what is read"]),
        ("diff a.json b.json -o moved.txt", &["not clear from its name"]),
        ("diff a.json b.json --correction guess", &["there is no correction `guess`"]),
        ("diff suite.yaml b.json", &["suite.yaml is no table of results"]),
    ];
    for (line, said) in refused {
        bench.run(line).expect(2).says(said);
    }
    bench.file("broken.json", "{\"version\": [[[[");
    bench.run("diff broken.json b.json").expect(2).says(&["broken.json cannot be read as a run"]);
    assert_eq!(bench.sent().len(), sent, "nothing was sent");
}

#[test]
fn a_baseline_is_kept_by_name_and_held_to_a_margin() {
    let moody = moody(200);
    let bench = &moody.bench;
    bench.run("baseline check main").expect(2).says(&["there is no baseline main", "there is none yet"]);
    moody.run(1, "-o good.json");
    bench.run("baseline set main last").expect(0).says(&["baseline check main"]);
    // As good as before: shown, because 200 items show it.
    let payload = bench.run("baseline check main --format json").expect(0).json();
    assert_eq!(payload["gates"][0]["answer"], "passes");
    assert_eq!(payload["gates"][0]["contestants"].as_array().unwrap().len(), 2);
    moody.run(3, "");
    let text = bench.run("baseline check main last --margin 0.05").expect(1).text();
    assert!(text.contains("FAILS") && text.contains("gpt-5.4"), "{text}");
    // A file that is committed with the code, on a machine whose store knows nothing.
    bench.run("baseline check --against good.json last").expect(1);
    bench.run("baseline check --against good.json").expect(1);
    bench.run("baseline set ci --file good.json --store elsewhere.db").expect(0);
    bench.run("baseline check ci good.json --store elsewhere.db").expect(0);
    let listed = bench.run("baseline list").expect(0).text();
    assert!(listed.contains("main") && !listed.contains("ci"), "a list a store: {listed}");
    let json = bench.run("baseline list --format json").expect(0).json();
    assert!(json["baselines"]["main"]["run"].is_string(), "{json:#}");
    bench.run("baseline rm main").expect(0);
    bench.run("baseline rm main").expect(2).says(&["there is no baseline main"]);
    bench.run("baseline set main no-such-run").expect(2);
    bench.run("baseline set main --file nothing.json").expect(2).says(&["there is no file nothing.json"]);
    bench.run("baseline check").expect(2).says(&["nothing to check against"]);
    bench.run("baseline check --against good.json a b").expect(2);
}

#[test]
fn a_baseline_that_cannot_be_decided_on_is_inconclusive() {
    let moody = moody(6);
    let bench = &moody.bench;
    moody.run(1, "-o few.json");
    bench.run("baseline check --against few.json last").expect(5);
    bench.file("bare.yaml", "items: [{id: a, prompt: 'Say #1#.'}, {id: b, prompt: 'Say #2#.'}]\n");
    bench.run("batch bare.yaml -m gpt-4o-mini -o bare.json").expect(0);
    bench.run("baseline check --against bare.json last").expect(5).says(&["the baseline decides nothing"]);
}

#[test]
fn drift_holds_every_later_run_against_the_first() {
    let moody = moody(30);
    let bench = &moody.bench;
    bench.run("history --drift").expect(2).says(&["no experiment was run twice"]);
    moody.run(1, "");
    bench.run("history --drift").expect(2);
    moody.run(1, "");
    // What was not shown to move in quality may have moved in latency: only the first measure is looked at here.
    moody.run(3, "");
    let payload = bench.run("history --drift --format json").expect(4).json();
    let schema = bench.run("schema drift").expect(0).json();
    assert!(jsonschema::is_valid(&schema, &payload), "{payload:#}");
    let line = payload["lines"].as_array().unwrap().iter().find(|one| one["metric"] == "pass_rate").unwrap();
    let directions: Vec<&Value> = line["points"].as_array().unwrap().iter().map(|point| &point["direction"]).collect();
    assert_eq!(directions, [&Value::Null, &"not_shown".into(), &"worse".into()]);
    let text = bench.run("history --drift numbers").expect(4).text();
    assert!(unwrapped(&text).contains("gpt-4o-mini moved to the worse in pass rate"), "{text}");
    bench.run("history --drift suite.yaml").expect(4);
    let history = bench.run("history --format json").expect(0).json();
    let key = history[0]["experiment_key"].as_str().unwrap();
    bench.run(&format!("history --drift {}", &key[..6])).expect(4);
    bench.run("history --drift nothing-like-it").expect(2).says(&["no stored run is of a suite"]);
    bench.run("history").expect(0);
}
