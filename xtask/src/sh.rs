//! Running other programs, and the one place of this crate that prints.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

/// One program to run, under a name a reader of the log can find.
pub(crate) struct Step {
    name: String,
    command: Command,
    line: String,
}

impl Step {
    /// `program` with `arguments`, from the workspace's root.
    pub(crate) fn new(name: &str, program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(root());
        Self { name: name.to_owned(), command, line: format!("{program} {}", arguments.join(" ")) }
    }

    /// With more arguments.
    pub(crate) fn args(mut self, arguments: &[String]) -> Self {
        self.command.args(arguments);
        self
    }

    /// With an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With several environment variables.
    pub(crate) fn envs(self, pairs: &[(&str, &str)]) -> Self {
        pairs.iter().fold(self, |step, (name, value)| step.env(name, value))
    }
}

/// A cargo step with the cargo that runs us.
pub(crate) fn cargo(name: &str, arguments: &[&str]) -> Step {
    // `cargo +nightly` is rustup's doing, not cargo's.
    let program = if arguments.first().is_some_and(|first| first.starts_with('+')) {
        "cargo".to_owned()
    } else {
        std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
    };
    Step::new(name, &program, arguments)
}

/// Runs a step to its end; its output goes where ours goes.
pub(crate) fn run(step: &Step) -> anyhow::Result<()> {
    say(&format!("== {}: {}", step.name, step.line));
    let mut command = Command::new(step.command.get_program());
    command.args(step.command.get_args()).current_dir(root());
    for (name, value) in step.command.get_envs() {
        command.env(name, value.unwrap_or(OsStr::new("")));
    }
    let status = command.status().with_context(|| format!("{} cannot be started", step.line))?;
    if !status.success() {
        bail!("{} failed ({status}); to see it alone: {}", step.name, step.line);
    }
    Ok(())
}

/// Standard output of a program, or `None` when it fails or is absent.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(root()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether rustup has the standard library of a target.
pub(crate) fn has_target(target: &str) -> bool {
    output("rustup", &["target", "list", "--installed"]).is_some_and(|list| list.lines().any(|line| line == target))
}

/// Stems of the files with this extension in a folder, sorted.
pub(crate) fn names_in(folder: &str, extension: &str) -> anyhow::Result<Vec<String>> {
    let mut names: Vec<String> = std::fs::read_dir(root().join(folder))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension() == Some(OsStr::new(extension)))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// The workspace's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// A line for the person who runs this.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
