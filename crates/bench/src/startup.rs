//! How long the tool takes to say who it is.

use std::process::Command;

use crate::process::{run, tool};
use crate::table::{Table, median};

pub(crate) fn rows(table: &mut Table) -> anyhow::Result<()> {
    let tool = tool()?;
    for flag in ["--version", "--help"] {
        let usages: Result<Vec<_>, _> = (0..15).map(|_| run(Command::new(&tool).arg(flag))).collect();
        let usages = usages?;
        let wall = median(usages.iter().map(|usage| usage.wall.as_secs_f64() * 1e3).collect());
        let peak = median(usages.iter().map(|usage| usage.peak_mib).collect());
        let floor = floor()?;
        table.row(
            flag,
            &format!("{wall:.1} ms, {peak:.1} MiB"),
            &format!("`true`: {floor:.1} ms"),
            wall / floor,
            "10 ms, 15 MiB",
        );
    }
    Ok(())
}

/// What starting any process costs here.
fn floor() -> anyhow::Result<f64> {
    let walls: Result<Vec<_>, anyhow::Error> =
        (0..15).map(|_| Ok(run(&mut Command::new("true"))?.wall.as_secs_f64() * 1e3)).collect();
    Ok(median(walls?))
}
