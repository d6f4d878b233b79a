//! The signal `material_weakness`: what the newest annual report, and quarterly reports since, conclude about
//! controls.

use std::ops::Range;

use edgar::document::{Document, SectionKind};
use edgar::index::Filing;

use crate::signal::{Severity, Signal};
use crate::wording::count;

use super::doubt::reports;
use super::prose::{self, has, patterns};
use super::reader::{self, Reader, amends_annual, is_annual};

const ID: &str = "material_weakness";

/// What a sentence says about controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// Controls were concluded not to be effective.
    Ineffective,
    /// A material weakness is reported.
    Weakness,
    /// A material weakness is said to be gone.
    Remediated,
    /// Controls were concluded to be effective.
    Effective,
}

impl Says {
    /// Its name, as the signal's parts are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ineffective => "ineffective",
            Self::Weakness => "weakness",
            Self::Remediated => "remediated",
            Self::Effective => "effective",
        }
    }
}

patterns! {
    CONTROLS = r"\b(?:internal controls?|disclosure controls|controls and procedures|control over financial reporting|icfr|material weakness(?:es)?|effective controls|controls over)\b";
    NOT_EFFECTIVE = r"\b(?:not (?:been |being |operating |fully |maintained )*effective|ineffective|(?:did|has|have|had) not (?:\w+ (?:and|or) )?(?:design|maintain|have|operate|establish|implement)\w*(?: (?:and|or) \w+)?(?: [\w-]+){0,2}? effective|were not operating effectively|not effective)\b";
    EFFECTIVE = r"\b(?:(?:is|are|was|were|maintained|being)(?: in all material respects,?)?(?: operating)? effective(?:ly)?|maintained, in all material respects, effective)\b";
    WEAKNESS = r"\bmaterial weakness(?:es)?\b";
    IDENTIFIED = r"\b(?:identified|following|existed|exists?|constitut(?:e|es|ed)|result(?:ed|ing)? in|ha(?:s|ve|d) (?:a |several |certain )?material weakness|due to (?:a|the|certain)|because of (?:a|the|certain)|concluded that|disclosed|related to|reported|discovered|aware of|described|(?:determined|considered|deemed) (?:to be|a|material)|continu\w+ to (?:have|exist|be)|remains? (?:a|un))\b";
    /// What was found in other years is history, unless it is said to go on.
    PAST = r"^(?:in|during) (?:the )?(?:past|(?:prior|previous|earlier|preceding) (?:fiscal )?(?:periods?|years?|quarters?))\b|\bin the past\b|\bin (?:prior|previous|earlier) (?:fiscal )?(?:periods?|years?)\b|^as previously (?:disclosed|reported)\b[^;]*\bfor the (?:fiscal )?(?:year|quarter|period) ended\b";
    GOES_ON = r"\b(?:continu\w+|remains?|still|not (?:yet |been )*remediated|persists?)\b";
    NO_WEAKNESS = r"\b(?:no|not (?:identif\w+|aware of|result in|constitute|any)(?: any| a)?|did not (?:identify|find|note|constitute)|without|nor|whether|previously|formerly)\b[^;]{0,60}material weakness|material weakness(?:es)? (?:previously|that (?:was|were|had been)|identified in (?:prior|earlier|previous)|in (?:the )?prior)";
    DEFINES = r"\bmaterial weakness(?:es)? (?:is|are|means|as defined)(?: defined as)? (?:an? )?(?:significant )?(?:deficiency|deficiencies|control deficiency|combination)|\bdefin(?:ed|es|ition)\b[^;]*material weakness|\breasonable possibility that a material misstatement\b|\bassess(?:ing|ment of) the risk that a material weakness exists\b|\brisks? that a material weakness\b";
    FEARED = r"\b(?:could|may|might|would|if|should|unless|cannot (?:assure|be certain)|no assurance|in the future|potential|possible)\b";
    REMEDIATED = r"\b(?:ha(?:s|ve) been|was|were|is|are|now|successfully|fully|completed?(?: the)?|have)(?: \w+){0,2} (?:remediated|remediation|corrected)\b|\bremediation\b[^;]{0,60}\b(?:was|is|has been) complete|\bremediated (?:the|our|this|that|these|all)\b|\bable to remediate (?:the|our|this)\b";
    NOT_REMEDIATED = r"\b(?:not|until|will be|cannot|when|once|to be|before|unless|whether|if|would|plan|expect|continu\w+)\b[^;]*\b(?:remediat|corrected)";
    CONDITIONAL_START = r"^(?:if|should|unless|any failure|failure to|we cannot|there can be|although we (?:have not|did not))\b";
}

/// What the sentences of a part on controls say, gravest first.
pub fn says(document: &Document) -> Vec<Says> {
    let mut says: Vec<Says> =
        read(document, 0..document.text().len(), false).into_iter().map(|(says, _)| says).collect();
    says.sort_unstable();
    says
}

/// What each sentence of a part of a report says about controls.
fn read(document: &Document, within: Range<usize>, only_conclusions: bool) -> Vec<(Says, Range<usize>)> {
    let text = document.text();
    let mut found = Vec::new();
    for sentence in
        document.sentences().iter().filter(|sentence| sentence.start >= within.start && sentence.end <= within.end)
    {
        let words = &text[sentence.clone()];
        // Most sentences of a report say nothing of this; the plain form is made only for those that may.
        if !words.contains("ontrol")
            && !words.contains("weakness")
            && !words.contains("WEAKNESS")
            && !words.contains("CONTROL")
        {
            continue;
        }
        let plain = prose::plain(words);
        if !has(&CONTROLS, &plain) || has(&DEFINES, &plain) || has(&CONDITIONAL_START, &plain) {
            continue;
        }
        // "Financial reporting" is no report.
        let concluded =
            ["conclu", "determin", "assess", "evaluat", "believe", "opinion", "we have audited", "report ", "reported"]
                .iter()
                .any(|word| plain.contains(word));
        if has(&WEAKNESS, &plain) && has(&REMEDIATED, &plain) && !has(&NOT_REMEDIATED, &plain) {
            found.push((Says::Remediated, sentence.clone()));
        } else if has(&NOT_EFFECTIVE, &plain) && (!has(&FEARED, &plain) || concluded) && !plain.contains("may become") {
            if concluded || !only_conclusions {
                found.push((Says::Ineffective, sentence.clone()));
            }
        } else if has(&WEAKNESS, &plain)
            && has(&IDENTIFIED, &plain)
            && !has(&NO_WEAKNESS, &plain)
            && (!has(&PAST, &plain) || has(&GOES_ON, &plain))
            && !has(&FEARED, &plain)
        {
            found.push((Says::Weakness, sentence.clone()));
        } else if has(&EFFECTIVE, &plain)
            && concluded
            && !plain.contains("whether")
            && !plain.contains(" until ")
            && !has(&FEARED, &plain)
        {
            found.push((Says::Effective, sentence.clone()));
        }
    }
    found
}

/// The report's part on controls, and whether it is that part or the whole text for want of it.
fn controls(document: &Document) -> (Vec<Range<usize>>, bool) {
    let sections: Vec<Range<usize>> = document
        .sections()
        .iter()
        .filter(|section| section.kind == SectionKind::Controls)
        .map(|section| section.start..section.end)
        .collect();
    if sections.is_empty() { (std::iter::once(0..document.text().len()).collect(), false) } else { (sections, true) }
}

fn of(document: &Document) -> (Vec<(Says, Range<usize>)>, bool) {
    let (ranges, by_section) = controls(document);
    (ranges.into_iter().flat_map(|range| read(document, range, !by_section)).collect(), by_section)
}

pub(super) fn signal(reader: Reader<'_>) -> Signal {
    let wanted: Vec<&Filing> = reports(reader.filings());
    if wanted.is_empty() {
        return if reader.filings().next().is_none() {
            Signal::not_run(ID, "no filings were public on that day")
        } else {
            Signal::not_applicable(ID, "has filed no annual or quarterly report")
        };
    }
    let mut read: Vec<(&Filing, &Document, Vec<(Says, Range<usize>)>, bool)> = Vec::new();
    let mut unread = Vec::new();
    for filing in wanted {
        match reader.open(filing) {
            Ok(document) => {
                let (found, by_section) = of(document);
                read.push((filing, document, found, by_section));
            }
            Err(why) => unread.push(format!("{} filed {} was not read: {why}", filing.form, filing.filed)),
        }
    }
    if read.is_empty() {
        return Signal::not_run(ID, unread.join("; "));
    }
    // The newest report that concludes anything decides; the annual report's assessment stands until then.
    let says = |found: &[(Says, Range<usize>)], what: Says| found.iter().any(|(says, _)| *says == what);
    let deciding = read.iter().find(|(_, _, found, _)| !found.is_empty());
    let Some((filing, _, found, by_section)) = deciding else {
        let mut signal = Signal::ran(
            ID,
            Severity::None,
            format!(
                "no conclusion about controls was found in {}; newest filed {}",
                count(read.len(), "report", "reports"),
                read[0].0.filed
            ),
        );
        signal.zone = Some("unclear".to_owned());
        signal.formula =
            "sentences of the part on controls (Item 9A; 10-Q Item 4; 20-F Item 15) of the newest report that conclude \
                          controls not effective or report a material weakness; definitions, conditions and fears left out"
                .to_owned();
        signal.source = "Regulation S-K Items 307 and 308; PCAOB AS 2201".to_owned();
        return signal;
    };
    let annual = read.iter().find(|(filing, ..)| is_annual(filing) || amends_annual(filing));
    let annual_bad =
        annual.is_some_and(|(_, _, found, _)| says(found, Says::Ineffective) || says(found, Says::Weakness));
    let (zone, severity, what) = if says(found, Says::Ineffective)
        || says(found, Says::Weakness) && (*by_section || !says(found, Says::Effective))
    {
        let newly_remediated = says(found, Says::Remediated) && !says(found, Says::Ineffective);
        if newly_remediated {
            ("remediated", Severity::Info, "a material weakness is said to be remediated")
        } else if says(found, Says::Ineffective) {
            ("ineffective", Severity::High, "controls were concluded not to be effective")
        } else {
            ("ineffective", Severity::High, "a material weakness is reported")
        }
    } else if says(found, Says::Remediated) {
        ("remediated", Severity::Info, "a material weakness is said to be remediated")
    } else if says(found, Says::Effective) && annual_bad && !is_annual(filing) {
        (
            "effective_since",
            Severity::Caution,
            "controls are effective in the newest report, and were not in the annual report",
        )
    } else if says(found, Says::Effective) {
        ("effective", Severity::None, "controls were concluded to be effective")
    } else {
        ("ineffective", Severity::High, "a material weakness is reported")
    };
    let mut why = format!("{what} ({} filed {})", filing.form, filing.filed);
    if !by_section {
        why.push_str("; the part on controls was not found, the whole text was read");
    }
    for problem in unread {
        why.push_str("; ");
        why.push_str(&problem);
    }
    let mut signal = Signal::ran(ID, severity, why);
    signal.zone = Some(zone.to_owned());
    signal.value = Some(found.iter().filter(|(says, _)| *says <= Says::Weakness).count() as f64);
    signal.formula =
        "sentences of the part on controls (Item 9A; 10-Q Item 4; 20-F Item 15) of the newest report that conclude \
                      controls not effective or report a material weakness; definitions, conditions and fears left out"
            .to_owned();
    signal.source = "Regulation S-K Items 307 and 308; PCAOB AS 2201".to_owned();
    for (filing, document, found, _) in &read {
        for (what, name, severity) in [
            (Says::Ineffective, "material_weakness.ineffective", Severity::High),
            (Says::Weakness, "material_weakness.weakness", Severity::High),
            (Says::Remediated, "material_weakness.remediated", Severity::Info),
            (Says::Effective, "material_weakness.effective", Severity::None),
        ] {
            let sentences: Vec<&Range<usize>> =
                found.iter().filter(|(says, _)| *says == what).map(|(_, range)| range).collect();
            if sentences.is_empty() {
                continue;
            }
            let mut part = Signal::ran(
                name,
                severity,
                format!(
                    "{} in the {} filed {}",
                    count(sentences.len(), "sentence", "sentences"),
                    filing.form,
                    filing.filed
                ),
            );
            part.value = Some(sentences.len() as f64);
            part.evidence = sentences
                .into_iter()
                .take(4)
                .map(|range| reader.quote(filing, reader::section_name(document, range.start), document, range.clone()))
                .collect();
            signal.parts.push(part);
        }
    }
    signal.evidence = signal.parts.iter().flat_map(|part| part.evidence.iter().take(2).cloned()).collect();
    signal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(text: &str) -> Vec<Says> {
        let document = Document::read("x.txt", Some("text/plain"), text.as_bytes()).unwrap();
        read(&document, 0..document.text().len(), false).into_iter().map(|(says, _)| says).collect()
    }

    #[test]
    fn conclusions_are_told_from_definitions_and_fears() {
        assert_eq!(
            zone(
                "Management concluded that our internal control over financial reporting was not effective as of June 30."
            ),
            [Says::Ineffective]
        );
        assert_eq!(
            zone("Our disclosure controls and procedures were concluded to be ineffective due to a material weakness."),
            [Says::Ineffective]
        );
        assert_eq!(
            zone("We identified a material weakness in our internal control over financial reporting."),
            [Says::Weakness]
        );
        assert_eq!(
            zone("The material weakness identified in 2022 has been remediated as of December 31, 2023."),
            [Says::Remediated]
        );
        assert_eq!(
            zone("The chief executive officer concluded that disclosure controls and procedures were effective."),
            [Says::Effective]
        );
        for silent in [
            "A material weakness is a deficiency, or a combination of deficiencies, in internal control over financial reporting.",
            "If we identify a material weakness in our internal control over financial reporting, our share price could fall.",
            "The audit included assessing the risk that a material weakness exists in internal control.",
        ] {
            assert_eq!(zone(silent), [], "{silent}");
        }
        assert_eq!(
            zone(
                "The material weakness will not be considered remediated until the controls have operated for a sufficient time."
            ),
            []
        );
    }
}
