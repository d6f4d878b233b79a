//! What is published is what the program does: the schemas, the reference of the command line, the names of conditions.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Home, toy, two_toys};

const HEAD: &str = "# PennyTune's command line\n\nEvery command with its full help, made from the program by its tests \
                    (`PENNYTUNE_UPDATE=1 cargo test -p pennytune --test cli published` writes it anew). Do not edit.\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares with a published file, or writes it where the developer asks for that.
fn is_published(path: &str, text: &str) {
    let path = root().join(path);
    if std::env::var_os("PENNYTUNE_UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let shown = path.display();
    assert_eq!(published, text, "{shown} is stale: PENNYTUNE_UPDATE=1 cargo test -p pennytune --test cli published");
}

fn page(command: &mut clap::Command, path: &str, depth: usize, text: &mut String) {
    // A width of its own: the page must not depend on who makes it.
    let help = command.clone().term_width(100).bin_name(path).render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    write!(text, "\n{} {path}\n\n```text\n{}\n```\n", "#".repeat(depth), lines.join("\n").trim_end()).unwrap();
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        let path = format!("{path} {}", sub.get_name());
        page(sub, &path, (depth + 1).min(4), text);
    }
}

/// Lesson 50: help and documentation drift from behaviour unless something holds them together.
#[test]
fn the_reference_of_the_command_line_is_fresh() {
    let mut text = HEAD.to_owned();
    let mut command = pennytune::command();
    command.build();
    page(&mut command, "pennytune", 2, &mut text);
    is_published("docs/pennytune/cli.md", &text);
}

#[test]
fn every_flag_has_help() {
    fn check(command: &clap::Command) {
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
        }
        command.get_subcommands().for_each(check);
    }
    check(&pennytune::command());
}

fn schema(home: &Home, of: &str) -> Value {
    serde_json::from_slice(&home.command(&["schema", of]).output().unwrap().stdout).unwrap()
}

fn holds(schema: &Value, payload: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(payload).map(|error| format!("{}: {error}", error.instance_path())).take(3).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn the_schemas_are_published_and_the_output_holds_to_them() {
    let home = Home::new(two_toys());
    for of in ["inspect", "scan", "diff", "watch"] {
        let text = String::from_utf8(home.command(&["schema", of]).output().unwrap().stdout).unwrap();
        is_published(&format!("docs/schema/pennytune-{of}.schema.json"), &text);
    }
    let day = ["--as-of", "2024-06-01"];
    holds(&schema(&home, "inspect"), &home.json(&[&["inspect", "TOYL"][..], &day].concat()).1);
    holds(&schema(&home, "scan"), &home.json(&[&["scan", "TOYL", "NOSUCH"][..], &day].concat()).1);
    holds(&schema(&home, "diff"), &home.json(&[&["diff", "TOYL", "--since", "2024-04-01"][..], &day].concat()).1);
    holds(&schema(&home, "watch"), &home.json(&["watch", "list"]).1);
    holds(&schema(&home, "diff"), &home.json(&["watch", "check"]).1);
    home.command(&["watch", "add", "TOYL", "TOYS", "--rate", "0"]).assert().success();
    holds(&schema(&home, "watch"), &home.json(&["watch", "list"]).1);
    holds(&schema(&home, "diff"), &home.json(&["watch", "check"]).1);
    // Another output does not hold to them: they do say something.
    let validator = jsonschema::validator_for(&schema(&home, "inspect")).unwrap();
    assert!(!validator.is_valid(&home.json(&["scan", "TOYL", "--as-of", "2024-06-01"]).1));
}

/// The names of the issue's contract for scripts, exactly.
#[test]
fn the_contract_names_are_required_by_the_schema() {
    let home = Home::bare(toy());
    let schema = schema(&home, "inspect");
    let has = |of: &Value, names: &[&str]| {
        for name in names {
            assert!(of["properties"].get(*name).is_some(), "{name} is not among {:?}", of["properties"]);
        }
    };
    has(&schema, &["company", "signals", "events", "factors"]);
    let defined = |name: &str| &schema["$defs"][name];
    has(defined("CompanyView"), &["cik", "name", "tickers", "sic", "as_of", "latest_period"]);
    has(
        defined("Signal"),
        &["id", "status", "why", "value", "zone", "severity", "formula", "source", "inputs", "evidence", "parts"],
    );
    has(defined("Input"), &["name", "value", "unit", "tag", "start", "end", "accession"]);
    has(defined("Evidence"), &["quote", "form", "item", "filed", "accession", "url"]);
    has(defined("Factor"), &["name", "score", "completeness"]);
    let states: Vec<&str> =
        defined("Status")["oneOf"].as_array().unwrap().iter().filter_map(|one| one["const"].as_str()).collect();
    assert_eq!(states, ["ran", "not_run", "not_applicable"]);
}

#[test]
fn every_signal_is_explained_and_every_name_is_listed() {
    let home = Home::bare(toy());
    let names = String::from_utf8(home.command(&["explain", "--fields"]).output().unwrap().stdout).unwrap();
    for id in crate::contract::IDS {
        let page = String::from_utf8(home.command(&["explain", id]).output().unwrap().stdout).unwrap();
        let (head, below) = page.split_once('\n').unwrap();
        assert!(head.starts_with('#') && below.len() > 400, "{id}: {page}");
        for wanted in ["source", "fail"] {
            assert!(below.to_lowercase().contains(wanted), "the page of {id} says nothing of `{wanted}`");
        }
        assert!(names.contains(id), "{id}");
    }
    for name in ["score", "completeness", "runway_months", "listing", "dilution", ".severity"] {
        assert!(names.contains(name), "{name}");
    }
    // The help of scan names them too, or where to find them.
    let help = String::from_utf8(home.command(&["scan", "--help"]).output().unwrap().stdout).unwrap();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for name in ["runway_months", "listing, distress, accounting, dilution, events, insiders", "explain --fields"] {
        assert!(help.contains(name), "{help}");
    }
}
