//! The configuration file: a provider of one's own, base URLs, mistakes with their line.

use serde_json::json;

use crate::support::*;

fn own_provider(bench: &Workbench) -> String {
    bench.file(
        "config.toml",
        format!(
            r#"[[providers]]
name = "acme"
display_name = "Acme AI"
base_url = "{}/v1"
auth = "bearer"
key_env = "ACME_TOKEN"
dialect = "openai-chat"

[[models]]
provider = "acme"
id = "rocket-1"
family = "rocket"
price = {{ input = 2.0, output = 8.0, source = "user", as_of = "2026-09-01" }}

[groups]
mine = ["rocket-1", "gpt-4o-mini"]
"#,
            bench.server.url()
        ),
    )
}

#[test]
fn a_provider_of_ones_own_with_its_key_model_price_and_group() {
    let bench = Workbench::polite().set("ACME_TOKEN", "acmeSecretToken0123456789");
    let config = own_provider(&bench);
    let payload = bench.compare(&format!("--config {config} --models mine"));
    let row = rows(&payload).iter().find(|row| row["provider"] == "acme").unwrap();
    assert_eq!(row["model"], "rocket-1");
    let cost = (row["input_tokens"].as_f64().unwrap() * 2.0 + row["output_tokens"].as_f64().unwrap() * 8.0) / 1e6;
    assert!((row["cost_usd"].as_f64().unwrap() - cost).abs() < 1e-12, "{row:#}");
    let to_acme = bench.sent().into_iter().find(|record| record.request.json()["model"] == "rocket-1").unwrap();
    assert_eq!(to_acme.request.header("authorization"), Some("Bearer acmeSecretToken0123456789"));
    let listed = bench.run(&format!("list-models --config {config} --provider acme")).expect(0).text();
    assert!(listed.contains("rocket-1") && listed.contains("Acme AI"), "{listed}");
    // Without the key: which variable is missing.
    let without = Workbench::polite();
    let config = own_provider(&without);
    without.compare_raw(&format!("--config {config} --models rocket-1")).expect(2).says(&["ACME_TOKEN"]);
}

#[test]
fn the_file_may_be_named_by_flag_or_environment_and_must_then_be_there() {
    let bench = Workbench::polite();
    bench.compare_raw("--models gpt-4o-mini --config nowhere.toml").expect(2).says(&["nowhere.toml"]);
    let bench = Workbench::polite().set("MODELARIUM_CONFIG", "/nowhere/at/all.toml");
    bench.compare_raw("--models gpt-4o-mini").expect(2).says(&["/nowhere/at/all.toml"]);
    assert_eq!(bench.server.requests(), 0);
    let bench = Workbench::polite();
    let folder = bench.path(".config/modelarium");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), format!("store = {:?}\n", bench.path("by-config.sqlite3"))).unwrap();
    if cfg!(target_os = "linux") {
        bench.compare("--models gpt-4o-mini");
        assert!(bench.path("by-config.sqlite3").exists());
        assert!(bench.run("config").expect(0).text().contains("by-config.sqlite3"));
    }
}

#[test]
fn mistakes_are_named_with_their_line() {
    let bench = Workbench::polite();
    for (text, fragments) in [
        ("# mine\nlocl_url = 'http://localhost/v1'\n", &["locl_url", "line 2"][..]),
        ("local_url = 5\n", &["local_url", "line 1"]),
        ("\n\nlocal_url = \"unfinished\n", &["line 3"]),
        ("\n[[models]]\nprovider = \"openai\"\nid = \"x\"\nprise = 3\n", &["prise", "config.toml:5"]),
        (
            "[[providers]]\nname = \"acme\"\nbase_url = \"http://localhost/v1\"\ndialect = \"cobol\"\n",
            &["cobol", "config.toml:4"],
        ),
        ("[groups]\nmine = [\"no-such-model\"]\n", &["no-such-model"]),
    ] {
        let config = bench.file("config.toml", text);
        let done = bench.compare_raw(&format!("--config {config} --models gpt-4o-mini")).expect(2);
        done.says(&["config.toml"]).says(fragments);
    }
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn base_urls_are_overridden_by_the_file_and_above_it_by_the_environment() {
    let other = Workbench::polite();
    let bench = Workbench::polite();
    let config = bench
        .file("config.toml", format!("[[providers]]\nname = \"openai\"\nbase_url = \"{}/v1\"\n", other.server.url()));
    bench.compare(&format!("--config {config} --models gpt-4o-mini"));
    assert_eq!((bench.sent().len(), other.sent().len()), (1, 0), "the environment wins");
    let bench = bench.unset("OPENAI_BASE_URL");
    bench.compare(&format!("--config {config} --models gpt-4o-mini"));
    assert_eq!((bench.sent().len(), other.sent().len()), (1, 1), "the file wins over the registry");
}

#[test]
fn a_base_url_with_a_trailing_slash_or_without_its_path_finds_its_way() {
    for tail in ["/v1", "/v1/", "", "/"] {
        let bench = Workbench::polite();
        let url = format!("{}{tail}", bench.server.url());
        let bench = bench.set("OPENAI_BASE_URL", url);
        bench.compare("--models gpt-4o-mini");
        assert_eq!(bench.sent()[0].request.path, "/v1/chat/completions", "{tail:?}");
    }
}

#[test]
fn a_base_url_that_would_send_the_key_in_the_clear_is_refused() {
    let bench = Workbench::polite().set("OPENAI_BASE_URL", "http://gateway.example/v1");
    bench.compare_raw("--models gpt-4o-mini").expect(2).says(&["OpenAI"]);
}

#[test]
fn every_setting_says_where_it_comes_from_and_shows_no_password() {
    let bench = Workbench::polite().set("OPENAI_BASE_URL", "https://me:hunter2secret@gateway.example/v1");
    let text = bench.run("config").expect(0).text();
    assert!(text.contains("MODELARIUM_DATA_DIR") && text.contains("OPENAI_BASE_URL"), "{text}");
    assert!(!text.contains("hunter2secret"), "{text}");
}

#[test]
fn a_price_given_with_the_contestant_counts() {
    let bench = Workbench::polite();
    let payload = bench.compare("--models openai:new-model@price=1/2 --max-cost 0.5");
    let row = &rows(&payload)[0];
    assert_eq!((&row["cost_kind"], &row["model"]), (&json!("known"), &json!("new-model")));
}
