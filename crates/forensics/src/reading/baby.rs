//! The baby-shelf limit: General Instruction I.B.6 of Form S-3 (I.B.5 of Form F-3), as filings word it and as it is computed.

use edgar::document::Document;
use edgar::index::Filing;

use crate::signal::{Evidence, Input, Severity, Signal};

use super::prose::{self, has, patterns};
use super::reader::{Reader, days};

/// The public float below which General Instruction I.B.6 limits what may be sold, in dollars.
const BABY_SHELF_FLOAT: f64 = 75_000_000.0;
/// A float is stated for the end of the second quarter in the annual report; an older one says nothing of today, in days.
const FLOAT_OLD: i32 = 730;

patterns! {
    BABY_SHELF = r"(?i)\bGeneral Instruction\s+I\.B\.[56]|\bInstruction I\.B\.[56]";
    FLOAT = r"(?i)\b(?:public float|held by (?:our )?non-?\s?affiliates)\b";
    SOLD_BEFORE = r"(?i)\b(?:have|has|will have)(?: not)? (?:previously )?(?:offered and )?sold\b|\b(?:not|no) (?:offered|sold|securities)";
}

/// What General Instruction I.B.6 lets a company sell, as one of its filings words it.
pub(super) struct BabyShelf {
    pub(super) float: Option<f64>,
    pub(super) sold: Option<f64>,
    pub(super) evidence: Vec<Evidence>,
}

/// What a filing says of the limit; none where it does not speak of it.
pub(super) fn stated(reader: Reader<'_>, filing: &Filing, document: &Document) -> Option<BabyShelf> {
    let text = document.text();
    let at = BABY_SHELF.find(text)?.start;
    let all = document.sentences();
    let index = all.partition_point(|sentence| sentence.end <= at);
    let mut baby = BabyShelf { float: None, sold: None, evidence: Vec::new() };
    for sentence in all.get(index.saturating_sub(3)..(index + 4).min(all.len()))? {
        let words = &text[sentence.clone()];
        let amounts = prose::amounts(words);
        let keep = has(&BABY_SHELF, words) || has(&FLOAT, words);
        if has(&FLOAT, words) && baby.float.is_none() {
            // The threshold itself is no float.
            baby.float = amounts
                .iter()
                .map(|(_, amount)| *amount)
                .find(|amount| *amount > 10_000.0 && (*amount - BABY_SHELF_FLOAT).abs() > 1.0);
        }
        if has(&SOLD_BEFORE, words) && has(&BABY_SHELF, words) && baby.sold.is_none() {
            let not = prose::plain(words);
            baby.sold = if not.contains("not ") || not.contains(" no ") {
                Some(0.0)
            } else {
                amounts.iter().map(|(_, amount)| *amount).find(|amount| (*amount - BABY_SHELF_FLOAT).abs() > 1.0)
            };
        }
        if keep {
            baby.evidence.push(reader.quote(filing, None, document, sentence.clone()));
        }
    }
    (!baby.evidence.is_empty()).then_some(baby)
}

/// A third of the public float of the newest annual report's cover, less what was taken down in twelve months.
pub(super) fn limit(reader: Reader<'_>, year: Vec<Input>) -> Signal {
    const ID: &str = "shelf.baby_limit";
    const TAG: &str = "dei:EntityPublicFloat";
    let as_of = reader.case.as_of;
    let Some(facts) = &reader.case.facts else {
        return Signal::not_run(ID, format!("the baby-shelf limit was not computed: {}", reader.case.why_no_facts));
    };
    let view = facts.as_of(as_of);
    let newest = view.of(TAG).filter(|fact| fact.value > 0.0).max_by_key(|fact| (fact.end, fact.filed));
    let Some(fact) = newest else {
        return Signal::not_run(
            ID,
            "the baby-shelf limit was not computed: no cover page states a public float in XBRL",
        );
    };
    let float = view.figure(TAG, fact);
    if float.unit != "USD" {
        return Signal::not_run(
            ID,
            format!(
                "the baby-shelf limit was not computed: the public float is stated in {}, not in dollars",
                float.unit
            ),
        );
    }
    if days(float.end, as_of) > FLOAT_OLD {
        return Signal::not_run(
            ID,
            format!("the baby-shelf limit was not computed: the newest public float is of {}", float.end),
        );
    }
    let sold: f64 = year.iter().map(|input| input.value).sum();
    let third = float.value / 3.0;
    let mut signal = if float.value < BABY_SHELF_FLOAT {
        let left = (third - sold).max(0.0);
        let mut signal = Signal::ran(
            ID,
            Severity::Caution,
            format!(
                "at most a third of the public float may be sold in twelve months: ${third:.0} of ${:.0} on {}, less ${sold:.0} \
                 taken down, leaves ${left:.0}",
                float.value, float.end
            ),
        );
        signal.value = Some(left);
        signal.zone = Some("limited".to_owned());
        signal
    } else {
        let mut signal = Signal::ran(
            ID,
            Severity::None,
            format!(
                "the public float of ${:.0} on {} is not below ${BABY_SHELF_FLOAT:.0}: no limit by that figure",
                float.value, float.end
            ),
        );
        signal.zone = Some("not_limited".to_owned());
        signal
    };
    signal.formula = "one third of dei:EntityPublicFloat of the newest annual report (the shares of non-affiliates at the last \
                      business day of the second quarter) where that is below 75,000,000 USD, less the totals of prospectuses \
                      under shelves in 365 days, in USD. The instruction takes the highest price of the last 60 days and the \
                      shares of today, which no filing states: the real limit may differ"
        .to_owned();
    signal.source = "Form S-3 General Instruction I.B.6; Form F-3 General Instruction I.B.5".to_owned();
    crate::figures::inputs("public float", &float, &mut signal.inputs);
    signal.inputs.extend(year);
    signal
}
