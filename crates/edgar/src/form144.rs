//! Form 144: notice of a proposed sale of restricted or control securities.
//!
//! Machine-readable since April 2023 (`edgarSubmission`); paper before, and then said so. Every number is what
//! somebody typed: [`Line::implied_price`] is there so that the reader can doubt it.

use jiff::civil::Date;

use crate::ids::Cik;
use crate::xml::{self, Element};

/// Why a filing gives no data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Form144Problem {
    /// Paper, PDF or another document.
    #[error("the document has no Form 144 XML; notices before April 2023 are paper and are not read by machine")]
    NotMachineReadable,
    /// XML without the form in it.
    #[error("the Form 144 XML cannot be read: {0}")]
    Malformed(String),
}

/// A notice. Texts are the filer's own and untrusted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form144 {
    /// `144` or `144/A`.
    pub form: String,
    /// Central index key of the issuer.
    pub issuer: Option<Cik>,
    /// Name of the issuer.
    pub issuer_name: String,
    /// For whose account the securities are to be sold.
    pub seller: String,
    /// What the seller is to the issuer: `Officer`, `Director`.
    pub relationships: Vec<String>,
    /// What is to be sold, one line for each class and broker.
    pub lines: Vec<Line>,
    /// What the seller sold in the three months before.
    pub sold: Vec<Sold>,
    /// Day of the notice.
    pub noticed: Option<Date>,
    /// Days on which trading plans were adopted.
    pub plans: Vec<Date>,
    /// Remarks.
    pub remarks: String,
    /// What could not be read though the rest was.
    pub problems: Vec<String>,
}

/// Securities that are to be sold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Class.
    pub class: String,
    /// Broker or market maker.
    pub broker: String,
    /// Shares to be sold.
    pub shares: Option<f64>,
    /// Aggregate market value in dollars, as typed.
    pub value: Option<f64>,
    /// Shares of the class outstanding, as typed.
    pub outstanding: Option<f64>,
    /// Approximate day of sale.
    pub sale_date: Option<Date>,
    /// Exchange.
    pub exchange: String,
}

impl Line {
    /// Dollars a share that value and shares imply.
    pub fn implied_price(&self) -> Option<f64> {
        let shares = self.shares.filter(|shares| *shares > 0.0)?;
        Some(self.value? / shares)
    }
}

/// A sale in the three months before the notice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sold {
    /// By whom.
    pub seller: String,
    /// Class.
    pub class: String,
    /// Day.
    pub date: Option<Date>,
    /// Shares.
    pub shares: Option<f64>,
    /// Gross proceeds in dollars.
    pub proceeds: Option<f64>,
}

/// Reads a notice: the XML itself, or a full submission with it inside.
///
/// # Errors
/// When there is no Form 144 in the bytes.
pub fn read(bytes: &[u8]) -> Result<Form144, Form144Problem> {
    let text = xml::body(bytes).ok_or(Form144Problem::NotMachineReadable)?;
    let tree = xml::read(&text);
    let Some(root) = tree.root else {
        return Err(Form144Problem::Malformed(tree.problem.unwrap_or_else(|| "it has no elements".to_owned())));
    };
    let form = root.text_at(&["headerData", "submissionType"]);
    let Some(data) = root.get("formData").filter(|_| form.starts_with("144")) else {
        return match tree.problem {
            Some(problem) => Err(Form144Problem::Malformed(problem)),
            None => Err(Form144Problem::NotMachineReadable),
        };
    };
    let issuer = |name: &str| data.text_at(&["issuerInfo", name]);
    let signature = data.get("noticeSignature");
    Ok(Form144 {
        form: form.to_owned(),
        issuer: issuer("issuerCik").parse().ok().map(Cik),
        issuer_name: issuer("issuerName").to_owned(),
        seller: issuer("nameOfPersonForWhoseAccountTheSecuritiesAreToBeSold").to_owned(),
        relationships: data
            .at(&["issuerInfo", "relationshipsToIssuer"])
            .into_iter()
            .flat_map(|all| all.all("relationshipToIssuer"))
            .map(|relationship| relationship.text.clone())
            .collect(),
        lines: data.all("securitiesInformation").filter(|line| line.complete).map(line).collect(),
        sold: data.all("securitiesSoldInPast3Months").filter(|sold| sold.complete).map(sold).collect(),
        noticed: signature.and_then(|signature| xml::day(signature.text_at(&["noticeDate"]))),
        plans: signature
            .and_then(|signature| signature.get("planAdoptionDates"))
            .into_iter()
            .flat_map(|dates| dates.all("planAdoptionDate"))
            .filter_map(|date| xml::day(&date.text))
            .collect(),
        remarks: data.text_at(&["remarks"]).to_owned(),
        problems: tree.problem.into_iter().collect(),
    })
}

fn line(element: &Element) -> Line {
    let figure = |name: &str| xml::number(element.text_at(&[name])).filter(|number| *number >= 0.0);
    Line {
        class: element.text_at(&["securitiesClassTitle"]).to_owned(),
        broker: element.text_at(&["brokerOrMarketmakerDetails", "name"]).to_owned(),
        shares: figure("noOfUnitsSold"),
        value: figure("aggregateMarketValue"),
        outstanding: figure("noOfUnitsOutstanding"),
        sale_date: xml::day(element.text_at(&["approxSaleDate"])),
        exchange: element.text_at(&["securitiesExchangeName"]).to_owned(),
    }
}

fn sold(element: &Element) -> Sold {
    let figure = |name: &str| xml::number(element.text_at(&[name])).filter(|number| *number >= 0.0);
    Sold {
        seller: element.text_at(&["sellerDetails", "name"]).to_owned(),
        class: element.text_at(&["securitiesClassTitle"]).to_owned(),
        date: xml::day(element.text_at(&["saleDate"])),
        shares: figure("amountOfSecuritiesSold"),
        proceeds: figure("grossProceeds"),
    }
}
