//! A company on the table, and forms about it. The company and everybody in it are invented.

use std::path::{Path, PathBuf};

use edgar::ids::{Accession, Cik};
use edgar::index::{Company, Filing};
use forensics::case::{Case, Lists};
use forensics::documents::{Documents, Paper};
use forensics::signal::Signal;
use forensics::wanted::primary_name;
use jiff::civil::Date;

/// A case without filings.
pub(crate) fn case(cik: u64, name: &str, as_of: Date) -> Case {
    Case {
        company: Company {
            cik: Cik(cik),
            name: name.to_owned(),
            tickers: Vec::new(),
            exchanges: Vec::new(),
            sic: None,
            sic_description: String::new(),
            category: String::new(),
            fiscal_year_end: None,
            former_names: Vec::new(),
        },
        as_of,
        filings: Vec::new(),
        facts: None,
        why_no_facts: "not looked for".to_owned(),
        documents: Documents::default(),
        lists: Lists::default(),
        index: Default::default(),
    }
}

/// Adds a filing without its document.
pub(crate) fn file(case: &mut Case, number: u32, form: &str, filed: Date, primary: &str) -> Filing {
    let accession: Accession = format!("0000000001-25-{number:06}").parse().unwrap();
    let filing = Filing {
        accession,
        form: form.to_owned(),
        filed,
        accepted: String::new(),
        report_date: None,
        items: Vec::new(),
        primary_document: primary.to_owned(),
        description: String::new(),
        size: 0,
        file_number: String::new(),
    };
    case.filings.insert(0, filing.clone());
    filing
}

/// Adds a filing with its document.
pub(crate) fn put(case: &mut Case, number: u32, form: &str, filed: Date, primary: &str, bytes: impl Into<Vec<u8>>) {
    let filing = file(case, number, form, filed, primary);
    let name = primary_name(&filing);
    case.documents.put(filing.accession, name.clone(), Ok(Paper::new(name, None, bytes.into())));
}

/// The signal of an id.
pub(crate) fn signal(case: &Case, id: &str) -> Signal {
    forensics::people::run(case).into_iter().find(|signal| signal.id == id).unwrap()
}

/// An input of a signal by its name and unit.
pub(crate) fn input(signal: &Signal, name: &str, unit: &str) -> f64 {
    let found = signal.inputs.iter().find(|input| input.name == name && input.unit == unit);
    found.unwrap_or_else(|| panic!("no {name} in {:#?}", signal.inputs)).value
}

/// A real file by words of its path; none where the data are absent.
pub(crate) fn real(words: &str) -> Option<Vec<u8>> {
    let shared = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = shared.join("data/edgar/filings").join(words);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: no {}", path.display());
    }
    bytes
}

/// A row of a Form 4.
pub(crate) struct Row {
    pub(crate) code: &'static str,
    pub(crate) date: &'static str,
    pub(crate) shares: f64,
    pub(crate) price: f64,
    pub(crate) after: f64,
    pub(crate) footnote: &'static str,
}

/// A Form 4 of an invented owner about an issuer.
pub(crate) fn form4(
    issuer: u64,
    owners: &[u64],
    plan_box: Option<&str>,
    footnotes: &[(&str, &str)],
    rows: &[Row],
) -> String {
    use std::fmt::Write as _;
    let mut xml = format!(
        "<?xml version=\"1.0\"?><ownershipDocument><documentType>4</documentType><issuer><issuerCik>{issuer:010}</issuerCik>\
         <issuerName>Sample Issuer</issuerName></issuer>"
    );
    for owner in owners {
        write!(
            xml,
            "<reportingOwner><reportingOwnerId><rptOwnerCik>{owner}</rptOwnerCik><rptOwnerName>Owner {owner}</rptOwnerName>\
             </reportingOwnerId><reportingOwnerRelationship><isDirector>1</isDirector></reportingOwnerRelationship>\
             </reportingOwner>"
        )
        .unwrap();
    }
    if let Some(ticked) = plan_box {
        write!(xml, "<aff10b5One>{ticked}</aff10b5One>").unwrap();
    }
    xml.push_str("<nonDerivativeTable>");
    for row in rows {
        let disposed = matches!(row.code, "S" | "F" | "G" | "D");
        let note =
            if row.footnote.is_empty() { String::new() } else { format!("<footnoteId id=\"{}\"/>", row.footnote) };
        write!(
            xml,
            "<nonDerivativeTransaction><securityTitle><value>Common Stock</value></securityTitle><transactionDate><value>{}\
             </value></transactionDate><transactionCoding><transactionCode>{}</transactionCode>{note}</transactionCoding>\
             <transactionAmounts><transactionShares><value>{}</value></transactionShares><transactionPricePerShare><value>{}\
             </value></transactionPricePerShare><transactionAcquiredDisposedCode><value>{}</value>\
             </transactionAcquiredDisposedCode></transactionAmounts><postTransactionAmounts>\
             <sharesOwnedFollowingTransaction><value>{}</value></sharesOwnedFollowingTransaction></postTransactionAmounts>\
             <ownershipNature><directOrIndirectOwnership><value>D</value></directOrIndirectOwnership></ownershipNature>\
             </nonDerivativeTransaction>",
            row.date,
            row.code,
            row.shares,
            row.price,
            if disposed { "D" } else { "A" },
            row.after
        )
        .unwrap();
    }
    xml.push_str("</nonDerivativeTable><footnotes>");
    for (id, words) in footnotes {
        write!(xml, "<footnote id=\"{id}\">{words}</footnote>").unwrap();
    }
    xml.push_str("</footnotes></ownershipDocument>");
    xml
}

/// A row.
pub(crate) fn row(code: &'static str, date: &'static str, shares: f64, price: f64, after: f64) -> Row {
    Row { code, date, shares, price, after, footnote: "" }
}
