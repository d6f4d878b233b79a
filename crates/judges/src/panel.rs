//! Several judges of one answer.

use serde::{Deserialize, Serialize};

use crate::parse::Score;
use crate::scale::Scale;

/// What several judges say of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// The panel's score in the unit of the scale: the mean; on the binary scale the majority's
    /// vote, 0.5 when the votes are even.
    pub value: f64,
    /// The same from 0 (worst) to 1 (best).
    pub normalised: f64,
    /// Mean of the judges' values.
    pub mean: f64,
    /// Sample standard deviation of the values; needs two judges.
    pub sd: Option<f64>,
    /// Judges that gave a score.
    pub n: usize,
}

/// Joins the scores of several judges on one answer: the mean, or the majority on the binary scale
/// (Verga et al. 2024, arXiv 2404.18796). None without scores: a panel of failures has no verdict.
pub fn panel(scale: &Scale, scores: &[Score]) -> Option<Panel> {
    if scores.is_empty() {
        return None;
    }
    let n = scores.len() as f64;
    let mean = scores.iter().map(|score| score.value).sum::<f64>() / n;
    let squares: f64 = scores.iter().map(|score| (score.value - mean).powi(2)).sum();
    let value = match scale {
        Scale::Binary if mean > 0.5 => 1.0,
        Scale::Binary if mean < 0.5 => 0.0,
        Scale::Binary => 0.5,
        Scale::OneToTen | Scale::Ordinal(_) => mean,
    };
    Some(Panel {
        value,
        normalised: scale.normalise(value),
        mean,
        sd: (scores.len() > 1).then(|| (squares / (n - 1.0)).sqrt()),
        n: scores.len(),
    })
}
