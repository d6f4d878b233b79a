//! Suites: a judged batch against the ideal schedule of its server, and validation of a large file.

use std::fmt::Write;
use std::process::Command;

use anyhow::{Context, bail};
use scripted_server::{Pace, Response, Script, Server, Tokens, Wire};
use serde_json::Value;

use crate::process::{run, tool};
use crate::table::{Table, median};

const ITEMS: u32 = 1000;
const CONCURRENCY: u32 = 20;
/// An answer or a verdict: the first of ten tokens after 50 ms, the rest 5 ms apart, 95 ms in all.
const PACE: Pace = Pace::millis(50, 5);
const STREAM_SECONDS: f64 = 0.095;

/// A thousand items with a check, each answered and judged; both at one provider, so the ideal is
/// two thousand streams through its slots.
pub(crate) fn judged(table: &mut Table) -> anyhow::Result<()> {
    let server = Server::start(|request| {
        let is_judge = request.json()["model"] == "gpt-4o";
        let script = if is_judge {
            Script::text(
                "gpt-4o",
                &[r#"{"reasoning": "#, "\"Right", " and", " short", ".\"", ",", " \"score\"", ":", " 8", "}"],
            )
        } else {
            Script::text(
                "gpt-4o-mini",
                &["The ", "answer ", "is ", "number ", "seven ", "of ", "the ", "ten ", "words", "."],
            )
        };
        let script = script.usage(Some(Tokens { input: 10, output: 10, ..Tokens::default() }));
        Response::paced(Wire::OpenAiChat.events(&script), PACE)
    })?;
    let folder = tempfile::tempdir()?;
    let suite = folder.path().join("suite.jsonl");
    let mut text = String::new();
    for item in 0..ITEMS {
        writeln!(
            text,
            r#"{{"id": "i{item}", "prompt": "What is number {item}?", "checks": [{{"type": "contains", "value": "answer"}}]}}"#
        )?;
    }
    std::fs::write(&suite, text)?;
    let mut walls = Vec::new();
    let mut peaks = Vec::new();
    for round in 0..3 {
        let home = folder.path().join(format!("home-{round}"));
        let usage = run(Command::new(tool()?)
            .arg("batch")
            .arg(&suite)
            .args(["--models", "gpt-4o-mini", "--judge", "gpt-4o", "--judge-relatives", "--output-format", "json"])
            .args(["--concurrency", &CONCURRENCY.to_string()])
            .env("MODELARIUM_DATA_DIR", &home)
            .env("OPENAI_API_KEY", "sk-bench0000000000000000000000")
            .env("OPENAI_BASE_URL", format!("{}/v1", server.url()))
            .env("MODELARIUM_NO_KEYCHAIN", "1"))?;
        let payload: Value = serde_json::from_slice(&usage.output)?;
        let rows = payload["results"].as_array().context("no results")?;
        if rows.len() != ITEMS as usize || rows.iter().any(|row| row["judge_score_avg"] != 8.0) {
            bail!("not every answer was judged");
        }
        walls.push(usage.wall.as_secs_f64());
        peaks.push(usage.peak_mib);
    }
    let ideal = f64::from(2 * ITEMS) / f64::from(CONCURRENCY) * STREAM_SECONDS;
    let wall = median(walls);
    table.row(
        "judged batch of 1,000 items, concurrency 20",
        &format!("{wall:.2} s, {:.0} MiB", median(peaks)),
        &format!("ideal {ideal:.2} s"),
        wall / ideal,
        "1.2 x the ideal",
    );
    Ok(())
}

/// 100,000 items in each of three formats.
pub(crate) fn validation(table: &mut Table) -> anyhow::Result<()> {
    const MANY: u32 = 100_000;
    let folder = tempfile::tempdir()?;
    let mut jsonl = String::new();
    let mut csv = String::from("id,prompt,reference,tags\n");
    let mut yaml = String::from("prompt: \"Name the capital of {{ country }}.\"\ncases:\n");
    for item in 0..MANY {
        writeln!(
            jsonl,
            r#"{{"id": "i{item}", "prompt": "What is number {item}?", "checks": [{{"type": "contains", "value": "{}"}}, {{"type": "regex", "value": "^[A-Z]"}}]}}"#,
            item % 100
        )?;
        writeln!(csv, "i{item},What is number {item}?,{item},numbers")?;
        writeln!(yaml, "  - {{id: i{item}, country: Country {item}}}")?;
    }
    for (name, text) in [("suite.jsonl", jsonl), ("suite.csv", csv), ("suite.yaml", yaml)] {
        let path = folder.path().join(name);
        std::fs::write(&path, text)?;
        let mut walls = Vec::new();
        let mut peak = 0.0_f64;
        for _ in 0..5 {
            let usage = run(Command::new(tool()?).arg("validate").arg(&path).env("MODELARIUM_NO_KEYCHAIN", "1"))?;
            walls.push(usage.wall.as_secs_f64());
            peak = peak.max(usage.peak_mib);
        }
        let wall = median(walls);
        table.row(
            &format!("validate 100,000 items, {name}"),
            &format!("{wall:.2} s, {peak:.0} MiB"),
            "1 s",
            wall,
            "1 s",
        );
    }
    Ok(())
}
