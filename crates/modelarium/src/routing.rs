//! Which command a command line means. A first word that is no command is a prompt for `compare`.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::exit::Failure;

/// Words that are commands of a later version; as a prompt they would be sent and paid for.
const LATER: &[&str] = &["gate"];

/// Puts `compare` in front of a command line that names no command.
///
/// The path of an existing file is no prompt: `modelarium suite.yaml` never sends the file's name.
pub(crate) fn route(mut arguments: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    let Some(first) = first_word(&arguments) else { return Ok(arguments) };
    let command = Cli::command();
    let known = command.get_subcommands().any(|sub| sub.get_name() == first) || first == "help";
    if known || matches!(first, "-h" | "--help" | "-V" | "--version") {
        return Ok(arguments);
    }
    if LATER.contains(&first) {
        return Err(Failure::usage(format!("`{first}` is not in this version yet; nothing was run"))
            .hint(format!("to send the word itself as a prompt: modelarium compare {first} --models …")));
    }
    if !first.starts_with('-') && names_a_file(first) {
        let shown = report::escape::terminal::line(first);
        let (there, exists) =
            if Path::new(first).exists() { ("is a file", true) } else { ("looks like a suite's file name", false) };
        let missing = if exists { "" } else { "; there is no such file here" };
        return Err(Failure::usage(format!(
            "`{shown}` {there}, and a file's name is no prompt; nothing was sent{missing}"
        ))
        .hint(format!(
            "to run it as a suite of prompts: modelarium batch {shown} --models …; its contents as one prompt: modelarium compare --prompt-file {shown} --models …; to send the name itself: modelarium compare {shown} --models …"
        )));
    }
    arguments.insert(1, OsString::from("compare"));
    Ok(arguments)
}

/// True for an existing file, and for one word that ends like a suite: a mistyped file name is no prompt either.
fn names_a_file(word: &str) -> bool {
    let path = Path::new(word);
    if path.is_file() {
        return true;
    }
    suites::looks_like_suite(path) && !word.contains(char::is_whitespace)
}

/// The first word behind the program's name and the flags that every command takes.
fn first_word(arguments: &[OsString]) -> Option<&str> {
    let mut words = arguments.iter().skip(1).map(|word| word.to_str());
    loop {
        match words.next()?? {
            "--config" | "--color" => {
                words.next();
            }
            "--quiet" | "-q" => {}
            word if word.starts_with("--config=") || word.starts_with("--color=") => {}
            word => return Some(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(words: &[&str]) -> Vec<String> {
        let arguments = std::iter::once("modelarium").chain(words.iter().copied()).map(OsString::from).collect();
        route(arguments).unwrap()[1..].iter().map(|word| word.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_first_word_that_is_no_command_is_a_prompt() {
        assert_eq!(routed(&["Explain entropy.", "--models", "x"]), ["compare", "Explain entropy.", "--models", "x"]);
        assert_eq!(routed(&["--models", "x", "Explain entropy."]), ["compare", "--models", "x", "Explain entropy."]);
        assert_eq!(routed(&["history"]), ["history"]);
        assert_eq!(routed(&["--quiet", "history"]), ["--quiet", "history"]);
        assert_eq!(routed(&["--config", "c.toml", "compare", "x", "-m", "y"])[2..], ["compare", "x", "-m", "y"]);
        assert_eq!(routed(&["--color=never", "-q", "Explain entropy.", "-m", "y"])[0], "compare");
        assert_eq!(routed(&["-m", "compare", "Explain entropy."])[0], "compare");
        assert_eq!(routed(&["--version"]), ["--version"]);
        assert!(routed(&[]).is_empty());
    }

    #[test]
    fn a_file_name_is_never_sent_as_a_prompt_lesson_77() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("suite.yaml");
        std::fs::write(&path, "prompts: []").unwrap();
        let failure = route(vec!["modelarium".into(), path.clone().into_os_string()]).unwrap_err();
        assert!(failure.message.contains("nothing was sent"), "{}", failure.message);
        assert!(failure.hint.unwrap().contains("batch"));
        let forced = route(vec!["modelarium".into(), "compare".into(), path.into_os_string()]).unwrap();
        assert_eq!(forced.len(), 3);
    }

    #[test]
    fn a_mistyped_file_name_is_not_sent_either() {
        for word in ["siute.yaml", "prompts/Suite.YML", "cases.csv", "a.jsonl"] {
            let failure = route(vec!["modelarium".into(), word.into(), "-m".into(), "x".into()]).unwrap_err();
            assert!(failure.message.contains("nothing was sent"), "{}", failure.message);
            assert!(failure.hint.unwrap().contains(&format!("batch {word}")));
        }
        assert_eq!(routed(&["What is in suite.yaml", "-m", "x"])[0], "compare");
        assert_eq!(routed(&["example.com", "-m", "x"])[0], "compare");
    }

    #[test]
    fn a_command_of_a_later_version_is_not_sent_as_a_prompt() {
        let failure = route(vec!["modelarium".into(), "gate".into(), "last".into()]).unwrap_err();
        assert_eq!(failure.exit, crate::exit::Exit::NothingRan);
    }
}
