//! Every format, read from files as a user writes them.

mod support;

use llm::request::Role;
use serde_json::json;
use suites::{LoadOptions, load};
use support::{Folder, ids, problem, problems, suite};

#[test]
fn the_predecessors_array_loads_unchanged() {
    let suite = suite(
        "old.json",
        r#"[
  {"prompt": "What is {x} and {{ y }}?", "assertions": [{"type": "contains", "value": "a", "case_sensitive": false}]},
  {"id": "two", "prompt": "b", "system": "s", "assertion": 1, "category": "math"},
  {"prompt": "c", "assertions": [{"type": "json_valid", "why": "x"}, {"type": "latency_under", "value": 5000}]}
]"#,
    );
    assert_eq!(ids(&suite), ["p1", "two", "p3"]);
    assert_eq!(suite.name, "old");
    assert_eq!(suite.items[0].prompt(), "What is {x} and {{ y }}?");
    assert_eq!(suite.items[0].line, Some(2));
    assert_eq!(
        serde_json::to_value(&suite.items[0].checks).unwrap(),
        json!([{"type": "contains", "value": "a", "case_sensitive": false}])
    );
    assert_eq!(suite.items[1].system.as_deref(), Some("s"));
    assert_eq!(suite.items[2].checks.len(), 2);
    assert_eq!(
        suite.notes,
        [
            "the key `assertion` means nothing here and is ignored; did you mean `assertions`? (line 3)",
            "the key `category` means nothing here and is ignored (line 3)",
            "the key `why` of a check means nothing here and is ignored (line 4)",
        ]
    );
}

#[test]
fn templates_are_multiplied_with_cases() {
    let suite = suite(
        "s.yaml",
        r#"
name: capitals
description: x
defaults:
  system: Be brief.
  models: [a, b@seed=1]
  runs: 3
  temperatures: [0, 0.7]
  max_output_tokens: 100
  top_p: 0.9
  stop: END
  effort: low
  seed: 7
  judges: j
  judge_criteria: [accuracy]
  max_cost: 0.5
  tags: [geo]
  weight: 2
  cluster: continent
  checks: [{type: max_length_chars, value: 50}]
prompts:
  - id: short
    template: "Capital of {{ country }}?"
  - id: long
    messages:
      - {role: system, content: "Know {{ continent }}."}
      - {role: user, content: Hi}
      - {role: assistant, text: Hello}
      - {role: user, text: "And of {{ country }}?"}
    checks: [{type: starts_with, value: The}]
cases:
  - {id: fr, country: France, continent: Europe, capital: Paris, checks: [{type: contains, value: "{{ capital }}"}], tags: [easy, geo]}
  - {id: pe, vars: {country: Peru, continent: America}, reference: "Li{{ 'ma' }}", expected_facts: ["{{ country }} is in {{ continent }}"], weight: 0.5, cluster: andes, system: Own.}
"#,
    );
    assert_eq!(ids(&suite), ["short/fr", "long/fr", "short/pe", "long/pe"]);
    let defaults = &suite.defaults;
    assert_eq!(defaults.models.as_deref(), Some("a,b@seed=1"));
    assert_eq!(defaults.temperatures.as_deref(), Some([0.0, 0.7].as_slice()));
    assert_eq!((defaults.runs, defaults.max_output_tokens, defaults.seed), (Some(3), Some(100), Some(7)));
    assert_eq!((defaults.top_p, defaults.max_cost), (Some(0.9), Some(0.5)));
    assert_eq!(
        (defaults.stop.as_slice(), defaults.judge_criteria.as_slice()),
        (["END".to_owned()].as_slice(), ["accuracy".to_owned()].as_slice())
    );
    let [short_fr, long_fr, short_pe, long_pe] = suite.items.as_slice() else { panic!("four items") };
    assert_eq!(short_fr.prompt(), "Capital of France?");
    assert_eq!(
        serde_json::to_value(&long_fr.checks).unwrap(),
        json!([{"type": "max_length_chars", "value": 50}, {"type": "starts_with", "value": "The"}, {"type": "contains", "value": "Paris"}])
    );
    assert_eq!(short_fr.tags, ["geo", "easy"]);
    assert_eq!((short_fr.weight, short_pe.weight), (2.0, 0.5));
    assert_eq!((short_fr.cluster.as_deref(), short_pe.cluster.as_deref()), (Some("Europe"), Some("andes")));
    assert_eq!(long_fr.system.as_deref(), Some("Know Europe."));
    assert_eq!((short_fr.system.as_deref(), long_pe.system.as_deref()), (None, Some("Own.")));
    assert_eq!(
        long_fr.messages.iter().map(|message| message.role).collect::<Vec<_>>(),
        [Role::User, Role::Assistant, Role::User]
    );
    assert_eq!(short_pe.reference.as_deref(), Some("Lima"));
    assert_eq!(short_pe.expected_facts, ["Peru is in America"]);
    assert_eq!(short_fr.vars["capital"], "Paris");
    assert!(suite.notes.is_empty(), "{:?}", suite.notes);
}

#[test]
fn toml_and_json_say_the_same_as_yaml() {
    let yaml = suite(
        "s.yaml",
        "name: n\ndefaults: {runs: 2}\nitems:\n  - {id: a, prompt: x, checks: [{contains: y}], weight: 1.5}\n",
    );
    let json = suite(
        "s.json",
        r#"{"name": "n", "defaults": {"runs": 2}, "items": [{"id": "a", "prompt": "x", "checks": [{"type": "contains", "value": "y"}], "weight": 1.5}]}"#,
    );
    let toml = suite(
        "s.toml",
        "name = \"n\"\n[defaults]\nruns = 2\n[[items]]\nid = \"a\"\nprompt = \"x\"\nweight = 1.5\n[[items.checks]]\ntype = \"contains\"\nvalue = \"y\"\n",
    );
    for mut other in [json, toml] {
        other.items[0].line = yaml.items[0].line;
        assert_eq!(other, yaml);
    }
}

#[test]
fn items_are_literal_unless_they_have_vars() {
    let suite = suite(
        "s.yaml",
        "items:\n  - 'literal {{ x }}'\n  - {prompt: '{{ x }}!', vars: {x: 1}}\n  - {prompt: 'no'}\n  - prompt: '{{ x }}'\n",
    );
    let prompts: Vec<_> = suite.items.iter().map(|item| item.prompt()).collect();
    assert_eq!(prompts, ["literal {{ x }}", "1!", "no", "{{ x }}"]);
    assert_eq!(suite.notes.len(), 1, "{:?}", suite.notes);
}

#[test]
fn one_template_without_cases_and_shared_vars() {
    assert_eq!(suite("s.yaml", "prompt: Hello\n").items[0].id, "p1");
    let suite = suite("s.yaml", "defaults: {vars: {who: you}}\nprompts: ['Hi {{ who }}', {id: b, prompt: Bye}]\n");
    assert_eq!(ids(&suite), ["p1", "b"]);
    assert_eq!(suite.items[0].prompt(), "Hi you");
}

#[test]
fn a_table_of_cases_stands_in_a_file_of_its_own() {
    let folder = Folder::new();
    folder.write("data/cases.csv", "\u{feff}id,country,reference,tags,weight,expected_facts,checks\nfr,France,Paris,a;b,2,x;y,\"[{\"\"type\"\":\"\"icontains\"\"}]\"\npe,\"Peru, land\",Lima,,,,\n");
    let suite = folder.load("s.yaml", "prompts: ['Capital of {{ country }}?']\ncases_file: data/cases.csv\n").unwrap();
    assert_eq!(ids(&suite), ["fr", "pe"]);
    assert_eq!(suite.items[1].prompt(), "Capital of Peru, land?");
    assert_eq!((suite.items[0].tags.len(), suite.items[0].weight, suite.items[0].checks.len()), (2, 2.0, 1));
    assert_eq!((suite.items[0].expected_facts.len(), suite.items[0].line, suite.items[1].line), (2, Some(2), Some(3)));

    folder.write("cases.jsonl", "{\"id\": 1, \"n\": 2}\n\n{\"m\": 3}\nnot json\n");
    let problems = folder.load("t.yaml", "prompts: ['{{ n }}']\ncases_file: cases.jsonl\n").unwrap_err().0;
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(problems.iter().all(|problem| problem.file.ends_with("cases.jsonl")));
    assert_eq!((problems[0].line, problems[0].message.as_str()), (Some(3), "the case has no variable `n`"));
    assert_eq!(problems[1].line, Some(4));
    for path in ["/etc/passwd", "https://example.com/x.csv", "\\\\\\\\host\\\\x.csv", "x.yaml", "missing.csv"] {
        let problems = folder.load("u.yaml", format!("prompt: x\ncases_file: \"{path}\"\n")).unwrap_err().0;
        assert_eq!((problems[0].line, problems[0].hint.is_some()), (Some(2), true), "{problems:?}");
    }
}

#[test]
fn jsonl_is_literal_and_every_line_is_read() {
    let suite = suite(
        "s.jsonl",
        "{\"prompt\": \"{{ x }}\", \"vars\": {\"k\": 1}}\n\n{\"id\": \"b\", \"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], \"question\": 1}\n",
    );
    assert_eq!(ids(&suite), ["p1", "b"]);
    assert_eq!((suite.items[0].prompt(), suite.items[1].line), ("{{ x }}", Some(3)));
    assert_eq!(suite.notes.len(), 1);
    let problems = problems("s.jsonl", "{\"prompt\": 1}\n{\n[1]\n{}\n{\"prompt\": \"\"}\n");
    assert_eq!(
        problems.iter().map(|problem| problem.line).collect::<Vec<_>>(),
        [Some(1), Some(2), Some(3), Some(4), Some(5)],
        "{problems:#?}"
    );
}

#[test]
fn csv_has_literal_prompts_until_it_has_variables() {
    let literal = suite("s.csv", "id,prompt,system,cluster\na,\"x {{ y }}, z\",S,c\n,\"two\nlines\",,\nb,last,,\n");
    assert_eq!(ids(&literal), ["a", "p2", "b"]);
    assert_eq!((literal.items[0].prompt(), literal.items[1].prompt()), ("x {{ y }}, z", "two\nlines"));
    assert_eq!((literal.items[0].system.as_deref(), literal.items[0].cluster.as_deref()), (Some("S"), Some("c")));
    assert_eq!(literal.items.iter().map(|item| item.line).collect::<Vec<_>>(), [Some(2), Some(3), Some(5)]);
    let templated = suite("s.tsv", "prompt\tcountry\nCapital of {{ country }}?\tPeru\n");
    assert_eq!(templated.items[0].prompt(), "Capital of Peru?");
    assert_eq!(templated.items[0].vars["country"], "Peru");
    let problems = problems("s.csv", "prompt,weight\na\nb,-1\nc,x\n\"\",1\n");
    assert_eq!(
        problems.iter().map(|problem| problem.line).collect::<Vec<_>>(),
        [Some(2), Some(3), Some(4), Some(5)],
        "{problems:#?}"
    );
    assert!(problem("s.csv", "promt,x\na,b\n").hint.unwrap().contains("rename `promt`"));
    assert!(problem("s.csv", "prompt,prompt\na,b\n").message.contains("both named"));
}

#[test]
fn txt_has_a_prompt_a_line() {
    let suite = suite("s.txt", "\u{feff}# comment\r\n\r\n first {{ x }} # kept\r\n  # another\nsecond\n");
    assert_eq!(ids(&suite), ["p1", "p2"]);
    assert_eq!((suite.items[0].prompt(), suite.items[1].line), ("first {{ x }} # kept", Some(5)));
}

#[test]
fn files_that_are_no_suites_are_refused() {
    let folder = Folder::new();
    assert!(folder.load("s.md", "x").unwrap_err().0[0].hint.as_ref().unwrap().contains(".yaml"));
    assert!(load(folder.write("d.yaml/x", "").parent().unwrap(), &LoadOptions::default()).is_err());
    assert!(
        load(&folder.write("x", "").with_file_name("missing.yaml"), &LoadOptions::default()).unwrap_err().0[0]
            .message
            .contains("no such file")
    );
    assert!(problem("s.txt", b"a\nb\xff\n").message.contains("line 2"));
    let small = LoadOptions { max_bytes: 10, ..LoadOptions::default() };
    assert!(load(&folder.write("big.txt", "x".repeat(11)), &small).unwrap_err().0[0].message.contains("larger"));
    let few = LoadOptions { max_items: 2, ..LoadOptions::default() };
    assert!(
        load(&folder.write("many.txt", "a\nb\nc\nd\n"), &few).unwrap_err().0[0].message.contains("more than 2 items")
    );
    for (name, text) in [
        ("e.txt", "# x\n"),
        ("e.json", "[]"),
        ("e.jsonl", "\n"),
        ("e.csv", "prompt\n"),
        ("e.csv", ""),
        ("e.yaml", ""),
        ("e.yaml", "name: x\n"),
        ("e.toml", ""),
        ("e.yaml", "items: []\n"),
        ("e.yaml", "prompts: []\n"),
        ("e.json", "{}"),
        ("e.json", "1"),
        ("e.yaml", "- prompt: x\n"),
    ] {
        let problem = problem(name, text);
        assert!(problem.hint.is_some(), "{problem:?}");
    }
}
