//! The decomposed score: one number from 0 to 100 for each factor, and the share of its signals that were computed.
//!
//! A factor is the chance-like union of its findings, `100 (1 - Π (1 - w(severity) · fade))`: bounded by 100, never
//! lowered by another finding, and never raised by anything but findings. `fade` is 1 for figures and for events up to 90
//! days old and halves with every further year, so that old events fade. What is a state rather than an event, a bankruptcy that
//! nothing ended, does not fade while it lasts: [`Standing::holds`]. What did not run adds
//! nothing and lowers the completeness; a factor of which nothing ran has no score, because unknown is not good.
//!
//! The numbers are a published convention for reading order, not probabilities of anything.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::reading::standing::Standing;
use crate::signal::{Severity, Signal, Status};

/// The factors, in the order in which they are shown.
pub const NAMES: &[&str] = &["listing", "distress", "accounting", "dilution", "events", "insiders"];

/// One factor of the score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Factor {
    /// Its name.
    pub name: String,
    /// 0 to 100, more being graver; none where none of its signals could be computed.
    pub score: Option<f64>,
    /// Share of its applicable signals that were computed, 0 to 1.
    pub completeness: f64,
    /// Its weight in the whole.
    pub weight: f64,
}

/// The whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Score {
    /// Weighted mean of the factors that have a score; none below [`LEAST_COMPLETE`], and none of a company that stopped
    /// reporting.
    pub value: Option<f64>,
    /// The same if everything that was not computed had found nothing. Equals `value` where everything was.
    pub low: f64,
    /// The same if everything that was not computed had found the gravest; never below `value`.
    pub high: f64,
    /// Share of the applicable signals that were computed, by weight of their factors.
    pub completeness: f64,
}

/// Below this completeness a company is not assessed at all.
pub const LEAST_COMPLETE: f64 = 0.3;

/// Days for which an event counts in full.
const FRESH_DAYS: f64 = 90.0;
/// Days in which its weight halves after that.
const HALF_LIFE_DAYS: f64 = 365.0;

/// The factor that a signal belongs to; none for an id that is none.
pub fn of(signal: &str) -> Option<&'static str> {
    crate::contract::of(signal).map(|entry| entry.factor)
}

/// What a signal is one form of.
fn family(signal: &str) -> &str {
    match signal {
        "altman_z" | "altman_z1" | "altman_z2" => "altman",
        other => other,
    }
}

/// The published weight of a factor.
pub fn weight(name: &str) -> f64 {
    match name {
        "listing" | "distress" | "dilution" => 1.5,
        "accounting" | "events" => 1.0,
        _ => 0.5,
    }
}

/// What a finding weighs when it is fresh.
pub fn of_severity(severity: Severity) -> f64 {
    match severity {
        Severity::None => 0.0,
        Severity::Info => 0.05,
        Severity::Caution => 0.2,
        Severity::High => 0.45,
        Severity::Critical => 0.75,
    }
}

/// What is left of a finding's weight after so many days.
pub fn fade(age_days: f64) -> f64 {
    0.5_f64.powf((age_days - FRESH_DAYS).max(0.0) / HALF_LIFE_DAYS)
}

/// What a signal adds to its factor today, 0 to 1.
///
/// A signal that rests on filings rather than figures is as old as the newest of them; one that tells of a state that
/// still lasts ([`Standing::holds`]) does not age.
pub fn finding(signal: &Signal, as_of: Date, standing: &Standing) -> f64 {
    if standing.holds(signal) {
        return of_severity(signal.severity);
    }
    let newest = signal.evidence.iter().map(|evidence| evidence.filed).max();
    let age = newest.filter(|_| signal.inputs.is_empty()).map_or(0, |filed| (as_of - filed).get_days().max(0));
    of_severity(signal.severity) * fade(f64::from(age))
}

/// The factors and the whole of a company's signals. `weights` replaces the published weights by name.
///
/// A company that stopped reporting has no score: nothing is known of it today, so the range is the whole. Its factors
/// are what its last filings said.
pub fn score(
    signals: &[Signal],
    as_of: Date,
    standing: &Standing,
    weights: &BTreeMap<String, f64>,
) -> (Vec<Factor>, Score) {
    let mut factors = Vec::new();
    let (mut sum, mut low, mut high, mut whole, mut scored, mut complete) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for name in NAMES {
        // A weight that is no weight is as none given.
        let given = weights.get(*name).copied().filter(|given| given.is_finite() && *given >= 0.0);
        let weight = given.unwrap_or_else(|| weight(name));
        let mine = || signals.iter().filter(|signal| of(&signal.id) == Some(*name));
        let applicable = mine().filter(|signal| signal.status != Status::NotApplicable).count();
        let ran = mine().filter(|signal| signal.status == Status::Ran).count();
        // Of the forms of one model only the gravest counts: they read the same balance sheet.
        let mut found: BTreeMap<&str, f64> = BTreeMap::new();
        for signal in mine().filter(|signal| signal.status == Status::Ran) {
            let gravest = found.entry(family(&signal.id)).or_default();
            *gravest = gravest.max(finding(signal, as_of, standing));
        }
        let left: f64 = found.values().map(|gravest| 1.0 - gravest).product();
        let worst = left * (1.0 - of_severity(Severity::Critical)).powi((applicable - ran) as i32);
        let completeness = if applicable == 0 { 0.0 } else { ran as f64 / applicable as f64 };
        let score = (ran > 0).then_some(100.0 * (1.0 - left));
        if let Some(score) = score {
            sum += weight * score;
            scored += weight;
        }
        if applicable > 0 {
            whole += weight;
            low += weight * score.unwrap_or(0.0);
            high += weight * 100.0 * (1.0 - worst);
            complete += weight * completeness;
        }
        factors.push(Factor { name: (*name).to_owned(), score, completeness, weight });
    }
    let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
    let completeness = share(complete, whole);
    if standing.stopped() {
        return (factors, Score { value: None, low: 0.0, high: 100.0, completeness });
    }
    let value = (scored > 0.0 && completeness >= LEAST_COMPLETE).then(|| sum / scored);
    let high = if whole > 0.0 { share(high, whole) } else { 100.0 };
    // A factor of which nothing ran may come out below those that ran: the range is around the value all the same.
    let high = value.map_or(high, |value| high.max(value));
    (factors, Score { value, low: share(low, whole), high, completeness })
}

#[cfg(test)]
mod tests {
    use edgar::ids::Accession;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::reading::standing::{Mark, State};
    use crate::signal::Evidence;

    const TODAY: Date = date(2024, 6, 1);

    fn found(id: &str, severity: Severity, filed: Option<Date>) -> Signal {
        let accession: Accession = "0001193125-24-000123".parse().unwrap();
        let evidence = filed.map(|filed| Evidence {
            quote: String::new(),
            form: "8-K".to_owned(),
            item: None,
            filed,
            accession,
            url: String::new(),
        });
        Signal { evidence: evidence.into_iter().collect(), ..Signal::ran(id, severity, "") }
    }

    fn factor(signals: &[Signal], name: &str) -> Factor {
        let (factors, _) = score(signals, TODAY, &Standing::default(), &BTreeMap::new());
        factors.into_iter().find(|factor| factor.name == name).unwrap()
    }

    #[test]
    fn a_factor_is_the_union_of_its_findings() {
        let signals = [
            found("going_concern", Severity::Critical, None),
            found("cash_runway", Severity::High, None),
            found("altman_z2", Severity::None, None),
            Signal::not_run("ohlson_o", "no total assets"),
            Signal::not_applicable("altman_z", "no market value"),
        ];
        let distress = factor(&signals, "distress");
        assert!((distress.score.unwrap() - 100.0 * (1.0 - 0.25 * 0.55)).abs() < 1e-9);
        assert!((distress.completeness - 0.75).abs() < 1e-9);
        assert_eq!(factor(&signals, "insiders").score, None, "nothing ran, so nothing is known");
    }

    /// Three forms of one model are one finding.
    #[test]
    fn the_forms_of_one_model_are_charged_once() {
        let forms = ["altman_z", "altman_z1", "altman_z2"].map(|id| found(id, Severity::High, None));
        assert_eq!(factor(&forms, "distress").score, factor(&forms[..1], "distress").score);
    }

    #[test]
    fn old_events_fade_and_figures_do_not() {
        let at = |filed: Date| factor(&[found("delisting", Severity::High, Some(filed))], "listing").score.unwrap();
        assert!((at(TODAY) - 45.0).abs() < 1e-9 && (at(date(2024, 4, 1)) - 45.0).abs() < 1e-9);
        // 90 days and a year.
        assert!((at(date(2023, 3, 4)) - 22.5).abs() < 0.1, "{}", at(date(2023, 3, 4)));
        assert!(at(date(2014, 6, 1)) < 0.1);
    }

    #[test]
    fn without_data_there_is_no_score_and_the_range_says_how_little_is_known() {
        let nothing: Vec<Signal> = ["going_concern", "share_growth", "delisting", "events_8k", "insiders", "beneish_m"]
            .iter()
            .map(|id| Signal::not_run(id, "nothing could be read"))
            .collect();
        let (factors, whole) = score(&nothing, TODAY, &Standing::default(), &BTreeMap::new());
        assert!(factors.iter().all(|factor| factor.score.is_none() && factor.completeness == 0.0));
        assert_eq!((whole.value, whole.low, whole.completeness), (None, 0.0, 0.0));
        assert!(whole.high > 74.0);
        assert_eq!(score(&[], TODAY, &Standing::default(), &BTreeMap::new()).1.value, None);
    }

    #[test]
    fn weights_of_the_user_take_the_place_of_the_published_ones() {
        let signals =
            [found("delisting", Severity::Critical, Some(TODAY)), found("insiders", Severity::None, Some(TODAY))];
        let plain = score(&signals, TODAY, &Standing::default(), &BTreeMap::new()).1.value.unwrap();
        let weights = BTreeMap::from([("listing".to_owned(), 0.0)]);
        let without = score(&signals, TODAY, &Standing::default(), &weights).1.value.unwrap();
        assert!(plain > 50.0 && without == 0.0, "{plain} {without}");
    }

    const SEVERITIES: [Severity; 5] =
        [Severity::None, Severity::Info, Severity::Caution, Severity::High, Severity::Critical];
    const IDS: [&str; 6] = ["going_concern", "share_growth", "delisting", "events_8k", "insiders", "beneish_m"];

    proptest! {
        /// Bounded, and a graver finding never lowers anything.
        #[test]
        fn scores_are_bounded_and_monotone(levels in prop::collection::vec(0_usize..5, 6), at in 0_usize..6) {
            let build = |levels: &[usize]| -> Vec<Signal> {
                IDS.iter().zip(levels).map(|(id, level)| found(id, SEVERITIES[*level], Some(TODAY))).collect()
            };
            let (factors, whole) = score(&build(&levels), TODAY, &Standing::default(), &BTreeMap::new());
            for factor in &factors {
                prop_assert!((0.0..=100.0).contains(&factor.score.unwrap_or(0.0)));
            }
            let mut graver = levels.clone();
            graver[at] = (graver[at] + 1).min(4);
            let (graver_factors, graver_whole) = score(&build(&graver), TODAY, &Standing::default(), &BTreeMap::new());
            prop_assert!(graver_whole.value >= whole.value);
            for (one, other) in factors.iter().zip(&graver_factors) {
                prop_assert!(other.score >= one.score);
            }
            prop_assert!(whole.low <= whole.high);
        }

        /// Whatever ran, whatever did not, how old it is, and whatever the user's weights are.
        #[test]
        fn every_mixture_is_bounded_and_its_range_holds_it(
            signals in prop::collection::vec((0_usize..3, 0_usize..5, 0_i32..6_000), crate::contract::SIGNALS.len()),
            given in prop::collection::vec(prop_oneof![Just(f64::NAN), Just(-1.0), Just(0.0), 0.0..10.0_f64], NAMES.len()),
        ) {
            let built = signals.iter().zip(crate::contract::IDS).map(|((status, level, age), id)| match status {
                0 => Signal::not_run(id, "not there"),
                1 => Signal::not_applicable(id, "not of this kind"),
                _ => found(id, SEVERITIES[*level], TODAY.checked_sub(jiff::Span::new().days(i64::from(*age))).ok()),
            });
            let built: Vec<Signal> = built.collect();
            let weights = NAMES.iter().map(|name| (*name).to_owned()).zip(given).collect();
            let (factors, whole) = score(&built, TODAY, &Standing::default(), &weights);
            for factor in &factors {
                prop_assert!((0.0..=100.0).contains(&factor.score.unwrap_or(0.0)), "{factor:?}");
                prop_assert!((0.0..=1.0).contains(&factor.completeness), "{factor:?}");
                prop_assert!(factor.score.is_some() || factor.completeness == 0.0, "{factor:?}");
            }
            prop_assert!((0.0..=1.0 + 1e-9).contains(&whole.completeness), "{whole:?}");
            prop_assert!(whole.low >= 0.0 && whole.low <= whole.high + 1e-9 && whole.high <= 100.0 + 1e-9, "{whole:?}");
            if let Some(value) = whole.value {
                prop_assert!(whole.completeness >= LEAST_COMPLETE);
                prop_assert!(whole.low <= value + 1e-9 && value <= whole.high + 1e-9, "{whole:?}");
            }
        }

        /// A state that lasts never weighs less than the event it began with, and who stopped reporting has no score.
        #[test]
        fn a_lasting_state_never_weighs_less_than_its_event(level in 0_usize..5, age in 0_i32..9_000, zone in 0_usize..3) {
            let filed = TODAY.checked_sub(jiff::Span::new().days(i64::from(age))).ok();
            let signal = Signal {
                zone: Some(["bankruptcy", "removed", "eventful"][zone].to_owned()),
                ..found(["events_8k", "delisting", "events_8k"][zone], SEVERITIES[level], filed)
            };
            for state in [State::Reporting, State::Late, State::Bankruptcy, State::Stopped] {
                let standing = Standing { mark: Mark { state, ..Mark::default() }, also: Vec::new() };
                let (event, held) = (finding(&signal, TODAY, &Standing::default()), finding(&signal, TODAY, &standing));
                prop_assert!(held >= event && held <= of_severity(signal.severity));
                let (_, whole) = score(std::slice::from_ref(&signal), TODAY, &standing, &BTreeMap::new());
                prop_assert!(!standing.stopped() || (whole.value, whole.low, whole.high) == (None, 0.0, 100.0));
            }
        }

        /// One more finding never lowers its factor, and one that is older never weighs more.
        #[test]
        fn another_finding_never_lowers_and_age_never_raises(
            levels in prop::collection::vec(0_usize..5, 3), extra in 0_usize..5, age in 0_i32..5_000, older in 0_i32..5_000,
        ) {
            let ids = ["delisting", "suspension", "fails_to_deliver"];
            let day = |age: i32| TODAY.checked_sub(jiff::Span::new().days(i64::from(age))).ok();
            let listing = |count: usize, age: i32| {
                let mut built: Vec<Signal> = ids.iter().zip(&levels).take(count).map(|(id, level)| found(id, SEVERITIES[*level], day(0))).collect();
                built.push(found("delisting", SEVERITIES[extra], day(age)));
                factor(&built, "listing").score.unwrap()
            };
            for count in 0..3 {
                prop_assert!(listing(count + 1, age) >= listing(count, age) - 1e-9);
                prop_assert!(listing(count, age + older) <= listing(count, age) + 1e-9);
            }
        }
    }
}
