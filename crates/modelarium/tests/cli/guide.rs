//! docs/deciding.md: every command in it runs, in its order, and ends as it says.

use crate::deciding::bench;
use crate::support::*;

/// Words of a command line, parted at spaces outside single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for sign in line.trim().chars() {
        match sign {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(sign),
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

#[test]
fn every_command_of_the_guide_on_deciding_runs() {
    let bench = bench(60);
    bench.file("results.csv", "item_id,a,b\nq1,0.75,0.5\nq2,1,0.25\nq3,0.5,0.5\nq4,0.9,0.1\n");
    let guide = std::fs::read_to_string(root().join("docs/deciding.md")).unwrap();
    let blocks = guide.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut run = 0;
    for line in blocks.flat_map(str::lines) {
        let (command, said) = line.split_once('#').unwrap_or((line, "exit 0"));
        let words = words(command);
        assert_eq!(words[0], "modelarium", "{line}");
        let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let done = bench.run_words(&words);
        let allowed: Vec<i32> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        assert!(allowed.contains(&done.code), "{line}\nexit {}\n{}\n{}", done.code, done.text(), done.stderr);
        run += 1;
    }
    assert!(run > 25, "{run} commands");
}
