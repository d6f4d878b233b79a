//! What the command measures, held against the server's own clock; never against a limit of ours.

use scripted_server::{Pace, Response, Script, Wire};
use serde_json::Value;

use crate::support::*;

fn paced() -> Workbench {
    Workbench::new(|request| {
        checked(request, |wire, model| {
            let script = Script::text(model, &["one ", "two ", "three"]).reasoning(&["hm, "]);
            Response::paced(wire.events(&script), Pace::millis(15, 10))
        })
    })
}

#[test]
fn times_are_never_shorter_than_the_servers_own() {
    let bench = paced();
    let payload = bench.compare("--models gpt-4o-mini,claude-haiku-4-5,gemini-2.5-flash --runs 10 --concurrency 5");
    for model in ["gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-flash"] {
        // The server's spans and the client's, each sorted: a call's own client span is never below its server span.
        let mut server: Vec<[f64; 3]> = bench
            .sent()
            .iter()
            .filter(|record| scripted_server::strict::model(&record.request).unwrap() == model)
            .map(|record| {
                let since = |moment: std::time::Instant| (moment - record.received_at).as_secs_f64() * 1e3;
                [
                    since(record.token_writes[0]),
                    since(record.token_writes[1]),
                    since(*record.token_writes.last().unwrap()),
                ]
            })
            .collect();
        let mut client: Vec<[f64; 3]> = rows(&payload)
            .iter()
            .filter(|row| row["model"] == model)
            .map(|row| ["ttft_ms", "ttfo_ms", "latency_ms"].map(|field| row[field].as_f64().unwrap()))
            .collect();
        assert_eq!((server.len(), client.len()), (10, 10));
        for at in 0..3 {
            server.sort_by(|left, right| left[at].total_cmp(&right[at]));
            client.sort_by(|left, right| left[at].total_cmp(&right[at]));
            for (server, client) in server.iter().zip(&client) {
                assert!(client[at] >= server[at], "{model}: {client:?} is shorter than {server:?}");
            }
        }
    }
}

#[test]
fn thinking_is_a_first_token_and_no_first_output() {
    let payload = paced().compare("--models claude-haiku-4-5");
    let row = &rows(&payload)[0];
    let [first, visible, whole] = ["ttft_ms", "ttfo_ms", "latency_ms"].map(|field| row[field].as_f64().unwrap());
    // The server writes thinking at 15 ms, text from 25 ms on and the last of it at 45 ms.
    assert!(first >= 15.0 && visible >= 25.0 && whole >= 45.0, "{first} {visible} {whole}");
    assert!(first <= visible && visible <= whole, "{first} {visible} {whole}");
    assert_eq!((row["reasoning"].as_str(), row["output"].as_str()), (Some("hm, "), Some("one two three")));
}

#[test]
fn waiting_for_a_slot_is_queueing_and_no_latency_lesson_59() {
    let bench = paced();
    let payload = bench.compare("--models gpt-4o-mini --runs 12 --concurrency 1");
    let sum = |field: &str| column(&payload, field).iter().map(|value| value.as_f64().unwrap()).sum::<f64>();
    let first = bench.sent()[0].received_at;
    let last = bench.sent().iter().filter_map(|record| record.ended_at).max().unwrap();
    // Calls made one after the other cannot together have taken longer than all of it; a latency
    // that held its wait would add up to several times as much.
    let whole = (last - first).as_secs_f64() * 1e3;
    assert!(sum("latency_ms") < 2.0 * whole, "{} in {whole}", sum("latency_ms"));
    assert!(sum("queued_ms") > sum("latency_ms"), "{} {}", sum("queued_ms"), sum("latency_ms"));
}

#[test]
fn a_slow_provider_does_not_hold_up_another_lesson_63() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| {
            let first = if wire == Wire::Anthropic { 400 } else { 1 };
            Response::paced(wire.events(&Script::text(model, &["done"])), Pace::millis(first, 0))
        })
    });
    bench.compare("--models gpt-4o-mini,claude-haiku-4-5 --runs 6 --concurrency 1");
    let sent = bench.sent();
    let fast_done = sent
        .iter()
        .filter(|record| record.request.header("x-api-key").is_none())
        .filter_map(|record| record.ended_at)
        .max();
    let slow_begun = sent
        .iter()
        .filter(|record| record.request.header("x-api-key").is_some())
        .map(|record| record.received_at)
        .max();
    assert!(fast_done.unwrap() < slow_begun.unwrap(), "the fast provider waited for the slow one");
}

#[test]
fn connections_are_opened_before_the_clock_starts_and_then_kept() {
    let bench = paced();
    let payload = bench.compare("--models gpt-4o-mini --runs 6 --concurrency 1");
    let connects: Vec<f64> =
        rows(&payload).iter().map(|row| row["attempts"][0]["connect_ms"].as_f64().unwrap()).collect();
    assert!(connects.iter().filter(|&&connect| connect > 0.0).count() <= 1, "{connects:?}");
    assert_eq!(bench.server.connections(), 1);
}

#[test]
fn figures_of_the_machine_and_percentiles_are_there() {
    let payload = paced().compare("--models gpt-4o-mini --runs 25 --concurrency 5");
    assert!(payload["machine"]["lag_samples"].as_u64().unwrap() > 0, "{:#}", payload["machine"]);
    let metrics = payload["stats_by_cell"][0]["metrics"].as_array().unwrap();
    for name in ["latency_ms", "ttft_ms", "ttfo_ms"] {
        let metric = metrics.iter().find(|metric| metric["metric"] == name).unwrap();
        let at: Vec<f64> = metric["quantiles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|quantile| quantile["probability"].as_f64().unwrap())
            .collect();
        assert_eq!(at, [0.5, 0.9, 0.95, 0.99]);
        assert!(metric["quantiles"].as_array().unwrap().iter().all(|quantile| quantile["value"].is_number()));
    }
    let rates = column(&payload, "output_tokens_per_second");
    assert!(rates.iter().all(|rate| !Value::is_null(rate)), "{rates:?}");
}

#[test]
fn a_stream_read_without_showing_it_is_measured_the_same() {
    let payload = paced().compare("--models gpt-4o-mini --no-stream");
    assert!(rows(&payload)[0]["ttft_ms"].as_f64().unwrap() >= 15.0);
}
