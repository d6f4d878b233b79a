//! `view`: the report of a run as one HTML file, opened in a browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use report::escape;

use crate::cli::{OutputArgs, OutputFormat, ViewArgs};
use crate::deciding;
use crate::environment::{BROWSER, DISPLAYS, Environment};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Destination;
use crate::session::Session;
use crate::source;

/// Writes the file, says where it is, and opens it where something can.
pub(crate) fn run(session: &mut Session, arguments: ViewArgs) -> Outcome {
    if arguments.print_path {
        session.printer.reserve_stdout();
    }
    let store = session.config.store(arguments.store.store.as_deref()).value;
    let word = arguments.run.as_deref().unwrap_or("last");
    let mut run = source::run(session, &store, word)?;
    deciding::override_stored(&mut run, &arguments.decision)?;
    let (file, force) = match arguments.output {
        Some(file) => (file, arguments.force),
        // Ours to make anew: the same run gives the same file.
        None => (own_file(session, &run.plan.header.run_id)?, true),
    };
    let output = OutputArgs {
        output: Some(file.clone()),
        output_format: Some(OutputFormat::Html),
        force,
        ..OutputArgs::default()
    };
    let destination = Destination::of(&output)?.sparing([&PathBuf::from(word)])?.with_raw_of(&store);
    destination.emit_payload(session, run)?;
    let path = std::path::absolute(&file).unwrap_or(file);
    if arguments.print_path {
        session.printer.payload(format!("{}\n", path.display()).as_bytes());
        return Ok(Exit::Done);
    }
    session.printer.result(&format!("{}\n", escape::terminal::line(&path.display().to_string())));
    match opener(&session.config.environment, &path) {
        None => session.printer.status("No display here, so nothing was opened: take the file to a browser."),
        Some(mut opener) => {
            let opened = opener.status().is_ok_and(|status| status.success());
            if !opened {
                session.printer.warning("the browser could not be started; open the file above in one");
            }
        }
    }
    Ok(Exit::Done)
}

/// A file in the cache, in a folder that is the user's alone: it holds prompts and answers.
fn own_file(session: &Session, run_id: &str) -> Result<PathBuf, Failure> {
    let folder = session.config.paths.reports_dir();
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).map_err(|error| {
        Failure::usage(format!("the folder {} cannot be made: {error}", folder.display()))
            .hint("name a file of your own: modelarium view RUN -o report.html")
    })?;
    // A run that was read from a file may call itself anything.
    let name: String = run_id.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    Ok(folder.join(format!("{name}.html")))
}

/// What opens a file: `$BROWSER`, else the platform's own; `None` where there is no display to open it on.
fn opener(environment: &Environment, path: &Path) -> Option<Command> {
    if let Some(named) = environment.get(BROWSER) {
        // A list parted as PATH is; the first entry that names something. No shell: words are parted at spaces.
        let separator = if cfg!(windows) { ';' } else { ':' };
        let first = named.split(separator).find(|entry| !entry.trim().is_empty())?;
        let mut words = first.split_whitespace();
        let mut command = Command::new(words.next()?);
        let shown = path.display().to_string();
        let arguments: Vec<&str> = words.collect();
        let placed = arguments.iter().any(|word| word.contains("%s"));
        command.args(arguments.iter().map(|word| word.replace("%s", &shown)));
        if !placed {
            command.arg(path);
        }
        return Some(command);
    }
    if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]).arg(path);
        return Some(command);
    }
    if cfg!(target_os = "macos") {
        let mut command = Command::new("open");
        command.arg(path);
        return Some(command);
    }
    environment.first(DISPLAYS)?;
    let mut command = Command::new("xdg-open");
    command.arg(path);
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(environment: Environment) -> Option<Vec<String>> {
        let command = opener(&environment, Path::new("/tmp/a b.html"))?;
        let all = std::iter::once(command.get_program()).chain(command.get_args());
        Some(all.map(|word| word.to_string_lossy().into_owned()).collect())
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_browser_is_the_named_one_or_the_platforms_where_there_is_a_display() {
        assert_eq!(words(Environment::from([])), None);
        assert_eq!(words(Environment::from([("DISPLAY", ":0")])).unwrap(), ["xdg-open", "/tmp/a b.html"]);
        assert_eq!(words(Environment::from([("BROWSER", ":w3m:links")])).unwrap(), ["w3m", "/tmp/a b.html"]);
        // No shell reads it: a file's name stays one word, whatever is in it.
        let placed = words(Environment::from([("BROWSER", "firefox --new-tab %s")])).unwrap();
        assert_eq!(placed, ["firefox", "--new-tab", "/tmp/a b.html"]);
    }
}
