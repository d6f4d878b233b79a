//! The report as one HTML file: written by every command that makes or shows a run, and opened.

use crate::deciding::bench;

#[test]
fn a_run_is_written_as_one_file_and_its_path_is_said() {
    let bench = bench(6);
    bench.run("batch suite.yaml -m gpt-4o-mini,gpt-5.4 --no-assertions -o run.html").expect(0);
    let page = std::fs::read_to_string(bench.path("run.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"), "{}", &page[..80]);
    for part in ["gpt-4o-mini", "gpt-5.4", "item-3", "default-src 'none'"] {
        assert!(page.contains(part), "{part}");
    }
    // The raw bytes come from the store, whichever command writes the page.
    bench.run("report last -o again.html").expect(0);
    assert_eq!(std::fs::read_to_string(bench.path("again.html")).unwrap(), page, "the run's own bytes");
    let done = bench.run("view --print-path").expect(0);
    let path = done.text().trim_end().to_owned();
    assert!(std::path::Path::new(&path).extension().is_some_and(|ending| ending == "html"), "{path}");
    assert!(path.contains("reports"), "{path}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), page);
    bench.run("view last --print-path").expect(0);
    // No display and no browser: the path alone.
    let shown = bench.run("view").expect(0).says(&["nothing was opened"]);
    assert!(shown.text().contains(".html"));
    bench.run("view last -o mine.html --print-path").expect(0);
    bench.run("view last -o mine.html --print-path").expect(2).says(&["--force"]);
    bench.run("view zzzz").expect(2).says(&["no stored run has the id zzzz"]);
    bench.run("compare Hi. -m gpt-4o-mini --no-store --output-format html").expect(0);
}

#[cfg(unix)]
#[test]
fn the_browser_that_is_named_gets_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench(3);
    let script = bench.file("open.sh", "#!/bin/sh\nprintf '%s' \"$1\" > \"$HOME/opened\"\n");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let bench = bench.set("BROWSER", &script);
    bench.run("batch suite.yaml -m gpt-4o-mini").expect(0);
    let path = bench.run("view").expect(0).text();
    assert_eq!(std::fs::read_to_string(bench.path("opened")).unwrap(), path.trim_end());
    let folder = std::path::Path::new(path.trim_end()).parent().unwrap().to_owned();
    assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700, "it holds prompts and answers");
    let bench = bench.set("BROWSER", "/nowhere/at/all");
    bench.run("view").expect(0).says(&["could not be started"]);
}
