//! Sections of annual and quarterly reports, and the auditors' reports in them.
//!
//! A heading is a line that begins with `Item` and a number. Contents pages and cross-references have such lines
//! too; of all lines for the same item the one with the most text before the next item is the section.

use std::collections::HashMap;
use std::ops::Range;

use super::builder::Line;

/// What a section is, whatever its number on the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionKind {
    /// Business; information on the company.
    Business,
    /// Risk factors (1A).
    RiskFactors,
    /// Legal proceedings (3).
    LegalProceedings,
    /// Management's discussion and analysis (7; 10-Q I 2); operating and financial review (20-F 5).
    Discussion,
    /// Quantitative and qualitative disclosures about market risk (7A).
    MarketRisk,
    /// Financial statements (8; 10-Q I 1; 20-F 17 and 18).
    FinancialStatements,
    /// Changes in and disagreements with accountants (9).
    Disagreements,
    /// Controls and procedures (9A; 10-Q I 4; 20-F 15).
    Controls,
    /// A report of the independent auditor.
    AuditorReport,
    /// Notes to the financial statements.
    Notes,
    /// Any other item.
    Other,
}

/// A section of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is.
    pub kind: SectionKind,
    /// The line of its heading.
    pub heading: Range<usize>,
    /// First byte: of the heading.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// A report of the independent auditor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditorReport {
    /// From its heading to its signature, with city, date and tenure.
    pub range: Range<usize>,
    /// The name that signed it, as it stands; none where no signature was recognised.
    pub firm: Option<String>,
    /// Where the signature stands; empty where none was recognised.
    pub signature: Range<usize>,
    /// It speaks about internal control only, not about the statements.
    pub only_internal_control: bool,
}

/// Longest line that is a heading by itself.
const HEADING: usize = 220;
/// Longest auditor's report: one with many critical audit matters has 25,000 bytes.
const LONGEST_REPORT: usize = 60_000;
/// How soon after its heading a report says that something was audited.
const AUDITED_WITHIN: usize = 4_000;

/// A line that may be the heading of an item.
struct Candidate {
    kind: SectionKind,
    /// What makes it the same item as another line.
    key: u32,
    line: Range<usize>,
}

/// The sections of the text within `within`, in order of their start.
pub(super) fn find(text: &str, lines: &[Line], within: Range<usize>) -> Vec<Section> {
    let first = lines.partition_point(|line| line.start < within.start);
    let last = lines.partition_point(|line| line.start < within.end);
    let lines = lines.get(first..last).unwrap_or_default();
    let mut candidates = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let next = lines.get(index + 1).map_or("", |next| &text[next.start..next.end]);
        if let Some((kind, key)) = item_heading(&text[line.start..line.end], next) {
            candidates.push(Candidate { kind, key, line: line.start..line.end });
        }
    }
    let closing = closing_line(text, lines, candidates.last().map_or(within.start, |last| last.line.end));
    let mut sections = chosen(&candidates, closing.unwrap_or(within.end));
    for report in auditor_reports(text, lines) {
        let heading = line_around(lines, report.range.start).unwrap_or(report.range.start..report.range.start);
        sections.push(Section {
            kind: SectionKind::AuditorReport,
            heading,
            start: report.range.start,
            end: report.range.end,
        });
    }
    if let Some(notes) = notes(text, lines, &sections, within.end) {
        sections.push(notes);
    }
    sections.sort_by_key(|section| (section.start, std::cmp::Reverse(section.end)));
    sections
}

fn line_around(lines: &[Line], position: usize) -> Option<Range<usize>> {
    let index = lines.partition_point(|line| line.end < position);
    lines.get(index).map(|line| line.start..line.end)
}

/// For each item the run of its lines with the most text before the next item.
fn chosen(candidates: &[Candidate], end: usize) -> Vec<Section> {
    let mut best: HashMap<u32, (usize, usize)> = HashMap::new();
    let mut index = 0;
    while let Some(candidate) = candidates.get(index) {
        let mut next = index + 1;
        while candidates.get(next).is_some_and(|other| other.key == candidate.key) {
            next += 1;
        }
        let limit = candidates.get(next).map_or(end.max(candidate.line.end), |other| other.line.start);
        let length = limit.saturating_sub(candidate.line.start);
        let entry = best.entry(candidate.key).or_insert((index, length));
        // Of equals the later: contents come first.
        if length >= entry.1 {
            *entry = (index, length);
        }
        index = next;
    }
    let mut kept: Vec<&Candidate> = best.values().filter_map(|(index, _)| candidates.get(*index)).collect();
    kept.sort_by_key(|candidate| candidate.line.start);
    kept.iter()
        .enumerate()
        .map(|(index, candidate)| Section {
            kind: candidate.kind,
            heading: candidate.line.clone(),
            start: candidate.line.start,
            end: kept.get(index + 1).map_or(end.max(candidate.line.end), |next| next.line.start),
        })
        .collect()
}

/// Where the signatures of the report begin, after its last item.
fn closing_line(text: &str, lines: &[Line], after: usize) -> Option<usize> {
    lines
        .iter()
        .skip_while(|line| line.start < after)
        .find(|line| {
            let words = text[line.start..line.end].trim_matches(|character: char| !character.is_alphanumeric());
            words.len() < 60 && strip_word(words, "signature").is_some()
                || words.get(..27).is_some_and(|head| head.eq_ignore_ascii_case("pursuant to the requirement"))
        })
        .map(|line| line.start)
}

/// Reads `Item 1A. Risk Factors`, with the title on the same line or on the next.
fn item_heading(line: &str, next: &str) -> Option<(SectionKind, u32)> {
    let line = line.trim_start_matches(|character: char| !character.is_alphanumeric());
    if is_contents_line(line) {
        return None;
    }
    let rest = strip_word(line, "item").or_else(|| {
        // "PART II, Item 7.", "Part I - Item 2."
        let after = strip_word(line, "part")?;
        let after = after.trim_start().trim_start_matches(['I', 'V', 'i', 'v']);
        let after = after.trim_start_matches(|character: char| !character.is_alphanumeric());
        strip_word(after, "item")
    })?;
    let rest = rest.trim_start_matches(|character: char| character.is_whitespace() || character == '.');
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let number: u32 = rest[..digits].parse().ok()?;
    let mut title = &rest[digits..];
    let mut letter = 0;
    let mut characters = title.trim_start_matches(['(', ' ']).chars();
    if let Some(first @ ('A'..='K' | 'a'..='k')) = characters.next()
        && !characters.next().is_some_and(char::is_alphanumeric)
    {
        letter = u32::from(first.to_ascii_uppercase()) - u32::from('A') + 1;
        title = title.trim_start_matches(['(', ' ']).get(1..).unwrap_or("");
    }
    // "Items 1 and 2.", "Item 7 of Part II": prose, unless a title follows.
    let own = bare(title);
    let known = title_kind(own);
    if line.len() > HEADING && known.is_none() {
        return None;
    }
    if own.is_empty() {
        let kind = title_kind(bare(next)).or_else(|| number_kind(number, letter)).unwrap_or(SectionKind::Other);
        return Some((kind, key(kind, number, letter)));
    }
    if own.starts_with(|first: char| first.is_lowercase()) {
        return None;
    }
    let kind = known.unwrap_or(SectionKind::Other);
    Some((kind, key(kind, number, letter)))
}

/// Whether a page number ends the line.
fn is_contents_line(line: &str) -> bool {
    let digits = line.bytes().rev().take_while(u8::is_ascii_digit).count();
    let before = line.get(..line.len() - digits).unwrap_or("");
    (1..=3).contains(&digits) && before.contains(['.', '\t']) && before.ends_with([' ', '\t', '.', '-']) && {
        // "Item 7" alone is a heading whose title stands on the next line.
        let words = before.trim_end().trim_end_matches(['.', '-']).trim_end();
        words.split_whitespace().count() > 1
    }
}

fn key(kind: SectionKind, number: u32, letter: u32) -> u32 {
    match kind {
        SectionKind::Other => 1_000 + number * 32 + letter,
        kind => kind as u32,
    }
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    let rest = &text[word.len()..];
    let rest = rest.strip_prefix(['s', 'S']).unwrap_or(rest);
    (head.eq_ignore_ascii_case(word) && !rest.starts_with(|next: char| next.is_alphabetic())).then_some(rest)
}

/// A title without what stands around it.
fn bare(title: &str) -> &str {
    title.trim_matches(|character: char| !character.is_alphanumeric())
}

fn title_kind(title: &str) -> Option<SectionKind> {
    let mut head: String = title.chars().take(120).flat_map(char::to_lowercase).collect();
    head.retain(|character| character.is_ascii_lowercase() || character == ' ' || character == '\t');
    let words: Vec<&str> = head.split_whitespace().collect();
    let starts = |wanted: &[&str]| words.starts_with(wanted);
    Some(if starts(&["risk", "factors"]) || starts(&["risk", "factor"]) {
        SectionKind::RiskFactors
    } else if starts(&["legal", "proceedings"]) {
        SectionKind::LegalProceedings
    } else if starts(&["managements", "discussion"])
        || starts(&["management", "discussion"])
        || starts(&["operating", "and", "financial", "review"])
        || starts(&["managements", "plan"])
        || starts(&["plan", "of", "operation"])
    {
        SectionKind::Discussion
    } else if starts(&["quantitative", "and", "qualitative"]) || starts(&["qualitative", "and", "quantitative"]) {
        SectionKind::MarketRisk
    } else if starts(&["changes", "in", "and", "disagreements"]) || starts(&["disagreements"]) {
        SectionKind::Disagreements
    } else if starts(&["controls", "and", "procedures"])
        || starts(&["control", "and", "procedures"])
        || starts(&["disclosure", "controls"])
        || starts(&["evaluation", "of", "disclosure"])
    {
        SectionKind::Controls
    } else if words
        .iter()
        .position(|word| *word == "financial")
        .is_some_and(|at| at <= 4 && words.get(at + 1).is_some_and(|next| next.starts_with("statement")))
        && !words.first().is_some_and(|first| first.starts_with("exhibit"))
    {
        SectionKind::FinancialStatements
    } else if starts(&["business"])
        || starts(&["description", "of", "business"])
        || starts(&["information", "on", "the", "company"])
    {
        SectionKind::Business
    } else {
        return None;
    })
}

/// By the numbers of Form 10-K, where a heading has no title.
fn number_kind(number: u32, letter: u32) -> Option<SectionKind> {
    Some(match (number, letter) {
        (1, 0) => SectionKind::Business,
        (1, 1) => SectionKind::RiskFactors,
        (3, 0) => SectionKind::LegalProceedings,
        (7, 0) => SectionKind::Discussion,
        (7, 1) => SectionKind::MarketRisk,
        (8, 0) => SectionKind::FinancialStatements,
        (9, 0) => SectionKind::Disagreements,
        (9, 1) => SectionKind::Controls,
        _ => return None,
    })
}

/// The notes: from their heading to the end of the statements.
fn notes(text: &str, lines: &[Line], sections: &[Section], end: usize) -> Option<Section> {
    let statements = sections.iter().find(|section| section.kind == SectionKind::FinancialStatements);
    let report = sections.iter().find(|section| section.kind == SectionKind::AuditorReport);
    let after = report.map(|report| report.end).or_else(|| statements.map(|statements| statements.start)).unwrap_or(0);
    let heading = lines.iter().filter(|line| line.start >= after).find(|line| {
        let words = text[line.start..line.end].trim();
        let head = words.get(..words.len().min(80)).unwrap_or("").to_ascii_lowercase();
        words.len() <= HEADING
            && head.starts_with("notes to")
            && head.contains("financial statements")
            && !words.ends_with(|last: char| last.is_ascii_digit())
    })?;
    let inside = sections
        .iter()
        .filter(|section| section.kind != SectionKind::AuditorReport)
        .find(|section| section.start <= heading.start && heading.start < section.end);
    let limit = match inside {
        Some(section) => section.end,
        None => sections
            .iter()
            .map(|section| section.start)
            .filter(|start| *start > heading.end)
            .min()
            .or_else(|| closing_line(text, lines, heading.end))
            .unwrap_or(end),
    };
    Some(Section {
        kind: SectionKind::Notes,
        heading: heading.start..heading.end,
        start: heading.start,
        end: limit.max(heading.end),
    })
}

/// Every auditor's report in the lines.
pub(super) fn auditor_reports(text: &str, lines: &[Line]) -> Vec<AuditorReport> {
    let headings: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| is_report_heading(&text[line.start..line.end]))
        .map(|(index, _)| index)
        .collect();
    let mut reports: Vec<AuditorReport> = Vec::new();
    for (place, &index) in headings.iter().enumerate() {
        let start = lines[index].start;
        if reports.last().is_some_and(|last| start < last.range.end) {
            continue;
        }
        // A heading that wraps, or is repeated on each page, does not end its own report.
        let next = headings.iter().skip(place + 1).map(|next| lines[*next].start).find(|next| *next > start + 400);
        let limit = next.unwrap_or(text.len()).min(floor(text, start + LONGEST_REPORT));
        let early = text[start..limit.min(floor(text, start + AUDITED_WITHIN))].to_ascii_lowercase();
        let statements = ["have audited the", "audited the accompanying", "engaged to audit", "have also audited"]
            .iter()
            .any(|words| early.contains(words));
        let control = early.contains("internal control over financial reporting");
        if statements || control && early.contains("have audited") {
            reports.push(report(text, lines, index, limit, &early));
        }
    }
    reports
}

fn floor(text: &str, position: usize) -> usize {
    let mut position = position.min(text.len());
    while !text.is_char_boundary(position) {
        position -= 1;
    }
    position
}

fn is_report_heading(line: &str) -> bool {
    if line.len() > HEADING || line.ends_with(|last: char| last.is_ascii_digit()) {
        return false;
    }
    let lower = line.to_ascii_lowercase();
    let words = lower.trim_start_matches(|character: char| !character.is_ascii_alphabetic());
    let names = |words: &str| {
        ["registered public accounting", "auditor", "accountant", "public accounting firm"]
            .iter()
            .any(|name| words.contains(name))
    };
    words.starts_with("report of ") && names(words) && !words.contains(". ")
        || (words.starts_with("independent auditor") || words.starts_with("independent accountant"))
            && words.contains("report")
        || words.starts_with("independent registered public accounting firm") && words.contains("report")
        || words.starts_with("auditor") && words.len() < 40 && words.contains("report")
}

/// A report from its heading to its signature.
fn report(text: &str, lines: &[Line], heading: usize, limit: usize, early: &str) -> AuditorReport {
    let start = lines[heading].start;
    let mut end = limit;
    let mut firm = None;
    let mut signature = 0..0;
    let mut tail = 0;
    for (index, line) in lines.iter().enumerate().skip(heading + 1).take_while(|(_, line)| line.start < limit) {
        let words = &text[line.start..line.end];
        if signature.is_empty() {
            if let Some((name, range)) = signed(text, lines, index) {
                firm = Some(name);
                end = range.end.max(line.end);
                signature = range;
                tail = 0;
            } else if is_statement_heading(words) {
                end = line.start;
                break;
            }
            continue;
        }
        // City, date and tenure follow the signature.
        tail += 1;
        let lower = words.to_ascii_lowercase();
        let tenure = lower.contains("served as") && lower.contains("since");
        if tail > 6 || words.len() > HEADING && !tenure || is_statement_heading(words) {
            break;
        }
        let closing = tenure
            || words.ends_with(|last: char| last.is_ascii_digit()) && words.len() < 60
            || words.contains(", ") && words.len() < 60
            || lower.contains("pcaob id");
        if closing {
            end = line.end;
        }
    }
    // Whichever is named first is what the report is about; each kind mentions the other further down.
    let statements = ["balance sheet", "financial statements", "financial position", "financial condition"]
        .iter()
        .filter_map(|words| early.find(words))
        .min();
    let only_internal_control = early
        .find("internal control over financial reporting")
        .is_some_and(|control| statements.is_none_or(|statements| control < statements));
    AuditorReport { range: start..end.max(start), firm, signature, only_internal_control }
}

fn is_statement_heading(line: &str) -> bool {
    let lower = line.get(..line.len().min(80)).unwrap_or("").to_ascii_lowercase();
    line.len() < 100
        && ["consolidated balance sheet", "balance sheet", "consolidated statement", "statements of operations"]
            .iter()
            .any(|words| lower.starts_with(words))
}

/// A conformed signature at a line: `/s/ Example & Co LLP`, or the name of a firm alone.
fn signed(text: &str, lines: &[Line], index: usize) -> Option<(String, Range<usize>)> {
    let line = lines.get(index)?;
    let words = &text[line.start..line.end];
    if let Some(mark) = words.find("/s/").or_else(|| words.find("/S/")) {
        let after = line.start + mark + 3;
        let name = tidy(&text[after..line.end]);
        if name.len() >= 3 {
            return Some((name, after..line.end));
        }
        let next = lines.get(index + 1)?;
        let name = tidy(&text[next.start..next.end]);
        return (3..=HEADING).contains(&name.len()).then_some((name, next.start..next.end));
    }
    let name = tidy(words);
    let looks_like_firm = (4..=80).contains(&name.len())
        && !name.ends_with('.')
        && ["LLP", "PLLC", "P.C", "PC", "LLC", "P.A", "PA", "CPAs", "CPA", "L.L.P", "Chartered", "& Co", "Ltd"]
            .iter()
            .any(|ending| name.ends_with(ending) && !name.starts_with("We ") && !name.starts_with("To "))
        && lines.get(index + 1).is_some_and(|next| {
            // A city or a date must follow, so that a firm named in a sentence or an address is none.
            let next = &text[next.start..next.end];
            next.len() < 60 && (next.contains(", ") || next.ends_with(|last: char| last.is_ascii_digit()))
        });
    looks_like_firm.then_some((name, line.start..line.end))
}

fn tidy(words: &str) -> String {
    super::fold(words.trim_matches(|character: char| {
        character.is_whitespace() || matches!(character, '_' | '/' | ',' | ':' | '"' | '-')
    }))
}
