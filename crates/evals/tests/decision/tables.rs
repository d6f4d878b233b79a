//! Tables of results: both forms, missing cells, and mistakes with their line.

use evals::decision::table::{Form, ResultTable, TableError, read};
use evals::decision::{DecisionOptions, Measure, decide_scores};
use proptest::prelude::*;

use crate::fixtures::close;

fn table(text: &str) -> ResultTable {
    read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn wide_and_long_give_the_same_scores() {
    let wide = table("item_id,a,b\nx,1,0\ny,0.5,\nz,0,1\n");
    let long = table("item_id,model,run_index,score\nx,a,0,1\nx,b,0,0\ny,a,0,0.5\nz,a,0,0\nz,b,0,1\n");
    assert_eq!((wide.form, long.form), (Form::Wide, Form::Long));
    assert_eq!(wide.contestants, ["a", "b"]);
    let (one, other) = (wide.scores(), long.scores());
    assert_eq!(one, other);
    let decision = decide_scores(&one, &DecisionOptions::default());
    assert_eq!((decision.contestants[1].primary.n_items, decision.contestants[1].primary.n_missing), (2, 1));
    close(decision.contestants[1].primary.bounds.unwrap().high, 2.0 / 3.0, 1e-12);
}

#[test]
fn the_usual_names_words_and_separators_are_read() {
    let long = table("task_id;trial;reward\r\n0;0;pass\r\n0;1;fail\r\n1;0;TRUE\r\n1;1;n/a\r\n");
    assert!(long.is_binary);
    assert_eq!((long.items.len(), long.answers.len(), long.contestants[0].as_str()), (2, 4, "contestant"));
    assert_eq!(long.answers[3].score, None);
    let quoted = table("\u{feff}Prompt,\"model, one\",m2\n\"a \"\"b\"\"\",0.25,0.5\n");
    assert_eq!((quoted.items[0].id.as_str(), quoted.contestants[0].as_str()), ("a \"b\"", "model, one"));
    let numbered = table("m1,m2\n1,0\n0,1\n");
    assert_eq!((numbered.items[1].id.as_str(), numbered.contestants.len()), ("2", 2));
    let hashed = table("sha,m1\nab12,1\n0001,0\n");
    assert_eq!((hashed.items.len(), hashed.contestants.len()), (2, 1));
    let tabs = table("id\tm1\nx\t1e-3\n");
    assert_eq!(tabs.answers[0].score, Some(0.001));
}

#[test]
fn clusters_weights_and_measures_come_along() {
    let long = table("item_id,model,score,cluster,weight,latency_ms,cost_usd\nx,a,1,c,2,800,0.01\ny,a,0,c,1,,0.02\n");
    let scores = long.scores();
    assert_eq!(scores.clusters(), 1);
    assert_eq!(scores.items()[0].weight, 2.0);
    assert!(scores.has(Measure::LatencyMs) && scores.has(Measure::CostUsd));
    assert_eq!(scores.answers(0, 1)[0].get(Measure::LatencyMs), None);
    let decision = decide_scores(&scores, &DecisionOptions::default());
    close(decision.contestants[0].primary.mean, 2.0 / 3.0, 1e-12);
}

#[test]
fn mistakes_are_told_with_their_line() {
    for (text, line, part) in [
        ("", None, "empty"),
        ("item_id,a\n", None, "no rows"),
        ("item_id,a\nx,1\ny,high\n", Some(3), "`high` in column `a` is no score"),
        ("item_id,a\nx,1\n\ny,1,2\n", Some(4), "3 cells under 2 columns"),
        ("item_id,a\nx,1\nx,0\n", Some(3), "stands in line 2 already"),
        ("item_id,a,a\nx,1,2\n", Some(1), "two columns are called `a`"),
        ("item_id,,b\nx,1,2\n", Some(1), "column 2 has no name"),
        ("0.5,0.7\n1,2\n", Some(1), "values, not names"),
        ("item_id,a\nx,inf\n", Some(2), "no score"),
        ("item_id,a\nx,\n", None, "no cell holds a score"),
        ("item_id,a\n,1\n", Some(2), "no id"),
        ("item_id\nx\n", None, "no column of a contestant"),
        ("item_id,model,run,score\nx,a,0,1\nx,a,0,1\n", Some(3), "stand in line 2 already"),
        ("item_id,model,score\nx,,1\n", Some(2), "names no model"),
        ("model,score\na,1\n", Some(1), "needs a column of items"),
        ("item_id,model,score,weight\nx,a,1,-1\n", Some(2), "no weight"),
        ("item_id,model,score,cluster\nx,a,1,c\nx,b,1,d\n", Some(3), "another cluster or weight"),
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        let found = if let TableError::Line { line, .. } = &error { Some(*line) } else { None };
        assert_eq!(found, line, "{text:?}: {error}");
        assert!(error.to_string().contains(part), "{text:?}: {error}");
    }
    assert!(read(b"item_id,a\nx,\xff\n").unwrap_err().to_string().contains("UTF-8"));
    let long = format!("item_id,a\nx,{}\n", "9".repeat(1 << 20) + "x");
    assert!(read(long.as_bytes()).unwrap_err().to_string().len() < 300);
}

#[test]
fn columns_without_end_are_refused() {
    let header: Vec<String> = (0..2_000).map(|at| format!("m{at}")).collect();
    assert!(read(header.join(",").as_bytes()).unwrap_err().to_string().contains("At most 1000"));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec((prop::option::of(-5.0..5.0_f64), prop::option::of(0.0..1.0_f64)), 1..30)) {
        let mut text = "item_id,a,b\n".to_owned();
        let cell = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        for (at, (a, b)) in rows.iter().enumerate() {
            text.push_str(&format!("i{at},{},{}\n", cell(*a), cell(*b)));
        }
        match read(text.as_bytes()) {
            Ok(table) => {
                let found: Vec<Option<f64>> = table.answers.iter().map(|answer| answer.score).collect();
                let expected: Vec<Option<f64>> = rows.iter().flat_map(|row| [row.0, row.1]).collect();
                prop_assert_eq!(found, expected);
            }
            Err(error) => prop_assert!(rows.iter().all(|row| row.0.is_none() && row.1.is_none()), "{}", error),
        }
    }
}

#[test]
fn a_table_that_became_a_run_decides_as_the_table_itself() {
    use evals::decision::{DecisionOptions, decide_scores};
    use evals::imported::{ImportRequest, run_of};
    use evals::record::AnalysisOptions;
    let text = "item_id,model,run_index,score,latency_ms,cluster\nq1,m,0,0.5,100,x\nq1,m,1,0.7,110,x\nq1,n,0,0.2,90,x\n\
                q2,m,0,0.9,105,x\nq2,n,0,,95,x\nq3,m,0,0.4,90,y\nq3,n,0,0.3,80,y\nq4,m,0,0.8,99,z\nq4,n,0,0.1,97,z\n";
    let table = read(text.as_bytes()).unwrap();
    let request = ImportRequest {
        tool_version: "0.0.0".to_owned(),
        run_id: None,
        at_unix: 1_790_000_000,
        source: "results.csv".to_owned(),
        seed: 7,
        analysis: AnalysisOptions { resamples: 499, ..AnalysisOptions::default() },
        pricing_as_of: "2026-09-06".to_owned(),
    };
    let analysis = evals::analysis::analyse_run(run_of(&table, request));
    let options = DecisionOptions { resamples: 499, seed: Some(7), ..DecisionOptions::default() };
    assert_eq!(analysis.decision, Some(decide_scores(&table.scores(), &options)));
    assert_eq!(analysis.totals.cost, llm::money::Usd::ZERO);
    assert!(analysis.notes.iter().any(|note| note.code == "imported"));
    assert!(!analysis.notes.iter().any(|note| note.text.contains("said nothing")), "{:?}", analysis.notes);
}
