//! SARIF 2.1.0 (OASIS Standard, 27 March 2020): failed checks, checks without a verdict and signs of
//! fabrication as results, for tools that show findings beside files.

mod log;

use std::collections::BTreeMap;
use std::io;

use hallucination::MarkerKind;

use crate::document::Document;
use crate::escape;
use crate::escape::hazard::disarm;
use crate::findings::{self, Finding};
use crate::format::Format;
use crate::wording;
use log::{
    Artifact, ArtifactLocation, Configuration, Details, Driver, Fingerprints, Invocation, Location, Log, Logical,
    Message, Physical, Region, Rule, Run, SarifResult, Tool,
};

/// Most results; GitHub shows 5,000 and refuses more than 25,000. What is left out is counted in a notification.
const RESULTS: usize = 5_000;

/// Where the items of a run are written.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The suite's file as the reader of the report knows it: relative to the root of the repository, with `/`. The suite's name where it is `None`.
    pub file: Option<String>,
    /// Lines of the items in it, from 1, by item id.
    pub lines: BTreeMap<String, u32>,
}

/// The SARIF format.
#[derive(Debug, Clone, Default)]
pub struct Sarif {
    /// Where the items are written.
    pub source: Source,
}

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        escape::json::write_pretty(&log(document, &self.source), out)
    }
}

/// Writes the findings of a run, placed in `source`.
pub fn write(document: &Document<'_>, source: &Source, out: &mut dyn io::Write) -> io::Result<()> {
    escape::json::write_pretty(&log(document, source), out)
}

fn log(document: &Document<'_>, source: &Source) -> Log {
    let header = &document.analysis.header;
    let suite = header.scoring.suite.as_ref().map_or("", |suite| suite.name.as_str());
    let file = source.file.as_deref().filter(|file| !file.is_empty()).unwrap_or(if suite.is_empty() {
        "prompt"
    } else {
        suite
    });
    let mut builder =
        Builder { uri: uri(file), source, rules: vec![], positions: BTreeMap::new(), results: vec![], left_out: 0 };
    let found = findings::collect(document);
    for finding in &found.failed {
        builder.check(document, finding, "error");
    }
    for finding in &found.open {
        builder.check(document, finding, "warning");
    }
    for marked in findings::marked(document) {
        for marker in marked.markers {
            let call = &marked.record.call;
            let rule = Rule {
                id: format!("marker/{}", marker.kind.as_str()),
                name: camel(marker.kind.as_str()),
                short_description: Message { text: marker_text(marker.kind).to_owned() },
                default_configuration: Configuration { level: "note" },
            };
            let text = format!(
                "{}: “{}”: {} A sign is a reason to look, not proof.",
                wording::answer_place(document, marked.record),
                wording::shortened(&marker.quote),
                marker.why
            );
            let item = document.item(call.prompt).map_or("", |item| item.id.as_str());
            let key =
                format!("{item}/{}/{}/{}", document.contestant_name(call.contestant), call.run_index, marker.quote);
            builder.push(rule, "note", &text, item, &key, 1);
        }
    }
    let notifications = if builder.left_out == 0 {
        vec![]
    } else {
        vec![log::Notification {
            level: "warning",
            message: Message {
                text: format!("{} more findings are not in this file; the JSON output has them all.", builder.left_out),
            },
        }]
    };
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: vec![Run {
            tool: Tool {
                driver: Driver {
                    name: "modelarium",
                    semantic_version: header.tool_version.clone(),
                    rules: builder.rules,
                },
            },
            automation_details: Details {
                id: format!("modelarium/{}/{}", uri(suite), header.run_id),
                guid: Some(header.run_id.clone()).filter(|id| is_guid(id)),
            },
            invocations: vec![Invocation {
                execution_successful: matches!(document.analysis.end, evals::record::RunEnd::Finished),
                start_time_utc: header.started_at.clone(),
                tool_execution_notifications: notifications,
            }],
            artifacts: vec![Artifact { location: ArtifactLocation { uri: builder.uri, index: None } }],
            results: builder.results,
            column_kind: "unicodeCodePoints",
        }],
    }
}

struct Builder<'s> {
    uri: String,
    source: &'s Source,
    rules: Vec<Rule>,
    positions: BTreeMap<String, usize>,
    results: Vec<SarifResult>,
    left_out: usize,
}

impl Builder<'_> {
    fn check(&mut self, document: &Document<'_>, finding: &Finding<'_>, level: &'static str) {
        let kind = &finding.result.kind;
        let rule = Rule {
            id: format!("check/{kind}"),
            name: camel(kind),
            short_description: Message { text: format!("The answer passes the check `{}`.", plain(kind)) },
            default_configuration: Configuration { level: "error" },
        };
        let what = if finding.result.passed.is_none() { "not evaluated" } else { "failed" };
        let item = document.item(finding.cell.prompt).map_or("", |item| item.id.as_str());
        let place = wording::cell_place(document, finding.cell);
        let text = format!(
            "{}, {place}: {} {what}{}: {}",
            wording::item_name(document, finding.cell.prompt),
            finding.check_name(),
            finding.in_runs(),
            finding.why()
        );
        let why = finding.result.error_kind.map_or("", |kind| kind.as_str());
        let key = format!("{item}/{place}/{}/{why}", finding.check);
        self.push(rule, level, &text, item, &key, finding.count);
    }

    fn push(&mut self, rule: Rule, level: &'static str, text: &str, item: &str, key: &str, occurrences: u32) {
        if self.results.len() >= RESULTS {
            self.left_out += 1;
            return;
        }
        let id = rule.id.clone();
        let rules = &mut self.rules;
        let rule_index = *self.positions.entry(id.clone()).or_insert_with(|| {
            rules.push(rule);
            rules.len() - 1
        });
        let line = self.source.lines.get(item).copied().filter(|line| *line > 0).unwrap_or(1);
        self.results.push(SarifResult {
            rule_id: id,
            rule_index,
            level,
            message: Message { text: plain(text) },
            locations: vec![Location {
                physical_location: Physical {
                    artifact_location: ArtifactLocation { uri: self.uri.clone(), index: Some(0) },
                    region: Region { start_line: line },
                },
                logical_locations: vec![Logical { name: one_line(item), kind: "member" }],
            }],
            partial_fingerprints: Fingerprints { key: fingerprint(key) },
            occurrence_count: occurrences,
        });
    }
}

/// One line without what steers or hides.
fn one_line(text: &str) -> String {
    disarm(text).replace(['\n', '\t'], " ")
}

/// Text of a message: one line without SARIF's own placeholders and links.
fn plain(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // 3.11.5: braces are placeholders, doubled ones are literal; 3.11.6: brackets with a backslash are no link.
            '{' => out.push_str("{{"),
            '}' => out.push_str("}}"),
            '[' | ']' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

/// A path as a relative URI reference (RFC 3986): everything but unreserved characters and `/` is percent-encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut out = String::with_capacity(path.len());
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Tells findings apart from run to run: 64 bits of FNV-1a, which need not resist anybody.
fn fingerprint(key: &str) -> String {
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

fn camel(words: &str) -> String {
    let mut out = String::new();
    for word in words.split('_') {
        let mut chars = word.chars();
        out.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

fn marker_text(kind: MarkerKind) -> &'static str {
    match kind {
        MarkerKind::CitationMalformed => "An identifier that does not have the published form.",
        MarkerKind::CitationChecksum => "An identifier with a wrong check digit.",
        MarkerKind::CitationContradiction => "A reference whose parts contradict each other or the calendar.",
        MarkerKind::Contradiction => "Two claims of one answer that cannot both be true.",
        MarkerKind::UnsharedName => "A name that no other run of the same prompt mentions.",
        MarkerKind::UnsharedDate => "A date that no other run of the same prompt mentions.",
        MarkerKind::ImpossibleDate => "A date that the calendar does not have.",
        MarkerKind::ImpossibleFigure => "A figure that nothing can have.",
        MarkerKind::UnsupportedPrecision => "More digits than the words around them allow.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("suites/a b.yaml"), "suites/a%20b.yaml");
        assert_eq!(uri("/é#?.json"), "%C3%A9%23%3F.json");
        assert_eq!(uri("C:\\x"), "C%3A/x");
    }

    #[test]
    fn texts_hold_no_placeholder_and_no_link() {
        assert_eq!(plain("a {0} [x](http://e) \\ \u{1b}[31m\nb"), "a {{0}} \\[x\\](http://e) \\\\  b");
    }

    #[test]
    fn fingerprints_are_those_of_the_published_function() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("a"), "af63dc4c8601ec8c");
        assert_eq!(fingerprint("foobar"), "85944171f73967e8");
    }

    #[test]
    fn rule_names_are_pascal_case() {
        assert_eq!(camel("max_length_chars"), "MaxLengthChars");
        assert!(is_guid("0a1b2c3d-1111-4222-8333-444455556666") && !is_guid("last"));
    }
}
