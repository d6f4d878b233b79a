//! The `modelarium` command: arguments, configuration, keys, the terminal, one file a command.
//!
//! Everything another front end would need lives in the rooms below (`evals`, `report`, `llm`).

mod cli;
mod clock;
mod commands;
mod config;
mod deciding;
mod earlier;
mod environment;
mod execute;
mod exit;
mod facts;
mod in_process;
mod input;
mod keys;
mod launch;
mod lineup;
mod live;
mod looks;
mod output;
mod parameters;
mod printer;
mod rescore;
mod routing;
mod scoring;
mod session;
mod source;
mod statistics;
mod suite;
mod texts;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Cli, Command};
use environment::Environment;
use exit::{Exit, Failure, Outcome};
use printer::Printer;
use session::Session;

/// The command line as clap knows it, for documents made from it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    report_crashes();
    let routed = match routing::route(arguments.into_iter().collect()) {
        Ok(routed) => routed,
        Err(failure) => return fail(&Printer::new(cli::ColorChoice::Auto, false), &failure),
    };
    let cli = match Cli::try_parse_from(routed) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; everything else ran nothing and spent nothing.
            let exit = if error.use_stderr() { Exit::NothingRan } else { Exit::Done };
            let _ = error.print();
            return exit.into();
        }
    };
    let Some(command) = cli.command else {
        let _ = Cli::command().print_help();
        return Exit::Done.into();
    };
    match Session::open(&cli.global, Environment::of_process()) {
        Ok(mut session) => match dispatch(&mut session, command) {
            Ok(_) if printer::lost_output() => fail(
                &session.printer,
                &Failure {
                    exit: Exit::CallsFailed,
                    message: "the output could not be written to its end; is the disk full?".to_owned(),
                    hint: Some("a run is stored all the same: modelarium report last -o FILE".to_owned()),
                },
            ),
            Ok(exit) => exit.into(),
            Err(failure) => fail(&session.printer, &failure),
        },
        Err(failure) => fail(&Printer::new(cli.global.color, cli.global.quiet), &failure),
    }
}

/// A crash is a fault of ours: say so, with every frame that a report of it needs and without anything that looks like a key.
fn report_crashes() {
    std::panic::set_hook(Box::new(|panic| {
        let text = format!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
        let redacted = llm::redact::Redactor::default().text(&text).into_owned();
        let printer = Printer::new(cli::ColorChoice::Auto, false);
        printer
            .error("modelarium crashed, which is a fault in it. Calls that had ended are stored: modelarium history");
        printer.status(&report::escape::terminal::block(&redacted));
    }));
}

fn fail(printer: &Printer, failure: &Failure) -> ExitCode {
    printer.error(&failure.message);
    if let Some(hint) = &failure.hint {
        printer.hint(hint);
    }
    failure.exit.into()
}

fn dispatch(session: &mut Session, command: Command) -> Outcome {
    match command {
        Command::Compare(arguments) => commands::compare::run(session, *arguments),
        Command::Batch(arguments) => commands::batch::run(session, *arguments),
        Command::Validate(arguments) => commands::validate::run(session, arguments),
        Command::Init(arguments) => commands::init::run(session, arguments),
        Command::Plan(arguments) => commands::plan::run(session, *arguments),
        Command::Migrate(arguments) => commands::migrate::run(session, *arguments),
        Command::Import(arguments) => commands::import::run(session, *arguments),
        Command::Merge(arguments) => commands::merge::run(session, *arguments),
        Command::Label(arguments) => commands::label::run(session, arguments),
        Command::Resume(arguments) => commands::resume::run(session, arguments),
        Command::Replay(arguments) => commands::replay::run(session, *arguments),
        Command::Diff(arguments) => commands::diff::run(session, arguments),
        Command::Baseline { command } => commands::baseline::run(session, command),
        Command::History(arguments) => commands::history::run(session, arguments),
        Command::View(arguments) => commands::view::run(session, arguments),
        Command::Show(arguments) => commands::show::run(session, arguments),
        Command::Report(arguments) => commands::report::run(session, arguments),
        Command::ListModels(arguments) => commands::list_models::run(session, arguments),
        Command::Pricing(arguments) => commands::pricing::run(session, arguments),
        Command::Models { command } => commands::models::run(session, command),
        Command::Configure => commands::configure::run(session),
        Command::Keys { command } => commands::keys::run(session, command),
        Command::Config => commands::config::run(session),
        Command::Completions { shell } => commands::documents::completions(session, shell),
        Command::Man { dir } => commands::documents::man(session, dir.as_deref()),
        Command::Schema { of } => commands::documents::schema(session, of),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::process::Command;

    /// Set in the process that is to crash.
    const CRASH: &str = "MODELARIUM_TEST_CRASH";

    #[test]
    fn a_crash_keeps_its_frames_and_loses_its_keys_lesson_5() {
        if std::env::var_os(CRASH).is_some() {
            super::run([OsString::from("modelarium"), OsString::from("--version")]);
            panic!("refused: Bearer sk-ant-api03-abcdefghijklmnopqrstuvwxyz");
        }
        let test = "tests::a_crash_keeps_its_frames_and_loses_its_keys_lesson_5";
        let crash = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(CRASH, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&crash.stderr);
        assert!(said.contains("fault in it") && said.contains("[redacted]") && said.contains("lesson_5"), "{said}");
        assert!(!said.contains("abcdefghij"), "{said}");
    }
}
