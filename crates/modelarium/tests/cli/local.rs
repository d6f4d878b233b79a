//! Local servers: found, listed, named, free, and on this machine unless told otherwise.

use scripted_server::{Request, Response, faults};
use serde_json::{Value, json};

use crate::support::*;

fn with_models(ids: &'static [&'static str]) -> Workbench {
    Workbench::new(move |request: &Request| -> Response {
        if request.method == "GET" && request.route() == "/v1/models" {
            return faults::models(scripted_server::Wire::OpenAiChat, ids);
        }
        answered(request, |_, _, script| script)
    })
}

#[test]
fn ids_keep_their_slashes_and_colons_and_lose_one_prefix_lesson_75() {
    let bench = Workbench::polite();
    for (spec, id) in [
        ("local/llama3.2:1b", "llama3.2:1b"),
        ("local:llama-3.1-8b", "llama-3.1-8b"),
        ("local/hf.co/someone/Model-GGUF:Q4_K_M", "hf.co/someone/Model-GGUF:Q4_K_M"),
        ("local/local/odd", "local/odd"),
    ] {
        bench.server.forget();
        let payload = bench.compare(&format!("--models {spec}"));
        assert_eq!(bench.models_sent(), [id]);
        assert_eq!(rows(&payload)[0]["cost_usd"], 0.0);
    }
}

#[test]
fn all_local_is_what_the_server_has() {
    let bench = with_models(&["llama3.2:1b", "qwen3:4b"]);
    let payload = bench.compare("--models all-local");
    assert_eq!(payload["outcomes"]["complete"], 2);
    let mut sent = bench.models_sent();
    sent.sort();
    assert_eq!(sent, ["llama3.2:1b", "qwen3:4b"]);
    assert_eq!(bench.run("list-models --local").expect(0).text(), "local/llama3.2:1b\nlocal/qwen3:4b\n");
    let listed = bench.run("list-models --local --output-format json").expect(0).json();
    assert_eq!(listed[1]["model"], "local/qwen3:4b");
}

#[test]
fn hostile_names_of_a_local_server_cannot_draw_on_the_terminal_lesson_15() {
    let bench = with_models(&["\u{1b}[2Jclear", "a\u{202e}b"]);
    let text = bench.run("list-models --local").expect(0).text();
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
}

#[test]
fn a_server_that_is_not_there_is_a_clear_message_lesson_74() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let bench = Workbench::polite().set("MODELARIUM_LOCAL_URL", format!("http://127.0.0.1:{port}/v1"));
    bench.compare_raw("--models all-local").expect(2).says(&["no local server", "ollama serve"]);
    assert_eq!(bench.run("list-models --local --output-format json").expect(0).json(), json!([]));
    let failed = bench.compare_raw("--models local/llama3 --max-retries 0").expect(6).json();
    assert_eq!(rows(&failed)[0]["error_kind"], "network");
    for body in ["<html>hello</html>", "{}", "[]", "null", r#"{"data": "no list"}"#] {
        let odd = Workbench::new(move |_| Response::body(200, "application/json", body));
        odd.compare_raw("--models all-local").expect(2);
    }
    with_models(&[]).compare_raw("--models all-local").expect(2);
}

#[test]
fn only_this_machine_unless_told_otherwise_lesson_8() {
    let bench = Workbench::polite();
    for url in [
        "http://localhost.evil.example/v1",
        "http://localhost@evil.example/v1",
        "http://192.168.1.20:11434/v1",
        "https://example.com/v1",
        "ftp://localhost/v1",
        "file:///etc/passwd",
        "//localhost/v1",
        "localhost:11434/v1",
        "http://[fe80::1%25eth0]:11434/v1",
        "http://127.0.0.1.evil.example/v1",
        "http://2130706433.evil.example/v1",
    ] {
        for line in [
            format!("compare Hello. --models local/x --local-url {url}"),
            format!("list-models --local --local-url {url}"),
        ] {
            bench.run(&line).expect(2).says(&["local server"]);
        }
        let by_variable = Workbench::polite().set("MODELARIUM_LOCAL_URL", url);
        by_variable.run("compare Hello. --models local/x").expect(2);
    }
    assert_eq!(bench.server.requests(), 0);
    let own = format!("--models local/x --local-url {}/v1", bench.server.url().replace("127.0.0.1", "localhost"));
    assert_eq!(bench.compare(&own)["outcomes"]["complete"], 1);
}

#[test]
fn a_whole_answer_instead_of_a_stream_is_taken() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| {
            Response::json(200, &wire.whole(&scripted_server::Script::text(model, &["Paris."])))
        })
    });
    let payload = bench.compare("--models local/x");
    assert_eq!((&rows(&payload)[0]["outcome"], &rows(&payload)[0]["output"]), (&json!("complete"), &json!("Paris.")));
}

#[test]
fn an_ollama_that_refuses_to_report_usage_still_answers() {
    let bench = Workbench::new(|request| answered(request, |_, _, script| script.usage(None)));
    let row = rows(&bench.compare("--models local/x"))[0].clone();
    assert_eq!((&row["cost_usd"], &row["output_tokens"]), (&json!(0.0), &Value::Null), "free whatever is reported");
}
