//! Models in process against llama.cpp, same file, same threads, where a llama.cpp is installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::process::tool;
use crate::table::{Table, median};

/// Names the `llama-bench` program of llama.cpp.
const LLAMA_BENCH: &str = "LLAMA_BENCH";

const PROMPT_TOKENS: &str = "128";
const ANSWER_TOKENS: &str = "128";
const RUNS: &str = "5";

pub(crate) fn rows(table: &mut Table) -> anyhow::Result<()> {
    let pulled = Command::new(tool()?).args(["models", "pull", "smollm2-135m", "--quiet"]).output()?;
    anyhow::ensure!(pulled.status.success(), "{}", String::from_utf8_lossy(&pulled.stderr));
    let model = PathBuf::from(String::from_utf8(pulled.stdout)?.trim());
    let threads = std::thread::available_parallelism()?.to_string();
    let (prefill, decode) = ours(&model, &threads)?;
    let theirs = theirs(&model, &threads);
    let against = |speed: Option<f64>| match speed {
        Some(speed) => format!("llama.cpp {speed:.0} tok/s"),
        None => format!("no llama-bench found (name it in ${LLAMA_BENCH})"),
    };
    let (their_prefill, their_decode) = theirs.map_or((None, None), |(prefill, decode)| (Some(prefill), Some(decode)));
    table.row(
        "SmolLM2-135M Q8_0 prefill",
        &format!("{prefill:.0} tok/s"),
        &against(their_prefill),
        their_prefill.map_or(f64::NAN, |their| prefill / their),
        "reported",
    );
    table.row(
        "SmolLM2-135M Q8_0 decode",
        &format!("{decode:.0} tok/s"),
        &against(their_decode),
        their_decode.map_or(f64::NAN, |their| decode / their),
        "at least 0.6",
    );
    Ok(())
}

/// Median prefill and decode speed of our engine, from the example that measures it.
fn ours(model: &Path, threads: &str) -> anyhow::Result<(f64, f64)> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["run", "--release", "--quiet", "-p", "embedded", "--example", "embedded-speed", "--"])
        .arg(model)
        .args([PROMPT_TOKENS, ANSWER_TOKENS, RUNS, threads])
        .output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let figures = |word: &str| -> Vec<f64> {
        text.lines()
            .filter_map(|line| line.split_once(&format!("{word} "))?.1.split(' ').next()?.parse().ok())
            .collect()
    };
    let (prefill, decode) = (median(figures("prefill")), median(figures("decode")));
    anyhow::ensure!(prefill.is_finite() && decode.is_finite(), "no figures in:\n{text}");
    Ok((prefill, decode))
}

/// The same of llama.cpp, by its own bench program.
fn theirs(model: &Path, threads: &str) -> anyhow::Result<(f64, f64)> {
    let program = std::env::var(LLAMA_BENCH).unwrap_or_else(|_| "llama-bench".to_owned());
    let output = Command::new(program)
        .arg("-m")
        .arg(model)
        .args(["-p", PROMPT_TOKENS, "-n", ANSWER_TOKENS, "-r", RUNS, "-t", threads, "-ngl", "0", "-o", "json"])
        .output()?;
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let speed = |prompt: bool| {
        rows.as_array()?.iter().find(|row| (row["n_prompt"].as_u64() > Some(0)) == prompt)?["avg_ts"].as_f64()
    };
    Ok((speed(true).context("no prefill figure")?, speed(false).context("no decode figure")?))
}
