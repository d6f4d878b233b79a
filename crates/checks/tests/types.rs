//! Each type of check: what passes, what fails, what is neither, and what cannot be used.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use checks::{CheckErrorKind, CheckSpec, SubjectCost};
use llm::outcome::ToolCall;
use serde_json::{Value, json};
use support::{Answer, compile, fault, verdict};

const PASS: Option<bool> = Some(true);
const FAIL: Option<bool> = Some(false);

#[test]
fn contains_as_the_predecessor_had_it() {
    assert_eq!(verdict("a Paris b", json!({"type": "contains", "value": "Paris"})), PASS);
    assert_eq!(verdict("a paris b", json!({"type": "contains", "value": "Paris"})), FAIL);
    assert_eq!(verdict("a paris b", json!({"type": "contains", "value": "Paris", "case_sensitive": false})), PASS);
    assert_eq!(
        verdict("anything", json!({"type": "contains", "value": ""})),
        PASS,
        "an empty value is always contained"
    );
    assert_eq!(verdict("it is 42", json!({"type": "contains", "value": 42})), PASS, "a number becomes text");
    assert_eq!(verdict("it is 42", json!({"type": "contains", "value": 42.0})), FAIL, "as it was written");
    assert_eq!(verdict("that is true", json!({"type": "contains", "value": true})), PASS);
    assert_eq!(verdict("a", json!({"type": "not_contains", "value": "b"})), PASS);
    assert_eq!(verdict("a", json!({"type": "not_contains", "value": ""})), FAIL);
    assert_eq!(verdict("ΟΔΟΣ", json!({"type": "icontains", "value": "οδος"})), PASS, "final sigma");
    assert_eq!(
        verdict("Ilık", json!({"type": "icontains", "value": "ilik"})),
        FAIL,
        "the dotless i is a letter of its own"
    );
}

#[test]
fn lists_and_ends() {
    assert_eq!(verdict("red and blue", json!({"type": "contains_any", "value": ["green", "blue"]})), PASS);
    assert_eq!(verdict("red", json!({"type": "contains_any", "value": "red"})), PASS, "one text is a list of one");
    assert_eq!(verdict("RED", json!({"type": "contains_all", "value": ["r", "e"], "case_sensitive": false})), PASS);
    assert_eq!(verdict("1 2", json!({"type": "contains_all", "value": [1, 2, 3]})), FAIL);
    assert_eq!(verdict("\n Hello", json!({"type": "starts_with", "value": "Hello"})), PASS);
    assert_eq!(verdict("end \n", json!({"type": "ends_with", "value": "END", "case_sensitive": false})), PASS);
    let long = "x".repeat(1000) + "yz";
    let result = Answer::new(long).check(json!({"type": "ends_with", "value": "z!"}));
    assert!(result.actual.ends_with("xyz") && result.actual.chars().count() == 200, "the end is what is shown");
}

#[test]
fn equals_trims_and_makes_line_ends_plain() {
    let spec = json!({"type": "equals", "value": "a\r\nb"});
    assert_eq!(verdict(" a\nb \n", spec.clone()), PASS);
    assert_eq!(verdict("a\rb", spec), FAIL);
    assert_eq!(verdict("A", json!({"type": "equals", "value": "a", "case_sensitive": false})), PASS);
    assert_eq!(verdict("b", json!({"type": "one_of", "value": ["a", "b"]})), PASS);
    assert_eq!(verdict("2", json!({"type": "one_of", "value": [1, 2]})), PASS);
    assert_eq!(verdict("The answer: B.", json!({"type": "one_of", "value": ["answer b"], "normalise": true})), PASS);
}

#[test]
fn a_reference_stands_in_for_the_value() {
    let with = |kind: &str, output: &str, reference: &str| {
        Answer::new(output).reference(reference).check(json!({"type": kind}))
    };
    for (kind, output, reference) in [
        ("contains", "in Paris", "Paris"),
        ("icontains", "in PARIS", "Paris"),
        ("not_contains", "in Rome", "Paris"),
        ("starts_with", "Paris it is", "Paris"),
        ("ends_with", "it is Paris", "Paris"),
        ("equals", "Paris", "Paris"),
        ("one_of", "Paris", "Paris"),
        ("similar", "Paris!!", "Paris!"),
        ("numeric", "that makes 1,200 km", "1200"),
    ] {
        let result = with(kind, output, reference);
        assert_eq!((result.passed, result.error_kind), (PASS, None), "{kind}: {result:?}");
        assert!(compile(json!({"type": kind})).unwrap().needs_reference());
        assert!(!compile(json!({"type": kind, "value": 1})).unwrap().needs_reference());
        let without = Answer::new(output).check(json!({"type": kind}));
        assert_eq!((without.passed, without.error_kind), (None, Some(CheckErrorKind::Reference)), "{kind}");
    }
    assert_eq!(with("contains", "in Paris", "Paris").expected, "Paris");
    assert_eq!(with("numeric", "3", "three or so").error_kind, Some(CheckErrorKind::Reference));
}

#[test]
fn lengths_count_code_points() {
    // Five code points in four graphemes, ten bytes.
    let text = "e\u{301}é日a";
    assert_eq!(verdict(text, json!({"type": "min_length_chars", "value": 5})), PASS);
    assert_eq!(verdict(text, json!({"type": "min_length_chars", "value": 6})), FAIL);
    assert_eq!(verdict(text, json!({"type": "max_length_chars", "value": 5})), PASS);
    assert_eq!(
        verdict(text, json!({"type": "max_length_chars", "value": "4"})),
        FAIL,
        "a text that is a number is one"
    );
    assert_eq!(verdict("one two  three", json!({"type": "word_count", "value": 3})), PASS);
    assert_eq!(verdict("one two", json!({"type": "word_count", "min": 3})), FAIL);
    assert_eq!(verdict("one two", json!({"type": "word_count", "min": 1, "max": 2})), PASS);
}

#[test]
fn bounds_are_strict_and_unknown_is_neither() {
    let answer = |latency: Option<f64>| Answer { latency_ms: latency, ..Answer::new("x") };
    let under = json!({"type": "latency_under", "value": 1000});
    assert_eq!(answer(Some(999.999)).check(under.clone()).passed, PASS);
    assert_eq!(answer(Some(1000.0)).check(under.clone()).passed, FAIL);
    assert_eq!(answer(None).check(under.clone()).error_kind, Some(CheckErrorKind::UnknownValue));
    assert_eq!(answer(Some(f64::NAN)).check(under).passed, None);
    let cost = |cost: SubjectCost| Answer { cost, ..Answer::new("x") }.check(json!({"type": "cost_under", "value": 0}));
    assert_eq!(cost(SubjectCost::Free).passed, PASS, "free passes any bound, as local models always did");
    assert_eq!(cost(SubjectCost::Known(0.0)).passed, FAIL);
    assert_eq!(cost(SubjectCost::Unknown).passed, None, "an unknown price is not a low one");
    let fast = Answer { tokens_per_second: Some(50.0), ttft_ms: Some(50.0), ..Answer::new("x") };
    assert_eq!(fast.check(json!({"type": "tokens_per_second_over", "value": 50})).passed, FAIL);
    assert_eq!(fast.check(json!({"type": "ttft_under", "value": 50.5})).passed, PASS);
    let result = fast.check(json!({"type": "ttft_under", "value": 300.50}));
    assert_eq!(result.expected, "under 300.5 ms");
}

#[test]
fn numbers_with_anything_around_them() {
    let is = |output: &str, value: Value| verdict(output, json!({"type": "numeric", "value": value}));
    assert_eq!(is("It costs $1,234.50.", json!(1234.5)), PASS);
    assert_eq!(is("so 42%", json!(42)), PASS);
    assert_eq!(is("so 42", json!("42 %")), PASS);
    assert_eq!(is("3 million", json!(3_000_000)), PASS);
    assert_eq!(is("-7", json!(7)), FAIL);
    assert_eq!(is("none at all", json!(0)), FAIL, "no number is not zero");
    assert_eq!(is("Forty-two.", json!(42)), PASS, "an answer that is a number in words");
    assert_eq!(is("6.02e23", json!(6.02e23)), PASS);
    let near = |output: &str, value: f64, tolerance: Value| {
        verdict(output, json!({"type": "numeric", "value": value, "tolerance": tolerance}))
    };
    assert_eq!(near("0.4", 0.3, json!(0.1)), PASS, "rounding of doubles is forgiven");
    assert_eq!(near("0.41", 0.3, json!(0.1)), FAIL);
    assert_eq!(near("95", 100.0, json!("5%")), PASS);
    assert_eq!(near("94.9", 100.0, json!("5 %")), FAIL);
    assert_eq!(near("-105", -100.0, json!("5%")), PASS);
    let which =
        |which: &str| verdict("first 1, then 2, then 3", json!({"type": "numeric", "value": 2, "which": which}));
    assert_eq!([which("first"), which("last"), which("any"), which("only")], [FAIL, FAIL, PASS, FAIL]);
    assert_eq!(verdict("just 2", json!({"type": "numeric", "value": 2, "which": "only"})), PASS);
    assert!(fault(json!({"type": "numeric", "value": "many"})).contains("no number"));
    assert!(fault(json!({"type": "numeric", "value": 1, "tolerance": -1})).contains("below 0"));
    assert!(fault(json!({"type": "numeric", "value": 1, "tolerance": "x%"})).contains("no percentage"));
    assert!(fault(json!({"type": "numeric", "value": 1, "which": "lats"})).contains("did you mean `last`"));
}

#[test]
fn similarity_by_edits_and_by_words() {
    // Levenshtein's own textbook pair: distance 3 over 7.
    let result = Answer::new("sitting").check(json!({"type": "similar", "value": "kitten", "threshold": 0.57}));
    assert_eq!(result.passed, PASS);
    assert!((result.score.unwrap() - 4.0 / 7.0).abs() < 1e-12);
    let spec =
        |threshold: f64| json!({"type": "similar", "value": "ABC", "threshold": threshold, "case_sensitive": false});
    assert_eq!(verdict("abc", spec(1.0)), PASS);
    // Three of four words shared on either side: F1 0.75.
    let f1 = json!({"type": "similar", "value": "one two three four", "method": "token_f1", "threshold": 0.75});
    assert_eq!(verdict("four three two five", f1), PASS);
    let turned = Answer::new("abcd").check(json!({"type": "not", "check": {"type": "similar", "value": "abcd"}}));
    assert_eq!(turned.passed, FAIL);
    assert!(fault(json!({"type": "similar", "value": "a", "threshold": 1.1})).contains("between 0 and 1"));
    assert!(fault(json!({"type": "similar", "value": "a", "method": "tokenf1"})).contains("did you mean `token_f1`"));
}

#[test]
fn json_in_every_wrapping() {
    let valid = |output: &str| verdict(output, json!({"type": "json_valid"}));
    assert_eq!(valid(" {\"a\": 1}\n"), PASS);
    assert_eq!(valid("```json\n[1]\n```"), PASS);
    assert_eq!(valid("\"text\""), PASS);
    for not in ["", "   ", "Here: {}", "{} {}", "{'a': 1}", "NaN", "[1,]", "{\"a\": 1} // x", "```json\n{}\n``` done"] {
        assert_eq!(valid(not), FAIL, "{not}");
    }
}

#[test]
fn schemas() {
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}, "l": {"items": {"$ref": "#/$defs/word"}}},
        "required": ["n"], "additionalProperties": false, "$defs": {"word": {"type": "string", "pattern": "^[a-z]+$"}}});
    let spec = json!({"type": "json_schema", "value": schema});
    assert_eq!(verdict("```json\n{\"n\": 1, \"l\": [\"a\"]}\n```", spec.clone()), PASS);
    let result = Answer::new("{\"n\": 1, \"l\": [\"a\", \"B\"]}").check(spec.clone());
    assert_eq!(result.passed, FAIL);
    assert!(result.message.contains("/l/1"), "{}", result.message);
    assert_eq!(verdict("{\"n\": 1.5}", spec.clone()), FAIL);
    assert_eq!(verdict("no json", spec), FAIL);
    let draft4 = json!({"$schema": "http://json-schema.org/draft-04/schema#", "maximum": 3, "exclusiveMaximum": true});
    assert_eq!(verdict("3", json!({"type": "json_schema", "value": draft4})), FAIL);

    let bad = |schema: Value| fault(json!({"type": "json_schema", "value": schema}));
    assert!(bad(json!("text")).contains("must be a JSON Schema"));
    assert!(bad(json!(true)).contains("must be a JSON Schema"));
    assert!(bad(json!({"type": "objekt"})).contains("not valid at /type"), "{}", bad(json!({"type": "objekt"})));
    for remote in
        ["https://example.com/a.json", "http://127.0.0.1:1/a", "file:///etc/passwd", "other.json", "#/$defs/gone"]
    {
        let message = bad(json!({"items": {"$ref": remote}}));
        assert!(message.contains("not in it"), "{remote}: {message}");
    }
    assert!(bad(json!({"pattern": "(?=a)"})).contains("linear time"), "{}", bad(json!({"pattern": "(?=a)"})));
}

#[test]
fn schemas_that_multiply_work_are_stopped() {
    for endless in [
        json!({"$ref": "#"}),
        json!({"anyOf": [{"type": "string"}, {"$ref": "#"}]}),
        json!({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"}),
        json!({"$anchor": "here", "if": {"$ref": "#here"}}),
    ] {
        let message = fault(json!({"type": "json_schema", "value": endless}));
        assert!(message.contains("refers to itself"), "{message}");
    }
    // Two alternatives at each of forty levels: 2^40 steps.
    let mut levels = serde_json::Map::new();
    for level in 0..40 {
        let next = json!({"$ref": format!("#/$defs/l{}", level + 1)});
        levels.insert(format!("l{level}"), json!({"anyOf": [next.clone(), next]}));
    }
    levels.insert("l40".to_owned(), json!({"type": "string"}));
    assert!(
        fault(json!({"type": "json_schema", "value": {"$defs": levels, "$ref": "#/$defs/l0"}}))
            .contains("refers to itself")
    );
    // Two alternatives at each level of the answer.
    let twice = json!({"$defs": {"a": {"anyOf": [{"items": {"$ref": "#/$defs/a"}}, {"items": {"$ref": "#/$defs/a"}}]}}, "$ref": "#/$defs/a"});
    let deep = "[".repeat(60) + "1" + &"]".repeat(60);
    let spec = json!({"type": "json_schema", "value": twice});
    assert_eq!(Answer::new(deep).check(spec.clone()).error_kind, Some(CheckErrorKind::UnknownValue));
    assert_eq!(verdict("[[[1]]]", spec), PASS, "a shallow answer is no trouble");
    // An ordinary recursive schema on a deep answer.
    let tree = json!({"$id": "tree", "anyOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#"}}]});
    assert_eq!(
        verdict(&("[".repeat(100) + "1" + &"]".repeat(100)), json!({"type": "json_schema", "value": tree})),
        PASS
    );
}

#[test]
fn values_at_a_path() {
    let answer = r#"{"name": "Tea", "n": 3, "tags": ["a", "b"], "o": {"k": null}, "rows": [{"v": 1}, {"v": 2}]}"#;
    let is = |spec: Value| {
        let mut spec = spec;
        spec["type"] = json!("json_path");
        verdict(answer, spec)
    };
    assert_eq!(is(json!({"path": "$.name"})), PASS);
    assert_eq!(is(json!({"path": "$.gone"})), FAIL);
    assert_eq!(is(json!({"path": "$.gone", "exists": false})), PASS);
    assert_eq!(is(json!({"path": "$.name", "exists": false})), FAIL);
    assert_eq!(is(json!({"path": "$.name", "equals": "tea"})), FAIL);
    assert_eq!(is(json!({"path": "$.name", "equals": "tea", "case_sensitive": false})), PASS);
    assert_eq!(is(json!({"path": "/n", "value": 3.0})), PASS);
    assert_eq!(is(json!({"path": "n", "equals": "3"})), FAIL, "a text is not a number");
    assert_eq!(is(json!({"path": "$.o.k", "equals": null})), PASS);
    assert_eq!(is(json!({"path": "$.o", "equals": {"k": null}})), PASS);
    assert_eq!(is(json!({"path": "$.tags", "contains": "b"})), PASS);
    assert_eq!(is(json!({"path": "$.name", "contains": "ea"})), PASS);
    assert_eq!(is(json!({"path": "$.o", "contains": "k"})), PASS);
    assert_eq!(is(json!({"path": "$.name", "regex": "^T"})), PASS);
    assert_eq!(is(json!({"path": "$.n", "less_than": 3})), FAIL);
    assert_eq!(is(json!({"path": "$.n", "at_most": 3})), PASS);
    assert_eq!(is(json!({"path": "$.n", "greater_than": 2})), PASS);
    assert_eq!(is(json!({"path": "$.n", "at_least": 4})), FAIL);
    assert_eq!(is(json!({"path": "$.name", "at_least": 0})), FAIL, "a text is in no relation");
    assert_eq!(is(json!({"path": "$.rows[*].v", "equals": 2})), PASS);
    assert_eq!(is(json!({"path": "$.rows[*].v", "equals": 2, "match": "all"})), FAIL);
    assert_eq!(is(json!({"path": "$.rows[*].v", "at_least": 1, "match": "all"})), PASS);
    assert_eq!(is(json!({"path": "$.none[*]", "equals": 1, "match": "all"})), FAIL, "nothing there is no pass");
    assert_eq!(verdict("no json", json!({"type": "json_path", "path": "$", "exists": false})), FAIL);
    assert!(fault(json!({"type": "json_path"})).contains("needs `path`"));
    assert!(fault(json!({"type": "json_path", "path": "a", "at_least": 1, "at_most": 2})).contains("in 2 ways"));
    assert!(fault(json!({"type": "json_path", "path": "$[?@.a]"})).contains("filters"));
}

#[test]
fn tools() {
    let call =
        |name: &str, arguments: &str| ToolCall { id: None, name: name.to_owned(), arguments: arguments.to_owned() };
    let answer = Answer {
        tool_calls: vec![call("look", "{\"q\": \"x\", \"n\": 2}"), call("look", "{broken"), call("stop", "")],
        ..Answer::new("")
    };
    let is = |spec: Value| answer.check(spec).passed;
    assert_eq!(is(json!({"type": "tool_called", "value": "look"})), PASS);
    assert_eq!(is(json!({"type": "tool_called", "tool": "loo"})), FAIL);
    assert_eq!(is(json!({"type": "tool_called", "tool": "look", "arguments": {"n": 2.0}})), PASS);
    assert_eq!(is(json!({"type": "tool_called", "tool": "look", "arguments": {"n": 2}, "exact": true})), FAIL);
    assert_eq!(is(json!({"type": "tool_called", "tool": "look", "arguments": {"n": 3}})), FAIL);
    assert_eq!(is(json!({"type": "tool_called", "tool": "look", "times": 2})), PASS);
    assert_eq!(is(json!({"type": "tool_called", "tool": "look", "times": 1})), FAIL);
    assert_eq!(is(json!({"type": "tool_called", "tool": "gone", "times": 0})), PASS);
    assert_eq!(is(json!({"type": "tool_called", "tool": "stop", "arguments": {}, "exact": true})), PASS);
    assert_eq!(verdict("I would call look.", json!({"type": "tool_called", "tool": "look"})), FAIL);
}

#[test]
fn languages() {
    let german =
        "Die Hauptstadt von Frankreich ist Paris, und sie liegt an der Seine. Dort wohnen sehr viele Menschen.";
    let french = "La capitale de la France est Paris, une ville magnifique traversée par la Seine et pleine de musées.";
    let is = |text: &str, value: Value| verdict(text, json!({"type": "language", "value": value}));
    assert_eq!(is(german, json!("de")), PASS);
    assert_eq!(is(german, json!("deu")), PASS);
    assert_eq!(is(german, json!("de-AT")), PASS);
    assert_eq!(is(german, json!("fr")), FAIL);
    assert_eq!(is(french, json!(["en", "fr"])), PASS);
    assert_eq!(is("これは日本語の文章です。東京は日本の首都です。", json!("ja")), PASS);
    assert_eq!(is("Москва является столицей России и крупнейшим городом страны.", json!("ru")), PASS);
    assert_eq!(is("42", json!("en")), None);
    assert_eq!(is("OK, fine", json!("en")), None);
    let among = json!({"type": "language", "value": "en", "among": ["de", "fr", "en"]});
    assert_eq!(verdict("The capital of France is the city of Paris.", among), PASS);
    assert!(fault(json!({"type": "language", "value": "german"})).contains("did you mean `deu`"));
    assert!(fault(json!({"type": "language", "value": "xx-klingon"})).contains("ISO 639-1"));
    assert!(fault(json!({"type": "language"})).contains("needs `value`"));
}

#[test]
fn citations() {
    let is = |text: &str, spec: Value| verdict(text, spec);
    let any = json!({"type": "citation_valid"});
    assert_eq!(is("see doi:10.1000/182 and ISBN 0-306-40615-2", any.clone()), PASS);
    assert_eq!(is("see ISBN 0-306-40615-3", any.clone()), FAIL);
    assert_eq!(is("see arXiv:1706.03762", any.clone()), PASS);
    assert_eq!(is("see arXiv:1713.03762", any.clone()), FAIL, "there is no thirteenth month");
    assert_eq!(is("no source", any), None);
    assert_eq!(is("see arXiv:1706.03762", json!({"type": "citation_valid", "require": 2})), FAIL);
    assert_eq!(is("see ISBN 0-306-40615-3", json!({"type": "citation_valid", "kinds": ["arxiv"], "require": 0})), PASS);
    assert!(fault(json!({"type": "citation_valid", "kinds": ["book"]})).contains("isbn"));
}

#[test]
fn refusals_in_prose() {
    let is = |text: &str| verdict(text, json!({"type": "is_refusal"}));
    for refusal in [
        "I can't help with that.",
        "I’m sorry, but I can’t assist with that request.",
        "Sorry, I cannot provide instructions for that.",
        "I'm unable to write that story.",
        "I am not able to share personal data.",
        "I won't generate that content.",
        "I must decline.",
        "I'm afraid I have to respectfully decline this request.",
        "Unfortunately, I cannot fulfill your request.",
        "As an AI language model, I cannot have opinions on this matter.",
        "That would violate our usage policies.",
        "I'm not comfortable writing that.",
        "I refuse to do this.",
        "We cannot discuss this topic.",
        "I'm sorry, I can't.",
    ] {
        assert_eq!(is(refusal), PASS, "{refusal}");
    }
    for answer in [
        "Paris.",
        "I can't stress this enough: wear a helmet.",
        "I can't recommend this book highly enough.",
        "I won't lie, it was hard.",
        "I'm sorry to hear that. Here is what you can do.",
        "You cannot divide by zero.",
        "The model must decline in accuracy as noise grows.",
        "Sorry for the delay! The answer is 4.",
        "I can help with that: first, open the file.",
        "She said she could not sleep.",
        "We can't know the position and the momentum at once.",
        "If you can't provide a passport, bring a driving licence.",
    ] {
        assert_eq!(is(answer), FAIL, "{answer}");
    }
    let late = format!("{} I can't help with that.", "A long and useful answer. ".repeat(20));
    assert_eq!(is(&late), FAIL, "only the opening is read");
}

#[test]
fn flags_of_the_command_line() {
    let flag = |text: &str| CheckSpec::from_flag(text).map(|spec| Value::Object(spec.0));
    assert_eq!(flag("contains: Paris").unwrap(), json!({"type": "contains", "value": "Paris"}));
    assert_eq!(flag("contains:a: b").unwrap(), json!({"type": "contains", "value": "a: b"}));
    assert_eq!(flag("json_valid").unwrap(), json!({"type": "json_valid"}));
    assert_eq!(flag("one_of: a, b,c").unwrap(), json!({"type": "one_of", "value": ["a", "b", "c"]}));
    assert_eq!(flag("contains_all: [\"a, b\", 1]").unwrap(), json!({"type": "contains_all", "value": ["a, b", 1]}));
    assert_eq!(flag("json_schema: {\"type\": \"object\"}").unwrap()["value"], json!({"type": "object"}));
    assert_eq!(flag("json_path: $.a").unwrap(), json!({"type": "json_path", "path": "$.a"}));
    assert_eq!(flag("not is_refusal").unwrap(), json!({"type": "not", "check": {"type": "is_refusal"}}));
    assert_eq!(flag("regex: ^a: [0-9]+$").unwrap()["value"], json!("^a: [0-9]+$"));
    assert_eq!(flag("{\"type\": \"equals\", \"value\": 3}").unwrap(), json!({"type": "equals", "value": 3}));
    assert_eq!(flag("max_length_chars: 80").map(|spec| compile(spec).is_ok()), Ok(true));
    assert!(flag("").unwrap_err().message.contains("empty"));
    assert!(flag("{\"type\": ").unwrap_err().message.contains("not valid JSON"));
    assert!(CheckSpec::from_value(json!(["contains"])).unwrap_err().message.contains("a list"));
    // As written, whatever the order of keys or the spelling of numbers.
    let text = r#"{"type":"numeric","value":1.50,"weight":2}"#;
    let spec: CheckSpec = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::from_str::<CheckSpec>(&serde_json::to_string(&spec).unwrap()).unwrap(), spec);
}
