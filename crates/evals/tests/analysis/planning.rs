//! What a plan could find. Expected values: the noncentral t distribution of scipy 1.17.

use evals::analysis::planning::smallest_detectable;
use evals::record::CorrectionKind;

use crate::fixtures::{Run, assert_close};

#[test]
fn the_smallest_detectable_difference_of_a_plan() {
    for (contestants, runs, expected) in [
        (&["a", "b"][..], 3, 3.0708922663636864),
        (&["a", "b"][..], 5, 2.024439339384548),
        (&["a", "b"][..], 10, 1.3249473925792545),
        (&["a", "b"][..], 30, 0.7356210695975971),
        (&["a", "b", "c"][..], 10, 1.5744416689713325),
        (&["a", "b", "c", "d", "e"][..], 100, 0.5211910420866822),
    ] {
        let run = Run::new(contestants, &[None], runs);
        let found = smallest_detectable(&run.header, &run.planned).expect("a difference");
        assert_close(Some(found.cohens_d), expected, 1e-3);
        assert_close(Some(found.in_units(20.0)), 20.0 * expected, 1e-3);
        assert_eq!(found.runs, runs);
    }
}

#[test]
fn without_a_correction_the_pairs_cost_nothing() {
    let mut run = Run::new(&["a", "b", "c"], &[None], 10);
    run.header.analysis.correction = CorrectionKind::None;
    let found = smallest_detectable(&run.header, &run.planned).expect("a difference");
    assert_eq!((found.pairs, found.alpha), (3, 0.05));
    assert_close(Some(found.cohens_d), 1.3249473925792545, 1e-3);
}

#[test]
fn nothing_to_test_is_nothing_to_detect() {
    for run in [
        Run::new(&["a"], &[None], 10),
        Run::new(&["a", "b"], &[None], 1),
        Run::new(&["a", "b"], &[None], 2),
        Run::new(&["a", "b"], &[None], 10).options(|options| options.significance = Some(false)),
    ] {
        assert_eq!(smallest_detectable(&run.header, &run.planned), None);
    }
}
