//! The HTML report in a real browser: widths, dark and light, print, keys, and what hostile text can do (nothing).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod devtools;

use std::fs;
use std::path::{Path, PathBuf};

use common::Fixture;
use common::scored::analysed;
use devtools::Browser;
use evals::decision::table;
use evals::imported::{self, ImportRequest};
use evals::record::{AnalysisOptions, DecisionAsked};
use report::document::Document;
use report::format::Format as _;
use report::html::Html;
use serde_json::json;

/// The widths at which the page is looked at.
const WIDTHS: [u32; 3] = [360, 900, 1600];

fn page(fixture: &Fixture, folder: &Path, name: &str) -> PathBuf {
    let html = Html::default().to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap();
    let path = folder.join(format!("{name}.html"));
    keep(&format!("{name}.html"), html.as_bytes());
    fs::write(&path, html).unwrap();
    path
}

/// Pictures are kept where MODELARIUM_PICTURES names a folder, for a person to look at.
fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("MODELARIUM_PICTURES") {
        fs::create_dir_all(&folder).unwrap();
        fs::write(Path::new(&folder).join(name), bytes).unwrap();
    }
}

/// Results of eight models on 805 instructions, where they are there to be read.
fn alpaca() -> Option<Fixture> {
    let shared = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let file = shared.join("data/evals/alpaca_eval2_preferences.csv");
    let Ok(bytes) = fs::read(&file) else {
        println!("skipped: no table of preferences at {}", file.display());
        return None;
    };
    let table = table::read(&bytes).unwrap();
    let decision = DecisionAsked { bar: Some("score >= 0.2".to_owned()), ..DecisionAsked::default() };
    Some(analysed(imported::run_of(
        &table,
        ImportRequest {
            tool_version: "0.3.0".to_owned(),
            run_id: Some("0a1b2c3d-1111-4222-8333-444455556666".to_owned()),
            at_unix: 1_795_356_000,
            source: "alpaca_eval2_preferences.csv".to_owned(),
            seed: 7,
            analysis: AnalysisOptions { decision, ..AnalysisOptions::default() },
            pricing_as_of: "2026-09-06".to_owned(),
        },
    )))
}

/// No wider than its window, and nothing complained about.
fn fits(browser: &mut Browser, name: &str) {
    let wide = browser.eval(
        "[document.documentElement.scrollWidth, innerWidth, [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll,pre,.skip,svg,desc')).slice(0, 5).map(e => e.tagName + '.' + e.className).join(' ')]",
    );
    assert!(wide[0].as_u64() <= wide[1].as_u64(), "{name}: {wide}");
    assert_eq!(wide[2], json!(""), "{name}: {wide}");
    assert_eq!(browser.complaints, Vec::<String>::new(), "{name}");
    assert_eq!(browser.requests, Vec::<String>::new(), "{name}");
}

#[test]
fn the_page_fits_every_width_in_light_dark_and_print() {
    let Some(path) = devtools::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut fixtures = vec![
        ("decided", analysed(Fixture::decided_suite())),
        ("stopped", analysed(Fixture::stopped_suite())),
        ("migration", analysed(Fixture::migration())),
        ("suite", Fixture::suite()),
        ("pairwise", Fixture::pairwise()),
        ("plain", Fixture::plain()),
        ("many", Fixture::many()),
    ];
    fixtures.extend(alpaca().map(|fixture| ("alpaca", fixture)));
    let mut browser = Browser::start(&path);
    for (name, fixture) in &fixtures {
        let file = page(fixture, folder.path(), name);
        for width in WIDTHS {
            for scheme in ["light", "dark"] {
                browser.window(width, 1000, scheme);
                browser.open(&file, "");
                fits(&mut browser, &format!("{name} at {width}"));
                let dark = browser.eval("getComputedStyle(document.body).backgroundColor");
                assert_eq!(dark == json!("rgb(11, 15, 20)"), scheme == "dark", "{dark}");
                if scheme == "light" || width == 900 {
                    keep(&format!("{name}-{width}-{scheme}.png"), &browser.picture(true));
                }
            }
        }
        browser.window(900, 1000, "dark");
        browser.media("print", "dark");
        let paper = browser.eval("getComputedStyle(document.body).backgroundColor");
        assert_eq!(paper, json!("rgb(255, 255, 255)"), "print is black on white whatever the screen is");
        let printed = browser.printed();
        assert!(printed.starts_with(b"%PDF"));
        keep(&format!("{name}.pdf"), &printed);
    }
}

#[test]
fn answers_open_by_address_by_click_and_by_keys() {
    let Some(path) = devtools::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = page(&analysed(Fixture::decided_suite()), folder.path(), "decided");
    let mut browser = Browser::start(&path);
    browser.window(1200, 900, "light");

    // The address of an answer opens its item and goes there.
    browser.open(&file, "#answer-p17");
    browser.wait("document.activeElement.id === 'answer-p17'");
    let seen = browser.eval("(() => { const r = document.getElementById('answer-p17').getBoundingClientRect(); return r.top >= -1 && r.top < innerHeight; })()");
    assert_eq!(seen, json!(true), "the answer is in sight");
    let item = browser.eval("document.querySelector('#reader h3').textContent");
    assert_eq!(item, json!("item-02"), "three contestants of two runs: the seventeenth call is of the third item");
    assert!(browser.eval("document.getElementById('answer-p17').innerText").as_str().unwrap().contains("contains"));
    keep("reader.png", &browser.picture(false));

    // A click on an item of the table.
    browser.eval("document.querySelector('#item-table tbody a').click()");
    browser.wait("document.activeElement.id === 'reader'");

    // The map by keys: one stop, arrows on, Enter opens.
    browser.eval("document.querySelector('.wide .tiles a[tabindex=\"0\"]').focus()");
    browser.press("ArrowRight");
    browser.press("ArrowDown");
    let at = browser.eval("document.activeElement.getAttribute('aria-label')");
    assert!(at.as_str().unwrap().starts_with("gpt-4o-mini, "), "{at}");
    browser.press("Enter");
    browser.wait("document.activeElement.id === 'reader'");
    assert!(
        at.as_str()
            .unwrap()
            .contains(browser.eval("document.querySelector('#reader h3').textContent").as_str().unwrap())
    );

    // Sorting by a heading with the keyboard.
    browser.eval("document.querySelector('#item-table th[data-sort=\"0\"]').focus()");
    browser.press("Enter");
    assert_eq!(
        browser.eval("document.querySelector('#item-table th[data-sort=\"0\"]').getAttribute('aria-sort')"),
        json!("descending")
    );
    browser.press("Enter");
    let first = browser.eval("document.querySelector('#item-table tbody td.n').textContent");
    assert_eq!(first, json!("0 %"));

    // Filtering.
    browser.eval("(() => { const f = document.getElementById('item-filter'); f.value = 'item-31'; f.dispatchEvent(new Event('input')); })()");
    browser.wait("document.querySelectorAll('#item-table tbody tr').length === 1");

    // Copying the methods by the keyboard.
    browser.eval("document.querySelector('[data-copy=\"methods-text\"]').focus()");
    browser.press("Enter");
    browser.wait("document.querySelector('#methods .copied').textContent !== ''");

    // The first stop of the tab key skips to the verdict.
    browser.open(&file, "");
    browser.press("Tab");
    assert_eq!(browser.eval("document.activeElement.className"), json!("skip"));
    browser.press("Enter");
    assert_eq!(browser.eval("location.hash"), json!("#main"));
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn without_script_verdict_charts_and_tables_are_there() {
    let Some(path) = devtools::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = page(&analysed(Fixture::decided_suite()), folder.path(), "decided");
    let mut browser = Browser::start(&path);
    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    browser.window(900, 900, "light");
    let loaded = browser.loaded;
    browser.call("Page.navigate", json!({"url": format!("file://{}", file.display())}));
    // Without script nothing can be asked of the page itself; its document can.
    browser.wait_for_load(loaded + 1);
    let root = browser.call("DOM.getDocument", json!({}));
    let mut count = |selector: &str| {
        let node = &root["root"]["nodeId"];
        let found = browser.call("DOM.querySelectorAll", json!({"nodeId": node, "selector": selector}));
        found["nodeIds"].as_array().unwrap().len()
    };
    assert_eq!(count("#verdict .main"), 1);
    assert_eq!(count("#decision svg[role=img]"), 2, "wide and narrow");
    assert!(count("#differences svg title") > 0);
    assert_eq!(count("#item-table tbody tr"), 40);
}

#[test]
fn hostile_text_runs_nothing_and_asks_for_nothing() {
    let Some(path) = devtools::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let attack = "</script><script>window.canary=1</script><img src=x onerror=\"window.canary=2\"><svg onload=window.canary=3>\
        ]]>--><!-- \u{202e}gnp.exe\u{0} <a href=\"javascript:window.canary=4\">x</a> ${window.canary=5} \
        <link rel=stylesheet href=//evil.example/x.css><iframe src=//evil.example></iframe> \u{2028} \\u003c/script\\u003e ";
    let mut hostile = Fixture::hostile_suite();
    let long = "word".repeat(250_000);
    hostile.analysis.header.contestants[1].name = attack.to_owned();
    hostile.analysis.header.run_id = attack.to_owned();
    hostile.analysis.header.prompts[0].id = attack.to_owned();
    hostile.analysis.header.prompts[0].text = attack.to_owned();
    hostile.analysis.header.prompts[0].tags = vec![attack.to_owned()];
    for (at, row) in hostile.analysis.rows.iter_mut().enumerate() {
        row.answer.text = if at == 0 { long.clone() } else { attack.repeat(3) };
        row.answer.refusal = attack.to_owned();
        row.answer.reasoning = attack.to_owned();
        row.answer.served_model = Some(attack.to_owned());
        row.answer.response_id = Some(attack.to_owned());
        if let Some(error) = &mut row.error {
            error.message = attack.to_owned();
        }
    }
    for scored in &mut hostile.analysis.scores.rows {
        for check in scored.checks.iter_mut().flatten() {
            check.message = attack.to_owned();
            check.name = Some(attack.to_owned());
        }
        for judge in &mut scored.judges {
            judge.reasoning = attack.to_owned();
        }
    }
    let mut second = evals::record::Prompt::new("second", attack);
    second.reference = Some(attack.to_owned());
    hostile.analysis.header.prompts.push(second);
    let file = page(&hostile, folder.path(), "hostile");
    let mut browser = Browser::start(&path);
    for width in [360, 1600] {
        browser.window(width, 900, "light");
        for fragment in
            ["", "#answer-p1", "#answer-p5", "#item-1", "#item-0<img>", "#items-0-99999", "#answer-p99999999999"]
        {
            browser.open(&file, fragment);
            fits(&mut browser, &format!("hostile at {width}{fragment}"));
            assert_eq!(browser.eval("typeof window.canary"), json!("undefined"), "{fragment}");
        }
    }
    browser.open(&file, "#answer-p1");
    browser.wait("document.activeElement.id === 'answer-p1'");
    let cut = browser.eval("document.querySelector('#answer-p1 .cut').innerText");
    assert!(cut.as_str().unwrap().contains("1,000,000 bytes in all"), "{cut}");
    let overrides = browser.eval("document.documentElement.outerHTML.includes('\\u202e')");
    assert_eq!(overrides, json!(false), "direction is never overridden");
    assert_eq!(browser.eval("document.querySelectorAll('main script, iframe, link, img').length"), json!(0));
    keep("hostile.png", &browser.picture(true));

    // The policy holds by itself: even if somebody's script were in the page, it would not run.
    browser.complaints.clear();
    browser.eval("(() => { const s = document.createElement('div'); s.innerHTML = '<img src=\"https://evil.example/x.png\" onerror=\"window.canary=9\">'; document.body.append(s); })()");
    browser.wait("[...document.images].every(image => image.complete)");
    assert_eq!(browser.eval("typeof window.canary"), json!("undefined"));
    assert_eq!(browser.requests, Vec::<String>::new(), "the policy refuses what the page would load");
}

#[test]
fn a_large_page_stays_light() {
    let Some(path) = devtools::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = page(&Fixture::large_suite(3_000), folder.path(), "large");
    let mut browser = Browser::start(&path);
    browser.window(900, 900, "light");
    browser.open(&file, "#answer-p5999");
    browser.wait("document.activeElement.id === 'answer-p5999'");
    assert_eq!(browser.eval("document.querySelector('#reader h3').textContent"), json!("item-2999"));
    fits(&mut browser, "large");
    // What lies in the page at once does not grow with the items.
    let elements = browser.eval("document.querySelectorAll('body *').length").as_u64().unwrap();
    assert!(elements < 8_000, "{elements}");
    browser.eval("location.hash = '#items-38-57'");
    browser.wait("document.querySelectorAll('#item-table tbody tr').length === 19");
    let pages = browser.eval("(() => { const f = document.getElementById('item-filter'); f.value = 'capital'; f.dispatchEvent(new Event('input')); return 0; })()");
    assert_eq!(pages, json!(0));
    browser.wait("document.getElementById('item-page').textContent === 'page 1 of 30'");
}
