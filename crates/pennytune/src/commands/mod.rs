//! One file a command, and what all of them stand on.

mod completions;
mod config;
mod diff;
mod explain;
mod init;
mod inspect;
mod scan;
mod schema;
mod sources;
mod watch;

use std::io::IsTerminal;
use std::path::PathBuf;

use edgar::client::{self, Client};
use edgar::identity::Identity;
use edgar::source::{Base, Mirror};

use crate::cli::{Cli, Command, Format, Global};
use crate::config::Stored;
use crate::disclaimer;
use crate::exit::{Exit, Failure, Outcome};
use crate::places::Places;
use crate::printer::Printer;

/// What every command has at hand.
pub(crate) struct Session<'a> {
    pub(crate) global: &'a Global,
    pub(crate) printer: &'a Printer,
    pub(crate) places: Places,
    pub(crate) stored: Stored,
}

/// Runs the command.
pub(crate) fn run(cli: &Cli, printer: &Printer) -> Outcome {
    outputs(cli)?;
    // These answer without a configuration, even on a machine where there can be none.
    match &cli.command {
        Command::Disclaimer => {
            return present(&cli.global, printer, &disclaimer::whole(printer.width())).map(|()| Exit::Produced);
        }
        Command::Sources => return sources::run(&cli.global, printer),
        Command::Explain(arguments) => return explain::run(&cli.global, printer, arguments),
        Command::Schema(asked) => return schema::run(&cli.global, printer, asked),
        Command::Completions { shell } => return completions::run(printer, *shell),
        _ => {}
    }
    let places = Places::find()?;
    let path = cli.global.config.clone().unwrap_or_else(|| places.config.join("config.toml"));
    let stored = Stored::read(&path)?;
    let mut session = Session { global: &cli.global, printer, places, stored };
    match &cli.command {
        Command::Init(arguments) => init::run(&mut session, arguments),
        Command::Inspect(arguments) => inspect::run(&session, arguments),
        Command::Scan(arguments) => scan::run(&session, arguments),
        Command::Watch(arguments) => watch::run(&session, arguments),
        Command::Diff(arguments) => diff::run(&session, arguments),
        Command::Config(arguments) => config::run(&mut session, arguments),
        Command::Disclaimer
        | Command::Sources
        | Command::Explain(_)
        | Command::Schema(_)
        | Command::Completions { .. } => Ok(Exit::Produced),
    }
}

/// A ticker or a key without what a paste brings along: spaces of all kinds, a dollar sign, quotes, commas.
fn pasted(given: &str) -> &str {
    given.trim_matches(|character: char| {
        character.is_whitespace()
            || character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
            || matches!(character, '$' | ',' | ';' | '"' | '\'' | '`' | '“' | '”' | '‘' | '’')
    })
}

/// Several of them, however they are separated.
fn pasted_all(given: &[String]) -> impl Iterator<Item = &str> {
    given
        .iter()
        .flat_map(|one| one.split(|character: char| character.is_whitespace() || matches!(character, ',' | ';')))
        .map(pasted)
        .filter(|one| !one.is_empty())
}

/// Refuses a format that a command does not have, and a file that cannot be written, before anything is fetched.
fn outputs(cli: &Cli) -> Result<(), Failure> {
    let global = &cli.global;
    if global.json && global.format.is_some_and(|format| format != Format::Json) {
        return Err(Failure::usage("--json and --format ask for different things").hint("give one of them"));
    }
    let format = global.chosen_format();
    let tables = matches!(cli.command, Command::Inspect(_) | Command::Scan(_));
    let prose = tables || matches!(cli.command, Command::Explain(_));
    let name = match format {
        Format::Markdown if !prose => Some("Markdown"),
        Format::Csv if !tables => Some("CSV"),
        Format::Parquet if !tables => Some("Parquet"),
        _ => None,
    };
    if let Some(name) = name {
        return Err(Failure::usage(format!("this command does not write {name}"))
            .hint("`inspect` and `scan` do; the others write text, and JSON with --json"));
    }
    if format == Format::Parquet && global.output.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::usage("Parquet is not for a terminal").hint("name a file: --output signals.parquet"));
    }
    if cfg!(not(feature = "parquet")) && format == Format::Parquet {
        return Err(Failure::usage("this build does not write Parquet").hint("build it with `--features parquet`"));
    }
    let Some(path) = &global.output else { return Ok(()) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let why = if path.is_dir() {
        "it is a folder"
    } else if path.file_name().is_none() {
        "it names no file"
    } else if folder.is_some_and(|folder| !folder.is_dir()) {
        "its folder is not there"
    } else {
        return Ok(());
    };
    Err(Failure::usage(format!("{} cannot be written: {why}", path.display())).hint("name another file with --output"))
}

/// Writes a text for a person to `--output`, without colours, or to standard output.
pub(crate) fn present(global: &Global, printer: &Printer, text: &str) -> Result<(), Failure> {
    if global.output.is_some() {
        return deliver(global, printer, layout::style::strip(text).as_bytes());
    }
    printer.result(text);
    Ok(())
}

/// Parquet of companies' signals.
#[cfg(feature = "parquet")]
pub(crate) fn tabled<E: std::fmt::Display>(bytes: Result<Vec<u8>, E>) -> Result<Vec<u8>, Failure> {
    bytes.map_err(|error| Failure::new(Exit::Partial, format!("the Parquet file could not be made: {error}")))
}

/// Writes bytes to `--output`, or to standard output.
pub(crate) fn deliver(global: &Global, printer: &Printer, bytes: &[u8]) -> Result<(), Failure> {
    match &global.output {
        None => printer.payload(bytes),
        Some(path) => {
            write_whole(path, bytes).map_err(|error| {
                Failure::usage(format!("{} cannot be written: {error}", path.display()))
                    .hint("nothing else was changed; name another file with --output")
            })?;
            printer.status(&format!("Written to {}.", escape::terminal::line(&path.display().to_string())));
        }
    }
    Ok(())
}

/// Writes beside the file and renames, so that a full disk leaves the old one.
fn write_whole(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    let name = path.file_name().map_or_else(|| "out".into(), std::ffi::OsStr::to_string_lossy).into_owned();
    let beside: PathBuf = path.with_file_name(format!(".{name}.{}", std::process::id()));
    std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path)).inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}

impl Session<'_> {
    /// The format of the result.
    pub(crate) fn format(&self) -> Format {
        self.global.chosen_format()
    }

    /// Whether addresses may be hidden behind texts: never in a file.
    pub(crate) fn links(&self) -> bool {
        self.global.output.is_none() && self.printer.links()
    }

    /// The day of the reading.
    pub(crate) fn as_of(&self) -> Result<jiff::civil::Date, Failure> {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        match self.global.as_of {
            Some(day) if day > today => {
                Err(Failure::usage(format!("{day} is in the future: nobody knows what will be public then")))
            }
            Some(day) => Ok(day),
            None => Ok(today),
        }
    }

    /// A client for EDGAR. Refuses until the identity is stored and the risks are understood.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let config = &self.stored.config;
        let hint = "run `pennytune init` once; the SEC asks programs for a name and an e-mail address";
        let identity: Identity = config
            .identity
            .as_deref()
            .ok_or_else(|| Failure::not_configured("PennyTune does not know yet who asks the SEC").hint(hint))?
            .parse()
            .map_err(|error| Failure::not_configured(format!("{error}")).hint(hint))?;
        if !config.risks_understood {
            return Err(Failure::not_configured("you have not said yet that you understand what the tool is not")
                .hint("read `pennytune disclaimer`, then run `pennytune init`"));
        }
        let environment = std::env::var("PENNYTUNE_EDGAR_URL").ok().filter(|value| !value.is_empty());
        let url = self.global.edgar_url.clone().or(environment).or_else(|| config.edgar_url.clone());
        let base = match url {
            None => Base::Sec,
            Some(url) => Base::Mirror(url.parse::<Mirror>().map_err(|error| Failure::usage(error.to_string()))?),
        };
        let rate = match self.global.rate.or(config.requests_per_second) {
            None => client::Rate::PerSecond(edgar::limiter::MOST),
            Some(0) => client::Rate::Lifted,
            Some(rate) if rate <= edgar::limiter::MOST => client::Rate::PerSecond(rate),
            Some(rate) => {
                return Err(Failure::usage(format!("{rate} requests a second are more than the SEC allows"))
                    .hint(format!("give 1 to {}", edgar::limiter::MOST)));
            }
        };
        let cache = (!self.global.no_cache).then(|| self.places.cache.clone());
        let limiter = Some(self.places.cache.join("fair-access"));
        let proxy = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
            .filter(|value| !value.is_empty() && matches!(base, Base::Sec));
        let setup = client::Config {
            base,
            rate,
            cache,
            limiter,
            offline: self.global.offline,
            proxy,
            ..client::Config::new(identity)
        };
        Client::new(setup).map_err(|error| match error {
            client::BadConfig::OfflineWithoutCache(_) => Failure::not_configured(error.to_string()),
            _ => Failure::usage(error.to_string()),
        })
    }

    /// What the examination is asked to weigh.
    pub(crate) fn settings(&self) -> forensics::examine::Settings {
        forensics::examine::Settings { weights: self.stored.config.weights.clone() }
    }

    /// Says once what the client could not do as it should.
    pub(crate) fn tell(&self, client: &Client) {
        for warning in client.warnings() {
            self.printer.warning(&escape::terminal::line(&warning));
        }
        if self.global.verbose {
            let stats = client.stats();
            self.printer.status(&format!(
                "{} requests, {} answers from the cache, {} confirmed unchanged, {} bytes received.",
                stats.requests, stats.from_cache, stats.revalidated, stats.bytes
            ));
        }
    }
}
