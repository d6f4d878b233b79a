//! Flags of what answers are scored by: checks, judges, the search for fabrication, gates.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Checks of the command line.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Checks")]
pub(crate) struct CheckArgs {
    /// A check of every answer, beside those of the suite: 'contains: Paris', json_valid, 'not is_refusal', or '{"type": "numeric", "value": 42}'; may be given more than once.
    #[arg(long, value_name = "CHECK")]
    pub check: Vec<String>,
}

/// What decides whether the run passes in CI.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Gates")]
pub(crate) struct GateArgs {
    /// Any check that fails fails the run (exit 1). The default.
    #[arg(long, conflicts_with_all = ["min_pass_rate", "no_assertions"])]
    pub strict_assertions: bool,
    /// The least share of passed checks, from 0 to 1; below it the run fails (exit 1).
    #[arg(long, value_name = "RATE", value_parser = super::rate, conflicts_with = "no_assertions")]
    pub min_pass_rate: Option<f64>,
    /// Report checks and let them decide nothing.
    #[arg(long)]
    pub no_assertions: bool,
}

/// What answers are scored by. Taken by `compare` and `batch`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Judges and signs of fabrication")]
pub(crate) struct ScoringArgs {
    #[command(flatten)]
    pub checks: CheckArgs,
    /// A model that scores every answer; it never scores its own family.
    #[arg(long, value_name = "MODEL", conflicts_with = "judges", help_heading = "Judges and signs of fabrication")]
    pub judge: Option<String>,
    /// Several judges, comma-separated; groups work.
    #[arg(long, value_name = "LIST")]
    pub judges: Option<String>,
    /// What the judges go by, one criterion a line or `;` between them; may be given more than once.
    #[arg(long, value_name = "TEXT")]
    pub judge_criteria: Vec<String>,
    /// A prompt of your own for the judges, in place of criteria (docs/judges.md).
    #[arg(long, value_name = "FILE", conflicts_with = "judge_criteria")]
    pub judge_template: Option<PathBuf>,
    /// Their scale: 1-10, binary, or ordinal:bad,ok,good (worst first).
    #[arg(long, value_name = "SCALE", default_value = "1-10")]
    pub judge_scale: String,
    /// Judges compare the answers of two contestants, each pair in both orders, instead of scoring one by one.
    #[arg(long)]
    pub pairwise: bool,
    /// Let a judge score models of its own family; the trust report then measures self-preference.
    #[arg(long)]
    pub judge_relatives: bool,
    /// Ask no judge, whatever the suite says.
    #[arg(long, conflicts_with_all = ["judge", "judges", "judge_criteria", "judge_template", "pairwise", "judge_relatives"])]
    pub no_judge: bool,
    /// Do not print the note on providers' terms before judging.
    #[arg(long)]
    pub no_judge_tos: bool,
    /// Look for signs of fabrication: in each answer, across runs and, where there is a judge, by its knowledge or the expected facts.
    #[arg(long, alias = "hallucination-check")]
    pub check_hallucination: bool,
    /// Facts that a right answer agrees with, one a line or `;` between them; needs a judge.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["expected_facts_file", "hallucination_template"])]
    pub expected_facts: Option<String>,
    /// The same from a file: .txt (one a line, `#` comments) or .json (a list of texts).
    #[arg(long, value_name = "FILE", conflicts_with = "hallucination_template")]
    pub expected_facts_file: Option<PathBuf>,
    /// A text of your own in place of the built-in questions on fabrication; needs a judge.
    #[arg(long, value_name = "FILE")]
    pub hallucination_template: Option<PathBuf>,
    /// Who says which answers of a cell mean the same: lexical (offline, free) or judge.
    #[arg(long, value_name = "WHO", default_value = "lexical")]
    pub consistency: ConsistencyKind,
}

/// Who says which answers mean the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConsistencyKind {
    /// Numbers, names and normalised text, offline.
    #[default]
    Lexical,
    /// The judge, by entailment in both directions.
    Judge,
}
