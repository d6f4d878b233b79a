//! Every number keeps its trail, on every real filer of the shared folder and every annual report of it: each input stands in
//! the raw JSON under its tag, period and filing; a derived one follows from its terms; and each signal and part follows
//! from its inputs by the published formula, worked out here a second time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod numeric_support;

use std::collections::{BTreeSet, HashMap, HashSet};

use edgar::facts::{Facts, is_annual_form};
use forensics::contract::{Reads, ids};
use forensics::signal::{Input, Signal, Status};
use jiff::ToSpan;
use jiff::civil::Date;
use numeric_support::{case, shared};

/// Tag, unit, first day, last day, accession number.
type Key = (String, String, String, String, String);

/// The raw document, read without the crate under test.
struct Raw {
    values: HashMap<Key, Vec<f64>>,
}

impl Raw {
    fn read(bytes: &[u8]) -> Self {
        let whole: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        let mut values: HashMap<Key, Vec<f64>> = HashMap::new();
        let words = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        for (taxonomy, tags) in whole["facts"].as_object().unwrap() {
            for (tag, concept) in tags.as_object().unwrap() {
                for (unit, facts) in concept["units"].as_object().unwrap() {
                    for fact in facts.as_array().unwrap() {
                        let key = (
                            format!("{taxonomy}:{tag}"),
                            unit.clone(),
                            words(&fact["start"]),
                            words(&fact["end"]),
                            words(&fact["accn"]),
                        );
                        values.entry(key).or_default().extend(fact["val"].as_f64());
                    }
                }
            }
        }
        Self { values }
    }

    fn has(&self, input: &Input) -> bool {
        let day = |day: Option<Date>| day.map_or(String::new(), |day| day.to_string());
        let accession = input.accession.as_ref().map_or(String::new(), |accession| accession.to_string());
        let key = (input.tag.clone(), input.unit.clone(), day(input.start), day(input.end), accession);
        self.values.get(&key).is_some_and(|found| found.contains(&input.value))
    }

    /// Shares of the first digits of the different amounts of money in a filing, and how many there are.
    fn first_digits(&self, accession: &str) -> (usize, [f64; 9]) {
        let amounts: HashSet<u64> = self
            .values
            .iter()
            .filter(|((tag, unit, .., accn), _)| {
                accn == accession && !tag.starts_with("dei:") && unit.len() == 3 && unit.to_uppercase() == *unit
            })
            .flat_map(|(_, values)| values.iter().map(|value| value.abs()).filter(|value| *value >= 1.0))
            .map(f64::to_bits)
            .collect();
        let mut shares = [0.0; 9];
        for amount in &amounts {
            let digit = format!("{:e}", f64::from_bits(*amount)).chars().next().unwrap().to_digit(10).unwrap();
            shares[digit as usize - 1] += 1.0 / amounts.len() as f64;
        }
        (amounts.len(), shares)
    }
}

/// The signs of a derived tag, top level only: `a - (b + c)` has `+`, `-`.
fn signs(tag: &str) -> Option<Vec<f64>> {
    let mut found = vec![if tag.starts_with('-') { -1.0 } else { 1.0 }];
    let mut depth = 0;
    for (at, character) in tag.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            '+' if depth == 0 && tag[..at].ends_with(' ') => found.push(1.0),
            '-' if depth == 0 && tag[..at].ends_with(' ') => found.push(-1.0),
            _ => {}
        }
    }
    (found.len() > 1).then_some(found)
}

/// Checks the input at a place and what it is derived from; gives the place after.
fn check(inputs: &[Input], at: usize, raw: &Raw, of: &str) -> usize {
    let input = &inputs[at];
    let Some(signs) = signs(&input.tag) else {
        let told = match input.tag.as_str() {
            "no tag of this line on the statement" => input.value == 0.0 && input.accession.is_none(),
            "every concept without dimensions but dei" => true,
            tag if tag.starts_with("implicit price deflator") => input.value > 100.0,
            _ => raw.has(input),
        };
        assert!(told, "{of}: not in the raw facts: {input:#?}");
        return at + 1;
    };
    let mut next = at + 1;
    let mut sum = 0.0;
    for sign in signs {
        let term = inputs.get(next).unwrap_or_else(|| panic!("{of}: a term of {input:#?} is missing"));
        assert_eq!(term.name, format!("{}, of which", input.name), "{of}");
        sum += sign * term.value;
        next = check(inputs, next, raw, of);
    }
    assert!(near(sum, input.value), "{of}: {sum} is not {input:#?}");
    next
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
}

/// The numbers of a signal by name.
struct Numbers<'s>(&'s [Input]);

impl Numbers<'_> {
    fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|input| input.name == name).map(|input| input.value)
    }

    /// This year's and last year's; nothing reported counts as none where the formula says so.
    fn both(&self, name: &str) -> Option<[f64; 2]> {
        Some([self.get(name)?, self.get(&format!("{name} (prior year)"))?])
    }

    fn both_or_none(&self, name: &str) -> [f64; 2] {
        [self.get(name).unwrap_or(0.0), self.get(&format!("{name} (prior year)")).unwrap_or(0.0)]
    }
}

fn quotient(one: Option<[f64; 2]>, other: Option<[f64; 2]>) -> Option<[f64; 2]> {
    let (one, other) = (one?, other?);
    (other[0] != 0.0 && other[1] != 0.0).then(|| [one[0] / other[0], one[1] / other[1]])
}

fn index(pair: Option<[f64; 2]>) -> Option<f64> {
    let [now, before] = pair?;
    (now >= 0.0 && before > 0.0).then_some(now / before)
}

/// What each part of a model comes to by its inputs.
fn expected(signal: &Signal) -> Vec<(&'static str, Option<f64>)> {
    let n = Numbers(&signal.inputs);
    let get = |name: &str| n.get(name);
    let both = |name: &str| n.both(name);
    let over = |one: Option<f64>, other: Option<f64>| {
        one.zip(other).filter(|(_, other)| *other != 0.0).map(|(one, other)| one / other)
    };
    let less = |one: Option<f64>, other: Option<f64>| one.zip(other).map(|(one, other)| one - other);
    let (assets, liabilities) = (get("total assets"), get("total liabilities"));
    let (current_assets, current_liabilities) = (get("current assets"), get("current liabilities"));
    let (income, cash_flow) = (get("net income"), get("operating cash flow"));
    let average = both("total assets").map(|[now, before]| f64::midpoint(now, before));
    let flag = |yes: bool| if yes { 1.0 } else { 0.0 };
    match signal.id.as_str() {
        "altman_z" | "altman_z1" | "altman_z2" => {
            let equity = get("public float, in place of the market value of equity").or(get("equity of the parent"));
            vec![
                ("x1", over(less(current_assets, current_liabilities), assets)),
                ("x2", over(get("retained earnings"), assets)),
                ("x3", over(get("EBIT"), assets)),
                ("x4", over(equity, liabilities)),
                ("x5", over(get("revenue"), assets)),
            ]
        }
        "zmijewski" => vec![
            ("roa", over(income, assets)),
            ("leverage", over(liabilities, assets)),
            ("liquidity", over(current_assets, current_liabilities)),
        ],
        "ohlson_o" => {
            let level = signal.inputs.iter().find(|input| input.name.starts_with("price-level index"));
            let funds = get("income before taxes").zip(get("depreciation and amortisation")).map(|(a, b)| a + b);
            vec![
                ("size", assets.zip(level).map(|(assets, level)| (assets / level.value).ln())),
                ("tlta", over(liabilities, assets)),
                ("wcta", over(less(current_assets, current_liabilities), assets)),
                ("clca", over(current_liabilities, current_assets)),
                ("oeneg", liabilities.zip(assets).map(|(one, other)| flag(one > other))),
                ("nita", over(income, assets)),
                ("futl", over(funds, liabilities)),
                ("intwo", both("net income").map(|[now, before]| flag(now < 0.0 && before < 0.0))),
                ("chin", both("net income").map(|[now, before]| (now - before) / (now.abs() + before.abs()))),
            ]
        }
        "beneish_m" => {
            let (revenue, whole) = (both("revenue"), both("total assets"));
            let plant = both("property, plant and equipment, net");
            let wear = both("depreciation and amortisation");
            let debt = n.both_or_none("long-term debt");
            let soft = quotient(both("current assets").zip(plant).map(|(a, b)| [a[0] + b[0], a[1] + b[1]]), whole)
                .map(|hard| [1.0 - hard[0], 1.0 - hard[1]]);
            let rate = quotient(wear, wear.zip(plant).map(|(a, b)| [a[0] + b[0], a[1] + b[1]]));
            let owed = both("current liabilities").map(|current| [current[0] + debt[0], current[1] + debt[1]]);
            let turned = |pair: Option<[f64; 2]>| pair.map(|[now, before]| [before, now]);
            vec![
                ("dsri", index(quotient(both("receivables"), revenue))),
                ("gmi", index(turned(quotient(both("gross profit"), revenue)))),
                ("aqi", index(soft)),
                ("sgi", index(revenue)),
                ("depi", index(turned(rate))),
                ("sgai", index(quotient(both("selling, general and administrative expense"), revenue))),
                ("lvgi", index(quotient(owed, whole))),
                ("tata", over(less(income, cash_flow), assets)),
            ]
        }
        "dechow_f" => {
            let change = |pair: Option<[f64; 2]>| pair.map(|[now, before]| now - before);
            let receivables = both("receivables");
            let none = |name: &str| Some(n.both_or_none(name));
            let net = [("total assets", 1.0), ("cash and equivalents", -1.0), ("total liabilities", -1.0)]
                .iter()
                .map(|(name, sign)| change(both(name)).map(|change| sign * change))
                .sum::<Option<f64>>()
                .zip(change(none("preferred stock")))
                .map(|(net, preferred)| net - preferred);
            let oldest = (get("receivables (two years before)"), get("total assets (two years before)"));
            let cash_sales = both("revenue").zip(receivables).zip(oldest.0).and_then(|((sales, owed), older)| {
                let beside = get("receivables (prior year, beside two years before)").unwrap_or(owed[1]);
                let (now, before) = (sales[0] - owed[0] + owed[1], sales[1] - beside + older);
                over(Some(now - before), Some(before))
            });
            let returns =
                both("net income").zip(both("total assets")).zip(oldest.1).map(|((income, assets), older)| {
                    income[0] / f64::midpoint(assets[0], assets[1]) - income[1] / f64::midpoint(assets[1], older)
                });
            let hard = get("property, plant and equipment, net").zip(get("cash and equivalents"));
            let soft = assets.zip(hard).map(|(assets, (plant, cash))| assets - plant - cash);
            vec![
                ("rsst", over(net, average)),
                ("ch_rec", over(change(receivables), average)),
                ("ch_inv", over(change(none("inventory")), average)),
                ("soft_assets", over(soft, assets)),
                ("ch_cs", cash_sales),
                ("ch_roa", returns),
            ]
        }
        "sloan_accruals" => vec![("cash_flow", over(less(income, cash_flow), average))],
        _ => Vec::new(),
    }
}

/// The whole of a model from its parts: constant and weights as published.
fn weights(id: &str) -> Option<(f64, &'static [(&'static str, f64)])> {
    Some(match id {
        "altman_z" => (0.0, &[("x1", 1.2), ("x2", 1.4), ("x3", 3.3), ("x4", 0.6), ("x5", 0.999)]),
        "altman_z1" => (0.0, &[("x1", 0.717), ("x2", 0.847), ("x3", 3.107), ("x4", 0.420), ("x5", 0.998)]),
        "altman_z2" => (0.0, &[("x1", 6.56), ("x2", 3.26), ("x3", 6.72), ("x4", 1.05)]),
        "zmijewski" => (-4.336, &[("roa", -4.513), ("leverage", 5.679), ("liquidity", 0.004)]),
        "ohlson_o" => (
            -1.32,
            &[
                ("size", -0.407),
                ("tlta", 6.03),
                ("wcta", -1.43),
                ("clca", 0.0757),
                ("nita", -2.37),
                ("futl", -1.83),
                ("intwo", 0.285),
                ("oeneg", -1.72),
                ("chin", -0.521),
            ],
        ),
        "sloan_accruals" => (0.0, &[("cash_flow", 1.0)]),
        _ => return None,
    })
}

const EIGHT: &[(&str, f64)] = &[
    ("dsri", 0.920),
    ("gmi", 0.528),
    ("aqi", 0.404),
    ("sgi", 0.892),
    ("depi", 0.115),
    ("sgai", -0.172),
    ("tata", 4.679),
    ("lvgi", -0.327),
];
const FIVE: &[(&str, f64)] = &[("dsri", 0.823), ("gmi", 0.906), ("aqi", 0.593), ("sgi", 0.717), ("depi", 0.107)];
const MISSTATED: &[(&str, f64)] = &[
    ("rsst", 0.790),
    ("ch_rec", 2.518),
    ("ch_inv", 1.191),
    ("soft_assets", 1.979),
    ("ch_cs", 0.171),
    ("ch_roa", -0.932),
    ("issue", 1.029),
];

fn weigh(signal: &Signal, constant: f64, weights: &[(&str, f64)]) -> Option<f64> {
    let part = |name: &str| signal.parts.iter().find(|part| part.id == format!("{}.{name}", signal.id))?.value;
    weights.iter().try_fold(constant, |sum, (name, weight)| Some(sum + weight * part(name)?))
}

fn whole(signal: &Signal) -> Option<f64> {
    match signal.id.as_str() {
        "beneish_m" => weigh(signal, -4.84, EIGHT).or_else(|| weigh(signal, -6.065, FIVE)),
        "dechow_f" => weigh(signal, -7.893, MISSTATED).map(|y| 1.0 / (1.0 + (-y).exp()) / 0.0037),
        id => weights(id).and_then(|(constant, weights)| weigh(signal, constant, weights)),
    }
}

/// The points of Piotroski and Montier from their own inputs.
fn point(part: &Signal) -> Option<bool> {
    let n = Numbers(&part.inputs);
    let both = |name: &str| n.both(name);
    let rise = |pair: Option<[f64; 2]>| pair.map(|[now, before]| now > before);
    let opening = n
        .get("total assets at the beginning of the year")
        .zip(n.get("total assets at the beginning of the prior year"))
        .map(|(now, before)| [now, before]);
    let base = opening.or_else(|| both("total assets"));
    match part.id.as_str() {
        "piotroski_f.roa" => n.get("net income").map(|income| income > 0.0),
        "piotroski_f.cash_flow" => n.get("operating cash flow").map(|cash| cash > 0.0),
        "piotroski_f.roa_change" => rise(quotient(both("net income"), base)),
        "piotroski_f.accruals" => {
            n.get("operating cash flow").zip(n.get("net income")).map(|(cash, income)| cash > income)
        }
        "piotroski_f.leverage" => {
            let whole = both("total assets")?;
            let average = match n.get("total assets at the beginning of the prior year") {
                Some(oldest) => [f64::midpoint(whole[0], whole[1]), f64::midpoint(whole[1], oldest)],
                None => whole,
            };
            rise(quotient(Some(n.both_or_none("long-term debt")), Some(average))).map(|risen| !risen)
        }
        "piotroski_f.liquidity" => rise(quotient(both("current assets"), both("current liabilities"))),
        "piotroski_f.shares" => {
            rise(both("shares outstanding").or_else(|| both("weighted average shares, basic"))).map(|risen| !risen)
        }
        "piotroski_f.margin" => rise(quotient(both("gross profit"), both("revenue"))),
        "piotroski_f.turnover" => rise(quotient(both("revenue"), base)),
        "montier_c.accruals" => {
            let (income, cash) = (both("net income")?, both("operating cash flow")?);
            Some(income[0] - cash[0] > income[1] - cash[1])
        }
        "montier_c.receivables" => rise(quotient(both("receivables"), both("revenue"))),
        "montier_c.inventory" => match n.both_or_none("inventory") {
            [0.0, 0.0] => Some(false),
            inventory => rise(quotient(Some(inventory), both("cost of revenue"))),
        },
        "montier_c.other_current_assets" => rise(quotient(both("other current assets"), both("revenue"))),
        "montier_c.depreciation" => {
            quotient(both("depreciation and amortisation"), both("property, plant and equipment, gross"))
                .map(|[now, before]| now < before)
        }
        "montier_c.asset_growth" => both("total assets").map(|[now, before]| now / before > 1.10),
        _ => None,
    }
}

/// What a signal comes to, where it is one figure or a quotient of few.
fn simple(signal: &Signal, raw: &Raw) -> Option<f64> {
    let n = Numbers(&signal.inputs);
    match signal.id.as_str() {
        "current_ratio" => Some(n.get("current assets")? / n.get("current liabilities")?),
        "negative_equity" => n.get("equity of the parent"),
        "authorised_headroom" => Some(1.0 - n.get("outstanding common shares")? / n.get("authorised common shares")?),
        "piotroski_f" | "montier_c" => Some(signal.parts.iter().filter_map(|part| part.value).sum()),
        "share_growth" => {
            // The counts on one basis stand in the parts, under the day of the count as stated.
            let on_basis = |name: &str| {
                let day = signal.inputs.iter().find(|input| input.name == name)?.end?;
                signal.parts.iter().find(|part| part.id == format!("share_growth.count.{day}"))?.value
            };
            Some(on_basis("newest count, as stated")? / on_basis("count a year before, as stated")? - 1.0)
        }
        "cash_runway" => {
            let raised = signal.inputs.iter().filter(|input| input.name == "capital raised since the balance sheet");
            let means = n.get("cash and equivalents")?
                + n.get("short-term investments").unwrap_or(0.0)
                + raised.map(|input| input.value).sum::<f64>();
            let quarter = "operating cash flow of the newest quarter";
            let burn = if signal.why.contains("(the newest quarter)") {
                let input = signal.inputs.iter().find(|input| input.name == quarter)?;
                let days = (input.end?.duration_since(input.start?).as_hours() / 24 + 1) as f64;
                let months = if (80.0..=105.0).contains(&days) { 3.0 } else { days / 30.4375 };
                -input.value / months
            } else {
                -n.get("operating cash flow of twelve months")? / 12.0
            };
            Some(means / burn)
        }
        "benford" => {
            let input = signal.inputs.first()?;
            let (count, shares) = raw.first_digits(input.accession.as_ref()?.as_str());
            assert_eq!(count as f64, input.value, "{input:#?}");
            let off = shares.iter().zip(1_u32..).map(|(share, d)| (share - (1.0 + 1.0 / f64::from(d)).log10()).abs());
            Some(off.sum::<f64>() / 9.0)
        }
        _ => None,
    }
}

/// Checks a signal; gives whether a formula was worked out for it.
fn follows(signal: &Signal, raw: &Raw, of: &str) -> bool {
    let of = format!("{of}: {}", signal.id);
    for signal in std::iter::once(signal).chain(&signal.parts) {
        let mut at = 0;
        while at < signal.inputs.len() {
            at = check(&signal.inputs, at, raw, &of);
        }
    }
    for (name, value) in expected(signal) {
        let Some(part) = signal.parts.iter().find(|part| part.id == format!("{}.{name}", signal.id)) else { continue };
        match (part.value, value) {
            (Some(one), Some(other)) => assert!(near(one, other), "{of}.{name}: {one} is not {other}: {signal:#?}"),
            (None, None) => {}
            // A line reported in one year of two is not taken as none in the other; the part says so.
            (None, Some(_)) => assert!(part.why.starts_with("not reported"), "{of}.{name} could be had: {signal:#?}"),
            (Some(_), None) => panic!("{of}.{name} does not follow from the inputs: {signal:#?}"),
        }
    }
    for part in &signal.parts {
        if let Some(won) = point(part).filter(|_| !part.why.starts_with("not reported")) {
            assert_eq!(part.value, Some(if won { 1.0 } else { 0.0 }), "{of}: {part:#?}");
        }
    }
    if signal.status != Status::Ran {
        return false;
    }
    let Some(value) = whole(signal).or_else(|| simple(signal, raw)) else { return false };
    assert!(near(signal.value.unwrap(), value), "{of}: {value} is not {signal:#?}");
    true
}

/// Every companyfacts of the shared folder, a month after each annual report and on three days without a report near.
#[test]
fn every_value_follows_from_its_inputs() {
    let Ok(folder) = std::fs::read_dir(shared().join("data/edgar/companyfacts")) else {
        println!("skipped: no companyfacts");
        return;
    };
    let mut worked = 0;
    let mut never: BTreeSet<String> = ids(Reads::Figures).map(str::to_owned).collect();
    for entry in folder {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        // The subsets that another project made lack what belongs together.
        let Some(cik) = name.strip_prefix("CIK").and_then(|rest| rest.strip_suffix(".json.gz")?.parse::<u64>().ok())
        else {
            continue;
        };
        let bytes = numeric_support::bytes(cik).unwrap();
        let raw = Raw::read(&bytes);
        let facts = Facts::read(&bytes).unwrap();
        let mut days: BTreeSet<Date> =
            ["2013-05-20", "2017-04-15", "2020-08-31", "2025-08-31"].iter().map(|day| day.parse().unwrap()).collect();
        for (_, list) in facts.concepts() {
            let annual = list.iter().filter(|fact| is_annual_form(&facts.filing(fact).unwrap().form));
            days.extend(annual.map(|fact| fact.filed.checked_add(30.days()).unwrap()));
        }
        // By an industry code that every model takes, so that all of them are worked out.
        let mut case = case(facts, Some(3500), Date::MIN);
        for day in days {
            case.as_of = day;
            for signal in forensics::numeric::run(&case) {
                if follows(&signal, &raw, &format!("{name} on {day}")) {
                    worked += 1;
                    never.remove(&signal.id);
                }
            }
        }
    }
    println!("{worked} values worked out a second time");
    assert!(worked > 1_500, "{worked}");
    assert_eq!(never, BTreeSet::from(["splits".to_owned()]), "formulas that nothing exercised");
}
