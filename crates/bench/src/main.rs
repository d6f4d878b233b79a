//! The speed table of `cargo xtask bench`: whole commands as processes, hot functions in place.
//!
//! Machines differ and are noisy, so every row is a ratio against something measured in the same
//! run: the ideal that the script of the server allows, or the tool a user would pick instead.

mod calls;
mod decisions;
mod embedded;
mod filings;
mod process;
mod startup;
mod statistics;
mod suites;
mod table;

use std::process::ExitCode;

use table::Table;

type Row = fn(&mut Table) -> anyhow::Result<()>;

const ROWS: &[(&str, Row)] = &[
    ("startup", startup::rows),
    ("hundred-calls", calls::hundred),
    ("cpu-per-call", calls::cpu_per_call),
    ("two-thousand-streams", calls::two_thousand),
    ("ttft-error", calls::ttft_error),
    ("identical-contestants", calls::identical),
    ("judged-batch", suites::judged),
    ("validate", suites::validation),
    ("report", decisions::report),
    ("pennytune", filings::rows),
    ("statistics", statistics::rows),
    ("embedded", embedded::rows),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|name| !ROWS.iter().any(|(row, _)| row == name)) {
        let names: Vec<&str> = ROWS.iter().map(|(name, _)| *name).collect();
        table::say(&format!("no row `{unknown}`; there are: {}", names.join(", ")));
        return ExitCode::from(2);
    }
    let mut table = Table::default();
    let mut failed = false;
    for (name, row) in ROWS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            table::say(&format!("… {name}"));
            if let Err(error) = row(&mut table) {
                table::say(&format!("{name}: {error:#}"));
                failed = true;
            }
        }
    }
    table::say(&table.to_string());
    ExitCode::from(u8::from(failed))
}
