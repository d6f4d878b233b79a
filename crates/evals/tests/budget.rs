//! The promise of a cap, against a provider that charges every request in full and often fails
//! after it charged. Time is virtual, so thousands of runs take seconds.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::sync::atomic::Ordering;

use evals::plan::{Plan, PlanError, PlanRequest};
use evals::record::{CallCost, RunEnd};
use evals::runner::{RunResult, StopLevel, run};
use llm::error::ErrorKind;
use llm::money::Usd;
use llm::outcome::Outcome;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use support::*;

const SEEDS: u64 = 2_000;

/// A grid of four contestants of two providers under a random cap.
fn random_plan(seed: u64) -> (Plan, Usd) {
    let mut dice = ChaCha12Rng::seed_from_u64(seed);
    let contestants =
        ["a", "b", "c", "d"].map(|name| contestant(name, if name < "c" { "one" } else { "two" }, priced(3.0, 15.0)));
    let runs = dice.random_range(1..=60);
    let request =
        |cap| PlanRequest { seed, max_cost: Some(cap), concurrency: 200, ..plan_request(contestants.to_vec(), runs) };
    let Err(PlanError::CapTooSmall { least, .. }) = Plan::new(request(Usd::from_pico(1))) else {
        panic!("a picodollar is enough")
    };
    let cap = Usd::from_pico((least.pico() as f64 * dice.random_range(1.0..f64::from(runs) * 1.5 + 0.1)) as u64);
    (Plan::new(request(cap)).expect("the least would do"), cap)
}

fn assert_promise(seed: u64, till: &Till, result: &RunResult, cap: Usd) {
    let balance = result.balance;
    assert!(balance.settled + balance.held <= cap, "seed {seed}: {balance:?}");
    assert!(till.charged() <= balance.settled + balance.held, "seed {seed}: charged more than is accounted for");
    assert_eq!(balance.held, balance.unknown, "seed {seed}: nothing in flight, so only unknown costs are held");
    let recorded: Usd = result
        .run
        .records
        .iter()
        .map(|record| match record.cost {
            CallCost::Known(cost) | CallCost::Unknown(Some(cost)) => cost,
            CallCost::Nothing => Usd::ZERO,
            other => panic!("seed {seed}: {other:?}"),
        })
        .sum();
    assert_eq!(recorded, balance.settled + balance.held, "seed {seed}: the records say what the ledger says");
}

/// As many records of each contestant.
fn assert_balanced(seed: u64, result: &RunResult) {
    let count = |contestant| result.run.records.iter().filter(|record| record.call.contestant == contestant).count();
    assert!(
        (1..4).all(|contestant| count(contestant) == count(0)),
        "seed {seed}: contestants did not advance together"
    );
}

#[tokio::test(start_paused = true)]
async fn never_above_the_cap_over_thousands_of_seeds() {
    let (mut reached, mut finished, mut widest) = (0, 0, 0);
    for seed in 0..SEEDS {
        let (plan, cap) = random_plan(seed);
        let planned = plan.calls.len();
        let till = Till::new(priced(3.0, 15.0), seed, (seed % 11) as f64 / 10.0, Some(cap));
        let result = make(plan, &till).await;
        assert_promise(seed, &till, &result, cap);
        assert_balanced(seed, &result);
        widest = widest.max(till.most_in_flight.load(Ordering::SeqCst));
        match result.run.end {
            RunEnd::Finished => {
                finished += 1;
                assert_eq!(result.run.records.len(), planned);
            }
            RunEnd::BudgetReached => {
                reached += 1;
                assert!((4..planned).contains(&result.run.records.len()), "seed {seed}: at least one block is made");
            }
            other => panic!("seed {seed}: {other:?}"),
        }
    }
    assert!(reached > SEEDS / 10 && finished > SEEDS / 10, "{reached} reached the cap, {finished} finished");
    assert!(widest >= 200, "{widest} calls at a time");
}

#[tokio::test(start_paused = true)]
async fn never_above_the_cap_when_interrupted_at_any_moment() {
    for seed in 0..300 {
        let (plan, cap) = random_plan(seed);
        let till = Till::new(priced(3.0, 15.0), seed, 0.3, Some(cap));
        let job = job(plan, &till);
        let stop = job.stop.clone();
        let level = if seed % 2 == 0 { StopLevel::Drain } else { StopLevel::Quit };
        let stopper = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(seed * 20)).await;
            stop.raise(level);
        });
        let result = run(job).await;
        stopper.abort();
        assert_promise(seed, &till, &result, cap);
    }
}

#[tokio::test(start_paused = true)]
async fn the_least_cap_runs_one_call_of_each_contestant() {
    let contestants = || ["a", "b"].map(|name| contestant(name, name, priced(3.0, 15.0))).to_vec();
    let request = |cap| PlanRequest { max_cost: Some(cap), ..plan_request(contestants(), 5) };
    let Err(PlanError::CapTooSmall { least, .. }) = Plan::new(request(usd(0.000_1))) else { panic!("accepted") };
    let till = Till::new(priced(3.0, 15.0), 1, 0.0, Some(least));
    let result = make(Plan::new(request(least)).expect("the least would do"), &till).await;
    assert_eq!(result.run.end, RunEnd::BudgetReached);
    assert!(result.run.records.len() >= 2);
    assert_eq!(result.run.records.len() % 2, 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_used_is_free_for_further_calls() {
    let contestants = vec![contestant("a", "one", priced(3.0, 15.0))];
    let mut request = plan_request(contestants, 50);
    // Two worst cases fit at a time, and answers use far less than their worst case.
    request.max_cost = Some(usd(0.02));
    let plan = Plan::new(request).expect("plan");
    assert!(plan.worst_case().expect("bounded") > usd(0.02));
    let backend = Scripted::answering();
    let result = make(plan, &backend).await;
    assert_eq!(result.run.end, RunEnd::Finished);
    assert!(backend.most_in_flight.load(Ordering::SeqCst) <= 2, "the rest waited for money");
    // 20 input tokens at 3 and 5 output tokens at 15 USD per million.
    assert_eq!(result.balance.settled, Usd::from_pico(50 * (20 * 3_000_000 + 5 * 15_000_000)));
    assert_eq!(result.balance.held, Usd::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_cost_that_is_unknown_stays_held() {
    let plan = Plan::new(PlanRequest {
        max_cost: Some(usd(1.0)),
        ..plan_request(vec![contestant("a", "one", priced(3.0, 15.0))], 3)
    })
    .expect("plan");
    let bound = plan.worst_cases[0].expect("bounded");
    let backend = Scripted::new(|_, number| match number {
        0 => Act::FailBilled(ErrorKind::Timeout),
        1 => Act::AnswerWithoutUsage,
        _ => Act::Answer("Paris."),
    });
    let result = make(plan, &backend).await;
    assert_eq!(result.balance.unknown, bound.times(2));
    assert_eq!(result.balance.held, bound.times(2));
    let unknown = result.run.records.iter().filter(|record| record.cost == CallCost::Unknown(Some(bound)));
    assert_eq!(unknown.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_an_unknown_bill_is_held_on_top_or_not_made() {
    let contestants = || vec![contestant("a", "one", priced(3.0, 15.0))];
    let overloaded = || Scripted::new(|_, _| Act::FailBilled(ErrorKind::Overloaded));
    let cap = |cap| Plan::new(PlanRequest { max_cost: Some(cap), ..plan_request(contestants(), 1) }).expect("plan");
    let rich = make(cap(usd(10.0)), &overloaded()).await;
    let bound = rich.run.plan.worst_cases[0].expect("bounded");
    assert_eq!(rich.run.records[0].attempts.len(), 4);
    assert_eq!(rich.run.records[0].cost, CallCost::Unknown(Some(bound.times(4))));

    let mut request = plan_request(contestants(), 1);
    request.max_cost = Some(usd(0.02));
    request.contestants[0].params.max_output_tokens = Some(1_000);
    let poor = make(Plan::new(request).expect("plan"), &overloaded()).await;
    assert_eq!(poor.run.records[0].attempts.len(), 1);
    assert_eq!(poor.run.records[0].outcome, Outcome::Error);
    assert_eq!(poor.run.learned[0].code, "retry_not_affordable");
}

#[tokio::test(start_paused = true)]
async fn a_bill_above_the_worst_case_is_said_and_ends_the_run() {
    let plan = Plan::new(PlanRequest {
        max_cost: Some(usd(1.0)),
        concurrency: 1,
        ..plan_request(vec![contestant("a", "one", priced(3.0, 15.0))], 5)
    })
    .expect("plan");
    let backend = Scripted::new(|_, number| if number == 1 { Act::Overcharge } else { Act::Answer("Paris.") });
    let result = make(plan, &backend).await;
    assert_eq!(result.run.records.len(), 2);
    assert_eq!(result.run.end, RunEnd::BudgetReached);
    assert_eq!(result.run.learned[0].code, "overrun");
}

#[tokio::test(start_paused = true)]
async fn free_models_run_under_a_cap_of_zero_and_cost_the_word_free() {
    let plan =
        Plan::new(PlanRequest { max_cost: Some(Usd::ZERO), ..plan_request(vec![contestant("a", "local", free())], 2) })
            .expect("plan");
    let result = make(plan, &Scripted::answering()).await;
    assert_eq!(result.run.end, RunEnd::Finished);
    assert!(result.run.records.iter().all(|record| record.cost == CallCost::Free));
}

#[tokio::test(start_paused = true)]
async fn an_unpriced_model_that_is_allowed_costs_the_word_unpriced() {
    let plan = Plan::new(PlanRequest {
        max_cost: Some(usd(0.1)),
        allow_unpriced: true,
        ..plan_request(vec![contestant("a", "nvidia", unpriced())], 2)
    })
    .expect("plan");
    let result = make(plan, &Scripted::answering()).await;
    assert!(result.run.records.iter().all(|record| record.cost == CallCost::Unpriced));
    assert_eq!(result.balance.settled, Usd::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_the_cap_does_not_cover_leaves_it_to_the_others() {
    let mut route = priced(3.0, 15.0);
    route.unbounded = Some("the route runs several models for one call".to_owned());
    let plan = Plan::new(PlanRequest {
        max_cost: Some(usd(0.1)),
        allow_unpriced: true,
        ..plan_request(vec![contestant("route", "one", route), contestant("b", "two", priced(3.0, 15.0))], 5)
    })
    .expect("plan");
    let result = make(plan, &Scripted::answering()).await;
    assert_eq!(result.run.end, RunEnd::Finished);
    assert!(result.run.records.iter().all(|record| matches!(record.cost, CallCost::Known(_))));
    // Only the five calls that the cap covers: 20 input tokens at 3 and 5 output tokens at 15 USD per million.
    assert_eq!(result.balance.settled, Usd::from_pico(5 * (20 * 3_000_000 + 5 * 15_000_000)));
    assert_eq!(result.run.learned, []);
}
