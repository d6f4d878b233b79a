//! What a comparison sends and shows: prompts, system prompts, order, output to people.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::*;

#[test]
fn each_provider_gets_its_own_key_and_nobody_elses() {
    let bench = Workbench::polite();
    let models: Vec<&str> = ONE_MODEL_EACH.iter().map(|(_, model)| *model).collect();
    let payload = bench.compare(&format!("--models {} --allow-unpriced", models.join(",")));
    assert_eq!(payload["outcomes"]["complete"], 12, "{:#}", payload["results"]);
    let headers: BTreeSet<String> = bench
        .sent()
        .iter()
        .map(|record| {
            let key = ["authorization", "x-api-key", "x-goog-api-key"].map(|name| record.request.header(name));
            assert_eq!(key.iter().flatten().count(), 1, "one header carries the key");
            key.into_iter().flatten().next().unwrap().trim_start_matches("Bearer ").to_owned()
        })
        .collect();
    assert_eq!(headers, KEYS.iter().map(|(_, _, key)| (*key).to_owned()).collect());
}

#[test]
fn prompts_come_from_the_argument_a_file_or_standard_input() {
    let bench = Workbench::polite();
    let prompt = |record: &scripted_server::Record| record.request.json()["messages"][0]["content"].clone();
    let file = bench.file("question.txt", "\u{feff}From a file.\n");
    bench.run(&format!("compare --prompt-file {file} --models gpt-4o-mini")).expect(0);
    bench.run_with_input("compare - --models gpt-4o-mini", b"From a pipe.\n").expect(0);
    bench.run_with_input("--models gpt-4o-mini", b"From a pipe without a word.\n").expect(0);
    bench.run_words(&["From the first word.", "--models", "gpt-4o-mini"]).expect(0);
    bench.run_words(&["compare", "history", "--models", "gpt-4o-mini"]).expect(0);
    let sent: Vec<_> = bench.sent().iter().map(prompt).collect();
    assert_eq!(
        sent,
        ["From a file.", "From a pipe.", "From a pipe without a word.", "From the first word.", "history"]
            .map(|text| json!(text))
    );
}

#[test]
fn system_prompts_go_where_each_dialect_wants_them() {
    let bench = Workbench::polite();
    let models: Vec<&str> = ONE_MODEL_A_WIRE.iter().map(|(_, model)| *model).collect();
    let words = ["Hello.", "--models", &models.join(","), "--system-prompt", "Be brief."];
    bench.run_words(&words).expect(0);
    for record in bench.sent() {
        let body = record.request.json();
        let system = match scripted_server::Wire::of_path(&record.request.path).unwrap() {
            scripted_server::Wire::OpenAiChat => {
                assert!(matches!(body["messages"][0]["role"].as_str(), Some("system" | "developer")), "{body}");
                &body["messages"][0]["content"]
            }
            scripted_server::Wire::OpenAiResponses => &body["instructions"],
            scripted_server::Wire::Anthropic if body["system"].is_array() => &body["system"][0]["text"],
            scripted_server::Wire::Anthropic => &body["system"],
            scripted_server::Wire::Gemini if body["systemInstruction"].is_object() => {
                &body["systemInstruction"]["parts"][0]["text"]
            }
            scripted_server::Wire::Gemini => &body["system_instruction"]["parts"][0]["text"],
        };
        assert_eq!(system, "Be brief.", "{body}");
    }
}

#[test]
fn an_empty_system_prompt_is_no_system_message_lesson_65() {
    let bench = Workbench::polite();
    bench.run_words(&["Hello.", "--models", "gpt-4o-mini", "--system-prompt", "  "]).expect(0);
    assert_eq!(bench.only_body()["messages"].as_array().unwrap().len(), 1);
}

#[test]
fn several_system_prompts_make_cells_of_their_own_lesson_27() {
    let bench = Workbench::polite();
    let words = [
        "Hello.",
        "--models",
        "gpt-4o-mini",
        "--runs",
        "2",
        "--system-prompts",
        r"Be brief\, please,Be kind",
        "-o",
        "r.json",
    ];
    bench.run_words(&words).expect(0);
    let payload: serde_json::Value = serde_json::from_slice(&std::fs::read(bench.path("r.json")).unwrap()).unwrap();
    assert_eq!(payload["invocation"]["system_prompts"], json!(["Be brief, please", "Be kind"]));
    let systems: Vec<_> =
        payload["stats_by_cell"].as_array().unwrap().iter().map(|cell| cell["system"].clone()).collect();
    assert_eq!(systems, ["Be brief, please", "Be kind"]);
    assert_eq!(bench.sent().len(), 4);
}

#[test]
fn temperatures_are_cells_and_are_sent_as_asked() {
    let bench = Workbench::polite();
    let payload = bench.compare("--models gpt-4o-mini --temperatures 0,0.7,0 --runs 2");
    assert_eq!(payload["stats_by_cell"].as_array().unwrap().len(), 2);
    let mut sent: Vec<f64> =
        bench.sent().iter().map(|record| record.request.json()["temperature"].as_f64().unwrap()).collect();
    sent.sort_by(f64::total_cmp);
    assert_eq!(sent, [0.0, 0.0, 0.7, 0.7]);
    assert!(note_codes(&payload).contains(&"repeated_temperature"));
}

#[test]
fn contestants_are_interleaved_in_an_order_that_the_seed_decides() {
    let order = |seed: &str| {
        let bench = Workbench::polite();
        let line = "--models gpt-4o-mini,gpt-4.1-mini,gpt-4o --runs 12 --concurrency 1 --no-store --seed";
        let mut words = vec!["Hello."];
        words.extend(line.split(' '));
        words.push(seed);
        bench.run_words(&words).expect(0);
        bench.models_sent()
    };
    let first = order("1");
    assert_eq!(first.len(), 36);
    // Contestants advance together: every three requests hold all three, in changing order.
    let rounds: Vec<&[String]> = first.chunks(3).collect();
    for round in &rounds {
        assert_eq!(round.iter().collect::<BTreeSet<_>>().len(), 3, "{first:?}");
    }
    assert!(rounds.iter().collect::<BTreeSet<_>>().len() > 1, "a fixed order is no random order: {first:?}");
    assert_eq!(first, order("1"), "the same seed gives the same order");
    assert_ne!(first, order("2"), "another seed gives another order");
}

#[test]
fn a_person_gets_a_table_a_sentence_for_each_pair_and_folded_answers() {
    let bench = Workbench::polite();
    let text = bench.run("compare Hello. --models gpt-4o-mini,claude-haiku-4-5 --runs 5").expect(0).text();
    for word in
        ["gpt-4o-mini", "claude-haiku-4-5", "latency", "TTFT", "$/call", "total", "The capital of France is Paris."]
    {
        assert!(text.contains(word), "`{word}` is not in\n{text}");
    }
    let flat = unwrapped(&text);
    assert!(flat.contains("latency can be claimed") || flat.contains("faster") || flat.contains("slower"), "{text}");
    let folded = text.matches("The capital of France is Paris.").count();
    let all = bench.run("show last --show all").expect(0).text().matches("The capital of France is Paris.").count();
    let none = bench.run("show last --show none").expect(0).text().matches("The capital of France is Paris.").count();
    assert!(none < folded && folded < all && all >= 10, "none {none}, folded {folded}, all {all}");
}

#[test]
fn verdicts_do_not_invent_differences_between_equal_contestants() {
    let bench = Workbench::polite();
    let payload =
        bench.compare("--models gpt-4o-mini,gpt-4o-mini@top_p=1 --runs 8 --significance-metric output_tokens");
    let test = &payload["significance_tests"][0];
    assert_eq!(test["significant_at_threshold"], false);
    assert!(test["p_value"].is_null() || test["p_value"] == 1.0, "{test:#}");
}
