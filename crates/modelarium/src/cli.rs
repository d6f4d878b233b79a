//! The command line as clap sees it: types and help text, no behaviour.

mod deciding;
mod scoring;
mod suites;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use deciding::{
    BaselineCheckArgs, BaselineCommand, DecisionArgs, DiffArgs, ImportArgs, MigrateArgs, MovementArgs, PlanArgs,
    StopArgs, TextArgs, TextFormat, ViewArgs,
};
pub(crate) use scoring::{CheckArgs, ConsistencyKind, GateArgs, ScoringArgs};
pub(crate) use suites::{BatchArgs, InitArgs, LabelArgs, MergeArgs, SelectionArgs, SuiteArgs, ValidateArgs};

/// Compare language models on your own prompts: repeated runs, honest timing, sound statistics,
/// and a spending cap that cannot be overrun.
#[derive(Debug, Parser)]
#[command(
    name = "modelarium",
    version,
    max_term_width = 100,
    after_help = "A first word that is no command is taken as a prompt: modelarium \"Explain entropy.\" --models gpt-4o-mini,claude-haiku-4-5 --runs 10 --max-cost 0.10\n\nExit codes: 0 done, 1 a gate failed (checks, --gate, migrate, baseline check), 2 nothing ran and nothing was spent, 3 budget reached, 4 diff: something moved, 5 inconclusive: the data are too few to say, 6 some calls failed, 7 every judge call failed, 130 interrupted. When several apply: 130, 3, 6, 7, 1, 4, 5."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options every command takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Global {
    /// Configuration file instead of the one in the platform's configuration folder.
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub config: Option<PathBuf>,
    /// When to colour: auto, always or never. NO_COLOR is honoured.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    pub color: ColorChoice,
    /// Say nothing on standard error but warnings and errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a prompt on several models, repeatedly, and say which differences are real.
    Compare(Box<CompareArgs>),
    /// Run a suite of prompts on one or more models, check and judge every answer, and gate CI on it.
    Batch(Box<BatchArgs>),
    /// Find every mistake in a suite, before any money is spent.
    Validate(ValidateArgs),
    /// Write a commented starter suite that runs on the embedded model.
    Init(InitArgs),
    /// Say before a run what it could find and what it would cost, and how a budget is best split between items and runs. Sends nothing.
    Plan(Box<PlanArgs>),
    /// Check whether one model may take the place of another on a suite: not worse beyond a margin, and what else changes.
    Migrate(Box<MigrateArgs>),
    /// Turn another tool's suite (promptfoo) into one of ours, or a table of results (.csv) into a stored run.
    Import(Box<ImportArgs>),
    /// Join the shards of one suite, run on several machines, to one run.
    Merge(Box<MergeArgs>),
    /// Label answers by hand, without model names, and see how far the judges agree.
    Label(LabelArgs),
    /// Go on with a run that was interrupted; what is stored is not paid for again.
    Resume(ResumeArgs),
    /// Analyse a stored run again, for free: other statistics, other checks.
    Replay(Box<ReplayArgs>),
    /// Say what moved between two runs beyond chance, and what did not (exit 4 when something did).
    Diff(DiffArgs),
    /// Keep a run under a name and hold later runs against it, for CI.
    Baseline {
        #[command(subcommand)]
        command: BaselineCommand,
    },
    /// List stored runs, newest first; --drift shows how an experiment moved over time.
    History(HistoryArgs),
    /// Write the report of a run as one HTML file and open it.
    View(ViewArgs),
    /// Show a stored run, or one call of it with its raw response.
    Show(ShowArgs),
    /// Write a stored run as JSON, CSV, Markdown or HTML: the same bytes as the run's own output.
    Report(ReportArgs),
    /// List the models in the registry, with prices and key status.
    ListModels(ListModelsArgs),
    /// Show prices with their dates and sources.
    Pricing(PricingArgs),
    /// Manage the weights of models that run in process.
    Models {
        #[command(subcommand)]
        command: ModelsCommand,
    },
    /// Ask for the key of every provider and store those you enter.
    Configure,
    /// List, store, delete or test provider keys.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Show every setting and where its value comes from.
    Config,
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one page per command into a folder.
    Man {
        /// Folder to write to.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Print the JSON Schema of the JSON output.
    Schema {
        /// Of a run (the default), of `diff`, of `history --drift`, or of `plan`.
        #[arg(value_name = "OF", default_value = "run")]
        of: SchemaOf,
    },
}

/// Which JSON output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    Run,
    Diff,
    Drift,
    Plan,
}

/// What to run, on whom, how often, under which cap, and how to look at it.
#[derive(Debug, Clone, Args)]
pub(crate) struct CompareArgs {
    /// The prompt; `-` or nothing reads it from standard input.
    #[arg(value_name = "PROMPT", conflicts_with = "prompt_file", allow_hyphen_values = false)]
    pub prompt: Option<String>,
    /// Read the prompt from a file (UTF-8, at most 1 MB).
    #[arg(long, value_name = "FILE")]
    pub prompt_file: Option<PathBuf>,
    /// Contestants, comma-separated: `model`, `provider:model`, `local/NAME`, `embedded/NAME`, `embedded:FILE.gguf`, or a group; each may carry parameters: `gpt-5.5@effort=high,seed=7`.
    #[arg(long, short = 'm', value_name = "LIST", required = true)]
    pub models: String,

    #[command(flatten)]
    pub request: RequestArgs,
    #[command(flatten)]
    pub running: RunningArgs,
    #[command(flatten)]
    pub statistics: StatisticsArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub scoring: ScoringArgs,
    #[command(flatten)]
    pub gates: GateArgs,
    #[command(flatten)]
    pub decision: DecisionArgs,
}

/// What is sent.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What is sent")]
pub(crate) struct RequestArgs {
    /// Temperatures to try, comma-separated; each is a cell of its own [default: 0].
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub temperatures: Option<String>,
    /// System prompt for every contestant.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["system_prompts", "system_prompt_file"])]
    pub system_prompt: Option<String>,
    /// Several system prompts to try, comma-separated; `\,` is a literal comma.
    #[arg(long, value_name = "LIST", conflicts_with = "system_prompt_file")]
    pub system_prompts: Option<String>,
    /// Read the system prompt from a file (UTF-8, at most 1 MB).
    #[arg(long, value_name = "FILE")]
    pub system_prompt_file: Option<PathBuf>,
    /// Most output tokens of a call, reasoning included. With --max-cost a maximum is always sent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_output_tokens: Option<u32>,
    /// Nucleus sampling mass.
    #[arg(long, value_name = "P", value_parser = finite)]
    pub top_p: Option<f64>,
    /// Reasoning effort: none, minimal, low, medium, high, xhigh or max.
    #[arg(long, value_name = "LEVEL")]
    pub effort: Option<String>,
    /// Thinking: off, on, adaptive or a token budget.
    #[arg(long, value_name = "MODE")]
    pub thinking: Option<String>,
    /// A string that ends the answer; may be given more than once.
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
    /// Seed of the call order, the resampling and the answers of models in process. It is not sent to providers: repeats under one sampling seed would be copies; ask for that with MODEL@seed=N.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// How it runs.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "How it runs")]
pub(crate) struct RunningArgs {
    /// Repetitions of every cell [default: 1].
    #[arg(long, short = 'n', value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub runs: Option<u32>,
    /// A cap in US dollars that is never exceeded, whatever is billed.
    #[arg(long, value_name = "USD", value_parser = money)]
    pub max_cost: Option<f64>,
    /// Let models without a known price run; the cap does not cover them.
    #[arg(long)]
    pub allow_unpriced: bool,
    /// Print the plan with its cost and its smallest detectable difference; run nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Most calls in flight per provider (5, and 1 where calls would slow each other down: local servers); lowered by itself when a provider says 429.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub concurrency: Option<u32>,
    /// Most retries of a call after a rate limit, an overload or a connection that could not be made.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub max_retries: u32,
    /// Longest Retry-After to wait for, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, value_parser = seconds)]
    pub retry_after_cap: f64,
    /// Limit for opening a connection, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    pub connect_timeout: f64,
    /// Limit from the request to the first byte of the response, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 120.0, value_parser = seconds)]
    pub first_byte_timeout: f64,
    /// Limit between two reads of a stream, in seconds; pings and comments count as life.
    #[arg(long, value_name = "SECONDS", default_value_t = 120.0, value_parser = seconds)]
    pub idle_timeout: f64,
    /// Limit of a whole attempt, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 900.0, value_parser = seconds)]
    pub total_timeout: f64,
    /// Base URL of the local server (Ollama, LM Studio, vLLM, llama.cpp), with its /v1.
    #[arg(long, value_name = "URL")]
    pub local_url: Option<String>,
    /// Let --local-url name another machine.
    #[arg(long)]
    pub allow_remote_local: bool,
    /// Take the answers of identical earlier calls from the store instead of paying again.
    #[arg(long)]
    pub cache: bool,
    /// Keep nothing on disk.
    #[arg(long, conflicts_with_all = ["store", "cache"])]
    pub no_store: bool,
    /// Store file instead of the one in the platform's data folder.
    #[arg(long, value_name = "FILE")]
    pub store: Option<PathBuf>,
    /// Do not show answers while they stream.
    #[arg(long)]
    pub no_stream: bool,
}

/// How it is analysed. Also taken by `replay`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Statistics")]
pub(crate) struct StatisticsArgs {
    /// Test differences even where the default would not; needs two runs or more.
    #[arg(long, overrides_with = "no_significance")]
    pub significance: bool,
    /// Do not test differences.
    #[arg(long)]
    pub no_significance: bool,
    /// Alpha: a corrected p below it is called a difference.
    #[arg(long, value_name = "ALPHA", value_parser = open_unit)]
    pub significance_threshold: Option<f64>,
    /// welch, mann-whitney, permutation, paired-t or wilcoxon-signed (the paired ones need many prompts).
    #[arg(long, value_name = "TEST")]
    pub significance_test: Option<String>,
    /// Correction over all pairs: none, bonferroni, holm or bh.
    #[arg(long, value_name = "NAME")]
    pub correction: Option<String>,
    /// Metric to test: latency_ms, ttft_ms, ttfo_ms, output_tokens, tokens_per_second, cost_usd, score or check_score; the default is score where answers are judged, else latency_ms.
    #[arg(long, value_name = "METRIC")]
    pub significance_metric: Option<String>,
    /// Give intervals even where the default would not.
    #[arg(long, overrides_with = "no_confidence_intervals")]
    pub confidence_intervals: bool,
    /// Give no intervals.
    #[arg(long)]
    pub no_confidence_intervals: bool,
    /// Level of intervals.
    #[arg(long, value_name = "LEVEL", value_parser = open_unit)]
    pub ci_level: Option<f64>,
    /// Interval of a mean: bca, percentile, basic or studentised.
    #[arg(long, value_name = "METHOD")]
    pub ci_method: Option<String>,
    /// Bootstrap resamples.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    pub bootstrap_resamples: Option<u32>,
    /// Seed of the resampling.
    #[arg(long, value_name = "N")]
    pub bootstrap_seed: Option<u64>,
}

/// What is shown and written. Also taken by `replay`, `show`, `resume`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Write the results to a file: .json, .csv, .md, .markdown, .html or .parquet.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// json, csv, markdown, html or parquet; without --output the payload alone goes to standard output.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
    pub output_format: Option<OutputFormat>,
    /// Write the checks as JUnit XML too, for CI: a test case an item and run.
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write failed checks and marks of fabrication as SARIF 2.1.0 too, for code scanning.
    #[arg(long, value_name = "FILE")]
    pub sarif: Option<PathBuf>,
    /// Overwrite existing output files.
    #[arg(long)]
    pub force: bool,
    /// Which answers to print: all, unique or none; the default folds them to a line a cell.
    #[arg(long, value_name = "WHICH")]
    pub show: Option<Show>,
    /// The same as --show all.
    #[arg(long, conflicts_with = "show")]
    pub show_all_runs: bool,
    /// Print the models' visible reasoning with their answers.
    #[arg(long)]
    pub include_reasoning: bool,
}

/// A machine format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    Json,
    Csv,
    Markdown,
    Html,
    /// Rows in typed columns; needs a build with the feature `parquet`.
    Parquet,
}

/// Which answers to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Show {
    All,
    Unique,
    None,
}

/// Where runs are stored, for commands that read them.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct StoreArgs {
    /// Store file instead of the one in the platform's data folder.
    #[arg(long, value_name = "FILE")]
    pub store: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    /// The run: its id, the beginning of it, or `last`.
    pub run: String,
    /// Make failed calls again too.
    #[arg(long)]
    pub retry_errors: bool,
    /// A new cap over the whole run, earlier spending included; without it the run's own cap holds.
    #[arg(long, value_name = "USD", value_parser = money)]
    pub max_cost: Option<f64>,
    /// Base URL of the local server.
    #[arg(long, value_name = "URL")]
    pub local_url: Option<String>,
    /// Let --local-url name another machine.
    #[arg(long)]
    pub allow_remote_local: bool,
    /// Do not show answers while they stream.
    #[arg(long)]
    pub no_stream: bool,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The run: its id, the beginning of it, or `last`.
    pub run: String,
    /// Score the stored answers by the checks of this suite instead of their own; items are matched by id.
    #[arg(long, value_name = "FILE")]
    pub suite: Option<PathBuf>,
    #[command(flatten)]
    pub checks: CheckArgs,
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
pub(crate) struct HistoryArgs {
    /// Show how the runs of one experiment moved over time, each held against the first: a suite's name or file, or the beginning of an experiment key; without a word the newest experiment that was run twice.
    #[arg(long, value_name = "SUITE|KEY", num_args = 0..=1, default_missing_value = "")]
    pub drift: Option<String>,
    #[command(flatten)]
    pub statistics: MovementArgs,
    /// Most runs to list.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
    /// `json` for scripts.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
    pub output_format: Option<ListFormat>,
    #[command(flatten)]
    pub store: StoreArgs,
}

/// A format of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Table,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The run: its id, the beginning of it, or `last`.
    pub run: String,
    /// One call of it (`p7` or `7`): request, attempts, answer and raw response.
    #[arg(long, value_name = "ROW")]
    pub call: Option<String>,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The run: its id, the beginning of it, or `last`.
    pub run: String,
    /// The file to write: .json, .csv, .md, .markdown, .html or .parquet.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// json, csv, markdown, html or parquet; without --output the payload goes to standard output.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
    pub output_format: Option<OutputFormat>,
    /// Write the checks as JUnit XML.
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write failed checks and marks of fabrication as SARIF 2.1.0.
    #[arg(long, value_name = "FILE")]
    pub sarif: Option<PathBuf>,
    /// Overwrite an existing file.
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub decision: DecisionArgs,
    #[command(flatten)]
    pub store: StoreArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ListModelsArgs {
    /// Ask the local server which models it has.
    #[arg(long)]
    pub local: bool,
    /// Base URL of the local server.
    #[arg(long, value_name = "URL")]
    pub local_url: Option<String>,
    /// Let --local-url name another machine.
    #[arg(long)]
    pub allow_remote_local: bool,
    /// Only this provider.
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// `json` for scripts.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
    pub output_format: Option<ListFormat>,
}

#[derive(Debug, Args)]
pub(crate) struct PricingArgs {
    /// One model; without it, all.
    pub model: Option<String>,
    /// All models (the default without MODEL).
    #[arg(long)]
    pub all: bool,
    /// `json` for scripts.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
    pub output_format: Option<ListFormat>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// List the catalog and what is on this machine.
    List {
        /// `json` for scripts.
        #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
        output_format: Option<ListFormat>,
    },
    /// Download, verify and prepare a model.
    Pull {
        /// Catalog name.
        name: String,
    },
    /// Remove a model's files from this machine.
    Rm {
        /// Catalog name.
        name: String,
    },
    /// Print the path of a model's file.
    Path {
        /// Catalog name.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List providers and where their key comes from; never a key.
    List {
        /// `json` for scripts.
        #[arg(long, visible_alias = "format", value_name = "FORMAT", ignore_case = true)]
        output_format: Option<ListFormat>,
    },
    /// Store a key, asked for without echo or read from standard input.
    Set {
        /// The provider, or `local`.
        provider: String,
        /// Store in the key file (readable by you alone) instead of the keychain: for machines without one.
        #[arg(long)]
        file: bool,
        /// For `local`: the server's base URL.
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
    },
    /// Delete a stored key; fine when there is none.
    Delete {
        /// The provider.
        provider: String,
    },
    /// Ask a provider's model list with the key, which costs nothing.
    Test {
        /// The provider; all configured ones without it.
        provider: Option<String>,
    },
}

fn finite(word: &str) -> Result<f64, String> {
    word.trim()
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())
        .ok_or_else(|| "expected a finite number".to_owned())
}

fn money(word: &str) -> Result<f64, String> {
    finite(word.trim().trim_start_matches('$'))
        .ok()
        .filter(|value| *value >= 0.0)
        .ok_or_else(|| "expected an amount of dollars, 0 or more".to_owned())
}

fn seconds(word: &str) -> Result<f64, String> {
    finite(word)
        .ok()
        .filter(|value| *value > 0.0 && *value <= 1e6)
        .ok_or_else(|| "expected a number of seconds above 0".to_owned())
}

fn above_zero(word: &str) -> Result<f64, String> {
    finite(word).ok().filter(|value| *value > 0.0).ok_or_else(|| "expected a number above 0".to_owned())
}

fn margin(word: &str) -> Result<f64, String> {
    finite(word).ok().filter(|value| *value >= 0.0).ok_or_else(|| "expected a number, 0 or more".to_owned())
}

fn open_unit(word: &str) -> Result<f64, String> {
    finite(word)
        .ok()
        .filter(|value| *value > 0.0 && *value < 1.0)
        .ok_or_else(|| "expected a number between 0 and 1, both excluded".to_owned())
}

fn rate(word: &str) -> Result<f64, String> {
    finite(word)
        .ok()
        .filter(|value| (0.0..=1.0).contains(value))
        .ok_or_else(|| "expected a share between 0 and 1".to_owned())
}
