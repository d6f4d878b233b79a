//! Keys: stored without being shown, found in the right order, deleted.

use serde_json::Value;

use crate::support::*;

fn status(bench: &Workbench, provider: &str) -> String {
    let listed = bench.run("keys list --output-format json").expect(0).json();
    let row = listed.as_array().unwrap().iter().find(|row| row["provider"] == provider).unwrap().clone();
    row["status"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_stored_in_a_private_file_used_listed_and_deleted() {
    let bench = Workbench::polite().unset("MISTRAL_API_KEY");
    let key = "pastedMistralKey0123456789abcdef";
    assert_eq!(status(&bench, "mistral"), "not configured");
    let done = bench.run_with_input("keys set mistral --file", format!("  \"{key}\"\n").as_bytes()).expect(0);
    assert!(!done.text().contains(key) && !done.stderr.contains(key));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(bench.path("data/keys.toml")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(status(&bench, "mistral"), "configured (key file)");
    bench.compare("--models mistral-small-latest");
    assert_eq!(bench.sent()[0].request.header("authorization"), Some(&*format!("Bearer {key}")));
    bench.run("keys delete mistral").expect(0);
    assert_eq!(status(&bench, "mistral"), "not configured");
    // Deleting what is not there is fine (lesson 7).
    bench.run("keys delete mistral").expect(0);
    assert!(!std::fs::read_to_string(bench.path("data/keys.toml")).unwrap().contains(key));
}

#[test]
fn the_environment_wins_over_a_stored_key_lesson_12() {
    let bench = Workbench::polite();
    let done = bench.run_with_input("keys set openai --file", b"sk-proj-storedStoredStoredStored01").expect(0);
    assert!(done.stderr.contains("OPENAI_API_KEY"), "{}", done.stderr);
    bench.compare("--models gpt-4o-mini");
    assert_eq!(bench.sent()[0].request.header("authorization"), Some(&*format!("Bearer {}", KEYS[0].2)));
    assert_eq!(status(&bench, "openai"), "configured ($OPENAI_API_KEY)");
}

#[test]
fn the_second_name_of_a_key_works_and_the_first_wins() {
    let second = "AIzaSySecondNameQ0w1e2r3t4y5u6i7o8p9";
    let bench = Workbench::polite().set("GEMINI_API_KEY", second);
    bench.compare("--models gemini-2.5-flash");
    let bench = bench.unset("GOOGLE_API_KEY");
    bench.compare("--models gemini-2.5-flash");
    let keys: Vec<String> =
        bench.sent().iter().map(|record| record.request.header("x-goog-api-key").unwrap().to_owned()).collect();
    assert_eq!(keys, [KEYS[2].2, second]);
}

#[test]
fn a_key_of_the_wrong_shape_is_refused_without_being_repeated_lesson_6() {
    let bench = Workbench::polite().unset("OPENAI_API_KEY");
    for wrong in ["sk-ant", "not a key at all", "", "sk-proj-with space in the middle 0123456789"] {
        let done = bench.run_with_input("keys set openai --file", wrong.as_bytes()).expect(2);
        assert!(wrong.is_empty() || !done.stderr.contains(wrong), "{}", done.stderr);
        assert!(done.stderr.contains("nothing was stored"), "{}", done.stderr);
    }
    assert!(!bench.path("data/keys.toml").exists());
    bench.run_with_input("keys set nosuch --file", b"x").expect(2).says(&["openai", "moonshot"]);
}

#[test]
fn without_a_keychain_the_way_is_clear_lesson_11() {
    let bench = Workbench::polite().unset("OPENAI_API_KEY");
    let done = bench.run_with_input("keys set openai", b"sk-proj-0123456789abcdefghij0123").expect(2);
    done.says(&["keychain", "--file"]);
    // Environment variables work all the same.
    bench.compare("--models claude-haiku-4-5");
    bench.run("configure").expect(2).says(&["keys set"]);
}

#[test]
fn a_key_in_the_environment_that_cannot_be_one_is_named_and_not_shown() {
    let bench = Workbench::polite().set("OPENAI_API_KEY", "two words");
    let done = bench.compare_raw("--models gpt-4o-mini").expect(2);
    assert!(!done.stderr.contains("two words"));
    done.says(&["OPENAI_API_KEY"]);
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn keys_are_tested_with_the_free_list_of_models() {
    let bench = Workbench::new(|request| {
        if request.method == "GET" && request.route() == "/v1/models" {
            return match request.header("authorization") {
                Some(_) => scripted_server::faults::models(scripted_server::Wire::OpenAiChat, &["a", "b"]),
                None => scripted_server::faults::unauthorized(scripted_server::Wire::OpenAiChat, "No key."),
            };
        }
        scripted_server::faults::not_found()
    });
    let done = bench.run("keys test openai").expect(0);
    assert!(done.text().contains("openai: accepted"), "{}", done.text());
    assert!(bench.sent().is_empty(), "a test costs nothing");
    let refusing = Workbench::new(|_| {
        scripted_server::faults::unauthorized(
            scripted_server::Wire::OpenAiChat,
            "Incorrect API key provided: sk-proj-canaryOpenAiQ0w1e2r3t4y5u6i7.",
        )
    });
    let done = refusing.run("keys test openai").expect(6);
    assert!(done.text().contains("authentication") && !done.text().contains("canary"), "{}", done.text());
}

#[test]
fn listings_show_where_keys_come_from_and_never_a_key() {
    let bench = Workbench::polite();
    for line in [
        "keys list",
        "keys list --output-format json",
        "config",
        "list-models",
        "list-models --output-format json",
        "pricing",
    ] {
        let done = bench.run(line).expect(0);
        let all = done.text() + &done.stderr;
        for (provider, _, key) in KEYS {
            assert!(!all.contains(key), "{line} shows the key of {provider}");
        }
    }
    assert_eq!(bench.run("keys list --output-format json").json().as_array().map(Vec::len), Some(12));
    let models: Value = bench.run("list-models --output-format json").json();
    assert!(models.as_array().unwrap().len() > 60);
}
