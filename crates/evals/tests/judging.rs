//! Judges in a run: who is asked about what, under which cap, and what a resumed run does not ask again.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use checks::CheckSpec;
use evals::analysis::analyse_run;
use evals::analysis::scored::GateVerdict;
use evals::plan::{Plan, PlanError, PlanRequest};
use evals::record::{JudgeMode, JudgeTask, Judging, Prompt, RunEnd, Scoring};
use evals::runner::{RunOptions, RunResult, StopLevel, run};
use evals::store::Store;
use judges::{PairOutcome, Rubric, Side};
use llm::money::Usd;
use llm::outcome::Outcome;
use llm::request::ChatRequest;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use support::*;

fn judged(mode: JudgeMode, judges: &[&str]) -> Scoring {
    let judges = judges.iter().map(|name| contestant(name, "bench", priced(3.0, 15.0))).collect();
    let judging = Judging { judges, rubric: Rubric::default(), mode, entailment: false, allow_relatives: false };
    Scoring { judging: Some(judging), ..Scoring::default() }
}

fn request(runs: u32, scoring: Scoring) -> PlanRequest {
    let contestants = vec![contestant("a", "one", priced(3.0, 15.0)), contestant("b", "two", priced(1.0, 5.0))];
    PlanRequest { scoring, ..plan_request(contestants, runs) }
}

fn is_judge(request: &ChatRequest) -> bool {
    request.model.starts_with("judge")
}

const EIGHT: &str = r#"{"reasoning": "Right and short.", "score": 8}"#;

fn scoring_eight() -> Arc<Scripted> {
    Scripted::new(|request, _| if is_judge(request) { Act::Answer(EIGHT) } else { Act::Answer("Paris.") })
}

fn asked_of_judges(backend: &Scripted) -> usize {
    backend.asked.lock().expect("lock").iter().filter(|request| is_judge(request)).count()
}

#[tokio::test(start_paused = true)]
async fn every_run_is_judged_by_every_judge_while_other_answers_are_on_their_way() {
    let mut request = request(3, judged(JudgeMode::Score, &["judge-1", "judge-2"]));
    request.concurrency = 1;
    let plan = Plan::new(request).expect("plan");
    assert_eq!((plan.calls.len(), plan.judgements.len()), (6, 12));
    let backend = scoring_eight();
    let result = make(plan, &backend).await;
    assert_eq!(result.run.end, RunEnd::Finished);
    assert_eq!(asked_of_judges(&backend), 12);
    let models = backend.models_asked();
    let first_judge = models.iter().position(|model| model.starts_with("judge")).expect("a judge was asked");
    let last_answer = models.iter().rposition(|model| !model.starts_with("judge")).expect("an answer was asked for");
    assert!(first_judge < last_answer, "judging does not wait for the last answer: {models:?}");
    let asked = backend.asked.lock().expect("lock").clone();
    let judge = asked.iter().find(|request| is_judge(request)).expect("a judge was asked");
    assert!(judge.messages[0].text.contains("Paris."), "the judge sees the answer");
    assert_eq!(judge.params.temperature, Some(0.0));
    assert!(judge.params.response_schema.is_some());

    let analysis = analyse_run(result.run);
    assert!(analysis.scores.rows.iter().all(|row| row.judge_score == Some(8.0) && row.judges.len() == 2));
    let judging = analysis.scores.judging.expect("judged");
    assert_eq!((judging.planned, judging.made, judging.succeeded, judging.all_failed), (12, 12, 12, false));
    assert!(judging.cost > Usd::ZERO);
}

#[tokio::test(start_paused = true)]
async fn relatives_do_not_judge_and_declined_or_failed_answers_are_not_judged() {
    let mut request = request(2, judged(JudgeMode::Score, &["judge-1", "judge-2"]));
    request.contestants[0].family = Some("claude".to_owned());
    request.scoring.judging.as_mut().expect("judging").judges[0].family = Some("claude".to_owned());
    request.max_retries = 0;
    let plan = Plan::new(request).expect("plan");
    let backend = Scripted::new(|request, _| match request.model.as_str() {
        "judge-1" | "judge-2" => Act::Answer(EIGHT),
        "a" => Act::Answer("Paris."),
        _ => Act::Decline,
    });
    let result = make(plan, &backend).await;
    assert_eq!(result.run.end, RunEnd::Finished, "judgements without an answer are not missing");
    assert_eq!(backend.models_asked().iter().filter(|model| model.starts_with("judge")).count(), 2);
    let analysis = analyse_run(result.run);
    for (row, score) in analysis.rows.iter().zip(&analysis.scores.rows) {
        if row.call.contestant == 0 {
            assert_eq!((score.judges_skipped.as_slice(), score.judges.len()), ([0].as_slice(), 1));
        } else {
            assert_eq!((row.outcome, score.judge_score), (Outcome::Refused, None));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_judges_all_fail_says_so_and_no_failure_is_a_score() {
    let plan = Plan::new(request(2, judged(JudgeMode::Score, &["judge-1"]))).expect("plan");
    let backend = Scripted::new(
        |request, _| if is_judge(request) { Act::Answer("I would rather not.") } else { Act::Answer("8") },
    );
    let analysis = analyse_run(make(plan, &backend).await.run);
    let judging = analysis.scores.judging.as_ref().expect("judged");
    assert!(judging.all_failed && judging.cost > Usd::ZERO, "paid for and useless");
    assert!(analysis.scores.rows.iter().all(|row| row.judge_score.is_none() && row.judges[0].parse_error.is_some()));
}

#[tokio::test(start_paused = true)]
async fn pairs_are_shown_in_both_orders_and_a_judge_that_takes_the_first_always_is_inconsistent() {
    let plan = Plan::new(request(2, judged(JudgeMode::Pairwise, &["judge-1"]))).expect("plan");
    assert_eq!(plan.judgements.len(), 4);
    let first_always = Scripted::new(|request, _| match request.model.as_str() {
        "a" => Act::Answer("Paris is the capital."),
        "b" => Act::Answer("It is Lyon."),
        _ => Act::Answer(r#"{"reasoning": "The first.", "winner": "first"}"#),
    });
    let analysis = analyse_run(make(plan.clone(), &first_always).await.run);
    let pairs = analysis.scores.judging.expect("judged").pairs;
    assert_eq!(pairs.len(), 2);
    assert!(pairs.iter().all(|pair| pair.outcome == PairOutcome::Inconsistent));

    let prefers_paris = Scripted::new(|request, _| match request.model.as_str() {
        "a" => Act::Answer("Paris is the capital."),
        "b" => Act::Answer("It is Lyon."),
        _ => {
            let text = &request.messages[0].text;
            let first = text.find("Paris is the capital.") < text.find("It is Lyon.");
            Act::Answer(if first {
                r#"{"reasoning": "", "winner": "first"}"#
            } else {
                r#"{"reasoning": "", "winner": "second"}"#
            })
        }
    });
    let analysis = analyse_run(make(plan, &prefers_paris).await.run);
    let pairs = analysis.scores.judging.expect("judged").pairs;
    assert!(pairs.iter().all(|pair| pair.outcome == PairOutcome::Wins(Side::A)), "{pairs:?}");
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_the_same_are_a_tie_that_nobody_is_paid_for() {
    let plan = Plan::new(request(1, judged(JudgeMode::Pairwise, &["judge-1"]))).expect("plan");
    let backend = Scripted::answering();
    let result = make(plan, &backend).await;
    assert_eq!((result.run.end, asked_of_judges(&backend)), (RunEnd::Finished, 0));
    let judging = analyse_run(result.run).scores.judging.expect("judged");
    assert!(judging.pairs[0].identical && judging.pairs[0].outcome == PairOutcome::Tie);
    assert!(judging.trust.is_none(), "a judge that was never asked is neither consistent nor biased");
    let ranking = judging.ranking.expect("a ranking");
    assert!(ranking.entries.iter().all(|entry| entry.ties == 1 && entry.strength == Some(0.0)));
}

#[test]
fn pairs_need_two_contestants() {
    let mut request = request(1, judged(JudgeMode::Pairwise, &["judge-1"]));
    request.contestants.truncate(1);
    assert_eq!(Plan::new(request).expect_err("one contestant"), PlanError::NothingToPair);
}

fn spec(json: &str) -> CheckSpec {
    serde_json::from_str(json).expect("a check")
}

#[tokio::test(start_paused = true)]
async fn a_judge_check_asks_by_its_own_criteria_and_gates_the_run() {
    let mut request = request(1, judged(JudgeMode::ChecksOnly, &["judge-1"]));
    let check = r#"{"type": "judge", "criteria": ["It names the river."], "threshold": 9}"#;
    request.prompts[0].checks = vec![spec(r#"{"type": "contains", "value": "Paris"}"#), spec(check)];
    let plan = Plan::new(request).expect("plan");
    assert_eq!(plan.judgements.len(), 2);
    assert!(matches!(&plan.judgements[0].task, JudgeTask::Check { path, .. } if path == "1"));
    let backend = scoring_eight();
    let result = make(plan, &backend).await;
    let asked = backend.asked.lock().expect("lock").clone();
    assert!(asked.iter().filter(|request| is_judge(request)).all(|r| r.messages[0].text.contains("names the river")));
    let analysis = analyse_run(result.run);
    let totals = analysis.scores.checks.expect("checked");
    assert_eq!((totals.passed, totals.definitive, totals.configured), (2, 4, 4), "8 is below 9");
    assert!(matches!(analysis.scores.gate, GateVerdict::Failed { .. }));
    assert!(analysis.scores.rows.iter().all(|row| row.judge_score.is_none()), "a check is no score");
}

#[tokio::test(start_paused = true)]
async fn refusals_leave_checks_unevaluated_and_fail_the_gate_whatever_the_rate_lesson_79() {
    let mut request = request(1, Scoring::default());
    request.prompts[0].checks = vec![spec(r#"{"type": "not_contains", "value": "Lyon"}"#)];
    let backend = Scripted::new(|request, _| if request.model == "a" { Act::Answer("Paris.") } else { Act::Decline });
    let analysis = analyse_run(make(Plan::new(request).expect("plan"), &backend).await.run);
    let totals = analysis.scores.checks.expect("checked");
    assert_eq!((totals.passed, totals.definitive, totals.refused, totals.pass_rate), (1, 1, 1, Some(1.0)));
    assert!(matches!(analysis.scores.gate, GateVerdict::Failed { .. }));
}

#[tokio::test(start_paused = true)]
async fn meanings_are_asked_for_only_where_the_offline_rule_sees_a_difference() {
    let mut scoring = judged(JudgeMode::ChecksOnly, &["judge-1"]);
    scoring.hallucination = true;
    scoring.judging.as_mut().expect("judging").entailment = true;
    let mut request = request(3, scoring);
    request.contestants.truncate(1);
    let plan = Plan::new(request).expect("plan");
    assert_eq!(plan.judgements.len(), 3);
    let backend = Scripted::new(|request, number| match (is_judge(request), number) {
        (true, _) => Act::Answer(r#"{"a_entails_b": true, "b_entails_a": true}"#),
        (false, 0) => Act::Answer("The treaty was signed in the old town hall by both delegations."),
        (false, _) => Act::Answer("Paris."),
    });
    let result = make(plan, &backend).await;
    assert_eq!((result.run.end, asked_of_judges(&backend)), (RunEnd::Finished, 2), "equal answers need no judge");
    let analysis = analyse_run(result.run);
    let found: Vec<_> = analysis.scores.rows.iter().filter_map(|row| row.hallucination.as_ref()).collect();
    assert!(found.iter().all(|found| found.semantic_entropy == Some(0.0)), "the judge says that all mean the same");
}

/// A judged grid under a random cap.
fn random_plan(seed: u64) -> (Plan, Usd) {
    let mut dice = ChaCha12Rng::seed_from_u64(seed);
    let runs = dice.random_range(1..=30);
    let mode = if seed.is_multiple_of(3) { JudgeMode::Pairwise } else { JudgeMode::Score };
    let request = |cap| {
        let mut request = request(runs, judged(mode, &["judge-1", "judge-2"]));
        for entrant in &mut request.contestants {
            entrant.price = priced(3.0, 15.0);
        }
        PlanRequest { seed, max_cost: Some(cap), concurrency: 50, ..request }
    };
    let Err(PlanError::CapTooSmall { least, .. }) = Plan::new(request(Usd::from_pico(1))) else {
        panic!("a picodollar is enough")
    };
    let cap = Usd::from_pico((least.pico() as f64 * dice.random_range(1.0..f64::from(runs) + 0.1)) as u64);
    (Plan::new(request(cap)).expect("the least would do"), cap)
}

fn assert_promise(seed: u64, till: &Till, result: &RunResult, cap: Usd) {
    let balance = result.balance;
    assert!(balance.settled + balance.held <= cap, "seed {seed}: {balance:?}");
    assert!(till.charged() <= balance.settled + balance.held, "seed {seed}: charged more than is accounted for");
    assert_eq!(balance.held, balance.unknown, "seed {seed}: nothing in flight, so only unknown costs are held");
}

#[tokio::test(start_paused = true)]
async fn judges_never_take_a_run_above_its_cap() {
    let (mut reached, mut finished) = (0, 0);
    for seed in 0..600 {
        let (plan, cap) = random_plan(seed);
        let till = Till::new(priced(3.0, 15.0), seed, (seed % 6) as f64 / 10.0, Some(cap));
        let result = make(plan, &till).await;
        assert_promise(seed, &till, &result, cap);
        match result.run.end {
            RunEnd::Finished => finished += 1,
            RunEnd::BudgetReached => reached += 1,
            other => panic!("seed {seed}: {other:?}"),
        }
    }
    assert!(reached > 60 && finished > 60, "{reached} reached the cap, {finished} finished");
}

#[tokio::test(start_paused = true)]
async fn judged_runs_keep_the_promise_when_interrupted_at_any_moment() {
    for seed in 0..150 {
        let (plan, cap) = random_plan(seed);
        let till = Till::new(priced(3.0, 15.0), seed, 0.2, Some(cap));
        let job = job(plan, &till);
        let stop = job.stop.clone();
        let level = if seed % 2 == 0 { StopLevel::Drain } else { StopLevel::Quit };
        let stopper = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(seed * 20)).await;
            stop.raise(level);
        });
        let result = run(job).await;
        stopper.abort();
        assert_promise(seed, &till, &result, cap);
    }
}

fn prompts(count: u32) -> Vec<Prompt> {
    (0..count).map(|number| Prompt::new(format!("p{number}"), format!("What is number {number}?"))).collect()
}

#[tokio::test]
async fn a_resumed_judged_run_asks_nothing_twice() {
    let directory = tempfile::tempdir().expect("directory");
    let store = Arc::new(Store::open(&directory.path().join("runs.db")).expect("store"));
    let mut asked_for = request(2, judged(JudgeMode::Score, &["judge-1"]));
    asked_for.prompts = prompts(6);
    asked_for.concurrency = 2;
    let plan = Plan::new(asked_for).expect("plan");
    let first = scoring_eight();
    let mut job = job(plan.clone(), &first);
    job.store = Some((Arc::clone(&store), store.begin(&plan).expect("begin")));
    let stop = job.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(650)).await;
        stop.raise(StopLevel::Drain);
    });
    let part = run(job).await;
    assert_eq!(part.run.end, RunEnd::Interrupted);

    let (writer, earlier) = store.resume("last", |_| Ok(())).expect("resume");
    let second = scoring_eight();
    let mut job = support::job(earlier.plan.clone(), &second);
    job.store = Some((Arc::clone(&store), writer));
    job.earlier = Some(earlier);
    let whole = run(job).await;
    assert_eq!(whole.run.end, RunEnd::Finished);
    let mut times: HashMap<String, u32> = HashMap::new();
    for backend in [&first, &second] {
        for request in backend.asked.lock().expect("lock").iter() {
            // Answers are alike, so a judge's question is told apart by the prompt in it and asked once for each of two contestants in two runs.
            let key = format!("{} {}", request.model, request.messages[0].text);
            *times.entry(key).or_default() += 1;
        }
    }
    let judged: u32 = times.iter().filter(|(key, _)| key.starts_with("judge")).map(|(_, times)| times).sum();
    let answered: u32 = times.iter().filter(|(key, _)| !key.starts_with("judge")).map(|(_, times)| times).sum();
    assert_eq!((answered, judged), (24, 24), "nothing is paid for twice");
    assert_eq!(store.load("last").expect("the run"), whole.run);
}

#[tokio::test]
async fn verdicts_are_taken_from_the_cache_like_answers() {
    let directory = tempfile::tempdir().expect("directory");
    let store = Arc::new(Store::open(&directory.path().join("runs.db")).expect("store"));
    let mut counts = Vec::new();
    for seed in [1, 2] {
        let mut request = request(2, judged(JudgeMode::Score, &["judge-1"]));
        request.seed = seed;
        let plan = Plan::new(request).expect("plan");
        let backend = scoring_eight();
        let mut job = job(plan.clone(), &backend);
        job.store = Some((Arc::clone(&store), store.begin(&plan).expect("begin")));
        job.options = RunOptions { use_cache: true, ..RunOptions::default() };
        let result = run(job).await;
        assert_eq!((result.run.records.len(), result.run.end), (8, RunEnd::Finished));
        counts.push(backend.asked.lock().expect("lock").len());
    }
    assert_eq!(counts, [8, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_judgement_that_was_held_for_too_little_waits_for_money_instead_of_being_left_out() {
    // Answers far longer in bytes than their tokens let expect, so that every judgement needs more than was held.
    let long: &'static str = Box::leak("Verantwortungsbewusstsein ".repeat(400).into_boxed_str());
    let request = |cap| {
        let mut request = request(10, judged(JudgeMode::Score, &["judge-1"]));
        for entrant in &mut request.contestants {
            entrant.params.max_output_tokens = Some(64);
        }
        PlanRequest { max_cost: Some(cap), ..request }
    };
    let Err(PlanError::CapTooSmall { least, .. }) = Plan::new(request(Usd::from_pico(1))) else {
        panic!("a picodollar is enough")
    };
    let plan = Plan::new(request(least.times(4))).expect("plan");
    let backend =
        Scripted::new(move |request, _| if is_judge(request) { Act::Answer(EIGHT) } else { Act::Answer(long) });
    let result = make(plan, &backend).await;
    assert_eq!((result.run.end, asked_of_judges(&backend)), (RunEnd::Finished, 20), "{:?}", result.run.learned);
    assert!(result.balance.settled + result.balance.held <= least.times(4));
}
