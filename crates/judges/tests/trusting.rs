//! The trust report: known biases of synthetic judges come back, and what cannot be had says why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use judges::trust::{TrustInput, TrustReport, report};
use judges::{Choice, Figure, PairRecord, Party, Reply, Scale, ScoreRecord, Uncertainty};

/// `SplitMix64`: enough for synthetic judges.
struct Dice(u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: twelve uniforms.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

fn party(name: &str, family: &str) -> Party {
    Party { name: name.to_owned(), family: family.to_owned(), spec: format!("provider:{name}") }
}

fn input(judges: &[&str], contestants: &[&str]) -> TrustInput {
    let parties = |names: &[&str]| names.iter().map(|name| party(name, name.split('-').next().unwrap())).collect();
    TrustInput {
        judges: parties(judges),
        contestants: parties(contestants),
        uncertainty: Uncertainty { resamples: 400, ..Uncertainty::default() },
        ..TrustInput::default()
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn within(figure: &Figure, truth: f64) -> bool {
    figure.interval.unwrap_or_else(|| panic!("{figure:?}")).contains(truth)
}

fn pair(judge: usize, a: usize, b: usize, item: usize, forward: Choice, backward: Choice) -> PairRecord {
    let (forward, backward) = (Reply::Verdict(forward), Reply::Verdict(backward));
    PairRecord { judge, a, b, item, run: 0, forward, backward, length_a: 100, length_b: 100 }
}

fn score(judge: usize, contestant: usize, item: usize, value: f64) -> ScoreRecord {
    ScoreRecord { judge, contestant, item, run: 0, reply: Reply::Verdict(value), length: 100 }
}

/// A run judged in pairs by a judge whose log-odds are strengths + gamma for the first place + beta
/// per log ratio of lengths.
fn biased(seed: u64, items: usize, gamma: f64, beta: f64) -> TrustInput {
    let strengths = [0.6, 0.0, -0.6];
    let mut dice = Dice(seed);
    let mut input = input(&["j"], &["a", "b", "c"]);
    for item in 0..items {
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            let lengths = [0, 1].map(|_| (6.0 + 0.5 * dice.normal()).exp().round());
            let ratio = lengths[0].ln_1p() - lengths[1].ln_1p();
            let mut ask = |sign: f64| {
                let log_odds = gamma + sign * (strengths[a] - strengths[b] + beta * ratio);
                if dice.uniform() < logistic(log_odds) { Choice::First } else { Choice::Second }
            };
            let mut pair = pair(0, a, b, item, ask(1.0), ask(-1.0));
            (pair.length_a, pair.length_b) = (lengths[0] as u64, lengths[1] as u64);
            input.pairs.push(pair);
        }
    }
    input
}

#[test]
fn a_known_position_bias_is_recovered() {
    let gamma = 0.8;
    let truth: f64 = [0.6, 1.2, 0.6]
        .iter()
        .map(|gap| f64::midpoint(logistic(gamma + gap), logistic(gamma - gap)) - 0.5)
        .sum::<f64>()
        / 3.0;
    let (mut rate, mut odds, mut consistency) = (0, 0, 0);
    let agree = |gap: f64| {
        let (forward, backward) = (logistic(gamma + gap), logistic(gamma - gap));
        forward * (1.0 - backward) + (1.0 - forward) * backward
    };
    let agrees = (2.0 * agree(0.6) + agree(1.2)) / 3.0;
    for seed in 0..100 {
        let report = report(&biased(seed, 60, gamma, 0.0)).unwrap();
        rate += usize::from(within(&report.position_bias, truth));
        odds += usize::from(within(&report.position_log_odds, gamma));
        consistency += usize::from(within(&report.consistency, agrees));
    }
    // 95 % nominal; 100 seeds give 95 ± 4.4.
    assert!(rate >= 90 && odds >= 90 && consistency >= 90, "{rate} {odds} {consistency}");
    // And a bias is seen as one.
    let report = report(&biased(7, 60, gamma, 0.0)).unwrap();
    assert!(report.position_bias.interval.unwrap().low > 0.0);
}

#[test]
fn a_judge_without_bias_is_not_accused() {
    let accused =
        (0..100).filter(|&seed| !within(&report(&biased(seed, 40, 0.0, 0.0)).unwrap().position_bias, 0.0)).count();
    assert!(accused <= 11, "{accused} of 100");
}

#[test]
fn a_taste_for_length_is_recovered_in_pairs() {
    let mut hits = 0;
    for seed in 0..60 {
        let input = biased(seed, 80, 0.4, 1.0);
        let report = report(&input).unwrap();
        // The coefficient is per standard deviation of the ratio.
        let squares: f64 = input
            .pairs
            .iter()
            .map(|pair| ((pair.length_a as f64).ln_1p() - (pair.length_b as f64).ln_1p()).powi(2))
            .sum();
        let spread = (squares / input.pairs.len() as f64).sqrt();
        hits += usize::from(within(&report.verbosity_log_odds, spread));
    }
    assert!(hits >= 52, "{hits} of 60");
}

#[test]
fn a_perfect_judge_keeps_a_bound_on_its_bias() {
    let mut input = input(&["j"], &["a", "b", "c"]);
    for item in 0..20 {
        for (a, b) in [(0, 1), (1, 2), (0, 2)] {
            input.pairs.push(pair(0, a, b, item, Choice::First, Choice::Second));
        }
    }
    let report = report(&input).unwrap();
    assert_eq!(report.consistency.estimate, Some(1.0));
    assert_eq!((report.consistency.n, report.consistency.items), (60, 20));
    // 20 items alike, whatever the number of pairs: 0.025^(1/20).
    let low = report.consistency.interval.unwrap().low;
    assert!((low - 0.025_f64.powf(0.05)).abs() < 1e-9);
    let bias = report.position_bias.interval.unwrap();
    assert_eq!(report.position_bias.estimate, Some(0.0));
    assert!((bias.high - (1.0 - low) / 2.0).abs() < 1e-12 && bias.low == -bias.high);
    // a never lost, so log-odds have no maximum; that is said, not invented.
    assert!(report.position_log_odds.estimate.is_none() && report.position_log_odds.reason.is_some());
    let order: Vec<&str> = report.leave_one_out.order.iter().map(|place| place.contestant.as_str()).collect();
    assert_eq!(order, ["a", "b", "c"]);
}

#[test]
fn a_judge_that_always_takes_the_first_is_found_out() {
    let mut input = input(&["j"], &["a", "b"]);
    for item in 0..30 {
        input.pairs.push(pair(0, 0, 1, item, Choice::First, Choice::First));
    }
    let report = report(&input).unwrap();
    assert_eq!(report.consistency.estimate, Some(0.0));
    assert_eq!(report.position_bias.estimate, Some(0.5));
    assert_eq!(report.judges[0].pairs.counts.first_both, 30);
    assert_eq!(report.ties.estimate, Some(0.0));
    // Inconsistent pairs are ties: the two are equal.
    assert_eq!(report.leave_one_out.order.iter().map(|place| place.place).collect::<Vec<_>>(), [1, 1]);
}

/// Krippendorff's own example of four observers and twelve units.
const OBSERVERS: [&str; 4] = ["123321412...", "1233224125.3", ".33323422 51.", "1233244125 1."];

fn observers(scale: Scale) -> TrustReport {
    let mut input = TrustInput { scale, ..input(&["p", "q", "r", "s"], &["x"]) };
    for (judge, ratings) in OBSERVERS.iter().enumerate() {
        for (item, rating) in ratings.chars().filter(|c| *c != ' ').enumerate() {
            if let Some(value) = rating.to_digit(10) {
                input.scores.push(score(judge, 0, item, f64::from(value)));
            }
        }
    }
    report(&input).unwrap()
}

#[test]
fn agreement_is_krippendorffs_alpha_at_the_level_of_the_scale() {
    let labels = Scale::Ordinal((1..=5).map(|label| format!("l{label}")).collect());
    for (scale, alpha) in [(Scale::OneToTen, 0.8491071429), (labels, 0.8153875038)] {
        let agreement = observers(scale).agreement;
        assert!((agreement.alpha.estimate.unwrap() - alpha).abs() < 1e-9, "{agreement:?}");
        assert_eq!((agreement.alpha.n, agreement.alpha.items, agreement.judges), (11, 11, 4));
        assert!(within(&agreement.alpha, alpha));
    }
}

#[test]
fn kappas_are_of_every_two_judges() {
    // Cohen's [[20, 5], [10, 15]]: kappa 0.4.
    let mut input = TrustInput { scale: Scale::Binary, ..input(&["p", "q"], &["x"]) };
    let cells = [(0.0, 0.0, 20), (0.0, 1.0, 5), (1.0, 0.0, 10), (1.0, 1.0, 15)];
    for (p, q) in cells.iter().flat_map(|&(p, q, times)| std::iter::repeat_n((p, q), times)) {
        let item = input.scores.len();
        input.scores.push(score(0, 0, item, p));
        input.scores.push(score(1, 0, item, q));
    }
    let report = report(&input).unwrap();
    assert_eq!(report.kappas.len(), 1);
    assert!((report.kappas[0].kappa.estimate.unwrap() - 0.4).abs() < 1e-12);
    assert!(within(&report.kappas[0].kappa, 0.4));
}

#[test]
fn repeated_answers_to_one_item_do_not_narrow_agreement() {
    let mut dice = Dice(3);
    let mut once = input(&["p", "q"], &["x"]);
    for item in 0..30 {
        let quality = 5.0 + 2.0 * dice.normal();
        for judge in 0..2 {
            once.scores.push(score(judge, 0, item, (quality + dice.normal()).round().clamp(1.0, 10.0)));
        }
    }
    let mut often = once.clone();
    for run in 1..8 {
        often.scores.extend(once.scores.iter().map(|score| ScoreRecord { run, ..*score }));
    }
    let width = |input: &TrustInput| report(input).unwrap().agreement.alpha.interval.unwrap().width();
    let (once, often) = (width(&once), width(&often));
    assert!((often / once - 1.0).abs() < 0.1, "{once} {often}");
}

#[test]
fn a_taste_for_length_is_recovered_in_scores() {
    let (mut plain, mut within_contestant) = (0, 0);
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let mut input = input(&["j"], &["a", "b", "c"]);
        let mut lengths = Vec::new();
        for item in 0..50 {
            let level = dice.normal();
            for contestant in 0..3 {
                // The better contestant is the longer one: only the second figure takes that apart.
                let log_length = 6.0 + 0.5 * contestant as f64 + 0.5 * dice.normal();
                let value = 5.0 + level + 0.4 * contestant as f64 + 0.8 * log_length - 4.8 + 0.5 * dice.normal();
                let length = log_length.exp().round() as u64;
                lengths.push((item, contestant, (length as f64).ln_1p()));
                input.scores.push(ScoreRecord { length, ..score(0, contestant, item, value.clamp(1.0, 10.0)) });
            }
        }
        // The spread of log length, free of items and contestants (balanced, so once each is enough).
        let mean = |of: &dyn Fn(&(usize, usize, f64)) -> bool| {
            let some: Vec<f64> = lengths.iter().filter(|row| of(row)).map(|row| row.2).collect();
            some.iter().sum::<f64>() / some.len() as f64
        };
        let all = mean(&|_| true);
        let free: f64 = lengths
            .iter()
            .map(|&(item, contestant, x)| {
                (x - mean(&|row| row.0 == item) - mean(&|row| row.1 == contestant) + all).powi(2)
            })
            .sum();
        let spread = (free / lengths.len() as f64).sqrt();
        let report = report(&input).unwrap();
        within_contestant += usize::from(within(&report.verbosity_within_contestant, 0.8 * spread));
        plain += usize::from(report.verbosity.estimate.unwrap() > 0.8 * spread);
    }
    assert!(within_contestant >= 52, "{within_contestant} of 60");
    assert_eq!(plain, 60);
}

#[test]
fn self_preference_is_a_difference_of_differences() {
    let mut hits = 0;
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let mut input = input(&["own-large", "p", "q"], &["own-small", "x", "y"]);
        for item in 0..60 {
            for contestant in 0..3 {
                let quality = 5.0 + dice.normal() - 0.3 * contestant as f64;
                for judge in 0..3 {
                    // The judge is severe to all, and kinder by 1 to its own.
                    let bonus = if judge == 0 { -0.7 + if contestant == 0 { 1.0 } else { 0.0 } } else { 0.0 };
                    let value = (quality + bonus + 0.4 * dice.normal()).clamp(1.0, 10.0);
                    input.scores.push(score(judge, contestant, item, value));
                }
            }
        }
        let report = report(&input).unwrap();
        assert_eq!(report.self_preference.len(), 1);
        let preference = &report.self_preference[0];
        assert_eq!(
            (preference.judge.as_str(), preference.own.as_slice()),
            ("own-large", &["own-small".to_owned()][..])
        );
        hits += usize::from(within(&preference.scores, 1.0));
        assert!(report.judges[0].scores.leniency.estimate.unwrap() < 0.0);
    }
    assert!(hits >= 52, "{hits} of 60");
    let mut skipping = input(&["own-large", "p"], &["own-small", "x"]);
    skipping.scores = vec![score(0, 1, 0, 5.0), score(1, 0, 0, 5.0), score(1, 1, 0, 6.0)];
    let report = report(&skipping).unwrap();
    assert!(report.self_preference.is_empty());
    assert!(report.self_preference_reason.unwrap().contains("relatives are skipped"));
}

#[test]
fn self_preference_in_pairs() {
    let mut input = input(&["own-large", "p"], &["own-small", "x"]);
    for item in 0..40 {
        // The panel's judge: every other item for x. The relative: its own, three of four.
        let fair = if item % 2 == 0 { (Choice::First, Choice::Second) } else { (Choice::Second, Choice::First) };
        let kind = if item % 4 != 3 { (Choice::First, Choice::Second) } else { (Choice::Second, Choice::First) };
        input.pairs.push(pair(0, 0, 1, item, kind.0, kind.1));
        // Named the other way round, which must not matter.
        input.pairs.push(pair(1, 1, 0, item, fair.1, fair.0));
    }
    let report = report(&input).unwrap();
    let figure = &report.self_preference[0].pairs;
    assert_eq!(figure.estimate, Some(0.25));
    assert!(figure.interval.unwrap().low > 0.0);
    assert!(report.self_preference[0].scores.reason.is_some());
}

#[test]
fn a_severe_judge_that_skips_its_relative_moves_nobody() {
    // Both judges find x better than own by 1; the relative of own is severe by 3 and skips own.
    let mut input = input(&["own-large", "p"], &["own-small", "x", "y"]);
    for item in 0..10 {
        for (judge, shift) in [(0, -3.0), (1, 0.0)] {
            for (contestant, value) in [(0, 7.0), (1, 8.0), (2, 6.0)] {
                if judge == 1 || contestant > 0 {
                    input.scores.push(score(judge, contestant, item, value + shift));
                }
            }
        }
    }
    let report = report(&input).unwrap();
    let order: Vec<&str> = report.leave_one_out.order.iter().map(|place| place.contestant.as_str()).collect();
    assert_eq!(order, ["x", "own-small", "y"]);
    let values: Vec<f64> = report.leave_one_out.order.iter().map(|place| place.value).collect();
    assert!((values[0] - values[1] - 1.0).abs() < 1e-9 && (values[1] - values[2] - 1.0).abs() < 1e-9, "{values:?}");
    // Without p nobody scored own at all: it has no place, which is a change of the order.
    let without_p = &report.leave_one_out.without[1];
    assert_eq!((without_p.judge.as_str(), without_p.order.len()), ("p", 2));
    assert!(without_p.order_changed && !without_p.winner_changed);
    assert_eq!(report.leave_one_out.order_changes, 1);
}

#[test]
fn a_ranking_that_hangs_on_one_judge_says_so() {
    let mut input = input(&["p", "q", "r"], &["x", "y"]);
    for item in 0..10 {
        for (judge, x, y) in [(0, 6.0, 5.0), (1, 5.0, 6.0), (2, 9.0, 5.0)] {
            input.scores.push(score(judge, 0, item, x));
            input.scores.push(score(judge, 1, item, y));
        }
    }
    let sensitive = report(&input).unwrap().leave_one_out;
    assert_eq!(sensitive.order[0].contestant, "x");
    // Without r the two are even.
    assert_eq!((sensitive.winner_changes, sensitive.without[2].winner_changed), (1, true));
    assert_eq!(sensitive.without[2].order.iter().map(|place| place.place).collect::<Vec<_>>(), [1, 1]);
    // Groups that no judge compared.
    let mut apart = input.clone();
    apart.scores.retain(|score| (score.judge == 0) == (score.contestant == 0));
    let apart = report(&apart).unwrap().leave_one_out;
    assert!(apart.order.is_empty() && apart.reason.unwrap().contains("(x), (y)"));
}

#[test]
fn failures_are_counted_and_nothing_is_invented() {
    let mut input = input(&["p", "q"], &["x", "y"]);
    for (index, reply) in [Reply::Unreadable, Reply::Refused, Reply::Failed, Reply::Skipped].into_iter().enumerate() {
        input.scores.push(ScoreRecord { reply, ..score(0, 0, index, 1.0) });
    }
    let broken = PairRecord { backward: Reply::Refused, ..pair(1, 0, 1, 0, Choice::First, Choice::First) };
    input.pairs.push(broken);
    let report = report(&input).unwrap();
    let replies = report.judges[0].replies;
    assert_eq!((replies.asked, replies.verdicts, replies.unreadable), (3, 0, 1));
    assert_eq!((replies.refused, replies.failed, replies.skipped), (1, 1, 1));
    let replies = report.judges[1].replies;
    assert_eq!((replies.asked, replies.verdicts, replies.refused), (2, 1, 1));
    assert_eq!(report.judges[1].pairs.counts.missing, 1);
    for figure in [&report.consistency, &report.position_bias, &report.verbosity, &report.agreement.alpha] {
        assert!(figure.estimate.is_none() && figure.reason.is_some(), "{figure:?}");
    }
    assert!(report.leave_one_out.reason.is_some() && report.self_preference_reason.is_some());
    // A report is stored and read again.
    let json = serde_json::to_string(&report).unwrap();
    let read: TrustReport = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_value(&read.judges[0]).unwrap(), serde_json::to_value(&report.judges[0]).unwrap());
}

#[test]
fn an_empty_run_and_broken_records() {
    let empty = report(&TrustInput::default()).unwrap();
    assert!(empty.consistency.reason.is_some() && empty.judges.is_empty());
    let one = input(&["p"], &["x"]);
    for scores in [score(1, 0, 0, 5.0), score(0, 1, 0, 5.0), score(0, 0, 0, 11.0), score(0, 0, 0, f64::NAN)] {
        assert!(report(&TrustInput { scores: vec![scores], ..one.clone() }).is_err());
    }
    let pairs = vec![pair(0, 0, 0, 0, Choice::First, Choice::First)];
    assert!(report(&TrustInput { pairs, ..one.clone() }).is_err());
    let uncertainty = Uncertainty { level: 1.0, ..Uncertainty::default() };
    assert!(report(&TrustInput { uncertainty, ..one }).is_err());
}

#[test]
fn the_same_input_gives_the_same_report() {
    let input = biased(5, 30, 0.3, 0.2);
    assert_eq!(report(&input).unwrap(), report(&input).unwrap());
}
