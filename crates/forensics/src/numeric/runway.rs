//! Months until the cash is gone, at the present burn.

use edgar::facts::{Basis, Figure};

use super::sheet::{Frame, Sheet, part, ratio};
use crate::case::Case;
use crate::figures::{Column, Figures, Item, days_between};
use crate::signal::{Evidence, Severity, Signal, Status};
use crate::wording::large;

const FRAME: Frame<'static> = Frame {
    id: "cash_runway",
    formula: "months = (cash and equivalents + short-term investments at the newest balance sheet + capital raised since, where the \
              facts give its amount)/(monthly burn); burn = -(operating cash flow) of the newest quarter/3, as reported or \
              the year to date less the year to the quarter before; where the newest quarter burns nothing but the twelve \
              months do, or no quarter can be derived, the twelve months/12. Capital expenditure is not in it (part \
              with_capex). Counted from the balance-sheet date",
    source: "Arithmetic of the filings; Accounting Standards Update 2014-15 asks management to look twelve months ahead from \
             the day the statements are issued, so less than 12 months is worth a look and less than 6 grave; the zones are ours.",
};

/// Tags of money raised, that a filing may give for days after its balance sheet.
const RAISED: [&str; 6] = [
    "us-gaap:ProceedsFromIssuanceOfCommonStock",
    "us-gaap:ProceedsFromIssuanceOfPrivatePlacement",
    "us-gaap:ProceedsFromIssuanceInitialPublicOffering",
    "us-gaap:ProceedsFromIssuanceOrSaleOfEquity",
    "us-gaap:SaleOfStockConsiderationReceivedOnTransaction",
    "us-gaap:ProceedsFromConvertibleNotesPayable",
];

/// The signal.
pub(super) fn run(case: &Case, figures: &Figures<'_>) -> Signal {
    // Shells, funds and miners of coins have codes among the financial ones, and burn cash like anybody.
    if case.company.sic.is_some_and(|sic| matches!(sic, 6000..=6163 | 6200..=6411)) {
        return FRAME.not_applicable(
            "a bank, broker or insurer (SIC 6000-6163, 6200-6411): its operating cash flow moves with loans and deposits",
        );
    }
    let column = match figures.latest() {
        Ok(column) => column,
        Err(why) => return FRAME.not_run(why),
    };
    let mut sheet = Sheet::new(figures);
    let cash = sheet.one(Item::Cash, &column);
    let investments = sheet.one_or_none(Item::ShortTermInvestments, &column);
    let quarter = flow_of_quarter(figures, &column);
    let trailing = figures.get(Item::OperatingCashFlow, &column).ok();
    if let Some(quarter) = &quarter {
        sheet.record("operating cash flow of the newest quarter", quarter);
    }
    if let Some(trailing) = &trailing {
        sheet.record("operating cash flow of twelve months", trailing);
    }
    let Some(cash) = cash else { return with(FRAME.not_run(sheet.why_not()), sheet, Vec::new(), Vec::new()) };
    let monthly = |figure: &Figure, months: f64| -figure.value / months;
    let by_quarter = quarter.as_ref().map(|figure| monthly(figure, months_of(figure)));
    let by_year = trailing.as_ref().map(|figure| monthly(figure, 12.0));
    let (burn, basis) = match (by_quarter, by_year) {
        (None, None) => {
            sheet.lack(format!("operating cash flow of a quarter or of twelve months to {}", column.end));
            return with(FRAME.not_run(sheet.why_not()), sheet, Vec::new(), Vec::new());
        }
        (Some(quarter), Some(year)) if quarter > 0.0 && year > 0.0 => (quarter, QUARTER),
        (_, Some(year)) if year > 0.0 => (year, "the twelve months"),
        (Some(quarter), None) if quarter > 0.0 => (quarter, QUARTER),
        _ => {
            let why = if by_year.is_some() {
                format!("operating cash flow of the twelve months to {} is not negative: no burn", column.end)
            } else {
                format!("operating cash flow of the quarter to {} is not negative: no burn", column.end)
            };
            return with(FRAME.not_applicable(why), sheet, Vec::new(), Vec::new());
        }
    };
    let raised = raised_since(figures, &column);
    for figure in &raised {
        sheet.record("capital raised since the balance sheet", figure);
    }
    let raised: f64 = raised.iter().map(|figure| figure.value).sum();
    let means = cash + investments + raised;
    let Some(months) = ratio(means, burn) else {
        return with(FRAME.not_run("the burn is zero"), sheet, Vec::new(), Vec::new());
    };
    let evidence = possible_raises(case, &column);
    let age = days_between(column.end, figures.as_of());
    let elapsed = f64::from(age) / 30.4375;
    let mut parts = vec![
        part(
            "cash_runway.cash_only",
            "cash and equivalents alone/burn",
            ratio(cash, burn),
            "without short-term investments",
        ),
        part(
            "cash_runway.twelve_months",
            "means/(-(operating cash flow of twelve months)/12)",
            by_year.filter(|burn| *burn > 0.0).and_then(|burn| ratio(means, burn)),
            if by_year.is_some() { "by the burn of twelve months" } else { "twelve months cannot be derived" },
        ),
        part(
            "cash_runway.left",
            "months less those since the balance sheet, not below zero",
            Some((months - elapsed).max(0.0)),
            format!("the balance sheet is {age} days old"),
        ),
    ];
    if let (Ok(capex), Some(year)) = (figures.get(Item::Capex, &column), by_year) {
        parts.push(part(
            "cash_runway.with_capex",
            "means/((capital expenditure - operating cash flow) of twelve months/12)",
            Some(year + capex.value.abs() / 12.0).filter(|burn| *burn > 0.0).and_then(|burn| ratio(means, burn)),
            "capital expenditure burnt too",
        ));
    }
    for part in &mut parts {
        if part.status == Status::NotRun && part.why.starts_with("by the burn") {
            "the twelve months burn nothing".clone_into(&mut part.why);
        }
    }
    let (zone, plain) = judged(months);
    // A quarter of a seasonal business says little: where one of the last four brought cash in, the twelve months weigh.
    let seasonal = basis == QUARTER && brought_cash(figures, &column);
    let by_year_months = by_year.filter(|burn| *burn > 0.0).and_then(|burn| ratio(means, burn));
    let severity = match by_year_months {
        Some(longer) if seasonal => judged(longer).1.min(plain),
        _ => plain,
    };
    let season = match by_year_months {
        Some(longer) if seasonal => {
            format!(
                "; seasonal: a quarter of the last four brought cash in, and by the twelve months it is {longer:.1}"
            )
        }
        _ => String::new(),
    };
    let hint = if evidence.is_empty() {
        String::new()
    } else {
        format!("; {} filings since may have raised money whose amount is not in the facts", evidence.len())
    };
    let signal = FRAME.ran(
        months,
        zone,
        severity,
        format!(
            "{months:.1} months from {}: {} at a burn of {} a month ({basis}){season}{hint}",
            column.end,
            large(means, &column.currency),
            large(burn, &column.currency)
        ),
    );
    with(signal, sheet, parts, evidence)
}

const QUARTER: &str = "the newest quarter";

/// Zone and weight of so many months.
fn judged(months: f64) -> (&'static str, Severity) {
    if months < 6.0 {
        ("under_6_months", Severity::High)
    } else if months < 12.0 {
        ("under_12_months", Severity::Caution)
    } else if months < 24.0 {
        ("under_24_months", Severity::Info)
    } else {
        ("24_months_or_more", Severity::None)
    }
}

/// Whether one of the last four quarters had a positive operating cash flow.
fn brought_cash(figures: &Figures<'_>, column: &Column) -> bool {
    figures
        .view()
        .quarters(OPERATING[0], &column.currency, column.end, 4, Basis::Restated)
        .iter()
        .any(|quarter| quarter.figure.value > 0.0)
}

const OPERATING: [&str; 4] = [
    "us-gaap:NetCashProvidedByUsedInOperatingActivities",
    "us-gaap:NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",
    "ifrs-full:CashFlowsFromUsedInOperatingActivities",
    "ifrs-full:CashFlowsFromUsedInOperations",
];

fn with(mut signal: Signal, sheet: Sheet<'_, '_>, parts: Vec<Signal>, evidence: Vec<Evidence>) -> Signal {
    signal.inputs = sheet.inputs;
    signal.parts = parts;
    signal.evidence = evidence;
    signal
}

/// Months that a quarter-like period covers.
fn months_of(figure: &Figure) -> f64 {
    match figure.days() {
        // Thirteen weeks count as three months, so that the arithmetic is the one a reader does.
        Some(days) if !(80..=105).contains(&days) => f64::from(days) / 30.4375,
        _ => 3.0,
    }
}

fn flow_of_quarter(figures: &Figures<'_>, column: &Column) -> Option<Figure> {
    OPERATING
        .iter()
        .find_map(|tag| figures.view().quarter(tag, &column.currency, column.end, Basis::Restated))
        .map(|quarter| quarter.figure)
}

/// Proceeds that a filing gives for a period or day after the balance sheet, the largest of each day so that one
/// offering under two tags counts once.
fn raised_since(figures: &Figures<'_>, column: &Column) -> Vec<Figure> {
    let view = figures.view();
    let mut found: Vec<Figure> = Vec::new();
    for tag in RAISED {
        for fact in view.of(tag) {
            let after = fact.end > column.end && fact.start.is_none_or(|start| start > column.end);
            if !after || view.facts().unit(fact) != column.currency || fact.value <= 0.0 {
                continue;
            }
            let figure = view.figure(tag, fact);
            let full = found.len() >= 20;
            match found.iter_mut().find(|known| days_between(known.end, figure.end).abs() <= 10) {
                Some(known) if known.value < figure.value => *known = figure,
                Some(_) => {}
                None if full => {}
                None => found.push(figure),
            }
        }
    }
    found
}

/// Filings since the balance sheet that sell securities: takedowns and 8-Ks with unregistered sales.
fn possible_raises(case: &Case, column: &Column) -> Vec<Evidence> {
    case.filings
        .iter()
        .filter(|filing| filing.filed > column.end && filing.filed <= case.as_of)
        .filter_map(|filing| {
            let takedown = matches!(filing.form.as_str(), "424B4" | "424B5" | "424B2" | "424B1");
            let private = filing.form.starts_with("8-K") && filing.items.iter().any(|item| item == "3.02");
            if !takedown && !private {
                return None;
            }
            let url = if filing.primary_document.is_empty() {
                filing.accession.index_url(case.company.cik)
            } else {
                filing.accession.document_url(case.company.cik, &filing.primary_document)
            };
            Some(Evidence {
                quote: String::new(),
                form: filing.form.clone(),
                item: private.then(|| "3.02".to_owned()),
                filed: filing.filed,
                accession: filing.accession.clone(),
                url,
            })
        })
        .take(20)
        .collect()
}
