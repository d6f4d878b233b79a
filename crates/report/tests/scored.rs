//! Scored runs in every format: checks, judges, trust, ranking, signs of fabrication, the gate.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod common;

use common::{Fixture, HOSTILE};
use evals::analysis::scored::{GateVerdict, Scores};
use pulldown_cmark::{Event, Options, Parser, Tag};
use report::csv::{Csv, column_names};
use report::document::Document;
use report::format::Format;
use report::json::Json;
use report::junit::Junit;
use report::markdown::Markdown;
use report::sarif::Sarif;
use report::style;
use report::summary::{LONGEST, Summary};
use report::terminal::{Show, Terminal};
use report::text::width;
use serde_json::{Value, json};

fn render(fixture: &Fixture, format: &dyn Format) -> String {
    format.to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap()
}

fn terminal(fixture: &Fixture, width: usize) -> String {
    style::strip(&render(fixture, &Terminal { width, ..Terminal::default() }))
}

fn json(fixture: &Fixture) -> Value {
    serde_json::from_str(&render(fixture, &Json)).unwrap()
}

fn fixtures() -> Vec<Fixture> {
    vec![
        Fixture::suite(),
        Fixture::pairwise(),
        Fixture::checked_comparison(),
        Fixture::hostile_suite(),
        Fixture::large_suite(60),
    ]
}

fn formats() -> Vec<Box<dyn Format>> {
    vec![
        Box::new(Terminal::default()),
        Box::new(Json),
        Box::new(Csv),
        Box::new(Markdown),
        Box::new(Summary),
        Box::new(Junit),
        Box::new(Sarif::default()),
    ]
}

#[test]
fn terminal_of_a_suite() {
    insta::assert_snapshot!("terminal_of_a_suite_at_80", terminal(&Fixture::suite(), 80));
    insta::assert_snapshot!("terminal_of_a_suite_at_100", terminal(&Fixture::suite(), 100));
}

#[test]
fn terminal_of_a_pairwise_run() {
    insta::assert_snapshot!(terminal(&Fixture::pairwise(), 80));
}

#[test]
fn terminal_of_a_checked_comparison() {
    insta::assert_snapshot!("terminal_of_a_checked_comparison_at_80", terminal(&Fixture::checked_comparison(), 80));
    insta::assert_snapshot!("terminal_of_a_checked_comparison_at_100", terminal(&Fixture::checked_comparison(), 100));
}

#[test]
fn markdown_of_a_suite() {
    insta::assert_snapshot!(render(&Fixture::suite(), &Markdown));
}

#[test]
fn summary_of_a_suite() {
    insta::assert_snapshot!(render(&Fixture::suite(), &Summary));
}

#[test]
fn junit_of_a_suite() {
    insta::assert_snapshot!(render(&Fixture::suite(), &Junit));
}

#[test]
fn sarif_of_a_suite() {
    insta::assert_snapshot!(render(&Fixture::suite(), &Sarif::default()));
}

#[test]
fn csv_of_a_suite() {
    insta::assert_snapshot!(render(&Fixture::suite(), &Csv));
}

#[test]
fn the_gate_is_the_last_thing_on_the_screen() {
    let text = terminal(&Fixture::suite(), 100);
    let last = text.trim_end().rsplit("\n\n").next().unwrap();
    assert!(last.starts_with("Gate failed: 3 of 27 checks failed."), "{last}");
    let mut passing = Fixture::suite();
    passing.analysis.scores.gate = GateVerdict::Passed;
    assert!(terminal(&passing, 100).ends_with("\nGate passed.\n"));
}

#[test]
fn failed_checks_are_listed_to_a_bound_and_the_rest_counted() {
    let fixture = Fixture::large_suite(100);
    let text = terminal(&fixture, 100);
    assert_eq!(text.lines().filter(|line| line.contains("contains failed")).count(), 20);
    assert!(text.contains("And 30 more."));
    let markdown = render(&Fixture::large_suite(1_000), &Markdown);
    assert_eq!(markdown.matches("<details><summary>item-").count(), 100);
    assert!(markdown.contains("And 900 more items, not shown here; the JSON output has them all."));
    assert!(markdown.contains("And 300 more checks, not shown here"));
    assert!(markdown.len() < 400_000, "{} bytes", markdown.len());
    // Failing items come first: item 0 fails by one contestant, item 1 by none.
    let first = markdown.find("<summary>item-0000: 1 failed check").unwrap();
    assert!(!markdown[..first].contains("<summary>item-0001"));
}

#[test]
fn rows_carry_the_fields_of_the_contract() {
    let output = json(&Fixture::suite());
    let rows = output["results"].as_array().unwrap();
    let find = |item: &str, name: &str, run: u64| {
        rows.iter().find(|row| row["item_id"] == item && row["name"] == name && row["run_index"] == run).unwrap()
    };
    let wrong = find("capital", "gemini-3.8-flash", 2);
    assert_eq!(wrong["assertions_passed"], 0);
    assert_eq!(wrong["assertions_total"], 2);
    assert_eq!(wrong["assertions_configured"], 2);
    assert_eq!(wrong["assertions_errored"], 0);
    assert_eq!(wrong["check_score"], 0.0);
    assert_eq!(wrong["assertions"][0]["type"], "contains");
    assert_eq!(wrong["assertions"][0]["passed"], false);
    assert_eq!(wrong["assertions"][1]["name"], "short");
    assert_eq!(wrong["judges"][0]["name"], "claude-haiku-4-5");
    assert_eq!(wrong["judges"][0]["score"], 2.0);
    assert_eq!(wrong["judges"][0]["risk_level"], "High");
    assert_eq!(wrong["judge_score_avg"], 1.5);
    assert_eq!(wrong["hallucination_risk"], "High");
    assert_eq!(wrong["hallucination"]["judge_risk"], "High");

    let refused = find("citation", "gemini-3.8-flash", 0);
    assert_eq!(refused["assertions"][0]["passed"], Value::Null);
    assert_eq!(refused["assertions"][0]["error_kind"], "refused");
    assert_eq!(refused["assertions_total"], 0);
    assert_eq!(refused["assertions_errored"], 1);
    assert_eq!(refused["judges"], json!([]));
    assert_eq!(refused["hallucination_risk"], Value::Null);

    let failed = find("citation", "gpt-4o-mini", 2);
    for field in ["assertions", "assertions_passed", "assertions_total", "assertions_errored", "check_score"] {
        assert_eq!(failed[field], Value::Null, "{field}");
    }
    assert_eq!(failed["assertions_configured"], 1);

    let unread = find("as-json", "gpt-4o-mini", 1);
    assert_eq!(unread["judges"][1]["score"], Value::Null);
    assert!(unread["judges"][1]["parse_error"].as_str().is_some());
    assert_eq!(unread["judge_score_avg"], 6.0);
    assert_eq!(unread["judge_score_std"], Value::Null);
}

#[test]
fn marker_offsets_are_code_points_of_the_output() {
    let output = json(&Fixture::suite());
    let mut seen = 0;
    for row in output["results"].as_array().unwrap() {
        let characters: Vec<char> = row["output"].as_str().unwrap().chars().collect();
        for marker in row["hallucination"]["markers"].as_array().into_iter().flatten() {
            let at = |name: &str| marker[name].as_u64().unwrap() as usize;
            let quoted: String = characters[at("start")..at("end")].iter().collect();
            assert_eq!(marker["quote"], quoted);
            seen += 1;
        }
    }
    assert!(seen > 0);
    // "Élan" begins with a character of two bytes.
    let marked =
        output["results"].as_array().unwrap().iter().find(|row| row["output"].as_str().unwrap().starts_with("Élan"));
    let marker = &marked.unwrap()["hallucination"]["markers"][0];
    assert_eq!(marker["kind"], "citation_checksum");
    assert_eq!(marker["quote"], "978-0-306-40615-3");
    assert_eq!(marker["start"], "Élan vital, ISBN ".chars().count());
}

#[test]
fn totals_gate_and_judges_stand_at_the_top_level() {
    let output = json(&Fixture::suite());
    assert_eq!(output["total_assertions_configured"], 30);
    assert_eq!(output["total_assertions"], 27);
    assert_eq!(output["total_assertions_passed"], 24);
    assert_eq!(output["total_assertions_errored"], 2);
    assert_eq!(output["total_assertions_refused"], 1);
    assert_eq!(output["total_assertions_withheld"], 1);
    assert_eq!(output["pass_rate"], 24.0 / 27.0);
    assert_eq!(output["gate"]["status"], "failed");
    assert_eq!(output["gate"]["reasons"].as_array().unwrap().len(), 3);
    // 36 planned; 3 answers of 18 cannot be judged by either judge; one reply cannot be read.
    assert_eq!(output["judge_calls"]["planned"], 36);
    assert_eq!(output["judge_calls"]["succeeded"], 29);
    assert_eq!(output["judge_results"].as_array().unwrap().len(), 30);
    assert_eq!(output["judge_cost_usd"], 30.0 * 76.0e-6);
    let total = output["total_cost_usd"].as_f64().unwrap() + output["judge_cost_usd"].as_f64().unwrap();
    assert!((output["total_cost_usd_with_judges"].as_f64().unwrap() - total).abs() < 1e-12);
    for field in ["position_bias", "consistency", "ties", "agreement"] {
        assert!(output["judge_trust"].get(field).is_some(), "{field}");
    }
    let test = &output["mcnemar_tests"][0];
    for field in [
        "model_a",
        "model_b",
        "metric",
        "both_pass",
        "a_pass_b_fail",
        "a_fail_b_pass",
        "both_fail",
        "n_discordant",
        "n_paired",
        "a_pass_rate",
        "b_pass_rate",
        "chi2_statistic",
        "p_value",
        "p_value_corrected",
        "correction_method",
        "n_comparisons",
        "n_pairs_untestable",
        "threshold",
        "significant_at_threshold",
        "method",
    ] {
        assert!(test.get(field).is_some(), "{field}");
    }
    assert_eq!(test["n_paired"], 7);
    assert_eq!(test["a_pass_b_fail"], 1);
    assert_eq!(test["b_pass_rate"], 6.0 / 7.0);
    assert_eq!(output["hallucination"]["searched"], 16);
    assert_eq!(output["invocation"]["judges"], json!(["claude-haiku-4-5", "gpt-judge"]));
    assert_eq!(output["contestants"][0]["scores"]["total_assertions_passed"], 13);
    assert_eq!(output["contestants"][0]["scores"]["high_risk_rate"], 0.0);
}

#[test]
fn pairs_and_ranking_name_rows_and_contestants() {
    let output = json(&Fixture::pairwise());
    let ids: Vec<&str> =
        output["results"].as_array().unwrap().iter().map(|row| row["prompt_id"].as_str().unwrap()).collect();
    let pairs = output["pairwise"].as_array().unwrap();
    assert!(!pairs.is_empty());
    for pair in pairs {
        assert!(ids.contains(&pair["a"].as_str().unwrap()) && ids.contains(&pair["b"].as_str().unwrap()));
        assert_ne!(pair["name_a"], pair["name_b"]);
    }
    let lyon = pairs.iter().find(|pair| pair["item_id"] == "capital" && pair["run_index"] == 2).unwrap();
    assert_eq!(lyon["outcome"], if lyon["name_a"] == "gpt-4o-mini" { "a" } else { "b" });
    assert_eq!(lyon["forward"]["choice"], "first");
    assert_eq!(lyon["backward"]["choice"], "second");
    // "{\"ok\": true}" against itself: a tie that nobody was asked about.
    assert!(
        pairs.iter().any(|pair| pair["identical"] == true && pair["outcome"] == "tie" && pair["forward"].is_null())
    );
    let ranking = output["ranking"].as_array().unwrap();
    assert_eq!(ranking.len(), 2);
    for (at, place) in ranking.iter().enumerate() {
        assert_eq!(place["rank"], at + 1);
        assert_eq!(place["component"], 1);
        assert!(place["rating"].as_f64().unwrap().is_finite());
    }
    assert!(output["ranking_summary"]["reason"].is_null());
}

#[test]
fn lesson_23_a_run_without_scores_has_nulls_and_no_wrong_zeros() {
    let output = json(&Fixture::plain());
    for field in [
        "total_assertions",
        "total_assertions_passed",
        "total_assertions_errored",
        "total_assertions_configured",
        "total_assertions_refused",
        "total_assertions_withheld",
        "pass_rate",
        "judge_cost_usd",
        "total_cost_usd_with_judges",
        "judge_calls",
        "judge_trust",
        "hallucination",
        "ranking_summary",
    ] {
        assert_eq!(output.get(field), Some(&Value::Null), "{field}");
    }
    for field in ["ranking", "pairwise", "calibration", "mcnemar_tests", "judge_results"] {
        assert_eq!(output[field], json!([]), "{field}");
    }
    assert_eq!(output["gate"], json!({"status": "not_asked", "reasons": []}));
    let row = &output["results"][0];
    assert_eq!(row["assertions"], json!([]));
    assert_eq!(row["judges"], json!([]));
    for field in ["assertions_passed", "assertions_total", "assertions_configured", "judge_score_avg", "hallucination"]
    {
        assert_eq!(row.get(field), Some(&Value::Null), "{field}");
    }
    let metrics: Vec<&str> = output["stats_by_cell"][0]["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["metric"].as_str().unwrap())
        .collect();
    assert!(!metrics.contains(&"score") && !metrics.contains(&"check_score"));
    let scored = json(&Fixture::checked_comparison());
    let metrics = scored["stats_by_cell"][0]["metrics"].as_array().unwrap();
    assert!(
        metrics.iter().any(|one| one["metric"] == "score") && metrics.iter().any(|one| one["metric"] == "check_score")
    );
}

#[test]
fn no_output_holds_a_folder_of_this_machine() {
    for format in formats() {
        assert!(!render(&Fixture::suite(), format.as_ref()).contains("/home/somebody"), "{}", format.name());
    }
}

#[test]
fn lesson_25_columns_are_appended_and_filled() {
    let names: Vec<&str> = column_names().collect();
    assert_eq!(
        names[14..21].join(","),
        "judge_score_avg,judge_score_std,judge_count,hallucination_risk,assertions_passed,assertions_total,assertions_failed_types"
    );
    assert_eq!(names[51], "omitted_parameters");
    assert_eq!(
        names[52..].join(","),
        "item_id,tags,cluster,weight,check_score,judge_skipped,markers,semantic_entropy,selfcheck,meaning_cluster"
    );
    let text = render(&Fixture::suite(), &Csv);
    let line = text.lines().find(|line| line.contains("Lyon")).unwrap();
    assert!(line.contains("contains;max_length_chars"), "{line}");
    for fixture in fixtures() {
        let text = render(&fixture, &Csv);
        assert_eq!(text.lines().count(), 1 + fixture.analysis.rows.len(), "one line a record");
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for fixture in fixtures() {
        for format in formats() {
            let (first, second) = (render(&fixture, format.as_ref()), render(&fixture, format.as_ref()));
            assert_eq!(first, second, "{}", format.name());
            assert!(first.ends_with('\n') && !first.ends_with("\n\n"), "{}", format.name());
        }
    }
}

#[test]
fn no_format_lets_a_control_or_bidi_character_through() {
    let is_hazard = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for format in formats() {
        let text = style::strip(&render(&Fixture::hostile_suite(), format.as_ref()));
        assert!(!text.chars().any(is_hazard), "{}", format.name());
        assert!(!text.contains("NaN"), "{}", format.name());
    }
}

#[test]
fn hostile_markdown_is_never_markup() {
    let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION - Options::ENABLE_OLD_FOOTNOTES;
    for format in [Box::new(Markdown) as Box<dyn Format>, Box::new(Summary)] {
        let text = render(&Fixture::hostile_suite(), format.as_ref());
        for event in Parser::new_ext(&text, options) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    panic!("a link to {dest_url}")
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    assert!(!html.contains("<script"), "{html}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn details_are_opened_and_closed_in_turn() {
    for fixture in [Fixture::suite(), Fixture::hostile_suite(), Fixture::large_suite(200)] {
        let text = render(&fixture, &Markdown);
        let (mut depth, mut opened) = (0_i32, 0);
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            if let Event::Html(html) = event {
                for (tag, step) in [("<details>", 1), ("</details>", -1)] {
                    depth += step * html.matches(tag).count() as i32;
                    opened += html.matches("<details>").count();
                }
                assert!((0..=1).contains(&depth), "{html}");
            }
        }
        assert_eq!(depth, 0);
        assert!(opened > 0);
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for fixture in fixtures() {
        for columns in [20, 40, 60, 79, 80, 100, 140] {
            for show in [Show::Folded, Show::Unique, Show::None] {
                let format = Terminal { width: columns, show, ..Terminal::default() };
                let text = style::strip(&render(&fixture, &format));
                assert!(text.lines().all(|line| width(line) <= columns), "{columns} columns");
            }
        }
    }
}

#[test]
fn numbers_are_whole_at_eighty_columns() {
    for fixture in [Fixture::suite(), Fixture::pairwise(), Fixture::large_suite(60)] {
        let text = terminal(&fixture, 80);
        let table: Vec<&str> = text.split("\n\n").nth(1).unwrap().lines().collect();
        assert!(!table.iter().any(|line| line.contains('…')), "{table:#?}");
    }
}

#[test]
fn the_summary_fits_a_comment_whatever_anybody_wrote() {
    let mut fixture = Fixture::large_suite(400);
    for contestant in &mut fixture.analysis.header.contestants {
        contestant.name = format!("{HOSTILE} {}", "|".repeat(200_000));
    }
    for prompt in &mut fixture.analysis.header.prompts {
        prompt.id = "`*_".repeat(10_000);
    }
    for row in &mut fixture.analysis.scores.rows {
        for result in row.checks.iter_mut().flatten() {
            result.message = "*".repeat(50_000);
        }
    }
    fixture.verdicts.iter_mut().for_each(|verdict| verdict.sentence = "_".repeat(70_000));
    let text = render(&fixture, &Summary);
    assert!(text.len() <= LONGEST, "{} bytes", text.len());
    assert!(text.contains("Some sections were too long to be shown here"));
    assert!(text.contains("❌ Gate failed"));
    for fixture in fixtures() {
        assert!(render(&fixture, &Summary).len() <= LONGEST);
    }
}

#[test]
fn a_run_that_nothing_scored_has_empty_scores() {
    assert_eq!(Fixture::plain().analysis.scores, Scores::default());
    let text = terminal(&Fixture::plain(), 80);
    for word in ["Gate", "checks", "Judged", "fabrication"] {
        assert!(!text.contains(word), "{word}");
    }
}
