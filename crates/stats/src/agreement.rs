//! Agreement between raters beyond what chance would give: Cohen's and Fleiss' kappa, and
//! Krippendorff's alpha, which takes any number of raters, gaps and scales.

mod alpha;
mod kappa;

pub use alpha::{Level, krippendorff_alpha, krippendorff_interval};
pub use kappa::{Weights, cohen_kappa, cohen_kappa_interval, fleiss_kappa, weighted_kappa};
