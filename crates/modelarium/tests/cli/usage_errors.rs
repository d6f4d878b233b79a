//! Exit code 2: nothing ran, nothing was sent, and the message says what to do.

use crate::support::*;

/// Runs each line and checks that it is refused in these words before anything was sent or stored.
#[track_caller]
fn refused(bench: &Workbench, words: &[&str], fragments: &[&str]) {
    let done = bench.run_words(words);
    assert_eq!(done.code, 2, "{words:?}\nstdout:\n{}\nstderr:\n{}", done.text(), done.stderr);
    assert!(done.stdout.is_empty(), "{words:?} wrote to standard output: {}", done.text());
    done.says(fragments);
    assert_eq!(bench.server.requests(), 0, "{words:?} sent something");
}

fn line(text: &str) -> Vec<&str> {
    std::iter::once("A question.").chain(text.split_whitespace()).collect()
}

#[test]
fn bad_flag_values_lesson_82() {
    let bench = Workbench::polite();
    for (flags, fragment) in [
        ("--concurrency 0", "--concurrency"),
        ("--concurrency -1", "-1"),
        ("--runs 0", "--runs"),
        ("--runs many", "--runs"),
        ("--max-cost nan", "--max-cost"),
        ("--max-cost inf", "--max-cost"),
        ("--max-cost=-1", "--max-cost"),
        ("--temperatures nan", "temperature"),
        ("--temperatures 0,hot", "hot"),
        ("--top-p nan", "--top-p"),
        ("--significance-threshold nan", "--significance-threshold"),
        ("--significance-threshold 0", "--significance-threshold"),
        ("--significance-threshold 1", "--significance-threshold"),
        ("--ci-level 1", "--ci-level"),
        ("--ci-level 95", "--ci-level"),
        ("--ci-method magic", "bca"),
        ("--correction guess", "holm"),
        ("--significance-test guess", "welch"),
        ("--significance-metric beauty", "latency_ms"),
        ("--bootstrap-resamples 10", "--bootstrap-resamples"),
        ("--output-format yaml", "--output-format"),
        ("--show some", "--show"),
        ("--max-output-tokens 0", "--max-output-tokens"),
        ("--effort enormous", "effort"),
        ("--thinking sometimes", "thinking"),
        ("--idle-timeout 0", "--idle-timeout"),
        ("--output results.xlsx", "results.xlsx"),
        ("--system-prompt a --system-prompts b", "--system-prompt"),
        ("--judge a --judges b", "--judge"),
        ("--judge gpt-4o-mni", "gpt-4o-mini"),
        ("--judge gpt-4o-mini --judge-scale 1-7", "1-10"),
        ("--judge gpt-4o-mini --judge-criteria a --judge-template b", "--judge-template"),
        ("--judge gpt-4o-mini --judge-template missing.txt", "missing.txt"),
        ("--judge gpt-4o-mini --pairwise", "--pairwise"),
        ("--judge claude-haiku-4-5 --no-judge", "--no-judge"),
        ("--pairwise", "--judge"),
        ("--judge-criteria polite", "--judge"),
        ("--expected-facts Paris", "--judge"),
        ("--judge claude-haiku-4-5 --expected-facts Paris", "--check-hallucination"),
        ("--check-hallucination --expected-facts Paris", "--judge"),
        ("--check-hallucination --judge claude-haiku-4-5 --expected-facts a;A", "twice"),
        ("--check-hallucination --judge claude-haiku-4-5 --expected-facts-file missing.txt", "missing.txt"),
        (
            "--check-hallucination --judge claude-haiku-4-5 --expected-facts a --hallucination-template b",
            "--expected-facts",
        ),
        ("--consistency judge", "--judge"),
        ("--check contain:x", "contains"),
        ("--check regex:(", "regex"),
        ("--check {", "JSON"),
        ("--min-pass-rate 1.1 --check contains:x", "between 0 and 1"),
        ("--min-pass-rate nan --check contains:x", "between 0 and 1"),
        ("--min-pass-rate 0.5 --strict-assertions", "--strict-assertions"),
        ("--min-pass-rate 0.5 --no-assertions", "--no-assertions"),
        ("--strict-assertions --no-assertions", "--no-assertions"),
        ("--junit x.xml --sarif x.xml", "x.xml"),
        ("--no-store --cache", "--no-store"),
        ("--flag-of-no-version", "--flag-of-no-version"),
    ] {
        refused(&bench, &[line("--models gpt-4o-mini"), flags.split(' ').collect()].concat(), &[fragment]);
    }
}

#[test]
fn models_that_cannot_be() {
    let bench = Workbench::polite();
    for (models, fragments) in [
        ("gpt-4o-mni", &["gpt-4o-mni", "gpt-4o-mini"][..]),
        ("claude-haiku-4.5", &["claude-haiku-4-5"]),
        ("nosuchprovider:model", &["nosuchprovider"]),
        (",", &["no model"]),
        ("gpt-4o-mini@temprature=1", &["temprature", "temperature"]),
        ("gpt-4o-mini@temperature=warm", &["warm"]),
        ("claude-opus-4-8@temperature=0.7", &["claude-opus-4-8", "temperature"]),
        ("gpt-4o-mini@effort=high", &["effort"]),
        ("claude-opus-4-8@effort=enormous", &["enormous"]),
        ("gpt-4o-mini@advisor=claude-opus-4-6", &["advisor"]),
    ] {
        let words = ["A question.", "--models", models];
        refused(&bench, &words, fragments);
    }
    refused(&bench, &["A question."], &["--models"]);
}

#[test]
fn retired_models_are_refused_with_their_successor_and_never_replaced_lesson_56() {
    let bench = Workbench::polite();
    let retired = std::fs::read_to_string(root().join("crates/llm/data/models.toml")).unwrap();
    let table: toml::Table = retired.parse().unwrap();
    let models = table["retired"].as_array().unwrap();
    assert!(!models.is_empty());
    for model in models {
        let (id, successor) = (model["id"].as_str().unwrap(), model["successor"].as_str().unwrap());
        refused(&bench, &["A question.", "--models", id], &[id, successor]);
    }
}

#[test]
fn a_missing_key_names_the_variable_and_nothing_is_sent_lesson_84() {
    let bench = Workbench::polite().unset("ANTHROPIC_API_KEY").unset("MISTRAL_API_KEY");
    refused(
        &bench,
        &line("--models gpt-4o-mini,claude-haiku-4-5,mistral-small-latest"),
        &["ANTHROPIC_API_KEY", "MISTRAL_API_KEY", "nothing was sent"],
    );
}

#[test]
fn an_existing_output_needs_force_and_a_missing_folder_is_made_lesson_28() {
    let bench = Workbench::polite();
    bench.file("results.json", "precious");
    refused(&bench, &line("--models gpt-4o-mini -o results.json"), &["results.json", "--force"]);
    assert_eq!(std::fs::read(bench.path("results.json")).unwrap(), b"precious");
    bench.run_words(&line("--models gpt-4o-mini -o results.json --force")).expect(0);
    bench.run_words(&line("--models gpt-4o-mini -o new/folder/results.json")).expect(0);
    let left: Vec<_> =
        std::fs::read_dir(bench.path("new/folder")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["results.json"], "no temporary file stays");
}

#[test]
fn a_file_or_a_later_command_is_no_prompt_lesson_77() {
    let bench = Workbench::polite();
    bench.file("suite.yaml", "prompts: []");
    refused(&bench, &["suite.yaml", "--models", "gpt-4o-mini"], &["is a file", "--prompt-file"]);
    refused(&bench, &["suite.yaml", "--models", "gpt-4o-mini"], &["modelarium batch suite.yaml"]);
    refused(&bench, &["siute.yaml", "--models", "gpt-4o-mini"], &["no such file", "nothing was sent"]);
    refused(&bench, &["gate", "a.json", "b.json"], &["not in this version"]);
    refused(&bench, &["", "--models", "gpt-4o-mini"], &["empty"]);
}

#[test]
fn unreadable_prompts() {
    let bench = Workbench::polite();
    let binary = bench.file("binary", [0xff, 0xfe, 0x00]);
    let large = bench.file("large", vec![b'x'; 1_000_001]);
    for (flags, fragment) in [
        ("--prompt-file missing.txt", "missing.txt"),
        (&format!("--prompt-file {binary}"), "UTF-8"),
        (&format!("--prompt-file {large}"), "1000001"),
        ("--prompt-file .", "not a regular file"),
    ] {
        let words: Vec<&str> = ["compare", "--models", "gpt-4o-mini"].into_iter().chain(flags.split(' ')).collect();
        refused(&bench, &words, &[fragment]);
    }
    let done = bench.run_with_input("compare --models gpt-4o-mini", b"").expect(2);
    done.says(&["empty"]);
}

#[test]
fn paired_tests_on_one_prompt_are_refused_in_words_lesson_36() {
    for test in ["paired-t", "wilcoxon-signed"] {
        let bench = Workbench::polite();
        let flags = format!("--models gpt-4o-mini,claude-haiku-4-5 --runs 5 --significance-test {test}");
        refused(&bench, &line(&flags), &["prompt", "welch"]);
        // Also when an earlier run is looked at again.
        bench.run("compare Hello. --models gpt-4o-mini,claude-haiku-4-5 --runs 3").expect(0);
        bench.run(&format!("replay last --significance-test {test}")).expect(2).says(&["prompt"]);
    }
}

#[test]
fn a_score_needs_a_judge() {
    refused(
        &Workbench::polite(),
        &line("--models gpt-4o-mini --runs 3 --significance-metric score"),
        &["judge", "latency_ms"],
    );
    refused(
        &Workbench::polite(),
        &line("--models gpt-4o-mini --runs 3 --significance-metric check_score"),
        &["--check", "latency_ms"],
    );
}

#[test]
fn a_judge_without_a_key_is_found_before_anything_is_sent_lesson_84() {
    refused(
        &Workbench::polite().unset("ANTHROPIC_API_KEY"),
        &line("--models gpt-4o-mini --judge claude-haiku-4-5"),
        &["ANTHROPIC_API_KEY", "nothing was sent"],
    );
}

#[test]
fn runs_that_are_not_there() {
    let bench = Workbench::polite();
    refused(&bench, &["show", "last"], &["no run"]);
    bench.run("compare Hello. --models gpt-4o-mini").expect(0);
    for words in
        ["show ffffffff", "report ffffffff -o x.json", "replay ffffffff", "resume ffffffff", "show last --call p9"]
    {
        assert_eq!(bench.run(words).expect(2).stdout, b"", "{words}");
    }
    bench.run("report last").expect(2).says(&["-o FILE"]);
    bench.run("show last --call seven").expect(2).says(&["seven"]);
    assert_eq!(bench.server.requests(), 1);
}

#[test]
fn help_and_version_are_answers() {
    let bench = Workbench::polite();
    for words in ["--help", "-h", "--version", "compare --help", "help keys", "keys set --help"] {
        let done = bench.run(words).expect(0);
        assert!(!done.stdout.is_empty() && done.stderr.is_empty(), "{words}");
    }
    assert!(bench.run("--version").text().contains(env!("CARGO_PKG_VERSION")));
}
