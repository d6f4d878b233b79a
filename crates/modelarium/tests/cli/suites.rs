//! Suites from outside: validation before any money is spent, what of a suite is sent, the starter, hostile files.

use serde_json::Value;

use crate::support::*;

const CAPITALS: &str = r#"
name: capitals
defaults:
  system: Answer in one word.
  temperatures: [0.3]
  runs: 2
  models: gpt-4o-mini
  max_output_tokens: 50
prompts:
  - id: capital
    template: "What is the capital of {{ country }}?"
    checks:
      - {type: contains, value: "{{ capital }}"}
cases:
  - {id: fr, country: France, capital: Paris, tags: [europe]}
  - {id: jp, country: Japan, capital: Tokyo, tags: [asia], system: Be polite.}
  - {id: pe, country: Peru, capital: Lima, tags: [america, slow]}
"#;

/// Ids of the items of a payload, each once, in order.
fn items(payload: &Value) -> Vec<String> {
    let mut ids: Vec<String> = column(payload, "item_id").iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    ids.dedup();
    ids
}

#[test]
fn validate_finds_every_mistake_with_its_line_and_nothing_is_sent() {
    let bench = Workbench::polite();
    bench.file(
        "bad.yaml",
        r#"
prompts:
  - id: one
    prompt: "Capital of {{ country }} and {{ contry }}?"
    checks:
      - {type: contians, value: Paris}
      - {type: regex, pattern: "("}
      - {type: json_schema, schema: {type: 5}}
cases:
  - {id: fr, country: France}
  - {id: fr, country: Spain}
"#,
    );
    for command in ["validate bad.yaml", "batch bad.yaml -m gpt-4o-mini"] {
        let done = bench.run(command).expect(2);
        assert_eq!(done.stdout, b"");
        done.says(&[
            "bad.yaml:6",
            "contians",
            "contains",
            "bad.yaml:7",
            "bad.yaml:8",
            "contry",
            "country",
            "nothing was sent",
        ]);
    }
    let listed: Value = {
        let done = bench.run("validate bad.yaml --output-format json").expect(2);
        serde_json::from_slice(&done.stdout).unwrap()
    };
    assert_eq!(listed["valid"], false);
    let lines: Vec<u64> =
        listed["problems"].as_array().unwrap().iter().filter_map(|one| one["line"].as_u64()).collect();
    assert!([6, 7, 8].iter().all(|line| lines.contains(line)), "{listed:#}");
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn validate_says_what_there_is_and_which_programs_would_run() {
    let bench = Workbench::polite();
    bench.file("capitals.yaml", CAPITALS);
    assert!(bench.run("validate capitals.yaml").expect(0).text().contains("3 items, 3 checks, no problems"));
    bench.file("check.py", "print('pass')\n");
    bench.file(
        "outside.json",
        r#"[{"prompt": "x", "assertions": [{"type": "script", "command": ["./check.py", "--strict"]}, {"type": "judge", "criteria": "Polite."}]}]"#,
    );
    let text = bench.run("validate outside.json").expect(0).text();
    assert!(
        text.contains("1 item, 2 checks") && text.contains("./check.py --strict") && text.contains("--judge"),
        "{text}"
    );
    let json: Value = bench.run("validate outside.json --output-format json").expect(0).json();
    assert_eq!((&json["judge_checks"], &json["script_checks"], &json["valid"]), (&1.into(), &1.into(), &true.into()));
    for (name, text) in
        [("empty.json", "[]"), ("empty.yaml", "items: []\n"), ("empty.txt", "# nothing\n"), ("empty.csv", "prompt\n")]
    {
        bench.file(name, text);
        bench.run(&format!("validate {name}")).expect(2);
        bench.run(&format!("batch {name} -m gpt-4o-mini")).expect(2);
    }
    bench.run("validate missing.yaml").expect(2).says(&["missing.yaml"]);
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn the_suites_settings_hold_where_the_command_line_says_nothing() {
    let bench = Workbench::polite();
    bench.file("capitals.yaml", CAPITALS);
    let payload = bench.run("batch capitals.yaml --output-format json --no-assertions").expect(0).json();
    assert_eq!(items(&payload), ["fr", "jp", "pe"]);
    assert_eq!(rows(&payload).len(), 6, "two runs of each");
    let sent = bench.sent_to("gpt-4o-mini");
    assert_eq!(sent.len(), 6);
    for text in &sent {
        let body: Value = serde_json::from_str(text).unwrap();
        let system = if text.contains("Japan") { "Be polite." } else { "Answer in one word." };
        assert_eq!(body["messages"][0]["content"], system, "an item's own stands for it alone");
        assert_eq!((&body["temperature"], &body["max_completion_tokens"]), (&0.3.into(), &50.into()));
    }

    bench.server.forget();
    let flags = "--models claude-haiku-4-5 --runs 1 --temperatures 0 --system-prompt Short. --max-output-tokens 9";
    bench.run(&format!("batch capitals.yaml --no-assertions {flags}")).expect(0);
    let sent = bench.sent_to("claude-haiku-4-5");
    assert_eq!((sent.len(), bench.sent().len()), (3, 3), "the command line wins");
    for text in &sent {
        let body: Value = serde_json::from_str(text).unwrap();
        let system = if text.contains("Japan") { "Be polite." } else { "Short." };
        assert!(body["system"].to_string().contains(system), "{body:#}");
        assert_eq!(body["max_tokens"], 9);
    }
}

#[test]
fn filter_tags_sample_and_shard_choose_what_is_sent() {
    let bench = Workbench::polite();
    bench.file("capitals.yaml", CAPITALS);
    let chosen = |flags: &str| {
        items(
            &bench
                .run(&format!("batch capitals.yaml --runs 1 --no-assertions --output-format json {flags}"))
                .expect(0)
                .json(),
        )
    };
    assert_eq!(chosen("--filter Japan"), ["jp"]);
    assert_eq!(chosen("--filter /^(fr|pe)$/"), ["fr", "pe"]);
    assert_eq!(chosen("--tags asia,europe"), ["fr", "jp"]);
    assert_eq!(chosen("--tags !slow"), ["fr", "jp"]);
    let drawn = chosen("--sample 2 --seed 5");
    assert_eq!((drawn.len(), &chosen("--sample 2 --seed 5")), (2, &drawn), "the same seed draws the same items");
    let mut parts = [chosen_or_none(&bench, "1/2"), chosen_or_none(&bench, "2/2")].concat();
    parts.sort();
    assert_eq!(parts, ["fr", "jp", "pe"], "every item is in exactly one shard");
    for (flags, word) in
        [("--filter nothing-like-it", "none"), ("--shard 3/2", "3/2"), ("--filter /(/", "regular"), ("--sample 0", "0")]
    {
        bench.server.forget();
        bench.run(&format!("batch capitals.yaml {flags}")).expect(2).says(&[word]);
        assert_eq!(bench.server.requests(), 0);
    }
}

fn chosen_or_none(bench: &Workbench, shard: &str) -> Vec<String> {
    let done = bench.run(&format!("batch capitals.yaml --runs 1 --no-assertions --output-format json --shard {shard}"));
    if done.code == 2 { Vec::new() } else { items(&done.expect(0).json()) }
}

#[test]
fn the_predecessors_suites_load_unchanged_and_their_braces_stay() {
    let bench = Workbench::polite();
    bench.file(
        "old.json",
        r#"[{"prompt": "Fill {name} and {{ this }}.", "assertions": [{"type": "contains", "value": "Paris"}], "extra": 1},
            {"id": "second", "prompt": "Two.", "system": "Own."}]"#,
    );
    let payload = bench.run("batch old.json -m gpt-4o-mini --force-large --output-format json").expect(0).json();
    assert_eq!(items(&payload), ["p1", "second"]);
    let sent = bench.sent_to("gpt-4o-mini");
    assert!(sent.iter().any(|body| body.contains("Fill {name} and {{ this }}.")), "{sent:?}");
}

#[test]
fn conversations_are_sent_turn_by_turn() {
    let bench = Workbench::polite();
    bench.file(
        "talk.yaml",
        "items:\n  - id: talk\n    messages:\n      - {role: system, content: Be brief.}\n      - {role: user, content: I live in Lima.}\n      - {role: assistant, content: Noted.}\n      - {role: user, content: Where do I live?}\n",
    );
    bench.run("batch talk.yaml -m gpt-4o-mini").expect(0);
    let turns: Vec<String> = bench.only_body()["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|turn| format!("{}: {}", turn["role"].as_str().unwrap(), turn["content"].as_str().unwrap()))
        .collect();
    assert_eq!(turns, ["system: Be brief.", "user: I live in Lima.", "assistant: Noted.", "user: Where do I live?"]);
}

#[test]
fn nobody_asked_is_said_before_anything_is_sent() {
    let bench = Workbench::polite();
    bench.file("plain.txt", "One.\nTwo.\n");
    bench.run("batch plain.txt").expect(2).says(&["--models"]);
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn the_suite_is_never_overwritten_by_an_output() {
    let bench = Workbench::polite();
    let text = r#"[{"prompt": "x"}]"#;
    bench.file("suite.json", text);
    for flag in ["--output", "--junit", "--sarif"] {
        let line = format!("batch suite.json -m gpt-4o-mini --force {flag} ./suite.json");
        bench.run(&line).expect(2).says(&["overwritten"]);
    }
    assert_eq!(std::fs::read_to_string(bench.path("suite.json")).unwrap(), text);
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn the_starter_suite_validates_and_runs_and_is_not_overwritten() {
    let bench = Workbench::polite();
    let done = bench.run("init").expect(0);
    assert!(done.text().contains("modelarium batch suite.yaml"), "{}", done.text());
    assert!(bench.run("validate suite.yaml").expect(0).text().contains("no problems"));
    bench.run("init").expect(2).says(&["--force"]);
    bench.file("suite.yaml", "mine");
    bench.run("init suite.yaml --github-actions").expect(2);
    assert!(!bench.path(".github").exists(), "nothing is written when one of two cannot be");
    bench.run("init --force --github-actions").expect(0);
    let workflow = std::fs::read_to_string(bench.path(".github/workflows/prompts.yml")).unwrap();
    assert!(workflow.contains("modelarium batch suite.yaml") && workflow.contains("embedded/smollm2-135m"));
    let payload =
        bench.run("batch suite.yaml -m gpt-4o-mini --no-assertions --no-judge --output-format json").expect(0).json();
    assert!(rows(&payload).len() >= 5);
}

#[test]
fn a_promptfoo_configuration_becomes_a_suite_and_what_does_not_map_is_listed() {
    let bench = Workbench::polite();
    bench.file(
        "promptfooconfig.yaml",
        "prompts:\n  - 'Capital of {{country}}?'\nproviders:\n  - openai:gpt-4o-mini\ntests:\n  - vars: {country: France}\n    assert:\n      - {type: icontains, value: paris}\n      - {type: javascript, value: 'output.length < 5'}\n",
    );
    let done = bench.run("import promptfooconfig.yaml -o mine.yaml").expect(0);
    done.says(&["javascript"]);
    assert!(bench.run("validate mine.yaml").expect(0).text().contains("1 item, 1 check, no problems"));
    bench.run("batch mine.yaml").expect(0);
    assert!(bench.sent_to("gpt-4o-mini")[0].contains("Capital of France?"));
    bench.run("import promptfooconfig.yaml -o promptfooconfig.yaml --force").expect(2).says(&["overwritten"]);
    bench.file("notes.docx", "no suite");
    bench.run("import notes.docx").expect(2);
}

#[test]
fn hostile_suites_end_in_a_clear_error() {
    let bench = Workbench::polite();
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    bench.file("deep.json", deep);
    bench.file("binary.yaml", [0xff, 0xfe, 0, 1, 2]);
    bench.file("large.txt", vec![b'x'; 70 << 20]);
    bench.file("bomb.yaml", "prompts:\n  - id: a\n    template: \"{% for a in range(100000) %}{% for b in range(100000) %}xxxxxxxxxx{% endfor %}{% endfor %}\"\ncases:\n  - {id: x, y: 1}\n");
    let laughs: Vec<String> = (1..30).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}, *a{0}]", n - 1)).collect();
    bench.file("laughs.yaml", format!("a0: &a0 [x, x, x, x]\n{}\nitems: *a29\n", laughs.join("\n")));
    bench.file("regex.json", r#"[{"prompt": "x", "assertions": [{"type": "regex", "pattern": "(((((a{1,1000}){1,1000}){1,1000}){1,1000}){1,1000})"}]}]"#);
    for name in ["deep.json", "binary.yaml", "large.txt", "bomb.yaml", "laughs.yaml", "regex.json"] {
        let done = bench.run(&format!("batch {name} -m gpt-4o-mini")).expect(2);
        assert!(!done.stderr.contains("crashed") && done.stderr.contains("hint"), "{name}: {}", done.stderr);
    }
    assert_eq!(bench.server.requests(), 0);
}
