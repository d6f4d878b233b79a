//! Running a command to its end with the operating system's own account of it.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// What one run of a command took.
#[derive(Debug, Clone)]
pub(crate) struct Usage {
    /// Real time from start to end.
    pub(crate) wall: Duration,
    /// User and system time.
    pub(crate) cpu: Duration,
    /// Largest resident set, in MiB.
    pub(crate) peak_mib: f64,
    /// Standard output.
    pub(crate) output: Vec<u8>,
}

/// The release build of `modelarium`; built first when it is older than its sources.
pub(crate) fn tool() -> anyhow::Result<PathBuf> {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    built(&TOOL, "modelarium")
}

/// The release build of `pennytune`.
pub(crate) fn pennytune() -> anyhow::Result<PathBuf> {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    built(&TOOL, "pennytune")
}

fn built(tool: &OnceLock<PathBuf>, name: &str) -> anyhow::Result<PathBuf> {
    if let Some(path) = tool.get() {
        return Ok(path.clone());
    }
    let path = build(name)?;
    Ok(tool.get_or_init(|| path).clone())
}

fn build(name: &str) -> anyhow::Result<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status = Command::new(cargo)
        .args(["build", "--release", "--quiet", "-p", name, "--bin", name])
        .current_dir(&root)
        .status()?;
    if !status.success() {
        bail!("the release build failed");
    }
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root.join("target"), PathBuf::from);
    target.join("release").join(name).canonicalize().context("the release build left no binary")
}

/// Runs a command to its end, which must be a success.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<Usage> {
    run_to(command, &[0])
}

/// Runs a command to its end, which must be one of these exit codes.
pub(crate) fn run_to(command: &mut Command, codes: &[i32]) -> anyhow::Result<Usage> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut output = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_end(&mut output)?;
    }
    let (code, cpu, peak_mib) = reap(child.id())?;
    let wall = start.elapsed();
    if !code.is_some_and(|code| codes.contains(&code)) {
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output));
    }
    Ok(Usage { wall, cpu, peak_mib, output })
}

/// Waits for a child and reads what the kernel charged it with.
#[expect(unsafe_code, reason = "std has no way to wait for a child together with its resource usage")]
fn reap(id: u32) -> anyhow::Result<(Option<i32>, Duration, f64)> {
    let mut status = 0;
    // SAFETY: `rusage` is plain integers, for which all zeroes is a valid value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to live locals of the types that wait4 writes.
    let reaped = unsafe { libc::wait4(id as libc::pid_t, &raw mut status, 0, &raw mut usage) };
    if reaped < 0 {
        return Err(std::io::Error::last_os_error().into());
    }
    let time =
        |value: libc::timeval| Duration::from_secs(value.tv_sec as u64) + Duration::from_micros(value.tv_usec as u64);
    let unit = if cfg!(target_os = "macos") { 1024.0 * 1024.0 } else { 1024.0 };
    let code = libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status));
    Ok((code, time(usage.ru_utime) + time(usage.ru_stime), usage.ru_maxrss as f64 / unit))
}
