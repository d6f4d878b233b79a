//! `init`: a commented starter suite that runs on the embedded model, and a workflow that gates on it.

use std::path::{Path, PathBuf};

use report::escape;

use crate::cli::InitArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;

/// Where GitHub looks for workflows.
const WORKFLOW_PATH: &str = ".github/workflows/prompts.yml";

/// A workflow that runs the suite on the embedded model; `@SUITE@` stands for its path.
const WORKFLOW: &str = include_str!("init/prompts.yml");

/// Writes the files and says what to do with them. Nothing is overwritten without leave.
pub(crate) fn run(session: &mut Session, arguments: InitArgs) -> Outcome {
    let file = &arguments.file;
    let readable =
        ["yaml", "yml"].iter().any(|ending| file.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending)));
    if !readable {
        return Err(Failure::usage(format!("the starter suite is YAML, and {} does not end in .yaml", shown(file)))
            .hint("modelarium init suite.yaml"));
    }
    let workflow = arguments.github_actions.then(|| PathBuf::from(WORKFLOW_PATH));
    // Both are checked before either is written.
    for path in std::iter::once(file).chain(&workflow) {
        report::file::refuse_early(path, arguments.force).map_err(|error| Failure::usage(error.to_string()))?;
    }
    write(session, file, suites::starter(), arguments.force)?;
    if let Some(path) = &workflow {
        write(session, path, &workflow_for(file)?, arguments.force)?;
    }
    let name = shown(file);
    session.printer.result(&format!(
        "Next:\n  modelarium validate {name}\n  modelarium batch {name} --models embedded/smollm2-135m\n"
    ));
    Ok(Exit::Done)
}

/// The workflow for a suite at a path, as a shell on the runner would take it.
fn workflow_for(file: &Path) -> Result<String, Failure> {
    let path = file.to_str().map(|path| path.replace('\\', "/")).unwrap_or_default();
    let plain = |character: char| character.is_ascii_alphanumeric() || "._-/".contains(character);
    if file.is_absolute() || path.is_empty() || !path.chars().all(plain) {
        return Err(Failure::usage(format!("a workflow cannot name the suite {}", shown(file)))
            .hint("use a relative path of letters, digits, dots, dashes and slashes"));
    }
    Ok(WORKFLOW.replace("@SUITE@", &path))
}

fn write(session: &Session, path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    report::file::write_atomic(path, text.as_bytes(), force).map_err(|error| Failure::usage(error.to_string()))?;
    session.printer.status(&format!("Written: {}", shown(path)));
    Ok(())
}

fn shown(path: &Path) -> String {
    escape::terminal::line(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_names_the_suite_and_nothing_that_a_shell_would_read() {
        let text = workflow_for(Path::new("prompts/suite.yaml")).unwrap();
        assert!(text.contains("modelarium batch prompts/suite.yaml") && !text.contains("@SUITE@"), "{text}");
        for path in ["a b.yaml", "$(x).yaml", "/abs/suite.yaml", "a;b.yaml"] {
            assert!(workflow_for(Path::new(path)).is_err(), "{path}");
        }
    }
}
