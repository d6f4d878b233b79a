//! Plans made before anything is spent.

use evals::decision::Measure;
use evals::decision::planning::{PlanQuestion, PlanningError, Spread, SpreadSource, plan_ahead};
use rand::RngExt;

use crate::fixtures::{close, scores, source};

fn question() -> PlanQuestion {
    PlanQuestion {
        spread: Spread::default(),
        contestants: 2,
        items: 1_000,
        most_runs: 30,
        budget: None,
        cost_per_item: 0.0,
        cost_per_run: 0.01,
        worst_cost_per_run: 0.02,
        alpha: 0.05,
        power: 0.8,
        effect: None,
    }
}

#[test]
fn the_published_detectable_differences_come_out() {
    // Miller (2024), section 5: ω² = 1/9, σ² = 1/6 for both.
    let of = |items: u32, runs: usize| {
        let plan = plan_ahead(&PlanQuestion { items, ..question() }).unwrap();
        plan.splits[runs - 1].detectable
    };
    for (items, runs, expected) in [
        (50, 1, 0.26414),
        (50, 5, 0.16705),
        (50, 20, 0.14163),
        (200, 1, 0.13207),
        (200, 5, 0.08353),
        (1000, 1, 0.05906),
    ] {
        close(of(items, runs), expected, 5e-6);
    }
}

#[test]
fn the_best_split_is_the_closed_form_where_items_are_unlimited() {
    let question = PlanQuestion {
        items: u32::MAX,
        budget: Some(100_000.0),
        cost_per_item: 0.12,
        worst_cost_per_run: 0.01,
        ..question()
    };
    let plan = plan_ahead(&question).unwrap();
    // K* = sqrt(2 · (1/6) / (1/9) · .12/.01) = 6.
    close(plan.optimal_runs, 6.0, 1e-9);
    assert_eq!(plan.best.runs, 6);
    let costless = plan_ahead(&PlanQuestion { cost_per_item: 0.0, ..question }).unwrap();
    assert_eq!(costless.best.runs, 1);
}

#[test]
fn a_plan_is_payable_in_its_worst_case_and_pays_for_every_pair() {
    let plan = plan_ahead(&PlanQuestion { budget: Some(3.0), contestants: 4, ..question() }).unwrap();
    for split in &plan.splits {
        assert!(split.worst_cost <= 3.0 + 1e-9 && split.expected_cost <= split.worst_cost);
    }
    assert_eq!(plan.best.items, 150);
    close(plan.best.expected_cost, 1.5, 1e-9);
    close(plan.alpha_per_pair, 0.05 / 6.0, 1e-15);
    let error = plan_ahead(&PlanQuestion { budget: Some(0.03), ..question() }).unwrap_err();
    assert!(error.to_string().contains("does not pay for two items"), "{error}");
    assert!(matches!(plan_ahead(&PlanQuestion { items: 1, ..question() }), Err(PlanningError::Items { items: 1 })));
    assert!(plan_ahead(&PlanQuestion { cost_per_run: f64::NAN, ..question() }).is_err());
    assert!(plan_ahead(&PlanQuestion { alpha: 1.5, ..question() }).is_err());
}

#[test]
fn a_difference_that_is_asked_for_gets_its_cheapest_design() {
    // Miller (2024): n = (z_{α/2} + z_β)²(ω² + 2σ²/K)/δ², 969 items for .06 at K = 1 rounded up from 968.997.
    let asked = |items: u32, budget: Option<f64>, difference: f64| {
        let question = PlanQuestion { items, budget, effect: Some(difference), ..question() };
        plan_ahead(&question).unwrap().needed.unwrap()
    };
    let needed = asked(1_000, None, 0.06);
    assert_eq!((needed.split.items, needed.split.runs, needed.within_reach), (969, 1, true));
    assert!(needed.split.detectable <= 0.06);
    // With fewer items at hand more runs of each are the way.
    let fewer = asked(400, None, 0.06);
    assert!(fewer.within_reach && fewer.split.items <= 400 && fewer.split.runs > 1, "{fewer:?}");
    assert!(fewer.split.detectable <= 0.06);
    // Neither items nor money: the cheapest design is named all the same.
    let beyond = asked(100, None, 0.06);
    assert_eq!((beyond.split.items, beyond.within_reach), (969, false));
    assert!(!asked(1_000, Some(19.0), 0.06).within_reach, "969 items cost 19.38 at worst");
    assert!(asked(1_000, Some(19.4), 0.06).within_reach);
    assert!(plan_ahead(&PlanQuestion { effect: Some(0.0), ..question() }).is_err());
    assert_eq!(plan_ahead(&question()).unwrap().needed, None);
}

#[test]
fn a_pilot_gives_its_spread_back() {
    // Item means of both differ by N(0, .2²)-like uniforms; runs add uniform noise of variance .03.
    let mut source = source(11);
    let mut arm = |means: &[f64]| -> Vec<Vec<Option<f64>>> {
        means.iter().map(|mean| (0..4).map(|_| Some(mean + 0.6 * (source.random::<f64>() - 0.5))).collect()).collect()
    };
    let a: Vec<f64> = (0..2_000).map(|at| (at % 40) as f64 / 40.0).collect();
    let b: Vec<f64> = (0..2_000).map(|at| (at % 40) as f64 / 40.0 + (at % 7) as f64 / 10.0 - 0.3).collect();
    let spread = Spread::of_pilot(&scores(Measure::Score, &[("a", arm(&a)), ("b", arm(&b))]), Measure::Score).unwrap();
    assert_eq!((spread.source, spread.items), (SpreadSource::Pilot, 2_000));
    close(spread.run_variance, 0.03, 0.001);
    // Seven equally likely steps of .1: variance .04.
    close(spread.item_variance, 0.04, 0.003);
    let single = Spread::of_pilot(
        &scores(
            Measure::Score,
            &[("a", vec![vec![Some(0.1)], vec![Some(0.9)]]), ("b", vec![vec![Some(0.3)], vec![Some(0.2)]])],
        ),
        Measure::Score,
    );
    close(single.unwrap().run_variance, 0.0, 0.0);
}
