//! Reading a suite from a file.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::builder::Builder;
use crate::diagnostics::{Diagnostics, quote};
use crate::format::{json, toml, yaml};
use crate::node::{At, Kind, Node};
use crate::problem::Problems;
use crate::promptfoo::Place;
use crate::shape::{Case, Text};
use crate::suite::{Defaults, LoadOptions, Suite};
use crate::{literal, own, promptfoo};

/// The formats, by extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Yaml,
    Toml,
    Json,
    Jsonl,
    Csv,
    Txt,
}

impl Format {
    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "yaml" | "yml" => Self::Yaml,
            "toml" => Self::Toml,
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::Jsonl,
            "csv" | "tsv" => Self::Csv,
            "txt" => Self::Txt,
            _ => return None,
        })
    }
}

/// Whether a path has the extension of a suite, whatever is in it and whether or not it exists.
pub fn looks_like_suite(path: &Path) -> bool {
    Format::of(path).is_some()
}

/// Reads a suite and finds every mistake in it: the file's syntax, keys, types, templates, variables,
/// ids, and every check. Nothing is run and nothing is sent.
///
/// # Errors
/// Every problem, in the order of the file.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Suite, Problems> {
    let Some(format) = Format::of(path) else {
        return Err(Problems::of_file(
            path,
            "this extension is not that of a suite",
            "suites are .yaml, .yml, .toml, .json, .jsonl, .csv, .tsv or .txt files",
        ));
    };
    let text = read(path, options.max_bytes).map_err(|(message, hint)| Problems::of_file(path, message, hint))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let base = path.parent().unwrap_or(Path::new("")).to_owned();
    let name = path.file_stem().map_or_else(|| "suite".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let diagnostics = Diagnostics::new(path, options.max_problems);
    let mut builder = Builder::new(diagnostics, options, base.clone());
    let tree = match format {
        Format::Jsonl => {
            literal::lines(text, &mut builder);
            return builder.finish(name, None, Defaults::default());
        }
        Format::Csv => {
            literal::table(text, literal::separator(path), &mut builder);
            return builder.finish(name, None, Defaults::default());
        }
        Format::Txt => {
            literal::text(text, &mut builder);
            return builder.finish(name, None, Defaults::default());
        }
        Format::Yaml => yaml::parse(text).map_err(|malformed| vec![malformed]),
        Format::Json => json::parse(text, 1).map_err(|malformed| vec![malformed]),
        Format::Toml => toml::parse(text),
    };
    match tree {
        Ok(tree) => read_tree(&tree, format, builder, &base, options, name),
        Err(malformed) => {
            for malformed in malformed {
                builder.diagnostics.malformed(malformed);
            }
            builder.finish(name, None, Defaults::default())
        }
    }
}

fn read_tree(
    tree: &Node,
    format: Format,
    mut builder: Builder<'_>,
    base: &Path,
    options: &LoadOptions,
    name: String,
) -> Result<Suite, Problems> {
    let nothing = |mut builder: Builder<'_>, message: String, hint: &str| {
        builder.diagnostics.hinted(tree.at, message, hint);
        builder.finish(String::new(), None, Defaults::default())
    };
    match &tree.kind {
        Kind::List(nodes) if format == Format::Json => {
            literal::array(nodes, &mut builder);
            builder.finish(name, None, Defaults::default())
        }
        Kind::List(_) => nothing(
            builder,
            "a suite is an object with keys; this is a list".to_owned(),
            "put the list under the key `items`",
        ),
        Kind::Map(entries) if promptfoo::is_one(entries) => {
            let shape = promptfoo::read(entries, &Place { base, options, root: tree }, &mut builder.diagnostics);
            builder.add_shape(&shape);
            builder.finish(name, shape.description, shape.defaults)
        }
        Kind::Map(entries) => {
            let (mut shape, file) = own::read(entries, tree.at, &mut builder.diagnostics);
            if let Some(file) = file
                && let Some((path, cases)) = cases_of(&file.path, base, options, &mut builder.diagnostics)
            {
                shape.cases = Some(cases);
                shape.cases_file = Some(path);
            }
            builder.add_shape(&shape);
            builder.finish(shape.name.unwrap_or(name), shape.description, shape.defaults)
        }
        Kind::Null => nothing(
            builder,
            "the suite is empty: there is nothing to run".to_owned(),
            "`modelarium init` writes one to begin with",
        ),
        _ => {
            let message = format!("a suite is an object with keys; this is {}", tree.what());
            nothing(builder, message, "`modelarium init` writes one to begin with")
        }
    }
}

/// The cases of a file beside the suite.
fn cases_of(
    path: &Text,
    base: &Path,
    options: &LoadOptions,
    diagnostics: &mut Diagnostics,
) -> Option<(PathBuf, Vec<Case>)> {
    let file = match beside(&path.text, base) {
        Ok(file) => file,
        Err(message) => {
            diagnostics.hinted(path.at, message, "write a path relative to the suite's folder");
            return None;
        }
    };
    let format = Format::of(&file).filter(|format| matches!(format, Format::Csv | Format::Jsonl));
    let Some(format) = format else {
        diagnostics.hinted(
            path.at,
            format!("{} is no table of cases", quote(&path.text)),
            "cases are read from .csv, .tsv and .jsonl files",
        );
        return None;
    };
    let text = match read(&file, options.max_bytes) {
        Ok(text) => text,
        Err((message, hint)) => {
            diagnostics.hinted(path.at, format!("the cases in {} cannot be read: {message}", quote(&path.text)), hint);
            return None;
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let before = diagnostics.count();
    let cases = diagnostics.within(Some(&file), |diagnostics| match format {
        Format::Jsonl => literal::lines_of_cases(text, options.max_items, diagnostics),
        _ => literal::table_of_cases(text, literal::separator(&file), options.max_items, diagnostics),
    });
    if cases.is_empty() && diagnostics.count() == before {
        diagnostics.within(Some(&file), |diagnostics| {
            diagnostics.hinted(
                At::NOWHERE,
                "the table holds no case: there is nothing to run",
                "add a row below the header",
            );
        });
    }
    Some((file, cases))
}

/// A relative path from the suite's folder; `..` is allowed, other machines and absolute paths are not.
pub(crate) fn beside(written: &str, base: &Path) -> Result<PathBuf, String> {
    let path = Path::new(written);
    let foreign = written.contains("://") || written.starts_with("\\\\") || written.starts_with("//");
    let rooted = path.components().any(|part| matches!(part, Component::RootDir | Component::Prefix(_)));
    if foreign || rooted || written.trim().is_empty() || written.contains('\0') {
        return Err(format!("{} is not a relative path", quote(written)));
    }
    Ok(base.join(path))
}

/// The text of a regular UTF-8 file of bounded size, or what is wrong and what to do.
pub(crate) fn read(path: &Path, most: u64) -> Result<String, (String, String)> {
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ("there is no such file".to_owned(), "check the path".to_owned()),
        _ => (format!("the file cannot be read: {error}"), "check its permissions".to_owned()),
    })?;
    if !metadata.is_file() {
        return Err(("this is not a regular file".to_owned(), "name a file".to_owned()));
    }
    let too_large =
        || (format!("the file is larger than {} MiB", most >> 20), "split it into several suites".to_owned());
    if metadata.len() > most {
        return Err(too_large());
    }
    let file = File::open(path)
        .map_err(|error| (format!("the file cannot be read: {error}"), "check its permissions".to_owned()))?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| (format!("the file cannot be read: {error}"), "try again".to_owned()))?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + memchr::memchr_iter(b'\n', &error.as_bytes()[..valid]).count();
        (format!("the file is not UTF-8 text (first bad byte in line {line})"), "save it as UTF-8".to_owned())
    })
}
