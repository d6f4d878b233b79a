//! `form_144`: shares that insiders gave notice of selling, against the shares outstanding.
//!
//! The notices are free text: a line whose value and shares imply a price that cannot be is rejected and listed.

use std::collections::HashSet;

use jiff::civil::{Date, date};

use edgar::form144::{self, Form144, Line};
use edgar::ids::Accession;
use edgar::index::Filing;

use crate::case::Case;
use crate::signal::{Input, Severity, Signal};

use super::insiders;
use super::{Batch, cut, evidence, shown};

/// Its id in the contract.
pub const ID: &str = "form_144";
/// What its filings are called.
const KIND: &str = "Forms 144";
/// Days before the day of the reading that count: the volume limits of Rule 144(e) and the notice itself are about
/// three months.
pub const WINDOW: i32 = 90;
/// From this day on the notices have to be filed on EDGAR (SEC Release 33-11070); most were on paper before.
const ELECTRONIC: Date = date(2023, 4, 13);
/// Filings that are read, newest first.
pub const MOST: usize = 12;

/// How far an implied price may be from a known one, either way.
const FAR: f64 = 5.0;
/// Prices that are believed where no other price is known, in dollars.
const BELIEVED: std::ops::RangeInclusive<f64> = 0.0001..=1_000.0;
/// How old a count of shares outstanding may be.
const COUNT_DAYS: i32 = 400;
/// How old a trade price may be to judge a notice by.
const PRICE_DAYS: i32 = 180;

const FORMULA: &str = "Shares of the accepted notice lines of the 90 days to the day of the reading, in per cent of \
    the shares outstanding (newest dei:EntityCommonStockSharesOutstanding not older than 400 days, else the count on \
    the newest notice). An amendment replaces the notice it amends. A line is rejected when shares or value are \
    missing, when it is for more shares than are outstanding, or when value / shares is more than five times away \
    from the median price of insiders' open-market trades (180 days), else of at least three notices, else outside \
    0.0001 to 1,000 USD.";
const SOURCE: &str = "SEC Rule 144(e) and (h): an affiliate's limit is the greater of 1 % of the class and the average \
    weekly volume, in three months; zone boundary 1 %";

/// Filings that the signal reads, newest first.
pub fn relevant(filings: &[Filing], as_of: Date) -> Vec<&Filing> {
    super::within(filings, as_of, WINDOW, |form| matches!(form, "144" | "144/A"))
}

/// A line of a notice with what is thought of it.
struct Judged<'a> {
    filing: &'a Filing,
    form: &'a Form144,
    line: &'a Line,
    number: usize,
    rejected: Option<String>,
}

/// Computes the signal.
pub fn signal(case: &Case, insiders: &insiders::Read) -> Signal {
    let batch = Batch::read(
        &relevant(&case.filings, case.as_of),
        MOST,
        |filing| {
            super::bytes(case, filing).and_then(|bytes| form144::read(bytes).map_err(|problem| problem.to_string()))
        },
        |form: &Form144| form.issuer.is_some_and(|issuer| issuer != case.company.cik),
    );
    if batch.filed == 0
        && let Some(why) = super::on_paper(case, KIND, WINDOW, ELECTRONIC)
    {
        return finish(Signal::not_run(ID, why));
    }
    if let Some(signal) = batch.nothing(case, ID, KIND, WINDOW) {
        return finish(signal);
    }
    let outstanding = outstanding(case, &batch.read);
    let reference = reference(case, insiders, &batch.read);
    let lines = judge(&batch.read, outstanding.as_ref().map(|known| known.value), reference);
    finish(compute(case, &lines, outstanding, reference, &batch.rest(KIND, MOST)))
}

fn finish(mut signal: Signal) -> Signal {
    FORMULA.clone_into(&mut signal.formula);
    SOURCE.clone_into(&mut signal.source);
    signal
}

fn compute(
    case: &Case,
    lines: &[Judged<'_>],
    outstanding: Option<Input>,
    reference: Option<f64>,
    rest: &str,
) -> Signal {
    let accepted = || lines.iter().filter(|line| line.rejected.is_none());
    let shares: f64 = accepted().filter_map(|line| line.line.shares).sum();
    let value: f64 = accepted().filter_map(|line| line.line.value).sum();
    let rejected = lines.len() - accepted().count();
    let sellers: HashSet<String> = accepted().map(|line| super::plain_name(&line.form.seller)).collect();
    let percent = outstanding.as_ref().filter(|known| known.value > 0.0).map(|known| 100.0 * shares / known.value);
    let (zone, severity) = match percent {
        _ if accepted().next().is_none() => ("none_accepted", Severity::Info),
        Some(percent) if percent >= 5.0 => ("above_five_per_cent", Severity::High),
        Some(percent) if percent >= 1.0 => ("above_one_per_cent", Severity::Caution),
        Some(_) => ("below_one_per_cent", Severity::Info),
        None => ("unmeasured", Severity::Info),
    };
    let mut why = format!(
        "{} gave notice of selling {} shares (${}) in the {WINDOW} days to {}",
        if sellers.len() == 1 { "1 seller".to_owned() } else { format!("{} sellers", sellers.len()) },
        shown(shares),
        shown(value.round()),
        case.as_of
    );
    match percent {
        Some(percent) => why.push_str(&format!(", {percent:.2} % of the shares outstanding")),
        None => why.push_str("; the shares outstanding are not known"),
    }
    if rejected > 0 {
        why.push_str(&format!("; {rejected} lines rejected as implausible"));
    }
    why.push_str(rest);
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = percent;
    signal.zone = Some(zone.to_owned());
    let input = |name: &str, value: f64, unit: &str, tag: &str| Input {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        tag: tag.to_owned(),
        start: case.as_of.checked_sub(jiff::Span::new().days(WINDOW)).ok(),
        end: Some(case.as_of),
        accession: None,
    };
    signal.inputs.push(input("shares in accepted lines", shares, "shares", "form144:noOfUnitsSold"));
    signal.inputs.push(input("value of accepted lines", value, "USD", "form144:aggregateMarketValue"));
    signal.inputs.push(input("lines rejected", rejected as f64, "lines", "form144"));
    signal.inputs.extend(outstanding);
    if let Some(reference) = reference {
        signal.inputs.push(input(
            "price that notices are held against",
            reference,
            "USD/shares",
            "median of form4:P,S or of notices",
        ));
    }
    for line in lines {
        let part = part(case, line);
        if !signal.evidence.iter().any(|known| known.accession == line.filing.accession) {
            signal.evidence.push(evidence(&case.company, line.filing, String::new()));
        }
        signal.parts.push(part);
    }
    signal
}

fn part(case: &Case, judged: &Judged<'_>) -> Signal {
    let line = judged.line;
    let id = format!("{ID}.{}.{}", judged.filing.accession, judged.number);
    let mut words = cut(&judged.form.seller, 60);
    if !judged.form.relationships.is_empty() {
        words.push_str(&format!(" ({})", cut(&judged.form.relationships.join(", "), 60)));
    }
    words.push_str(&format!(
        ": {} {}",
        line.shares.map_or_else(|| "an unstated number of".to_owned(), shown),
        if line.class.is_empty() { "securities".to_owned() } else { cut(&line.class, 60) }
    ));
    if let Some(value) = line.value {
        words.push_str(&format!(" worth ${}", shown(value)));
    }
    if let Some(date) = line.sale_date {
        words.push_str(&format!(", about {date}"));
    }
    if !line.broker.is_empty() {
        words.push_str(&format!(", through {}", cut(&line.broker, 60)));
    }
    if !judged.form.plans.is_empty() {
        words.push_str(", under a trading plan");
    }
    if let Some(why) = &judged.rejected {
        words.push_str(&format!("; rejected: {why}"));
    }
    let mut signal = Signal::ran(&id, if judged.rejected.is_some() { Severity::None } else { Severity::Info }, words);
    signal.value = line.value;
    signal.zone = Some(if judged.rejected.is_some() { "rejected" } else { "accepted" }.to_owned());
    "aggregate market value as typed on the notice, USD".clone_into(&mut signal.formula);
    "SEC Form 144, item 3".clone_into(&mut signal.source);
    let figures = [
        ("shares to be sold", line.shares, "shares", "form144:noOfUnitsSold"),
        ("aggregate market value", line.value, "USD", "form144:aggregateMarketValue"),
        ("shares outstanding on the notice", line.outstanding, "shares", "form144:noOfUnitsOutstanding"),
        ("implied price", line.implied_price(), "USD/shares", "aggregateMarketValue / noOfUnitsSold"),
    ];
    for (name, value, unit, tag) in figures {
        if let Some(value) = value {
            signal.inputs.push(Input {
                name: name.to_owned(),
                value,
                unit: unit.to_owned(),
                tag: tag.to_owned(),
                start: None,
                end: line.sale_date,
                accession: Some(judged.filing.accession.clone()),
            });
        }
    }
    signal.evidence.push(evidence(&case.company, judged.filing, String::new()));
    signal
}

/// The lines, newest notice first, without those that an amendment replaces.
fn judge<'a>(forms: &'a [(&'a Filing, Form144)], outstanding: Option<f64>, reference: Option<f64>) -> Vec<Judged<'a>> {
    let mut amended: HashSet<(String, Option<Date>)> = HashSet::new();
    let mut lines = Vec::new();
    for (filing, form) in forms {
        let key = |line: &Line| (super::plain_name(&form.seller), line.sale_date);
        for (place, line) in form.lines.iter().enumerate() {
            if amended.contains(&key(line)) {
                continue;
            }
            let rejected = implausible(line, outstanding, reference);
            lines.push(Judged { filing, form, line, number: place + 1, rejected });
        }
        if form.form.ends_with("/A") || filing.form.ends_with("/A") {
            amended.extend(form.lines.iter().map(key));
        }
    }
    lines
}

/// Why a line cannot be believed.
fn implausible(line: &Line, outstanding: Option<f64>, reference: Option<f64>) -> Option<String> {
    let Some(shares) = line.shares.filter(|shares| *shares > 0.0) else {
        return Some("no number of shares".to_owned());
    };
    let Some(price) = line.implied_price().filter(|price| *price > 0.0) else {
        return Some("no market value".to_owned());
    };
    if let Some(most) =
        [outstanding, line.outstanding].into_iter().flatten().filter(|most| *most > 0.0).reduce(f64::max)
        && shares > most
    {
        return Some(format!("{} shares are more than the {} outstanding", shown(shares), shown(most)));
    }
    match reference {
        Some(known) if price > known * FAR || price < known / FAR => {
            Some(format!("the implied price ${} is far from ${}", shown(price), shown(known)))
        }
        Some(_) => None,
        None if BELIEVED.contains(&price) => None,
        None => Some(format!("the implied price ${} cannot be", shown(price))),
    }
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.retain(|number| number.is_finite() && *number > 0.0);
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

/// The price to judge by: what insiders paid and got, else what at least three notices imply.
fn reference(case: &Case, insiders: &insiders::Read, forms: &[(&Filing, Form144)]) -> Option<f64> {
    let trades = insiders
        .deals
        .iter()
        .filter(|deal| deal.is_trade())
        .filter(|deal| deal.row.date.is_some_and(|date| super::days_between(date, case.as_of) <= PRICE_DAYS))
        .filter_map(|deal| deal.row.price)
        .collect();
    median(trades).or_else(|| {
        let implied: Vec<f64> =
            forms.iter().flat_map(|(_, form)| &form.lines).filter_map(Line::implied_price).collect();
        (implied.len() >= 3).then(|| median(implied)).flatten()
    })
}

/// The shares outstanding with their trail.
fn outstanding(case: &Case, forms: &[(&Filing, Form144)]) -> Option<Input> {
    const TAG: &str = "dei:EntityCommonStockSharesOutstanding";
    let input = |value: f64, tag: &str, end: Date, accession: Option<Accession>| Input {
        name: "shares outstanding".to_owned(),
        value,
        unit: "shares".to_owned(),
        tag: tag.to_owned(),
        start: None,
        end: Some(end),
        accession,
    };
    let reported = case.facts.as_ref().and_then(|facts| {
        let fact = facts
            .of(TAG)
            .iter()
            .filter(|fact| fact.filed <= case.as_of && fact.value > 0.0 && facts.unit(fact) == "shares")
            .filter(|fact| (0..=COUNT_DAYS).contains(&super::days_between(fact.end, case.as_of)))
            .max_by_key(|fact| (fact.end, fact.filed))?;
        Some(input(fact.value, TAG, fact.end, facts.filing(fact).map(|filing| filing.accession.clone())))
    });
    reported.or_else(|| {
        forms.iter().find_map(|(filing, form)| {
            let value = form.lines.iter().filter_map(|line| line.outstanding).find(|value| *value > 0.0)?;
            Some(input(value, "form144:noOfUnitsOutstanding", filing.filed, Some(filing.accession.clone())))
        })
    })
}
