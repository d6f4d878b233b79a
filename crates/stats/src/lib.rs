//! Statistics for comparing language models: numbers in, numbers out.
//!
//! Every function is pure and cites the source of its formula. Randomness comes only from a seed
//! that the caller gives (ChaCha12, so results are the same on every platform and with every
//! number of threads). Data that cannot carry a result never give NaN or a made-up interval: an
//! estimate fails with a named [`Degenerate`] reason, and a test says so in its
//! [`Status`].
//!
//! | Question | Module |
//! |---|---|
//! | What do these measurements look like? | [`describe`], [`quantile`] |
//! | How uncertain is this mean or statistic? | [`bootstrap`], [`cluster`], [`hierarchy`] |
//! | How uncertain is this pass rate? | [`rate`], [`clustered_rate`], [`paired_rate`], [`bivariate`] |
//! | How many times larger is one mean than another? | [`ratio`] |
//! | Could this difference be chance? | [`hypothesis`], [`compare`](mod@compare) |
//! | How large is it? | [`effect`] |
//! | What if many pairs are tested? | [`correction`] |
//! | How many runs would it take? | [`power`] |
//! | May I look after every item and stop? | [`sequential`] |
//! | Do several answers to one prompt mean the same? | [`entropy`] |
//! | Do the judges agree, with each other and with people? | [`agreement`] |
//! | What would people have said, had they judged everything? | [`calibration`] |
//! | Who is best, if answers are judged in pairs? | [`bradley_terry`] |
//! | Does a score tell right from wrong? | [`auroc`](mod@auroc) |
//! | Does one of k attempts pass, or all of them? | [`pass_k`] |
//! | Which of many differences hold, all together? | [`simultaneous`] |
//! | Who is best, and how surely? | [`best`] |
//! | What could missing outcomes change? | [`missing`] |

pub mod agreement;
pub mod auroc;
pub mod best;
pub mod bivariate;
pub mod bootstrap;
pub mod bradley_terry;
pub mod calibration;
pub mod cluster;
pub mod clustered_rate;
pub mod compare;
pub mod correction;
pub mod degenerate;
pub mod describe;
pub mod distribution;
pub mod effect;
pub mod entropy;
pub mod hierarchy;
pub mod hypothesis;
pub mod interval;
pub mod missing;
pub mod nested;
pub mod paired_rate;
pub mod pass_k;
pub mod power;
pub mod quantile;
pub mod rate;
pub mod ratio;
pub mod resample;
pub mod sequential;
pub mod simultaneous;

mod linear;
mod quadrature;
mod root;
mod special;

pub use bootstrap::{BootstrapInterval, BootstrapOptions, Method};
pub use compare::{Comparison, ComparisonOptions, compare};
pub use degenerate::Degenerate;
pub use hypothesis::{Status, Test, TestResult};
pub use interval::{Interval, SmallSample};
