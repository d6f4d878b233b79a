//! JUnit XML: a test suite a contestant, a test case an answer, for CI systems that list tests.
//!
//! A case **fails** when a check of its answer failed. It is an **error** when the call failed, or a
//! check has no verdict (the model declined, the answer was cut, a program gave none): no check can
//! pass there. It is **skipped** when the call was never made or there is no check, because nothing
//! was verified. So a green case is an answer whose every check passed, and nothing else.
//!
//! Statistical gates are a test suite of their own, `gates`, with a case a gate. One that fails is a **failure**; one
//! that the data leave open is an **error** of type `inconclusive`, which says how many more answers would decide it:
//! not skipped, because CI systems show skipped cases as fine, and nobody has shown that this one is.

use std::io;

use checks::CheckResult;
use evals::analysis::scored::RowScores;
use evals::decision::{GateAnswer, GateResult};
use evals::record::CallRecord;
use llm::outcome::Outcome;

use crate::document::Document;
use crate::escape::xml::{attribute, text};
use crate::format::Format;
use crate::json::{cost_usd, risk_word};
use crate::wording;

/// Most bytes of an answer in `system-out`.
const ANSWER_BYTES: usize = 4_000;

/// The JUnit format.
#[derive(Debug, Clone, Copy, Default)]
pub struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let suites = suites(document);
        let gates = document.analysis.decision.as_ref().map_or(&[][..], |decision| &decision.gates);
        let mut all = gate_counts(gates);
        for suite in &suites {
            all.add(&suite.counts);
        }
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        let name = document.analysis.header.scoring.suite.as_ref().map_or("", |suite| suite.name.as_str());
        let name = if name.is_empty() { document.analysis.header.command.as_str() } else { name };
        writeln!(out, r#"<testsuites name="{}" {all}>"#, attribute(name))?;
        for suite in &suites {
            suite.write(document, out)?;
        }
        write_gates(document, gates, out)?;
        writeln!(out, "</testsuites>")
    }
}

/// Writes the run as JUnit XML.
pub fn write(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    Junit.render(document, out)
}

/// What became of a test case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Passed,
    Failed,
    Error,
    Skipped,
}

struct Case<'a> {
    record: &'a CallRecord,
    scores: Option<&'a RowScores>,
    state: State,
}

struct Suite<'a> {
    contestant: usize,
    cases: Vec<Case<'a>>,
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    seconds: f64,
}

impl Counts {
    fn take(&mut self, case: &Case<'_>) {
        self.tests += 1;
        match case.state {
            State::Passed => {}
            State::Failed => self.failures += 1,
            State::Error => self.errors += 1,
            State::Skipped => self.skipped += 1,
        }
        self.seconds += seconds(case.record);
    }

    fn add(&mut self, other: &Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
        self.seconds += other.seconds;
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            r#"tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3}""#,
            self.tests, self.failures, self.errors, self.skipped, self.seconds
        )
    }
}

fn seconds(record: &CallRecord) -> f64 {
    record.timing.latency_ms.filter(|ms| ms.is_finite()).map_or(0.0, |ms| ms / 1000.0)
}

fn suites<'a>(document: &Document<'a>) -> Vec<Suite<'a>> {
    let contestants = document.analysis.header.contestants.len();
    let mut suites: Vec<Suite<'a>> =
        (0..contestants).map(|contestant| Suite { contestant, cases: vec![], counts: Counts::default() }).collect();
    for (at, record) in document.analysis.rows.iter().enumerate() {
        let Some(suite) = suites.get_mut(record.call.contestant as usize) else { continue };
        let scores = document.scores(at);
        let case = Case { record, scores, state: state(record, scores) };
        suite.counts.take(&case);
        suite.cases.push(case);
    }
    suites
}

fn state(record: &CallRecord, scores: Option<&RowScores>) -> State {
    let results = scores.and_then(|scores| scores.checks.as_deref()).unwrap_or_default();
    match record.outcome {
        Outcome::Cancelled => State::Skipped,
        Outcome::Error => State::Error,
        _ if results.iter().any(|result| result.passed == Some(false)) => State::Failed,
        _ if results.iter().any(|result| result.passed.is_none()) => State::Error,
        _ if results.is_empty() => State::Skipped,
        _ => State::Passed,
    }
}

impl Suite<'_> {
    fn write(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let header = &document.analysis.header;
        let name = document.contestant_name(self.contestant as u32);
        writeln!(
            out,
            r#"  <testsuite name="{}" {} timestamp="{}">"#,
            attribute(name),
            self.counts,
            attribute(header.started_at.trim_end_matches('Z'))
        )?;
        let mut properties = vec![
            ("run_id", header.run_id.clone()),
            ("experiment_key", header.experiment_key.clone()),
            ("tool_version", header.tool_version.clone()),
        ];
        if let Some((passed, _)) = wording::gate(document) {
            properties.push(("gate", if passed { "passed" } else { "failed" }.to_owned()));
        }
        if let Some(scores) = document.contestant_scores(self.contestant) {
            let rate = scores.checks.pass_rate.filter(|rate| rate.is_finite());
            properties.extend(rate.map(|rate| ("pass_rate", rate.to_string())));
            let mean = scores.judge_mean.filter(|mean| mean.is_finite());
            properties.extend(mean.map(|mean| ("judge_score_mean", mean.to_string())));
            properties.push(("cost_usd", scores.cost.as_f64().to_string()));
        }
        write_properties("    ", &properties, out)?;
        for case in &self.cases {
            case.write(document, name, out)?;
        }
        writeln!(out, "  </testsuite>")
    }
}

fn gate_counts(gates: &[GateResult]) -> Counts {
    let count = |wanted: GateAnswer| gates.iter().filter(|gate| gate.answer == wanted).count();
    Counts {
        tests: gates.len(),
        failures: count(GateAnswer::Fails),
        errors: count(GateAnswer::Inconclusive),
        ..Counts::default()
    }
}

fn write_gates(document: &Document<'_>, gates: &[GateResult], out: &mut dyn io::Write) -> io::Result<()> {
    if gates.is_empty() {
        return Ok(());
    }
    let started = document.analysis.header.started_at.trim_end_matches('Z');
    writeln!(out, r#"  <testsuite name="gates" {} timestamp="{}">"#, gate_counts(gates), attribute(started))?;
    for gate in gates {
        let sentence = wording::decision::gate(gate).sentence;
        writeln!(out, r#"    <testcase name="{}" classname="gates" time="0.000">"#, attribute(&gate.gate))?;
        match gate.answer {
            GateAnswer::Passes => writeln!(out, "      <system-out>{}</system-out>", text(&sentence))?,
            GateAnswer::Fails => writeln!(out, r#"      <failure type="gate" message="{}"/>"#, attribute(&sentence))?,
            GateAnswer::Inconclusive => {
                writeln!(out, r#"      <error type="inconclusive" message="{}"/>"#, attribute(&sentence))?;
            }
        }
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn write_properties(indent: &str, properties: &[(&str, String)], out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "{indent}<properties>")?;
    for (name, value) in properties {
        writeln!(out, r#"{indent}  <property name="{name}" value="{}"/>"#, attribute(value))?;
    }
    writeln!(out, "{indent}</properties>")
}

impl Case<'_> {
    fn write(&self, document: &Document<'_>, contestant: &str, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(
            out,
            r#"    <testcase name="{}" classname="{}" time="{:.3}">"#,
            attribute(&self.name(document)),
            attribute(contestant),
            seconds(self.record)
        )?;
        write_properties("      ", &self.properties(), out)?;
        match self.state {
            State::Passed => {}
            State::Failed => self.failed(out)?,
            State::Error => self.error(out)?,
            State::Skipped => {
                let why = if self.record.outcome == Outcome::Cancelled {
                    "the call was never made"
                } else {
                    "the item has no checks: nothing was verified"
                };
                writeln!(out, r#"      <skipped message="{why}"/>"#)?;
            }
        }
        let answer = &self.record.answer.text;
        if self.state != State::Passed && !answer.is_empty() {
            let answer = &answer[..answer.floor_char_boundary(ANSWER_BYTES)];
            writeln!(out, "      <system-out>{}</system-out>", text(answer))?;
        }
        writeln!(out, "    </testcase>")
    }

    /// The item, and what else tells its answers by one contestant apart.
    fn name(&self, document: &Document<'_>) -> String {
        let call = &self.record.call;
        let varies = document.varies();
        let mut name = document.item(call.prompt).map(|item| item.id.clone()).unwrap_or_default();
        if let (true, Some(temperature)) = (varies.temperatures, call.temperature) {
            name.push_str(&format!(" t={temperature}"));
        }
        if varies.systems {
            name.push_str(&format!(" SP{}", call.system + 1));
        }
        if document.analysis.header.runs > 1 {
            name.push_str(&format!(" run {}", call.run_index + 1));
        }
        name
    }

    fn properties(&self) -> Vec<(&'static str, String)> {
        let mut properties = vec![("outcome", self.record.outcome.as_str().to_owned())];
        properties.extend(cost_usd(self.record).map(|usd| ("cost_usd", usd.to_string())));
        if let Some(scores) = self.scores {
            properties.push(("assertions_passed", scores.passed.to_string()));
            properties.push(("assertions_total", scores.definitive.to_string()));
            properties.push(("assertions_configured", scores.configured.to_string()));
            let score = scores.judge_score.filter(|score| score.is_finite());
            properties.extend(score.map(|score| ("judge_score", score.to_string())));
            let risk = scores.hallucination.as_ref().and_then(|found| found.risk);
            properties.extend(risk.map(|risk| ("hallucination_risk", risk_word(risk).to_owned())));
        }
        properties
    }

    fn results(&self) -> &[CheckResult] {
        self.scores.and_then(|scores| scores.checks.as_deref()).unwrap_or_default()
    }

    /// The first failed check in the attributes, all of them in the text.
    fn failed(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let not_passed: Vec<&CheckResult> =
            self.results().iter().filter(|result| result.passed != Some(true)).collect();
        let Some(first) = not_passed.iter().find(|result| result.passed == Some(false)) else { return Ok(()) };
        writeln!(
            out,
            r#"      <failure type="{}" message="{}">{}</failure>"#,
            attribute(&first.kind),
            attribute(&first.message),
            text(&lines(&not_passed))
        )
    }

    fn error(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let open: Vec<&CheckResult> = self.results().iter().filter(|result| result.passed.is_none()).collect();
        let (kind, message) = match (&self.record.error, open.first()) {
            (Some(error), _) if self.record.outcome == Outcome::Error => (error.kind.as_str(), error.message.as_str()),
            (_, Some(first)) => (
                first.error_kind.map_or("unevaluated", |kind| kind.as_str()),
                first.error.as_deref().unwrap_or(&first.message),
            ),
            _ => (self.record.outcome.as_str(), "the call failed"),
        };
        writeln!(
            out,
            r#"      <error type="{}" message="{}">{}</error>"#,
            attribute(kind),
            attribute(message),
            text(&lines(&open))
        )
    }
}

/// A line for each check that did not pass, with what was asked for and what was found.
fn lines(results: &[&CheckResult]) -> String {
    let mut out = String::new();
    for result in results {
        let name = result.name.as_deref().unwrap_or(&result.kind);
        let message = if result.passed.is_none() { result.error.as_deref() } else { None };
        out.push_str(&format!("{name}: {}\n", message.unwrap_or(&result.message)));
        if result.passed == Some(false) {
            out.push_str(&format!("  expected: {}\n  actual: {}\n", result.expected, result.actual));
        }
    }
    out
}
