//! Failed attempts: which are repeated, after what, what is kept of them and what is left out.

use std::time::Duration;

use scripted_server::{Ending, Pace, Response, Script, Wire, faults};
use serde_json::{Value, json};

use crate::support::*;

/// Fails the first request in some way, and answers the rest after 20 ms.
fn once(failure: impl Fn(Wire) -> Response + Send + Sync + 'static) -> Workbench {
    let counter = Counter::default();
    Workbench::new(move |request| {
        let turn = counter.next();
        checked(request, |wire, model| match turn {
            0 => failure(wire),
            _ => Response::paced(wire.events(&Script::text(model, &["at ", "last"])), Pace::millis(20, 5)),
        })
    })
}

/// The only row after one retry; checks what every retried call has in common.
fn retried(bench: &Workbench, model: &str, kind: &str, status: u16, least_wait_ms: f64) -> Value {
    let payload = bench.compare(&format!("--models {model}"));
    let row = rows(&payload)[0].clone();
    assert_eq!(
        (&row["outcome"], &row["retries"], &payload["total_retries"]),
        (&json!("complete"), &json!(1), &json!(1))
    );
    let attempts = row["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2, "{row:#}");
    assert_eq!((&attempts[0]["error_kind"], &attempts[0]["status"]), (&json!(kind), &json!(status)));
    assert_eq!((&attempts[1]["error_kind"], &attempts[1]["status"]), (&Value::Null, &json!(200)));
    let waited = attempts[1]["waited_ms"].as_f64().unwrap();
    assert!(waited >= least_wait_ms, "waited {waited} ms");
    // Both are on the server's clock too: the wait really happened between the requests.
    let sent = bench.sent();
    let gap = sent[1].received_at - sent[0].received_at;
    assert!(gap.as_secs_f64() * 1e3 >= waited, "{gap:?}");
    // And it is in no figure of the call (lesson 58).
    for field in ["ttft_ms", "ttfo_ms", "latency_ms"] {
        let value = row[field].as_f64().unwrap();
        assert!(value >= 20.0 && value < gap.as_secs_f64() * 1e3, "{field} is {value}, the wait was {waited}");
    }
    assert_eq!(row["output"], "at last");
    assert!(note_codes(&payload).contains(&"retries"), "{:?}", note_codes(&payload));
    row
}

#[test]
fn a_rate_limit_waits_as_many_seconds_as_it_is_told_lesson_61() {
    retried(&once(|wire| faults::rate_limited(wire, "1")), "gpt-4o-mini", "rate_limit", 429, 1_000.0);
}

#[test]
fn a_rate_limit_waits_until_the_date_it_is_told() {
    let bench = once(|wire| {
        let later = jiff::Timestamp::now() + Duration::from_secs(3);
        faults::rate_limited(wire, &later.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
    });
    // A date has whole seconds only.
    retried(&bench, "claude-haiku-4-5", "rate_limit", 429, 1_000.0);
}

#[test]
fn overloads_are_retried_529_among_them() {
    let bench = once(|wire| faults::overloaded(wire).header("retry-after", "1"));
    retried(&bench, "claude-haiku-4-5", "overloaded", 529, 1_000.0);
}

#[test]
fn server_faults_keys_and_requests_are_not_retried() {
    for (status, code) in
        [(500, "server_error"), (400, "invalid_request_error"), (401, "invalid_api_key"), (429, "insufficient_quota")]
    {
        let bench = once(move |wire| faults::error(wire, status, code, "No.").header("retry-after", "1"));
        let payload = bench.compare_raw("--models gpt-4o-mini").expect(6).json();
        let row = &rows(&payload)[0];
        assert_eq!((&row["retries"], row["attempts"].as_array().unwrap().len()), (&json!(0), 1), "{status} {code}");
        assert_eq!(bench.sent().len(), 1);
    }
}

#[test]
fn retries_have_an_end_and_a_wait_that_is_too_long_is_not_begun() {
    let always = |wait: &'static str| {
        Workbench::new(move |request| checked(request, |wire, _| faults::rate_limited(wire, wait)))
    };
    let bench = always("0");
    let payload = bench.compare_raw("--models gpt-4o-mini --max-retries 2").expect(6).json();
    assert_eq!((&rows(&payload)[0]["retries"], bench.sent().len()), (&json!(2), 3));
    let bench = always("3600");
    let payload = bench.compare_raw("--models gpt-4o-mini").expect(6).json();
    assert_eq!((&rows(&payload)[0]["retries"], bench.sent().len()), (&json!(0), 1));
}

#[test]
fn a_wrong_key_stops_its_contestant_and_not_the_others() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| match wire {
            Wire::Anthropic => faults::unauthorized(wire, "invalid x-api-key"),
            _ => Response::paced(wire.events(&Script::text(model, &["fine"])), Pace::immediate()),
        })
    });
    let payload = bench.compare_raw("--models gpt-4o-mini,claude-haiku-4-5 --runs 20 --concurrency 1").expect(6).json();
    let to_anthropic = bench.models_sent().iter().filter(|model| *model == "claude-haiku-4-5").count();
    assert!(to_anthropic < 5, "{to_anthropic} requests went out with a key that is known to be wrong");
    assert_eq!(payload["outcomes"]["complete"], 20);
}

#[test]
fn a_stalled_stream_keeps_its_text_and_says_so() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| {
            let events = wire.events(&Script::text(model, &["Half an ", "answer"]));
            let count = events.iter().position(|event| event.token).unwrap() + 1;
            Response::paced(events, Pace::immediate()).first_pieces(count).ending(Ending::Stall)
        })
    });
    let models: Vec<&str> = ONE_MODEL_A_WIRE.iter().map(|(_, model)| *model).collect();
    let done = bench.compare_raw(&format!("--models {} --idle-timeout 1", models.join(","))).expect(6);
    for row in rows(&done.json()) {
        assert_eq!(
            (&row["outcome"], &row["error_kind"], &row["output"]),
            (&json!("error"), &json!("timeout"), &json!("Half an ")),
            "{row:#}"
        );
        assert_eq!((&row["retries"], &row["cost_usd"]), (&json!(0), &Value::Null), "it may have been billed");
        assert!(row["error"].as_str().unwrap().contains("silent"), "{}", row["error"]);
    }
    assert!(unwrapped(&done.stderr).contains("Half an"), "the text is shown:\n{}", done.stderr);
}

#[test]
fn pings_keep_a_silent_stream_alive() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| {
            let mut response = Response::stream([]);
            let events = wire.events(&Script::text(model, &["thought ", "through"]));
            let (head, tail) = events.split_at(2);
            for event in head {
                response = response.piece(Duration::ZERO, event.bytes.clone());
            }
            for _ in 0..25 {
                response = response.piece(Duration::from_millis(100), wire.keep_alive().bytes);
            }
            for event in tail {
                response = response.piece(Duration::ZERO, event.bytes.clone());
            }
            response
        })
    });
    // Twenty-five silences of 100 ms are longer together than the limit and shorter one by one.
    let payload = bench.compare("--models gpt-4o-mini,claude-haiku-4-5,gemini-2.5-flash --idle-timeout 2");
    assert!(column(&payload, "output").iter().all(|output| **output == "thought through"), "{:#}", payload["results"]);
}

#[test]
fn text_of_a_failed_attempt_is_not_in_the_answer_lesson_60() {
    let bench = once(|wire| {
        let mut events = wire.events(&Script::text("m", &["WRONG "]));
        events.truncate(4);
        events.push(wire.error("rate_limit_error", "Rate limit reached."));
        Response::paced(events, Pace::immediate())
    });
    let done = bench.compare_raw("--models claude-haiku-4-5");
    let payload = done.json();
    let row = &rows(&payload)[0];
    match row["outcome"].as_str().unwrap() {
        "complete" => assert_eq!(row["output"], "at last"),
        // What was billed already is not sent again; then its partial text is the call's own.
        _ => assert_eq!((&row["output"], &row["retries"]), (&json!("WRONG "), &json!(0))),
    }
}
