//! What a contributor runs that is not plain cargo: `cargo xtask COMMAND`.

mod deny;
mod sh;
mod tidy;

use std::process::ExitCode;

use sh::{Step, cargo, run};

const HELP: &str = "cargo xtask COMMAND

  test     every test: unit, golden, property, loopback, end to end, documentation examples
  lint     formatting, clippy, documentation, tidy rules, licences, WebAssembly and fuzz builds
  bench    the speed table, as ratios within one run (release build); names pick single rows
  schema   write docs/schema/ and docs/cli.md again from the code
  simulate print the coverage and error-rate tables of docs/statistics.md and docs/decisions.md
  fuzz     run every fuzz target for a few seconds (needs a nightly toolchain)";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let result = match command.as_deref() {
        Some("test") => test(),
        Some("lint") => lint(),
        Some("bench") => run(&cargo("bench", &["run", "--release", "--quiet", "-p", "bench", "--"]).args(&rest)),
        Some("schema") => schema(),
        Some("simulate") => {
            run(&cargo("simulate", &["run", "--release", "--quiet", "-p", "stats", "--example", "simulate"])).and_then(
                |()| run(&cargo("simulate", &["run", "--release", "--quiet", "-p", "evals", "--example", "simulate"])),
            )
        }
        Some("fuzz") => fuzz(),
        _ => {
            sh::say(HELP);
            return ExitCode::from(u8::from(command.is_some()) * 2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            sh::say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn test() -> anyhow::Result<()> {
    run(&cargo(
        "tests",
        &["test", "--workspace", "--all-targets", "--exclude", "bench", "--features", "modelarium/parquet"],
    ))?;
    run(&cargo("documentation examples", &["test", "--workspace", "--doc"]))
}

fn lint() -> anyhow::Result<()> {
    run(&cargo("formatting", &["fmt", "--all", "--check"]))?;
    tidy::check()?;
    run(&cargo("clippy", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run(&cargo("documentation", &["doc", "--workspace", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings"))?;
    deny::check()?;
    wasm()?;
    fuzz_build()
}

/// The llm room must build for WebAssembly without its client. Skipped by name where the target cannot be had.
fn wasm() -> anyhow::Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    if !sh::has_target(TARGET) && run(&Step::new("WebAssembly target", "rustup", &["target", "add", TARGET])).is_err() {
        sh::say("skipped: llm for WebAssembly: the target is not installed and cannot be fetched here");
        return Ok(());
    }
    run(&cargo("llm for WebAssembly", &["check", "-p", "llm", "--no-default-features", "--target", TARGET]))
}

/// The fuzz targets must at least type-check with the toolchain at hand.
fn fuzz_build() -> anyhow::Result<()> {
    run(&cargo("fuzz targets", &["check", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", "target/fuzz"]))
}

fn fuzz() -> anyhow::Result<()> {
    for target in sh::names_in("fuzz/fuzz_targets", "rs")? {
        run(&cargo(
            &format!("fuzz {target}"),
            &["+nightly", "fuzz", "run", &target, "--", "-max_total_time=20", "-rss_limit_mb=2048"],
        ))?;
    }
    Ok(())
}

fn schema() -> anyhow::Result<()> {
    let update = [("MODELARIUM_UPDATE", "1")];
    run(&cargo("JSON Schema", &["test", "-p", "report", "schema"]).envs(&update))?;
    run(&cargo("command line reference", &["test", "-p", "modelarium", "--test", "cli", "reference"]).envs(&update))
}
