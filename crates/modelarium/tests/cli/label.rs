//! `label`: a person labels answers without knowing whose they are, and the judge is held against the labels.

use serde_json::Value;

use crate::support::*;

/// Two contestants, one good and one bad; a judge that mostly sees which.
fn bench() -> Workbench {
    let bench = Workbench::saying(|model, request| match model {
        "claude-haiku-4-5" => score(if request.contains("rubbish") { 2 } else { 9 }),
        "gpt-4o-mini" => "A right answer.\u{1b}[31m".to_owned(),
        _ => "Utter rubbish.".to_owned(),
    });
    let items: Vec<String> = (1..=10)
        .map(|number| format!("  - id: item-{number}\n    prompt: 'Question number {number}?'\n    reference: 'The reference {number}.'\n"))
        .collect();
    bench.file("suite.yaml", format!("items:\n{}", items.concat()));
    bench
}

const BATCH: &str = "batch suite.yaml -m gpt-4o-mini,gpt-5.4 --seed 7 --judge claude-haiku-4-5 --check-hallucination";

fn ran(scale: &str) -> Workbench {
    let bench = bench();
    bench.run(&format!("{BATCH} {scale}")).expect(0);
    bench
}

/// Answers `g` or `b` by what is shown, as a person would.
fn person(text: &str) -> Vec<&'static str> {
    text.split("────")
        .filter(|part| part.contains("ANSWER"))
        .map(|part| if part.contains("rubbish") { "b" } else { "g" })
        .collect()
}

#[test]
fn answers_are_shown_without_names_and_labels_are_kept_at_once() {
    let bench = ran("");
    let first = bench.run_with_input("label last -n 6 --judge-scale-free", b"g\nb\n").expect(0);
    let text = first.text();
    assert!(text.contains("1 of 6") && text.contains("3 of 6"), "{text}");
    assert!(text.contains("Question number") && text.contains("The reference"), "{text}");
    for name in ["gpt-4o-mini", "gpt-5.4"] {
        let asked: Vec<&str> = text.split("2 labels:").collect();
        assert!(!asked[0].contains(name), "{name} is shown: {text}");
    }
    assert!(!text.contains('\u{1b}'), "escaped: {text}");
    assert!(text.contains("2 labels: 1 good, 1 bad"), "{text}");
    assert!(first.stderr.contains("4 left"), "{}", first.stderr);
    // The same command goes on with the third.
    let second = bench.run_with_input("label last -n 6 --judge-scale-free", b"s\nr well said\ng\nq\n").expect(0);
    assert!(second.stderr.contains("2 are labelled already"), "{}", second.stderr);
    assert!(second.text().contains("3 of 6") && second.text().contains("3 labels: 2 good"), "{}", second.text());
    assert_eq!(bench.run("label last --store nothing.db").expect(2).code, 2);
    assert!(!bench.path("nothing.db").exists());
}

#[test]
fn the_judge_is_held_against_the_person() {
    let bench = ran("");
    let shown = bench.run_with_input("label last -n 20 --judge-scale-free", b"").expect(0).text();
    assert!(shown.contains("1 of 20"), "{shown}");
    let mut replies = String::new();
    // One reply at a time tells what is shown next.
    for _ in 0..20 {
        let shown = bench.run_with_input("label last -n 20 --judge-scale-free", b"q\n").expect(0).text();
        let Some(reply) = person(&shown).first().copied() else { break };
        replies.push_str(reply);
        bench.run_with_input("label last -n 20 --judge-scale-free", format!("{reply}\n").as_bytes()).expect(0);
    }
    assert_eq!((replies.matches('g').count(), replies.matches('b').count()), (10, 10), "both contestants are drawn");
    let done = bench.run("label last -n 20 --judge-scale-free -o labelled.json").expect(0);
    assert!(done.stderr.contains("Every answer of this draw is labelled"), "{}", done.stderr);
    let text = done.text();
    assert!(text.contains("20 labels: 10 good, 10 bad"), "{text}");
    assert!(text.contains("claude-haiku-4-5, on 20 labelled answers"), "{text}");
    let json: Value = serde_json::from_slice(&std::fs::read(bench.path("labelled.json")).unwrap()).unwrap();
    assert!(!json["calibration"].as_array().unwrap().is_empty());
}

#[test]
fn the_judges_scale_can_be_used_and_kinds_of_labels_are_not_mixed() {
    let bench = ran("");
    let done = bench.run_with_input("label last -n 4", b"11\ng\n9\n2\nu\n3\nq\n").expect(0);
    assert!(
        done.stderr.contains("`11` is no label here") && done.stderr.contains("`g` is no label here"),
        "{}",
        done.stderr
    );
    assert!(done.text().contains("how good? [1 worst to 10 best]"), "{}", done.text());
    assert!(done.text().contains("2 labels"), "a label given again replaces the first: {}", done.text());
    bench
        .run("label last --judge-scale-free")
        .expect(2)
        .says(&["labels on the judges' scale", "leave --judge-scale-free out"]);
}

#[test]
fn labels_come_in_from_a_file_all_or_none() {
    let bench = ran("");
    bench.file("labels.csv", "row,value,remark\np1,good,\np2,bad,\"wrong, and long\"\np3,g,\n");
    let done = bench.run("label last --labels labels.csv --judge-scale-free").expect(0);
    assert!(done.stderr.contains("3 labels stored"), "{}", done.stderr);
    assert!(done.text().contains("3 labels: 2 good, 1 bad"), "{}", done.text());
    bench.file("bad.csv", "p1,good\np999,bad\np2,perhaps\n");
    let refused = bench.run("label last --labels bad.csv --judge-scale-free").expect(2);
    refused.says(&["bad.csv:2", "bad.csv:3", "nothing was stored"]);
    bench.file("noise.csv", vec![0xff; 100]);
    bench.run("label last --labels noise.csv --judge-scale-free").expect(2).says(&["not UTF-8"]);
    bench.run("label last --labels nowhere.csv --judge-scale-free").expect(2).says(&["cannot be read"]);
    bench.run_with_input("label last --judge-scale-free", &b"nonsense\n".repeat(200)).expect(2).says(&["no labels"]);
}

#[test]
fn evidence_of_fabrication_is_held_against_the_labels() {
    let bench = ran("");
    let csv: Vec<String> =
        (1..=20).map(|row| format!("p{row},{}\n", if row % 2 == 0 { "bad" } else { "good" })).collect();
    bench.file("labels.csv", csv.concat());
    let done = bench.run("label last --labels labels.csv --judge-scale-free").expect(0);
    assert!(done.text().contains("AUROC"), "{}", done.text());
}

#[test]
fn a_run_without_answers_has_nothing_to_label() {
    let bench = Workbench::saying(|_, _| String::new());
    bench.run_words(&["Say nothing.", "--models", "gpt-4o-mini"]);
    bench.run("label last").expect(2).says(&["no answer that could be labelled"]);
}

#[test]
fn a_judge_that_says_pass_or_fail_is_corrected_for_its_errors() {
    // It passes everything but what it is told is rubbish, and one kind of rubbish it does not see.
    let bench = Workbench::saying(|model, request| match model {
        "claude-haiku-4-5" => {
            format!(r#"{{"reasoning": "x", "score": "{}"}}"#, if request.contains("rubbish") { "fail" } else { "pass" })
        }
        "gpt-4o-mini" => "A right answer.".to_owned(),
        _ if request.contains("number 1") => "Polished nonsense.".to_owned(),
        _ => "Utter rubbish.".to_owned(),
    });
    let items: Vec<String> = (1..=20).map(|number| format!("Question number {number}?\n")).collect();
    bench.file("suite.txt", items.concat());
    bench
        .run("batch suite.txt -m gpt-4o-mini,gpt-5.4 --seed 7 --judge claude-haiku-4-5 --judge-scale binary")
        .expect(0);
    // Half of the answers are labelled; every answer of the second contestant is bad.
    let csv: Vec<String> =
        (1..=20).map(|row| format!("p{row},{}\n", if row % 2 == 0 { "bad" } else { "good" })).collect();
    bench.file("labels.csv", csv.concat());
    let text = bench.run("label last --labels labels.csv").expect(0).text();
    assert!(text.contains("claude-haiku-4-5, on 20 labelled answers"), "{text}");
    // 10 good ones pass; of 10 bad ones the numbers 1 and 10 pass: 18 of 20 said alike.
    assert!(text.contains("agrees with you in 90"), "{text}");
    assert!(text.contains("Rogan-Gladen") && text.contains("of your bad ones"), "{text}");
}
