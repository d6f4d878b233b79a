//! Each rule with a sentence that trips it and one, as near as can be, that must not; hostile and random input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use hallucination::MarkerKind::{self, *};
use hallucination::{Context, markers};
use proptest::prelude::*;
use text::identifiers::Month;

fn kinds(answer: &str) -> Vec<MarkerKind> {
    markers(answer, &Context::new("", &[])).into_iter().map(|m| m.kind).collect()
}

#[test]
fn what_trips_a_rule() {
    for (kind, answer) in [
        (CitationMalformed, "See https://doi.org/10.abcd/efg12 for details."),
        (CitationMalformed, "The identifier is PMID: 0."),
        (CitationMalformed, "It has ISBN 123-4-56-789012-3 on the cover."),
        (CitationContradiction, "As held in Gale v. Orr, 2019 WL 4639462 (S.D. Fla. 2014), it is."),
        (CitationContradiction, "The results were published in 2044 in a journal."),
        (CitationContradiction, "Peer review (Olsen & Dahl, 2039) confirmed it."),
        (CitationMalformed, "See https://doi.org/10.1101/2020.13.15.20036202 for the preprint."),
        (Contradiction, "Ilse Marten (1891–1950) was a poet. Ilse Marten was born in 1894."),
        (Contradiction, "The council has 21 members. The council's 25 members meet weekly."),
        (Contradiction, "The capital of Velmora is Astrid. The capital of Velmora is Brenn."),
        (Contradiction, "The opera was composed by Anton Velka. The opera was composed by Karl Bruns."),
        (Contradiction, "Clara Holm was born in 1900 and died in 1950 at the age of 72."),
        (Contradiction, "Honey is safe for infants. Honey is never safe for infants."),
        (Contradiction, "The novel won the Astrid Prize in Oslo. The novel did not win the Astrid Prize in Oslo."),
        (Contradiction, "The trial stopped early. Nobody minded. The trial did not stop early."),
        (Contradiction, "The patient has no allergies. The patient has allergies."),
        (Contradiction, "The disease affects 42% of adults. The disease affects 61% of adults."),
        (ImpossibleDate, "Dr. Vale was born in 2061 in Lima."),
        (ImpossibleDate, "Revenue rose in Q5 2021."),
        (ImpossibleDate, "The shop closes at 25:30."),
        (ImpossibleDate, "It fell on February 29th in 2023."),
        (ImpossibleDate, "It happened on the 32nd of March."),
        (ImpossibleFigure, "The newborn weighed -3 kg."),
        (ImpossibleFigure, "The solution had a pH of 19."),
        (ImpossibleFigure, "The probe flew at 450,000 km/s."),
        (ImpossibleFigure, "Of the class, 62% were boys and 51% girls."),
        (ImpossibleFigure, "She works 26 hours a day."),
        (ImpossibleFigure, "A 143-year-old woman won the race."),
        (ImpossibleFigure, "The town lies at longitude 214° E."),
        (UnsupportedPrecision, "Roughly 48,317 people attended."),
        (UnsupportedPrecision, "It grew by about 12.48271 percent."),
    ] {
        assert!(kinds(answer).contains(&kind), "{kind} not found in: {answer} ({:?})", kinds(answer));
    }
}

#[test]
fn what_must_not() {
    for answer in [
        "See Gale v. Orr, 2019 WL 4639462 (S.D. Fla. 2019).",
        "The film is set in 2049; its hero was born in 2021.",
        "The bond matures in 2045 and was issued in 2015.",
        "Ilse Marten (1891–1950) was a poet. Ilse Marten was born in 1891 and died in 1950 at the age of 59.",
        "The council has 21 members. The senate's 25 members meet weekly.",
        "The capital of Bolivia is Sucre by law. The seat of government of Bolivia is La Paz.",
        "The song was written by John Lennon. The song was written by Lennon and McCartney.",
        "At 10:45 the score was 75:68 and the video runs to 61:20.",
        "Reactions with a pH of 7.4 are neutral. The temperature was -3 °C and the balance -300 euros.",
        "Light travels at about 300,000 km/s.",
        "62% of men and 71% of women agreed.",
        "The 150-year-old oak and the 200-year-old house still stand.",
        "He gave 110% and came 5 out of 40.",
        "The share price fell from 1500 to 1200.",
        "Read pages 34–41 and 1021–32.",
        "Aspirin is safe for adults. Aspirin is not safe for children.",
        "The function is fast. It is not fast on large inputs.",
        "The patient has no longer a fever. The patient has a fever in the evening.",
        "The disease affects 42% of adults. The disease affects 61% of children.",
        "The team scores 3 goals. The team scores 5 goals.",
        "Step 1: the value is 5. Step 2: the value is 7.",
        "Paris has 2 airports. London has 6 airports.",
        "The museum was founded in 1901. The museum was renovated in 1950 and reopened in 1955.",
        "Use `SELECT 140% of patients` as a string; `2023-02-30` is the test input.",
        "Is 31 February a date? There is no 31 February.",
        "About 3.14159 is the value of pi, approximately 6.02214076 × 10^23 the Avogadro constant.",
        "",
    ] {
        assert_eq!(kinds(answer), [], "{answer}");
    }
}

#[test]
fn what_the_user_wrote_is_not_held_against_the_answer() {
    let answer = "ISBN 978-0-306-40615-8 belongs to a book on language.";
    assert_eq!(kinds(answer), [CitationChecksum]);
    let context = Context::new("What is the book with ISBN 978-0-306-40615-8?", &[]);
    assert_eq!(markers(answer, &context), []);
}

#[test]
fn not_yet_is_judged_by_the_month_given() {
    let answer = "Silva et al. (2029) found it; see arXiv:2903.01234.";
    assert_eq!(kinds(answer).len(), 2);
    let later = Context { today: Month { year: 2029, month: 6 }, ..Context::default() };
    assert_eq!(markers(answer, &later), []);
}

#[test]
fn names_and_dates_need_two_runs_that_agree() {
    let answer = "It was designed by Torben Aagaard in 1978.";
    let of = |runs: &[&str]| -> Vec<MarkerKind> {
        markers(answer, &Context::new("Who?", runs)).into_iter().map(|m| m.kind).collect()
    };
    let (a, b, c) =
        ("It was designed by Lise Holmqvist in 1971.", "Lise Holmqvist designed it in 1971.", "Olaf Brandt, 1969.");
    assert_eq!(of(&[]), []);
    assert_eq!(of(&[a]), []);
    assert_eq!(of(&[a, b]), [UnsharedName, UnsharedDate]);
    assert_eq!(of(&[a, c]), [], "runs that do not agree among themselves miss nothing");
    assert_eq!(of(&[a, b, "Torben Aagaard did, in 1978."]), [], "one other run has it");
}

#[test]
fn hostile_answers_end_with_a_bounded_list() {
    for unit in [
        "(",
        "doi:10.1/",
        "https://",
        "1,",
        "born in 1900 died in 1800. ",
        "| 5% ",
        "is not ",
        "It is. ",
        "-",
        "`",
        "```\n",
        "\n- a",
        "31 February 2020 ",
        "ISBN 978",
        "Mr. ",
        "A B C ",
        "\u{301}",
        "100% of ",
        "é1.",
        "“",
        "in 1999 ",
        "The x has 5 y. The x has 6 y. ",
    ] {
        let answer = unit.repeat(100_000 / unit.len());
        let found = markers(&answer, &Context::new("", &[&answer, &answer]));
        assert!(found.len() <= 200, "{unit}: {}", found.len());
    }
}

proptest! {
    #[test]
    fn every_marker_quotes_its_span(
        answer in "(The x has [0-9]{1,3} members\\. |[0-9]{1,3}% of patients |born in [12][0-9]{3} |\\([12][0-9]{3}–[12][0-9]{3}\\)|[0-9]{1,2} (February|June) [12][0-9]{3}|ISBN [0-9X-]{8,17}|doi:10\\.[0-9a-z/]{1,12}|é|[a-zA-Z ,.;:\n'\"]){0,30}|.{0,120}",
        other in ".{0,60}",
    ) {
        let others = [other.as_str(), other.as_str()];
        let found = markers(&answer, &Context::new(&other, &others));
        for pair in found.windows(2) {
            prop_assert!(pair[0].span <= pair[1].span);
        }
        for marker in &found {
            prop_assert_eq!(marker.span.of(&answer), marker.quote.as_str());
            prop_assert!(!marker.quote.is_empty() && !marker.why.is_empty());
        }
    }

    #[test]
    fn an_answer_given_thrice_shares_all_its_names(answer in "([A-Z][a-z]{3,8} |in 1[0-9]{3} |was |the |\\. ){0,30}") {
        let others = [answer.as_str(), answer.as_str()];
        let found = markers(&answer, &Context::new("", &others));
        prop_assert!(found.iter().all(|m| !matches!(m.kind, UnsharedName | UnsharedDate)));
    }
}
