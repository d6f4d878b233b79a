//! A suite as a run takes it: read, narrowed, and its own settings put where the command line left room.

use std::path::Path;

use checks::CheckSpec;
use evals::record::{Prompt, SuiteInfo};
use report::escape;
use report::sarif::Source;
use suites::{Filter, Item, LoadOptions, Problems, Selection, Shard, Suite};

use crate::cli::{RequestArgs, RunningArgs, SelectionArgs};
use crate::exit::Failure;
use crate::input;
use crate::session::Session;

/// Reads a suite, or prints every mistake in it.
pub(crate) fn load(session: &Session, path: &Path) -> Result<Suite, Failure> {
    suites::load(path, &LoadOptions::default()).map_err(|problems| {
        print(session, &problems);
        refusal(path, &problems)
    })
}

/// The sentence about a suite that cannot be used.
pub(crate) fn refusal(path: &Path, problems: &Problems) -> Failure {
    let count = report::figures::plural(problems.0.len() as u64, "problem", "problems");
    Failure::usage(format!(
        "the suite {} has {count}; nothing was sent",
        escape::terminal::line(&path.display().to_string())
    ))
    .hint("docs/suites.md describes the format; modelarium validate finds every mistake without running anything")
}

/// Every problem with its place and its hint.
pub(crate) fn print(session: &Session, problems: &Problems) {
    for problem in &problems.0 {
        session.printer.error(&escape::terminal::line(&problem.to_string()));
        if let Some(hint) = &problem.hint {
            session.printer.hint(&escape::terminal::line(hint));
        }
    }
}

/// Puts the suite's settings where the command line said nothing.
pub(crate) fn fill_in(
    models: &mut Option<String>,
    request: &mut RequestArgs,
    running: &mut RunningArgs,
    suite: &Suite,
) {
    let defaults = &suite.defaults;
    if models.is_none() {
        models.clone_from(&defaults.models);
    }
    let no_system =
        request.system_prompt.is_none() && request.system_prompts.is_none() && request.system_prompt_file.is_none();
    if no_system {
        request.system_prompt.clone_from(&defaults.system);
    }
    if request.temperatures.is_none() {
        request.temperatures =
            defaults.temperatures.as_ref().map(|list| list.iter().map(f64::to_string).collect::<Vec<_>>().join(","));
    }
    if request.stop.is_empty() {
        request.stop.clone_from(&defaults.stop);
    }
    request.max_output_tokens = request.max_output_tokens.or(defaults.max_output_tokens);
    request.top_p = request.top_p.or(defaults.top_p);
    request.effort = request.effort.take().or(defaults.effort.map(|effort| effort.as_str().to_owned()));
    request.seed = request.seed.or(defaults.seed);
    running.runs = running.runs.or(defaults.runs);
    running.max_cost = running.max_cost.or(defaults.max_cost);
}

/// The items that the flags select, in their order.
pub(crate) fn select(items: Vec<Item>, flags: &SelectionArgs, seed: u64) -> Result<Vec<Item>, Failure> {
    let selection = Selection {
        filter: flags.filter.as_deref().map(Filter::parse).transpose().map_err(|error| refuse(&error))?,
        tags: flags.tags.as_deref().map(input::comma_list).unwrap_or_default(),
        sample: flags.sample,
        seed,
        shard: shard(flags)?,
    };
    suites::select(items, &selection).map_err(|error| refuse(&error))
}

/// The shard that the flags name.
fn shard(flags: &SelectionArgs) -> Result<Option<Shard>, Failure> {
    flags.shard.as_deref().map(Shard::parse).transpose().map_err(|error| refuse(&error))
}

fn refuse(error: &suites::SelectionError) -> Failure {
    let failure = Failure::usage(format!("{}; nothing was sent", escape::terminal::line(&error.to_string())));
    match error.hint() {
        Some(hint) => failure.hint(escape::terminal::line(&hint)),
        None => failure,
    }
}

/// What a stored run knows of its suite.
pub(crate) fn info(path: &Path, suite: &Suite, items: u32, flags: &SelectionArgs) -> Result<SuiteInfo, Failure> {
    // Without a folder that exists the file could not have been read.
    let folder =
        std::fs::canonicalize(path).ok().and_then(|path| path.parent().map(|folder| folder.display().to_string()));
    let shard = shard(flags)?.map(|shard| (shard.index(), shard.of()));
    Ok(SuiteInfo { name: suite.name.clone(), folder, items, shard })
}

/// Where the items are written, as somebody in the same folder would name it. A path from the root says too much about
/// this machine, so of it only the name is taken.
pub(crate) fn source(path: &Path, suite: &Suite) -> Source {
    let named = if path.is_absolute() { path.file_name().map(Path::new) } else { Some(path) };
    let file = named.map(|path| path.display().to_string().replace('\\', "/"));
    let lines = suite.items.iter().filter_map(|item| Some((item.id.clone(), item.line?))).collect();
    Source { file: file.map(|file| file.trim_start_matches("./").to_owned()), lines }
}

/// Items as prompts of a run, and the system prompts they are crossed with.
///
/// An item's own system prompt stands for it alone, in place of those of the command line.
pub(crate) fn prompts(
    items: Vec<Item>,
    systems: Vec<Option<String>>,
    more_checks: &[CheckSpec],
) -> (Vec<Prompt>, Vec<Option<String>>) {
    let shared: Vec<Option<String>> = if items.iter().all(|item| item.system.is_some()) { Vec::new() } else { systems };
    let common: Vec<u32> = (0..shared.len() as u32).collect();
    let some_differ = items.iter().any(|item| item.system.is_some());
    let mut all = shared;
    let prompts = items
        .into_iter()
        .map(|item| {
            let own =
                item.system.as_ref().map(|text| index_of(&mut all, Some(text.trim()).filter(|text| !text.is_empty())));
            let text = item.prompt().to_owned();
            Prompt {
                messages: if item.messages.len() > 1 { item.messages } else { Vec::new() },
                systems: some_differ.then(|| own.map_or_else(|| common.clone(), |own| vec![own])),
                checks: item.checks.into_iter().chain(more_checks.iter().cloned()).collect(),
                tags: item.tags,
                weight: item.weight,
                cluster: item.cluster,
                reference: item.reference,
                expected_facts: item.expected_facts,
                vars: item.vars,
                ..Prompt::new(item.id, text)
            }
        })
        .collect();
    (prompts, all)
}

/// Where a system prompt stands; it is added when it is new.
fn index_of(systems: &mut Vec<Option<String>>, text: Option<&str>) -> u32 {
    let known = systems.iter().position(|known| known.as_deref() == text);
    known.unwrap_or_else(|| {
        systems.push(text.map(str::to_owned));
        systems.len() - 1
    }) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, system: Option<&str>) -> Item {
        Item { system: system.map(str::to_owned), ..Item::new(id, "Say it.") }
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn an_items_own_system_prompt_stands_for_it_alone() {
        let items = vec![item("a", None), item("b", Some("Own.")), item("c", Some("One.")), item("d", Some(" "))];
        let (prompts, systems) = prompts(items, vec![some("One."), some("Two.")], &[]);
        assert_eq!(systems, [some("One."), some("Two."), some("Own."), None]);
        let crossed: Vec<_> = prompts.iter().map(|prompt| prompt.systems.clone().unwrap()).collect();
        assert_eq!(crossed, [vec![0, 1], vec![2], vec![0], vec![3]]);
    }

    #[test]
    fn a_suite_where_every_item_has_its_own_leaves_the_command_lines_out() {
        let (prompts, systems) = prompts(vec![item("a", Some("Own.")), item("b", Some("Own."))], vec![None], &[]);
        assert_eq!(systems, [some("Own.")]);
        assert!(prompts.iter().all(|prompt| prompt.systems == Some(vec![0])));
    }

    #[test]
    fn checks_of_the_command_line_come_behind_the_items_own() {
        let own = CheckSpec::from_flag("json_valid").unwrap();
        let more = CheckSpec::from_flag("contains: Paris").unwrap();
        let one = Item { checks: vec![own.clone()], ..item("a", None) };
        let (prompts, systems) = prompts(vec![one], vec![None], std::slice::from_ref(&more));
        assert_eq!(prompts[0].checks, [own, more]);
        assert_eq!((systems, &prompts[0].systems), (vec![None], &None));
    }
}
