//! JUnit and SARIF as their readers read them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may panic as tests may")]

mod common;

use std::collections::BTreeMap;

use common::Fixture;
use quick_xml::events::{BytesStart, Event};
use report::document::Document;
use report::sarif::Source;
use serde_json::Value;

#[derive(Debug, Default, Clone, PartialEq)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|one| {
            let one = one.unwrap();
            let value = quick_xml::escape::unescape(&one.value).unwrap().into_owned();
            (one.key.as_ref().to_owned(), value)
        });
        Self { name: start.name().as_ref().to_owned(), attributes: attributes.collect(), ..Self::default() }
    }

    fn all(&self, name: &str) -> Vec<&Element> {
        let mut found: Vec<&Element> = self.children.iter().filter(|child| child.name == name).collect();
        found.extend(self.children.iter().flat_map(|child| child.all(name)));
        found
    }

    fn number(&self, name: &str) -> usize {
        self.attributes[name].parse().unwrap()
    }
}

fn parse(document: &str) -> Element {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push(Element::of(&start)),
            Event::Empty(start) => open.last_mut().unwrap().children.push(Element::of(&start)),
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text),
            Event::GeneralRef(reference) => {
                let text = quick_xml::escape::unescape(&format!("&{};", &*reference)).unwrap().into_owned();
                open.last_mut().unwrap().text.push_str(&text);
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(open.len(), 1);
    open.pop().unwrap().children.pop().unwrap()
}

fn junit(fixture: &Fixture) -> Element {
    let mut out = vec![];
    report::junit::write(&Document::new(&fixture.analysis, &fixture.verdicts), &mut out).unwrap();
    parse(&String::from_utf8(out).unwrap())
}

fn sarif(fixture: &Fixture, source: &Source) -> Value {
    let mut out = vec![];
    report::sarif::write(&Document::new(&fixture.analysis, &fixture.verdicts), source, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn failed_unverified_and_unmade_answers_are_told_apart() {
    let root = junit(&Fixture::suite());
    assert_eq!(root.name, "testsuites");
    assert_eq!(root.attributes["name"], "support");
    let suites = root.all("testsuite");
    assert_eq!(suites.len(), 2);
    let case = |suite: usize, name: &str| {
        suites[suite].all("testcase").into_iter().find(|case| case.attributes["name"] == name).unwrap().clone()
    };
    assert!(case(0, "capital run 1").all("failure").is_empty() && case(0, "capital run 1").all("error").is_empty());
    let failed = case(1, "capital run 3");
    let failures = failed.all("failure");
    assert_eq!(failures[0].attributes["type"], "contains");
    assert!(failures[0].text.contains("short: ") && failures[0].text.contains("expected:"));
    assert!(failed.all("system-out")[0].text.contains("Lyon"));
    let kind = |case: &Element| case.all("error").first().map(|error| error.attributes["type"].clone());
    assert_eq!(kind(&case(1, "citation run 1")).as_deref(), Some("refused"));
    assert_eq!(kind(&case(1, "citation run 2")).as_deref(), Some("truncated"));
    assert_eq!(kind(&case(0, "citation run 3")).as_deref(), Some("overloaded"));
}

#[test]
fn counts_are_those_of_the_cases() {
    for fixture in
        [Fixture::suite(), Fixture::hostile_suite(), Fixture::large_suite(60), Fixture::plain(), Fixture::hostile()]
    {
        let root = junit(&fixture);
        for suite in [vec![&root], root.all("testsuite")].concat() {
            assert_eq!(suite.number("tests"), suite.all("testcase").len());
            for (count, name) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
                assert_eq!(suite.number(count), suite.all(name).len(), "{name}");
            }
        }
        assert_eq!(root.number("tests"), fixture.analysis.rows.len());
    }
}

#[test]
fn a_run_without_checks_is_not_green() {
    let root = junit(&Fixture::plain());
    assert_eq!(root.number("skipped"), root.number("tests"));
}

/// The parts of the 2.1.0 schema that a reader relies on, written from the standard's sections 3.13 to 3.59.
fn sarif_schema() -> Value {
    serde_json::from_str(include_str!("sarif-essentials.schema.json")).unwrap()
}

#[test]
fn sarif_follows_the_standard() {
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    for fixture in
        [Fixture::suite(), Fixture::hostile_suite(), Fixture::large_suite(60), Fixture::plain(), Fixture::pairwise()]
    {
        let log = sarif(&fixture, &Source::default());
        let errors: Vec<String> =
            validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: std::collections::BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), rules.len(), "each rule once");
        for result in log["runs"][0]["results"].as_array().unwrap() {
            assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
        }
    }
}

#[test]
fn findings_stand_where_their_items_are_written() {
    let source = Source {
        file: Some("suites/support.yaml".to_owned()),
        lines: BTreeMap::from([("capital".to_owned(), 12), ("citation".to_owned(), 40)]),
    };
    let log = sarif(&Fixture::suite(), &source);
    let run = &log["runs"][0];
    assert_eq!(run["artifacts"][0]["location"]["uri"], "suites/support.yaml");
    let results = run["results"].as_array().unwrap();
    let line = |item: &str| {
        let found = results.iter().find(|one| one["locations"][0]["logicalLocations"][0]["name"] == item).unwrap();
        found["locations"][0]["physicalLocation"]["region"]["startLine"].clone()
    };
    assert_eq!(line("capital"), 12);
    assert_eq!(line("citation"), 40);
    assert_eq!(line("as-json"), 1);
    let of = |rule: &str| results.iter().filter(|one| one["ruleId"] == rule).collect::<Vec<_>>();
    assert_eq!(of("check/contains")[0]["level"], "error");
    assert_eq!(of("check/icontains").len(), 2, "declined and cut apart");
    assert_eq!(of("check/icontains")[0]["level"], "warning");
    assert_eq!(of("marker/citation_checksum")[0]["level"], "note");
    assert!(of("marker/citation_checksum")[0]["message"]["text"].as_str().unwrap().contains("not proof"));
    // The same finding has the same fingerprint in the next run.
    let again = sarif(&Fixture::suite(), &Source::default());
    for (one, other) in results.iter().zip(again["runs"][0]["results"].as_array().unwrap()) {
        assert_eq!(one["partialFingerprints"], other["partialFingerprints"]);
    }
}

#[test]
fn a_flood_of_findings_is_cut_and_counted() {
    let mut fixture = Fixture::large_suite(2_600);
    for row in &mut fixture.analysis.scores.rows {
        row.checks.iter_mut().flatten().for_each(|result| result.passed = Some(false));
    }
    let log = sarif(&fixture, &Source::default());
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 5_000);
    let text = log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(text.starts_with("200 more findings"), "{text}");
}
