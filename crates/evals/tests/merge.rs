//! Runs over parts of one suite, joined: nothing is lost, nothing is counted twice, and what does not belong
//! together is refused.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use checks::{CheckSpec, ExternalResult};
use evals::analysis::analyse_run;
use evals::merge::{MergeError, MergeOptions, Part, incoherence, merge, plan_of};
use evals::plan::Plan;
use evals::record::{
    CallCost, CallRecord, GateRule, Gates, JudgeMode, JudgeTask, Judging, Note, Prompt, RunEnd, Scoring, SuiteInfo,
    Timing,
};
use evals::store::{Label, Store, StoredRun, Unsettled};
use llm::event::{Stop, StopReason};
use llm::money::Usd;
use llm::outcome::{Answer, Outcome};
use proptest::prelude::*;
use serde_json::json;
use support::*;

const ITEMS: usize = 11;

fn check(value: serde_json::Value) -> CheckSpec {
    serde_json::from_value(value).expect("a check")
}

fn item(number: usize) -> Prompt {
    let mut prompt = Prompt::new(format!("item-{number}"), format!("What is {number} + {number}?"));
    prompt.checks = vec![check(json!({"type": "contains", "value": (2 * number).to_string()}))];
    if number.is_multiple_of(3) {
        prompt.checks.push(check(json!({"type": "judge", "criteria": ["It is short."], "threshold": 5})));
        prompt.checks.push(check(json!({"type": "script", "command": ["true"]})));
    }
    prompt
}

/// A plan over these items of the suite: two contestants, two temperatures, two runs, judges.
fn planned(items: &[usize], shard: Option<(u32, u32)>, mode: JudgeMode) -> Plan {
    let contestants = vec![contestant("alpha", "one", priced(3.0, 15.0)), contestant("beta", "two", priced(0.1, 0.4))];
    let mut request = plan_request(contestants, 2);
    request.command = "batch".to_owned();
    request.temperatures = vec![Some(0.1), Some(0.7)];
    request.systems = vec![None, Some("Be brief.".to_owned()), Some("Ramble.".to_owned())];
    request.prompts = items.iter().map(|number| item(*number)).collect();
    for (number, prompt) in items.iter().zip(&mut request.prompts) {
        // Some items have a system prompt of their own.
        prompt.systems = Some(if number.is_multiple_of(4) { vec![2] } else { vec![0, 1] });
    }
    request.scoring = Scoring {
        suite: Some(SuiteInfo { name: "sums".to_owned(), folder: None, items: ITEMS as u32, shard }),
        gates: Gates::default(),
        judging: Some(Judging {
            judges: vec![contestant("judge-1", "three", priced(1.0, 2.0)), contestant("judge-2", "four", free())],
            rubric: judges::Rubric::default(),
            mode,
            entailment: true,
            allow_relatives: false,
        }),
        hallucination: true,
    };
    request.run_id = Some(format!("run-{items:?}"));
    Plan::new(request).expect("plan")
}

/// What tells a call from all others, whatever its number.
fn key(plan: &Plan, index: u32) -> String {
    let header = &plan.header;
    let of_call = |index: u32| {
        let call = &plan.calls[index as usize];
        let (item, system) = (&header.prompts[call.prompt as usize].id, &header.systems[call.system as usize]);
        format!("{item}/{system:?}/{}/{:?}/{}", call.contestant, call.temperature, call.run_index)
    };
    match plan.judgement(index) {
        None => of_call(index),
        Some(judgement) => {
            let task = match &judgement.task {
                JudgeTask::Score { answer } => format!("score {}", of_call(*answer)),
                JudgeTask::Pair { first, second } => format!("pair {} {}", of_call(*first), of_call(*second)),
                JudgeTask::Check { answer, path } => format!("check {path} {}", of_call(*answer)),
                JudgeTask::SameMeaning { a, b } => format!("same {} {}", of_call(*a), of_call(*b)),
            };
            format!("judge {} {task}", judgement.judge)
        }
    }
}

/// A number that depends on the text alone.
fn number_of(text: &str) -> u64 {
    text.bytes().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// What each call of a plan came to: the same call gets the same record in whichever run it is.
fn made(plan: Plan) -> StoredRun {
    let mut records = Vec::new();
    let (mut externals, mut labels, mut unsettled) = (BTreeMap::new(), Vec::new(), Vec::new());
    for index in 0..plan.total_calls() as u32 {
        let key = key(&plan, index);
        let number = number_of(&key);
        let judged = plan.judgement(index).is_some();
        let call = if judged { plan.judge_call(index as usize - plan.calls.len()) } else { plan.calls[index as usize] };
        if number.is_multiple_of(17) {
            unsettled.push(Unsettled { call_index: index, held: Some(Usd::from_pico(number % 1_000)) });
            continue;
        }
        let text = if judged {
            format!("{{\"reasoning\": \"{key}\", \"score\": {}}}", number % 10 + 1)
        } else {
            format!("It is {}.", number % 30)
        };
        let refused = !judged && number.is_multiple_of(13);
        let reason = if refused { StopReason::Refusal } else { StopReason::End };
        records.push(CallRecord {
            call,
            outcome: if refused { Outcome::Refused } else { Outcome::Complete },
            error: None,
            answer: Answer { text, stop: Some(Stop { reason, raw: None, category: None }), ..Answer::default() },
            queued: Duration::from_millis(number % 50),
            attempts: Vec::new(),
            timing: Timing { latency_ms: Some((number % 1_000) as f64), ..Timing::default() },
            cost: CallCost::Known(Usd::from_pico(number % 1_000_000)),
            from_cache: false,
        });
        if !judged && number.is_multiple_of(5) {
            let result =
                ExternalResult { passed: Some(number.is_multiple_of(2)), message: key.clone(), ..Default::default() };
            externals.insert((index, "2".to_owned()), result);
            let label = Label {
                call_index: index,
                value: 1.0,
                binary: true,
                remark: key,
                at: "2026-09-06T12:00:00Z".to_owned(),
            };
            labels.push(label);
        }
    }
    StoredRun {
        plan,
        learned: vec![Note { code: "learned".to_owned(), text: "A server was slow.".to_owned() }],
        records,
        externals,
        labels,
        end: RunEnd::Finished,
        machine: Default::default(),
        unsettled,
    }
}

fn part(name: &str, items: &[usize], shard: Option<(u32, u32)>) -> Part {
    Part { name: name.to_owned(), run: made(planned(items, shard, JudgeMode::Score)) }
}

fn options() -> MergeOptions {
    MergeOptions { tool_version: "0.0.0".to_owned(), run_id: Some("merged".to_owned()), ..MergeOptions::default() }
}

fn refusal(parts: Vec<Part>) -> MergeError {
    merge(parts, &options()).expect_err("no parts of one experiment")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_shards_of_a_suite_make_the_run_that_one_machine_would_have_made(
        places in prop::collection::vec(0..3_usize, ITEMS),
        turn in 0..3_usize,
        pairwise in any::<bool>(),
    ) {
        let mode = if pairwise { JudgeMode::Pairwise } else { JudgeMode::Score };
        let items = |shard: usize| (1..=ITEMS).filter(|number| places[number - 1] == shard).collect::<Vec<_>>();
        let mut parts: Vec<Part> = (0..3)
            .filter(|shard| !items(*shard).is_empty())
            .map(|shard| Part {
                name: format!("machine-{shard}"),
                run: made(planned(&items(shard), Some((shard as u32 + 1, 3)), mode)),
            })
            .collect();
        let turn = turn % parts.len();
        parts.rotate_left(turn);
        let merged = merge(parts.clone(), &options()).expect("a run");
        let whole = made(planned(&(1..=ITEMS).collect::<Vec<_>>(), None, mode));
        prop_assert_eq!(incoherence(&merged.run), None);
        prop_assert_eq!(&merged.run.plan.calls, &whole.plan.calls);
        prop_assert_eq!(&merged.run.plan.judgements, &whole.plan.judgements);
        prop_assert_eq!(&merged.run.plan.worst_cases, &whole.plan.worst_cases);
        prop_assert_eq!(&merged.run.plan.header.prompts, &whole.plan.header.prompts);
        prop_assert_eq!(&merged.run.plan.header.scoring, &whole.plan.header.scoring);
        prop_assert_eq!(&merged.run.plan.header.experiment_key, &whole.plan.header.experiment_key);
        prop_assert_eq!(&merged.run.records, &whole.records);
        prop_assert_eq!(&merged.run.externals, &whole.externals);
        prop_assert_eq!(&merged.run.labels, &whole.labels);
        prop_assert_eq!(&merged.run.unsettled, &whole.unsettled);
        prop_assert_eq!(&merged.run.learned, &whole.learned);
        for (record, (part, old)) in merged.run.records.iter().zip(&merged.origins) {
            let from = &parts[*part].run;
            prop_assert_eq!(key(&merged.run.plan, record.call.index), key(&from.plan, *old));
        }
        let (one, other) = (analyse_run(merged.run), analyse_run(whole));
        prop_assert_eq!(one.scores, other.scores);
        prop_assert_eq!(one.cells, other.cells);
        prop_assert_eq!(one.totals, other.totals);
    }
}

#[test]
fn what_is_merged_is_stored_and_found_again() {
    let directory = tempfile::tempdir().expect("directory");
    let store = Store::open(&directory.path().join("runs.db")).expect("store");
    let merged = merge(vec![part("a", &[1, 2], None), part("b", &[3], None)], &options()).expect("a run");
    drop(store.begin(&merged.run.plan).expect("stored"));
    assert_eq!(store.load("merged").expect("the run").plan, merged.run.plan);
    let line = &store.list().expect("history")[0];
    assert_eq!((line.command.as_str(), line.planned), ("merge", merged.run.plan.calls.len() as u64));
}

#[test]
fn the_header_tells_where_the_parts_came_from_and_in_what_they_differ() {
    let mut a = part("a.json", &[1, 2], Some((1, 2)));
    let mut b = part("b.json", &[3], Some((2, 2)));
    a.run.plan.header.max_cost = Some(usd(1.0));
    b.run.plan.header.max_cost = Some(usd(0.5));
    b.run.plan.header.seed = 99;
    b.run.plan.header.concurrency = 1;
    b.run.plan.header.started_at = "2026-01-01T00:00:00Z".to_owned();
    b.run.learned = vec![Note { code: "slow".to_owned(), text: "A server was slow.".to_owned() }];
    b.run.end = RunEnd::Interrupted;
    a.run.end = RunEnd::BudgetReached;
    let run = merge(vec![a, b], &options()).expect("a run").run;
    let header = &run.plan.header;
    assert_eq!((header.command.as_str(), header.run_id.as_str()), ("merge", "merged"));
    assert_eq!(header.max_cost, Some(usd(1.5)));
    assert_eq!(header.started_at, "2026-01-01T00:00:00Z");
    assert_eq!(header.scoring.suite.as_ref().and_then(|suite| suite.shard), None);
    assert_eq!(run.end, RunEnd::Interrupted, "the worst of the parts");
    let note = |code: &str| &header.notes.iter().find(|note| note.code == code).expect(code).text;
    assert!(note("merged").contains("a.json"), "{}", note("merged"));
    assert!(
        note("merged").contains("shard 2 of 2") && note("merged").contains("seeds are 1, 99"),
        "{}",
        note("merged")
    );
    assert!(note("merge_settings").contains("concurrency"));
    let learned: Vec<&str> = run.learned.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(learned, ["a.json: A server was slow.", "b.json: A server was slow."]);
}

#[test]
fn a_missing_shard_is_named_and_may_be_left_out_on_purpose() {
    let parts = || vec![part("a", &[1, 2], Some((1, 4))), part("c", &[3], Some((3, 4)))];
    let error = refusal(parts());
    assert_eq!(error.to_string(), "shard 2 and 4 of 4 are missing");
    assert!(error.hint().contains("--partial"));
    let run = merge(parts(), &MergeOptions { partial: true, ..options() }).expect("a run").run;
    let partial = run.plan.header.notes.iter().find(|note| note.code == "merge_partial").expect("a note");
    assert!(partial.text.starts_with("Shard 2 and 4 of 4 are missing"), "{}", partial.text);
    assert_eq!(run.plan.header.prompts.len(), 3);
}

#[test]
fn a_shard_without_items_is_not_missing() {
    let all: Vec<usize> = (1..=ITEMS).collect();
    let parts = vec![part("a", &all[..6], Some((1, 5))), part("b", &all[6..], Some((4, 5)))];
    assert_eq!(merge(parts, &options()).expect("a run").run.plan.header.prompts.len(), ITEMS);
}

#[test]
fn what_is_no_part_of_the_experiment_is_refused_with_the_first_difference() {
    type Change = fn(&mut StoredRun);
    let changes: [(Change, &str); 12] = [
        (|run| run.plan.header.scoring.suite = None, "one ran a suite and the other did not"),
        (
            |run| run.plan.header.scoring.suite.as_mut().expect("suite").name = "other".to_owned(),
            "one ran the suite sums and the other other",
        ),
        (|run| run.plan.header.scoring.suite.as_mut().expect("suite").items = 7, "11 items for one and 7"),
        (
            |run| run.plan.header.scoring.suite.as_mut().expect("suite").shard = Some((2, 3)),
            "a shard of 2 and the other a shard of 3",
        ),
        (|run| run.plan.header.contestants[1].name = "gamma".to_owned(), "contestant 2 is beta"),
        (
            |run| run.plan.header.contestants[0].params.max_output_tokens = Some(512),
            "the parameters of alpha are {} and {\"max_output_tokens\":512}",
        ),
        (|run| run.plan.header.temperatures = vec![Some(0.1), Some(0.9)], "the temperatures differ"),
        (|run| run.plan.header.runs = 9, "the repetitions differ (2 and 9)"),
        (|run| run.plan.header.scoring.judging = None, "one was judged and the other was not"),
        (
            |run| run.plan.header.scoring.judging.as_mut().expect("judges").rubric.criteria = vec!["Short.".to_owned()],
            "different rubrics",
        ),
        (|run| run.plan.header.scoring.hallucination = false, "the search for fabrication is on in one and off"),
        (|run| run.plan.header.scoring.gates = Gates { rule: GateRule::Off, asked: false }, "different gates"),
    ];
    for (change, said) in changes {
        let first = part("first", &[1, 2], Some((1, 2)));
        let mut second = part("second", &[3], Some((2, 2)));
        // A run that was not judged has no judgements.
        change(&mut second.run);
        if second.run.plan.header.scoring.judging.is_none() || second.run.plan.header.runs == 9 {
            let answers = second.run.plan.calls.len();
            second.run.plan.judgements.clear();
            second.run.plan.worst_cases.truncate(answers);
            second.run.records.retain(|record| (record.call.index as usize) < answers);
            second.run.unsettled.clear();
        }
        let error = refusal(vec![first, second]);
        let text = error.to_string();
        assert!(matches!(error, MergeError::Different { .. }) && text.contains(said), "{text}");
        assert!(text.starts_with("second and first are not parts of one experiment: "), "{text}");
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn gates_of_the_command_line_settle_gates_that_differ() {
    let first = part("first", &[1, 2], None);
    let mut second = part("second", &[3], None);
    second.run.plan.header.scoring.gates = Gates { rule: GateRule::Off, asked: false };
    let told = MergeOptions { gates: Some(Gates { rule: GateRule::MinPassRate(0.5), asked: true }), ..options() };
    let run = merge(vec![first, second], &told).expect("a run").run;
    assert_eq!(run.plan.header.scoring.gates, Gates { rule: GateRule::MinPassRate(0.5), asked: true });
}

#[test]
fn an_item_or_a_run_may_be_there_once_only() {
    let error = refusal(vec![part("a", &[1, 2, 5], None), part("b", &[2, 5, 7], None)]);
    assert_eq!(error.to_string(), "a and b both hold the item item-2 and one more");
    let error = refusal(vec![part("a", &[1], None), part("again", &[1], None)]);
    assert_eq!(error.to_string(), "a and again are the same run");
    assert_eq!(refusal(Vec::new()), MergeError::Nothing);
}

#[test]
fn a_part_whose_indices_point_at_nothing_is_refused_and_never_followed() {
    type Harm = fn(&mut StoredRun);
    let harms: [Harm; 12] = [
        |run| run.plan.calls[0].prompt = 99,
        |run| run.plan.calls[1].system = 99,
        |run| run.plan.calls[1].contestant = 7,
        |run| run.plan.calls[2].index = 0,
        |run| run.plan.judgements[0].judge = 9,
        |run| run.plan.judgements[0].task = JudgeTask::Pair { first: 0, second: u32::MAX },
        |run| run.plan.judgements[0].task = JudgeTask::Check { answer: 0, path: "9.checks.0".to_owned() },
        |run| run.plan.dispatch_order[0] = run.plan.dispatch_order[1],
        |run| run.plan.worst_cases.truncate(1),
        |run| run.records[0].call.index = u32::MAX,
        |run| {
            run.labels.push(Label {
                call_index: u32::MAX,
                value: 1.0,
                binary: true,
                remark: String::new(),
                at: String::new(),
            })
        },
        |run| run.plan.header.prompts[0].systems = Some(vec![44]),
    ];
    for harm in harms {
        let mut bad = part("bad", &[3, 6], None);
        harm(&mut bad.run);
        let error = refusal(vec![part("good", &[1], None), bad]);
        assert!(matches!(&error, MergeError::Incoherent { part, .. } if part == "bad"), "{error}");
    }
}

#[test]
fn a_plan_is_made_again_from_its_header() {
    let plan = planned(&[1, 3, 4, 8], Some((1, 2)), JudgeMode::Pairwise);
    let again = plan_of(plan.header.clone(), plan.prompt_overheads.clone()).expect("a plan");
    assert_eq!(again, plan);
}

#[test]
fn items_without_numbers_stay_in_the_order_of_their_parts() {
    let named = |names: &[&str], shard| {
        let mut plan = planned(&[1, 2], Some(shard), JudgeMode::ChecksOnly);
        for (prompt, name) in plan.header.prompts.iter_mut().zip(names) {
            prompt.id = (*name).to_owned();
        }
        plan.header.run_id = names.concat();
        Part { name: names.concat(), run: made(plan) }
    };
    let parts = vec![named(&["zebra", "ant"], (2, 2)), named(&["yak", "bee"], (1, 2))];
    let run = merge(parts, &options()).expect("a run").run;
    let ids: Vec<&str> = run.plan.header.prompts.iter().map(|prompt| prompt.id.as_str()).collect();
    assert_eq!(ids, ["yak", "bee", "zebra", "ant"], "by shard");
}
