//! `merge`: shards that were run apart are one run again, from run ids, JSON outputs and stores of other machines.

use serde_json::Value;

use crate::support::*;

/// Twelve items; every third answer is wrong.
fn bench() -> Workbench {
    let bench = Workbench::saying(|model, request| {
        if model == "claude-haiku-4-5" {
            return score(if request.contains("is 6") { 3 } else { 8 });
        }
        // The number that was asked for stands between two marks.
        let number: u32 = request.split('#').nth(1).and_then(|part| part.parse().ok()).unwrap_or(0);
        format!("It is {}.", if number.is_multiple_of(3) { 6 } else { number })
    });
    let items: Vec<String> = (1..=12)
        .map(|number| {
            format!("  - id: item-{number}\n    prompt: 'Say #{number}# once.'\n    checks: [{{type: contains, value: 'is {number}.'}}]\n")
        })
        .collect();
    bench.file("suite.yaml", format!("name: numbers\nitems:\n{}", items.concat()));
    bench
}

const BATCH: &str =
    "batch suite.yaml -m gpt-4o-mini,gpt-5.4 --runs 2 --seed 7 --judge claude-haiku-4-5 --min-pass-rate 0.5";

fn shards(bench: &Workbench) {
    for shard in 1..=3 {
        bench.run(&format!("{BATCH} --shard {shard}/3 --store s{shard}.db -o s{shard}.json")).expect(0);
    }
}

/// What does not depend on when and where a call was made.
fn timeless(payload: &Value) -> Vec<(String, Value, Value, Value, Value, Value)> {
    rows(payload)
        .iter()
        .map(|row| {
            let id = format!("{} {} {}", row["item_id"], row["name"], row["run_index"]);
            let verdicts = row["assertions"].as_array().unwrap().iter().map(|one| one["passed"].clone()).collect();
            (
                id,
                row["prompt_id"].clone(),
                row["output"].clone(),
                verdicts,
                row["judge_score_avg"].clone(),
                row["cost_usd"].clone(),
            )
        })
        .collect()
}

#[test]
fn shards_from_stores_outputs_and_ids_are_the_run_of_one_machine() {
    let bench = bench();
    let whole = bench.run(&format!("{BATCH} --no-store --output-format json")).expect(0).json();
    shards(&bench);
    // One more shard in this machine's own store, to be named by its id.
    bench.run(&format!("{BATCH} --shard 2/3")).expect(0);
    let sent = bench.server.requests();
    for parts in ["s1.db s2.db s3.db", "s3.json s1.json s2.json", "s1.json last s3.db"] {
        let merged = bench.run(&format!("merge {parts} --no-store --output-format json")).expect(0).json();
        assert_eq!(timeless(&merged), timeless(&whole), "{parts}");
        for total in
            ["total_results", "total_assertions", "total_assertions_passed", "pass_rate", "judge_calls", "gate"]
        {
            assert_eq!(merged[total], whole[total], "{parts}: {total}");
        }
        assert_eq!(merged["experiment_key"], whole["experiment_key"]);
        assert_eq!(merged["invocation"]["command"], "merge");
        let codes = column_of(&merged["notes"], "code");
        assert!(codes.contains(&"merged".to_owned()), "{codes:?}");
        let schema: Value = bench.run("schema").expect(0).json();
        assert!(jsonschema::is_valid(&schema, &merged));
    }
    assert_eq!(bench.server.requests(), sent, "nothing is sent");
}

fn column_of(list: &Value, field: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_merged_run_is_stored_with_its_bytes_and_is_a_run_like_others() {
    let bench = bench();
    shards(&bench);
    let done = bench.run("merge s1.db s2.db s3.db -o m.json --junit m.xml --sarif m.sarif").expect(0);
    assert!(done.stderr.contains("Stored as"), "{}", done.stderr);
    let json: Value = serde_json::from_slice(&std::fs::read(bench.path("m.json")).unwrap()).unwrap();
    assert_eq!(
        bench.run("report last --output-format json").expect(0).stdout,
        std::fs::read(bench.path("m.json")).unwrap()
    );
    assert!(std::fs::read_to_string(bench.path("m.xml")).unwrap().contains("item-12"));
    // The bytes of an answer and of a judge's reply came along.
    let shown = bench.run("show last --call p1").expect(0).text();
    assert!(shown.contains("response:") && shown.contains("Say #1# once."), "{shown}");
    let judge = json["judge_results"][0]["call_index"].as_u64().unwrap() + 1;
    let shown = bench.run(&format!("show last --call p{judge}")).expect(0).text();
    assert!(shown.contains("It says what was asked."), "{shown}");
    // Other statistics, and a merged output as the only part of the next merge.
    bench.run("replay last --significance-test permutation").expect(0);
    let again = bench.run("merge m.json --no-store --output-format json").expect(0).json();
    assert_eq!(timeless(&again), timeless(&json));
    assert_eq!(json["invocation"]["command"], "merge");
}

#[test]
fn a_merged_run_is_gated_like_a_batch() {
    let bench = bench();
    shards(&bench);
    let parts = "merge s1.json s2.json s3.json --no-store";
    // Nine of twelve items pass.
    bench.run(parts).expect(0);
    bench.run(&format!("{parts} --strict-assertions")).expect(1);
    bench.run(&format!("{parts} --min-pass-rate 0.9")).expect(1);
    bench.run(&format!("{parts} --no-assertions")).expect(0);
    let json = bench.run(&format!("{parts} --min-pass-rate 0.9 --output-format json")).expect(1).json();
    assert_eq!(json["gate"]["status"], "failed");
    bench.run(&format!("{parts} --seed 99 --bootstrap-resamples 200")).expect(0);
}

#[test]
fn what_does_not_belong_together_is_refused_and_nothing_is_stored() {
    let bench = bench();
    shards(&bench);
    let once = BATCH.replace("--runs 2", "--runs 1");
    bench.run(&format!("{once} --shard 2/3 -o other.json --no-store")).expect(0);
    bench.file("foreign.json", r#"{"version": "0.9", "results": []}"#);
    bench.file("broken.json", "{\"version\":");
    bench.file("text.db", "no database");
    let refusals: [(&str, &[&str]); 11] = [
        ("s1.json s3.json", &["shard 2 of 3 is missing", "--partial"]),
        ("s1.json other.json s3.json", &["not parts of one experiment", "repetitions differ (2 and 1)"]),
        ("s1.json s1.db s2.db s3.db", &["are the same run"]),
        ("s1.json foreign.json", &["foreign.json cannot be a part", "not the JSON output of a run"]),
        ("s1.json broken.json", &["broken.json cannot be a part", "not JSON"]),
        ("s1.json text.db", &["text.db cannot be a part"]),
        ("s1.json nothing.json", &["there is no file nothing.json"]),
        ("s1.json nothing.db#ab", &["there is no file nothing.db#ab"]),
        ("s1.db#zzzz s2.db", &["no stored run has the id zzzz"]),
        ("s1.json#ab", &["no store"]),
        ("no-such-run", &["no"]),
    ];
    for (parts, said) in refusals {
        bench.run(&format!("merge {parts}")).expect(2).says(said);
    }
    bench.run("merge s1.json s2.json s3.json -o s1.json --force").expect(2).says(&["s1.json is what is read"]);
    bench.run("merge s1.json s3.json --no-store --significance-metric check_score --partial").expect(0);
    let partial = bench.run("merge s1.json s3.json --partial --no-store --output-format json").expect(0).json();
    assert!(column_of(&partial["notes"], "code").contains(&"merge_partial".to_owned()));
    assert!(bench.run("history").expect(0).text().lines().count() < 4, "nothing was stored");
}

#[test]
fn a_store_gives_the_newest_run_of_every_shard_or_the_one_that_is_named() {
    let bench = bench();
    for shard in [1, 2, 3, 2] {
        bench.run(&format!("{BATCH} --shard {shard}/3 --store all.db")).expect(0);
    }
    let done = bench.run("merge all.db --no-store --output-format json").expect(0);
    assert!(done.stderr.contains("shard 2 of 3 more than once"), "{}", done.stderr);
    assert_eq!(rows(&done.json()).len(), 48);
    let merged = bench.run("merge all.db#last --partial --no-store --output-format json").expect(0).json();
    assert!(rows(&merged).len() < 48);
    bench.file("other.yaml", "name: letters\nitems: [{id: a, prompt: 'Say a.'}, {id: b, prompt: 'Say b.'}, {id: c, prompt: 'Say c.'}, {id: d, prompt: 'Say d.'}, {id: e, prompt: 'Say e.'}]\n");
    bench.run("batch other.yaml -m gpt-4o-mini --shard 1/2 --store all.db").expect(0);
    bench.run("merge all.db --no-store").expect(2).says(&["shards of several suites"]);
}

#[test]
fn labels_of_the_parts_come_along() {
    let bench = bench();
    shards(&bench);
    bench.run_with_input("label last --store s1.db -n 2 --judge-scale-free", b"g\nb\n").expect(0);
    bench.run("merge s1.db s2.db s3.db").expect(0);
    let done = bench.run_with_input("label last -n 2 --judge-scale-free", b"q\n").expect(0);
    assert!(done.text().contains("2 labels: 1 good, 1 bad"), "{}", done.text());
}
