//! `migrate`: one model in the place of another.

use serde_json::Value;

use crate::deciding::{bench, suite};
use crate::support::*;

/// `claude-opus-4-6` knows everything; what comes after it knows as much as its name says.
fn migrating(items: u32, knows: fn(&str, u32) -> bool) -> Workbench {
    let bench = Workbench::saying(move |model, request| {
        let number: u32 = request.split('#').nth(1).and_then(|part| part.parse().ok()).unwrap_or(0);
        if knows(model, number) {
            format!("It is {number}.")
        } else {
            "It is none, and that at some length.".to_owned()
        }
    });
    suite(&bench, "suite.yaml", items);
    bench
}

#[test]
fn what_the_new_model_refuses_comes_first_and_quality_is_held_to_the_margin() {
    let bench = migrating(200, |_, _| true);
    let line = "migrate suite.yaml --from gpt-4o-mini --to gpt-5.5 --temperatures 0.5 --margin 0.05 --seed 7";
    let dry = bench.run(&format!("{line} --dry-run")).expect(0);
    assert!(dry.stderr.trim_start().contains("gpt-5.5 does not take temperature (asked for: 0.5)"), "{}", dry.stderr);
    assert_eq!(bench.server.requests(), 0);
    let done = bench.run(&format!("{line} --output-format json")).expect(0);
    let first = done.stderr.lines().find(|line| !line.trim().is_empty()).unwrap();
    assert!(unwrapped(first).contains("gpt-5.5 does not take"), "it is said before everything else: {}", done.stderr);
    let payload = done.json();
    let migration = &payload["migration"];
    assert_eq!((&migration["from"], &migration["to"]), (&"gpt-4o-mini".into(), &"gpt-5.5".into()));
    assert_eq!(migration["refused_parameters"][0]["parameter"], "temperature");
    assert_eq!((&migration["answer"], &migration["quality_metric"]), (&"passes".into(), &"pass_rate".into()));
    assert_eq!((&migration["margin"], &payload["invocation"]["command"]), (&0.05.into(), &"migrate".into()));
    let text = bench.run("show last").expect(0).text();
    let (refused, quality) = (text.find("temperature").unwrap(), text.find("pass rate").unwrap());
    assert!(refused < quality, "{text}");
    // The stored run says the same, and the exit code of a look at it is that of no gate.
    assert_eq!(bench.run("report last --output-format json").expect(0).json()["migration"], *migration);
}

#[test]
fn a_worse_model_fails_and_few_items_leave_it_open() {
    let worse = migrating(60, |model, number| model == "gpt-4o-mini" || number.is_multiple_of(3));
    let payload = worse
        .run("migrate suite.yaml --from gpt-4o-mini --to gpt-5.4 --margin 0.02 --output-format json")
        .expect(1)
        .json();
    assert_eq!(payload["migration"]["answer"], "fails");
    let length = payload["migration"]["changes"].as_array().unwrap().iter().find(|one| one["metric"] == "length_chars");
    assert_eq!(length.unwrap()["changed"], true, "answers got longer");
    let few = migrating(8, |_, _| true);
    few.run("migrate suite.yaml --from gpt-4o-mini --to gpt-5.4").expect(5);
    // Without anything to go by it says what changes, and no more.
    few.file("bare.yaml", "items: [{id: a, prompt: 'Say #1#.'}, {id: b, prompt: 'Say #2#.'}]\n");
    let bare = few.run("migrate bare.yaml --from gpt-4o-mini --to gpt-5.4 --output-format json").expect(5);
    assert!(unwrapped(&bare.stderr).contains("can only say what else changes"), "{}", bare.stderr);
    assert_eq!(bare.json()["migration"]["quality"], Value::Null);
    few.run("migrate suite.yaml --from gpt-4o-mini --to gpt-5.4 --strict-assertions").expect(5);
}

#[test]
fn a_migration_is_of_one_model_to_one_other() {
    let bench = bench(4);
    let cases: [(&str, &[&str]); 5] = [
        ("migrate suite.yaml --from gpt-4o-mini --to gpt-4o-mini", &["cannot take its own place"]),
        ("migrate suite.yaml --from gpt-4o-mini,gpt-5.4 --to gpt-5.5", &["names 2 models"]),
        (
            "migrate suite.yaml --from gpt-4o-mini --to gpt-5.4 --temperatures 0,1",
            &["one contestant against one other"],
        ),
        ("migrate suite.yaml --from gpt-4o-mini --to gpt-5.4 --margin=-1", &["0 or more"]),
        ("migrate suite.yaml --from gpt-4o-mini", &["--to"]),
    ];
    for (line, said) in cases {
        bench.run(line).expect(2).says(said);
    }
    assert_eq!(bench.server.requests(), 0);
}
