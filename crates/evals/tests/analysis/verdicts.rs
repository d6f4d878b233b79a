//! The sentences, word for word.

use evals::analysis::model::Analysis;
use evals::analysis::verdict::{VerdictKind, verdicts};
use evals::record::{CallCost, CorrectionKind, Metric, TestKind};
use llm::money::Usd;
use llm::outcome::Outcome;

use crate::fixtures::{FAST, LIKE_FAST, Run, SLOW};

fn sentences(analysis: &Analysis) -> Vec<(VerdictKind, String)> {
    verdicts(analysis).into_iter().map(|verdict| (verdict.kind, verdict.sentence)).collect()
}

#[track_caller]
fn check(run: &Run, kind: VerdictKind, expected: &str) {
    let found = sentences(&run.analyse());
    assert_eq!(found.first().map(|(kind, sentence)| (*kind, sentence.as_str())), Some((kind, expected)));
}

fn latencies(a: &[f64], b: &[f64]) -> Run {
    Run::new(&["a", "b"], &[None], a.len() as u32).latencies(0, a).latencies(1, b)
}

#[test]
fn a_difference_names_the_faster_one_first() {
    let expected = "a is faster than b: mean latency 813 ms against 1,249 ms, difference −436 ms (95 % interval −466 to −406), p < 0.0001.";
    check(&latencies(&FAST, &SLOW), VerdictKind::Difference, expected);
    let turned = expected.replace("a is faster than b", "b is faster than a");
    check(&latencies(&SLOW, &FAST), VerdictKind::Difference, &turned);
}

#[test]
fn a_correction_is_named_with_its_pairs() {
    let run = Run::new(&["a", "b", "c"], &[None], 10).latencies(0, &FAST).latencies(1, &SLOW).latencies(2, &LIKE_FAST);
    let found = sentences(&run.analyse());
    assert!(found[0].1.ends_with("p < 0.0001 after Bonferroni over 3 pairs."), "{}", found[0].1);
    assert_eq!(found[1].0, VerdictKind::NoDifference);
    let none = run.options(|options| options.correction = CorrectionKind::None);
    assert!(sentences(&none.analyse())[0].1.ends_with("p < 0.0001, not corrected for 3 pairs."));
}

#[test]
fn no_difference_says_what_it_would_take() {
    let expected = "No difference in latency can be claimed between a and b: 95 % interval −33 to +18 ms; these runs had an 80 % chance to detect 36.2 ms.";
    check(&latencies(&FAST, &LIKE_FAST), VerdictKind::NoDifference, expected);

    // A bound beside zero does not read as zero.
    let nearly: Vec<f64> = FAST.iter().map(|value| value + 23.0).collect();
    let found = sentences(&latencies(&FAST, &nearly).analyse());
    assert!(found[0].1.contains("95 % interval −46.1 to +0.1 ms"), "{}", found[0].1);

    let noisy = [200.0, 2000.0, 700.0, 350.0, 1500.0];
    let quiet = [400.0, 2400.0, 600.0, 450.0, 1100.0];
    let found = sentences(&latencies(&noisy, &quiet).analyse());
    assert!(found[0].1.contains("; to detect 95.0 ms you would need about 1,"), "{}", found[0].1);
    assert!(found[0].1.ends_with(" runs of each."), "{}", found[0].1);
}

#[test]
fn an_interval_beside_zero_does_not_overrule_the_corrected_p() {
    // One pair of six with a raw p between 0.05 / 6 and 0.05.
    let shifted: Vec<f64> = FAST.iter().map(|value| value + 26.0).collect();
    let run = Run::new(&["a", "b", "c", "d"], &[None], 10)
        .latencies(0, &FAST)
        .latencies(1, &shifted)
        .latencies(2, &SLOW)
        .latencies(3, &SLOW);
    let (kind, sentence) = sentences(&run.analyse()).remove(0);
    assert_eq!(kind, VerdictKind::NoDifference);
    assert!(
        sentence.contains("after Bonferroni over 6 pairs, though the 95 % interval of this pair alone is −49 to −3 ms"),
        "{sentence}"
    );
}

#[test]
fn a_rank_test_speaks_of_tendency_and_medians() {
    let run = latencies(&SLOW, &FAST).options(|options| options.test = TestKind::MannWhitney);
    let expected = "b tends to be faster than a: median latency 811 ms against 1,246 ms, Mann-Whitney p = 0.00018.";
    check(&run, VerdictKind::Difference, expected);
}

#[test]
fn what_cannot_be_tested_says_why() {
    check(
        &Run::new(&["a", "b"], &[None], 10).latencies(0, &FAST).ending(1, 8, Outcome::Error),
        VerdictKind::Untestable,
        "Latency cannot be tested between a and b: b has only 2 usable runs; 3 are the least that can be tested.",
    );
    check(
        &latencies(&[100.0; 5], &[120.0; 5]),
        VerdictKind::Untestable,
        "Latency cannot be tested between a and b: every run of a gave 100 ms and every run of b 120 ms, which leaves no spread to test against.",
    );
    check(
        &latencies(&[100.0; 5], &[100.0; 5]),
        VerdictKind::NoDifference,
        "No difference in latency can be claimed between a and b: every run of both gave 100 ms.",
    );
    let mut free = Run::new(&["a", "b"], &[None], 5).options(|options| options.metric = Metric::CostUsd);
    free.of(1).for_each(|record| record.cost = CallCost::Free);
    check(
        &free,
        VerdictKind::Untestable,
        "Cost per call cannot be tested between a and b: b is free, and a constant is no measurement.",
    );
}

#[test]
fn money_and_tokens_have_their_own_words() {
    let mut run = Run::new(&["a", "b"], &[None], 5).options(|options| options.metric = Metric::CostUsd);
    for (place, record) in run.records.iter_mut().enumerate() {
        let base = if record.call.contestant == 0 { 120_000_000 } else { 40_000_000 };
        record.cost = CallCost::Known(Usd::from_pico(base + 1_000_000 * (place as u64 % 5)));
        record.answer.usage.output = Some(if record.call.contestant == 0 { 20 } else { 40 } + place as u64 % 5);
    }
    check(
        &run,
        VerdictKind::Difference,
        "b is cheaper than a: mean cost per call $0.0000420 against $0.0001220, difference −$0.0000800 (95 % interval −$0.0000823 to −$0.0000777), p < 0.0001.",
    );
    let tokens = run.options(|options| options.metric = Metric::OutputTokens);
    check(
        &tokens,
        VerdictKind::Difference,
        "a writes fewer tokens than b: mean output length 22.0 tokens against 42.0 tokens, difference −20.0 tokens (95 % interval −22.3 to −17.7), p < 0.0001.",
    );
}

#[test]
fn labels_carry_what_the_run_varies() {
    let run = Run::with_systems(&["a"], &[Some(0.0), Some(0.7)], &[None, Some("Be brief.")], 3);
    let (_, sentence) = sentences(&run.analyse()).remove(0);
    let expected = "between a at temperature 0 under system prompt 1 and a at temperature 0.7 under system prompt 1";
    assert!(sentence.contains(expected), "{sentence}");
}

#[test]
fn outcomes_that_are_no_complete_answers_are_told() {
    let mut run = Run::new(&["a", "b"], &[None], 10).ending(0, 3, Outcome::Refused);
    crate::fixtures::end(&mut run.records[5], Outcome::Truncated);
    let found = sentences(&run.analyse());
    let outcomes: Vec<&str> = found
        .iter()
        .filter(|(kind, _)| *kind == VerdictKind::Outcomes)
        .map(|(_, sentence)| sentence.as_str())
        .collect();
    assert_eq!(outcomes, ["a refused 3 of 10 runs and was cut by the output limit in 1."]);
}

#[test]
fn refused_runs_are_named_in_the_sentence_they_may_have_made() {
    let found = sentences(&latencies(&FAST, &SLOW).ending(1, 3, Outcome::Refused).analyse());
    assert!(found[0].1.ends_with("p < 0.0001. This includes 3 refused runs of b."), "{}", found[0].1);
}
