//! The analysis of a run, from hand-built records to numbers, notes and sentences.

mod fixtures;

mod comparisons;
mod error_rates;
mod golden;
mod lessons;
mod notes;
mod planning;
mod verdicts;
