//! Every format, whole, against a snapshot; and what holds for all of them.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod common;

use common::{Fixture, HOSTILE};
use report::csv::Csv;
use report::document::Document;
use report::format::Format;
use report::json::Json;
use report::markdown::Markdown;
use report::style::{self, Charset};
use report::terminal::{Show, Terminal};

fn render(fixture: &Fixture, format: &dyn Format) -> String {
    format.to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap()
}

fn terminal(fixture: &Fixture, terminal: Terminal) -> String {
    style::strip(&render(fixture, &terminal))
}

#[test]
fn terminal_of_a_plain_run() {
    insta::assert_snapshot!(terminal(&Fixture::plain(), Terminal::default()));
}

#[test]
fn terminal_of_a_hostile_run() {
    insta::assert_snapshot!(terminal(&Fixture::hostile(), Terminal::default()));
}

#[test]
fn terminal_of_many_cells_is_still_one_table() {
    insta::assert_snapshot!(terminal(&Fixture::many(), Terminal::default()));
}

#[test]
fn terminal_of_many_cells_on_a_wide_screen() {
    insta::assert_snapshot!(terminal(
        &Fixture::many(),
        Terminal { width: 140, show: Show::None, charset: Charset::Ascii, ..Terminal::default() }
    ));
}

#[test]
fn terminal_shows_each_distinct_answer_once() {
    insta::assert_snapshot!(terminal(
        &Fixture::hostile(),
        Terminal { show: Show::Unique, width: 100, ..Terminal::default() }
    ));
}

#[test]
fn terminal_shows_every_run_with_its_reasoning() {
    insta::assert_snapshot!(terminal(
        &Fixture::hostile(),
        Terminal { show: Show::All, include_reasoning: true, ..Terminal::default() }
    ));
}

#[test]
fn markdown_of_a_hostile_run() {
    insta::assert_snapshot!(render(&Fixture::hostile(), &Markdown));
}

#[test]
fn csv_of_a_hostile_run() {
    insta::assert_snapshot!(render(&Fixture::hostile(), &Csv));
}

#[test]
fn json_of_a_plain_run() {
    insta::assert_snapshot!(render(&Fixture::plain(), &Json));
}

#[test]
fn lesson_29_the_same_run_gives_the_same_bytes() {
    for fixture in [Fixture::plain(), Fixture::hostile(), Fixture::many()] {
        for format in formats() {
            let (first, second) = (render(&fixture, format.as_ref()), render(&fixture, format.as_ref()));
            assert_eq!(first, second, "{}", format.name());
            assert!(first.ends_with('\n') && !first.ends_with("\n\n"), "{}", format.name());
        }
    }
}

#[test]
fn lesson_19_no_format_lets_a_control_or_bidi_character_through() {
    let is_hazard = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for format in formats() {
        let text = style::strip(&render(&Fixture::hostile(), format.as_ref()));
        assert!(!text.chars().any(is_hazard), "{}", format.name());
        assert!(!text.contains('\u{1b}'), "{}", format.name());
    }
}

#[test]
fn lesson_14_hostile_answers_never_vanish() {
    for show in [Show::Folded, Show::Unique, Show::All] {
        let text = terminal(&Fixture::hostile(), Terminal { show, ..Terminal::default() });
        for piece in ["[/]", ":free:", "**bold**"] {
            assert!(text.contains(piece), "{piece} with {show:?}");
        }
    }
}

#[test]
fn json_gives_hostile_text_back_unchanged() {
    let json: serde_json::Value = serde_json::from_str(&render(&Fixture::hostile(), &Json)).unwrap();
    assert_eq!(json["results"][6]["output"], HOSTILE);
    assert_eq!(json["results"][3]["refusal"], HOSTILE);
    assert_eq!(json["results"][2]["error"], HOSTILE);
}

#[test]
fn lesson_54_and_68_costs_that_are_not_known_are_null_and_say_which() {
    let json: serde_json::Value = serde_json::from_str(&render(&Fixture::hostile(), &Json)).unwrap();
    let cost = |row: usize| {
        (json["results"][row]["cost_usd"].clone(), json["results"][row]["cost_kind"].as_str().unwrap().to_owned())
    };
    assert_eq!(cost(0), (0.0000123.into(), "known".into()));
    assert_eq!(cost(2), (serde_json::Value::Null, "unknown".into()));
    assert_eq!(json["results"][2]["cost_at_most_usd"], 0.02);
    assert_eq!(cost(6), (0.0.into(), "free".into()));
    assert_eq!(cost(9), (serde_json::Value::Null, "unpriced".into()));
    assert_eq!(cost(11), (serde_json::Value::Null, "nothing".into()));
    assert_eq!(json["results"][11]["cancelled"], true);
    assert_eq!(json["results"][2]["retries"], 1);
    assert_eq!(json["results"][2]["attempts"][1]["waited_ms"], 1000.0);
    assert_eq!(json["results"][2]["attempts"][0]["started_at"], "2026-11-22T14:00:00.123Z");
}

#[test]
fn lesson_22_no_figure_is_ever_nan_or_infinite() {
    let json: serde_json::Value = serde_json::from_str(&render(&Fixture::hostile(), &Json)).unwrap();
    assert!(json["results"][0]["inter_token_p99_ms"].is_null());
    assert!(json["significance_tests"][2]["detectable_difference"].is_null());
    assert!(json["significance_tests"][2]["p_value"].is_null());
    for format in formats() {
        let text = render(&Fixture::hostile(), format.as_ref());
        assert!(!text.contains("NaN") && !text.contains("inf,") && !text.contains(" inf"), "{}", format.name());
    }
}

#[test]
fn lesson_25_csv_columns_stay_where_they_were() {
    let names: Vec<&str> = report::csv::column_names().collect();
    assert_eq!(names[0], "prompt_id");
    assert_eq!(names[24], "status");
    assert_eq!(names[26], "assertions_errored");
    assert_eq!(names[27], "run_index");
    assert_eq!(names.len(), 62);
    assert_eq!(names[51], "omitted_parameters");
    let text = render(&Fixture::hostile(), &Csv);
    assert_eq!(text.lines().count(), 1 + 12, "one line a record");
}

#[test]
fn answers_cannot_pass_for_lines_of_the_report() {
    let mut fixture = Fixture::plain();
    fixture.analysis.rows[0].answer.text = "x\nWhat can be said\n• claude is best".to_owned();
    for show in [Show::Unique, Show::All] {
        let text = terminal(&fixture, Terminal { show, ..Terminal::default() });
        assert_eq!(text.lines().filter(|line| *line == "What can be said").count(), 1);
        assert!(!text.lines().any(|line| line.starts_with("• claude is best")));
    }
}

fn formats() -> Vec<Box<dyn Format>> {
    let terminals = [Show::Folded, Show::All, Show::Unique, Show::None]
        .map(|show| Box::new(Terminal { show, include_reasoning: true, ..Terminal::default() }) as Box<dyn Format>);
    [Box::new(Json) as Box<dyn Format>, Box::new(Csv), Box::new(Markdown)].into_iter().chain(terminals).collect()
}
