//! `ownership_13`: who holds more than five per cent, who came, who left, and who changed from 13G to 13D.

use std::collections::HashMap;

use jiff::civil::Date;

use edgar::index::Filing;
use edgar::schedule13::{self, Kind, Schedule13};

use crate::case::Case;
use crate::signal::{Input, Severity, Signal};

use super::{Batch, cut, evidence, shown};

/// Its id in the contract.
pub const ID: &str = "ownership_13";
/// What its filings are called.
const KIND: &str = "Schedules 13D and 13G";
/// Days before the day of the reading that count: a yearly 13G/A and a month.
pub const WINDOW: i32 = 400;
/// Filings that are read, newest first.
pub const MOST: usize = 10;
/// The threshold of Section 13(d), in per cent.
const THRESHOLD: f64 = 5.0;

const FORMULA: &str = "Largest stake in per cent of the class that any holder's newest Schedule 13D or 13G of the 400 \
    days to the day of the reading reports. Persons of one filing report the same shares again, so a filing's stake \
    is its largest person's. A holder crossed 5 % upward with a first schedule, and downward with an amendment at \
    or below 5 %.";
const SOURCE: &str = "Exchange Act Section 13(d) and (g), Rules 13d-1 and 13d-2";

/// Filings that the signal reads, newest first.
pub fn relevant(filings: &[Filing], as_of: Date) -> Vec<&Filing> {
    super::within(filings, as_of, WINDOW, |form| {
        matches!(
            form,
            "SC 13D"
                | "SC 13D/A"
                | "SC 13G"
                | "SC 13G/A"
                | "SCHEDULE 13D"
                | "SCHEDULE 13D/A"
                | "SCHEDULE 13G"
                | "SCHEDULE 13G/A"
        )
    })
}

/// What a filing means for a holder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Move {
    Crossed,
    Left,
    Amended,
    Switched,
}

impl Move {
    fn zone(self) -> &'static str {
        match self {
            Move::Crossed => "crossed_up",
            Move::Left => "crossed_down",
            Move::Amended => "amended",
            Move::Switched => "13g_to_13d",
        }
    }
}

/// Computes the signal.
pub fn signal(case: &Case) -> Signal {
    let batch = Batch::read(
        &relevant(&case.filings, case.as_of),
        MOST,
        |filing| {
            let name = crate::wanted::primary_name(filing);
            super::bytes(case, filing)
                .and_then(|bytes| schedule13::read(&name, bytes).map_err(|problem| problem.to_string()))
        },
        |schedule| is_foreign(case, schedule),
    );
    match batch.nothing(case, ID, KIND, WINDOW) {
        Some(signal) => finish(signal),
        None => finish(compute(case, &batch)),
    }
}

fn finish(mut signal: Signal) -> Signal {
    FORMULA.clone_into(&mut signal.formula);
    SOURCE.clone_into(&mut signal.source);
    signal
}

/// A schedule that the company filed about another one: its index holds these too.
fn is_foreign(case: &Case, schedule: &Schedule13) -> bool {
    match schedule.issuer {
        Some(issuer) => issuer != case.company.cik,
        None => {
            !schedule.issuer_name.is_empty()
                && !super::is_company(&case.company, &schedule.issuer_name)
                && schedule.persons.iter().any(|person| super::is_company(&case.company, &person.name))
        }
    }
}

fn kind(filing: &Filing, schedule: &Schedule13) -> Option<Kind> {
    schedule13::kind_of(&filing.form).or(schedule.kind)
}

fn compute(case: &Case, batch: &Batch<'_, Schedule13>) -> Signal {
    let read = &batch.read;
    let holder =
        |schedule: &Schedule13| super::plain_name(schedule.persons.first().map_or("", |person| person.name.as_str()));
    // Oldest first, so that each filing is held against what the same holder filed before.
    let mut before: HashMap<String, Kind> = HashMap::new();
    let mut moves: Vec<Move> = vec![Move::Amended; read.len()];
    for (index, (filing, schedule)) in read.iter().enumerate().rev() {
        let amendment = filing.form.ends_with("/A") || schedule.amendment;
        let kind = kind(filing, schedule);
        let switched = kind == Some(Kind::D) && before.get(&holder(schedule)) == Some(&Kind::G);
        let below = schedule.percent().is_some_and(|percent| percent <= THRESHOLD);
        moves[index] = if switched {
            Move::Switched
        } else if below {
            Move::Left
        } else if amendment {
            Move::Amended
        } else {
            Move::Crossed
        };
        if let Some(kind) = kind {
            before.insert(holder(schedule), kind);
        }
    }
    // The newest of each holder is where he stands today.
    let mut newest: HashMap<String, usize> = HashMap::new();
    for (index, (_, schedule)) in read.iter().enumerate() {
        newest.entry(holder(schedule)).or_insert(index);
    }
    let standing: Vec<usize> = newest.values().copied().collect();
    let largest = standing.iter().filter_map(|index| read[*index].1.percent()).reduce(f64::max);
    let active = standing
        .iter()
        .filter(|index| {
            let (filing, schedule) = &read[**index];
            kind(filing, schedule) == Some(Kind::D) && schedule.percent().is_none_or(|percent| percent > THRESHOLD)
        })
        .count();
    let count = |wanted: Move| moves.iter().filter(|found| **found == wanted).count();
    let (up, down, switched) = (count(Move::Crossed), count(Move::Left), count(Move::Switched));
    let zone = if active > 0 {
        "active_holder"
    } else if largest.is_some_and(|percent| percent > THRESHOLD) {
        "passive_holders"
    } else {
        "below_threshold"
    };
    let severity = if switched > 0 {
        Severity::Caution
    } else if active > 0 || up > 0 || down > 0 {
        Severity::Info
    } else {
        Severity::None
    };
    let mut why = match largest {
        Some(largest) => {
            format!("{} holders by their newest schedules, the largest with {} %", newest.len(), shown(largest))
        }
        None => format!("{} holders by their newest schedules, none of which states a per cent", newest.len()),
    };
    why.push_str(&format!("; {active} active (13D), {up} crossed 5 % upward, {down} are at or below it"));
    if switched > 0 {
        why.push_str(&format!(", {switched} changed from 13G to 13D"));
    }
    why.push_str(&format!("; {WINDOW} days to {}", case.as_of));
    why.push_str(&batch.rest(KIND, MOST));
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = largest;
    signal.zone = Some(zone.to_owned());
    for (name, value) in [
        ("holders by their newest schedules", newest.len()),
        ("active holders (13D)", active),
        ("crossed 5 % upward", up),
        ("at or below 5 %", down),
        ("changed from 13G to 13D", switched),
        ("schedules in the window", batch.filed),
    ] {
        signal.inputs.push(Input {
            name: name.to_owned(),
            value: value as f64,
            unit: "filings".to_owned(),
            tag: "schedule13".to_owned(),
            start: case.as_of.checked_sub(jiff::Span::new().days(WINDOW)).ok(),
            end: Some(case.as_of),
            accession: None,
        });
    }
    for ((filing, schedule), found) in read.iter().zip(&moves) {
        signal.parts.push(part(case, filing, schedule, *found));
        signal.evidence.push(evidence(&case.company, filing, String::new()));
    }
    signal
}

fn part(case: &Case, filing: &Filing, schedule: &Schedule13, found: Move) -> Signal {
    let name = schedule.persons.first().map_or_else(|| "An unnamed holder".to_owned(), |person| cut(&person.name, 60));
    let mut words = name;
    if schedule.persons.len() > 1 {
        words.push_str(&format!(" and {} more", schedule.persons.len() - 1));
    }
    words.push_str(&match schedule.percent() {
        Some(percent) => format!(": {} %", shown(percent)),
        None => ": a stake that is not stated".to_owned(),
    });
    if let Some(shares) = schedule.shares() {
        words.push_str(&format!(", {} shares", shown(shares)));
    }
    if let Some(event) = schedule.event {
        words.push_str(&format!(", event of {event}"));
    }
    words.push_str(match found {
        Move::Crossed => ", first schedule",
        Move::Left => ", at or below 5 %",
        Move::Amended => ", amendment",
        Move::Switched => ", 13D after a 13G",
    });
    let severity = match found {
        Move::Switched => Severity::Caution,
        Move::Crossed | Move::Left => Severity::Info,
        Move::Amended => Severity::None,
    };
    let mut signal = Signal::ran(&format!("{ID}.{}", filing.accession), severity, words);
    signal.value = schedule.percent();
    signal.zone = Some(found.zone().to_owned());
    "largest per cent of the class on the cover pages".clone_into(&mut signal.formula);
    "Schedule 13D row 13, Schedule 13G row 11".clone_into(&mut signal.source);
    for (name, value, unit, tag) in [
        ("per cent of the class", schedule.percent(), "percent", "schedule13:percentOfClass"),
        ("aggregate amount beneficially owned", schedule.shares(), "shares", "schedule13:aggregateAmountOwned"),
    ] {
        if let Some(value) = value {
            signal.inputs.push(Input {
                name: name.to_owned(),
                value,
                unit: unit.to_owned(),
                tag: tag.to_owned(),
                start: None,
                end: schedule.event,
                accession: Some(filing.accession.clone()),
            });
        }
    }
    signal.evidence.push(evidence(&case.company, filing, String::new()));
    signal
}
