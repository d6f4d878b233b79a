//! The worked reading in docs/pennytune/celadon.md prints what it says it prints.

use std::path::PathBuf;

use loopback_edgar::Site;

use crate::support::{Home, shared};

/// Celadon Group (CIK 865941), from 2016-10-01 to 2020-02-20: every command of the page, and every line of its blocks in
/// their order; `…` stands for lines left out.
#[test]
fn the_worked_reading_is_what_the_program_prints() {
    let Some(folder) = shared("the_worked_reading_is_what_the_program_prints") else { return };
    let home = Home::new(Site::new().shared(&folder));
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/pennytune/celadon.md");
    let text = std::fs::read_to_string(page).unwrap().replace("\r\n", "\n");
    let mut blocks = 0;
    let mut printed = String::new();
    for block in text.split("```").skip(1).step_by(2) {
        let (kind, body) = block.split_once('\n').unwrap();
        if kind == "sh" {
            let words: Vec<&str> = body.split_whitespace().collect();
            assert_eq!(words[0], "pennytune");
            let command = home.command(&words[1..]).args(["--rate", "0"]).env("COLUMNS", "100").output().unwrap();
            printed = String::from_utf8(command.stdout).unwrap();
            continue;
        }
        blocks += 1;
        let mut rest = printed.lines().map(str::trim_end);
        for line in body.lines().filter(|line| !line.is_empty() && *line != "…") {
            assert!(rest.any(|one| one == line), "not printed, or not in this order: {line:?} in\n{printed}");
        }
    }
    assert_eq!(blocks, 6);
}
