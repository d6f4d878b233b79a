//! Lines that no list of tags gives: the statement's own arithmetic chooses.

use edgar::facts::Figure;

use super::{Column, Figures, Item, missing};

/// Revenue tags. Which of them is the total is told by the statement: by gross profit plus cost, by operating income
/// plus all costs, or else by size (a subset of revenue is smaller than revenue).
const REVENUE: [&str; 16] = [
    "us-gaap:Revenues",
    "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax",
    "us-gaap:RevenueFromContractWithCustomerIncludingAssessedTax",
    "us-gaap:SalesRevenueNet",
    "us-gaap:SalesRevenueGoodsNet",
    "us-gaap:SalesRevenueServicesNet",
    "us-gaap:RevenuesNetOfInterestExpense",
    "us-gaap:RegulatedAndUnregulatedOperatingRevenue",
    "us-gaap:RealEstateRevenueNet",
    "us-gaap:OperatingLeasesIncomeStatementLeaseRevenue",
    "us-gaap:OperatingLeaseLeaseIncome",
    "us-gaap:HealthCareOrganizationRevenue",
    "us-gaap:OilAndGasRevenue",
    "us-gaap:RevenueMineralSales",
    "ifrs-full:Revenue",
    "ifrs-full:RevenueFromContractsWithCustomers",
];

const COST: [&str; 8] = [
    "us-gaap:CostOfRevenue",
    "us-gaap:CostOfGoodsAndServicesSold",
    "us-gaap:CostOfGoodsSold",
    "us-gaap:CostOfServices",
    "us-gaap:CostOfGoodsAndServiceExcludingDepreciationDepletionAndAmortization",
    "us-gaap:CostOfGoodsSoldExcludingDepreciationDepletionAndAmortization",
    "us-gaap:CostOfServicesExcludingDepreciationDepletionAndAmortization",
    "ifrs-full:CostOfSales",
];

const GROSS_PROFIT: [&str; 2] = ["us-gaap:GrossProfit", "ifrs-full:GrossProfit"];

/// Mezzanine equity: between liabilities and equity, and part of neither.
const MEZZANINE_TOTAL: [&str; 2] = [
    "us-gaap:TemporaryEquityCarryingAmountIncludingPortionAttributableToNoncontrollingInterests",
    "us-gaap:TemporaryEquityCarryingAmountIncludingPortionAttributableToNoncontrollingInterest",
];
const MEZZANINE_PARTS: [&str; 2] = [
    "us-gaap:TemporaryEquityCarryingAmountAttributableToParent",
    "us-gaap:RedeemableNoncontrollingInterestEquityCarryingAmount",
];

/// Within half a per cent: rounding to millions moves a sum by that much in a small statement.
fn agrees(one: f64, other: f64) -> bool {
    (one - other).abs() <= 0.005 * one.abs().max(other.abs())
}

/// A special line; none for a line that a list of tags gives.
pub(super) fn get(figures: &Figures<'_>, item: Item, column: &Column) -> Option<Result<Figure, String>> {
    let found = match item {
        Item::Liabilities => liabilities(figures, column),
        Item::Equity => equity(figures, column),
        Item::Revenue => revenue(figures, column),
        Item::CostOfRevenue => cost(figures, column),
        Item::GrossProfit => gross_profit(figures, column),
        Item::Ebit => ebit(figures, column).map(|(figure, _)| figure),
        Item::OtherCurrentAssets => return other_current_assets(figures, column).map(Ok),
        _ => return None,
    };
    Some(found.ok_or_else(|| missing(item, column)))
}

/// A special line in two columns, where it matters that both are had in one way.
pub(super) fn pair(
    figures: &Figures<'_>,
    item: Item,
    now: &Column,
    before: &Column,
) -> Option<Result<(Figure, Figure), String>> {
    match item {
        Item::Revenue => {
            let one = match revenue(figures, now) {
                Some(one) => one,
                None => return Some(Err(missing(item, now))),
            };
            let other = match revenue(figures, before) {
                Some(other) => other,
                None => return Some(Err(missing(item, before))),
            };
            // The tag of this year's total gives last year's too, unless that one is a subset there.
            let same = figures.tagged(&one.tag, true, &before.currency, before);
            Some(Ok(match same {
                Some(same) if same.value >= other.value || agrees(same.value, other.value) => (one, same),
                _ => (one, other),
            }))
        }
        Item::CostOfRevenue => Some(cost_pair(figures, now, before)),
        Item::GrossProfit => Some(gross_profit_pair(figures, now, before)),
        Item::Ebit => {
            let (one, way) = match ebit(figures, now) {
                Some(one) => one,
                None => return Some(Err(missing(item, now))),
            };
            let (other, other_way) = match ebit(figures, before) {
                Some(other) => other,
                None => return Some(Err(missing(item, before))),
            };
            if way == other_way {
                return Some(Ok((one, other)));
            }
            Some(Err(format!("EBIT under one definition in both years (`{}` and `{}`)", one.tag, other.tag)))
        }
        Item::OtherCurrentAssets => {
            let direct = Item::OtherCurrentAssets.recipes().iter().find_map(|recipe| {
                Some((
                    figures.cook(Item::OtherCurrentAssets, recipe, now)?,
                    figures.cook(Item::OtherCurrentAssets, recipe, before)?,
                ))
            });
            direct
                .or_else(|| Some((rest_of_current_assets(figures, now)?, rest_of_current_assets(figures, before)?)))
                .map(Ok)
        }
        _ => None,
    }
}

fn first(figures: &Figures<'_>, tags: &[&str], is_flow: bool, column: &Column) -> Option<Figure> {
    tags.iter().find_map(|tag| figures.tagged(tag, is_flow, &column.currency, column))
}

fn all(figures: &Figures<'_>, tags: &[&str], column: &Column) -> Vec<Figure> {
    tags.iter().filter_map(|tag| figures.tagged(tag, true, &column.currency, column)).collect()
}

/// The sum of two reported parts, where both are there.
fn parts(figures: &Figures<'_>, one: &str, other: &str, column: &Column) -> Option<Figure> {
    let one = figures.tagged(one, true, &column.currency, column)?;
    let other = figures.tagged(other, true, &column.currency, column)?;
    let start = one.start;
    Figure::sum(vec![(1.0, one), (1.0, other)], start, column.end)
}

fn largest(candidates: Vec<Figure>) -> Option<Figure> {
    let mut best: Option<Figure> = None;
    for candidate in candidates {
        // The first of equals: the list is in order of preference.
        if best.as_ref().is_none_or(|best| candidate.value > best.value) {
            best = Some(candidate);
        }
    }
    best
}

fn revenue(figures: &Figures<'_>, column: &Column) -> Option<Figure> {
    let mut candidates = all(figures, &REVENUE, column);
    candidates.extend(parts(figures, "us-gaap:SalesRevenueGoodsNet", "us-gaap:SalesRevenueServicesNet", column));
    let costs = all(figures, &COST, column);
    let mut totals: Vec<f64> = Vec::new();
    for gross in GROSS_PROFIT.iter().filter_map(|tag| figures.tagged(tag, true, &column.currency, column)) {
        totals.extend(costs.iter().map(|cost| gross.value + cost.value));
    }
    if let (Some(operating), Some(expenses)) = (
        first(figures, &["us-gaap:OperatingIncomeLoss"], true, column),
        first(figures, &["us-gaap:CostsAndExpenses"], true, column),
    ) {
        totals.push(operating.value + expenses.value);
    }
    let consistent: Vec<Figure> = candidates
        .iter()
        .filter(|candidate| candidate.value != 0.0 && totals.iter().any(|total| agrees(*total, candidate.value)))
        .cloned()
        .collect();
    // A statement's logic can hold for a part too (product revenue, product cost and product profit), so of the
    // consistent ones the largest.
    largest(consistent).or_else(|| largest(candidates))
}

fn cost(figures: &Figures<'_>, column: &Column) -> Option<Figure> {
    let mut candidates = all(figures, &COST, column);
    candidates.extend(parts(figures, "us-gaap:CostOfGoodsSold", "us-gaap:CostOfServices", column));
    let revenue = revenue(figures, column);
    if let (Some(revenue), Some(gross)) = (&revenue, first(figures, &GROSS_PROFIT, true, column)) {
        let consistent = candidates.iter().find(|cost| agrees(revenue.value - cost.value, gross.value)).cloned();
        return consistent.or_else(|| {
            let start = revenue.start;
            Figure::sum(vec![(1.0, revenue.clone()), (-1.0, gross)], start, column.end)
        });
    }
    largest(candidates)
}

fn gross_profit(figures: &Figures<'_>, column: &Column) -> Option<Figure> {
    if let Some(gross) = first(figures, &GROSS_PROFIT, true, column) {
        return Some(gross);
    }
    let (revenue, cost) = (revenue(figures, column)?, cost(figures, column)?);
    let start = revenue.start;
    Figure::sum(vec![(1.0, revenue), (-1.0, cost)], start, column.end)
}

/// Cost of revenue in two years, by one tag where one gives both: a cost derived from revenue and gross profit may hold
/// what the tagged line does not.
fn cost_pair(figures: &Figures<'_>, now: &Column, before: &Column) -> Result<(Figure, Figure), String> {
    let one = cost(figures, now).ok_or_else(|| missing(Item::CostOfRevenue, now))?;
    let other = cost(figures, before).ok_or_else(|| missing(Item::CostOfRevenue, before))?;
    if one.tag == other.tag {
        return Ok((one, other));
    }
    if let Some(same) = figures.tagged(&one.tag, true, &before.currency, before) {
        return Ok((one, same));
    }
    if let Some(same) = figures.tagged(&other.tag, true, &now.currency, now) {
        return Ok((same, other));
    }
    Ok((one, other))
}

/// Gross profit in two years, as reported in both or as revenue less cost in both: a filer who dropped the line may have
/// had it without some of the revenue (membership fees, royalties).
fn gross_profit_pair(figures: &Figures<'_>, now: &Column, before: &Column) -> Result<(Figure, Figure), String> {
    let reported = GROSS_PROFIT.iter().find_map(|tag| {
        Some((figures.tagged(tag, true, &now.currency, now)?, figures.tagged(tag, true, &before.currency, before)?))
    });
    if let Some(both) = reported {
        return Ok(both);
    }
    let derived =
        figures.pair(Item::Revenue, now, before).and_then(|revenue| Ok((revenue, cost_pair(figures, now, before)?)));
    match derived {
        Ok((revenue, cost)) => {
            let less = |revenue: Figure, cost: Figure, column: &Column| {
                let start = revenue.start;
                Figure::sum(vec![(1.0, revenue), (-1.0, cost)], start, column.end)
                    .ok_or_else(|| missing(Item::GrossProfit, column))
            };
            Ok((less(revenue.0, cost.0, now)?, less(revenue.1, cost.1, before)?))
        }
        Err(_) => {
            gross_profit(figures, now).ok_or_else(|| missing(Item::GrossProfit, now))?;
            gross_profit(figures, before).ok_or_else(|| missing(Item::GrossProfit, before))?;
            Err(format!("{} under one definition in both years", Item::GrossProfit.name()))
        }
    }
}

/// Which definition of EBIT was to be had.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EbitWay {
    Operating,
    BeforeInterest,
}

fn ebit(figures: &Figures<'_>, column: &Column) -> Option<(Figure, EbitWay)> {
    let operating = ["us-gaap:OperatingIncomeLoss", "ifrs-full:ProfitLossFromOperatingActivities"];
    if let Some(operating) = first(figures, &operating, true, column) {
        return Some((operating, EbitWay::Operating));
    }
    // The same by its parts: gross profit less operating expenses, or revenue less all costs.
    let less = |whole: Option<Figure>, costs: &str| {
        let (whole, costs) = (whole?, figures.tagged(costs, true, &column.currency, column)?);
        let start = whole.start;
        Figure::sum(vec![(1.0, whole), (-1.0, costs)], start, column.end)
    };
    let expenses = "us-gaap:OperatingExpenses";
    let by_parts = less(first(figures, &GROSS_PROFIT, true, column), expenses)
        .map(|of_gross| {
            // Some put the cost of revenue among the operating expenses; income before taxes tells who does.
            let pretax = figures.get(Item::PretaxIncome, column).ok();
            match (less(revenue(figures, column), expenses), pretax) {
                (Some(of_revenue), Some(pretax))
                    if (of_revenue.value - pretax.value).abs() < (of_gross.value - pretax.value).abs() =>
                {
                    of_revenue
                }
                _ => of_gross,
            }
        })
        .or_else(|| less(revenue(figures, column), "us-gaap:CostsAndExpenses"));
    if let Some(operating) = by_parts {
        return Some((operating, EbitWay::Operating));
    }
    let pretax = figures.get(Item::PretaxIncome, column).ok()?;
    let start = pretax.start;
    let expense = [
        "us-gaap:InterestExpense",
        "us-gaap:InterestExpenseNonoperating",
        "us-gaap:InterestAndDebtExpense",
        "us-gaap:InterestExpenseDebt",
        "us-gaap:InterestExpenseOperating",
        "ifrs-full:FinanceCosts",
        "ifrs-full:InterestExpense",
    ];
    if let Some(interest) = first(figures, &expense, true, column) {
        // An expense is positive by the taxonomy; filers who tag it negative mean the same.
        let sign = if interest.value < 0.0 { -1.0 } else { 1.0 };
        return Some((Figure::sum(vec![(1.0, pretax), (sign, interest)], start, column.end)?, EbitWay::BeforeInterest));
    }
    let net_income_of_interest = ["us-gaap:InterestIncomeExpenseNet", "us-gaap:InterestIncomeExpenseNonoperatingNet"];
    let Some(interest) = first(figures, &net_income_of_interest, true, column) else {
        // No interest on the statement: income before taxes is before interest too.
        return Some((pretax, EbitWay::BeforeInterest));
    };
    Some((Figure::sum(vec![(1.0, pretax), (-1.0, interest)], start, column.end)?, EbitWay::BeforeInterest))
}

/// Equity with the minority's part, as one tag or two.
fn whole_equity(figures: &Figures<'_>, column: &Column) -> Option<Vec<(f64, Figure)>> {
    let whole = ["us-gaap:StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest"];
    if let Some(whole) = first(figures, &whole, false, column) {
        return Some(vec![(-1.0, whole)]);
    }
    let parent = first(
        figures,
        &["us-gaap:StockholdersEquity", "us-gaap:PartnersCapital", "us-gaap:MembersEquity"],
        false,
        column,
    );
    if let Some(parent) = parent {
        let mut terms = vec![(-1.0, parent)];
        terms.extend(first(figures, &["us-gaap:MinorityInterest"], false, column).map(|minority| (-1.0, minority)));
        return Some(terms);
    }
    first(figures, &["ifrs-full:Equity"], false, column).map(|equity| vec![(-1.0, equity)])
}

fn mezzanine(figures: &Figures<'_>, column: &Column) -> Vec<(f64, Figure)> {
    match first(figures, &MEZZANINE_TOTAL, false, column) {
        Some(total) => vec![(-1.0, total)],
        None => MEZZANINE_PARTS
            .iter()
            .filter_map(|tag| figures.tagged(tag, false, &column.currency, column))
            .map(|part| (-1.0, part))
            .collect(),
    }
}

fn liabilities(figures: &Figures<'_>, column: &Column) -> Option<Figure> {
    if let Some(reported) = first(figures, &["us-gaap:Liabilities", "ifrs-full:Liabilities"], false, column) {
        return Some(reported);
    }
    // Assets = liabilities + mezzanine equity + equity of the parent and of the minority.
    let mut terms = vec![(1.0, claims(figures, column)?)];
    terms.extend(whole_equity(figures, column)?);
    terms.extend(mezzanine(figures, column));
    Figure::sum(terms, None, column.end)
}

/// Total liabilities and equity, which equal total assets.
fn claims(figures: &Figures<'_>, column: &Column) -> Option<Figure> {
    let tags = [
        "us-gaap:LiabilitiesAndStockholdersEquity",
        "us-gaap:Assets",
        "ifrs-full:EquityAndLiabilities",
        "ifrs-full:Assets",
    ];
    first(figures, &tags, false, column)
}

fn equity(figures: &Figures<'_>, column: &Column) -> Option<Figure> {
    let parent = [
        "us-gaap:StockholdersEquity",
        "ifrs-full:EquityAttributableToOwnersOfParent",
        "us-gaap:PartnersCapital",
        "us-gaap:MembersEquity",
    ];
    if let Some(parent) = first(figures, &parent, false, column) {
        return Some(parent);
    }
    let whole = first(
        figures,
        &["us-gaap:StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest", "ifrs-full:Equity"],
        false,
        column,
    );
    if let Some(whole) = whole {
        let minority =
            first(figures, &["us-gaap:MinorityInterest", "ifrs-full:NoncontrollingInterests"], false, column);
        return match minority {
            Some(minority) => Figure::sum(vec![(1.0, whole), (-1.0, minority)], None, column.end),
            None => Some(whole),
        };
    }
    let liabilities = first(figures, &["us-gaap:Liabilities", "ifrs-full:Liabilities"], false, column)?;
    let mut terms = vec![(1.0, claims(figures, column)?), (-1.0, liabilities)];
    terms.extend(mezzanine(figures, column));
    Figure::sum(terms, None, column.end)
}

fn other_current_assets(figures: &Figures<'_>, column: &Column) -> Option<Figure> {
    Item::OtherCurrentAssets
        .recipes()
        .iter()
        .find_map(|recipe| figures.cook(Item::OtherCurrentAssets, recipe, column))
        .or_else(|| rest_of_current_assets(figures, column))
}

/// Current assets that are neither cash nor investments nor receivables nor inventory.
fn rest_of_current_assets(figures: &Figures<'_>, column: &Column) -> Option<Figure> {
    let mut terms = vec![(1.0, figures.get(Item::CurrentAssets, column).ok()?)];
    for item in [Item::Cash, Item::ShortTermInvestments, Item::Receivables, Item::Inventory] {
        if let Ok(part) = figures.get(item, column) {
            terms.push((-1.0, part));
        }
    }
    if terms.len() < 2 { None } else { Figure::sum(terms, None, column.end) }
}
