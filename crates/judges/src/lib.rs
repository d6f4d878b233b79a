//! Judging by models: what a judge is asked, what is read out of its reply, and how far the judges
//! themselves can be trusted.
//!
//! Everything here is pure: no I/O, no clock, randomness only from a seed. The caller sends a
//! [`JudgePrompt`], hands the reply to [`Rubric::parse`] (or [`parse_pair`], [`parse_entailment`])
//! and keeps what comes back. Untrusted text (answers, questions, references) is data: it is never
//! searched for placeholders, and it stands between markers that its author could not know.
//!
//! | Question | Where |
//! |---|---|
//! | By what is an answer judged, on which scale? | [`Rubric`], [`Scale`] |
//! | What is the judge sent? | [`Rubric::score_prompt`], [`pair_prompt`], [`entailment_prompt`] |
//! | What did it say? | [`Rubric::parse`], [`parse_pair`], [`parse_entailment`] |
//! | Two orders of one pair? | [`combine`] |
//! | Several judges of one answer? | [`panel`](fn@panel) |
//! | May this judge judge that model? | [`is_relative`] |
//! | How far can the judges be trusted? | [`trust::report`] |
//! | Who is best, from judged pairs? | [`ranking`](fn@ranking) |
//! | Does the judge say what a person would? | [`calibrate`] |

mod calibration;
mod entailment;
mod evidence;
mod fault;
mod figure;
mod pair;
mod panel;
mod parse;
mod prompt;
mod ranking;
mod relative;
mod rubric;
mod scale;
pub mod trust;

pub use calibration::{Calibration, Labelled, calibrate};
pub use entailment::{Entailment, entailment_prompt, parse_entailment};
pub use evidence::{PairRecord, Party, Reply, ScoreRecord};
pub use fault::{Fault, ParseError};
pub use figure::{Figure, Uncertainty};
pub use hallucination::Risk;
pub use pair::{Choice, PairAnswer, PairOutcome, Side, combine, pair_prompt, parse_pair, parse_pair_quoting};
pub use panel::{Panel, panel};
pub use parse::Score;
pub use prompt::{JudgePrompt, Question};
pub use ranking::{Entry, IntervalMethod, Ranking, ranking};
pub use relative::is_relative;
pub use rubric::{FactsRubric, Rubric};
pub use scale::Scale;
