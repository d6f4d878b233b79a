//! How far several answers to one prompt agree, without a model: numbers, names, negations and words.
//!
//! The semantic entropy of the clusters is `stats::entropy::discrete`. Lexical equivalence is a weaker
//! judge of meaning than entailment by a model: it is strict about numbers, names and negations, and
//! blind to paraphrase that shares few words. `docs/hallucination.md` says what that means.

mod profile;

use profile::Profile;

/// Share of content words that two longer answers must share (F1) to be alike, besides all numbers and names.
const ALIKE: f64 = 0.5;

/// Clusters answers that say the same, offline: ids by first appearance, `[0, 1, 0]` for A, B, A.
pub fn cluster(answers: &[&str]) -> Vec<usize> {
    let profiles: Vec<Profile> = answers.iter().map(|answer| Profile::of(answer)).collect();
    cluster_by(answers.len(), |i, j| alike(&profiles[i], &profiles[j]))
}

/// Greedy clustering by first appearance (Farquhar et al. 2024): each answer without a cluster opens one and
/// takes every later answer that `same(opener, later)` calls equivalent. Depends on the order of the answers
/// where `same` is not transitive.
pub fn cluster_by(n: usize, same: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut ids: Vec<Option<usize>> = vec![None; n];
    let mut clusters = 0;
    for i in 0..n {
        if ids[i].is_some() {
            continue;
        }
        ids[i] = Some(clusters);
        for (j, id) in ids.iter_mut().enumerate().skip(i + 1) {
            if id.is_none() && same(i, j) {
                *id = Some(clusters);
            }
        }
        clusters += 1;
    }
    ids.into_iter().flatten().collect()
}

/// Whether two answers say the same, lexically: the rule by which [`cluster`] joins.
pub fn equivalent(a: &str, b: &str) -> bool {
    alike(&Profile::of(a), &Profile::of(b))
}

fn alike(a: &Profile, b: &Profile) -> bool {
    if a.normal == b.normal {
        return true;
    }
    if a.is_empty() || b.is_empty() || a.negated != b.negated || a.opposes(b) {
        return false;
    }
    if let (Some(x), Some(y)) = (&a.conclusion, &b.conclusion) {
        return x == y;
    }
    // "Paris" and "The capital of France is Paris."
    let (short, long) = if a.tokens.len() <= b.tokens.len() { (a, b) } else { (b, a) };
    if short.is_short() && long.tokens.len() <= 30 && !long.offers_choice && long.ends_on(short) {
        return true;
    }
    a.numbers == b.numbers && a.names_stand_in(b) && b.names_stand_in(a) && a.word_f1(b) >= ALIKE
}

/// SelfCheck score of an answer against other samples of the same prompt: 0 when each of its sentences is
/// supported by all of them, 1 when by none. `None` without other samples or without a sentence to check.
///
/// After SelfCheckGPT (Manakul et al. 2023) with lexical support in place of a model: a sentence is
/// unsupported by a sample that lacks one of its numbers or names, and otherwise to the degree to which
/// its content words are missing there (none at 80 % shared, wholly at 20 %). The score is the mean over
/// sentences of the mean over samples.
pub fn selfcheck(answer: &str, others: &[&str]) -> Option<f64> {
    let others: Vec<Profile> = others.iter().map(|o| Profile::of(o)).filter(|o| !o.is_empty()).collect();
    if others.is_empty() {
        return None;
    }
    let mut scores = Vec::new();
    for span in text::sentences(answer) {
        let sentence = Profile::of(span.of(answer));
        if sentence.content() == 0 {
            continue;
        }
        let sum: f64 = others.iter().map(|other| unsupported(&sentence, other)).sum();
        scores.push(sum / others.len() as f64);
    }
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

fn unsupported(sentence: &Profile, sample: &Profile) -> f64 {
    if !sentence.numbers.is_subset(&sample.numbers)
        || !sentence.names_stand_in(sample)
        || sentence.contradicted_by(sample)
    {
        return 1.0;
    }
    let shared = sentence.share_in(sample);
    ((0.8 - shared) / 0.6).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{cluster, cluster_by, equivalent, selfcheck};

    #[test]
    fn same_and_different() {
        for (a, b) in [
            ("Paris", "paris."),
            ("Paris", "The capital of France is Paris."),
            ("42", "The answer is 42."),
            ("Answer: 1,000 km", "So the answer is 1000 km"),
            ("Marie Curie was born in Warsaw in 1867.", "Born in 1867 in Warsaw, Marie Curie was a physicist."),
            ("twelve", "12"),
            (
                "The treaty was signed in 1648 by both parties in Münster.",
                "Both parties signed the treaty in Münster in 1648.",
            ),
        ] {
            assert!(equivalent(a, b), "{a} / {b}");
            assert!(equivalent(b, a), "{b} / {a}");
        }
        for (a, b) in [
            ("Paris", "Lyon"),
            ("Paris", "Not Paris"),
            ("Paris", "It is Paris or Lyon"),
            ("It is safe.", "It is not safe."),
            ("It is safe.", "It is unsafe."),
            ("Yes, it can.", "No, it can."),
            ("The answer is 42", "The answer is 43"),
            ("3.5", "35"),
            ("Marie Curie was born in Warsaw in 1867.", "Marie Curie was born in Warsaw in 1876."),
            ("It was found by Fleming in 1928.", "It was found by Florey in 1928."),
            ("It increases the risk of stroke in adults.", "It decreases the risk of stroke in adults."),
            ("", "x"),
        ] {
            assert!(!equivalent(a, b), "{a} / {b}");
            assert!(!equivalent(b, a), "{b} / {a}");
        }
    }

    #[test]
    fn clusters_by_first_appearance_give_the_known_entropies() {
        let entropy = |answers: &[&str]| stats::entropy::discrete(&cluster(answers)).unwrap();
        assert_eq!(cluster(&["Paris", "Lyon", "paris", "Rome", "LYON"]), [0, 1, 0, 2, 1]);
        assert_eq!(entropy(&["Paris"; 10]), 0.0);
        // 5 and 5: ln 2; four answers in classes of 1, 2, 1: 1.0397208.
        let mut half = ["Paris"; 10];
        half[5..].fill("Rome");
        assert!((entropy(&half) - std::f64::consts::LN_2).abs() < 1e-12);
        assert!((entropy(&["Oslo", "Paris", "Rome", "It is Paris."]) - 1.039_720_8).abs() < 1e-7);
    }

    #[test]
    fn greedy_clusters_depend_on_the_order() {
        // 0 is like 1, 1 is like 2, 0 is not like 2.
        let like = |a: i32, b: i32| (a - b).abs() <= 1;
        let of = |v: [i32; 3]| cluster_by(3, |i, j| like(v[i], v[j]));
        assert_eq!(of([0, 1, 2]), [0, 0, 1]);
        assert_eq!(of([1, 0, 2]), [0, 0, 0]);
    }

    #[test]
    fn selfcheck_rises_with_what_the_others_do_not_say() {
        let others = [
            "Marie Curie was born in Warsaw in 1867. She won two Nobel prizes.",
            "Curie, born in Warsaw in 1867, won two Nobel prizes.",
        ];
        let good = selfcheck("Marie Curie was born in Warsaw in 1867.", &others).unwrap();
        let half = selfcheck("Marie Curie was born in Warsaw in 1867. She moved to Vienna in 1880.", &others).unwrap();
        let bad = selfcheck("Marie Curie was born in Vienna in 1880.", &others).unwrap();
        assert!(good < 0.3 && bad == 1.0 && good < half && half < bad, "{good} {half} {bad}");
        assert_eq!(selfcheck("x", &[]), None);
        assert_eq!(selfcheck("...", &["x"]), None);
    }

    proptest! {
        #[test]
        fn ids_count_up_from_zero(answers in proptest::collection::vec("[ab1 ]{0,6}", 0..8)) {
            let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
            let ids = cluster(&texts);
            prop_assert_eq!(ids.len(), texts.len());
            let mut most = 0;
            for id in ids {
                prop_assert!(id <= most);
                most = most.max(id + 1);
            }
        }

        #[test]
        fn selfcheck_stays_in_its_range(a in ".{0,60}", b in ".{0,60}") {
            if let Some(score) = selfcheck(&a, &[&b]) {
                prop_assert!((0.0..=1.0).contains(&score));
            }
        }
    }
}
