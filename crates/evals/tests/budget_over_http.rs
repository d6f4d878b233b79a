//! The promise of a cap over real connections: a server that charges every request in full and
//! then closes, resets, stalls or answers 500.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "support/http.rs"]
mod http;
mod support;

use std::sync::Arc;
use std::time::Duration;

use evals::plan::{Plan, PlanRequest};
use evals::record::RunEnd;
use evals::runner::{Job, NoObserver, RunOptions, StopSignal, run};
use llm::call::Timeouts;
use llm::money::Usd;
use scripted_server::billing::Till;
use scripted_server::faults::Dice;
use scripted_server::{Script, Server, Wire};
use support::{contestant, plan_request, priced, usd};

async fn one_run(seed: u64) -> RunEnd {
    // 3 and 15 USD per million tokens, in picodollars per token.
    let till = Arc::new(Till::new(3_000_000, 15_000_000));
    let (charging, dice) = (Arc::clone(&till), Dice::new(seed));
    let server = Server::start(move |request| {
        let charge = charging.charge(request);
        assert!(!charge.unbounded, "a run with a cap sends an output maximum");
        let script = Script::text("gpt-4o-mini", &["Pa", "ris."]).usage(Some(charge.tokens()));
        let good = scripted_server::Response::stream(
            Wire::OpenAiChat.events(&script).into_iter().map(|piece| (Duration::ZERO, piece.bytes)),
        );
        dice.fault_after_billing(request.index, 0.3, Wire::OpenAiChat, good)
    })
    .expect("server");
    let backend = http::backend(&server);
    let patience = Duration::from_millis(400);
    let cap = usd(0.10 + 0.15 * (seed % 5) as f64);
    let plan = Plan::new(PlanRequest {
        seed,
        max_cost: Some(cap),
        concurrency: 200,
        timeouts: Timeouts {
            connect: Duration::from_secs(10),
            first_byte: patience,
            idle: patience,
            total: 4 * patience,
        },
        ..plan_request(
            vec![
                contestant("gpt-4o", "openai", priced(3.0, 15.0)),
                contestant("gpt-4o-mini", "openai", priced(3.0, 15.0)),
            ],
            20,
        )
    })
    .expect("plan");
    let backends = vec![Arc::clone(&backend), backend];
    let result = run(Job {
        plan,
        backends,
        store: None,
        earlier: None,
        observer: Arc::new(NoObserver),
        stop: StopSignal::new(),
        options: RunOptions::default(),
    })
    .await;
    let charged = Usd::from_pico(till.total_pico());
    let balance = result.balance;
    assert!(charged <= cap, "seed {seed}: charged {charged:?} of a cap of {cap:?}");
    assert!(charged <= balance.settled + balance.held, "seed {seed}: {balance:?} does not account for {charged:?}");
    assert!(balance.settled + balance.held <= cap, "seed {seed}: {balance:?}");
    assert!(result.run.records.len().is_multiple_of(2), "seed {seed}: contestants did not advance together");
    result.run.end
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_above_the_cap_over_real_connections() {
    let mut ends = Vec::new();
    for seed in 0..10 {
        ends.push(one_run(seed).await);
    }
    assert!(ends.contains(&RunEnd::BudgetReached), "some caps bind: {ends:?}");
}
