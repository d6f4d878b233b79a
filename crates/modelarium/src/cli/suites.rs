//! Flags of the commands that work on suites.

use std::path::PathBuf;

use clap::Args;

use super::{
    DecisionArgs, GateArgs, ListFormat, OutputArgs, RequestArgs, RunningArgs, ScoringArgs, StatisticsArgs, StopArgs,
    StoreArgs,
};

/// A suite, on whom, how often, under which cap, and what decides.
#[derive(Debug, Clone, Args)]
pub(crate) struct BatchArgs {
    /// Contestants, comma-separated, as `compare` takes them; the suite's own without it.
    #[arg(long, short = 'm', value_name = "LIST")]
    pub models: Option<String>,
    #[command(flatten)]
    pub run: SuiteArgs,
    /// With --stop-when: contestants that differ by less count as equal, in the unit of the measure; without it a run never stops for equivalence.
    #[arg(long, value_name = "X", value_parser = super::above_zero, requires = "stop_when", help_heading = "When it stops by itself")]
    pub margin: Option<f64>,
    #[arg(long, hide = true)]
    pub force_large: bool,
}

/// What every run of a suite takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct SuiteArgs {
    /// The suite: .yaml, .toml, .json, .jsonl, .csv or .txt (docs/suites.md).
    #[arg(value_name = "SUITE")]
    pub suite: PathBuf,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    #[command(flatten)]
    pub running: RunningArgs,
    #[command(flatten)]
    pub scoring: ScoringArgs,
    #[command(flatten)]
    pub gates: GateArgs,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub stop: StopArgs,
    #[command(flatten)]
    pub statistics: StatisticsArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Which items run.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which items run")]
pub(crate) struct SelectionArgs {
    /// Items whose id or prompt contains this; with * or ? a pattern of the whole, /…/ a regular expression.
    #[arg(long, value_name = "PATTERN")]
    pub filter: Option<String>,
    /// Items with any of these tags, comma-separated; !TAG leaves out.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub tags: Option<String>,
    /// This many items, drawn by --seed.
    #[arg(long, value_name = "N")]
    pub sample: Option<usize>,
    /// The I-th of N parts, for N machines; `merge` joins them.
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// The suite.
    #[arg(value_name = "SUITE")]
    pub suite: PathBuf,
    /// `json` for scripts.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
    pub output_format: Option<ListFormat>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The file to write.
    #[arg(value_name = "FILE", default_value = "suite.yaml")]
    pub file: PathBuf,
    /// Overwrite existing files.
    #[arg(long)]
    pub force: bool,
    /// Also write .github/workflows/prompts.yml, which runs the suite on the embedded model at every change of a prompt.
    #[arg(long)]
    pub github_actions: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The parts: run ids, JSON outputs, or store files of other machines (FILE or FILE#RUN).
    #[arg(value_name = "PART", required = true)]
    pub parts: Vec<String>,
    /// Join what there is even where a shard is missing; said in the output.
    #[arg(long)]
    pub partial: bool,
    /// Seed of the resampling of the joined run.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Do not store the joined run.
    #[arg(long, conflicts_with = "store")]
    pub no_store: bool,
    #[command(flatten)]
    pub gates: GateArgs,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub statistics: StatisticsArgs,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LabelArgs {
    /// The run: its id, the beginning of it, or `last`.
    pub run: String,
    /// Answers to label.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    pub n: u32,
    /// Seed of the draw; the run's own without it.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Label good or bad whatever scale the judges used.
    #[arg(long)]
    pub judge_scale_free: bool,
    /// Take labels from a CSV file (row or call id, value) instead of asking.
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}
