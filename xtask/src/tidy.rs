//! House rules that clippy cannot know, checked over the files git tracks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::sh::{output, root, say};

/// Crates and the workspace crates they may use. Arrows point down only; see ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    ("llm", &[]),
    ("stats", &[]),
    ("text", &[]),
    ("escape", &[]),
    ("layout", &["escape"]),
    ("scripted-server", &[]),
    ("loopback-edgar", &[]),
    ("edgar", &[]),
    ("forensics", &["edgar", "stats"]),
    ("pennytune", &["edgar", "escape", "forensics", "layout"]),
    ("embedded", &["llm"]),
    ("checks", &["llm", "text"]),
    ("suites", &["checks", "llm"]),
    ("hallucination", &["stats", "text"]),
    ("judges", &["hallucination", "llm", "stats", "text"]),
    ("evals", &["checks", "hallucination", "judges", "llm", "stats", "text"]),
    ("report", &["checks", "escape", "evals", "hallucination", "judges", "layout", "llm", "stats", "text"]),
    (
        "modelarium",
        &["checks", "embedded", "evals", "hallucination", "judges", "llm", "report", "stats", "suites", "text"],
    ),
];

/// Longest file that needs no question; tables and generated code apart.
const MAX_LINES: usize = 900;

/// Checks every rule and reports all that are broken.
pub(crate) fn check() -> anyhow::Result<()> {
    say("== tidy: layering, stray words, file sizes");
    let mut problems = Vec::new();
    for file in tracked() {
        let Ok(text) = fs::read_to_string(root().join(&file)) else { continue };
        words(&file, &text, &mut problems);
        if file.extension().is_some_and(|extension| extension == "rs") {
            rust(&file, &text, &mut problems);
        }
    }
    for (name, allowed) in ARROWS {
        arrows(name, allowed, &mut problems)?;
    }
    if problems.is_empty() {
        return Ok(());
    }
    for problem in &problems {
        say(problem);
    }
    bail!("{} tidy rules broken", problems.len())
}

fn tracked() -> Vec<PathBuf> {
    output("git", &["ls-files", "-z"])
        .unwrap_or_default()
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .filter(|path| path.extension().is_none_or(|extension| extension != "lock"))
        .collect()
}

/// No registry's host and no path of a developer's machine belongs in a commit.
fn words(file: &Path, text: &str, problems: &mut Vec<String>) {
    // Spelt in halves so that this file does not break its own rule.
    let forbidden = [concat!("crates", ".io"), concat!("py", "pi.org"), concat!("npm", "js."), concat!("/wo", "rk/")];
    for (number, line) in text.lines().enumerate() {
        for word in forbidden {
            if line.contains(word) {
                problems.push(format!("{}:{}: `{word}` does not belong in a commit", file.display(), number + 1));
            }
        }
    }
}

fn rust(file: &Path, text: &str, problems: &mut Vec<String>) {
    let name = file.display();
    if text.lines().count() > MAX_LINES {
        problems.push(format!("{name}: {} lines; is there a seam?", text.lines().count()));
    }
    let unfinished = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("#[ig", "nore")];
    for word in unfinished {
        if text.contains(word) {
            problems.push(format!("{name}: `{word}` is unfinished work"));
        }
    }
    let is_module = file.components().any(|part| part.as_os_str() == "src");
    if is_module && !text.starts_with("//!") && !text.starts_with("#!") {
        problems.push(format!("{name}: no `//!` line says what it owns"));
    }
    let library = [
        "checks",
        "edgar",
        "embedded",
        "escape",
        "evals",
        "forensics",
        "hallucination",
        "judges",
        "layout",
        "llm",
        "report",
        "stats",
        "suites",
        "text",
    ];
    if library.iter().any(|krate| file.starts_with(format!("crates/{krate}/src"))) && text.contains("std::env::var") {
        problems.push(format!("{name}: a library reads no environment"));
    }
}

fn arrows(name: &str, allowed: &[&str], problems: &mut Vec<String>) -> anyhow::Result<()> {
    let manifest = fs::read_to_string(root().join(format!("crates/{name}/Cargo.toml")))?;
    let mut in_dependencies = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line == "[dependencies]";
        } else if in_dependencies {
            let dependency = line.split([' ', '.', '=']).next().unwrap_or("");
            let ours = ARROWS.iter().any(|(krate, _)| *krate == dependency);
            if ours && !allowed.contains(&dependency) {
                problems.push(format!("crates/{name} must not use {dependency}: arrows point down only"));
            }
        }
    }
    Ok(())
}
