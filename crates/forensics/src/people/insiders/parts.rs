//! Each transaction as a part of the signal.

use edgar::ownership::{Owner, Table};

use crate::case::Case;
use crate::people::{cut, evidence, shown};
use crate::signal::{Input, Severity, Signal};

use super::filings::{Deal, Plan};

/// What the codes mean: Form 4, General Instruction 8.
const CODES: &[(&str, &str)] = &[
    ("A", "grant or award"),
    ("C", "conversion of a derivative"),
    ("D", "disposition back to the issuer"),
    ("E", "expiry of a short derivative position"),
    ("F", "shares withheld for price or taxes"),
    ("G", "gift"),
    ("H", "expiry of a long derivative position"),
    ("I", "discretionary transaction of a plan"),
    ("J", "other, explained in a footnote"),
    ("K", "equity swap"),
    ("L", "small acquisition"),
    ("M", "exercise or conversion of an exempt derivative"),
    ("O", "exercise of an out-of-the-money derivative"),
    ("P", "open-market or private purchase"),
    ("S", "open-market or private sale"),
    ("U", "tender in a change of control"),
    ("V", "reported early of free will"),
    ("W", "by will or the laws of descent"),
    ("X", "exercise of an in- or at-the-money derivative"),
    ("Z", "deposit into or withdrawal from a voting trust"),
];

/// The part for a deal.
pub(super) fn part(case: &Case, deal: &Deal) -> Signal {
    let row = &deal.row;
    let id = format!("{}.{}.{}", super::ID, deal.filing.accession, deal.number);
    let mut signal = Signal::ran(&id, severity(deal), sentence(deal));
    signal.value = row.amount();
    signal.zone = (!row.code.is_empty()).then(|| row.code.clone());
    "shares x price per share, USD".clone_into(&mut signal.formula);
    "SEC Form 4, transaction table".clone_into(&mut signal.source);
    let table = match row.table {
        Table::NonDerivative => "nonDerivative",
        Table::Derivative => "derivative",
    };
    let mut input = |name: &str, value: Option<f64>, unit: &str, tag: &str| {
        if let Some(value) = value {
            signal.inputs.push(Input {
                name: name.to_owned(),
                value,
                unit: unit.to_owned(),
                tag: format!("form4:{table}/{}/{tag}", row.code),
                start: None,
                end: row.date,
                accession: Some(deal.filing.accession.clone()),
            });
        }
    };
    input("shares", row.shares, "shares", "transactionShares");
    input("price per share", row.price, "USD/shares", "transactionPricePerShare");
    input("owned afterwards", row.owned_after, "shares", "sharesOwnedFollowingTransaction");
    input("part of the holding", row.share_of_holding(), "pure", "shares / (shares + owned afterwards)");
    if deal.elsewhere > 0.0 {
        input("owned on other lines", Some(deal.elsewhere), "shares", "sharesOwnedFollowingTransaction, other lines");
        input("part of all that is owned", deal.share_of_all(), "pure", "shares / (shares + owned on all lines)");
    }
    let has = |role: fn(&Owner) -> bool| deal.owners.iter().any(role).then_some(1.0);
    input("reported by a director", has(|owner| owner.director), "pure", "reportingOwnerRelationship/isDirector");
    input("reported by an officer", has(|owner| owner.officer), "pure", "reportingOwnerRelationship/isOfficer");
    input(
        "reported by a ten per cent owner",
        has(|owner| owner.ten_percent),
        "pure",
        "reportingOwnerRelationship/isTenPercentOwner",
    );
    input("exercise price", row.exercise_price, "USD/shares", "conversionOrExercisePrice");
    input("underlying shares", row.underlying_shares, "shares", "underlyingSecurityShares");
    if deal.paired > 0.0 && deal.plan == Plan::No {
        input("part paired with an exercise", Some(deal.paired), "pure", "M with S, one owner, one day");
    }
    if deal.plan != Plan::No {
        input("under a Rule 10b5-1 plan", Some(1.0), "pure", "aff10b5One or footnote");
    }
    let quote = match &deal.plan {
        Plan::Footnote(words) => words.clone(),
        _ => String::new(),
    };
    signal.evidence.push(evidence(&case.company, &deal.filing, quote));
    signal
}

fn severity(deal: &Deal) -> Severity {
    if deal.is_trade() { Severity::Info } else { Severity::None }
}

fn sentence(deal: &Deal) -> String {
    let row = &deal.row;
    let what =
        CODES.iter().find(|(code, _)| *code == row.code).map_or("code not in the instructions", |(_, what)| what);
    let mut words = who(&deal.owners);
    words.push_str(match row.acquired {
        Some(true) => " acquired ",
        Some(false) => " disposed of ",
        None => " reported ",
    });
    words.push_str(&row.shares.map_or_else(|| "an unstated number of".to_owned(), shown));
    words.push(' ');
    words.push_str(&if row.security.is_empty() { "securities".to_owned() } else { cut(&row.security, 60) });
    if let Some(price) = row.price {
        words.push_str(&format!(" at ${}", shown(price)));
    }
    if let Some(date) = row.date {
        words.push_str(&format!(" on {date}"));
    }
    words.push_str(&format!(" (code {}: {what})", if row.code.is_empty() { "absent" } else { &row.code }));
    if let Some(share) = deal.share_of_all().filter(|_| row.table == Table::NonDerivative) {
        words.push_str(&format!(", {:.1} % of the holding", share * 100.0));
    }
    match deal.plan {
        Plan::No => {}
        Plan::Box => words.push_str(", 10b5-1 box ticked"),
        Plan::Footnote(_) => words.push_str(", 10b5-1 plan by footnote"),
    }
    if deal.paired > 0.0 {
        words.push_str(", sold on the day of an exercise");
    }
    if row.direct == Some(false) {
        words.push_str(", held indirectly");
    }
    if row.swap == Some(true) {
        words.push_str(", equity swap");
    }
    words
}

/// Owners that are named in a sentence.
const NAMED: usize = 3;

/// The owners, each with what he is to the company.
pub(super) fn who(owners: &[Owner]) -> String {
    if owners.is_empty() {
        return "An unnamed owner".to_owned();
    }
    let mut words = owners.iter().take(NAMED).map(one).collect::<Vec<_>>().join(" with ");
    if owners.len() > NAMED {
        words.push_str(&format!(" and {} more who file together", owners.len() - NAMED));
    }
    words
}

fn one(owner: &Owner) -> String {
    let mut roles = Vec::new();
    if owner.officer {
        roles.push(if owner.title.is_empty() { "officer".to_owned() } else { cut(&owner.title, 60) });
    }
    if owner.director {
        roles.push("director".to_owned());
    }
    if owner.ten_percent {
        roles.push("10 % owner".to_owned());
    }
    if roles.is_empty() && !owner.other_text.is_empty() {
        roles.push(cut(&owner.other_text, 60));
    }
    let name = if owner.name.is_empty() { "An unnamed owner".to_owned() } else { cut(&owner.name, 60) };
    if roles.is_empty() { name } else { format!("{name} ({})", roles.join(", ")) }
}
