//! A JSON output read back: the same run gives the same bytes again, and what is no output of ours, or not whole, is
//! refused with a sentence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::time::Duration;

use checks::{CheckSpec, ExternalResult};
use evals::analysis::analyse_run;
use evals::analysis::verdict::verdicts;
use evals::merge::{MergeOptions, Part, merge, plan_of};
use evals::record::{
    AnalysisOptions, AttemptRecord, CallCost, CallRecord, Contestant, GateRule, Gates, JudgeMode, JudgeTask, Judging,
    Note, Omission, Prompt, RECORD_VERSION, RunEnd, RunHeader, Scoring, SuiteInfo, Timing,
};
use evals::store::StoredRun;
use judges::{FactsRubric, Rubric};
use llm::call::{Attempt, Billing, RawResponse, Timeouts};
use llm::cost::{PriceSheet, PriceSource, Rate, Rates, Schedule, Terms};
use llm::error::{ApiError, ErrorKind};
use llm::event::{AdvisorUsage, Stop, StopReason, Usage};
use llm::money::Usd;
use llm::outcome::{AdvisorReply, Answer, Outcome, ToolCall};
use llm::request::{Advisor, Effort, Message, Params, Role, Thinking};
use proptest::prelude::*;
use report::document::Document;
use report::format::Format;
use report::json::Json;
use report::read::{self, ReadError};
use serde_json::{Value, json};

fn priced(input: f64, output: f64) -> PriceSheet {
    let rate = |dollars| Rate::from_usd_per_mtok(dollars).unwrap();
    let rates = Rates {
        input: rate(input),
        cached_read: None,
        cache_write_5m: None,
        cache_write_1h: None,
        output: rate(output),
    };
    PriceSheet::new(Terms::Priced(Schedule::flat(rates)), PriceSource::FirstParty)
}

fn contestant(name: &str, provider: &str, price: PriceSheet) -> Contestant {
    Contestant {
        name: name.to_owned(),
        spec: format!("{provider}:{name}"),
        provider: provider.to_owned(),
        model: format!("{name}-2026"),
        family: Some(name.to_owned()),
        params: Params::default(),
        sends_temperature: true,
        omitted: vec![],
        price,
    }
}

fn check(value: Value) -> CheckSpec {
    serde_json::from_value(value).unwrap()
}

fn items() -> Vec<Prompt> {
    let mut plain = Prompt::new("capital", "Name the capital of France. \u{202e}\0 日本");
    plain.checks = vec![
        check(json!({"type": "contains", "value": "Paris", "name": "names it", "weight": 2})),
        check(json!({"type": "script", "command": ["python3", "check.py"]})),
        check(json!({"type": "judge", "criteria": ["It is short."], "threshold": 5})),
        check(json!({"type": "not", "check": {"type": "regex", "value": "(?i)berlin"}})),
    ];
    plain.tags = vec!["geo".to_owned()];
    plain.weight = 0.1 + 0.2;
    plain.cluster = Some("france".to_owned());
    plain.reference = Some("Paris.".to_owned());
    plain.expected_facts = vec!["The capital of France is Paris.".to_owned()];
    plain.vars =
        serde_json::from_value(json!({"country": "France", "n": 1.5, "deep": {"z": [1, null], "a": 2}})).unwrap();
    plain.systems = Some(vec![0, 1]);
    let mut talk = Prompt::new("talk", "And of Italy?");
    let turn = |role, text: &str| Message { role, text: text.to_owned() };
    talk.messages = vec![
        turn(Role::User, "Capital of France?"),
        turn(Role::Assistant, "Paris."),
        turn(Role::User, "And of Italy?"),
    ];
    talk.systems = Some(vec![2]);
    vec![plain, talk]
}

fn header(mode: JudgeMode) -> RunHeader {
    let mut thinker = contestant("claude-opus", "anthropic", priced(5.0, 25.0));
    thinker.params = Params {
        effort: Some(Effort::Xhigh),
        thinking: Some(Thinking::Budget(2048)),
        max_output_tokens: Some(700),
        top_p: Some(0.9),
        seed: Some(-3),
        stop: vec!["\n\n".to_owned()],
        advisor: Some(Advisor { model: "claude-fable".to_owned(), max_uses: Some(2) }),
        ..Params::default()
    };
    thinker.price.advisor = Some(Box::new(priced(10.0, 50.0)));
    thinker.sends_temperature = false;
    thinker.omitted = vec![Omission {
        parameter: "temperature".to_owned(),
        requested: "0.7".to_owned(),
        reason: "the model takes none".to_owned(),
    }];
    let note = |code: &str, text: &str| Note { code: code.to_owned(), text: text.to_owned() };
    RunHeader {
        record_version: RECORD_VERSION,
        tool_version: "9.8.7".to_owned(),
        run_id: "11111111-2222-3333-4444-555555555555".to_owned(),
        experiment_key: "0123456789abcdef".to_owned(),
        command: "batch".to_owned(),
        started_at: "2026-09-06T12:00:00Z".to_owned(),
        seed: u64::from(u32::MAX),
        prompts: items(),
        systems: vec![None, Some("Be brief.".to_owned()), Some("Ramble.".to_owned())],
        temperatures: vec![Some(0.7), None],
        runs: 3,
        contestants: vec![contestant("gpt", "openai", priced(2.5, 10.0)), thinker],
        max_cost: Usd::from_f64(0.123_456_789_012),
        concurrency: 5,
        timeouts: Timeouts { connect: Duration::from_micros(1_234_567), ..Timeouts::default() },
        max_retries: 3,
        analysis: AnalysisOptions { resamples: 200, ci_level: 0.9, ..AnalysisOptions::default() },
        pricing_as_of: "2026-09-01".to_owned(),
        notes: vec![note("suite", "One item was left out."), note("slow", "A server was slow.")],
        scoring: Scoring {
            suite: Some(SuiteInfo { name: "capitals".to_owned(), folder: None, items: 4, shard: Some((1, 2)) }),
            gates: Gates { rule: GateRule::MinPassRate(0.75), asked: true },
            judging: Some(Judging {
                judges: vec![
                    contestant("judge-a", "xai", priced(1.0, 2.0)),
                    contestant("judge-b", "google", priced(0.5, 1.0)),
                ],
                rubric: Rubric {
                    criteria: vec!["It is right.".to_owned()],
                    facts: Some(FactsRubric::default()),
                    ..Rubric::default()
                },
                mode,
                entailment: true,
                allow_relatives: false,
            }),
            hallucination: true,
        },
    }
}

fn attempt(answer: Answer, error: Option<ApiError>, cancelled: bool, milliseconds: u64) -> AttemptRecord {
    AttemptRecord {
        waited: Duration::from_nanos(1_234_567),
        attempt: Attempt {
            connect: Duration::from_micros(777),
            total: Duration::from_millis(milliseconds),
            answer,
            error,
            billing: Billing::Reported,
            cancelled,
            raw: RawResponse { status: Some(200), ..RawResponse::default() },
            ..Attempt::begun(1_788_000_000_123)
        },
    }
}

fn answer(text: &str, reason: StopReason) -> Answer {
    Answer {
        response_id: Some("r-1".to_owned()),
        served_model: Some("served-1".to_owned()),
        text: text.to_owned(),
        reasoning: "Let me think.".to_owned(),
        usage: Usage { input: Some(20), output: Some(7), reasoning: Some(2), cached_read: Some(4), ..Usage::default() },
        stop: Some(Stop { reason, raw: Some("provider_word".to_owned()), category: None }),
        ..Answer::default()
    }
}

/// A run in which everything happens that can happen to a call.
fn run(mode: JudgeMode) -> StoredRun {
    let plan = plan_of(header(mode), Vec::new()).unwrap();
    let mut records = Vec::new();
    let mut externals = BTreeMap::new();
    for call in &plan.calls {
        let mut record = CallRecord {
            call: *call,
            outcome: Outcome::Complete,
            error: None,
            answer: answer(
                if call.index % 4 == 0 { "It is Paris, founded in 3 BC." } else { "Rome 日本." },
                StopReason::End,
            ),
            queued: Duration::from_nanos(u64::from(call.index) * 333_333_333 + 1),
            attempts: vec![],
            timing: Timing {
                latency_ms: Some(812.345_678 + f64::from(call.index)),
                ttft_ms: Some(100.1),
                ttfo_ms: Some(200.2),
                output_tokens_per_second: Some(33.3),
                inter_token_mean_ms: Some(1.0 / 3.0),
                inter_token_p99_ms: None,
            },
            cost: CallCost::Known(Usd::from_pico(120_000_001 + u64::from(call.index))),
            from_cache: false,
        };
        let failed = ApiError {
            kind: ErrorKind::RateLimit,
            message: "slow down".to_owned(),
            status: None,
            code: Some("429".to_owned()),
            retry_after_ms: None,
        };
        match call.index % 12 {
            1 => {
                (record.outcome, record.answer) =
                    (Outcome::Refused, Answer { refusal: "No.".to_owned(), ..answer("", StopReason::Refusal) })
            }
            2 => (record.outcome, record.answer) = (Outcome::Truncated, answer("It is Par", StopReason::Length)),
            3 => {
                record.outcome = Outcome::Error;
                record.answer = Answer { stop: None, ..answer("It i", StopReason::End) };
                record.error = Some(failed.clone());
                record.cost = CallCost::Unknown(Usd::from_f64(0.002));
            }
            4 => record.from_cache = true,
            5 => continue,
            6 => {
                record.answer = answer("", StopReason::ToolUse);
                record.answer.tool_calls =
                    vec![ToolCall { id: None, name: "look_up".to_owned(), arguments: "{\"q\":".to_owned() }];
            }
            7 => {
                (record.outcome, record.answer) = (
                    Outcome::Filtered,
                    Answer {
                        stop: Some(Stop {
                            reason: StopReason::Filtered,
                            raw: None,
                            category: Some("violence".to_owned()),
                        }),
                        ..answer("", StopReason::Filtered)
                    },
                );
                record.cost = CallCost::Unpriced;
            }
            8 => {
                record.answer.usage.advisor = vec![AdvisorUsage {
                    model: "claude-fable".to_owned(),
                    input: 90,
                    output: 15,
                    ..AdvisorUsage::default()
                }];
                record.answer.advisor = vec![
                    AdvisorReply { text: None, error_code: None },
                    AdvisorReply { text: None, error_code: Some("overloaded".to_owned()) },
                ];
            }
            9 => {
                record.outcome = Outcome::Cancelled;
                record.answer = Answer { stop: None, ..answer("Par", StopReason::End) };
                record.cost = CallCost::Unknown(None);
            }
            10 => (record.outcome, record.answer) = (Outcome::Empty, answer("", StopReason::End)),
            _ => {}
        }
        if record.from_cache {
            record.cost = CallCost::Nothing;
        } else {
            if call.index % 5 == 0 {
                record.attempts.push(attempt(Answer::default(), Some(failed), false, 40));
            }
            let cancelled = record.outcome == Outcome::Cancelled;
            record.attempts.push(attempt(record.answer.clone(), record.error.clone(), cancelled, 800));
        }
        if call.prompt == 0 && call.index % 3 == 0 && record.outcome == Outcome::Complete {
            let said = match call.index % 4 {
                0 => ExternalResult {
                    passed: Some(true),
                    score: Some(0.75),
                    message: "well done".to_owned(),
                    error: None,
                },
                1 => ExternalResult { passed: Some(false), ..ExternalResult::default() },
                2 => ExternalResult {
                    message: "half a line".to_owned(),
                    ..ExternalResult::failed("the script took too long")
                },
                _ => ExternalResult { passed: Some(false), score: None, message: "wrong".to_owned(), error: None },
            };
            externals.insert((call.index, "1".to_owned()), said);
        }
        records.push(record);
    }
    for (position, judgement) in plan.judgements.iter().enumerate() {
        let call = plan.judge_call(position);
        if position % 11 == 10 {
            continue;
        }
        let text = match &judgement.task {
            _ if position % 7 == 6 => "I would rather not say.".to_owned(),
            JudgeTask::Score { .. } | JudgeTask::Check { .. } => {
                format!(
                    "```json\n{{\"reasoning\": \"because\", \"score\": {}, \"risk_level\": \"Medium\"}}\n```",
                    position % 10 + 1
                )
            }
            JudgeTask::Pair { .. } => {
                format!("{{\"reasoning\": \"x\", \"winner\": \"{}\"}}", ["A", "B", "tie"][position % 3])
            }
            JudgeTask::SameMeaning { .. } => "{\"reasoning\": \"x\", \"same_meaning\": true}".to_owned(),
        };
        let said = Answer {
            text,
            usage: Usage {
                input: Some(300),
                output: Some(40),
                reasoning: Some(0),
                cached_read: None,
                ..Usage::default()
            },
            ..Answer::default()
        };
        let failed = position % 13 == 12;
        records.push(CallRecord {
            call,
            outcome: if failed { Outcome::Error } else { Outcome::Complete },
            error: failed.then(|| ApiError::local(ErrorKind::Overloaded, "busy")),
            attempts: vec![attempt(said.clone(), None, false, 90)],
            answer: said,
            queued: Duration::ZERO,
            timing: Timing { latency_ms: Some(90.5), ..Timing::default() },
            cost: CallCost::Known(Usd::from_pico(55_000_000)),
            from_cache: false,
        });
    }
    StoredRun {
        plan,
        learned: vec![],
        records,
        externals,
        labels: vec![],
        end: RunEnd::BudgetReached,
        machine: evals::analysis::model::Machine { samples: 12, lag_p50_ms: 0.1, lag_p99_ms: 1.5, lag_max_ms: 2.25 },
        unsettled: vec![],
    }
}

fn rendered(run: StoredRun) -> String {
    let analysis = analyse_run(run);
    let verdicts = verdicts(&analysis);
    Json.to_text(&Document::new(&analysis, &verdicts)).unwrap()
}

/// The first line in which two texts differ, with what stands around it.
fn difference(one: &str, other: &str) -> Option<String> {
    let lines = one.lines().zip(other.lines()).enumerate();
    let (at, (a, b)) = lines.into_iter().find(|(_, (a, b))| a != b)?;
    let before: Vec<&str> = one.lines().skip(at.saturating_sub(8)).take(8).collect();
    Some(format!("line {at}:\n{}\n- {a}\n+ {b}", before.join("\n")))
}

#[test]
fn what_is_read_back_renders_to_the_same_bytes() {
    for mode in [JudgeMode::Score, JudgeMode::Pairwise, JudgeMode::ChecksOnly] {
        let text = rendered(run(mode));
        let back = read::run(text.as_bytes()).unwrap();
        let again = rendered(back);
        assert!(
            text == again,
            "{mode:?}: {}",
            difference(&text, &again).unwrap_or_else(|| "lengths differ".to_owned())
        );
    }
}

#[test]
fn a_run_without_anything_that_scores_it_comes_back_too() {
    let mut plain = run(JudgeMode::Score);
    let mut header = plain.plan.header.clone();
    header.scoring = Scoring::default();
    "compare".clone_into(&mut header.command);
    header.prompts.truncate(1);
    header.prompts[0] = Prompt::new("p1", "Name the capital of France.");
    header.systems = vec![None];
    header.prompts[0].systems = None;
    plain.plan = plan_of(header, Vec::new()).unwrap();
    let calls = plain.plan.calls.clone();
    plain.records.truncate(calls.len());
    for (record, call) in plain.records.iter_mut().zip(calls) {
        record.call = call;
    }
    plain.externals.clear();
    let text = rendered(plain);
    let again = rendered(read::run(text.as_bytes()).unwrap());
    assert!(text == again, "{}", difference(&text, &again).unwrap_or_default());
}

#[test]
fn records_come_back_but_for_what_an_output_does_not_hold() {
    let before = run(JudgeMode::Score);
    let after = read::run(rendered(before.clone()).as_bytes()).unwrap();
    assert_eq!(after.plan, before.plan);
    assert_eq!(after.externals, before.externals);
    assert_eq!((after.end, after.machine), (before.end, before.machine));
    assert_eq!(after.records.len(), before.records.len());
    for (mut a, b) in before.answers().cloned().zip(after.answers()) {
        for (a, b) in a.attempts.iter_mut().zip(&b.attempts) {
            // A failure's code stands at the call, not at its attempts.
            if let (Some(a), Some(b)) = (&mut a.attempt.error, &b.attempt.error) {
                a.code.clone_from(&b.code);
            }
        }
        if let Some(stop) = &mut a.answer.stop
            && stop.raw.is_none()
        {
            // Our own word where the provider gave none.
            stop.raw = b.answer.stop.as_ref().and_then(|stop| stop.raw.clone());
            a.attempts.iter_mut().for_each(|one| one.attempt.answer.stop.clone_from(&a.answer.stop));
        }
        assert_eq!(&a, b);
    }
}

#[test]
fn parts_read_from_outputs_merge_to_the_outputs_of_one_machine() {
    let mut second = header(JudgeMode::Score);
    second.prompts = vec![Prompt::new("river", "Name a river."), Prompt::new("sea", "Name a sea.")];
    for prompt in &mut second.prompts {
        prompt.systems = Some(vec![0, 1]);
    }
    "other".clone_into(&mut second.run_id);
    if let Some(suite) = &mut second.scoring.suite {
        suite.shard = Some((2, 2));
    }
    let second = StoredRun {
        plan: plan_of(second, Vec::new()).unwrap(),
        records: vec![],
        externals: BTreeMap::new(),
        ..run(JudgeMode::Score)
    };
    let parts = |runs: [StoredRun; 2]| {
        let parts = runs.into_iter().zip(["a", "b"]).map(|(run, name)| Part { name: name.to_owned(), run });
        let options = MergeOptions { run_id: Some("merged".to_owned()), ..MergeOptions::default() };
        rendered(merge(parts.collect(), &options).unwrap().run)
    };
    let through = |run: &StoredRun| read::run(rendered(run.clone()).as_bytes()).unwrap();
    let first = run(JudgeMode::Score);
    let straight = parts([first.clone(), second.clone()]);
    let by_files = parts([through(&first), through(&second)]);
    assert!(straight == by_files, "{}", difference(&straight, &by_files).unwrap_or_default());
    // And the merged output can be read again.
    assert_eq!(rendered(read::run(straight.as_bytes()).unwrap()), straight);
}

#[test]
fn what_is_no_output_of_this_version_is_refused_with_a_sentence() {
    let ours: Value = serde_json::from_str(&rendered(run(JudgeMode::Score))).unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = ours.clone();
        change(&mut changed);
        read::run(changed.to_string().as_bytes()).unwrap_err()
    };
    let cases: Vec<(ReadError, &str)> = vec![
        (read::run(b"").unwrap_err(), "not JSON"),
        (read::run(b"\xff\xfe{}").unwrap_err(), "not JSON"),
        (read::run("[".repeat(100_000).as_bytes()).unwrap_err(), ""),
        (read::run(b"{}").unwrap_err(), "not the JSON output of a run"),
        (read::run(b"[1, 2]").unwrap_err(), "not the JSON output of a run"),
        (
            read::run(br#"{"version": "0.9", "results": [], "total_results": 0}"#).unwrap_err(),
            "not the JSON output of a run",
        ),
        (with(&|run| drop(run.as_object_mut().unwrap().remove("record_version"))), "version 9.8.7 of this tool"),
        (with(&|run| run["record_version"] = json!(99)), "newer version"),
        (with(&|run| drop(run.as_object_mut().unwrap().remove("prompts"))), "missing field `prompts`"),
        (with(&|run| run["results"][0]["outcome"] = json!("splendid")), "splendid"),
        (with(&|run| drop(run["results"].as_array_mut().unwrap().pop())), "results"),
        (with(&|run| run["results"].as_array_mut().unwrap().swap(0, 1)), "row p1 is not the call"),
        (with(&|run| run["invocation"]["runs"] = json!(4_000_000_000_u32)), "fewer results"),
        (with(&|run| run["invocation"]["analysis"]["resamples"] = json!(4_000_000_000_u32)), "no flag takes"),
        (with(&|run| run["invocation"]["analysis"]["ci_level"] = json!(7.0)), "no flag takes"),
        (with(&|run| run["started_at"] = json!("yesterday")), "damaged"),
        (with(&|run| run["prompts"][0]["systems"] = json!([9])), "damaged"),
        (with(&|run| run["prompts"][0]["checks"][0] = json!({"type": "contans"})), "damaged"),
        (with(&|run| run["results"][0]["queued_ms"] = json!(-1.0)), "no length of time"),
        (with(&|run| run["results"][0]["cost_usd"] = json!(-1.0)), "no amount of money"),
        (with(&|run| run["results"][0]["cost_usd"] = json!(null)), "a known cost is missing"),
        (with(&|run| run["judge_results"][0]["call_index"] = json!(0)), "no judge was to make"),
        (with(&|run| run["judge_results"][0]["call_index"] = json!(4_000_000_000_u32)), "no judge was to make"),
        (with(&|run| run["judge_results"][0]["retries"] = json!(4_000_000_000_u32)), "retried more often"),
        (
            with(&|run| run["judge_results"][1]["call_index"] = run["judge_results"][0]["call_index"].clone()),
            "two records of one call",
        ),
        (with(&|run| run["contestants"][0]["price_sheet"]["terms"]["periods"] = json!([])), "the prices of gpt"),
        (with(&|run| run["contestants"][1]["params"]["thinking"] = json!("deeply")), "thinking"),
    ];
    for (error, said) in cases {
        let text = error.to_string();
        assert!(text.contains(said) && text.len() < 500, "{said}: {text}");
    }
}

#[test]
fn a_file_is_read_like_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    let text = rendered(run(JudgeMode::Score));
    std::fs::write(&path, format!("\u{feff}{text}")).unwrap();
    assert_eq!(read::file(&path).unwrap(), read::run(text.as_bytes()).unwrap());
    assert!(matches!(read::file(&folder.path().join("nothing.json")), Err(ReadError::Io(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_output_is_an_error_or_a_run_that_holds_together(at in 0.0..1.0_f64, with in "[\\[\\]{}\",:0-9a-z-]{1,6}", cut in 0..40_usize) {
        let mut text = rendered(run(JudgeMode::ChecksOnly)).into_bytes();
        let at = ((text.len() - 60) as f64 * at) as usize;
        text.splice(at..at + cut, with.bytes());
        if let Ok(run) = read::run(&text) {
            prop_assert_eq!(evals::merge::incoherence(&run), None);
            rendered(run);
        }
    }
}
