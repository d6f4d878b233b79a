//! No key appears anywhere, and no answer can act on a terminal, a spreadsheet or a page.

use std::path::Path;

use scripted_server::{Pace, Request, Response, Script, Wire, faults};

use crate::support::*;

/// The key a request came with.
fn key_of(request: &Request) -> String {
    let header = ["authorization", "x-api-key", "x-goog-api-key"].into_iter().find_map(|name| request.header(name));
    header.unwrap_or_default().trim_start_matches("Bearer ").to_owned()
}

/// Says the key back in every place where a careless gateway might.
fn parrot(request: &Request) -> Response {
    let key = key_of(request);
    let counter = request.index % 3;
    checked(request, |wire, model| match counter {
        0 => {
            let text = format!("You sent Authorization: Bearer {key}, that is {key}.");
            // Cut in two, so that no single event holds the whole key.
            let (left, right) = text.split_at(text.len() - 8);
            let script = Script::text(model, &[left, right]).reasoning(&[&format!("the key is {key}")]);
            Response::paced(wire.events(&script), Pace::immediate()).header("x-echo", key)
        }
        1 => faults::unauthorized(wire, &format!("Incorrect API key provided: {key}. x-api-key: {key}"))
            .header("x-request-id", key.clone())
            .header("www-authenticate", format!("Bearer realm=\"{key}\"")),
        _ => Response::body(
            502,
            "text/html",
            format!("<html><body>upstream http://user:{key}@host/?key={key} failed</body></html>"),
        ),
    })
}

#[track_caller]
fn holds_no_key(what: &str, bytes: &[u8]) {
    for (provider, _, key) in KEYS {
        // Also without its prefix: a cut key is a key.
        for part in [key, &key[key.len() - 16..]] {
            let found = bytes.windows(part.len()).any(|window| window == part.as_bytes());
            assert!(!found, "{what} holds the key of {provider}");
        }
    }
}

fn files_under(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_under(&path, found) } else { found.push(path) }
    }
}

#[test]
fn canary_keys_appear_nowhere_even_when_they_are_said_back_lesson_4() {
    let bench = Workbench::new(parrot);
    let models: Vec<&str> = ONE_MODEL_EACH.iter().map(|(_, model)| *model).collect();
    let line = format!(
        "compare Hello. --models {} --allow-unpriced --runs 3 --max-retries 0 --concurrency 1 --show all --include-reasoning",
        models.join(",")
    );
    let done = bench.run(&line).expect(6);
    holds_no_key("standard output", &done.stdout);
    holds_no_key("standard error", done.stderr.as_bytes());
    let text = done.text();
    assert!(text.contains("[redacted]"), "{text}");
    for format in ["json", "csv", "markdown"] {
        holds_no_key(format, &bench.run(&format!("report last --output-format {format}")).expect(0).stdout);
    }
    // Stored requests and responses, unpacked.
    let payload = bench.run("report last --output-format json").json();
    let mut raw = String::new();
    for row in rows(&payload).iter().filter(|row| row["outcome"] != "cancelled") {
        raw.push_str(&bench.run(&format!("show last --call {}", row["prompt_id"].as_str().unwrap())).expect(0).text());
    }
    assert!(raw.contains("[redacted]") && raw.contains("upstream"), "{raw}");
    holds_no_key("a stored call", raw.as_bytes());
    let mut files = Vec::new();
    files_under(&bench.path("."), &mut files);
    assert!(!files.is_empty());
    for file in files {
        holds_no_key(&file.display().to_string(), &std::fs::read(&file).unwrap());
    }
}

#[test]
fn canary_keys_never_go_into_a_url_lesson_2() {
    let bench = Workbench::polite();
    let models: Vec<&str> = ONE_MODEL_EACH.iter().map(|(_, model)| *model).collect();
    bench.compare(&format!("--models {} --allow-unpriced", models.join(",")));
    for record in bench.server.records() {
        holds_no_key("a URL", record.request.path.as_bytes());
        holds_no_key("a body", &record.request.body);
    }
}

/// Everything an answer might try, with a word to find it by.
const HOSTILE: &[&str] = &[
    "=1+1 begin ",
    "\u{1b}[2J\u{1b}[31mred\u{1b}[0m ",
    "\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\ ",
    "\u{1b}]0;title\u{7} ",
    "\u{9b}31mc1 ",
    "\u{202e}desrever\u{202c} \u{2066}isolated\u{2069} ",
    "\u{200b}zero\u{feff} ",
    "\rreturn\u{8}\u{8}back ",
    "\n```\nfence\n```\n````\n| a | b |\n# heading\n",
    "<script>alert(1)</script> ![img](https://evil.example/x.png) [l](javascript:alert(1)) ",
    "\n@SUM(A1)\n-2+3\n+4\t\u{0}nul end",
];

#[test]
fn hostile_answers_are_neutralised_in_every_medium_lesson_19() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| match model {
            "gpt-4o" => faults::error(wire, 400, "invalid_request_error", &HOSTILE.concat()),
            _ => Response::paced(wire.events(&Script::text(model, HOSTILE).reasoning(HOSTILE)), Pace::immediate()),
        })
    });
    let done = bench
        .run("compare Hello. --models gpt-4o-mini,gpt-4o,local/x --runs 2 --show all --include-reasoning")
        .expect(6);
    for text in [
        done.text(),
        done.stderr,
        bench.run("show last --call p1").expect(0).text(),
        bench.run("show last").expect(0).text(),
    ] {
        let bad: Vec<char> = text
            .chars()
            .filter(|&character| {
                (character.is_control() && character != '\n')
                    || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
            })
            .collect();
        assert!(bad.is_empty(), "{bad:?} in\n{text}");
        assert!(!text.contains("]8;;https") || !text.contains('\u{1b}'));
    }

    let csv = bench.run("report last --output-format csv").expect(0).text();
    assert_eq!(csv.lines().count(), 7, "{csv}");
    assert!(csv.contains("'=1+1 begin"), "{csv}");
    assert!(!csv.contains(",=") && !csv.contains(",\"="), "{csv}");

    // JSON carries the answer exactly as it came.
    let payload = bench.run("report last --output-format json").expect(0).json();
    assert_eq!(rows(&payload)[0]["output"], HOSTILE.concat());

    let markdown = bench.run("report last --output-format markdown").expect(0).text();
    assert!(!markdown.contains('\u{1b}') && !markdown.contains('\u{202e}'), "{markdown:?}");
    // Whatever stands outside fences holds no tag, image or link of the answer's making.
    let mut outside = String::new();
    let mut fence: Option<String> = None;
    for line in markdown.lines() {
        let ticks: String = line.chars().take_while(|&character| character == '`').collect();
        match &fence {
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => outside.push_str(line),
            Some(open) if ticks.len() >= open.len() && line.trim_start_matches('`').trim().is_empty() => fence = None,
            Some(_) => {}
        }
    }
    assert!(fence.is_none(), "a fence is left open");
    assert!(
        !outside.contains("<script") && !outside.contains("](https://evil") && !outside.contains("](javascript"),
        "{outside}"
    );
}

#[test]
fn a_redirect_is_refused_and_the_key_stays_home() {
    let elsewhere = Workbench::polite();
    let target = format!("{}/v1/chat/completions", elsewhere.server.url());
    for status in [301, 302, 303, 307, 308] {
        let target = target.clone();
        let bench = Workbench::new(move |_| Response::new(status).header("location", target.clone()));
        let payload = bench.compare_raw("--models gpt-4o-mini --max-retries 0").expect(6).json();
        assert_eq!(rows(&payload)[0]["outcome"], "error");
    }
    assert_eq!(elsewhere.server.requests(), 0, "a redirect was followed");
}

#[test]
fn nothing_but_the_provider_is_asked() {
    // No telemetry: one comparison is exactly its calls, all to the configured base URL, and no proxy is asked for loopback.
    let bench = Workbench::polite().set("HTTPS_PROXY", "http://127.0.0.1:9");
    bench.compare("--models gpt-4o-mini,claude-haiku-4-5 --runs 2");
    assert_eq!(bench.server.requests(), 4);
    assert!(bench.server.records().iter().all(|record| Wire::of_path(&record.request.path).is_some()));
}

#[test]
fn people_are_told_that_output_files_hold_their_prompts_lesson_13() {
    let bench = Workbench::polite();
    bench.run("compare Hello. --models gpt-4o-mini -o out.md").expect(0).says(&["your prompts and the answers"]);
}

#[test]
fn the_identity_of_an_experiment_holds_no_url_key_or_path_lesson_9() {
    let one = Workbench::polite();
    let other = Workbench::polite().set("OPENAI_API_KEY", "sk-proj-anotherAnotherAnother0123");
    let flags = "--models gpt-4o-mini --temperatures 0,1 --runs 2";
    let key = |bench: &Workbench, more: &str| bench.compare(&format!("{flags} {more}"))["experiment_key"].clone();
    let expected = key(&one, "");
    assert_eq!(
        key(&other, "--concurrency 3 --max-cost 0.5 --max-output-tokens 64"),
        key(&one, "--max-output-tokens 64")
    );
    assert_eq!(key(&other, ""), expected);
    let file = other.file("question.txt", "Name the capital of France.");
    let by_file = format!("compare --prompt-file {file} {flags} --output-format json");
    assert_eq!(other.run(&by_file).expect(0).json()["experiment_key"], expected);
    assert_ne!(key(&one, "--system-prompt Briefly."), expected);
}
