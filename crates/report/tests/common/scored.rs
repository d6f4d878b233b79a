//! Scored runs: answers and judges' replies written by hand, everything else by the analysis itself.

use evals::analysis::analyse_run;
use evals::analysis::model::Machine;
use evals::analysis::scored::{HallucinationResults, McNemarResult};
use evals::analysis::verdict::verdicts;
use evals::plan::{Plan, PlanRequest};
use evals::record::{
    AnalysisOptions, CallCost, CallRecord, Contestant, CorrectionKind, Gates, JudgeMode, JudgeTask, Judging,
    PlannedCall, Prompt, RunEnd, Scoring, SuiteInfo,
};
use evals::store::StoredRun;
use hallucination::{MarkerKind, Risk};
use judges::{FactsRubric, Rubric};
use llm::cost::{PriceSheet, PriceSource, Rate, Rates, Schedule, Terms};
use llm::money::Usd;
use llm::outcome::Outcome;
use serde_json::{Value, json};

use super::{Builder, Fixture, HOSTILE, contestant};

/// What a contestant says: (prompt, contestant, run) to text and outcome.
pub(crate) type Says = fn(u32, u32, u32) -> (Outcome, String);
/// What a judge says: its index, what it is asked, the answers that it is shown.
pub(crate) type JudgeSays = fn(u32, &JudgeTask, &[&CallRecord]) -> String;

/// A contestant of a family with a price.
pub(crate) fn priced(name: &str, family: &str) -> Contestant {
    let rate = |dollars| Rate::from_usd_per_mtok(dollars).unwrap();
    let rates =
        Rates { input: rate(1.0), cached_read: None, cache_write_5m: None, cache_write_1h: None, output: rate(5.0) };
    Contestant {
        family: Some(family.to_owned()),
        price: PriceSheet::new(Terms::Priced(Schedule::flat(rates)), PriceSource::Unchecked),
        ..contestant(name, "openai")
    }
}

pub(crate) fn check(value: Value) -> checks::CheckSpec {
    checks::CheckSpec::from_value(value).unwrap()
}

pub(crate) fn request(prompts: Vec<Prompt>, contestants: Vec<Contestant>, runs: u32, scoring: Scoring) -> PlanRequest {
    PlanRequest {
        tool_version: "0.3.0".to_owned(),
        command: "batch".to_owned(),
        run_id: Some("0a1b2c3d-1111-4222-8333-444455556666".to_owned()),
        at_unix: 1_795_356_000,
        seed: 7,
        prompts,
        systems: vec![None],
        temperatures: vec![None],
        runs,
        contestants,
        prompt_overheads: vec![],
        max_cost: None,
        allow_unpriced: false,
        concurrency: 5,
        timeouts: llm::call::Timeouts::default(),
        max_retries: 3,
        analysis: AnalysisOptions { resamples: 500, ..AnalysisOptions::default() },
        pricing_as_of: "2026-09-06".to_owned(),
        notes: vec![],
        scoring,
        judge_overheads: vec![],
    }
}

/// The run as it would be stored: every call with a record, the judges' after the contestants'.
pub(crate) fn stored(request: PlanRequest, says: Says, judge_says: JudgeSays) -> StoredRun {
    let plan = Plan::new(request).unwrap();
    let mut builder = Builder::new(vec![contestant("any", "openai")], 1);
    let mut records: Vec<CallRecord> = plan
        .calls
        .iter()
        .map(|call| {
            let (outcome, text) = says(call.prompt, call.contestant, call.run_index);
            let latency = 400.0 + 100.0 * f64::from(call.contestant) + 10.0 * f64::from(call.index);
            record(&mut builder, *call, outcome, &text, latency)
        })
        .collect();
    let answers = records.clone();
    for (at, judgement) in plan.judgements.iter().enumerate() {
        let (first, second) = judgement.task.answers();
        let shown: Vec<&CallRecord> =
            [Some(first), second].into_iter().flatten().map(|at| &answers[at as usize]).collect();
        let same = shown.len() == 2 && shown[0].answer.text == shown[1].answer.text;
        if same || shown.iter().any(|record| record.outcome != Outcome::Complete) {
            continue;
        }
        let call = PlannedCall {
            index: (plan.calls.len() + at) as u32,
            contestant: plan.header.contestants.len() as u32 + judgement.judge,
            temperature: None,
            ..shown[0].call
        };
        let reply = judge_says(judgement.judge, &judgement.task, &shown);
        records.push(record(&mut builder, call, Outcome::Complete, &reply, 300.0));
    }
    StoredRun {
        plan,
        learned: vec![],
        records,
        externals: evals::record::Externals::new(),
        labels: vec![],
        end: RunEnd::Finished,
        machine: Machine { samples: 100, lag_p50_ms: 0.05, lag_p99_ms: 0.4, lag_max_ms: 1.25 },
        unsettled: vec![],
    }
}

fn record(builder: &mut Builder, call: PlannedCall, outcome: Outcome, text: &str, latency: f64) -> CallRecord {
    let known = CallCost::Known(Usd::from_pico(76_000_000));
    let made = match outcome {
        Outcome::Error => builder.fail(0, 0, "the provider is overloaded", CallCost::Nothing),
        Outcome::Refused => builder.refuse(0, 0, text),
        _ => builder.answer(0, 0, text, latency, known),
    };
    let mut made = made.clone();
    made.outcome = outcome;
    made.call = call;
    made
}

pub(crate) fn analysed(run: StoredRun) -> Fixture {
    let analysis = analyse_run(run);
    let verdicts = verdicts(&analysis);
    Fixture { analysis, verdicts }
}

/// The same run with the evidence of fabrication chosen, so that a better search changes no snapshot: only wrong
/// check digits are signs, the runs agree, and the judges alone decide the risk.
pub(crate) fn pinned(mut fixture: Fixture) -> Fixture {
    let scores = &mut fixture.analysis.scores;
    let Some(results) = &mut scores.hallucination else { return fixture };
    *results = HallucinationResults::default();
    for found in scores.rows.iter_mut().filter_map(|row| row.hallucination.as_mut()) {
        found.markers.retain(|marker| marker.kind == MarkerKind::CitationChecksum);
        found.cluster = Some(0);
        found.semantic_entropy = found.semantic_entropy.map(|_| 0.0);
        found.selfcheck = found.selfcheck.map(|_| 0.25);
        found.risk = found.judge_risk;
        results.searched += 1;
        results.marked += u32::from(!found.markers.is_empty());
        if let Some(risk) = found.risk {
            results.classified += 1;
            results.by_risk[risk as usize] += 1;
        }
    }
    let [_, _, high] = results.by_risk;
    results.mcnemar = vec![McNemarResult {
        a: 0,
        b: 1,
        both_pass: 6,
        a_only: high,
        b_only: 0,
        both_fail: 0,
        method: "exact".to_owned(),
        statistic: None,
        p_value: Some(1.0),
        p_value_corrected: Some(1.0),
        correction: CorrectionKind::Bonferroni,
        n_comparisons: 1,
        n_untestable: 0,
        significant: false,
    }];
    for (at, contestant) in scores.contestants.iter_mut().enumerate() {
        let risks =
            fixture.analysis.rows.iter().zip(&scores.rows).filter(|(row, _)| row.call.contestant as usize == at);
        let risks: Vec<Risk> = risks.filter_map(|(_, row)| row.hallucination.as_ref()?.risk).collect();
        contestant.classified = risks.len() as u32;
        contestant.high_risk = risks.iter().filter(|risk| **risk == Risk::High).count() as u32;
    }
    fixture
}

/// The items of the plain suite.
pub(crate) fn items() -> Vec<Prompt> {
    let capital = Prompt {
        checks: vec![
            check(json!({"type": "contains", "value": "Paris"})),
            check(json!({"type": "max_length_chars", "value": 60, "name": "short"})),
        ],
        tags: vec!["geography".to_owned(), "easy".to_owned()],
        expected_facts: vec!["The capital of France is Paris.".to_owned()],
        ..Prompt::new("capital", "Name the capital of France.")
    };
    let json_item = Prompt {
        checks: vec![check(json!({"type": "json_valid"})), check(json!({"type": "regex", "value": "\"ok\"\\s*:"}))],
        tags: vec!["format".to_owned()],
        weight: 2.0,
        cluster: Some("formats".to_owned()),
        ..Prompt::new("as-json", "Answer {\"ok\": true} as JSON.")
    };
    let cited = Prompt {
        checks: vec![check(json!({"type": "icontains", "value": "isbn"}))],
        reference: Some("ISBN 978-0-306-40615-7".to_owned()),
        vars: serde_json::Map::from_iter([("topic".to_owned(), json!("books"))]),
        ..Prompt::new("citation", "Name a book with its ISBN.")
    };
    vec![capital, json_item, cited]
}

pub(crate) fn says(prompt: u32, contestant: u32, run: u32) -> (Outcome, String) {
    let text = match (prompt, contestant, run) {
        (0, 0, _) => "Paris.",
        (0, 1, 2) => "The capital city of France, as every child knows, is the lovely town of Lyon on the Rhône.",
        (0, 1, _) => "It is Paris.",
        (1, 0, 1) => "Sure! {\"ok\": true}",
        (1, _, _) => "{\"ok\": true}",
        (2, 0, 2) => return (Outcome::Error, String::new()),
        (2, 0, _) => "Signals, ISBN 978-0-306-40615-7.",
        (2, 1, 0) => return (Outcome::Refused, "I cannot help with that.".to_owned()),
        (2, 1, 1) => return (Outcome::Truncated, "Well, let me".to_owned()),
        (_, _, _) => "Élan vital, ISBN 978-0-306-40615-3, published on 31 February 2001.",
    };
    (Outcome::Complete, text.to_owned())
}

pub(crate) fn judge_says(judge: u32, task: &JudgeTask, shown: &[&CallRecord]) -> String {
    let text = |at: usize| shown[at].answer.text.as_str();
    let quality = |text: &str| {
        if text.contains("Lyon") {
            2
        } else if text.contains("Sure!") {
            6
        } else {
            9
        }
    };
    match task {
        JudgeTask::Score { .. } if judge == 1 && text(0).contains("Sure!") => "I would rather not say.".to_owned(),
        JudgeTask::Score { .. } | JudgeTask::Check { .. } => {
            json!({"reasoning": "It says what was asked.", "score": quality(text(0)) - i64::from(judge)}).to_string()
        }
        JudgeTask::Pair { .. } => {
            let (first, second) = (quality(text(0)), quality(text(1)));
            let winner = match first.cmp(&second) {
                std::cmp::Ordering::Greater => "first",
                std::cmp::Ordering::Less => "second",
                // A judge that favours what it reads first.
                std::cmp::Ordering::Equal if text(0).len() % 2 == 0 => "first",
                std::cmp::Ordering::Equal => "tie",
            };
            json!({"reasoning": "The one is better.", "winner": winner}).to_string()
        }
        JudgeTask::SameMeaning { .. } => json!({"a_entails_b": true, "b_entails_a": true}).to_string(),
    }
}

fn judging(mode: JudgeMode) -> Judging {
    Judging {
        judges: vec![priced("claude-haiku-4-5", "claude"), priced("gpt-judge", "gpt")],
        rubric: Rubric { facts: Some(FactsRubric::default()), ..Rubric::default() },
        mode,
        entailment: false,
        allow_relatives: true,
    }
}

fn suite_info(name: &str, items: u32) -> SuiteInfo {
    SuiteInfo { name: name.to_owned(), folder: Some("/home/somebody/secret".to_owned()), items, shard: None }
}

fn contestants() -> Vec<Contestant> {
    vec![priced("gpt-4o-mini", "gpt"), priced("gemini-3.8-flash", "gemini")]
}

impl Fixture {
    /// Three items, two contestants, three runs: checked, judged by two, searched for fabrication, in every outcome.
    pub(crate) fn suite() -> Self {
        pinned(analysed(stored(Self::suite_request(), says, judge_says)))
    }

    pub(crate) fn suite_request() -> PlanRequest {
        let scoring = Scoring {
            suite: Some(suite_info("support", 5)),
            gates: Gates::default(),
            judging: Some(judging(JudgeMode::Score)),
            hallucination: true,
        };
        request(items(), contestants(), 3, scoring)
    }

    /// The same in pairs.
    pub(crate) fn pairwise() -> Self {
        let rubric = Rubric::default();
        let scoring = Scoring {
            suite: Some(suite_info("support", 3)),
            judging: Some(Judging { rubric, ..judging(JudgeMode::Pairwise) }),
            ..Scoring::default()
        };
        analysed(stored(request(items(), contestants(), 3, scoring), says, judge_says))
    }

    /// One prompt with checks and a judge, and no suite.
    pub(crate) fn checked_comparison() -> Self {
        let scoring = Scoring { judging: Some(judging(JudgeMode::Score)), hallucination: true, ..Scoring::default() };
        let mut request = request(items()[..1].to_vec(), contestants(), 3, scoring);
        request.command = "compare".to_owned();
        pinned(analysed(stored(request, says, judge_says)))
    }

    /// Hostile text wherever somebody else writes it.
    pub(crate) fn hostile_suite() -> Self {
        let item = Prompt {
            checks: vec![
                check(json!({"type": "contains", "value": HOSTILE, "name": HOSTILE})),
                check(json!({"type": "not_contains", "value": "Lyon", "name": HOSTILE})),
            ],
            tags: vec![HOSTILE.to_owned()],
            cluster: Some(HOSTILE.to_owned()),
            reference: Some(HOSTILE.to_owned()),
            expected_facts: vec![HOSTILE.to_owned()],
            vars: serde_json::Map::from_iter([(HOSTILE.to_owned(), json!(HOSTILE))]),
            ..Prompt::new(HOSTILE, HOSTILE)
        };
        let mut judging = judging(JudgeMode::Score);
        judging.judges[0].name = HOSTILE.to_owned();
        judging.rubric.criteria = vec![HOSTILE.to_owned()];
        let scoring = Scoring {
            suite: Some(suite_info(HOSTILE, 1)),
            judging: Some(judging),
            hallucination: true,
            gates: Gates::default(),
        };
        let mut contestants = contestants();
        contestants[1].name = HOSTILE.to_owned();
        let hostile_says: Says = |_, contestant, run| match (contestant, run) {
            (0, _) => (Outcome::Complete, format!("Lyon {HOSTILE} ISBN 978-0-306-40615-3 \u{0}\u{b}\u{fffe} ]]> -->")),
            (_, 0) => (Outcome::Refused, HOSTILE.to_owned()),
            (_, 1) => (Outcome::Error, String::new()),
            _ => (Outcome::Complete, HOSTILE.to_owned()),
        };
        let hostile_judge: JudgeSays = |_, _, _| json!({"reasoning": HOSTILE, "score": 3}).to_string();
        let mut run = stored(request(vec![item], contestants, 3, scoring), hostile_says, hostile_judge);
        for record in &mut run.records {
            if let Some(error) = &mut record.error {
                error.message = HOSTILE.to_owned();
            }
        }
        analysed(run)
    }

    /// So many items that no format may write a section for each.
    pub(crate) fn large_suite(items: u32) -> Self {
        let prompts = (0..items)
            .map(|at| Prompt {
                checks: vec![check(json!({"type": "contains", "value": "Paris"}))],
                ..Prompt::new(format!("item-{at:04}"), format!("Question {at}: what is the capital of France?"))
            })
            .collect();
        let scoring = Scoring { suite: Some(suite_info("large", items)), ..Scoring::default() };
        let large_says: Says = |prompt, contestant, _| {
            let text = if (prompt + contestant) % 4 == 0 { "It is Lyon." } else { "It is Paris." };
            (Outcome::Complete, text.to_owned())
        };
        analysed(stored(request(prompts, contestants(), 1, scoring), large_says, judge_says))
    }
}
