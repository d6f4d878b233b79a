//! A budget that holds, seen from outside: what a provider billed against what was allowed.

use std::collections::BTreeMap;
use std::sync::Arc;

use scripted_server::billing::{Till, length_stop};
use scripted_server::{Ending, Pace, Response, Script};
use serde_json::Value;

use crate::support::*;

/// Dollars a million tokens of the toys below, input and output.
const PRICE: (u64, u64) = (1_000_000, 10_000_000);

/// A workbench whose provider bills `@price=1/10` in full, with its till.
fn billed() -> (Workbench, Arc<Till>) {
    let till = Arc::new(Till::new(PRICE.0, PRICE.1));
    let charging = Arc::clone(&till);
    let bench = Workbench::new(move |request| {
        checked(request, |wire, model| {
            let tokens = charging.charge(request).tokens();
            let script = Script::text(model, &["All ", "of it."]).usage(Some(tokens)).stop(length_stop(wire));
            Response::paced(wire.events(&script), Pace::millis(2, 1))
        })
    });
    (bench, till)
}

const TOYS: &str = "openai:toy-a@price=1/10,openai:toy-b@price=1/10,openai:toy-c@price=1/10";

#[test]
fn the_cap_ends_the_run_with_balanced_data_and_exit_3_lesson_54() {
    let (bench, till) = billed();
    let done =
        bench.compare_raw(&format!("--models {TOYS} --runs 20 --max-output-tokens 1000 --max-cost 0.1")).expect(3);
    let payload = done.json();
    assert_eq!(payload["run_end"], "budget_reached");
    assert_eq!(payload["budget"]["reached"], true);
    assert!(till.total_pico() as f64 / 1e12 <= 0.1, "{}", till.total_pico());
    assert!((payload["budget"]["spent_usd"].as_f64().unwrap() * 1e12 - till.total_pico() as f64).abs() < 1.0);

    let mut made: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows(&payload) {
        let count = made.entry(row["name"].as_str().unwrap()).or_default();
        if row["outcome"] == "cancelled" {
            assert_eq!(
                (&row["cost_usd"], &row["latency_ms"]),
                (&Value::Null, &Value::Null),
                "never started, so unknown: {row:#}"
            );
            assert_eq!(row["cancelled"], true);
        } else {
            *count += 1;
        }
    }
    let counts: Vec<u32> = made.values().copied().collect();
    assert!(counts.len() == 3 && counts[0] == counts[1] && counts[1] == counts[2], "unbalanced: {made:?}");
    assert!((1..20).contains(&counts[0]));
    assert_eq!(bench.sent().len(), 3 * counts[0] as usize);
    assert!(done.stderr.contains("resume"), "{}", done.stderr);

    // More money takes it on, and the cap is over the whole.
    let id = payload["run_id"].as_str().unwrap();
    let more = bench.run(&format!("resume {id} --max-cost 0.2 --output-format json")).expect(3).json();
    let made = rows(&more).iter().filter(|row| row["outcome"] != "cancelled").count();
    assert_eq!(bench.sent().len(), made, "what is stored is not paid for again");
    assert!(till.total_pico() as f64 / 1e12 <= 0.2 && till.total_pico() as f64 / 1e12 > 0.1);
}

#[test]
fn a_cap_too_small_is_refused_naming_the_least_that_would_do_and_it_does() {
    let (bench, till) = billed();
    let models = format!("--models {TOYS} --runs 2");
    let done = bench.compare_raw(&format!("{models} --max-cost 0.000001")).expect(2);
    assert_eq!(bench.server.requests(), 0);
    let flat = unwrapped(&done.stderr);
    let least = flat.split("--max-cost ").nth(1).unwrap().split([' ', ',', ';']).next().unwrap();
    assert!(least.parse::<f64>().unwrap() > 0.0, "{flat}");
    let payload = bench.compare_raw(&format!("{models} --max-cost {least}"));
    assert!(matches!(payload.code, 0 | 3), "{}", payload.stderr);
    assert!(bench.sent().len() >= 3, "one call of each contestant at least");
    assert!(till.total_pico() as f64 / 1e12 <= least.parse::<f64>().unwrap());
}

#[test]
fn what_a_provider_bills_before_it_fails_stays_held() {
    let till = Arc::new(Till::new(PRICE.0, PRICE.1));
    let charging = Arc::clone(&till);
    let bench = Workbench::new(move |request| {
        checked(request, |wire, model| {
            charging.charge(request);
            Response::paced(wire.events(&Script::text(model, &["All ", "of it."])), Pace::millis(1, 1))
                .ending(Ending::StallBeforeHead)
        })
    });
    let done = bench.compare_raw(
        "--models openai:toy@price=1/10 --runs 40 --max-output-tokens 1000 --max-cost 0.05 --first-byte-timeout 0.05",
    );
    let payload = done.expect(3).json();
    assert!(till.total_pico() as f64 / 1e12 <= 0.05, "{} was billed", till.total_pico());
    let budget = &payload["budget"];
    assert_eq!(budget["spent_usd"], 0.0);
    assert!(budget["held_usd"].as_f64().unwrap() * 1e12 >= till.total_pico() as f64, "{budget:#}");
    assert_eq!(budget["unknown_calls"].as_u64().unwrap(), bench.sent().len() as u64);
}

#[test]
fn no_money_at_all_still_lets_free_models_run_lesson_53() {
    let bench = Workbench::polite();
    let payload = bench.compare("--models local/llama-3.1-8b --runs 2 --max-cost 0");
    assert_eq!(payload["outcomes"]["complete"], 2);
    assert_eq!(payload["total_cost_usd"], 0.0);
    bench.compare_raw("--models gpt-4o-mini --max-cost 0").expect(2);
}

#[test]
fn what_nothing_bounds_is_refused_under_a_cap_unless_it_is_let_run() {
    let bench = Workbench::polite();
    let done = bench.compare_raw("--models openai:mystery --max-cost 1").expect(2);
    assert_eq!(bench.server.requests(), 0);
    done.says(&["mystery", "--allow-unpriced"]);
    let payload = bench.compare("--models openai:mystery,gpt-4o-mini --max-cost 1 --allow-unpriced");
    assert!(note_codes(&payload).contains(&"cap_not_covering"));
    assert_eq!(bench.sent().len(), 2);
}

#[test]
fn a_dry_run_prints_the_plan_and_sends_nothing() {
    let bench = Workbench::polite();
    let text = bench
        .run("compare Hello. --models gpt-4o-mini,claude-haiku-4-5 --runs 10 --max-cost 0.5 --dry-run")
        .expect(0)
        .text();
    for word in ["20", "gpt-4o-mini", "claude-haiku-4-5", "$"] {
        assert!(text.contains(word), "{text}");
    }
    let plan = bench.compare("--models gpt-4o-mini,claude-haiku-4-5 --runs 10 --max-cost 0.5 --dry-run");
    assert!(plan.is_object(), "{plan:#}");
    assert_eq!(bench.server.requests(), 0);
    assert_eq!(bench.run("history --output-format json").expect(0).json(), serde_json::json!([]));
}

#[test]
fn a_run_with_a_cap_always_sends_an_output_maximum() {
    let bench = Workbench::polite();
    let models: Vec<&str> = ONE_MODEL_A_WIRE.iter().map(|(_, model)| *model).collect();
    bench.compare(&format!("--models {} --max-cost 1", models.join(",")));
    for record in bench.sent() {
        let body = record.request.json();
        let maximum = scripted_server::billing::output_maximum(&body).unwrap_or_else(|| panic!("no maximum: {body}"));
        assert!((512..=4096).contains(&maximum));
    }
}
