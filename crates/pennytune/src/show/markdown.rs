//! Markdown for an issue, a note or a case file.

use escape::markdown::{cell, inline};
use forensics::signal::Status;

use super::json::Payload;
use super::words;
use crate::disclaimer;

/// One company.
pub(crate) fn page(payload: &Payload, evidence: bool) -> String {
    let examination = &payload.examination;
    let company = &examination.company;
    let mut out = format!("# {}\n\n", inline(&company.name));
    out.push_str(&format!(
        "CIK {}{} · as of {} · newest filing {} · newest balance sheet in XBRL {}\n\n_{}_\n\n",
        company.cik,
        if company.tickers.is_empty() { String::new() } else { format!(" · {}", inline(&company.tickers.join(", "))) },
        company.as_of,
        company.latest_filing.map_or("none".to_owned(), |day| day.to_string()),
        company.latest_period.map_or("none".to_owned(), |day| day.to_string()),
        disclaimer::LINE
    ));
    for mark in company.standing.marks().filter(|mark| !mark.why.is_empty()) {
        out.push_str(&inline(&mark.why));
        if let (Some(form), Some(url)) = (&mark.form, &mark.url) {
            out.push_str(&format!(" [{}](<{}>)", inline(form), address(url)));
        }
        out.push_str("\n\n");
    }
    if company.standing.stopped() {
        out.push_str(&format!(
            "Not assessed: {}; what follows is what its last filings said.\n\n",
            inline(&words::stopped(&company.standing))
        ));
    }
    out.push_str("| factor | score | computed |\n|---|---:|---:|\n");
    for factor in &examination.factors {
        let score = factor.score.map_or("–".to_owned(), |score| format!("{score:.0}"));
        out.push_str(&format!("| {} | {score} | {:.0} % |\n", cell(&factor.name), 100.0 * factor.completeness));
    }
    out.push_str("\n## Flags\n\n");
    let flags = words::flags(examination);
    if flags.is_empty() {
        out.push_str("No flag among the signals that ran. That is not a clean bill of health.\n");
    }
    for signal in flags {
        let figure = words::standing(signal).map_or_else(String::new, |figure| format!(" {}", inline(&figure)));
        out.push_str(&format!(
            "- **{}** `{}`{figure}: {}\n",
            words::severity(signal.severity),
            signal.id,
            inline(&signal.why)
        ));
        let shown = if evidence { signal.evidence.len() } else { 1 };
        for passage in signal.evidence.iter().take(shown) {
            if !passage.quote.is_empty() {
                out.push_str(&format!("  - “{}”\n", inline(&passage.quote)));
            }
            let item = passage.item.as_ref().map_or_else(String::new, |item| format!(" item {item}"));
            out.push_str(&format!(
                "  - [{}](<{}>)\n",
                inline(&format!("{}{item}, filed {}", passage.form, passage.filed)),
                address(&passage.url)
            ));
        }
        if evidence {
            for input in &signal.inputs {
                let period = input.end.map_or_else(String::new, |end| format!(", {end}"));
                out.push_str(&format!(
                    "  - {} = {} ({}{period})\n",
                    inline(&input.name),
                    inline(&words::amount(input.value, &input.unit)),
                    inline(&input.tag)
                ));
            }
        }
    }
    out.push_str("\n## Everything else\n\n| signal | status | figure | why |\n|---|---|---:|---|\n");
    for signal in examination
        .signals
        .iter()
        .filter(|signal| signal.status != Status::Ran || signal.severity == forensics::signal::Severity::None)
    {
        out.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            cell(&signal.id),
            words::status(signal.status),
            words::standing(signal).map_or_else(String::new, |figure| cell(&figure)),
            cell(&signal.why)
        ));
    }
    if !payload.reading.missing.is_empty() {
        out.push_str("\n## Could not be had or read\n\n");
        for one in &payload.reading.missing {
            out.push_str(&format!("- {}\n", inline(one)));
        }
    }
    out
}

/// The timeline of a company, newest first.
pub(crate) fn timeline(payload: &Payload) -> String {
    let company = &payload.examination.company;
    let mut out = format!(
        "# {}: what was filed\n\nCIK {} · as of {}\n\n_{}_\n\n| filed | form | item | what | weight |\n|---|---|---|---|---:|\n",
        inline(&company.name),
        company.cik,
        company.as_of,
        disclaimer::LINE
    );
    for event in &payload.examination.events {
        out.push_str(&format!(
            "| {} | {} | {} | [{}](<{}>) | {:.0} |\n",
            event.filed,
            cell(&event.form),
            cell(event.item.as_deref().unwrap_or("")),
            cell(&event.title),
            address(&event.url),
            event.weight
        ));
    }
    out
}

/// An address within `<…>`.
fn address(url: &str) -> String {
    url.chars().filter(|character| !character.is_control() && !matches!(character, '<' | '>' | '\\' | ' ')).collect()
}
