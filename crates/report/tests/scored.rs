//! Scored runs in every format: checks, judges, trust, ranking, signs of fabrication, the gate.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod common;

use common::Fixture;
use report::document::Document;
use report::format::Format;
use report::style;
use report::terminal::Terminal;

fn render(fixture: &Fixture, format: &dyn Format) -> String {
    format.to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap()
}

fn terminal(fixture: &Fixture, width: usize) -> String {
    style::strip(&render(fixture, &Terminal { width, ..Terminal::default() }))
}

#[test]
fn terminal_of_a_suite() {
    for width in [80, 100] {
        println!("{}", terminal(&Fixture::suite(), width));
    }
    println!("{}", terminal(&Fixture::pairwise(), 80));
    println!("{}", terminal(&Fixture::checked_comparison(), 80));
    println!("{}", terminal(&Fixture::hostile_suite(), 80));
    println!("{}", terminal(&Fixture::large_suite(100), 80));
}
