//! Companyfacts of invented filers with invented numbers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use edgar::facts::Facts;

/// Facts by tag and unit.
#[derive(Clone, Default)]
pub(crate) struct Made {
    rows: BTreeMap<(String, String), Vec<String>>,
}

impl Made {
    /// Adds a fact: `us-gaap:Assets`, unit, first day (empty for an instant), last day, value, form, day of filing, and the
    /// number of the filing.
    pub(crate) fn add(&mut self, tag: &str, unit: &str, start: &str, end: &str, value: f64, filing: (&str, &str, u32)) {
        let (form, filed, number) = filing;
        let start = if start.is_empty() { String::new() } else { format!(r#""start": "{start}", "#) };
        self.rows.entry((tag.to_owned(), unit.to_owned())).or_default().push(format!(
            r#"{{{start}"end": "{end}", "val": {value}, "accn": "0000000001-20-{number:06}", "form": "{form}", "filed": "{filed}"}}"#
        ));
    }

    /// Takes every fact of a tag out.
    pub(crate) fn without(&mut self, tag: &str) {
        self.rows.retain(|(known, _), _| known != tag);
    }

    /// The document.
    pub(crate) fn json(&self) -> String {
        let mut text = String::from(r#"{"cik": 1, "entityName": "Invented Example Corp", "facts": {"#);
        let mut taxonomies: BTreeMap<&str, BTreeMap<&str, Vec<(&str, &Vec<String>)>>> = BTreeMap::new();
        for ((tag, unit), rows) in &self.rows {
            let (taxonomy, tag) = tag.split_once(':').unwrap();
            taxonomies.entry(taxonomy).or_default().entry(tag).or_default().push((unit, rows));
        }
        for (at, (taxonomy, tags)) in taxonomies.iter().enumerate() {
            write!(text, r#"{}"{taxonomy}": {{"#, if at > 0 { "," } else { "" }).unwrap();
            for (at, (tag, units)) in tags.iter().enumerate() {
                write!(text, r#"{}"{tag}": {{"units": {{"#, if at > 0 { "," } else { "" }).unwrap();
                for (at, (unit, rows)) in units.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    write!(text, r#"{comma}"{unit}": [{}]"#, rows.join(",")).unwrap();
                }
                text.push_str("}}");
            }
            text.push('}');
        }
        text.push_str("}}");
        text
    }

    pub(crate) fn facts(&self) -> Facts {
        Facts::read(self.json().as_bytes()).unwrap()
    }
}

/// The last three years of an invented maker of things, 31 December 2018 to 2020, each reported in the next March's 10-K
/// with its comparatives; `scale` multiplies the money.
pub(crate) fn maker(scale: f64) -> Made {
    let mut made = Made::default();
    // Balance sheet: 2018, 2019, 2020.
    let instants: [(&str, [f64; 3]); 15] = [
        ("Assets", [800.0, 900.0, 1000.0]),
        ("AssetsCurrent", [350.0, 400.0, 450.0]),
        ("Liabilities", [500.0, 540.0, 580.0]),
        ("LiabilitiesCurrent", [180.0, 200.0, 220.0]),
        ("LiabilitiesAndStockholdersEquity", [800.0, 900.0, 1000.0]),
        ("StockholdersEquity", [300.0, 360.0, 420.0]),
        ("RetainedEarningsAccumulatedDeficit", [100.0, 140.0, 190.0]),
        ("CashAndCashEquivalentsAtCarryingValue", [60.0, 70.0, 90.0]),
        ("AccountsReceivableNetCurrent", [100.0, 120.0, 150.0]),
        ("InventoryNet", [120.0, 130.0, 140.0]),
        ("PropertyPlantAndEquipmentNet", [300.0, 330.0, 360.0]),
        ("PropertyPlantAndEquipmentGross", [500.0, 560.0, 620.0]),
        ("LongTermDebtNoncurrent", [200.0, 210.0, 200.0]),
        ("LongTermDebtCurrent", [20.0, 20.0, 25.0]),
        ("AccruedIncomeTaxesCurrent", [5.0, 6.0, 8.0]),
    ];
    let flows: [(&str, [f64; 3]); 10] = [
        ("Revenues", [900.0, 1000.0, 1200.0]),
        ("CostOfRevenue", [540.0, 600.0, 740.0]),
        ("GrossProfit", [360.0, 400.0, 460.0]),
        ("SellingGeneralAndAdministrativeExpense", [200.0, 210.0, 230.0]),
        ("OperatingIncomeLoss", [100.0, 120.0, 150.0]),
        (
            "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
            [80.0, 100.0, 130.0],
        ),
        ("NetIncomeLoss", [60.0, 75.0, 100.0]),
        ("NetCashProvidedByUsedInOperatingActivities", [90.0, 100.0, 80.0]),
        ("NetCashProvidedByUsedInInvestingActivities", [-70.0, -80.0, -90.0]),
        ("DepreciationDepletionAndAmortization", [40.0, 45.0, 50.0]),
    ];
    for report in 0..3_usize {
        let filed = format!("{}-03-01", 2019 + report);
        let filing = ("10-K", filed.as_str(), report as u32 + 1);
        // This year and the one before stand in each report.
        for year in report.saturating_sub(1)..=report {
            let end = format!("{}-12-31", 2018 + year);
            let start = format!("{}-01-01", 2018 + year);
            for (tag, values) in &instants {
                made.add(&format!("us-gaap:{tag}"), "USD", "", &end, values[year] * scale, filing);
            }
            for (tag, values) in &flows {
                made.add(&format!("us-gaap:{tag}"), "USD", &start, &end, values[year] * scale, filing);
            }
            made.add(
                "us-gaap:CommonStockSharesOutstanding",
                "shares",
                "",
                &end,
                [100.0, 100.0, 105.0][year] * 1e6,
                filing,
            );
        }
    }
    made
}
