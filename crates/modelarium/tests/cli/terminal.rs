//! What a person sees: calm, narrow, without colour where none is wanted.

use scripted_server::{Pace, Response, Script};

use crate::support::*;

fn too_wide(text: &str) -> Vec<&str> {
    text.lines().filter(|line| unicode_width::UnicodeWidthStr::width(*line) > 80).collect()
}

const LONG_NAMES: &str = "openrouter:qwen/qwen3.7-max@effort=high,max-output-tokens=12345,top_p=0.95,\
                          anthropic:claude-sonnet-4-6@advisor=claude-opus-4-6,advisor-max-uses=2,max-output-tokens=4321,\
                          local/hf.co/some-organisation/A-Model-With-A-Very-Long-Name-Indeed-Instruct-GGUF:Q4_K_M";

#[test]
fn nothing_is_wider_than_eighty_columns_whatever_the_names() {
    let bench = Workbench::new(|request| {
        answered(request, |_, _, mut script| {
            script.text = vec![
                "Ein sehr langer Satz ohne jedes Ende, der weiter und weiter geht. ".repeat(9),
                "日本語のとても長い文章。🙂".repeat(20),
            ];
            script
        })
    });
    let done = bench
        .run_words(&[
            "A question that is long enough to be wrapped: ".repeat(5).as_str(),
            "--models",
            LONG_NAMES,
            "--runs",
            "4",
            "--temperatures",
            "0,0.7",
        ])
        .expect(0);
    let text = done.text();
    assert_eq!(too_wide(&text), [""; 0], "{text}");
    let dry = bench.run_words(&["Hello.", "--models", LONG_NAMES, "--runs", "4", "--dry-run"]).expect(0);
    assert_eq!(too_wide(&dry.text()), [""; 0]);
    for line in ["history", "show last --show all", "list-models", "pricing", "pricing gpt-6-astra", "keys list"] {
        let text = bench.run(line).expect(0).text();
        assert_eq!(too_wide(&text), [""; 0], "{line}:\n{text}");
    }
}

#[test]
fn progress_is_calm_where_nobody_watches_and_silent_when_asked() {
    let bench = Workbench::polite();
    let done = bench.run("compare Hello. --models gpt-4o-mini --runs 40").expect(0);
    let progress = done.stderr.lines().filter(|line| line.contains("calls done")).count();
    assert!((2..=10).contains(&progress), "{}", done.stderr);
    assert!(!done.stderr.contains('\r') && !done.stderr.contains('\u{1b}'), "{:?}", done.stderr);
    let quiet = bench.run("compare Hello. --models gpt-4o-mini --runs 40 --quiet").expect(0);
    assert_eq!(quiet.stderr, "");
    assert!(quiet.text().contains("gpt-4o-mini"));
}

#[test]
fn colour_only_where_it_is_wanted() {
    let bench = Workbench::polite();
    let plain = bench.run("compare Hello. --models gpt-4o-mini --runs 3").expect(0);
    assert!(!plain.stdout.contains(&0x1b) && !plain.stderr.contains('\u{1b}'));
    let coloured = bench.run("pricing no-such-model --color always").expect(2);
    assert!(coloured.stderr.contains('\u{1b}'), "{:?}", coloured.stderr);
    let never = bench.run("pricing no-such-model --color never").expect(2);
    assert!(!never.stderr.contains('\u{1b}'));
    let bench = bench.set("NO_COLOR", "1").set("CLICOLOR_FORCE", "");
    let refused = bench.run("pricing no-such-model").expect(2);
    assert!(!refused.stderr.contains('\u{1b}'), "{:?}", refused.stderr);
}

#[test]
fn a_failure_in_the_middle_is_seen_and_the_rest_is_shown() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| match model {
            "gpt-4o" => scripted_server::faults::broken(wire),
            _ => Response::paced(wire.events(&Script::text(model, &["fine"])), Pace::immediate()),
        })
    });
    let done = bench.run("compare Hello. --models gpt-4o-mini,gpt-4o --runs 3").expect(6);
    let text = unwrapped(&done.text());
    assert!(text.contains("The server had an error.") && text.contains("fine"), "{text}");
    assert!(done.stderr.contains("failed"), "{}", done.stderr);
}

#[test]
fn markup_in_answers_and_errors_comes_through_as_it_is_lesson_14() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| match model {
            "gpt-4o" => {
                scripted_server::faults::error(wire, 400, "invalid_request_error", "bad [/] tag [bold] :smile:")
            }
            _ => Response::paced(
                wire.events(&Script::text(model, &["[/] [red]x[/red] ", ":free: {} %s"])),
                Pace::immediate(),
            ),
        })
    });
    let done = bench.run("compare Hello. --models gpt-4o-mini,gpt-4o --show all").expect(6);
    let text = unwrapped(&done.text());
    for literal in ["[/] [red]x[/red] :free: {} %s", "bad [/] tag [bold] :smile:"] {
        assert!(text.contains(literal), "`{literal}` is not in\n{text}");
    }
    bench.run("pricing [/]").expect(2).says(&["[/]"]);
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_a_live_view_and_is_left_clean() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| {
            let script =
                Script::text(model, &["Paris, ", "on ", "the ", "Seine, ", "\u{1b}]0;owned\u{7}", "of course."]);
            Response::paced(wire.events(&script), Pace::millis(20, 40))
        })
    });
    let line = format!("{} Hello. --models gpt-4o-mini,claude-haiku-4-5 --runs 2", env!("CARGO_BIN_EXE_modelarium"));
    let Ok(child) = bench.command_of("/usr/bin/script", ["-qec", &line, "/dev/null"]).spawn() else {
        println!("skipped: live view: no `script` command here");
        return;
    };
    let done = ended(child).expect(0);
    let text = done.text();
    assert!(text.contains("\u{1b}["), "a live view moves the cursor: {text:?}");
    assert!(text.contains("Ctrl-C"), "{text:?}");
    assert!(!text.contains("\u{1b}]"), "an answer set the title: {text:?}");
    // Hidden cursors come back.
    assert_eq!(text.matches("\u{1b}[?25l").count(), text.matches("\u{1b}[?25h").count());
}
