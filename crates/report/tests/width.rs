//! No line of terminal output is wider than the terminal, whatever anybody wrote.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod common;

use common::{Builder, Fixture, contestant};
use evals::record::{CallCost, Note};
use llm::money::Usd;
use llm::outcome::Outcome;
use proptest::prelude::*;
use report::document::Document;
use report::format::Format;
use report::style::{self, Charset};
use report::terminal::{Show, Terminal};
use report::text::width;

fn check(fixture: &Fixture, terminal: Terminal) -> Result<(), TestCaseError> {
    let text = style::strip(&terminal.to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap());
    for line in text.lines() {
        prop_assert!(width(line) <= terminal.width, "{} columns: {line:?}", width(line));
    }
    Ok(())
}

fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9@=,./-]{0,60}",
        "[日本語👍é\u{301}שלום\u{200d}👩ﷺ𝔘]{0,40}",
        "[\u{1b}\\[\\]8;m\u{7}\u{202e}\u{2066}\t\n\r a|*_]{0,40}",
        "(?s).{0,40}",
    ]
}

fn show() -> impl Strategy<Value = Show> {
    prop_oneof![Just(Show::Folded), Just(Show::All), Just(Show::Unique), Just(Show::None)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn hostile_content_fits(
        names in prop::collection::vec(anything(), 1..4),
        prompt in anything(),
        answers in prop::collection::vec(anything(), 6),
        note in anything(),
        latency in 0.001..1e9f64,
        outcome in prop::sample::select(Outcome::ALL.to_vec()),
        pico in any::<u64>(),
        columns in 20..130usize,
        show in show(),
    ) {
        let contestants = names.iter().map(|name| contestant(name, "openai")).collect();
        let mut builder = Builder::new(contestants, 2);
        builder.header.prompts[0].text = prompt.clone();
        builder.header.systems = vec![Some(prompt)];
        builder.header.notes = vec![Note { code: "n".into(), text: note }];
        builder.header.temperatures = vec![Some(0.0), Some(latency)];
        for at in 0..names.len() {
            for run in 0..2 {
                let cost = CallCost::Known(Usd::from_pico(pico));
                builder.answer(at, run, &answers[at * 2 + run], latency * (run + 1) as f64, cost).outcome = outcome;
            }
        }
        for charset in [Charset::Unicode, Charset::Ascii] {
            check(&builder_fixture(&builder), Terminal { width: columns, charset, show, include_reasoning: true })?;
        }
    }
}

fn builder_fixture(builder: &Builder) -> Fixture {
    builder.clone().finish()
}

#[test]
fn the_fixtures_fit_every_width() {
    for fixture in [Fixture::plain(), Fixture::hostile(), Fixture::many()] {
        for columns in [20, 40, 60, 79, 80, 100, 120, 200] {
            for show in [Show::Folded, Show::All, Show::Unique, Show::None] {
                check(&fixture, Terminal { width: columns, show, ..Terminal::default() }).unwrap();
            }
        }
    }
}
