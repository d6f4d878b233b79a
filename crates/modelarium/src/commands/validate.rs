//! `validate`: every mistake in a suite, before any money is spent.

use std::collections::BTreeSet;

use checks::{Check, ExternalTask, ScriptCommand};
use report::{escape, figures};
use serde_json::{Value, json};
use suites::{LoadOptions, Problems, Suite};

use crate::cli::{ListFormat, ValidateArgs};
use crate::exit::{Exit, Outcome};
use crate::session::Session;
use crate::suite;

/// Reads the suite as `batch` would and runs nothing.
pub(crate) fn run(session: &mut Session, arguments: ValidateArgs) -> Outcome {
    let as_json = arguments.output_format == Some(ListFormat::Json);
    match suites::load(&arguments.suite, &LoadOptions::default()) {
        Ok(suite) => {
            let outside = Outside::of(&suite);
            if as_json {
                session.printer.payload(format!("{:#}\n", outside.json(&suite)).as_bytes());
            } else {
                session.printer.result(&outside.text(&suite));
            }
            Ok(Exit::Done)
        }
        Err(problems) => {
            if as_json {
                session.printer.payload(format!("{:#}\n", listed(&problems)).as_bytes());
            } else {
                suite::print(session, &problems);
            }
            Err(suite::refusal(&arguments.suite, &problems))
        }
    }
}

fn listed(problems: &Problems) -> Value {
    let problems: Vec<Value> = problems
        .0
        .iter()
        .map(|problem| {
            json!({
                "file": problem.file.display().to_string(),
                "line": problem.line,
                "column": problem.column,
                "message": problem.message,
                "hint": problem.hint,
            })
        })
        .collect();
    json!({ "valid": false, "problems": problems })
}

/// What the checks of a suite ask of the outside world.
#[derive(Debug, Default)]
struct Outside {
    checks: u64,
    judge_checks: u64,
    script_checks: u64,
    programs: BTreeSet<String>,
}

impl Outside {
    fn of(suite: &Suite) -> Self {
        let mut outside = Self::default();
        for item in &suite.items {
            outside.checks += item.checks.len() as u64;
            for (top, spec) in item.checks.iter().enumerate() {
                let Ok(check) = Check::compile(spec) else { continue };
                for external in check.externals(top) {
                    match external.task {
                        ExternalTask::Judge(_) => outside.judge_checks += 1,
                        ExternalTask::Script(script) => {
                            outside.script_checks += 1;
                            outside.programs.insert(match script.command {
                                ScriptCommand::Argv(words) => words.join(" "),
                                ScriptCommand::Shell(line) => format!("shell: {line}"),
                            });
                        }
                    }
                }
            }
        }
        outside
    }

    fn text(&self, suite: &Suite) -> String {
        let mut text = format!(
            "{}, {}, no problems\n",
            figures::plural(suite.items.len() as u64, "item", "items"),
            figures::plural(self.checks, "check", "checks")
        );
        for note in &suite.notes {
            text.push_str(&format!("note: {}\n", escape::terminal::line(note)));
        }
        if self.judge_checks > 0 {
            text.push_str(&format!(
                "{} would ask a judge about each answer{}\n",
                figures::plural(self.judge_checks, "check", "checks"),
                if suite.defaults.judges.is_some() { "" } else { "; name one with --judge MODEL" }
            ));
        }
        if self.script_checks > 0 {
            text.push_str("Programs that would run on this machine, once for each answer:\n");
            for program in &self.programs {
                text.push_str(&format!("  {}\n", escape::terminal::line(program)));
            }
        }
        text
    }

    fn json(&self, suite: &Suite) -> Value {
        json!({
            "valid": true,
            "name": suite.name,
            "items": suite.items.len(),
            "checks": self.checks,
            "judge_checks": self.judge_checks,
            "script_checks": self.script_checks,
            "programs": self.programs,
            "notes": suite.notes,
            "problems": [],
        })
    }
}
