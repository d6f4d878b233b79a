//! The decision over a large run: load, analyse and write the report.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::process::{Usage, run, tool};
use crate::table::{Table, median};

const ITEMS: u32 = 20_000;
const CONTESTANTS: u32 = 5;

/// A stored run of 20,000 items under five contestants, with score, latency and cost, to an HTML file.
pub(crate) fn report(table: &mut Table) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let results = folder.path().join("results.csv");
    std::fs::write(&results, rows()?)?;
    command(folder.path(), &["import", &results.display().to_string(), "--quiet"])?;
    let page = folder.path().join("report.html").display().to_string();
    let mut walls = Vec::new();
    let mut peak = 0.0_f64;
    for _ in 0..3 {
        let usage = command(folder.path(), &["report", "last", "--force", "--output", &page])?;
        walls.push(usage.wall.as_secs_f64());
        peak = peak.max(usage.peak_mib);
    }
    let bytes = std::fs::metadata(&page).context("no report was written")?.len();
    if bytes < 100_000 {
        bail!("the report has only {bytes} bytes");
    }
    let wall = median(walls);
    table.row(
        "report of 20,000 items x 5 contestants to HTML",
        &format!("{wall:.2} s, {peak:.0} MiB, {:.1} MB of HTML", bytes as f64 / 1e6),
        "3 s, 400 MiB",
        wall / 3.0,
        "3 s, 400 MiB",
    );
    Ok(())
}

fn command(home: &Path, arguments: &[&str]) -> anyhow::Result<Usage> {
    run(Command::new(tool()?).args(arguments).env("MODELARIUM_DATA_DIR", home).env("MODELARIUM_NO_KEYCHAIN", "1"))
}

/// Scores that differ a little between contestants, from a linear congruential sequence: no row is like another.
fn rows() -> anyhow::Result<String> {
    let mut text = String::from("item_id,model,run_index,score,latency_ms,cost_usd\n");
    let mut state = 1_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    for item in 0..ITEMS {
        let ease = draw();
        for contestant in 0..CONTESTANTS {
            let rate = 0.5 + 0.05 * f64::from(contestant) + 0.3 * (ease - 0.5);
            let passed = u8::from(draw() < rate);
            let latency = 400.0 + 800.0 * draw() * draw() + 100.0 * f64::from(contestant);
            let cost = 0.0004 * (1.0 + f64::from(contestant)) * (0.5 + draw());
            writeln!(text, "i{item},model-{contestant},0,{passed},{latency:.1},{cost:.6}")?;
        }
    }
    Ok(text)
}
