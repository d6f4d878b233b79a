//! Flags of what is decided over the items of a run, and the commands that do nothing else.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{OutputArgs, RequestArgs, ScoringArgs, SelectionArgs, StoreArgs, SuiteArgs};

/// What is to be decided over items. Taken by every command that makes, joins or shows a run.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What is decided over items")]
pub(crate) struct DecisionArgs {
    /// The bar that a contestant must clear, such as 'pass_rate >= 0.9' or 'pass_rate >= 0.9 @ 95%'; the cheapest that clears it is named.
    #[arg(long, value_name = "EXPR")]
    pub bar: Option<String>,
    /// A gate over items: 'pass_rate >= 0.95 @ 95%', 'pass_rate not worse than baseline by 0.02', 'p95(latency) < 2s'. Exit 0 when shown, 1 when refuted, 5 when the data are too few to say; stands in place of the strict gate on checks; may be given more than once.
    #[arg(long, value_name = "EXPR")]
    pub gate: Vec<String>,
    /// The contestant that `baseline` means in a gate; the first of several without it.
    #[arg(long, value_name = "NAME")]
    pub baseline: Option<String>,
    /// The measure that decides who is best: pass_rate, score, check_score, latency_ms, cost_usd, …; without it pass_rate where there are checks, else score.
    #[arg(long, value_name = "MEASURE")]
    pub decide_on: Option<String>,
}

impl DecisionArgs {
    /// Whether something is given whose answer is an exit code.
    pub(crate) fn gates(&self) -> bool {
        !self.gate.is_empty()
    }
}

/// When a run stops by itself.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "When it stops by itself")]
pub(crate) struct StopArgs {
    /// `decided`: stop as soon as it is shown who is best, or that no more calls would show it. Looking after every item costs no false certainty. Failed checks then decide between contestants and fail the run only with --strict-assertions or --min-pass-rate.
    #[arg(long, value_name = "WHEN")]
    pub stop_when: Option<StopWhen>,
    /// Chance of any false verdict of --stop-when, over all pairs and all looks [default: --significance-threshold, else 0.05].
    #[arg(long, value_name = "ALPHA", value_parser = super::open_unit, requires = "stop_when")]
    pub alpha: Option<f64>,
    /// Go on even when the items that are left would most likely decide nothing.
    #[arg(long, requires = "stop_when")]
    pub no_futility: bool,
}

/// When a run stops by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StopWhen {
    /// When it is decided.
    Decided,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct MigrateArgs {
    /// The model in use.
    #[arg(long, value_name = "MODEL")]
    pub from: String,
    /// The model that may take its place.
    #[arg(long, value_name = "MODEL")]
    pub to: String,
    /// How much worse the new model may be, in the unit of the measure; with --stop-when decided also the margin of equivalence.
    #[arg(long, value_name = "X", default_value_t = 0.02, value_parser = super::margin)]
    pub margin: f64,
    #[command(flatten)]
    pub run: SuiteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The suite.
    #[arg(value_name = "SUITE")]
    pub suite: PathBuf,
    /// Contestants, as `batch` takes them; the suite's own without it.
    #[arg(long, short = 'm', value_name = "LIST")]
    pub models: Option<String>,
    /// A pilot that shows how much items and runs differ: an earlier run (id or `last`), a JSON output, or a table of results. Without one the spread is assumed, and the plan says so.
    #[arg(long, value_name = "RUN|FILE")]
    pub from: Option<String>,
    /// Money for the whole run, in US dollars; without it only the items limit the plan.
    #[arg(long, value_name = "USD", value_parser = super::money)]
    pub budget: Option<f64>,
    /// A difference that you want to be able to find, in the unit of the measure: what it takes is added.
    #[arg(long, value_name = "X", value_parser = super::above_zero)]
    pub effect: Option<f64>,
    /// Chance to find the difference.
    #[arg(long, value_name = "POWER", default_value_t = 0.8, value_parser = super::open_unit)]
    pub power: f64,
    /// Two-sided threshold before the correction over pairs.
    #[arg(long, value_name = "ALPHA", default_value_t = 0.05, value_parser = super::open_unit)]
    pub alpha: f64,
    /// The most runs of an item to consider.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub most_runs: u32,
    /// What an item costs once, whatever runs on it, in US dollars: writing or labelling it.
    #[arg(long, value_name = "USD", default_value_t = 0.0, value_parser = super::money)]
    pub item_cost: f64,
    /// The measure that decides: pass_rate, score, check_score; from --from the first that it has.
    #[arg(long, value_name = "MEASURE")]
    pub decide_on: Option<String>,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    #[command(flatten)]
    pub scoring: ScoringArgs,
    /// Base URL of the local server.
    #[arg(long, value_name = "URL")]
    pub local_url: Option<String>,
    /// Let --local-url name another machine.
    #[arg(long)]
    pub allow_remote_local: bool,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub output: TextArgs,
}

/// Output of commands that make no run.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct TextArgs {
    /// Write the result to a file: .json, .md or .markdown.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// terminal, markdown or json; without --output it goes to standard output.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
    pub output_format: Option<TextFormat>,
    /// Overwrite an existing file.
    #[arg(long)]
    pub force: bool,
}

/// A format of what is no run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    Terminal,
    Markdown,
    Json,
}

/// How two runs are held against each other.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Statistics")]
pub(crate) struct MovementArgs {
    /// Level of intervals; one minus it is the threshold of corrected p.
    #[arg(long, value_name = "LEVEL", value_parser = super::open_unit)]
    pub ci_level: Option<f64>,
    /// Correction over everything that is looked at: none, bonferroni, holm or bh [default: holm].
    #[arg(long, value_name = "NAME")]
    pub correction: Option<String>,
    /// The measure of quality: pass_rate, score or check_score; the first that both have without it.
    #[arg(long, value_name = "MEASURE")]
    pub decide_on: Option<String>,
    /// Seed of the resampling; the later run's own without it.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The earlier run: its id, `last`, a JSON output, a store file (FILE or FILE#RUN), or a table of results (.csv, .tsv).
    #[arg(value_name = "BEFORE")]
    pub before: String,
    /// The later run, named the same ways.
    #[arg(value_name = "AFTER")]
    pub after: String,
    #[command(flatten)]
    pub statistics: MovementArgs,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub output: TextArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Keep a run, or a file of results, under a name.
    Set {
        /// The name.
        name: String,
        /// The run: its id, the beginning of it, or `last` [default: last].
        #[arg(conflicts_with = "file")]
        run: Option<String>,
        /// A JSON output or a table of results instead of a stored run: for a baseline that is committed with the code.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Hold a run against a baseline: exit 0 when it is shown not to be worse by more than the margin, 1 when it is shown to be worse, 5 when the data are too few to say.
    Check(BaselineCheckArgs),
    /// List the baselines.
    List {
        /// `json` for scripts.
        #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
        output_format: Option<super::ListFormat>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Forget a baseline; the run itself stays.
    Rm {
        /// The name.
        name: String,
        #[command(flatten)]
        store: StoreArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BaselineCheckArgs {
    /// The baseline's name and then the run (an id, `last` or a file) [default: last]; with --against the run alone.
    #[arg(value_name = "NAME [RUN]", num_args = 0..=2)]
    pub words: Vec<String>,
    /// A JSON output, a store file or a table of results to hold the run against, in place of a name.
    #[arg(long, value_name = "FILE")]
    pub against: Option<String>,
    /// How much worse the run may be, in the unit of the measure.
    #[arg(long, value_name = "X", default_value_t = 0.02, value_parser = super::margin)]
    pub margin: f64,
    #[command(flatten)]
    pub statistics: MovementArgs,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub output: TextArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    /// The run: its id, the beginning of it, `last`, or a JSON output [default: last].
    pub run: Option<String>,
    /// The HTML file to write; without it one in the cache folder.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Overwrite an existing file.
    #[arg(long)]
    pub force: bool,
    /// Print the file's path and open nothing.
    #[arg(long)]
    pub print_path: bool,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub store: StoreArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file to import: a promptfoo configuration, or a table of results (.csv, .tsv): wide (a column a contestant) or long (item_id, model, run_index, score).
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Seed of the resampling of a table of results.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Do not store the results.
    #[arg(long, conflicts_with = "store")]
    pub no_store: bool,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub statistics: super::StatisticsArgs,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}
