//! Correcting a judge with a few labels from people.
//!
//! A judge that scores everything and people who score some of it know more together than either
//! alone. Prediction-powered inference takes the judge's scores as they come, on any scale;
//! Rogan-Gladen takes a judge of passes whose two error rates were measured on labelled answers.
//! Both intervals are normal approximations and assume that labelled answers were drawn at random,
//! one label an item.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability, check_sample};
use crate::describe::{self, mean_of};
use crate::distribution::normal_quantile;
use crate::interval::{Interval, SmallSample};
use crate::rate::check_count;

/// What people would have said on average, estimated from their labels and a judge's scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrectedMean {
    /// The corrected mean, in the unit of the labels.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// estimate ± z · standard error.
    pub interval: Interval,
    /// How far the judge was trusted: 0 leaves the labels alone, 1 is plain prediction-powered
    /// inference.
    pub lambda: f64,
    /// Labelled answers.
    pub labelled: usize,
    /// Answers with only the judge's score.
    pub unlabelled: usize,
    /// Set for few labels.
    pub small_sample: Option<SmallSample>,
}

/// PPI++ for a mean (Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453): λ mean(U) +
/// mean(Y - λF), with variance λ² var(U)/N + var(Y - λF)/n (population variances).
///
/// `labelled` are pairs of a person's label Y and the judge's score F on the same answer,
/// `unlabelled` the judge's scores U of other answers. Without a given `lambda` it is the one of
/// least variance, cov(Y, F)/((1 + n/N) var(F ∪ U)) within [0, 1]: a judge that does not follow
/// the labels is not listened to. It is chosen on the same labels, which makes intervals from few
/// labels a little short (docs/statistics.md has the figures).
///
/// Needs two labels. Without unlabelled scores the estimate is the mean of the labels. Fails where
/// labels leave no spread to judge by, which with few passes and fails happens by chance: a
/// standard error of 0 would be made up.
pub fn ppi_plus_plus(
    labelled: &[(f64, f64)],
    unlabelled: &[f64],
    level: f64,
    lambda: Option<f64>,
) -> Result<CorrectedMean, Degenerate> {
    check_probability(Parameter::Level, level)?;
    let (labels, scores): (Vec<f64>, Vec<f64>) = labelled.iter().copied().unzip();
    check_sample(&labels, 2)?;
    check_sample(&scores, 2)?;
    check_sample(unlabelled, 0)?;
    if let Some(value) = lambda.filter(|value| !(0.0..=1.0).contains(value)) {
        return Err(Degenerate::OutOfRange { parameter: Parameter::Lambda, value });
    }
    let n = labels.len() as f64;
    let lambda = if unlabelled.is_empty() {
        0.0
    } else {
        lambda.unwrap_or_else(|| {
            let all: Vec<f64> = scores.iter().chain(unlabelled).copied().collect();
            // The authors' code takes the sample variance here and population ones elsewhere.
            let spread = (1.0 + n / unlabelled.len() as f64) * describe::moments(&all).1;
            let (mean_label, mean_score) = (mean_of(&labels), mean_of(&scores));
            let covariance =
                labelled.iter().map(|(label, score)| (label - mean_label) * (score - mean_score)).sum::<f64>() / n;
            if spread > 0.0 { (covariance / spread).clamp(0.0, 1.0) } else { 0.0 }
        })
    };
    let rest: Vec<f64> = labelled.iter().map(|(label, score)| label - lambda * score).collect();
    let of_judge = if unlabelled.is_empty() { 0.0 } else { lambda * mean_of(unlabelled) };
    let of_rest = variance(&rest);
    if of_rest <= 0.0 {
        return Err(Degenerate::Constant { value: mean_of(&labels) });
    }
    let judge_error =
        if unlabelled.is_empty() { 0.0 } else { lambda * lambda * variance(unlabelled) / unlabelled.len() as f64 };
    let estimate = of_judge + mean_of(&rest);
    let standard_error = (judge_error + of_rest / n).sqrt();
    let half = normal_quantile(0.5 + level / 2.0) * standard_error;
    if !estimate.is_finite() || !half.is_finite() {
        return Err(Degenerate::Unbounded);
    }
    Ok(CorrectedMean {
        estimate,
        standard_error,
        interval: Interval { low: estimate - half, high: estimate + half, level },
        lambda,
        labelled: labels.len(),
        unlabelled: unlabelled.len(),
        small_sample: SmallSample::of(labels.len()),
    })
}

/// A pass rate corrected for the judge's two error rates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrectedRate {
    /// The corrected rate, within [0, 1].
    pub estimate: f64,
    /// The corrected rate before it was cut to [0, 1]; outside it the judge's error rates and its
    /// verdicts do not quite fit together.
    pub uncut: f64,
    /// Standard error by the delta method.
    pub standard_error: f64,
    /// uncut ± z · standard error, cut to [0, 1].
    pub interval: Interval,
    /// Share of the labelled passes that the judge passes.
    pub sensitivity: f64,
    /// Share of the labelled fails that the judge fails.
    pub specificity: f64,
}

/// The rate that people would have given, (p + q0 - 1)/(q0 + q1 - 1) (Rogan and Gladen 1978; for
/// judges Lee et al. 2025, arXiv 2511.21140), with the delta-method variance
/// [p(1-p)/n + (1-θ)² q0(1-q0)/m0 + θ² q1(1-q1)/m1]/(q0 + q1 - 1)².
///
/// Each argument is (count, of how many): answers that the judge passes of all it judged; of the
/// answers that people pass, those that the judge passes (sensitivity q1); of those that people
/// fail, those that the judge fails (specificity q0). Fails for a judge no better than chance, for
/// a rate that these error rates make impossible, and where no count leaves any spread.
pub fn rogan_gladen(
    passed: (u64, u64),
    passed_of_passes: (u64, u64),
    failed_of_fails: (u64, u64),
    level: f64,
) -> Result<CorrectedRate, Degenerate> {
    check_probability(Parameter::Level, level)?;
    let share = |(count, total): (u64, u64)| {
        check_count(count, total)?;
        let share = count as f64 / total as f64;
        Ok((share, share * (1.0 - share) / total as f64))
    };
    let (p, p_variance) = share(passed)?;
    let (sensitivity, sensitivity_variance) = share(passed_of_passes)?;
    let (specificity, specificity_variance) = share(failed_of_fails)?;
    let slope = sensitivity + specificity - 1.0;
    // Shares are quotients of counts; a slope of rounding alone is none.
    if slope <= 1e-12 {
        return Err(Degenerate::Uninformative { sum: sensitivity + specificity });
    }
    let uncut = (p + specificity - 1.0) / slope;
    let variance = p_variance + (1.0 - uncut).powi(2) * specificity_variance + uncut.powi(2) * sensitivity_variance;
    let standard_error = variance.sqrt() / slope;
    if standard_error == 0.0 {
        return Err(Degenerate::Constant { value: p });
    }
    let half = normal_quantile(0.5 + level / 2.0) * standard_error;
    let (low, high) = (uncut - half, uncut + half);
    if high < 0.0 || low > 1.0 {
        return Err(Degenerate::Contradiction { estimate: uncut });
    }
    Ok(CorrectedRate {
        estimate: uncut.clamp(0.0, 1.0),
        uncut,
        standard_error,
        interval: Interval { low: low.max(0.0), high: high.min(1.0), level },
        sensitivity,
        specificity,
    })
}

/// The population variance (divided by n), of a slice that is not empty.
fn variance(data: &[f64]) -> f64 {
    let mean = mean_of(data);
    if crate::degenerate::constant(data).is_some() {
        return 0.0;
    }
    data.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / data.len() as f64
}
