//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// Reads a small company's SEC filings and lays out the forensic red flags, each with its figure, formula, quote and
/// a link to the exact filing. Evidence, not verdicts: no advice, no price data, no key, no account.
#[derive(Debug, Parser)]
#[command(
    name = "pennytune",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 produced, 1 a part could not be read, 2 usage, 3 not configured, 4 EDGAR not reached, \
                  130 interrupted.\nFirst: pennytune init    Then: pennytune inspect TICKER"
)]
pub struct Cli {
    /// Options of every command, before or after it.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person.
    Terminal,
    /// Every value and trail; see `pennytune schema`.
    Json,
    /// For an issue or a note.
    Markdown,
    /// A row a signal; of a timeline a row an event.
    Csv,
    /// The same in typed columns, with every input and quote; to a file or a pipe.
    Parquet,
}

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// JSON with every value and trail, the same as --format json
    #[arg(long, global = true)]
    pub json: bool,
    /// How to write the result
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write the result to a file; its ending chooses the format unless --format does
    #[arg(long, short, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show only what was public on that day (YYYY-MM-DD)
    #[arg(long, global = true, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Answer from the cache alone and say how old it is
    #[arg(long, global = true)]
    pub offline: bool,
    /// A mirror that has all of the SEC's paths under one base [env: PENNYTUNE_EDGAR_URL]
    #[arg(long, global = true, value_name = "BASE")]
    pub edgar_url: Option<String>,
    /// Requests per second, at most 10 over all processes of this machine; 0 lifts the limit of a mirror
    #[arg(long, global = true, value_name = "N")]
    pub rate: Option<u32>,
    /// Configuration file [env: PENNYTUNE_CONFIG_DIR names its folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep nothing on disk
    #[arg(long, global = true)]
    pub no_cache: bool,
    /// Nothing on standard error but warnings and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Say what was fetched and what could not be read
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub color: Option<Color>,
    /// The same as --color never
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Ask nothing
    #[arg(long, short, global = true)]
    pub yes: bool,
}

impl Global {
    /// Colours as asked for.
    pub(crate) fn color(&self) -> anstream::ColorChoice {
        if self.no_color {
            return anstream::ColorChoice::Never;
        }
        match self.color.unwrap_or_default() {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::AlwaysAnsi,
            Color::Never => anstream::ColorChoice::Never,
        }
    }

    /// The format asked for: by name, by the ending of the file, else for a person.
    pub(crate) fn chosen_format(&self) -> Format {
        if self.json {
            return Format::Json;
        }
        let ending = self.output.as_ref().and_then(|path| path.extension()).and_then(|ending| ending.to_str());
        self.format.unwrap_or(match ending {
            Some("json") => Format::Json,
            Some("md" | "markdown") => Format::Markdown,
            Some("csv") => Format::Csv,
            Some("parquet" | "pq") => Format::Parquet,
            _ => Format::Terminal,
        })
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Store who you are for the SEC, once: a name and an e-mail address, kept on this machine
    Init(Init),
    /// Read one company's filings and lay out what they say
    Inspect(Inspect),
    /// Rank several companies by what their filings say
    Scan(Scan),
    /// Companies to keep an eye on, and what is new about them
    #[command(subcommand)]
    Watch(Watch),
    /// What is new about a company since the last look
    Diff(Diff),
    /// A signal's formula, source, example and known failure modes
    Explain(Explain),
    /// Where everything comes from
    Sources,
    /// What the tool is not
    Disclaimer,
    /// Read and change the configuration
    #[command(subcommand)]
    Config(Config),
    /// The JSON Schema of what --json prints
    Schema(Schema),
    /// A completion script for your shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Whether the command may ask EDGAR, and so may take long enough to be interrupted.
    pub(crate) fn fetches(&self) -> bool {
        matches!(self, Self::Inspect(_) | Self::Scan(_) | Self::Watch(_) | Self::Diff(_))
    }
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Your name and e-mail address as the SEC asks for them: "Jane Doe jane@example.com"
    #[arg(long, value_name = "NAME EMAIL")]
    pub identity: Option<String>,
    /// You have read `pennytune disclaimer`
    #[arg(long)]
    pub i_understand_the_risks: bool,
}

/// What `scan --help` ends with; a test holds it to the names that there are.
const AFTER_SCAN: &str = "\
Conditions: a signal is true where something worth a look was found; compared with a number it is its figure, with a \
word its severity (info, caution, high, critical) or zone. and, or, not and brackets join them.
  --where 'going_concern and runway_months < 6'
  --where 'altman_z2 < 1.1 or delisting >= high'
  --where 'dilution > 50 and not insiders'
Names: score, completeness, runway_months; the factors listing, distress, accounting, dilution, events, insiders; and \
every signal. `pennytune explain --fields` lists them all.

Ctrl-C shows what was read until then and ends with 130; what was fetched is kept.";

/// `inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// A ticker or a CIK
    pub ticker: String,
    /// Show this signal whole: value, inputs, quotes (also a group: dilution, distress, accounting, insiders, events)
    #[arg(long, value_name = "SIGNAL")]
    pub signal: Vec<String>,
    /// Show every input and quote behind every flag
    #[arg(long)]
    pub evidence: bool,
    /// The events in their order, newest first
    #[arg(long)]
    pub timeline: bool,
    /// Signals that found nothing and those that could not run, too
    #[arg(long)]
    pub all: bool,
}

/// `scan`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_SCAN)]
pub struct Scan {
    /// Tickers or CIKs; the watchlist when none is given
    pub tickers: Vec<String>,
    /// The companies of the watchlist
    #[arg(long)]
    pub watchlist: bool,
    /// Keep companies for which this holds: "going_concern and runway_months < 6"
    #[arg(long = "where", value_name = "EXPRESSION")]
    pub filter: Option<String>,
    /// Order by a factor, a signal or `score`, the gravest first
    #[arg(long, value_name = "NAME", default_value = "score")]
    pub sort: String,
    /// Show this many
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
}

/// `watch`.
#[derive(Debug, Subcommand)]
pub enum Watch {
    /// Add companies
    Add {
        /// Tickers or CIKs
        #[arg(required = true)]
        tickers: Vec<String>,
    },
    /// Take companies off the list
    Rm {
        /// Tickers or CIKs
        #[arg(required = true)]
        tickers: Vec<String>,
    },
    /// The companies, with what was seen last
    List,
    /// Read them all again and say what is new
    Check,
}

/// `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// A ticker or a CIK
    pub ticker: String,
    /// Compare with this day instead of the last look
    #[arg(long, value_name = "DATE")]
    pub since: Option<Date>,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The signal; all of them are listed when none is named
    pub signal: Option<String>,
    /// The names that `scan --where` and `scan --sort` understand
    #[arg(long, conflicts_with = "signal")]
    pub fields: bool,
}

/// `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// Of this output; of all of them when none is named
    #[arg(value_enum)]
    pub of: Option<Published>,
}

/// An output whose shape is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Published {
    /// `inspect --json`: one company
    Inspect,
    /// `scan --json`: several companies
    Scan,
    /// `diff --json` and `watch check --json`: what is new about companies
    Diff,
    /// `watch list --json`: the watchlist
    Watch,
}

/// `config`.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Show one value, or all
    Get {
        /// Such as `weights.dilution`
        key: Option<String>,
    },
    /// Change a value
    Set {
        /// Such as `weights.dilution`
        key: String,
        /// The new value
        value: String,
    },
    /// Where the file is
    Path,
}
