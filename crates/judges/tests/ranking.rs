//! Rankings, panels and calibration against published values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use judges::{
    Choice, IntervalMethod, Labelled, PairOutcome, PairRecord, Reply, Rubric, Scale, Side, Uncertainty, calibrate,
    combine, is_relative, panel, ranking,
};

fn names(list: &str) -> Vec<String> {
    list.chars().map(String::from).collect()
}

fn win(a: usize, b: usize, item: usize) -> PairRecord {
    PairRecord {
        judge: 0,
        a,
        b,
        item,
        run: 0,
        forward: Reply::Verdict(Choice::First),
        backward: Reply::Verdict(Choice::Second),
        length_a: 1,
        length_b: 1,
    }
}

/// A-B 2:3, A-D 1:4, B-C 5:3, C-D 1:3.
fn four_players() -> Vec<PairRecord> {
    let results = [(0, 1, 2), (1, 0, 3), (0, 3, 1), (3, 0, 4), (1, 2, 5), (2, 1, 3), (2, 3, 1), (3, 2, 3)];
    let wins = results.iter().flat_map(|&(winner, loser, times)| std::iter::repeat_n((winner, loser), times));
    wins.enumerate().map(|(item, (winner, loser))| win(winner, loser, item)).collect()
}

#[test]
fn strengths_are_those_of_the_published_example() {
    let ranking = ranking(&names("ABCD"), &four_players(), &Uncertainty::default());
    let published = [("D", 2.2703766), ("B", 1.0433144), ("C", 0.6598102), ("A", 0.6398348)];
    assert_eq!((ranking.comparisons, ranking.items), (22, 22));
    assert_eq!(ranking.intervals, Some(IntervalMethod::ItemBootstrap));
    for (entry, (name, ability)) in ranking.entries.iter().zip(published) {
        assert_eq!(entry.contestant, name);
        assert!((entry.strength.unwrap().exp() - ability).abs() < 1e-6, "{entry:?}");
        assert!((entry.elo.unwrap() - (1000.0 + 400.0 * f64::log10(ability))).abs() < 1e-3);
    }
    assert!((ranking.entries.iter().map(|entry| entry.best.unwrap()).sum::<f64>() - 1.0).abs() < 1e-9);
    let b = &ranking.entries[1];
    assert_eq!((b.wins, b.losses, b.ties), (8, 5, 0));
    assert_eq!(b.share, Some(8.0 / 13.0));
}

#[test]
fn few_items_take_the_normal_limit() {
    let pairs: Vec<PairRecord> =
        four_players().into_iter().map(|pair| PairRecord { item: pair.item % 5, ..pair }).collect();
    let ranking = ranking(&names("ABCD"), &pairs, &Uncertainty::default());
    assert_eq!((ranking.intervals, ranking.items), (Some(IntervalMethod::Normal), 5));
    for entry in &ranking.entries {
        assert!(entry.elo_interval.unwrap().contains(entry.elo.unwrap()));
    }
}

#[test]
fn an_inconsistent_pair_counts_as_a_tie() {
    let mut pairs = four_players();
    let tie = |choice: Choice, item: usize| PairRecord {
        forward: Reply::Verdict(choice),
        backward: Reply::Verdict(choice),
        ..win(0, 1, item)
    };
    let with = |extra: PairRecord| {
        let mut pairs = pairs.clone();
        pairs.push(extra);
        ranking(&names("ABCD"), &pairs, &Uncertainty::default())
    };
    let (inconsistent, tied) = (with(tie(Choice::First, 90)), with(tie(Choice::Tie, 90)));
    for (x, y) in inconsistent.entries.iter().zip(&tied.entries) {
        assert_eq!((x.strength, x.elo_interval), (y.strength, y.elo_interval));
    }
    let a = inconsistent.entries.iter().find(|entry| entry.contestant == "A").unwrap();
    assert_eq!((a.inconsistent, a.ties), (1, 0));
    // A pair without a verdict is no comparison.
    pairs.push(PairRecord { backward: Reply::Failed, ..win(0, 1, 90) });
    assert_eq!(ranking(&names("ABCD"), &pairs, &Uncertainty::default()).comparisons, 22);
}

#[test]
fn groups_that_never_met_are_named() {
    let pairs = [win(0, 1, 0), win(1, 0, 1), win(2, 3, 2), win(3, 2, 3)];
    let apart = ranking(&names("ABCD"), &pairs, &Uncertainty::default());
    assert_eq!(apart.groups, [names("AB"), names("CD")]);
    assert!(apart.reason.as_deref().unwrap().contains("(A, B), (C, D)"));
    assert!(apart.entries.iter().all(|entry| entry.strength.is_none() && entry.share == Some(0.5)));
    // One that never lost: the order is known, the distance is not.
    let unbeaten =
        ranking(&names("ABC"), &[win(1, 0, 0), win(1, 2, 1), win(0, 2, 2), win(2, 0, 3)], &Uncertainty::default());
    assert_eq!(unbeaten.groups, [names("B"), names("AC")]);
    assert!(unbeaten.reason.as_deref().unwrap().contains("(B) > (A, C)"));
    assert_eq!(unbeaten.entries[0].contestant, "B");
    // One that was never compared takes nobody else's strength away.
    let absent = ranking(&names("ABCDE"), &four_players(), &Uncertainty::default());
    let e = absent.entries.last().unwrap();
    assert_eq!((e.contestant.as_str(), e.strength, e.share), ("E", None, None));
    assert!(absent.entries[0].strength.is_some() && absent.reason.is_none());
    let none = ranking(&names("AB"), &[], &Uncertainty::default());
    assert!(none.reason.is_some() && none.groups.is_empty());
}

#[test]
fn two_orders_join_to_one_outcome() {
    use Choice::{First, Second, Tie};
    let joined = |forward, backward| combine(Some(forward), Some(backward));
    assert_eq!(joined(First, Second), PairOutcome::Wins(Side::A));
    assert_eq!(joined(Second, First), PairOutcome::Wins(Side::B));
    assert_eq!(joined(Tie, Tie), PairOutcome::Tie);
    for (forward, backward) in [(First, First), (Second, Second), (First, Tie), (Tie, Second)] {
        assert_eq!(joined(forward, backward), PairOutcome::Inconsistent);
    }
    assert_eq!(combine(None, Some(First)), PairOutcome::Missing);
    assert_eq!(combine(Some(Tie), None), PairOutcome::Missing);
}

#[test]
fn panels_average_scales_and_vote_on_passes() {
    let scores = |scale: &Scale, values: &[&str]| {
        let rubric = Rubric { scale: scale.clone(), ..Rubric::default() };
        let read = |value: &&str| rubric.parse(&format!("{{\"score\": {value}}}"), false).unwrap();
        panel(scale, &values.iter().map(read).collect::<Vec<_>>())
    };
    let ten = scores(&Scale::OneToTen, &["7", "8", "6"]).unwrap();
    assert_eq!((ten.value, ten.mean, ten.sd, ten.n), (7.0, 7.0, Some(1.0), 3));
    let votes = scores(&Scale::Binary, &["1", "1", "0"]).unwrap();
    assert_eq!((votes.value, votes.normalised), (1.0, 1.0));
    assert!((votes.mean - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(scores(&Scale::Binary, &["1", "0"]).unwrap().value, 0.5);
    let one = scores(&Scale::OneToTen, &["4"]).unwrap();
    assert_eq!((one.sd, one.n), (None, 1));
    assert_eq!(scores(&Scale::OneToTen, &[]), None);
}

#[test]
fn relatives_are_told_by_family() {
    use llm::registry::family_of;
    let relative =
        |judge: &str, contestant: &str| is_relative(&family_of(judge), &family_of(contestant), judge, contestant);
    assert!(relative("claude-opus-4-8", "claude-haiku-4-5"));
    assert!(relative("openrouter/anthropic/claude-opus-4-8", "claude-haiku-4-5"));
    assert!(relative("o3", "gpt-4o"));
    assert!(!relative("claude-opus-4-8", "gpt-4o"));
    assert!(!relative("my-model", "your-model"));
    assert!(relative("my-model", "my-model"));
    assert!(!is_relative("", "", "a", "b"));
}

fn bits(text: &str) -> Vec<f64> {
    text.chars().map(|bit| if bit == '1' { 1.0 } else { 0.0 }).collect()
}

fn labelled(human: &str, judge: &str) -> Vec<Labelled> {
    bits(human).into_iter().zip(bits(judge)).map(|(human, judge)| Labelled { human, judge }).collect()
}

#[test]
fn prediction_powered_inference_gives_the_reference_values() {
    let labelled = labelled("11010110110101110011", "11011110111101110111");
    let unlabelled: Vec<f64> = (0..200).map(|index| f64::from(u8::from(index < 160))).collect();
    let binary = Scale::Binary;
    let calibration = calibrate(&labelled, &unlabelled, &binary, &binary, &Uncertainty::default()).unwrap();
    let ppi = calibration.ppi.unwrap();
    assert!((ppi.lambda - 0.7352789256).abs() < 1e-9 && (ppi.estimate - 0.65).abs() < 1e-9);
    assert!((ppi.interval.low - 0.4910862).abs() < 1e-6 && (ppi.interval.high - 0.8089138).abs() < 1e-6);
    assert_eq!(calibration.confusion, [[4, 3], [0, 13]]);
    assert_eq!(calibration.categories, ["fail", "pass"]);
    assert_eq!(calibration.agreement.estimate, Some(0.85));
    // (0.85 - (0.35·0.2 + 0.65·0.8)) / (1 - 0.59) = 0.26/0.41.
    assert!((calibration.kappa.estimate.unwrap() - 0.26 / 0.41).abs() < 1e-12);
    assert!((calibration.bias.estimate.unwrap() - 0.15).abs() < 1e-12);
    assert_eq!((calibration.n, calibration.unlabelled), (20, 200));
    assert!((calibration.judge.estimate.unwrap() - 176.0 / 220.0).abs() < 1e-12);
}

#[test]
fn rogan_and_gladen_give_the_reference_values() {
    let mut labels = Vec::new();
    for (human, judge, times) in [(1.0, 1.0, 90), (1.0, 0.0, 10), (0.0, 0.0, 80), (0.0, 1.0, 20)] {
        labels.extend(std::iter::repeat_n(Labelled { human, judge }, times));
    }
    let unlabelled: Vec<f64> = (0..200).map(|index| f64::from(u8::from(index < 160))).collect();
    let binary = Scale::Binary;
    let calibration = calibrate(&labels, &unlabelled, &binary, &binary, &Uncertainty::default()).unwrap();
    let corrected = calibration.rogan_gladen.unwrap();
    assert!((corrected.estimate - 0.8571429).abs() < 1e-7 && (corrected.standard_error - 0.0552153).abs() < 1e-7);
    assert!((corrected.interval.low - 0.748923).abs() < 1e-6 && (corrected.interval.high - 0.965363).abs() < 1e-6);
}

#[test]
fn calibration_says_what_it_cannot_give() {
    let ten = Scale::OneToTen;
    let uncertainty = Uncertainty::default();
    let few = [(8.0, 7.0), (3.0, 5.0), (9.0, 9.0), (6.0, 6.0)].map(|(human, judge)| Labelled { human, judge });
    let calibration = calibrate(&few, &[7.0, 8.0, 5.0], &ten, &ten, &uncertainty).unwrap();
    assert!(calibration.rogan_gladen_reason.unwrap().contains("pass or fail"));
    assert_eq!((calibration.confusion.len(), calibration.confusion[7][6]), (10, 1));
    assert!(calibration.kappa.estimate.unwrap() > 0.5 && calibration.ppi.is_some());
    // A person who passes and fails, a judge who grades: PPI goes on, agreement does not.
    let mixed = [(1.0, 7.0), (0.0, 5.0), (1.0, 9.0), (0.0, 6.0)].map(|(human, judge)| Labelled { human, judge });
    let calibration = calibrate(&mixed, &[7.0, 8.0, 2.0], &Scale::Binary, &ten, &uncertainty).unwrap();
    assert!(calibration.agreement.reason.unwrap().contains("different scales"));
    let ppi = calibration.ppi.unwrap();
    assert!(ppi.lambda > 0.0 && (0.0..=1.0).contains(&ppi.estimate), "{ppi:?}");
    let none = calibrate(&[], &[], &ten, &ten, &uncertainty).unwrap();
    assert!(none.ppi.is_none() && none.ppi_reason.is_some() && none.agreement.estimate.is_none());
    for wrong in [0.0, 11.0, 7.5, f64::NAN] {
        assert!(calibrate(&[], &[wrong], &ten, &ten, &uncertainty).is_err(), "{wrong}");
    }
    let wrong = [Labelled { human: 7.0, judge: 1.0 }];
    assert!(calibrate(&wrong, &[], &Scale::Binary, &Scale::Binary, &uncertainty).unwrap_err().hint.is_some());
}
