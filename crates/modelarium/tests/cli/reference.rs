//! The command line's own help, all of it in one document, kept fresh by this test.

use std::fmt::Write;

use crate::support::*;

const HEAD: &str = "# Command line\n\nEvery command with its full help, made from the program by its tests \
                    (`MODELARIUM_UPDATE=1 cargo test -p modelarium` writes it anew). Do not edit.\n";

fn page(command: &mut clap::Command, path: &str, depth: usize, text: &mut String) {
    // A width of its own: the page must not depend on who makes it.
    let help = command.clone().term_width(100).bin_name(path).render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    write!(text, "\n{} {path}\n\n```text\n{}\n```\n", "#".repeat(depth), lines.join("\n").trim_end()).unwrap();
    for sub in command.get_subcommands_mut() {
        let path = format!("{path} {}", sub.get_name());
        page(sub, &path, (depth + 1).min(4), text);
    }
}

#[test]
fn the_reference_of_the_command_line_is_fresh() {
    let mut text = HEAD.to_owned();
    page(&mut modelarium::command(), "modelarium", 2, &mut text);
    let path = root().join("docs/cli.md");
    if std::env::var_os("MODELARIUM_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(published, text, "docs/cli.md is stale: run MODELARIUM_UPDATE=1 cargo test -p modelarium reference");
}

#[test]
fn every_flag_has_help_or_is_hidden_on_purpose() {
    fn check(command: &clap::Command) {
        for argument in command.get_arguments() {
            assert!(
                argument.is_hide_set() || argument.get_help().is_some(),
                "{} {}",
                command.get_name(),
                argument.get_id()
            );
        }
        command.get_subcommands().for_each(check);
    }
    check(&modelarium::command());
}

#[test]
fn completions_and_man_pages_are_made_for_every_command() {
    let bench = Workbench::polite();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(bench.run(&format!("completions {shell}")).expect(0).text().contains("compare"), "{shell}");
    }
    assert!(bench.run("man").expect(0).text().starts_with(".ie"), "a page in roff");
    bench.run("man --dir pages").expect(0);
    let pages = std::fs::read_dir(bench.path("pages")).unwrap().count();
    assert!(pages > modelarium::command().get_subcommands().count(), "{pages} pages");
}
