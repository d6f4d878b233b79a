//! The signal `going_concern`: the newest annual report and the quarterly reports since, read for doubt.

use std::ops::Range;

use edgar::document::Document;
use edgar::index::Filing;

use crate::signal::{Evidence, Severity, Signal};
use crate::wording;

use super::going_concern::{self, Class, Mention};
use super::reader::{self, Reader, amends_annual, is_annual, is_quarterly};

const ID: &str = "going_concern";
/// An annual report older than this is said to be old: the next one is overdue for every class of filer.
const OLD: i32 = 550;
/// Quotes kept of each class.
const QUOTES: usize = 8;

/// The reports that are read: the newest annual report, its newest amendment, and the newest quarterly reports
/// after it. Newest first.
pub(super) fn reports<'a>(filings: impl Iterator<Item = &'a Filing>) -> Vec<&'a Filing> {
    const QUARTERLIES: usize = 2;
    let mut annual: Option<&Filing> = None;
    let mut amendment: Option<&Filing> = None;
    let mut quarterly: Vec<&Filing> = Vec::new();
    for filing in filings {
        if is_annual(filing) {
            annual = Some(filing);
            break;
        }
        if amends_annual(filing) {
            amendment = amendment.or(Some(filing));
        } else if is_quarterly(filing) && quarterly.len() < QUARTERLIES {
            quarterly.push(filing);
        }
    }
    let mut reports = quarterly;
    reports.extend(amendment);
    reports.extend(annual);
    reports.sort_by_key(|filing| std::cmp::Reverse(filing.filed));
    reports
}

/// One report that was read.
struct Reading<'a> {
    filing: &'a Filing,
    document: &'a Document,
    mentions: Vec<Mention>,
    reports: Vec<Range<usize>>,
}

impl Reading<'_> {
    fn count(&self, class: Class) -> usize {
        self.mentions.iter().filter(|mention| mention.class == class).count()
    }

    fn doubts(&self) -> usize {
        self.mentions.iter().filter(|mention| mention.class.is_claim()).count()
    }

    fn where_it_stands(&self, mention: &Mention) -> Option<&'static str> {
        if self.reports.iter().any(|report| report.contains(&mention.sentence.start)) {
            return Some("auditor's report");
        }
        reader::section_name(self.document, mention.sentence.start)
    }
}

pub(super) fn signal(reader: Reader<'_>) -> Signal {
    let wanted = reports(reader.filings());
    if wanted.is_empty() {
        return if reader.filings().next().is_none() {
            Signal::not_run(ID, "no filings were public on that day")
        } else {
            Signal::not_applicable(ID, "has filed no annual or quarterly report")
        };
    }
    let mut read: Vec<Reading<'_>> = Vec::new();
    let mut unread: Vec<String> = Vec::new();
    for filing in wanted {
        match reader.open(filing) {
            Ok(document) => {
                let reports: Vec<Range<usize>> = document
                    .auditor_reports()
                    .into_iter()
                    .filter(|report| !report.only_internal_control)
                    .map(|report| report.range)
                    .collect();
                let mentions = going_concern::read(document, &reports);
                read.push(Reading { filing, document, mentions, reports });
            }
            Err(why) => unread.push(format!("{} filed {} was not read: {why}", filing.form, filing.filed)),
        }
    }
    if read.is_empty() {
        return Signal::not_run(ID, unread.join("; "));
    }
    let mut signal = judged(&read);
    if let Some(annual) = read.iter().find(|reading| is_annual(reading.filing))
        && reader.age(annual.filing) > OLD
    {
        signal.why.push_str(&format!(
            "; the newest annual report is of {} and {} days old on {}",
            annual.filing.filed,
            reader.age(annual.filing),
            reader.case.as_of
        ));
    }
    for why in unread {
        signal.why.push_str("; ");
        signal.why.push_str(&why);
    }
    signal.formula = "sentences that state doubt about the company's ability to continue as a going concern, in the newest \
                      report that states any; each mention in the newest annual report and the quarterly reports since is \
                      classified by the verb that governs it and by who says it"
        .to_owned();
    signal.source = "PCAOB AS 2415 (the auditor's consideration), ASC 205-40 (management's), IAS 1.25".to_owned();
    for class in Class::ALL {
        signal.parts.extend(part(reader, &read, class));
    }
    signal.evidence = evidence(&signal);
    signal
}

/// What the reports say together. The newest report that says anything of its own decides, except that a quarterly
/// report's silence or management's words do not take back what an auditor stated.
fn judged(read: &[Reading<'_>]) -> Signal {
    let deciding = read.iter().find(|reading| reading.doubts() > 0 || reading.count(Class::Alleviated) > 0);
    let Some(newest) = deciding else {
        let (mentions, reports) = (read.iter().map(|reading| reading.mentions.len()).sum::<usize>(), read.len());
        let denied = read.iter().any(|reading| reading.count(Class::Denial) > 0);
        let zone = if denied {
            "denied"
        } else if mentions > 0 {
            "boilerplate"
        } else {
            "none"
        };
        let why = if mentions == 0 {
            format!(
                "no mention in {} read, newest filed {}",
                wording::count(reports, "report", "reports"),
                read[0].filing.filed
            )
        } else {
            format!(
                "{} in {} read, none of which states doubt about the company",
                wording::count(mentions, "mention", "mentions"),
                wording::count(reports, "report", "reports")
            )
        };
        let mut signal = Signal::ran(ID, Severity::None, why);
        signal.value = Some(0.0);
        signal.zone = Some(zone.to_owned());
        return signal;
    };
    let filed = |reading: &Reading<'_>| format!("{} filed {}", reading.filing.form, reading.filing.filed);
    let auditor = read.iter().find(|reading| reading.count(Class::AuditorDoubt) > 0);
    let (class, severity, why, value) = if newest.doubts() > 0 {
        match auditor {
            Some(reading) => (
                Class::AuditorDoubt,
                Severity::Critical,
                format!("the auditor's doubt is stated in the {}", filed(reading)),
                newest.doubts(),
            ),
            None => (
                Class::ManagementDoubt,
                Severity::High,
                format!("management states substantial doubt in the {}", filed(newest)),
                newest.doubts(),
            ),
        }
    } else {
        let before = read
            .iter()
            .find(|reading| reading.doubts() > 0)
            .map(|reading| format!("; the earlier {} still stated doubt", filed(reading)));
        (
            Class::Alleviated,
            Severity::Caution,
            format!("the {} says that the doubt was alleviated{}", filed(newest), before.unwrap_or_default()),
            0,
        )
    };
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = Some(value as f64);
    signal.zone = Some(class.name().to_owned());
    signal
}

/// All mentions of one class as a part; none where there are none.
fn part(reader: Reader<'_>, read: &[Reading<'_>], class: Class) -> Option<Signal> {
    let count: usize = read.iter().map(|reading| reading.count(class)).sum();
    if count == 0 {
        return None;
    }
    let severity = match class {
        Class::AuditorDoubt => Severity::Critical,
        Class::ManagementDoubt => Severity::High,
        Class::Alleviated => Severity::Caution,
        Class::OtherEntity | Class::Hypothetical => Severity::Info,
        Class::Denial | Class::Boilerplate => Severity::None,
    };
    let mut part =
        Signal::ran(&format!("{ID}.{}", class.name()), severity, wording::count(count, "mention", "mentions"));
    part.value = Some(count as f64);
    part.zone = Some(class.name().to_owned());
    for reading in read {
        let mentions = reading.mentions.iter().filter(|mention| mention.class == class);
        // The auditor's own report speaks before what others say of it.
        let mut mentions: Vec<&Mention> = mentions.collect();
        mentions.sort_by_key(|mention| reading.where_it_stands(mention) != Some("auditor's report"));
        for mention in mentions.into_iter().take(QUOTES.saturating_sub(part.evidence.len())) {
            let item = reading.where_it_stands(mention);
            part.evidence.push(reader.quote(reading.filing, item, reading.document, mention.sentence.clone()));
        }
    }
    Some(part)
}

/// The evidence of the whole: of the gravest parts first; what is boilerplate stays in its part.
fn evidence(signal: &Signal) -> Vec<Evidence> {
    let tells = |part: &&Signal| part.severity >= Severity::Caution || part.zone.as_deref() == Some("denial");
    signal.parts.iter().filter(tells).flat_map(|part| part.evidence.iter().take(4).cloned()).collect()
}
