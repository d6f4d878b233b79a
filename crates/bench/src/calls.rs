//! Whole comparisons against the scripted server, whose own clock is the truth.

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use scripted_server::{Pace, Response, Script, Server, Tokens, Wire};
use serde_json::Value;

use crate::process::{Usage, run, tool};
use crate::table::{Table, median, quantile};

const PIECES: usize = 25;

/// A stream of 25 tokens: the first after 22 ms, the rest 4 ms apart, 118 ms in all.
const PACE: Pace = Pace::millis(22, 4);
const STREAM_SECONDS: f64 = 0.118;

pub(crate) fn hundred(table: &mut Table) -> anyhow::Result<()> {
    let server = server(PACE)?;
    let usages: Result<Vec<_>, _> = (0..5).map(|_| compare(&server, 100, 50)).collect();
    let usages = usages?;
    let wall = median(usages.iter().map(|usage| usage.wall.as_secs_f64()).collect());
    let peak = median(usages.iter().map(|usage| usage.peak_mib).collect());
    let ideal = 2.0 * STREAM_SECONDS;
    table.row(
        "100 calls of a 118 ms stream, concurrency 50",
        &format!("{wall:.3} s, {peak:.0} MiB"),
        &format!("ideal {ideal:.3} s"),
        wall / ideal,
        "0.35 s, 40 MiB",
    );
    Ok(())
}

/// The slope between a short and a long run, so that start-up does not count.
pub(crate) fn cpu_per_call(table: &mut Table) -> anyhow::Result<()> {
    let server = server(Pace::millis(5, 1))?;
    let (few, many) = (100, 1100);
    let mut slopes = Vec::new();
    for _ in 0..5 {
        let short = compare(&server, few, 20)?.cpu.as_secs_f64();
        let long = compare(&server, many, 20)?.cpu.as_secs_f64();
        slopes.push((long - short) / f64::from(many - few) * 1e3);
    }
    let cpu = median(slopes);
    table.row(
        "client CPU per call, 25 events each",
        &format!("{cpu:.3} ms"),
        "predecessor 8-10 ms",
        cpu / 9.0,
        "0.5 ms",
    );
    Ok(())
}

pub(crate) fn two_thousand(table: &mut Table) -> anyhow::Result<()> {
    let server = server(Pace::millis(1500, 100))?;
    let usage = compare(&server, 2000, 2000)?;
    let errors = ttft_errors(&server, &usage)?;
    let p95 = quantile(&errors, 0.95);
    table.row(
        "2,000 concurrent streams: p95 TTFT error",
        &format!("{p95:.2} ms, {:.0} MiB", usage.peak_mib),
        "10 ms",
        p95 / 10.0,
        "10 ms, 250 MiB",
    );
    Ok(())
}

pub(crate) fn ttft_error(table: &mut Table) -> anyhow::Result<()> {
    let server = server(PACE)?;
    let usage = compare(&server, 1000, 50)?;
    let errors = ttft_errors(&server, &usage)?;
    let (mid, p95) = (quantile(&errors, 0.5), quantile(&errors, 0.95));
    table.row(
        "TTFT error at concurrency 50 (median, p95)",
        &format!("{mid:.2} ms, {p95:.2} ms"),
        "1 ms, 3 ms",
        (mid / 1.0).max(p95 / 3.0),
        "1 ms, 3 ms",
    );
    Ok(())
}

/// Two names for one scripted model, compared again and again: how often is a difference claimed?
pub(crate) fn identical(table: &mut Table) -> anyhow::Result<()> {
    const COMPARISONS: u32 = 200;
    let server = server(PACE)?;
    let mut claimed = 0_u32;
    for seed in 0..COMPARISONS {
        let seed = seed.to_string();
        let usage = run(command(&server)?
            .args(["--models", "local/one,local/two", "--runs", "10", "--concurrency", "20", "--seed", &seed])
            .args(["--significance-test", "mann-whitney", "--no-store"]))?;
        let payload: Value = serde_json::from_slice(&usage.output)?;
        let tests = payload["significance_tests"].as_array().context("no tests")?;
        claimed += u32::from(tests.iter().any(|test| test["significant_at_threshold"] == true));
    }
    table.row(
        "identical contestants called different, 200 comparisons",
        &format!("{claimed} of {COMPARISONS}"),
        "alpha: 10 of 200",
        f64::from(claimed) / (0.05 * f64::from(COMPARISONS)),
        "no more than alpha",
    );
    Ok(())
}

/// A server whose every answer begins with a number of its own, so that rows and records can be matched.
fn server(pace: Pace) -> anyhow::Result<Server> {
    Ok(Server::start(move |request| {
        let mut script = Script::text("gpt-4o-mini", &["word "; PIECES]);
        script.text[0] = format!("{} ", request.index);
        script.usage = Some(Tokens { input: 10, output: PIECES as u64, ..Tokens::default() });
        Response::paced(Wire::OpenAiChat.events(&script), pace)
    })?)
}

fn compare(server: &Server, runs: u32, concurrency: u32) -> anyhow::Result<Usage> {
    server.forget();
    let home = tempfile::tempdir()?;
    run(command(server)?
        .args(["--models", "gpt-4o-mini", "--runs", &runs.to_string(), "--concurrency", &concurrency.to_string()])
        .args(["--no-significance", "--no-confidence-intervals"])
        .env("MODELARIUM_DATA_DIR", home.path()))
}

/// A comparison against the server, payload on standard output.
fn command(server: &Server) -> anyhow::Result<Command> {
    let url = format!("{}/v1", server.url());
    let mut command = Command::new(tool()?);
    command
        .args(["compare", "Say something.", "--output-format", "json", "--local-url", &url])
        .env("OPENAI_API_KEY", "sk-bench0000000000000000000000")
        .env("OPENAI_BASE_URL", &url)
        .env("MODELARIUM_NO_KEYCHAIN", "1");
    Ok(command)
}

/// Differences between what the client reports and what the server knows, sorted, in milliseconds.
fn ttft_errors(server: &Server, usage: &Usage) -> anyhow::Result<Vec<f64>> {
    let payload: Value = serde_json::from_slice(&usage.output)?;
    let mut truth: HashMap<String, Duration> = HashMap::new();
    for record in server.records() {
        let Some(first) = record.first_token_at() else { continue };
        truth.insert(record.request.index.to_string(), first.duration_since(record.received_at));
    }
    let rows = payload["results"].as_array().context("no results")?;
    let mut errors = Vec::with_capacity(rows.len());
    for row in rows {
        let number =
            row["output"].as_str().and_then(|text| text.split(' ').next()).context("an answer without its number")?;
        let server_ms = truth.get(number).context("an answer the server never gave")?.as_secs_f64() * 1e3;
        let client_ms = row["ttft_ms"].as_f64().context("a row without TTFT")?;
        errors.push((client_ms - server_ms).abs());
    }
    errors.sort_by(f64::total_cmp);
    Ok(errors)
}
