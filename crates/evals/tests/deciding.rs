//! Runs that stop when it is decided: what they ask, what they leave unasked, and that the stored run says the same.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::sync::Arc;

use evals::analysis::analyse_run;
use evals::analysis::model::Analysis;
use evals::decision::sequential::StopReason;
use evals::decision::{GateAnswer, Measure};
use evals::plan::{Plan, PlanRequest};
use evals::record::{AnalysisOptions, DecisionAsked, JudgeMode, Judging, Prompt, RunEnd, Scoring, StopAsked};
use evals::runner::run;
use evals::store::Store;
use judges::Rubric;
use llm::outcome::Outcome;
use llm::request::ChatRequest;
use support::*;

const ITEMS: usize = 120;

fn asked(decision: DecisionAsked, runs: u32) -> PlanRequest {
    let contestants = vec![contestant("a", "one", priced(3.0, 15.0)), contestant("b", "two", priced(1.0, 5.0))];
    let check = serde_json::from_str(r#"{"type": "contains", "value": "Paris"}"#).expect("a check");
    let prompts = (0..ITEMS)
        .map(|at| Prompt {
            checks: vec![Clone::clone(&check)],
            ..Prompt::new(format!("q{at}"), format!("Question {at}?"))
        })
        .collect();
    let analysis = AnalysisOptions { decision, resamples: 200, ..AnalysisOptions::default() };
    PlanRequest { prompts, analysis, concurrency: 2, ..plan_request(contestants, runs) }
}

fn stop(margin: Option<f64>) -> DecisionAsked {
    DecisionAsked { stop: Some(StopAsked { alpha: 0.05, margin, futility: true }), ..DecisionAsked::default() }
}

fn item(request: &ChatRequest) -> usize {
    let text = &request.messages[0].text;
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("the number of an item")
}

async fn outcome(request: PlanRequest, backend: &Arc<Scripted>) -> Analysis {
    analyse_run(make(Plan::new(request).expect("plan"), backend).await.run)
}

#[tokio::test(start_paused = true)]
async fn a_clear_difference_stops_the_run_and_nothing_more_is_asked() {
    let backend = Scripted::new(|request, _| Act::Answer(if request.model == "a" { "Paris." } else { "Lyon." }));
    let analysis = outcome(asked(stop(None), 1), &backend).await;
    assert_eq!(analysis.end, RunEnd::Decided);
    let stopping = analysis.stopping.expect("watched");
    assert_eq!((stopping.decision, stopping.leader), (Some(StopReason::Superiority), Some(0)));
    // One-sided wins against the uniform mixture: 2^n / (n + 1) >= 1 / alpha first at n = 8 (28.4).
    assert_eq!(stopping.items_used, 8);
    assert_eq!((stopping.calls_made as usize, stopping.calls_planned as usize), (analysis.rows.len(), 2 * ITEMS));
    let sent = backend.models_asked().len();
    assert_eq!(sent, analysis.rows.len(), "every call that was sent is in the report and no other");
    assert!(sent <= 2 * (8 + 4), "only what was on its way is added to the items that decided: {sent}");
    assert!(analysis.rows.iter().all(|row| row.outcome == Outcome::Complete));
    let note = analysis.notes.iter().find(|note| note.code == "decided").expect("said");
    assert!(note.text.starts_with("Decided after 8 items of 120: one contestant is shown"), "{}", note.text);
    let decision = analysis.decision.expect("decided");
    assert_eq!(decision.tied_best, ["a"]);
    assert!(decision.contestants.iter().all(|arm| arm.primary.n_missing == 0), "what was not needed is not missing");
}

#[tokio::test(start_paused = true)]
async fn all_runs_of_an_item_count_as_one_and_come_together() {
    let backend = Scripted::new(|request, _| Act::Answer(if request.model == "a" { "Paris." } else { "Lyon." }));
    let analysis = outcome(asked(stop(None), 3), &backend).await;
    assert_eq!(analysis.end, RunEnd::Decided);
    let asked = backend.asked.lock().expect("lock").clone();
    let mut order: Vec<usize> = asked.iter().map(item).collect();
    order.dedup();
    let mut once = order.clone();
    once.sort_unstable();
    once.dedup();
    assert!(order.len() < once.len() * 3, "items are asked one after the other, not repetition by repetition");
    let stopping = analysis.stopping.expect("watched");
    assert!(stopping.items_used < 40, "{}", stopping.items_used);
}

#[tokio::test(start_paused = true)]
async fn equal_contestants_stop_within_the_margin_or_for_futility_and_nobody_leads_without_a_margin() {
    let right = || Scripted::new(|_, _| Act::Answer("Paris."));
    let analysis = outcome(asked(stop(Some(0.3)), 2), &right()).await;
    assert_eq!(analysis.stopping.expect("watched").decision, Some(StopReason::Equivalence));
    assert_eq!(analysis.end, RunEnd::Decided);

    let analysis = outcome(asked(stop(None), 1), &right()).await;
    let stopping = analysis.stopping.expect("watched");
    assert_eq!((stopping.decision, stopping.leader), (Some(StopReason::Futility), None));
    let decision = analysis.decision.expect("decided");
    assert!(decision.comparisons.iter().filter(|pair| pair.metric == Measure::Pass).all(|pair| !pair.significant));
}

#[tokio::test(start_paused = true)]
async fn a_judge_is_waited_for_before_an_item_counts() {
    let judges = vec![contestant("judge-1", "bench", priced(3.0, 15.0))];
    let judging = Judging {
        judges,
        rubric: Rubric::default(),
        mode: JudgeMode::Score,
        entailment: false,
        allow_relatives: false,
    };
    let mut request = asked(stop(None), 1);
    for prompt in &mut request.prompts {
        prompt.checks.clear();
    }
    request.scoring = Scoring { judging: Some(judging), ..Scoring::default() };
    let backend = Scripted::new(|request, _| match request.model.as_str() {
        "a" => Act::Answer("A fine answer."),
        "b" => Act::Answer("A poor answer."),
        _ if request.messages[0].text.contains("A fine answer.") => Act::Answer(r#"{"reasoning": "", "score": 10}"#),
        _ => Act::Answer(r#"{"reasoning": "", "score": 1}"#),
    });
    let analysis = outcome(request, &backend).await;
    assert_eq!(analysis.end, RunEnd::Decided);
    let decision = analysis.decision.as_ref().expect("decided");
    assert_eq!((decision.primary, decision.tied_best.as_slice()), (Some(Measure::Score), ["a".to_owned()].as_slice()));
    let stopping = analysis.stopping.as_ref().expect("watched");
    assert!(stopping.items_used < 30, "{}", stopping.items_used);
    let scored = analysis.scores.rows.iter().filter(|row| row.judge_score.is_some()).count();
    assert!(scored >= 2 * stopping.items_used as usize, "{scored} answers of {} items", stopping.items_used);
}

#[tokio::test(start_paused = true)]
async fn what_was_stored_decides_the_same_and_a_run_that_was_not_asked_to_stop_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(Store::open(&folder.path().join("runs.db")).expect("a store"));
    let plan = Plan::new(asked(stop(None), 1)).expect("plan");
    let run_id = plan.header.run_id.clone();
    let backend = Scripted::new(|request, _| Act::Answer(if request.model == "a" { "Paris." } else { "Lyon." }));
    let writer = store.begin(&plan).expect("begun");
    let mut job = job(plan, &backend);
    job.store = Some((Arc::clone(&store), writer));
    let at_once = analyse_run(run(job).await.run);
    let stored = store.load(&run_id).expect("stored");
    assert_eq!(stored.end, RunEnd::Decided);
    let again = analyse_run(stored);
    assert_eq!((again.stopping, again.decision), (at_once.stopping, at_once.decision));
    assert_eq!(again.rows.len(), at_once.rows.len());

    let backend = Scripted::new(|request, _| Act::Answer(if request.model == "a" { "Paris." } else { "Lyon." }));
    let analysis = outcome(asked(DecisionAsked::default(), 1), &backend).await;
    assert_eq!((analysis.end, analysis.rows.len(), analysis.stopping), (RunEnd::Finished, 2 * ITEMS, None));
}

#[tokio::test(start_paused = true)]
async fn answers_that_come_late_are_waited_for_in_their_turn() {
    // b fails on every item that is asked early: were items taken as they finish, a would lead after its quick wins.
    let backend = Scripted::new(|request, number| {
        if request.model == "b" && number < 40 {
            Act::Refuse(llm::error::ErrorKind::InvalidRequest)
        } else {
            Act::Answer("Paris.")
        }
    });
    let analysis = outcome(asked(stop(None), 1), &backend).await;
    let stopping = analysis.stopping.expect("watched");
    assert!(stopping.leader.is_none(), "a failed call is missing, not wrong: {stopping:?}");
    assert!(stopping.evidence[0].n_missing > 0);
}

#[tokio::test(start_paused = true)]
async fn bars_and_gates_are_part_of_the_stored_run() {
    let wanted = DecisionAsked {
        bar: Some("pass_rate >= 0.8".to_owned()),
        gates: vec!["pass_rate >= 0.9 @ 95%".to_owned(), "pass_rate not worse than b by 0.02".to_owned()],
        ..DecisionAsked::default()
    };
    let backend = Scripted::new(|request, _| Act::Answer(if request.model == "a" { "Paris." } else { "Lyon." }));
    let analysis = outcome(asked(wanted, 1), &backend).await;
    let decision = analysis.decision.expect("decided");
    assert_eq!(decision.cheapest_clearing_bar.as_deref(), Some("a"));
    let answers: Vec<GateAnswer> = decision.gates.iter().map(|gate| gate.answer).collect();
    assert_eq!(answers, [GateAnswer::Fails, GateAnswer::Passes], "b fails the first; a is not worse than b");
}

#[tokio::test(start_paused = true)]
async fn a_system_prompt_of_the_item_belongs_to_the_item_and_tells_no_arms_apart() {
    let mut request = asked(stop(None), 1);
    request.systems = vec![None, Some("Answer like a pirate.".to_owned())];
    for (at, prompt) in request.prompts.iter_mut().enumerate() {
        prompt.systems = Some(vec![(at % 2) as u32]);
    }
    let backend = Scripted::new(|request, _| Act::Answer(if request.model == "a" { "Paris." } else { "Lyon." }));
    let analysis = outcome(request, &backend).await;
    let decision = analysis.decision.expect("decided");
    assert_eq!(
        decision.contestants.len(),
        2,
        "{:?}",
        decision.contestants.iter().map(|arm| &arm.name).collect::<Vec<_>>()
    );
    assert_eq!(decision.tied_best, ["a"]);
    assert_eq!(analysis.stopping.expect("watched").items_used, 8, "items under both system prompts count alike");

    // Crossed with every item they are arms.
    let mut request = asked(DecisionAsked::default(), 1);
    request.systems = vec![None, Some("Answer like a pirate.".to_owned())];
    let analysis = outcome(request, &backend).await;
    assert_eq!(analysis.decision.expect("decided").contestants.len(), 4);
}
