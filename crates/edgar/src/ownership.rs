//! Forms 3, 4 and 5: who holds what, and what was done with it.
//!
//! The XML schema is the SEC's ownership schema (`ownershipDocument`, X0101 to X0609). Elements may be absent,
//! booleans come as `1`, `0`, `true` and `false`, days may carry a zone, and several owners share one filing.
//! A form with holdings only has no transactions; that is not a fault.

use jiff::civil::Date;

use crate::ids::Cik;
use crate::xml::{self, Element};

/// Why a filing gives no ownership data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnershipProblem {
    /// Paper and text forms before June 2003, or another document.
    #[error("the document has no ownership XML; forms before June 2003 are text and are not read by machine")]
    NotMachineReadable,
    /// XML without the form in it.
    #[error("the ownership XML cannot be read: {0}")]
    Malformed(String),
}

/// One Form 3, 4 or 5, or an amendment of one. Texts are the filer's own and untrusted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ownership {
    /// `3`, `4`, `5`, with `/A` for amendments.
    pub form: String,
    /// Period of report: the day of the earliest transaction.
    pub period: Option<Date>,
    /// Of an amendment, when the original was filed.
    pub original_filed: Option<Date>,
    /// Whose securities these are.
    pub issuer: Issuer,
    /// All reporting owners.
    pub owners: Vec<Owner>,
    /// The box that a transaction was made under a Rule 10b5-1 plan; none on forms before April 2023.
    pub plan_box: Option<bool>,
    /// The box that the owner is no longer subject to Section 16.
    pub left_section_16: Option<bool>,
    /// Transactions of both tables, in their order.
    pub transactions: Vec<Transaction>,
    /// Holdings of both tables.
    pub holdings: Vec<Holding>,
    /// Footnotes: id and text.
    pub footnotes: Vec<(String, String)>,
    /// Remarks.
    pub remarks: String,
    /// What could not be read though the rest was.
    pub problems: Vec<String>,
}

/// The issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issuer {
    /// Its central index key.
    pub cik: Option<Cik>,
    /// Name.
    pub name: String,
    /// Trading symbol as typed.
    pub symbol: String,
}

/// A reporting owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// Central index key.
    pub cik: Option<Cik>,
    /// Name.
    pub name: String,
    /// On the board.
    pub director: bool,
    /// An officer.
    pub officer: bool,
    /// Holds more than a tenth of a class.
    pub ten_percent: bool,
    /// Something else, said in `other_text`.
    pub other: bool,
    /// Title as typed.
    pub title: String,
    /// What else he is.
    pub other_text: String,
}

/// Which table a row stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// Shares.
    NonDerivative,
    /// Options, warrants, convertible securities.
    Derivative,
}

/// A row of a table that says what was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    /// Where it stands.
    pub table: Table,
    /// Title of the security.
    pub security: String,
    /// Day.
    pub date: Option<Date>,
    /// Form 4 or 5, by which it had to be reported.
    pub form_type: String,
    /// Transaction code: `P`, `S`, `A`, `M`, `F`, `G`, `C`, ...
    pub code: String,
    /// Part of an equity swap.
    pub swap: Option<bool>,
    /// Shares, or units of the derivative.
    pub shares: Option<f64>,
    /// Dollars a share; none where the price stands in a footnote only.
    pub price: Option<f64>,
    /// Acquired, as against disposed of.
    pub acquired: Option<bool>,
    /// Shares owned afterwards, in this form of ownership.
    pub owned_after: Option<f64>,
    /// Held directly, as against through somebody.
    pub direct: Option<bool>,
    /// Through whom.
    pub nature: String,
    /// Of a derivative: conversion or exercise price in dollars.
    pub exercise_price: Option<f64>,
    /// Of a derivative: title of what it turns into.
    pub underlying: String,
    /// Of a derivative: how many shares it turns into.
    pub underlying_shares: Option<f64>,
    /// Of a derivative: its last day.
    pub expires: Option<Date>,
    /// Ids of the footnotes that any of its cells refers to.
    pub footnotes: Vec<String>,
}

impl Transaction {
    /// Shares times price in dollars, where both are stated.
    pub fn amount(&self) -> Option<f64> {
        Some(self.shares? * self.price?).filter(|amount| amount.is_finite())
    }

    /// The part of the holding, before the sale, that was sold: shares / (shares + owned after). None for
    /// acquisitions and where the form does not say.
    pub fn share_of_holding(&self) -> Option<f64> {
        if self.acquired != Some(false) {
            return None;
        }
        let shares = self.shares?;
        let before = shares + self.owned_after?;
        (before > 0.0).then(|| shares / before)
    }
}

/// A row of a table that says what is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    /// Where it stands.
    pub table: Table,
    /// Title of the security.
    pub security: String,
    /// Shares owned, or shares underlying a derivative.
    pub shares: Option<f64>,
    /// Held directly.
    pub direct: Option<bool>,
    /// Through whom.
    pub nature: String,
    /// Ids of the footnotes it refers to.
    pub footnotes: Vec<String>,
}

impl Ownership {
    /// Text of a footnote.
    pub fn footnote(&self, id: &str) -> Option<&str> {
        self.footnotes.iter().find(|(known, _)| known == id).map(|(_, text)| text.as_str())
    }

    /// Texts of all footnotes that a transaction refers to.
    pub fn footnotes_of<'a>(&'a self, transaction: &'a Transaction) -> impl Iterator<Item = &'a str> {
        transaction.footnotes.iter().filter_map(|id| self.footnote(id))
    }
}

/// Reads a form: the XML itself, or a full submission with it inside.
///
/// # Errors
/// When there is no ownership form in the bytes. A form that breaks off in the middle is read as far as it goes,
/// with the fault in [`Ownership::problems`].
pub fn read(bytes: &[u8]) -> Result<Ownership, OwnershipProblem> {
    let text = xml::body(bytes).ok_or(OwnershipProblem::NotMachineReadable)?;
    let tree = xml::read(&text);
    let Some(root) = tree.root else {
        return Err(OwnershipProblem::Malformed(tree.problem.unwrap_or_else(|| "it has no elements".to_owned())));
    };
    let form = if root.name == "ownershipDocument" { Some(&root) } else { root.find("ownershipDocument") };
    let Some(form) = form else {
        return match tree.problem {
            Some(problem) => Err(OwnershipProblem::Malformed(problem)),
            None => Err(OwnershipProblem::NotMachineReadable),
        };
    };
    let mut ownership = from_element(form);
    ownership.problems.extend(tree.problem);
    if ownership.owners.is_empty() && ownership.transactions.is_empty() && ownership.holdings.is_empty() {
        // Without a word about it such a form would look like one that reports no transaction.
        ownership.problems.push("it names no owner, no transaction and no holding".to_owned());
    }
    Ok(ownership)
}

fn from_element(form: &Element) -> Ownership {
    let mut ownership = Ownership {
        form: form.text_at(&["documentType"]).to_owned(),
        period: xml::day(form.text_at(&["periodOfReport"])),
        original_filed: xml::day(form.text_at(&["dateOfOriginalSubmission"])),
        issuer: Issuer {
            cik: cik(form.text_at(&["issuer", "issuerCik"])),
            name: form.text_at(&["issuer", "issuerName"]).to_owned(),
            symbol: form.text_at(&["issuer", "issuerTradingSymbol"]).to_owned(),
        },
        owners: form.all("reportingOwner").map(owner).collect(),
        plan_box: xml::flag(form.text_at(&["aff10b5One"])),
        left_section_16: xml::flag(form.text_at(&["notSubjectToSection16"])),
        remarks: form.text_at(&["remarks"]).to_owned(),
        ..Ownership::default()
    };
    for footnote in form.get("footnotes").into_iter().flat_map(|footnotes| footnotes.all("footnote")) {
        ownership.footnotes.push((footnote.attribute("id").unwrap_or("").to_owned(), footnote.text.clone()));
    }
    let tables = [
        ("nonDerivativeTable", "nonDerivativeTransaction", "nonDerivativeHolding", Table::NonDerivative),
        ("derivativeTable", "derivativeTransaction", "derivativeHolding", Table::Derivative),
    ];
    for (table, transactions, holdings, kind) in tables {
        let Some(table) = form.get(table) else { continue };
        for row in &table.children {
            if row.name == transactions {
                if row.complete {
                    let read = transaction(row, kind, &mut ownership.problems);
                    ownership.transactions.push(read);
                } else {
                    ownership.problems.push("a transaction breaks off in the middle and is left out".to_owned());
                }
            } else if row.name == holdings && row.complete {
                ownership.holdings.push(holding(row, kind));
            }
        }
    }
    ownership
}

fn cik(text: &str) -> Option<Cik> {
    text.trim().parse().ok().map(Cik)
}

fn owner(element: &Element) -> Owner {
    let id = |name: &str| element.text_at(&["reportingOwnerId", name]);
    let relation = |name: &str| element.text_at(&["reportingOwnerRelationship", name]);
    let holds = |name: &str| xml::flag(relation(name)).unwrap_or(false);
    Owner {
        cik: cik(id("rptOwnerCik")),
        name: id("rptOwnerName").to_owned(),
        director: holds("isDirector"),
        officer: holds("isOfficer"),
        ten_percent: holds("isTenPercentOwner"),
        other: holds("isOther"),
        title: relation("officerTitle").to_owned(),
        other_text: relation("otherText").to_owned(),
    }
}

/// The `value` within an element: every cell of the tables is built like that.
fn value<'a>(row: &'a Element, path: &[&str]) -> &'a str {
    row.at(path).map_or("", |cell| cell.get("value").map_or(cell.text.as_str(), |value| value.text.as_str()))
}

fn footnote_ids(row: &Element) -> Vec<String> {
    let mut found = Vec::new();
    row.descendants("footnoteId", &mut found);
    let mut ids: Vec<String> =
        found.into_iter().filter_map(|element| element.attribute("id").map(str::to_owned)).collect();
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

fn direct(row: &Element) -> Option<bool> {
    match value(row, &["ownershipNature", "directOrIndirectOwnership"]) {
        "D" => Some(true),
        "I" => Some(false),
        _ => None,
    }
}

fn transaction(row: &Element, table: Table, problems: &mut Vec<String>) -> Transaction {
    let mut figure = |path: &[&str]| {
        let text = value(row, path);
        let number = xml::number(text).filter(|number| *number >= 0.0);
        if number.is_none() && !text.is_empty() && problems.len() < 50 {
            let shown: String = text.chars().take(40).collect();
            problems.push(format!("{} is `{shown}`, which is no number", path.last().unwrap_or(&"a cell")));
        }
        number
    };
    let shares = figure(&["transactionAmounts", "transactionShares"]);
    let price = figure(&["transactionAmounts", "transactionPricePerShare"]);
    let owned_after = figure(&["postTransactionAmounts", "sharesOwnedFollowingTransaction"]);
    let exercise_price = figure(&["conversionOrExercisePrice"]);
    let underlying_shares = figure(&["underlyingSecurity", "underlyingSecurityShares"]);
    Transaction {
        table,
        security: value(row, &["securityTitle"]).to_owned(),
        date: xml::day(value(row, &["transactionDate"])),
        form_type: value(row, &["transactionCoding", "transactionFormType"]).to_owned(),
        code: value(row, &["transactionCoding", "transactionCode"]).to_ascii_uppercase(),
        swap: xml::flag(value(row, &["transactionCoding", "equitySwapInvolved"])),
        shares,
        price,
        acquired: match value(row, &["transactionAmounts", "transactionAcquiredDisposedCode"]) {
            "A" => Some(true),
            "D" => Some(false),
            _ => None,
        },
        owned_after,
        direct: direct(row),
        nature: value(row, &["ownershipNature", "natureOfOwnership"]).to_owned(),
        exercise_price,
        underlying: value(row, &["underlyingSecurity", "underlyingSecurityTitle"]).to_owned(),
        underlying_shares,
        expires: xml::day(value(row, &["expirationDate"])),
        footnotes: footnote_ids(row),
    }
}

fn holding(row: &Element, table: Table) -> Holding {
    let shares = xml::number(value(row, &["postTransactionAmounts", "sharesOwnedFollowingTransaction"]))
        .or_else(|| xml::number(value(row, &["underlyingSecurity", "underlyingSecurityShares"])));
    Holding {
        table,
        security: value(row, &["securityTitle"]).to_owned(),
        shares,
        direct: direct(row),
        nature: value(row, &["ownershipNature", "natureOfOwnership"]).to_owned(),
        footnotes: footnote_ids(row),
    }
}
