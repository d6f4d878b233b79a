//! What is neither pass nor fail, what combinations make of it, and what cannot be used at all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use checks::{Check, CheckErrorKind, CheckSpec, ExternalResult, ExternalTask, ScriptCommand, SubjectCost};
use llm::outcome::Outcome;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::{Answer, compile, fault, verdict};

/// A check of every type that passes on almost anything, so that a pass would show.
fn one_of_every_type() -> Vec<Value> {
    let list = vec![
        json!({"type": "contains", "value": ""}),
        json!({"type": "not_contains", "value": "zzz"}),
        json!({"type": "icontains", "value": ""}),
        json!({"type": "contains_any", "value": [""]}),
        json!({"type": "contains_all", "value": [""]}),
        json!({"type": "starts_with", "value": ""}),
        json!({"type": "ends_with", "value": ""}),
        json!({"type": "equals", "value": ""}),
        json!({"type": "one_of", "value": [""]}),
        json!({"type": "similar", "value": "", "threshold": 0}),
        json!({"type": "numeric", "value": 1, "tolerance": 1e9}),
        json!({"type": "regex", "value": ""}),
        json!({"type": "json_valid"}),
        json!({"type": "json_schema", "value": {}}),
        json!({"type": "json_path", "path": "$"}),
        json!({"type": "min_length_chars", "value": 0}),
        json!({"type": "max_length_chars", "value": 1000}),
        json!({"type": "word_count", "max": 1000}),
        json!({"type": "language", "value": "en"}),
        json!({"type": "citation_valid", "require": 0}),
        json!({"type": "tool_called", "tool": "x", "times": 0}),
        json!({"type": "latency_under", "value": 1e9}),
        json!({"type": "ttft_under", "value": 1e9}),
        json!({"type": "tokens_per_second_over", "value": 0}),
        json!({"type": "cost_under", "value": 1e9}),
        json!({"type": "script", "command": "true"}),
        json!({"type": "judge"}),
    ];
    let covered = |name: &str| {
        list.iter().any(|spec| spec["type"] == name) || ["is_refusal", "not", "any", "all"].contains(&name)
    };
    assert!(checks::type_names().all(covered));
    list
}

fn lenient(outcome: Outcome) -> Answer {
    let yes = ExternalResult { passed: Some(true), score: Some(1.0), ..ExternalResult::default() };
    Answer {
        latency_ms: Some(1.0),
        ttft_ms: Some(1.0),
        tokens_per_second: Some(1.0),
        cost: SubjectCost::Free,
        ..Answer::ended(outcome, "")
    }
    .external("0", yes.clone())
    .external("0.check", yes.clone())
    .external("0.checks.0", yes)
}

#[test]
fn what_is_no_whole_answer_never_passes() {
    for (outcome, kind) in [
        (Outcome::Refused, CheckErrorKind::Refused),
        (Outcome::Truncated, CheckErrorKind::Truncated),
        (Outcome::Filtered, CheckErrorKind::Filtered),
        (Outcome::Error, CheckErrorKind::Environment),
        (Outcome::Cancelled, CheckErrorKind::Environment),
    ] {
        for spec in one_of_every_type() {
            for spec in [
                spec.clone(),
                json!({"type": "not", "check": spec}),
                json!({"type": "any", "checks": [spec]}),
                json!({"type": "all", "checks": [spec]}),
                json!({"type": "all", "checks": [spec], "threshold": 0.5}),
            ] {
                let result = lenient(outcome).check(spec.clone());
                assert_eq!((result.passed, result.error_kind), (None, Some(kind)), "{spec}");
                assert!(result.error.is_some() && result.score.is_none());
            }
        }
    }
}

#[test]
fn an_empty_answer_fails_whatever_is_asked() {
    for spec in one_of_every_type() {
        for spec in [
            spec.clone(),
            json!({"type": "not", "check": spec}),
            json!({"type": "any", "checks": [{"type": "not", "check": spec}]}),
        ] {
            assert_eq!(lenient(Outcome::Empty).check(spec.clone()).passed, Some(false), "{spec}");
        }
    }
    let empty = |spec: Value| lenient(Outcome::Empty).check(spec).passed;
    let refusal = json!({"type": "is_refusal"});
    assert_eq!(empty(refusal.clone()), Some(false));
    assert_eq!(empty(json!({"type": "not", "check": refusal})), Some(true));
    assert_eq!(empty(json!({"type": "not", "check": {"type": "any", "checks": [refusal]}})), Some(true));
    let mixed = json!({"type": "any", "checks": [refusal, {"type": "contains", "value": "x"}]});
    assert_eq!(empty(json!({"type": "not", "check": mixed})), Some(false));
}

#[test]
fn a_refusal_is_what_is_refusal_asks_for() {
    let on = |outcome: Outcome, spec: Value| Answer::ended(outcome, "").check(spec).passed;
    let spec = json!({"type": "is_refusal"});
    let not = json!({"type": "not", "check": spec});
    assert_eq!(on(Outcome::Refused, spec.clone()), Some(true));
    assert_eq!(on(Outcome::Refused, not.clone()), Some(false));
    for outcome in [Outcome::Truncated, Outcome::Filtered, Outcome::Error, Outcome::Cancelled] {
        assert_eq!(on(outcome, spec.clone()), None);
        assert_eq!(on(outcome, not.clone()), None);
    }
    // With another check beside it, the known part decides what it can.
    let either = json!({"type": "any", "checks": [{"type": "contains", "value": "x"}, spec]});
    assert_eq!(on(Outcome::Refused, either), Some(true));
    let both = json!({"type": "all", "checks": [{"type": "contains", "value": "x"}, spec]});
    assert_eq!(on(Outcome::Refused, both), None);
}

fn kleene() -> impl Strategy<Value = Option<bool>> {
    prop_oneof![Just(Some(true)), Just(Some(false)), Just(None)]
}

fn set(answer: Answer, path: &str, passed: Option<bool>) -> Answer {
    let error = passed.is_none().then(|| "no verdict".to_owned());
    answer.external(path, ExternalResult { passed, error, ..ExternalResult::default() })
}

proptest! {
    /// `any` is the greatest and `all` the least of fail < unknown < pass; `not` turns the order round.
    #[test]
    fn combinations_follow_kleene(parts in prop::collection::vec(kleene(), 1..6)) {
        let rank = |verdict: Option<bool>| match verdict { Some(false) => 0, None => 1, Some(true) => 2 };
        let judges = vec![json!({"type": "judge"}); parts.len()];
        let answer = |prefix: &str| parts.iter().enumerate().fold(Answer::new("x"), |answer, (index, part)| {
            set(answer, &format!("{prefix}checks.{index}"), *part)
        });
        let any = answer("0.").check(json!({"type": "any", "checks": judges}));
        prop_assert_eq!(rank(any.passed), parts.iter().map(|part| rank(*part)).max().unwrap());
        let all = answer("0.").check(json!({"type": "all", "checks": judges}));
        prop_assert_eq!(rank(all.passed), parts.iter().map(|part| rank(*part)).min().unwrap());
        let not = answer("0.check.").check(json!({"type": "not", "check": {"type": "all", "checks": judges}}));
        prop_assert_eq!(rank(not.passed), 2 - rank(all.passed));
        prop_assert_eq!(any.error_kind.is_some(), any.passed.is_none());
    }

    /// A threshold decides only what no verdict of the unknown parts could change.
    #[test]
    fn shares_are_decided_when_the_unknown_parts_cannot_change_them(
        parts in prop::collection::vec((kleene(), 0_u8..4), 1..6),
        threshold in 1_u8..=10,
    ) {
        prop_assume!(parts.iter().any(|(_, weight)| *weight > 0));
        let checks: Vec<Value> = parts.iter().map(|(_, weight)| json!({"type": "judge", "weight": weight})).collect();
        let spec = json!({"type": "all", "checks": checks, "threshold": f64::from(threshold) / 10.0});
        let answer = parts.iter().enumerate().fold(Answer::new("x"), |answer, (index, (part, _))| {
            set(answer, &format!("0.checks.{index}"), *part)
        });
        let got = answer.check(spec).passed;
        let sum = |keep: &dyn Fn(Option<bool>) -> bool| {
            parts.iter().filter(|(part, _)| keep(*part)).map(|(_, weight)| u32::from(*weight)).sum::<u32>()
        };
        let (total, sure) = (sum(&|_| true), sum(&|part| part == Some(true)));
        let most = sum(&|part| part != Some(false));
        let reaches = |weight: u32| weight * 10 >= u32::from(threshold) * total;
        let wanted = if reaches(sure) { Some(true) } else if reaches(most) { None } else { Some(false) };
        prop_assert_eq!(got, wanted);
    }

    /// Nothing a user writes makes compiling panic, and what compiles evaluates on anything.
    #[test]
    fn any_object_is_a_check_or_a_fault(
        kind in prop::sample::select(checks::type_names().collect::<Vec<_>>()),
        keys in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..8, ".{0,12}", any::<f64>()), 0..4),
        output in ".{0,60}",
    ) {
        let mut map = Map::new();
        map.insert("type".to_owned(), kind.into());
        let known = checks::type_keys(kind).unwrap();
        for (which, shape, text, number) in keys {
            if known.is_empty() {
                continue;
            }
            let value = match shape {
                0 => json!(text),
                1 => json!(number),
                2 => json!([text, number]),
                3 => json!({"type": "contains", "value": text}),
                4 => json!([{"type": "regex", "value": text}]),
                5 => json!(null),
                6 => json!(true),
                _ => json!({"type": text, "$ref": text}),
            };
            map.insert(known[which.index(known.len())].to_owned(), value);
        }
        if let Ok(check) = Check::compile(&CheckSpec(map)) {
            for outcome in Outcome::ALL {
                let result = check.evaluate(3, &Answer::ended(outcome, &output).reference(&output).subject());
                prop_assert_eq!(result.error_kind.is_some(), result.passed.is_none());
                prop_assert!(result.actual.chars().count() <= checks::ACTUAL_CHARS);
                prop_assert!(result.expected.chars().count() <= checks::ACTUAL_CHARS);
                prop_assert!(result.message.chars().count() <= checks::MESSAGE_CHARS);
                prop_assert!(!result.message.is_empty());
            }
        }
    }
}

#[test]
fn what_comes_from_outside_has_a_path() {
    let check = compile(json!({"type": "all", "checks": [
        {"type": "script", "command": ["python3", "a.py", 1], "args": ["x"], "timeout": 2.5, "threshold": 0.7},
        {"type": "contains", "value": "x"},
        {"type": "not", "check": {"type": "any", "checks": [{"type": "judge", "value": "polite", "threshold": 7}]}},
        {"type": "script", "command": "echo pass | cat", "shell": true},
    ]}))
    .unwrap();
    let externals = check.externals(2);
    let paths: Vec<&str> = externals.iter().map(|external| external.path.as_str()).collect();
    assert_eq!(paths, ["2.checks.0", "2.checks.2.check.checks.0", "2.checks.3"]);
    let ExternalTask::Script(script) = &externals[0].task else { panic!() };
    assert_eq!(script.command, ScriptCommand::Argv(["python3", "a.py", "1", "x"].map(str::to_owned).to_vec()));
    assert_eq!((script.timeout.as_secs_f64(), script.threshold, &script.base), (2.5, 0.7, &None));
    let ExternalTask::Judge(judge) = &externals[1].task else { panic!() };
    assert_eq!((judge.criteria.as_slice(), judge.threshold), (["polite".to_owned()].as_slice(), Some(7.0)));
    assert!(
        matches!(&externals[2].task, ExternalTask::Script(script) if matches!(script.command, ScriptCommand::Shell(_)))
    );
    assert!(compile(json!({"type": "contains", "value": "x"})).unwrap().externals(0).is_empty());
}

#[test]
fn results_from_outside_are_taken_as_they_are() {
    let judge =
        |result: ExternalResult| Answer::new("x").external("0", result).check(json!({"type": "judge", "threshold": 7}));
    let scored = |score: f64| ExternalResult { score: Some(score), ..ExternalResult::default() };
    assert_eq!(judge(scored(7.0)).passed, Some(true));
    assert_eq!(judge(scored(6.9)).passed, Some(false));
    assert_eq!(judge(scored(6.9)).score, Some(6.9));
    assert_eq!(judge(scored(f64::NAN)).error_kind, Some(CheckErrorKind::Judge));
    assert_eq!(judge(ExternalResult { passed: Some(false), ..scored(9.0) }).passed, Some(false));
    assert_eq!(judge(ExternalResult::default()).error_kind, Some(CheckErrorKind::Judge));
    let failed = judge(ExternalResult { passed: Some(true), ..ExternalResult::failed("parse error") });
    assert_eq!((failed.passed, failed.error.as_deref()), (None, Some("parse error")), "an error is never a pass");
    assert_eq!(
        Answer::new("x").check(json!({"type": "script", "value": "a"})).error_kind,
        Some(CheckErrorKind::Script)
    );
}

#[test]
fn faults_name_what_was_meant() {
    assert!(fault(json!({"type": "contain", "value": "x"})).contains("did you mean `contains`"));
    assert!(fault(json!({"type": "JSON-Valid"})).contains("did you mean `json_valid`"));
    assert!(fault(json!({"type": "zzzzzz"})).contains("the types are contains, not_contains"));
    assert!(fault(json!({"value": "x"})).contains("no `type`"));
    assert!(fault(json!({"type": 3})).contains("must be a text"));
    assert!(fault(json!({"type": "contains", "valeu": "x"})).contains("no key \"valeu\" (did you mean `value`?)"));
    assert!(fault(json!({"type": "equals", "normalize": true, "value": "x"})).contains("did you mean `normalise`"));
    assert!(fault(json!({"type": "is_refusal", "zzz": 1})).contains("its keys are name, weight"));
    assert!(fault(json!({"type": "contains", "value": "x", "weight": -1})).contains("below 0"));
    assert!(fault(json!({"type": "contains", "value": "x", "weight": "NaN"})).contains("must be a number"));
    assert!(fault(json!({"type": "contains", "value": "x", "case_sensitive": "no"})).contains("true or false"));
    assert!(fault(json!({"type": "min_length_chars"})).contains("needs `value`"));
    assert!(fault(json!({"type": "min_length_chars", "value": "many"})).contains("must be a number"));
    assert!(fault(json!({"type": "max_length_chars", "value": 1.5})).contains("whole number"));
    assert!(fault(json!({"type": "latency_under", "value": true})).contains("must be a number"));
    assert!(fault(json!({"type": "cost_under", "value": "inf"})).contains("must be a number"));
    assert!(fault(json!({"type": "regex", "value": "("})).contains("unclosed group"));
    assert!(fault(json!({"type": "contains_any", "value": []})).contains("empty list"));
    assert!(fault(json!({"type": "word_count"})).contains("needs a number"));
    assert!(fault(json!({"type": "word_count", "value": 1, "max": 2})).contains("keep one"));
    assert!(fault(json!({"type": "word_count", "min": 3, "max": 2})).contains("more than its `max`"));
    assert!(fault(json!({"type": "script"})).contains("needs `command`"));
    assert!(fault(json!({"type": "script", "command": []})).contains("names no program"));
    assert!(fault(json!({"type": "script", "command": ["a"], "shell": true})).contains("one text"));
    assert!(fault(json!({"type": "script", "command": "a", "timeout": 0})).contains("above 0"));
    assert!(fault(json!({"type": "script", "command": "a\u{0}b"})).contains("NUL"));
    assert!(fault(json!({"type": "judge", "criteria": ["a", " "]})).contains("empty"));
    assert!(fault(json!({"type": "not"})).contains("needs `check`"));
    assert!(fault(json!({"type": "any", "checks": []})).contains("empty list"));
    assert!(
        fault(json!({"type": "all", "threshold": 0, "checks": [{"type": "json_valid"}]}))
            .contains("every answer reaches")
    );
    let nested = fault(
        json!({"type": "any", "checks": [{"type": "json_valid"}, {"type": "not", "check": {"type": "regex", "value": "["}}]}),
    );
    assert!(nested.starts_with("checks.1: check: \"[\" is not a usable regular expression"), "{nested}");
    let specs: Vec<CheckSpec> =
        [json!({"type": "x"}), json!({"type": "json_valid"}), json!({"type": "regex", "value": "("})]
            .into_iter()
            .map(|value| CheckSpec::from_value(value).unwrap())
            .collect();
    let faults = Check::compile_all(&specs).unwrap_err();
    assert_eq!(faults.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 2], "all at once");
}

#[test]
fn the_predecessors_objects_all_load() {
    for kind in [
        "contains",
        "not_contains",
        "regex",
        "equals",
        "min_length_chars",
        "max_length_chars",
        "latency_under",
        "cost_under",
    ] {
        for case_sensitive in [true, false] {
            assert!(compile(json!({"type": kind, "value": 5, "case_sensitive": case_sensitive})).is_ok(), "{kind}");
        }
    }
    assert!(compile(json!({"type": "json_valid", "value": true, "case_sensitive": true})).is_ok());
    assert!(compile(json!({"type": "json_schema", "value": {"type": "object"}, "case_sensitive": true})).is_ok());
}

#[test]
fn results_carry_name_weight_and_words() {
    let result = Answer::new("x").check(json!({"type": "contains", "value": "x", "name": "has x", "weight": 2.5}));
    let value = serde_json::to_value(&result).unwrap();
    assert_eq!(
        value,
        json!({"kind": "contains", "name": "has x", "passed": true, "score": null, "weight": 2.5, "expected": "x",
        "actual": "x", "message": "the answer contains \"x\"", "error": null, "error_kind": null})
    );
    for kind in [CheckErrorKind::UnknownValue, CheckErrorKind::Refused, CheckErrorKind::Configuration] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    let cut = Answer::new("é".repeat(1000)).check(json!({"type": "contains", "value": "ü".repeat(1000)}));
    assert_eq!((cut.actual.chars().count(), cut.expected.chars().count()), (200, 200));
    assert!(cut.actual.ends_with('…'));
}

#[test]
fn hostile_checks_are_faults() {
    let mut deep = json!({"type": "json_valid"});
    for _ in 0..17 {
        deep = json!({"type": "not", "check": deep});
    }
    assert!(fault(deep).contains("nested deeper than 16"));
    let mut value = json!(1);
    for _ in 0..5000 {
        value = Value::Array(vec![value]);
    }
    let spec = CheckSpec(Map::from_iter([
        ("type".to_owned(), json!("json_path")),
        ("path".to_owned(), json!("$")),
        ("equals".to_owned(), value),
    ]));
    assert!(Check::compile(&spec).unwrap_err().message.contains("nested deeper"));
    // Such a value must be taken apart by hand: dropping it would itself need a deep stack.
    drop_deep(spec);
    assert!(fault(json!({"type": "regex", "value": "(a{1000}){1000}"})).contains("too much memory"));
    assert!(fault(json!({"type": "y".repeat(1 << 20)})).len() < 2000);
    assert!(fault(json!({"type": "contains", "value": "x", "k".repeat(1 << 20): 1})).len() < 2000);
    assert!(
        fault(json!({"type": "any", "checks": vec![json!({"type": "json_valid"}); 1001]})).contains("at most 1000")
    );
    assert!(fault(json!({"type": "one_of", "value": vec!["a"; 10_001]})).contains("at most 10000"));
    assert!(fault(json!({"type": "min_length_chars", "value": "9".repeat(100_000)})).len() < 2000);
}

fn drop_deep(spec: CheckSpec) {
    let mut open: Vec<Value> = spec.0.into_iter().map(|(_, value)| value).collect();
    while let Some(value) = open.pop() {
        if let Value::Array(values) = value {
            open.extend(values);
        }
    }
}

#[test]
fn hostile_answers_are_read_in_bounds() {
    let nested = "[".repeat(100_000) + &"]".repeat(100_000);
    assert_eq!(verdict(&nested, json!({"type": "json_valid"})), Some(true));
    for spec in [json!({"type": "json_schema", "value": {}}), json!({"type": "json_path", "path": "$..a"})] {
        assert_eq!(Answer::new(nested.as_str()).check(spec).error_kind, Some(CheckErrorKind::UnknownValue));
    }
    let long = Answer::new("aé ".repeat(16 << 20));
    assert_eq!(long.output.len(), 64 << 20);
    for (spec, passed) in [
        (json!({"type": "contains", "value": "b"}), Some(false)),
        (json!({"type": "icontains", "value": "É"}), Some(true)),
        (json!({"type": "equals", "value": "a"}), Some(false)),
        (json!({"type": "json_valid"}), Some(false)),
        (json!({"type": "max_length_chars", "value": 80}), Some(false)),
        (json!({"type": "is_refusal"}), Some(false)),
        (json!({"type": "regex", "value": "(a|aé )*$"}), None),
        (json!({"type": "numeric", "value": 1}), None),
        (json!({"type": "word_count", "max": 1}), None),
        (json!({"type": "similar", "value": "a"}), None),
        (json!({"type": "equals", "value": "a", "normalise": true}), None),
        (json!({"type": "citation_valid"}), None),
        (json!({"type": "json_path", "path": "$"}), None),
    ] {
        let result = long.check(spec.clone());
        assert_eq!(result.passed, passed, "{spec}: {}", result.message);
        assert!(passed.is_some() || result.error_kind == Some(CheckErrorKind::UnknownValue));
    }
    // Two long texts that differ throughout: no edit distance, but no failure either.
    let (a, b) = ("ab".repeat(500_000), "cd".repeat(500_000));
    let result = Answer::new(a).check(json!({"type": "similar", "value": b}));
    assert_eq!(result.error_kind, Some(CheckErrorKind::UnknownValue), "{}", result.message);
    // A pattern on which a backtracking matcher would not end.
    assert_eq!(verdict(&"a".repeat(100_000), json!({"type": "regex", "value": "^(a+)+b$"})), Some(false));
}
