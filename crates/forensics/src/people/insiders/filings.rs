//! Reads the filings of the window into deals: one for each transaction, after amendments and repetitions.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use edgar::index::Filing;
use edgar::ownership::{self, Owner, Ownership, Table, Transaction};

use crate::case::Case;

use super::{WINDOW, chosen, relevant};

/// Whether a transaction was planned ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nothing says so.
    No,
    /// The box on the form is ticked, and no footnote says which transaction it is about.
    Box,
    /// A footnote of this transaction says so, in these words.
    Footnote(String),
}

/// One transaction of one filing.
#[derive(Clone, Debug)]
pub struct Deal {
    /// The filing.
    pub filing: Filing,
    /// Its place in the filing, from 1.
    pub number: usize,
    /// Everyone who reports it.
    pub owners: Vec<Owner>,
    /// People who file together have the same number.
    pub person: usize,
    /// What was done.
    pub row: Transaction,
    /// Whether it was planned.
    pub plan: Plan,
    /// The exercise that a sale is paired with covers this part of its shares, from 0 to 1.
    pub paired: f64,
    /// Shares of the same class that the same person holds on other lines (directly, through a trust, a spouse), by this
    /// form or, where it names none, by the newest one before it that does.
    pub elsewhere: f64,
}

/// What a person held, all lines of the non-derivative table together, by the newest form read of him.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The form.
    pub filing: Filing,
    /// Everyone who files it.
    pub owners: Vec<Owner>,
    /// Shares.
    pub shares: f64,
}

impl Deal {
    /// A purchase or sale of shares on the open market: the only rows that are counted.
    pub fn is_trade(&self) -> bool {
        self.row.table == Table::NonDerivative && matches!(self.row.code.as_str(), "P" | "S")
    }

    /// The part of all that the person holds of the class that a disposal took; none where the form does not say.
    pub fn share_of_all(&self) -> Option<f64> {
        let sold = self.row.share_of_holding().and(self.row.shares)?;
        Some(sold / (sold + self.row.owned_after? + self.elsewhere))
    }

    /// A sale.
    pub fn is_sale(&self) -> bool {
        self.is_trade() && self.row.code == "S"
    }
}

/// What came of reading the window's filings.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// Forms 4 and 5 in the window.
    pub relevant: usize,
    /// Forms 4 and 5 read that concern this company.
    pub forms: usize,
    /// Initial statements (Form 3) read that concern it.
    pub initial: usize,
    /// Who holds what, newest form first.
    pub holders: Vec<Holder>,
    /// Transactions, newest first.
    pub deals: Vec<Deal>,
    /// Filings about other issuers, with the issuer's name.
    pub foreign: Vec<(Filing, String)>,
    /// Filings that could not be read, with the reason.
    pub unread: Vec<(Filing, String)>,
    /// Transactions left out because an amendment replaces them or another filing reports them too.
    pub repeated: usize,
}

/// Reads the filings of the window.
pub fn read(case: &Case) -> Read {
    let mut read = Read { relevant: relevant(&case.filings, case.as_of).len(), ..Read::default() };
    let mut forms: Vec<(&Filing, Ownership)> = Vec::new();
    for filing in chosen(&case.filings, case.as_of) {
        let initial = is_initial(filing);
        let bytes = match super::super::bytes(case, filing) {
            Ok(bytes) => bytes,
            // What a Form 3 would have added is context; that deeds could not be read is not.
            Err(_) if initial => continue,
            Err(why) => {
                read.unread.push((filing.clone(), why));
                continue;
            }
        };
        match ownership::read(bytes) {
            Err(_) if initial => {}
            Err(problem) => read.unread.push((filing.clone(), problem.to_string())),
            // The index of a company also holds what it filed as an owner of others.
            Ok(form) if form.issuer.cik.is_some_and(|cik| cik != case.company.cik) => {
                if !initial {
                    read.foreign.push((filing.clone(), form.issuer.name));
                }
            }
            Ok(form) => forms.push((filing, form)),
        }
    }
    read.initial = forms.iter().filter(|(filing, _)| is_initial(filing)).count();
    read.forms = forms.len() - read.initial;
    // Newest first, whatever the form.
    forms.sort_by(|(a, _), (b, _)| b.filed.cmp(&a.filed).then_with(|| b.accession.cmp(&a.accession)));
    let persons = persons(&forms);
    let mut known = HashSet::new();
    for (index, (filing, form)) in forms.iter().enumerate() {
        let shares: f64 = lines(form).into_iter().map(|line| line.shares).sum();
        if shares > 0.0 && known.insert(persons.get(index).copied().unwrap_or(index)) {
            read.holders.push(Holder { filing: (*filing).clone(), owners: form.owners.clone(), shares });
        }
    }
    // Newest first, so that amendments come before what they amend.
    let mut amended: HashSet<Amended> = HashSet::new();
    let mut seen: HashMap<Same, usize> = HashMap::new();
    for (index, (filing, form)) in forms.iter().enumerate() {
        let person = persons.get(index).copied().unwrap_or(index);
        let is_amendment = form.form.ends_with("/A") || filing.form.ends_with("/A");
        let mut mine: Vec<Amended> = Vec::new();
        for (place, row) in form.transactions.iter().enumerate() {
            let old = row.date.is_some_and(|date| super::super::days_between(date, case.as_of) > WINDOW);
            if old || row.date.is_some_and(|date| date > case.as_of) {
                continue;
            }
            let key = Amended::new(person, row);
            let repeated = Same::new(row).is_some_and(|same| *seen.entry(same).or_insert(index) != index);
            if amended.contains(&key) || repeated {
                read.repeated += 1;
                continue;
            }
            mine.push(key);
            read.deals.push(Deal {
                filing: (*filing).clone(),
                number: place + 1,
                owners: form.owners.clone(),
                person,
                row: row.clone(),
                plan: plan(form, row),
                paired: 0.0,
                elsewhere: elsewhere(&forms, &persons, index, row),
            });
        }
        if is_amendment {
            amended.extend(mine);
        }
    }
    pair(&mut read.deals);
    read.deals.sort_by(|a, b| {
        let day = |deal: &Deal| deal.row.date.unwrap_or(deal.filing.filed);
        day(b).cmp(&day(a)).then_with(|| b.filing.accession.cmp(&a.filing.accession)).then(a.number.cmp(&b.number))
    });
    read
}

fn is_initial(filing: &Filing) -> bool {
    filing.form.starts_with('3')
}

/// What a form says is held on one line of the non-derivative table.
struct Line<'a> {
    security: &'a str,
    direct: Option<bool>,
    nature: &'a str,
    shares: f64,
}

/// The lines of a form, each as its last row leaves it. Holdings of one nature ("by trust") may be several.
fn lines(form: &Ownership) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for row in form.transactions.iter().filter(|row| row.table == Table::NonDerivative) {
        let Some(shares) = row.owned_after else { continue };
        let line = Line { security: &row.security, direct: row.direct, nature: &row.nature, shares };
        match lines
            .iter_mut()
            .find(|known| (known.security, known.direct, known.nature) == (line.security, line.direct, line.nature))
        {
            Some(known) => known.shares = shares,
            None => lines.push(line),
        }
    }
    lines.extend(form.holdings.iter().filter(|row| row.table == Table::NonDerivative).filter_map(|row| {
        Some(Line { security: &row.security, direct: row.direct, nature: &row.nature, shares: row.shares? })
    }));
    lines
}

/// Shares of a row's class on the person's other lines: of this form, else of the newest before it that has any.
fn elsewhere(forms: &[(&Filing, Ownership)], persons: &[usize], index: usize, row: &Transaction) -> f64 {
    if row.table != Table::NonDerivative {
        return 0.0;
    }
    let others = |form: &Ownership| -> f64 {
        lines(form)
            .iter()
            .filter(|line| line.security.eq_ignore_ascii_case(&row.security))
            .filter(|line| (line.direct, line.nature) != (row.direct, row.nature.as_str()))
            .map(|line| line.shares)
            .sum()
    };
    // The forms are newest first: what stands behind this one is older.
    let mine = persons.get(index);
    forms
        .iter()
        .enumerate()
        .skip(index)
        .filter(|(other, _)| persons.get(*other) == mine)
        .map(|(_, (_, form))| others(form))
        .find(|shares| *shares > 0.0)
        .unwrap_or(0.0)
}

/// What an amendment replaces: the same person's rows of the same day, code and security.
#[derive(PartialEq, Eq, Hash)]
struct Amended {
    person: usize,
    derivative: bool,
    date: Option<jiff::civil::Date>,
    code: String,
    security: String,
    direct: Option<bool>,
}

impl Amended {
    fn new(person: usize, row: &Transaction) -> Self {
        Self {
            person,
            derivative: row.table == Table::Derivative,
            date: row.date,
            code: row.code.clone(),
            security: row.security.to_lowercase(),
            direct: row.direct,
        }
    }
}

/// What makes a row in one filing the same trade as a row in another: members of a group who report apart.
#[derive(PartialEq, Eq, Hash)]
struct Same {
    derivative: bool,
    date: jiff::civil::Date,
    code: String,
    numbers: [u64; 3],
}

impl Same {
    /// Only of indirect holdings with every number stated: two directors who each buy their first thousand shares
    /// in one offering report alike too.
    fn new(row: &Transaction) -> Option<Self> {
        if row.direct != Some(false) {
            return None;
        }
        Some(Self {
            derivative: row.table == Table::Derivative,
            date: row.date?,
            code: row.code.clone(),
            numbers: [row.shares?.to_bits(), row.price?.to_bits(), row.owned_after?.to_bits()],
        })
    }
}

/// A number for each form: the same for people who ever file together.
fn persons(forms: &[(&Filing, Ownership)]) -> Vec<usize> {
    let mut group: Vec<usize> = (0..forms.len()).collect();
    let mut first: HashMap<String, usize> = HashMap::new();
    for (index, (_, form)) in forms.iter().enumerate() {
        for owner in &form.owners {
            let key = owner.cik.map_or_else(|| owner.name.to_uppercase(), |cik| cik.to_string());
            let other = *first.entry(key).or_insert(index);
            let (a, b) = (root(&group, index), root(&group, other));
            if let Some(place) = group.get_mut(a.max(b)) {
                *place = a.min(b);
            }
        }
    }
    (0..forms.len()).map(|index| root(&group, index)).collect()
}

fn root(group: &[usize], mut index: usize) -> usize {
    while let Some(&parent) = group.get(index)
        && parent != index
    {
        index = parent;
    }
    index
}

/// Whether a transaction was planned: its own footnotes first, then the box, which speaks for the whole form.
fn plan(form: &Ownership, row: &Transaction) -> Plan {
    if let Some(words) = form.footnotes_of(row).find(|words| says_planned(words)) {
        return Plan::Footnote(edgar::document::fold(words));
    }
    let denied = form.footnotes_of(row).any(mentions);
    let somewhere = form.transactions.iter().any(|other| form.footnotes_of(other).any(says_planned));
    if form.plan_box == Some(true) && !somewhere && !denied {
        return Plan::Box;
    }
    // Before the box there were only words, and some filers put them into the remarks.
    if form.plan_box.is_none() && !somewhere && !denied && says_planned(&form.remarks) {
        return Plan::Footnote(edgar::document::fold(&form.remarks));
    }
    Plan::No
}

/// How far before the rule's name a denial of it stands: "were not sold pursuant to a Rule 10b5-1 trading plan".
const DENIED_WITHIN: usize = 60;

/// The spellings of the rule.
static RULE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)10\s?b-?\s?5\s?[-\u{2010}-\u{2015}]\s?1\b").ok());
/// Words that deny.
static DENIAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:not|no|nor|without|outside|other than)\b").ok());

/// For each mention of the rule, whether it is denied.
fn denials(words: &str) -> impl Iterator<Item = bool> {
    RULE.iter().flat_map(move |rule| rule.find_iter(words)).map(move |found| {
        let mut start = found.start().saturating_sub(DENIED_WITHIN);
        while !words.is_char_boundary(start) {
            start += 1;
        }
        let before = &words[start..found.start()];
        let clause = before.rsplit(['.', ';']).next().unwrap_or("");
        DENIAL.as_ref().is_some_and(|denial| denial.is_match(clause))
    })
}

fn mentions(words: &str) -> bool {
    denials(words).next().is_some()
}

/// Whether words say that something was done under a plan, rather than that it was not.
fn says_planned(words: &str) -> bool {
    denials(words).any(|denied| !denied)
}

/// Pairs exercises with the sales of the same person on the same day.
fn pair(deals: &mut [Deal]) {
    let mut exercised: HashMap<(usize, Option<jiff::civil::Date>), f64> = HashMap::new();
    let mut sold = exercised.clone();
    for deal in deals.iter() {
        let key = (deal.person, deal.row.date);
        let shares = deal.row.shares.unwrap_or(0.0);
        if deal.row.table == Table::NonDerivative && deal.row.code == "M" && deal.row.acquired == Some(true) {
            *exercised.entry(key).or_default() += shares;
        } else if deal.is_sale() {
            *sold.entry(key).or_default() += shares;
        }
    }
    for deal in deals.iter_mut().filter(|deal| deal.is_sale()) {
        let key = (deal.person, deal.row.date);
        if let (Some(&exercised), Some(&sold)) = (exercised.get(&key), sold.get(&key))
            && sold > 0.0
        {
            deal.paired = (exercised / sold).min(1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_no_plan() {
        assert!(says_planned("Effected pursuant to a Rule 10b5-1 trading plan adopted on March 6, 2026."));
        assert!(!says_planned("These sales were not made pursuant to a Rule 10b5-1 plan."));
        assert!(!says_planned("The shares were not sold under a 10b5\u{2011}1 plan."));
        assert!(!says_planned("Sold outside of the owner's existing 10b5-1 plan."));
        assert!(!says_planned("Sold to cover taxes."));
        assert!(says_planned("No gift was made. Sales under a Rule 10b5-1(c) instruction."));
    }
}
