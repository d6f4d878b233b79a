//! The timeline: every filing that reports something, its items with their weights, and patterns among them.

use jiff::civil::Date;

use crate::event::Event;
use crate::signal::{Severity, Signal};

use super::reader::{self, Reader, canonical, days};

/// Days in which the weight of an event falls by half.
pub const HALF_LIFE: f64 = 180.0;
/// Events older than this are in the timeline only when they weigh at least [`GRAVE`].
const TIMELINE_DAYS: i32 = 5 * 366;
/// The weight from which an event is kept whatever its age.
const GRAVE: f64 = 4.0;
/// Events of this many days count in the signal.
const WINDOW: i32 = 730;
/// A bankruptcy that is over is told for this many days.
const PAST: i32 = 3_650;
/// Things that happen within this many days of each other are one story.
const TOGETHER: i32 = 365;
/// The Form 8-K was renumbered on this day; before it items are whole numbers.
const RENUMBERED: Date = jiff::civil::date(2004, 8, 23);

/// One item of Form 8-K.
struct Item {
    code: &'static str,
    title: &'static str,
    weight: f64,
    charged_to: Option<&'static str>,
}

const fn item(code: &'static str, title: &'static str, weight: f64, charged_to: Option<&'static str>) -> Item {
    Item { code, title, weight, charged_to }
}

const HERE: Option<&str> = Some("events_8k");

/// What the items are called, how much each weighs, and which signal counts it. A vote at a meeting (5.07), results
/// (2.02), disclosures of other kinds (7.01, 8.01) and exhibits weigh nothing: every company has them.
const ITEMS: &[Item] = &[
    item("1.01", "Entry into a material definitive agreement", 0.0, None),
    item("1.02", "Termination of a material definitive agreement", 1.0, HERE),
    item("1.03", "Bankruptcy or receivership", 5.0, HERE),
    item("1.04", "Mine safety: shutdowns and patterns of violations", 1.0, HERE),
    item("1.05", "Material cybersecurity incident", 2.0, HERE),
    item("2.01", "Completion of acquisition or disposition of assets", 0.0, None),
    item("2.02", "Results of operations and financial condition", 0.0, None),
    item("2.03", "Creation of a direct financial obligation", 1.0, HERE),
    item("2.04", "Triggering events that accelerate a financial obligation", 4.0, HERE),
    item("2.05", "Costs of exit or disposal activities", 1.5, HERE),
    item("2.06", "Material impairments", 3.0, HERE),
    item(
        "3.01",
        "Notice of delisting or failure to satisfy a listing rule; transfer of listing",
        4.0,
        Some("delisting"),
    ),
    item("3.02", "Unregistered sales of equity securities", 1.5, HERE),
    item("3.03", "Material modification to rights of security holders", 1.0, HERE),
    item("4.01", "Changes in the certifying accountant", 3.0, Some("auditor_change")),
    item("4.02", "Non-reliance on previously issued financial statements", 5.0, Some("non_reliance")),
    item("5.01", "Changes in control of registrant", 2.0, HERE),
    item("5.02", "Departure or election of directors or officers", 1.0, HERE),
    item("5.03", "Amendments to articles or bylaws; change in fiscal year", 0.5, HERE),
    item("5.04", "Suspension of trading under employee benefit plans", 0.0, None),
    item("5.05", "Amendments to the code of ethics or waivers", 0.5, HERE),
    item("5.06", "Change in shell company status", 1.0, HERE),
    item("5.07", "Submission of matters to a vote", 0.0, None),
    item("5.08", "Shareholder director nominations", 0.0, None),
    item("6.01", "ABS informational and computational material", 0.0, None),
    item("6.02", "Change of servicer or trustee", 0.0, None),
    item("6.03", "Change in credit enhancement", 0.0, None),
    item("6.04", "Failure to make a required distribution", 2.0, HERE),
    item("6.05", "Securities Act updating disclosure", 0.0, None),
    item("6.06", "Static pool", 0.0, None),
    item("7.01", "Regulation FD disclosure", 0.0, None),
    item("8.01", "Other events", 0.0, None),
    item("9.01", "Financial statements and exhibits", 0.0, None),
];

fn known(code: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.code == code)
}

/// Forms other than 8-K that belong on the timeline.
fn form(form: &str) -> Option<(&'static str, f64, Option<&'static str>)> {
    let plain = form.strip_suffix("/A").unwrap_or(form);
    let amended = form.ends_with("/A");
    Some(match plain {
        "NT 10-K" | "NT 10-KT" | "NT 20-F" => ("Annual report will be late", 2.0, Some("delisting")),
        "NT 10-Q" | "NT 10-QT" => ("Quarterly report will be late", 1.5, Some("delisting")),
        "25" => ("Company removes a class of securities from listing", 3.0, Some("delisting")),
        "25-NSE" => ("Exchange removes a class of securities from listing", 3.0, Some("delisting")),
        "15-12B" | "15-12G" | "15-15D" | "15F-12B" | "15F-12G" | "15F-15D" => {
            ("Registration or reporting ends", 3.0, Some("delisting"))
        }
        "10-K" | "10-KT" | "20-F" | "40-F" | "10-K405" | "10-KSB" if amended => {
            ("Annual report amended", 1.0, Some("non_reliance"))
        }
        "10-Q" | "10-QSB" if amended => ("Quarterly report amended", 1.0, Some("non_reliance")),
        "10-K" | "10-KT" | "20-F" | "40-F" | "10-K405" | "10-KSB" => ("Annual report", 0.0, None),
        "10-Q" | "10-QSB" => ("Quarterly report", 0.0, None),
        "S-3" | "S-3ASR" | "F-3" | "F-3ASR" | "F-10" => ("Shelf registration", 0.0, Some("shelf")),
        "S-1" | "F-1" | "S-11" => ("Registration of securities", 0.0, Some("shelf")),
        "EFFECT" => ("Registration effective", 0.0, Some("shelf")),
        "RW" => ("Registration withdrawn", 0.0, Some("shelf")),
        "424B1" | "424B2" | "424B3" | "424B4" | "424B5" | "424B7" | "424B8" => ("Prospectus", 0.0, Some("atm")),
        "UPLOAD" => ("Letter of the SEC's staff", 0.5, Some("comment_letters")),
        "CORRESP" => ("Letter to the SEC's staff", 0.0, Some("comment_letters")),
        _ => return None,
    })
}

/// What is on the record, newest first.
pub(super) fn timeline(reader: Reader<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    for filing in reader.filings() {
        let old = reader.age(filing) > TIMELINE_DAYS;
        let mut push = |item: Option<&str>, title: &str, weight: f64, charged_to: Option<&str>| {
            if old && weight < GRAVE {
                return;
            }
            events.push(Event {
                date: filing.report_date.filter(|date| *date <= filing.filed).unwrap_or(filing.filed),
                filed: filing.filed,
                form: filing.form.clone(),
                item: item.map(str::to_owned),
                title: title.to_owned(),
                weight,
                charged_to: charged_to.map(str::to_owned),
                accession: filing.accession.clone(),
                url: reader.url(filing),
                quote: String::new(),
            });
        };
        if reader::is_current(filing) {
            for tag in &filing.items {
                // An old number in a new filing is a mistake of the tag, and not read as an item of old.
                let code = if filing.filed < RENUMBERED || tag.contains('.') { canonical(tag) } else { tag.as_str() };
                match known(code) {
                    Some(item) if item.code == "9.01" => {}
                    // An amendment (the letter of an auditor, a missing exhibit) tells again what was told.
                    Some(item) if filing.form.ends_with("/A") => push(Some(tag), item.title, 0.0, None),
                    Some(item) => push(Some(tag), item.title, item.weight, item.charged_to),
                    None => push(Some(tag), "Item of a current report", 0.0, None),
                }
            }
            if filing.items.is_empty() {
                push(None, "Current report", 0.0, None);
            }
        } else if let Some((title, weight, charged_to)) = form(&filing.form) {
            push(None, title, weight, charged_to);
        }
    }
    events
}

/// Weight of an event after so many days.
pub fn decayed(weight: f64, age_days: i32) -> f64 {
    weight * 0.5_f64.powf(f64::from(age_days.max(0)) / HALF_LIFE)
}

/// The signal `events_8k`.
pub(super) fn signal(reader: Reader<'_>, events: &[Event]) -> Signal {
    const ID: &str = "events_8k";
    if reader.filings().next().is_none() {
        return Signal::not_run(ID, "no filings were public on that day");
    }
    if !reader
        .filings()
        .any(|filing| reader::is_current(filing) || reader::is_annual(filing) || reader::is_quarterly(filing))
    {
        return Signal::not_applicable(ID, "files no current, quarterly or annual reports");
    }
    let as_of = reader.case.as_of;
    let counted: Vec<&Event> = events
        .iter()
        .filter(|event| event.charged_to.as_deref() == Some(ID) && days(event.filed, as_of) <= WINDOW)
        .collect();
    let total: f64 = counted.iter().map(|event| decayed(event.weight, days(event.filed, as_of))).sum();
    let patterns = patterns(reader, events);
    // It lasts until something filed later ends it, however old it is; one that is over is told for ten years.
    let lasting = super::standing::bankruptcy(reader).is_some();
    let bankruptcy = events
        .iter()
        .find(|event| event.item.as_deref().map(canonical) == Some("1.03") && event.weight > 0.0)
        .filter(|event| lasting || days(event.filed, as_of) <= PAST);
    let accelerated = counted.iter().find(|event| event.item.as_deref().map(canonical) == Some("2.04"));
    let (severity, zone) = match (bankruptcy, accelerated) {
        (Some(_), _) if lasting => (Severity::Critical, "bankruptcy"),
        _ if patterns.iter().any(|pattern| pattern.severity >= Severity::High) => (Severity::High, "pattern"),
        (_, Some(_)) => (Severity::High, "acceleration"),
        (Some(_), _) => (Severity::Caution, "past_bankruptcy"),
        _ if counted.iter().any(|event| event.weight >= 3.0) || total >= 6.0 => (Severity::Caution, "eventful"),
        _ if total > 0.0 => (Severity::Info, "routine"),
        _ => (Severity::None, "none"),
    };
    let gravest = counted.iter().filter(|event| event.weight > 0.0).max_by(|one, other| {
        decayed(one.weight, days(one.filed, as_of)).total_cmp(&decayed(other.weight, days(other.filed, as_of)))
    });
    let why = match (bankruptcy, gravest) {
        (Some(event), _) => {
            format!("Item {} ({}) filed {}", event.item.as_deref().unwrap_or(""), event.title, event.filed)
        }
        (None, Some(event)) => format!(
            "{} weighed events in two years; the heaviest now is item {} ({}) filed {}",
            counted.iter().filter(|event| event.weight > 0.0).count(),
            event.item.as_deref().unwrap_or(""),
            event.title,
            event.filed
        ),
        (None, None) => "no weighed event in the 8-Ks of two years".to_owned(),
    };
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = Some(total);
    signal.zone = Some(zone.to_owned());
    signal.formula = format!(
        "sum over items of 8-Ks filed in the last {WINDOW} days of weight x 0.5^(age in days / {HALF_LIFE:.0}); weights: {}; items \
         3.01, 4.01 and 4.02 are counted by the signals delisting, auditor_change and non_reliance only; amendments (8-K/A) \
         weigh nothing",
        ITEMS
            .iter()
            .filter(|item| item.charged_to == HERE)
            .map(|item| format!("{} {}", item.code, item.weight))
            .collect::<Vec<_>>()
            .join(", ")
    );
    signal.source =
        "Form 8-K (SEC 873), items since 23 August 2004 and before; weights are this program's own".to_owned();
    let mut shown: Vec<&Event> = counted.iter().copied().filter(|event| event.weight > 0.0).collect();
    if let Some(event) = bankruptcy
        && !shown.iter().any(|shown| std::ptr::eq(*shown, event))
    {
        shown.push(event);
    }
    for event in shown.into_iter().take(40) {
        signal.evidence.push(evidence(event));
    }
    signal.parts = patterns;
    signal
}

fn evidence(event: &Event) -> crate::signal::Evidence {
    crate::signal::Evidence {
        quote: event.quote.clone(),
        form: event.form.clone(),
        item: event.item.clone(),
        filed: event.filed,
        accession: event.accession.clone(),
        url: event.url.clone(),
    }
}

/// Things that mean more together.
fn patterns(reader: Reader<'_>, events: &[Event]) -> Vec<Signal> {
    const PATTERNS: &[(&str, &[(&str, usize)], Severity, &str)] = &[
        (
            "events_8k.auditor_restatement_departures",
            &[("4.01", 1), ("4.02", 1), ("5.02", 1)],
            Severity::High,
            "change of auditor, non-reliance on statements and departures or elections (5.02)",
        ),
        (
            "events_8k.delisting_auditor",
            &[("3.01", 1), ("4.01", 1)],
            Severity::High,
            "listing notice and change of auditor",
        ),
        (
            "events_8k.acceleration_impairment",
            &[("2.04", 1), ("2.06", 1)],
            Severity::High,
            "accelerated debt and impairments",
        ),
        (
            "events_8k.control_shell",
            &[("5.01", 1), ("5.06", 1)],
            Severity::Caution,
            "change in control and of shell status",
        ),
        (
            "events_8k.unregistered_sales",
            &[("3.02", 3)],
            Severity::Caution,
            "three or more unregistered sales of equity",
        ),
    ];
    let as_of = reader.case.as_of;
    let mut found = Vec::new();
    for (id, wants, severity, what) in PATTERNS {
        let of = |code: &'static str| {
            events.iter().filter(move |event| {
                event.item.as_deref().map(canonical) == Some(code)
                    && !event.form.ends_with("/A")
                    && days(event.filed, as_of) <= WINDOW
            })
        };
        // Every event of the first kind may be the middle of the story.
        let story = of(wants[0].0).find_map(|anchor| {
            let mut story: Vec<&Event> = Vec::new();
            for (code, count) in *wants {
                let near: Vec<&Event> =
                    of(code).filter(|event| days(event.filed, anchor.filed).abs() <= TOGETHER).collect();
                if near.len() < *count {
                    return None;
                }
                story.extend(near);
            }
            Some(story)
        });
        if let Some(mut story) = story {
            story.sort_by_key(|event| std::cmp::Reverse(event.filed));
            story.truncate(12);
            let first = story.last().map(|event| event.filed);
            let last = story.first().map(|event| event.filed);
            let mut part = Signal::ran(
                id,
                *severity,
                format!(
                    "{what} within a year of each other, from {} to {}",
                    first.map_or_else(String::new, |date| date.to_string()),
                    last.map_or_else(String::new, |date| date.to_string())
                ),
            );
            part.value = Some(story.len() as f64);
            part.evidence = story.into_iter().map(evidence).collect();
            found.push(part);
        }
    }
    found
}
