//! `docs/suites.md`: every example is loaded, and what stands under it is what came of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::path::Path;

use suites::Problems;
use support::Folder;

/// A fenced block: the words after the fence and the text.
struct Block {
    words: Vec<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block { words: info.split_whitespace().map(str::to_owned).collect(), text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

#[test]
fn the_examples_do_what_the_page_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/suites.md");
    let page = std::fs::read_to_string(path).unwrap();
    let folder = Folder::new();
    let (mut suite, mut broken) = (None, None::<Problems>);
    let mut loaded = 0;
    for block in blocks(&page) {
        let words: Vec<&str> = block.words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [_, "file", name] => {
                folder.write(name, &block.text);
            }
            [_, "suite", name] => {
                suite = Some(folder.load(name, &block.text).unwrap_or_else(|problems| panic!("{problems}")));
                loaded += 1;
            }
            [_, "broken", name] => broken = Some(folder.load(name, &block.text).unwrap_err()),
            ["text", "items"] => {
                let suite = suite.as_ref().unwrap();
                let lines: Vec<_> = suite.items.iter().map(|item| format!("{}: {}", item.id, item.prompt())).collect();
                assert_eq!(
                    lines.join(
                        "
"
                    ) + "
",
                    block.text
                );
            }
            ["text", "notes"] => {
                assert_eq!(
                    suite.as_ref().unwrap().notes.join(
                        "
"
                    ) + "
",
                    block.text
                );
            }
            ["text", "problems"] => {
                let mut problems = broken.take().unwrap();
                for problem in &mut problems.0 {
                    problem.file = problem.file.file_name().unwrap().into();
                }
                assert_eq!(format!("{problems}\n"), block.text);
            }
            other => panic!("what is a block of {other:?}?"),
        }
    }
    assert_eq!(loaded, 8);
}
