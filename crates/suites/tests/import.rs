//! promptfoo configurations, and suites written in our own format.

mod support;

use llm::request::{Message, Role};
use proptest::prelude::*;
use serde_json::json;
use suites::{Defaults, Item, LoadOptions, Suite, load, starter, to_yaml};
use support::{Folder, ids, suite};

const CONFIG: &str = r#"
description: Capitals
prompts:
  - "Capital of {{country}}? In {{ language }}."
  - id: file://prompts/two.txt
    label: file
  - '[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say {{country}}"}]'
  - file://prompt.py
providers:
  - openai:gpt-4o-mini
  - id: anthropic:messages:claude-haiku-4-5
  - ollama:chat:llama3:8b
  - openai:embedding:x
  - python:provider.py
defaultTest:
  vars: {language: French}
  assert:
    - {type: latency, threshold: 3000}
tests:
  - description: France
    vars: {country: France}
    assert:
      - {type: contains, value: Paris, metric: right, weight: 2}
      - {type: not-icontains, value: sorry}
      - {type: icontains-any, value: "Paris, Lutetia"}
      - {type: is-json, value: {type: object}}
      - {type: llm-rubric, value: polite, threshold: 0.7}
      - {type: javascript, value: "output.length > 3"}
      - {type: similar, value: Paris}
      - $ref: '#/assertionTemplates/short'
      - $ref: '#/assertionTemplates/long'
  - vars: {country: [Peru, Chile]}
    threshold: 0.5
    assert:
      - {type: javascript, value: "true"}
      - {type: regex, value: "{{country}}|x"}
      - {type: assert-set, threshold: 0.5, assert: [{type: equals, value: a}, {type: cost, threshold: 0.01}]}
    options: {provider: x}
outputPath: out.json
assertionTemplates:
  short: {type: word-count, value: {max: 9}}
"#;

#[test]
fn a_promptfoo_configuration_is_imported() {
    let folder = Folder::new();
    folder.write("prompts/two.txt", "One {{country}}\n---\nTwo {{country}}\n");
    let suite = folder.load("promptfooconfig.yaml", CONFIG).unwrap();
    assert_eq!(suite.description.as_deref(), Some("Capitals"));
    assert_eq!(suite.defaults.models.as_deref(), Some("openai:gpt-4o-mini,anthropic:claude-haiku-4-5,local/llama3:8b"));
    assert_eq!(
        ids(&suite),
        [
            "t1/France",
            "file-1/France",
            "file-2/France",
            "t4/France",
            "t1/p2",
            "file-1/p2",
            "file-2/p2",
            "t4/p2",
            "t1/p3",
            "file-1/p3",
            "file-2/p3",
            "t4/p3"
        ]
    );
    assert_eq!(suite.items[0].prompt(), "Capital of France? In French.");
    assert_eq!(suite.items[9].prompt(), "One Chile");
    assert_eq!((suite.items[3].system.as_deref(), suite.items[3].prompt()), (Some("Be brief."), "Say France"));
    assert_eq!(
        serde_json::to_value(&suite.items[0].checks).unwrap(),
        json!([
            {"type": "latency_under", "value": 3000.0},
            {"type": "contains", "value": "Paris", "name": "right", "weight": 2.0},
            {"type": "not", "check": {"type": "icontains", "value": "sorry"}},
            {"type": "contains_any", "value": ["Paris", "Lutetia"], "case_sensitive": false},
            {"type": "json_schema", "value": {"type": "object"}},
            {"type": "judge", "criteria": "polite"},
            {"type": "word_count", "max": 9},
        ])
    );
    assert_eq!(
        serde_json::to_value(&suite.items[4].checks[1]).unwrap(),
        json!({"type": "all", "threshold": 0.5, "checks": [
            {"type": "regex", "value": "Peru|x"},
            {"type": "all", "threshold": 0.5, "checks": [{"type": "equals", "value": "a"}, {"type": "cost_under", "value": 0.01}]},
        ]})
    );
    assert_eq!(
        suite.notes,
        [
            "not imported: the prompt in `prompt.py`: only single .txt, .md, .j2 and .json files are read (line 8)",
            "not imported: the provider `openai:embedding:x`, which has no equivalent here (line 13)",
            "not imported: the provider `python:provider.py`, which has no equivalent here (line 14)",
            "not imported: the `threshold` of `llm-rubric`, whose scale is another one (line 27)",
            "not imported: assertions of type `javascript` (2 times, first at line 28)",
            "not imported: assertions of type `similar` (line 29)",
            "not imported: the assertion `#/assertionTemplates/long`, which is not there (line 31)",
            "not imported: the key `options` of a test (line 38)",
            "not imported: the key `outputPath` (line 39)",
        ]
    );
}

#[test]
fn tables_of_tests_and_scenarios_are_imported() {
    let folder = Folder::new();
    folder.write("tests.csv", "country,__expected,__expected2,__description,__metric\nFrance,icontains: paris,is-json,fr,x\nPeru,Lima: the capital,,,\n");
    let suite = folder
        .load("c.yaml", "prompts: ['{{country}}']\nproviders: [openai:gpt-4o]\ntests: file://tests.csv\n")
        .unwrap();
    assert_eq!(ids(&suite), ["fr", "p2"]);
    assert_eq!(
        serde_json::to_value(suite.items.iter().map(|item| &item.checks).collect::<Vec<_>>()).unwrap(),
        json!([[{"type": "icontains", "value": "paris"}, {"type": "json_valid"}], [{"type": "equals", "value": "Lima: the capital"}]])
    );
    assert_eq!(suite.notes.len(), 1, "{:?}", suite.notes);
    let suite = folder
        .load("d.yaml", "prompts: ['{{a}} {{b}}']\nscenarios:\n  - config: [{vars: {a: 1}}, {vars: {a: 2}}]\n    tests: [{vars: {b: x}}, {vars: {b: [y, z]}}]\n")
        .unwrap();
    let prompts: Vec<_> = suite.items.iter().map(Item::prompt).collect();
    assert_eq!(prompts, ["1 x", "1 y", "1 z", "2 x", "2 y", "2 z"]);
    let problems = folder
        .load("e.yaml", "prompts: ['{{a | dmup}}', '{{ zz }}']\nproviders: [x:y]\ntests: [{vars: {a: 1}}]\n")
        .unwrap_err()
        .0;
    assert_eq!(problems.len(), 2, "{problems:#?}");
    // A list of objects is one value; a list of texts in `defaultTest` would multiply every test.
    let suite = folder
        .load("h.yaml", "prompts: ['{{h[0].user}} {{w}} {{q}}']\ndefaultTest:\n  vars: {h: [{user: a}, {user: b}], w: [x, y]}\ntests: [{vars: {q: 1}}]\n")
        .unwrap();
    assert_eq!(suite.items.iter().map(Item::prompt).collect::<Vec<_>>(), ["a x 1"]);
    assert_eq!(suite.notes, ["not imported: the other values of a list among the variables of `defaultTest` (line 3)"]);
    let bomb = (0..9).map(|index| format!("v{index}: [1,2,3,4,5,6,7,8,9]")).collect::<Vec<_>>().join(", ");
    let problems = folder.load("f.yaml", format!("prompts: [a]\ntests: [{{vars: {{{bomb}}}}}]\n")).unwrap_err().0;
    assert!(problems[0].message.contains("more than 100000 tests"), "{problems:?}");
    assert!(folder.load("g.yaml", "prompts: [file:///etc/passwd]\ntests: [{}]\n").is_err());
}

#[test]
fn the_starter_has_no_mistakes() {
    let suite = suite("suite.yaml", starter());
    assert_eq!(ids(&suite), ["capital-france", "capital-japan", "sum", "sky", "json", "boiling"]);
    assert!(suite.notes.is_empty(), "{:?}", suite.notes);
    assert!(suite.items.iter().all(|item| item.checks.len() >= 2 && item.cluster.is_some()));
}

#[test]
fn what_is_written_loads_to_the_same() {
    let folder = Folder::new();
    folder.write("prompts/two.txt", "One {{country}}\n---\nTwo {{country}}\n");
    let imported = folder.load("promptfooconfig.yaml", CONFIG).unwrap();
    let text = to_yaml(&imported).unwrap();
    assert!(text.starts_with("# not imported: the prompt in `prompt.py`"));
    let again = suite("again.yaml", &text);
    same(&imported, &again);
    same(&again, &suite("third.yaml", to_yaml(&again).unwrap()));
}

fn same(left: &Suite, right: &Suite) {
    let plain = |suite: &Suite| {
        let mut suite = suite.clone();
        suite.notes.clear();
        suite.items.iter_mut().for_each(|item| item.line = None);
        suite
    };
    assert_eq!(plain(left), plain(right));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{1,30}",
        "[ -~\n\t]{0,20}x",
        proptest::sample::select(vec![
            "null",
            "~",
            "true",
            "007",
            "1.50",
            "0x1F",
            "{{ x }}",
            "{% raw %}",
            "- a",
            "a: b",
            "# c",
            "|",
            ">",
            "'",
            "\"",
            "\\",
            "a\r\nb",
            "x\n",
            "\nx",
            "  x  ",
            "...",
            "---",
            "=",
            "<<",
            "*a",
            "&a",
            "!a",
            "%",
            "@",
            "`",
            ".inf",
            "1e3",
            "\u{85}x",
            "\u{2028}x",
            "\u{feff}x",
            "\u{0}x",
            "\u{1b}[0m",
            "no",
            "12:30"
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn any_text_survives_writing(
        prompt in text().prop_filter("a prompt", |text| !text.trim().is_empty()),
        reference in text(),
        fact in text(),
        key in text(),
        system in text(),
        answer in text().prop_filter("a prompt", |text| !text.trim().is_empty()),
        number: f64,
        weight in 1e-9_f64..1e9,
    ) {
        let mut item = Item::new("a", prompt);
        item.messages.push(Message { role: Role::Assistant, text: answer.clone() });
        item.messages.push(Message { role: Role::User, text: answer });
        item.reference = Some(reference.clone());
        item.expected_facts = vec![fact.clone()];
        item.system = Some(system.clone());
        item.weight = weight;
        item.vars.insert(key, json!([reference, number, {"a": fact}, null, true, 12]));
        item.checks.push(checks::CheckSpec::from_value(json!({"type": "contains", "value": reference})).unwrap());
        let defaults = Defaults { system: Some(system), temperatures: Some(vec![0.1]), stop: vec![fact], ..Defaults::default() };
        let suite = Suite { name: "n".to_owned(), description: Some(reference), defaults, items: vec![item], notes: vec!["a\nb".to_owned()] };
        let written = to_yaml(&suite).unwrap();
        let folder = Folder::new();
        let again = load(&folder.write("s.yaml", &written), &LoadOptions::default());
        let again = again.map_err(|problems| TestCaseError::fail(format!("{problems}\n{written}")))?;
        same(&suite, &again);
    }
}
