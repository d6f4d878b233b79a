//! CSV: a row a signal. The first row names the columns; what the tool is not stands in no data row.

use escape::csv::text;

use super::json::Payload;
use super::words;

const COLUMNS: &[&str] = &[
    "cik",
    "name",
    "ticker",
    "as_of",
    "signal",
    "status",
    "severity",
    "value",
    "zone",
    "why",
    "factor",
    "form",
    "item",
    "filed",
    "accession",
    "url",
    "quote",
    "standing",
    "standing_since",
    "standing_url",
];

/// Rows of companies.
pub(crate) fn signals<'a>(payloads: impl IntoIterator<Item = &'a Payload>) -> String {
    let mut out = COLUMNS.join(",");
    out.push_str("\r\n");
    for payload in payloads {
        let company = &payload.examination.company;
        let standing = &company.standing.mark;
        for signal in &payload.examination.signals {
            let first = signal.evidence.first();
            let row = [
                company.cik.to_string(),
                text(&company.name),
                text(company.tickers.first().map_or("", String::as_str)),
                company.as_of.to_string(),
                signal.id.clone(),
                words::status(signal.status).replace(' ', "_"),
                words::severity(signal.severity).to_owned(),
                signal.value.map_or_else(String::new, |value| value.to_string()),
                text(signal.zone.as_deref().unwrap_or("")),
                text(&signal.why),
                forensics::factors::of(&signal.id).unwrap_or("").to_owned(),
                text(first.map_or("", |one| one.form.as_str())),
                text(first.and_then(|one| one.item.as_deref()).unwrap_or("")),
                first.map_or_else(String::new, |one| one.filed.to_string()),
                first.map_or_else(String::new, |one| one.accession.to_string()),
                text(first.map_or("", |one| one.url.as_str())),
                text(first.map_or("", |one| one.quote.as_str())),
                standing.state.name().to_owned(),
                standing.since.map_or_else(String::new, |day| day.to_string()),
                text(standing.url.as_deref().unwrap_or("")),
            ];
            out.push_str(&row.join(","));
            out.push_str("\r\n");
        }
    }
    out
}

/// The timeline of a company, a row an event, newest first.
pub(crate) fn events(payload: &Payload) -> String {
    let mut out = "cik,name,date,filed,form,item,title,weight,charged_to,accession,url,quote\r\n".to_owned();
    let company = &payload.examination.company;
    for event in &payload.examination.events {
        let row = [
            company.cik.to_string(),
            text(&company.name),
            event.date.to_string(),
            event.filed.to_string(),
            text(&event.form),
            text(event.item.as_deref().unwrap_or("")),
            text(&event.title),
            event.weight.to_string(),
            event.charged_to.clone().unwrap_or_default(),
            event.accession.to_string(),
            text(&event.url),
            text(&event.quote),
        ];
        out.push_str(&row.join(","));
        out.push_str("\r\n");
    }
    out
}
