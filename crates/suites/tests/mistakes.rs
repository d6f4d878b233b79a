//! Every mistake in one go, each with its place and a hint; hostile files end in a sentence.

mod support;

use suites::{LoadOptions, load};
use support::{problem, problems, suite};

#[test]
fn every_mistake_is_found_in_one_go() {
    let problems = problems(
        "s.yaml",
        r#"nam: x
defaults:
  run: 3
  temperature: hot
  weight: -1
  checks:
    - {type: contain, value: a}
prompts:
  - id: t
    template: "Capital of {{ contry }} and {{ river }}?"
    cheks: []
cases:
  - id: fr
    country: France
    river: Seine
    checks:
      - {type: regex, value: "(["}
      - {type: json_schema, value: {type: 3}}
      - {type: contains}
  - id: fr
    country: Peru
    weight: .nan
    tags: ["a,b"]
"#,
    );
    let found: Vec<(u32, &str)> =
        problems.iter().map(|problem| (problem.line.unwrap(), problem.message.as_str())).collect();
    let expect = [
        (1, "a suite has no key `nam`"),
        (3, "`defaults` has no key `run`"),
        (4, "`temperature` must be a number; this is `hot`"),
        (5, "the weight -1 is not positive"),
        (7, "there is no check of type"),
        (10, "there is no variable `contry`"),
        (11, "a prompt has no key `cheks`"),
        (17, "("),
        (18, ""),
        (19, "this `contains` check has no `value`, and the item `fr` has no `reference` to take in its place"),
        (20, "the case `fr` has no variable `river`"),
        (20, "the id `fr` stands twice (first at line 13)"),
        (22, "`weight` must be a number; this is `.nan`"),
        (23, "`a,b` cannot be a tag"),
    ];
    assert_eq!(found.len(), expect.len(), "{problems:#?}");
    for ((line, message), (want_line, want)) in found.iter().zip(expect) {
        assert_eq!(*line, want_line, "{problems:#?}");
        assert!(message.contains(want), "{message} / {want}");
    }
    assert_eq!(problems[0].hint.as_deref(), Some("did you mean `name`?"));
    assert_eq!(problems[5].hint.as_deref(), Some("did you mean `country`?"));
    assert!(problems.iter().all(|problem| problem.column.is_some()));
    assert!(problems[0].to_string().ends_with("s.yaml:1:1: a suite has no key `nam`"));
}

#[test]
fn conversations_have_an_order() {
    let with = |messages: &str| format!("items:\n  - messages: {messages}\n");
    assert!(
        problem("s.yaml", with("[{role: user, content: a}, {role: assistant, content: b}]")).message.contains("user's")
    );
    assert!(
        problem("s.yaml", with("[{role: user, content: a}, {role: system, content: b}, {role: user, content: c}]"))
            .message
            .contains("first")
    );
    assert!(problem("s.yaml", with("[{role: usr, content: a}]")).hint.unwrap().contains("`user`"));
    assert!(problem("s.yaml", with("[{role: user}]")).message.contains("needs"));
    assert!(problem("s.yaml", with("[]")).message.contains("no message"));
    assert!(problem("s.yaml", with("[{role: user, content: '  '}]")).message.contains("empty"));
    assert!(
        problem("s.yaml", "items:\n  - {prompt: a, messages: [{role: user, content: b}]}\n").message.contains("both")
    );
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    for (text, wanted) in [
        ("items:\n  - {prompt: [a]}\n", "must be a text; this is a list"),
        ("items:\n  - 5\n", "must be an object"),
        ("items: x\n", "must be a list"),
        ("items:\n  - {prompt: a, checks: {type: equals}}\n", "list of checks"),
        ("items:\n  - {prompt: a, checks: [5]}\n", "must be an object with a `type`"),
        ("items:\n  - {prompt: a, id: ''}\n", "id is empty"),
        ("items:\n  - {prompt: a, id: \"a\\nb\"}\n", "one line"),
        ("items:\n  - {prompt: a, vars: 3}\n", "`vars` must be an object"),
        ("items:\n  - {prompt: ''}\n", "prompt is empty"),
        ("items:\n  - {id: x}\n", "no prompt"),
        ("cases: [{a: 1}]\n", "no `prompts`"),
        ("prompt: a\nprompts: [b]\n", "same key"),
        ("prompt: a\ncases: []\n", "empty"),
        ("prompt: a\ncases: [{a: 1}]\ncases_file: x.csv\n", ""),
        ("prompt: a\ndefaults: {runs: 0}\n", "whole number from 1"),
        ("prompt: a\ndefaults: {runs: 1.5}\n", "whole number from 1"),
        ("prompt: a\ndefaults: {top_p: 2}\n", "above 0"),
        ("prompt: a\ndefaults: {max_cost: -1}\n", "negative"),
        ("prompt: a\ndefaults: {effort: hgh}\n", "no effort"),
        ("prompt: a\ndefaults: {models: []}\n", "names nothing"),
        ("prompt: a\ndefaults: {cluster: topic}\n", "cluster key `topic`"),
        ("prompt: 'a {{ b'\n", "template is wrong"),
        ("prompt: 'a {{ x|uper }}'\ndefaults: {vars: {x: 1}}\n", "uper"),
        ("prompt: a\ndefaults: {checks: [{type: script, command: [./nope.sh]}]}\n", "no program"),
    ] {
        let problems = problems("s.yaml", text);
        assert!(problems.iter().any(|problem| problem.message.contains(wanted)), "{text}{problems:#?}");
        assert!(problems.iter().all(|problem| problem.line.is_some()), "{text}{problems:#?}");
    }
}

#[test]
fn checks_can_be_written_short() {
    let suite = suite(
        "s.yaml",
        "items:\n  - prompt: a\n    checks:\n      - contains: Paris\n      - json_valid:\n      - 'word_count: 5'\n      - not: {type: is_refusal}\n      - json_path: $.a\n",
    );
    let checks = serde_json::to_value(&suite.items[0].checks).unwrap();
    assert_eq!(checks[0], serde_json::json!({"type": "contains", "value": "Paris"}));
    assert_eq!(checks[1], serde_json::json!({"type": "json_valid"}));
    assert_eq!(checks[2], serde_json::json!({"type": "word_count", "value": "5"}));
    assert_eq!(checks[3], serde_json::json!({"type": "not", "check": {"type": "is_refusal"}}));
}

#[test]
fn a_flood_of_mistakes_is_cut_and_counted() {
    let mut text = String::from("items:\n");
    for index in 0..5000 {
        text.push_str(&format!("  - {{id: i{index}, prompt: x, wieght: 2}}\n"));
    }
    let found = problems("s.yaml", text);
    assert_eq!(found.len(), 201);
    assert_eq!(found[200].message, "4800 more mistakes are not listed");
}

#[test]
fn hostile_files_end_in_a_sentence() {
    let deep = "[".repeat(2_000_000);
    for name in ["s.json", "s.yaml", "s.toml", "s.jsonl"] {
        assert!(!problems(name, &deep).is_empty());
    }
    assert!(!problems("s.json", format!("[{}", "{\"prompt\":".repeat(1_000_000))).is_empty());
    let regex = format!("items:\n  - prompt: x\n    checks: [{{type: regex, value: '{}'}}]\n", "(a{1000}){1000}");
    assert!(problem("s.yaml", regex).line.is_some());
    let keys = (0..100_000).map(|index| format!("k{index}: 1")).collect::<Vec<_>>().join("\n");
    assert_eq!(problems("s.yaml", keys).len(), 201);
    let long = format!("prompt: a\n{}: 1\n", "k".repeat(1000));
    assert!(!problems("s.yaml", long).is_empty());
    assert!(
        problem(
            "s.yaml",
            "prompt: \"{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}\"\n"
        )
        .message
        .contains("too much work")
    );
}

#[test]
fn large_files_are_read_and_hostile_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let long = "x".repeat(20 << 20);
    let options = LoadOptions::default();
    assert_eq!(load(&path("a.txt", long.clone()), &options).unwrap().items.len(), 1);
    assert_eq!(load(&path("a.json", format!("[{{\"prompt\": \"{long}\"}}]")), &options).unwrap().items.len(), 1);
    assert_eq!(load(&path("a.yaml", format!("items:\n  - prompt: {long}\n")), &options).unwrap().items.len(), 1);
    assert!(load(&path("b.csv", format!("prompt\n{long}\n")), &options).is_ok());
    assert!(
        load(&path("b.json", format!("[{}1]", "1,".repeat(25 << 20))), &options).unwrap_err().0[0]
            .message
            .contains("8000000 values")
    );
}
