//! PennyTune on a loopback EDGAR of real filings: help, one company cold and again, twenty companies with the limiter
//! lifted and under fair access. The predecessor's figures were taken with the same collection on a machine of the same
//! size; it accepts no mirror, so it cannot run beside in this table.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use loopback_edgar::{Server, Site};

use crate::process::{Usage, pennytune, run, run_to};
use crate::table::{Table, median};

/// A company with four megabytes of facts and a long index.
const ONE: &str = "320193";
/// Requests per second that the SEC allows.
const ALLOWED: f64 = 10.0;

pub(crate) fn rows(table: &mut Table) -> anyhow::Result<()> {
    let shared = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from)
        .join("data/edgar");
    if !shared.is_dir() {
        bail!("there are no real filings at {}", shared.display());
    }
    let server = Server::start(Site::new().shared(&shared))?;
    help(table)?;
    one(table, &server)?;
    twenty(table, &server, &ciks(&shared)?)
}

fn ciks(shared: &Path) -> anyhow::Result<Vec<String>> {
    let mut ciks = Vec::new();
    for entry in std::fs::read_dir(shared.join("submissions"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.contains("-submissions-") {
            ciks.push(name.get(3..13).context("a name of a submissions file")?.to_owned());
        }
    }
    ciks.sort();
    ciks.dedup();
    ciks.truncate(20);
    Ok(ciks)
}

/// A home with an identity in it.
fn home(folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let home = folder.join(name);
    let identity = "Bench Mark bench@example.com";
    run(command(&home, None)?.args(["init", "--identity", identity, "--i-understand-the-risks"]))?;
    Ok(home)
}

fn command(home: &Path, server: Option<&Server>) -> anyhow::Result<Command> {
    let mut command = Command::new(pennytune()?);
    command
        .env("PENNYTUNE_CONFIG_DIR", home.join("config"))
        .env("PENNYTUNE_DATA_DIR", home.join("data"))
        .env("PENNYTUNE_CACHE_DIR", home.join("cache"));
    if let Some(server) = server {
        command.env("PENNYTUNE_EDGAR_URL", server.url());
    }
    Ok(command)
}

/// Parts that the collection lacks are named and end in exit code 1.
fn read(home: &Path, server: &Server, arguments: &[&str]) -> anyhow::Result<Usage> {
    run_to(command(home, Some(server))?.args(arguments).arg("--json"), &[0, 1])
}

fn help(table: &mut Table) -> anyhow::Result<()> {
    let mut walls = Vec::new();
    let mut peak = 0.0_f64;
    for _ in 0..20 {
        let usage = run(Command::new(pennytune()?).arg("--help"))?;
        walls.push(usage.wall.as_secs_f64() * 1e3);
        peak = peak.max(usage.peak_mib);
    }
    let wall = median(walls);
    table.row(
        "pennytune --help",
        &format!("{wall:.1} ms, {peak:.0} MiB"),
        "predecessor 1,250 ms, 134 MB",
        wall / 1250.0,
        "10 ms, 15 MB",
    );
    Ok(())
}

fn one(table: &mut Table, server: &Server) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (mut cold, mut again) = (Vec::new(), Vec::new());
    let mut peak = 0.0_f64;
    for round in 0..5 {
        let home = home(folder.path(), &round.to_string())?;
        let usage = read(&home, server, &["inspect", ONE, "--rate", "0"])?;
        cold.push(usage.wall.as_secs_f64());
        peak = peak.max(usage.peak_mib);
        let documents = server.count("/Archives/");
        again.push(read(&home, server, &["inspect", ONE, "--rate", "0"])?.wall.as_secs_f64());
        if server.count("/Archives/") != documents {
            bail!("a document was fetched twice");
        }
    }
    let (cold, again) = (median(cold), median(again));
    table.row(
        "inspect, limiter lifted, cold",
        &format!("{:.0} ms, {peak:.0} MiB", cold * 1e3),
        "predecessor 1,600 ms, 191 MB",
        cold / 1.6,
        "160 ms, 80 MB",
    );
    table.row(
        "inspect again from cache",
        &format!("{:.0} ms", again * 1e3),
        "60 ms",
        again / 0.06,
        "60 ms, no document refetched",
    );
    Ok(())
}

fn twenty(table: &mut Table, server: &Server, ciks: &[String]) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let words: Vec<&str> = std::iter::once("scan").chain(ciks.iter().map(String::as_str)).collect();
    let lifted: Vec<&str> = words.iter().copied().chain(["--rate", "0"]).collect();
    let mut walls = Vec::new();
    for round in 0..3 {
        let home = home(folder.path(), &format!("lifted-{round}"))?;
        walls.push(read(&home, server, &lifted)?.wall.as_secs_f64());
    }
    let wall = median(walls);
    table.row(
        "scan of 20, limiter lifted, cold",
        &format!("{:.0} ms", wall * 1e3),
        "predecessor 6,400 ms",
        wall / 6.4,
        "500 ms",
    );
    let home = home(folder.path(), "fair")?;
    server.forget();
    let fair = read(&home, server, &words)?.wall.as_secs_f64();
    let requests = server.records().len();
    // The first ten may leave at once.
    let floor = (requests as f64 - ALLOWED).max(0.0) / ALLOWED;
    table.row(
        "scan of 20 under 10 requests a second, cold",
        &format!("{fair:.1} s, {requests} requests"),
        &format!("floor {floor:.1} s; predecessor 34.8 s"),
        fair / floor,
        "1.05 x the floor",
    );
    Ok(())
}
