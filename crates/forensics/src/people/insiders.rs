//! `insiders`: what officers, directors and ten-per-cent holders did in a year, by transaction code.
//!
//! Only codes P and S are decisions on the open market. Grants (A), exercises (M), tax withholding (F), gifts (G),
//! conversions (C) and the rest are listed and never count as buying or selling.

mod account;
mod filings;
mod parts;

use jiff::civil::{Date, date};

use edgar::index::Filing;

use crate::case::Case;
use crate::signal::{Evidence, Input, Severity, Signal};

pub use filings::{Deal, Plan, Read, read};

use account::{Account, account};

/// Its id in the contract.
pub const ID: &str = "insiders";
/// Days before the day of the reading that count.
pub const WINDOW: i32 = 365;
/// From this day on the forms have to be filed on EDGAR (SEC Release 33-8230); most were on paper before.
const ELECTRONIC: Date = date(2003, 6, 30);
/// Filings that are read, newest first.
pub const MOST: usize = 24;
/// Initial statements that are read at most, out of [`MOST`], where there are not so many of the others.
pub const MOST_INITIAL: usize = 6;
/// Days within which several buyers are a cluster.
pub const CLUSTER_DAYS: i32 = 30;

/// Part of a holding whose sale outside a plan is worth a look.
const LARGE_SHARE: f64 = 0.25;
/// Dollars below which it is not.
const SMALL_SALE: f64 = 50_000.0;
/// Dollars of sales outside plans by several people that are worth a look.
const LARGE_SALES: f64 = 250_000.0;

const FORMULA: &str = "Net open-market purchases in USD over the 365 days to the day of the reading: sum of shares x \
    price of code P less code S, non-derivative table of Forms 4 and 5 (amendments replace what they amend, the same \
    trade reported twice counts once, filings about other issuers are left out). Codes A, M, F, G, C and all others \
    are listed and never counted. A sale is under a plan when the Rule 10b5-1 box or a footnote of that transaction \
    says so; a sale paired with an exercise is the smaller of code M and code S shares of one owner on one day; the \
    rest is discretionary. A cluster is two (strong: three) or more distinct buyers within 30 days; people who file \
    together are one.";
const SOURCE: &str = "SEC Form 4 General Instruction 8 (transaction codes) and Rule 10b5-1(c); purchases inform more \
    than sales: Lakonishok and Lee, Review of Financial Studies 14 (2001); routine against opportunistic trades: \
    Cohen, Malloy and Pomorski, Journal of Finance 67 (2012)";

/// Filings that the signal reads, newest first.
pub fn relevant(filings: &[Filing], as_of: Date) -> Vec<&Filing> {
    super::within(filings, as_of, WINDOW, |form| matches!(form, "4" | "4/A" | "5" | "5/A"))
}

/// Initial statements of the window (Form 3), newest first: who became an insider, and with what holding.
pub fn initial(filings: &[Filing], as_of: Date) -> Vec<&Filing> {
    super::within(filings, as_of, WINDOW, |form| matches!(form, "3" | "3/A"))
}

/// What is read of both: deeds first, then as many initial statements as there is room for.
pub fn chosen(filings: &[Filing], as_of: Date) -> Vec<&Filing> {
    let mut chosen = relevant(filings, as_of);
    chosen.truncate(MOST);
    let room = (MOST - chosen.len()).min(MOST_INITIAL);
    chosen.extend(initial(filings, as_of).into_iter().take(room));
    chosen
}

/// Computes the signal from what was read.
pub fn signal(case: &Case, read: &Read) -> Signal {
    if read.relevant == 0 {
        if let Some(why) = super::on_paper(case, "Form 4 or 5", WINDOW, ELECTRONIC) {
            return finish(Signal::not_run(ID, why));
        }
        let mut signal = Signal::ran(
            ID,
            Severity::None,
            format!("No Form 4 or 5 was filed in the {WINDOW} days to {}: no insider credit and no blame", case.as_of),
        );
        signal.zone = Some("no_filings".to_owned());
        if read.initial > 0 {
            signal.why.push_str(&format!("; {} initial statements (Form 3) were read", read.initial));
        }
        signal.inputs = holders(read);
        return finish(signal);
    }
    if read.forms == 0 {
        let why = if read.unread.is_empty() {
            format!(
                "All {} Forms 4 and 5 in the {WINDOW} days to {} that were read concern other issuers: the company filed \
                 them as an owner",
                read.foreign.len(),
                case.as_of
            )
        } else {
            let reason = read.unread.first().map_or("", |(_, why)| why.as_str());
            format!("None of the {} newest Forms 4 and 5 could be read: {reason}", read.unread.len())
        };
        if read.unread.is_empty() {
            let mut signal = Signal::ran(ID, Severity::None, why);
            signal.zone = Some("no_filings".to_owned());
            return finish(signal);
        }
        return finish(Signal::not_run(ID, why));
    }
    let account = account(read);
    let (zone, severity) = judge(&account);
    let mut signal = Signal::ran(ID, severity, sentence(case, read, &account, zone));
    signal.value = Some(account.bought.amount - account.sold.amount);
    signal.zone = Some(zone.to_owned());
    signal.inputs = inputs(case, read, &account);
    signal.inputs.extend(holders(read));
    signal.evidence = evidence(case, read);
    signal.parts = read.deals.iter().map(|deal| parts::part(case, deal)).collect();
    finish(signal)
}

fn finish(mut signal: Signal) -> Signal {
    FORMULA.clone_into(&mut signal.formula);
    SOURCE.clone_into(&mut signal.source);
    signal
}

fn judge(account: &Account) -> (&'static str, Severity) {
    let bought = account.bought.count > 0;
    let sold = account.sold.count > 0;
    let zone = match (bought, sold) {
        (false, false) => "no_trades",
        (true, false) if account.cluster >= 3 => "cluster_buying",
        (true, false) => "buying",
        (false, true) if account.discretionary.count == 0 => "routine_selling",
        (false, true) => "selling",
        (true, true) if account.cluster >= 2 && account.bought.amount > account.discretionary.amount => "net_buying",
        (true, true) => "mixed",
    };
    let several = account.discretionary_sellers >= 2 && account.discretionary.amount >= LARGE_SALES;
    let large = account.largest_share >= LARGE_SHARE;
    let severity = if account.discretionary.amount > account.bought.amount && (several || large) {
        Severity::Caution
    } else if bought || sold {
        Severity::Info
    } else {
        Severity::None
    };
    (zone, severity)
}

fn sentence(case: &Case, read: &Read, account: &Account, zone: &str) -> String {
    let dollars = |amount: f64| format!("${}", super::shown(amount.round()));
    let mut words = if zone == "no_trades" {
        format!(
            "No purchase (P) or sale (S) on the open market in {} Forms 4 and 5; {} other transactions",
            read.forms,
            read.deals.len()
        )
    } else {
        let mut words = format!(
            "{} bought {} in {} open-market purchases, {} sold {} in {} sales",
            people(account.buyers),
            dollars(account.bought.amount),
            account.bought.count,
            people(account.sellers),
            dollars(account.sold.amount),
            account.sold.count
        );
        if account.sold.count > 0 {
            words.push_str(&format!(
                " ({} under 10b5-1 plans, {} with exercises, {} discretionary)",
                dollars(account.planned.amount),
                dollars(account.paired.amount),
                dollars(account.discretionary.amount)
            ));
        }
        if account.cluster >= 2 {
            words.push_str(&format!("; {} distinct buyers within {CLUSTER_DAYS} days", account.cluster));
        }
        words
    };
    words.push_str(&format!("; {WINDOW} days to {}", case.as_of));
    let more = read.relevant.saturating_sub(read.forms + read.foreign.len() + read.unread.len());
    if more > 0 {
        words.push_str(&format!("; the newest {MOST} of {} filings were read", read.relevant));
    }
    if !read.unread.is_empty() {
        words.push_str(&format!("; {} filings could not be read", read.unread.len()));
    }
    if !read.foreign.is_empty() {
        words.push_str(&format!("; {} filings concern other issuers and were left out", read.foreign.len()));
    }
    words
}

fn people(count: usize) -> String {
    if count == 1 { "1 insider".to_owned() } else { format!("{count} insiders") }
}

fn inputs(case: &Case, read: &Read, account: &Account) -> Vec<Input> {
    let start = case.as_of.checked_sub(jiff::Span::new().days(WINDOW)).ok();
    let input = |name: &str, value: f64, unit: &str, tag: &str| Input {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        tag: tag.to_owned(),
        start,
        end: Some(case.as_of),
        accession: None,
    };
    let mut inputs = vec![
        input("open-market purchases", account.bought.amount, "USD", "form4:nonDerivative/P"),
        input("open-market purchases", account.bought.shares, "shares", "form4:nonDerivative/P"),
        input("open-market sales", account.sold.amount, "USD", "form4:nonDerivative/S"),
        input("open-market sales", account.sold.shares, "shares", "form4:nonDerivative/S"),
        input("sales under Rule 10b5-1 plans", account.planned.amount, "USD", "form4:aff10b5One or footnote"),
        input("sales paired with exercises", account.paired.amount, "USD", "form4:M with S, one owner, one day"),
        input("discretionary sales", account.discretionary.amount, "USD", "S - planned - paired"),
        input("distinct buyers", account.buyers as f64, "persons", "form4:reportingOwner"),
        input("distinct sellers", account.sellers as f64, "persons", "form4:reportingOwner"),
        input("largest number of distinct buyers within 30 days", account.cluster as f64, "persons", "form4:P"),
        input("filings read", read.forms as f64, "filings", "form4"),
        input("filings in the window", read.relevant as f64, "filings", "submissions"),
    ];
    if account.largest_share > 0.0 {
        inputs.push(input(
            "largest part of a holding sold on one day outside plans and exercises",
            account.largest_share,
            "pure",
            "shares / (shares + sharesOwnedFollowingTransaction + the owner's other lines of the class)",
        ));
    }
    if account.late > 0 {
        inputs.push(input(
            "P and S reported more than five days late",
            account.late as f64,
            "transactions",
            "filed - transactionDate",
        ));
    }
    if account.unpriced > 0 {
        inputs.push(input(
            "P and S without a stated price, not in the sums",
            account.unpriced as f64,
            "transactions",
            "form4:transactionPricePerShare",
        ));
    }
    if account.derivative > 0 {
        inputs.push(input(
            "P and S of derivatives, not in the sums",
            account.derivative as f64,
            "transactions",
            "form4:derivative/P,S",
        ));
    }
    let mut codes: Vec<(&str, usize)> = Vec::new();
    for deal in &read.deals {
        match codes.iter_mut().find(|(code, _)| *code == deal.row.code) {
            Some((_, count)) => *count += 1,
            None => codes.push((&deal.row.code, 1)),
        }
    }
    codes.sort_unstable();
    for (code, count) in codes {
        inputs.push(input(
            &format!("transactions of code {code}"),
            count as f64,
            "transactions",
            &format!("form4:{code}"),
        ));
    }
    inputs
}

/// Holders that are named at most.
const MOST_HOLDERS: usize = 12;

/// What each person held by the newest form read of him, and how many hold a tenth of a class.
fn holders(read: &Read) -> Vec<Input> {
    let input = |name: String, value: f64, unit: &str, tag: &str| Input {
        name,
        value,
        unit: unit.to_owned(),
        tag: tag.to_owned(),
        start: None,
        end: None,
        accession: None,
    };
    let mut inputs = Vec::new();
    if read.initial > 0 {
        inputs.push(input("initial statements read".to_owned(), read.initial as f64, "filings", "form3"));
    }
    let tenth = read.holders.iter().filter(|holder| holder.owners.iter().any(|owner| owner.ten_percent)).count();
    if tenth > 0 {
        let name = "ten per cent owners among those who filed".to_owned();
        inputs.push(input(name, tenth as f64, "persons", "form4:isTenPercentOwner"));
    }
    for holder in read.holders.iter().take(MOST_HOLDERS) {
        let name = format!("held by {}, by the newest form read", parts::who(&holder.owners));
        inputs.push(Input {
            end: Some(holder.filing.filed),
            accession: Some(holder.filing.accession.clone()),
            ..input(name, holder.shares, "shares", &format!("form{}:nonDerivative, all lines", holder.filing.form))
        });
    }
    inputs
}

/// One line for each filing with a purchase or a sale, with the footnote about its plan where there is one.
fn evidence(case: &Case, read: &Read) -> Vec<Evidence> {
    let mut lines: Vec<Evidence> = Vec::new();
    for deal in &read.deals {
        if !deal.is_trade() || lines.iter().any(|line| line.accession == deal.filing.accession) {
            continue;
        }
        let quote = match &deal.plan {
            Plan::Footnote(words) => words.clone(),
            _ => String::new(),
        };
        lines.push(super::evidence(&case.company, &deal.filing, quote));
    }
    lines
}
