//! Runs that decide: answers written by hand or drawn by a rule, everything else by the analysis itself.

use evals::decision::table;
use evals::imported::{self, ImportRequest};
use evals::plan::PlanRequest;
use evals::record::{
    AnalysisOptions, CallCost, DecisionAsked, MigrationAsked, Omission, Prompt, RunEnd, Scoring, StopAsked, SuiteInfo,
};
use evals::store::StoredRun;
use llm::money::Usd;
use llm::outcome::Outcome;
use serde_json::json;

use super::scored::{Says, analysed, check, judge_says, priced, request, stored};
use super::{Fixture, HOSTILE};

/// Whether the contestant answers rightly: the first on all items but every twentieth, the second but every ninth, the
/// third but every third.
fn right(prompt: u32, contestant: u32) -> bool {
    match contestant {
        0 => prompt % 20 != 3,
        1 => prompt % 9 != 4,
        _ => !prompt.is_multiple_of(3),
    }
}

fn says(prompt: u32, contestant: u32, run: u32) -> (Outcome, String) {
    if contestant == 1 && prompt == 7 {
        return (Outcome::Refused, "I cannot help with that.".to_owned());
    }
    let luck = (prompt * 7 + run * 3 + contestant).is_multiple_of(11);
    let text = if right(prompt, contestant) != luck { "It is Paris." } else { "It is Lyon." };
    (Outcome::Complete, text.to_owned())
}

fn items(count: u32) -> Vec<Prompt> {
    (0..count)
        .map(|at| Prompt {
            checks: vec![check(json!({"type": "contains", "value": "Paris"}))],
            cluster: Some(format!("topic-{}", at / 2)),
            ..Prompt::new(format!("item-{at:02}"), format!("Question {at}: what is the capital of France?"))
        })
        .collect()
}

fn asked(decision: DecisionAsked, items_count: u32, runs: u32) -> PlanRequest {
    let suite = SuiteInfo { name: "capitals".to_owned(), items: items_count, ..SuiteInfo::default() };
    let scoring = Scoring { suite: Some(suite), ..Scoring::default() };
    let contestants =
        vec![priced("claude-sonnet-4-6", "claude"), priced("gpt-4o-mini", "gpt"), priced("gemini-3.8-flash", "gemini")];
    let mut request = request(items(items_count), contestants, runs, scoring);
    request.analysis = AnalysisOptions { decision, ..request.analysis };
    request
}

/// What contestants cost: the better, the dearer. The last attempt said what the call says.
fn pay(mut run: StoredRun) -> StoredRun {
    for record in &mut run.records {
        if let Some(last) = record.attempts.last_mut() {
            last.attempt.answer = record.answer.clone();
        }
        let price = [90, 30, 10][record.call.contestant as usize % 3];
        record.cost = CallCost::Known(Usd::from_pico(1_000_000 * (price + u64::from(record.call.prompt % 5))));
    }
    run
}

impl Fixture {
    /// Forty items, three contestants, two runs: a bar, and gates that pass, fail and stay open.
    pub(crate) fn decided_suite() -> StoredRun {
        let decision = DecisionAsked {
            bar: Some("pass_rate >= 0.75".to_owned()),
            gates: vec![
                "pass_rate >= 0.25 @ 95%".to_owned(),
                "pass_rate not worse than claude-sonnet-4-6 by 0.02".to_owned(),
                "p95(latency) < 60s".to_owned(),
                "pass_rate >= 0.6".to_owned(),
            ],
            ..DecisionAsked::default()
        };
        pay(stored(asked(decision, 40, 2), says, judge_says))
    }

    /// A suite of two contestants that stopped when it was decided: the calls after the first items were not made.
    pub(crate) fn stopped_suite() -> StoredRun {
        let stop = StopAsked { alpha: 0.05, margin: None, futility: true };
        let decision = DecisionAsked { stop: Some(stop), ..DecisionAsked::default() };
        let mut request = asked(decision, 120, 1);
        request.contestants.truncate(2);
        let lopsided: Says = |_, contestant, _| {
            let text = if contestant == 0 { "It is Paris." } else { "It is Lyon." };
            (Outcome::Complete, text.to_owned())
        };
        let mut run = pay(stored(request, lopsided, judge_says));
        let made: Vec<u32> = run.plan.dispatch_order.iter().copied().take(40).collect();
        run.records.retain(|record| made.contains(&record.call.index));
        run.end = RunEnd::Decided;
        run
    }

    /// One model in the place of another that takes a temperature.
    pub(crate) fn migration() -> StoredRun {
        let migration =
            MigrationAsked { from: "gpt-4o-mini".to_owned(), to: "claude-sonnet-4-6".to_owned(), margin: 0.02 };
        let decision = DecisionAsked { migration: Some(migration), ..DecisionAsked::default() };
        let mut request = asked(decision, 40, 2);
        request.contestants.truncate(2);
        request.temperatures = vec![Some(0.7)];
        request.contestants[0].sends_temperature = false;
        request.contestants[0].omitted = vec![Omission {
            parameter: "temperature".to_owned(),
            requested: "0.7".to_owned(),
            reason: "the model takes none".to_owned(),
        }];
        pay(stored(request, says, judge_says))
    }

    /// A table of pass and fail, long, with a cost, a missing answer and hostile names.
    pub(crate) fn imported() -> StoredRun {
        let mut text = "item_id,model,run_index,score,cost_usd\n".to_owned();
        for item in 0..12 {
            for (model, every) in [("first", 9), ("second", 2)] {
                for run in 0..2 {
                    let passed = u8::from((item + run) % every != 0);
                    let score =
                        if item == 5 && model == "second" && run == 1 { String::new() } else { passed.to_string() };
                    text.push_str(&format!("i{item},{model},{run},{score},0.00{every}\n"));
                }
            }
        }
        imported_run(
            text.as_bytes(),
            DecisionAsked { bar: Some("pass_rate > 0.5".to_owned()), ..DecisionAsked::default() },
        )
    }

    /// Every name hostile.
    pub(crate) fn hostile_decision() -> StoredRun {
        let decision = DecisionAsked { gates: vec!["pass_rate >= 0.9".to_owned()], ..DecisionAsked::default() };
        let mut request = asked(decision, 12, 1);
        for (at, contestant) in request.contestants.iter_mut().enumerate() {
            contestant.name = format!("{at} {HOSTILE}");
        }
        for (at, prompt) in request.prompts.iter_mut().enumerate() {
            prompt.id = format!("{at} {HOSTILE}");
        }
        pay(stored(request, says, judge_says))
    }

    pub(crate) fn decided(run: StoredRun) -> Self {
        analysed(run)
    }
}

/// A table as a run.
pub(crate) fn imported_run(table: &[u8], decision: DecisionAsked) -> StoredRun {
    let request = ImportRequest {
        tool_version: "0.3.0".to_owned(),
        run_id: Some("0a1b2c3d-1111-4222-8333-444455556666".to_owned()),
        at_unix: 1_795_356_000,
        source: "results.csv".to_owned(),
        seed: 7,
        analysis: AnalysisOptions { resamples: 999, decision, ..AnalysisOptions::default() },
        pricing_as_of: "2026-09-06".to_owned(),
    };
    imported::run_of(&table::read(table).unwrap(), request)
}
