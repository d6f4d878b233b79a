//! The judge held against people: how often they agree, and what people would have said on average.

use serde::{Deserialize, Serialize};
use stats::agreement::{Weights, weighted_kappa};
use stats::calibration::{CorrectedMean, CorrectedRate, ppi_plus_plus, rogan_gladen};

use crate::fault::Fault;
use crate::figure::{Figure, Observation, Uncertainty, bootstrap, mean, rate};
use crate::scale::Scale;

/// One answer that a person labelled and the judge scored. Answers must have been drawn at random
/// from all that were judged, one an item.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Labelled {
    /// The person's label, in the unit of the person's scale.
    pub human: f64,
    /// The judge's score, in the unit of the judge's scale.
    pub judge: f64,
}

/// A judge held against people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Labelled answers.
    pub n: usize,
    /// Answers with only the judge's score.
    pub unlabelled: usize,
    /// Mean of the labels, in their unit: what is known without the judge.
    pub human: Figure,
    /// Mean of all the judge's scores, in their unit: what would be believed without people.
    pub judge: Figure,
    /// The mean that people would have given, from labels and scores together (PPI++), in the unit of
    /// the labels.
    pub ppi: Option<CorrectedMean>,
    /// Why there is none.
    pub ppi_reason: Option<String>,
    /// The pass rate that people would have given, from the judge's two error rates; binary only.
    pub rogan_gladen: Option<CorrectedRate>,
    /// Why there is none.
    pub rogan_gladen_reason: Option<String>,
    /// How often judge and person say the same.
    pub agreement: Figure,
    /// Cohen's kappa, with quadratic weights on scales of more than two.
    pub kappa: Figure,
    /// The judge's mean score less the mean label, both from 0 to 1: above 0 for a judge that is too
    /// kind.
    pub bias: Figure,
    /// What the rows and columns of `confusion` mean, lowest first.
    pub categories: Vec<String>,
    /// `confusion[i][j]`: answers that people put into category i and the judge into j. Empty when
    /// they use different scales.
    pub confusion: Vec<Vec<u64>>,
}

/// Compares a judge with people on the answers that both scored, and corrects its mean on all of
/// them. `unlabelled` are the judge's scores of the other answers. Fails on a value that is not on
/// its scale.
pub fn calibrate(
    labelled: &[Labelled],
    unlabelled: &[f64],
    human: &Scale,
    judge: &Scale,
    uncertainty: &Uncertainty,
) -> Result<Calibration, Fault> {
    for (index, label) in labelled.iter().enumerate() {
        category(human, label.human).ok_or_else(|| off_scale("label", index, label.human, human))?;
        category(judge, label.judge).ok_or_else(|| off_scale("judge's score", index, label.judge, judge))?;
    }
    for (index, &score) in unlabelled.iter().enumerate() {
        category(judge, score).ok_or_else(|| off_scale("judge's score without a label", index, score, judge))?;
    }
    let level = uncertainty.level;
    let numbered = |values: &mut dyn Iterator<Item = f64>| values.enumerate().collect::<Vec<Observation>>();
    let labels = numbered(&mut labelled.iter().map(|label| label.human));
    let scores = numbered(&mut labelled.iter().map(|label| label.judge).chain(unlabelled.iter().copied()));
    let of_scale = |data: &[Observation], scale: &Scale| {
        if *scale == Scale::Binary { rate(data, level) } else { mean(data, level) }
    };
    let biases =
        numbered(&mut labelled.iter().map(|label| judge.normalise(label.judge) - human.normalise(label.human)));

    // PPI needs a guess of the label, so the judge's scores are put into the unit of the labels.
    let (low, high) = human.range();
    let guess = |score: f64| low + (high - low) * judge.normalise(score);
    let pairs: Vec<(f64, f64)> = labelled.iter().map(|label| (label.human, guess(label.judge))).collect();
    let guesses: Vec<f64> = unlabelled.iter().map(|&score| guess(score)).collect();
    let (ppi, ppi_reason) = apart(ppi_plus_plus(&pairs, &guesses, level, None));
    let (corrected, rogan_gladen_reason) = if *human == Scale::Binary && *judge == Scale::Binary {
        corrected_rate(labelled, unlabelled, level)
    } else {
        (None, Some("only for labels and scores that are pass or fail".to_owned()))
    };

    let mut calibration = Calibration {
        n: labelled.len(),
        unlabelled: unlabelled.len(),
        human: of_scale(&labels, human),
        judge: of_scale(&scores, judge),
        ppi,
        ppi_reason,
        rogan_gladen: corrected,
        rogan_gladen_reason,
        agreement: Figure::missing("people and judge use different scales"),
        kappa: Figure::missing("people and judge use different scales"),
        bias: mean(&biases, level),
        categories: Vec::new(),
        confusion: Vec::new(),
    };
    if human == judge {
        calibration.compare(labelled, human, uncertainty);
    }
    Ok(calibration)
}

impl Calibration {
    fn compare(&mut self, labelled: &[Labelled], scale: &Scale, uncertainty: &Uncertainty) {
        let categories = names(scale);
        let size = categories.len();
        let pairs: Vec<(usize, usize)> = labelled
            .iter()
            .filter_map(|label| Some((category(scale, label.human)?, category(scale, label.judge)?)))
            .collect();
        let table = |indices: &mut dyn Iterator<Item = usize>| {
            let mut table = vec![vec![0; size]; size];
            for index in indices {
                let (human, judge) = pairs[index];
                table[human][judge] += 1;
            }
            table
        };
        let weights = if size == 2 { Weights::Unweighted } else { Weights::Quadratic };
        self.confusion = table(&mut (0..pairs.len()));
        self.categories = categories;
        let alike: Vec<Observation> = pairs.iter().map(|(a, b)| f64::from(u8::from(a == b))).enumerate().collect();
        self.agreement = rate(&alike, uncertainty.level);
        self.kappa = match weighted_kappa(&self.confusion, weights) {
            Err(reason) => Figure::missing(reason.to_string()),
            Ok(kappa) => {
                let groups: Vec<Vec<usize>> = (0..pairs.len()).map(|index| vec![index]).collect();
                let n = pairs.len();
                let of = |drawn: &mut dyn Iterator<Item = usize>| weighted_kappa(&table(drawn), weights).ok();
                match bootstrap(&groups, (0.0, 1.0), uncertainty, &of) {
                    Ok(interval) => Figure::whole(kappa, interval, n, n),
                    Err(reason) => Figure::bare(kappa, n, n, reason.to_string()),
                }
            }
        };
    }
}

fn corrected_rate(labelled: &[Labelled], unlabelled: &[f64], level: f64) -> (Option<CorrectedRate>, Option<String>) {
    if unlabelled.is_empty() {
        return (None, Some("there are no answers without a label: the labels themselves say it all".to_owned()));
    }
    let passes = |value: f64| value > 0.5;
    let count = |human: bool, judge: bool| {
        labelled.iter().filter(|label| passes(label.human) == human && passes(label.judge) == judge).count() as u64
    };
    let (both, missed, wrong, neither) =
        (count(true, true), count(true, false), count(false, true), count(false, false));
    if both + missed == 0 || wrong + neither == 0 {
        return (None, Some("people must have passed and failed at least one answer each".to_owned()));
    }
    let passed = unlabelled.iter().filter(|&&score| passes(score)).count() as u64;
    let result =
        rogan_gladen((passed, unlabelled.len() as u64), (both, both + missed), (neither, wrong + neither), level);
    apart(result)
}

fn apart<T>(result: Result<T, stats::Degenerate>) -> (Option<T>, Option<String>) {
    match result {
        Ok(value) => (Some(value), None),
        Err(reason) => (None, Some(reason.to_string())),
    }
}

/// The place of a value among the values of its scale, from 0.
pub(crate) fn category(scale: &Scale, value: f64) -> Option<usize> {
    let (low, high) = scale.range();
    (value.fract() == 0.0 && (low..=high).contains(&value)).then_some((value - low) as usize)
}

/// The names of the values of a scale, lowest first.
pub(crate) fn names(scale: &Scale) -> Vec<String> {
    match scale {
        Scale::OneToTen => (1..=10).map(|value| value.to_string()).collect(),
        Scale::Binary => vec!["fail".to_owned(), "pass".to_owned()],
        Scale::Ordinal(labels) => labels.clone(),
    }
}

fn off_scale(what: &str, index: usize, value: f64, scale: &Scale) -> Fault {
    Fault::new(
        format!("{what} {} is {value}, which is not on the scale {scale}", index + 1),
        "label with the scale that the run was judged by, or name the scale of the labels",
    )
}
