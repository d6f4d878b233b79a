//! Reading a filer's submissions: who it is and everything that it filed.

use std::collections::HashSet;

use jiff::civil::Date;
use serde::Deserialize;

use crate::ids::Cik;
use crate::index::{Company, Filing, FormerName};
use crate::loose::{Loose, Values};
use crate::source::plain;

/// What the submissions of a filer say.
#[derive(Clone, Debug)]
pub struct Submissions {
    /// Who files.
    pub company: Company,
    /// Its filings as far as they were read, newest first, each once.
    pub filings: Vec<Filing>,
    /// The pages with its older filings, which are to be fetched and [added](Submissions::add).
    pub pages: Vec<Page>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// A page of older filings, as the submissions announce it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its name: `CIK0000749647-submissions-001.json`.
    pub name: String,
    /// The day of its oldest filing, where it is said.
    pub from: Option<Date>,
    /// The day of its newest filing, where it is said.
    pub to: Option<Date>,
    /// How many filings it has, where it is said.
    pub count: Option<u64>,
}

/// A part of the index that is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Which part.
    pub part: String,
    /// Why.
    pub why: String,
    /// The day of its newest filing; none where that is not known.
    pub to: Option<Date>,
}

/// The submissions cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadSubmissions {
    /// They are not the JSON that they should be.
    #[error("the submissions cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// They do not say whose they are.
    #[error("the submissions do not say whose they are: they have no `cik`")]
    NoCik,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow, default)]
    cik: Loose<'a>,
    #[serde(borrow, default)]
    name: Loose<'a>,
    #[serde(borrow, default)]
    tickers: Values<Loose<'a>>,
    #[serde(borrow, default)]
    exchanges: Values<Loose<'a>>,
    #[serde(borrow, default)]
    sic: Loose<'a>,
    #[serde(borrow, default)]
    sic_description: Loose<'a>,
    #[serde(borrow, default)]
    category: Loose<'a>,
    #[serde(borrow, default)]
    fiscal_year_end: Loose<'a>,
    #[serde(borrow, default)]
    former_names: Values<RawFormer<'a>>,
    #[serde(borrow, default)]
    filings: Option<RawFilings<'a>>,
}

#[derive(Deserialize)]
struct RawFormer<'a> {
    #[serde(borrow, default)]
    name: Loose<'a>,
    #[serde(borrow, default)]
    from: Loose<'a>,
    #[serde(borrow, default)]
    to: Loose<'a>,
}

#[derive(Deserialize)]
struct RawFilings<'a> {
    #[serde(borrow, default)]
    recent: Option<Columns<'a>>,
    #[serde(borrow, default)]
    files: Values<RawPage<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPage<'a> {
    #[serde(borrow, default)]
    name: Loose<'a>,
    #[serde(borrow, default)]
    filing_from: Loose<'a>,
    #[serde(borrow, default)]
    filing_to: Loose<'a>,
    #[serde(borrow, default)]
    filing_count: Loose<'a>,
}

/// Filings by column, as the index has them: the newest in `recent`, older ones as a page of nothing else.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Columns<'a> {
    #[serde(borrow, default)]
    accession_number: Values<Loose<'a>>,
    #[serde(borrow, default)]
    filing_date: Values<Loose<'a>>,
    #[serde(borrow, default)]
    report_date: Values<Loose<'a>>,
    #[serde(borrow, default)]
    acceptance_date_time: Values<Loose<'a>>,
    #[serde(borrow, default)]
    form: Values<Loose<'a>>,
    #[serde(borrow, default)]
    file_number: Values<Loose<'a>>,
    #[serde(borrow, default)]
    items: Values<Loose<'a>>,
    #[serde(borrow, default)]
    size: Values<Loose<'a>>,
    #[serde(borrow, default)]
    primary_document: Values<Loose<'a>>,
    #[serde(borrow, default)]
    primary_doc_description: Values<Loose<'a>>,
}

impl Submissions {
    /// Reads `CIK##########.json`. What is odd in it becomes a gap, what is absent stays unknown; only a text that is
    /// no JSON, or that does not say whose it is, is refused.
    pub fn read(bytes: &[u8]) -> Result<Self, BadSubmissions> {
        let raw: Raw<'_> = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))?;
        let cik = raw.cik.number().filter(|number| *number > 0).map(Cik).ok_or(BadSubmissions::NoCik)?;
        let texts = |values: &Values<Loose<'_>>| values.0.iter().map(|value| value.text().to_owned()).collect();
        let mut tickers: Vec<String> = texts(&raw.tickers);
        let mut exchanges: Vec<String> = texts(&raw.exchanges);
        exchanges.resize(tickers.len(), String::new());
        if tickers.iter().any(String::is_empty) {
            (tickers, exchanges) = tickers.into_iter().zip(exchanges).filter(|(ticker, _)| !ticker.is_empty()).unzip();
        }
        let company = Company {
            cik,
            name: raw.name.text().to_owned(),
            tickers,
            exchanges,
            // Persons have none, and some filers 0000.
            sic: raw.sic.number().and_then(|sic| u16::try_from(sic).ok()).filter(|sic| *sic > 0),
            sic_description: raw.sic_description.text().to_owned(),
            category: category(raw.category.text()),
            fiscal_year_end: Some(raw.fiscal_year_end.written()).filter(|end| is_month_and_day(end)),
            former_names: raw.former_names.0.iter().filter_map(former).collect(),
        };
        let mut submissions = Self { company, filings: Vec::new(), pages: Vec::new(), gaps: Vec::new() };
        match raw.filings {
            Some(filings) => {
                match filings.recent {
                    Some(recent) => submissions.take(&recent, "the newest filings"),
                    None => submissions.gap("the newest filings", "the submissions have no `recent`"),
                }
                for page in &filings.files.0 {
                    submissions.announce(page);
                }
            }
            None => submissions.gap("all filings", "the submissions have no `filings`"),
        }
        submissions.order();
        Ok(submissions)
    }

    /// Adds a page of older filings.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), BadSubmissions> {
        let columns: Columns<'_> = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))?;
        self.take(&columns, &format!("the page {}", plain(name)));
        self.order();
        Ok(())
    }

    /// Notes that a part is not here.
    pub fn gap(&mut self, part: impl Into<String>, why: impl Into<String>) {
        self.gap_until(None, part, why);
    }

    /// The same of a part whose newest filing is of a known day: what reads newer ones only does not miss it.
    pub fn gap_until(&mut self, to: Option<Date>, part: impl Into<String>, why: impl Into<String>) {
        self.gaps.push(Gap { part: part.into(), why: why.into(), to });
    }

    fn announce(&mut self, page: &RawPage<'_>) {
        let name = page.name.text();
        // The name becomes an address: only what looks like a page of this filer does.
        let ours = name
            .strip_prefix(&format!("{}-submissions-", self.company.cik.padded()))
            .and_then(|rest| rest.strip_suffix(".json"))
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        if !ours {
            self.gap("a page of older filings", format!("`{}` is no name of a page of this filer", plain(name)));
        } else if !self.pages.iter().any(|known| known.name == name) {
            self.pages.push(Page {
                name: name.to_owned(),
                from: day(page.filing_from.text()),
                to: day(page.filing_to.text()),
                count: page.filing_count.number(),
            });
        }
    }

    fn take(&mut self, columns: &Columns<'_>, part: &str) {
        let rows = columns.accession_number.0.len();
        let lengths = [
            columns.filing_date.0.len(),
            columns.form.0.len(),
            columns.primary_document.0.len(),
            columns.items.0.len(),
        ];
        if lengths[..2].iter().any(|length| *length != rows) || lengths[2..].iter().any(|l| *l != rows && *l != 0) {
            // Columns that have lost their alignment would give one filing the form of another.
            self.gap(part, format!("its columns have different lengths ({rows} accession numbers, {lengths:?})"));
            return;
        }
        let at = |column: &Values<Loose<'_>>, row: usize| column.0.get(row).map_or("", Loose::text).to_owned();
        self.filings.reserve(rows);
        let mut unreadable = 0;
        for row in 0..rows {
            let accession = columns.accession_number.0[row].text().parse();
            let filed = day(columns.filing_date.0[row].text());
            let form = columns.form.0[row].written();
            let (Ok(accession), Some(filed), false) = (accession, filed, form.is_empty()) else {
                unreadable += 1;
                continue;
            };
            let items = columns.items.0.get(row).map_or("", Loose::text);
            self.filings.push(Filing {
                accession,
                form,
                filed,
                accepted: at(&columns.acceptance_date_time, row),
                report_date: columns.report_date.0.get(row).and_then(|date| day(date.text())),
                file_number: at(&columns.file_number, row),
                items: items.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect(),
                primary_document: at(&columns.primary_document, row),
                description: at(&columns.primary_doc_description, row),
                size: columns.size.0.get(row).and_then(Loose::number).unwrap_or(0),
            });
        }
        if unreadable > 0 {
            self.gap(part, format!("{unreadable} of {rows} filings have no accession number, day or form"));
        }
    }

    /// Newest first, each once.
    fn order(&mut self) {
        let newer = |a: &Filing, b: &Filing| {
            b.filed.cmp(&a.filed).then_with(|| b.accepted.cmp(&a.accepted)).then_with(|| b.accession.cmp(&a.accession))
        };
        if !self.filings.is_sorted_by(|a, b| newer(a, b).is_le()) {
            self.filings.sort_by(newer);
        }
        let mut seen = HashSet::with_capacity(self.filings.len());
        let once: Vec<bool> = self.filings.iter().map(|filing| seen.insert(&filing.accession)).collect();
        let mut once = once.into_iter();
        self.filings.retain(|_| once.next().unwrap_or(true));
    }
}

fn former(raw: &RawFormer<'_>) -> Option<FormerName> {
    let name = raw.name.text();
    (!name.is_empty()).then(|| FormerName { name: name.to_owned(), from: day(raw.from.text()), to: day(raw.to.text()) })
}

/// A day, `2024-01-31`, perhaps with a time behind it; none where there is none.
fn day(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' || (bytes.len() > 10 && bytes[10] != b'T') {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        bytes[range]
            .iter()
            .try_fold(0_i16, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i16::from(byte - b'0')))
    };
    Date::new(number(0..4)?, number(5..7)? as i8, number(8..10)? as i8).ok()
}

/// EDGAR joins the parts of a category with `<br>`, which stands at its beginning where the first part is empty.
fn category(text: &str) -> String {
    let parts: Vec<&str> = text.split("<br>").map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join("; ")
}

fn is_month_and_day(text: &str) -> bool {
    text.len() == 4
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && ("01".."13").contains(&&text[..2])
        && ("01".."32").contains(&&text[2..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Submissions {
        Submissions::read(text.as_bytes()).unwrap()
    }

    const TOY: &str = r#"{"cik":"0000000007","name":"Toy Co","sic":"2834","sicDescription":"Pharma","tickers":["TOY",null,"TOYW"],
        "exchanges":["Nasdaq",null],"category":"<br>Emerging growth company","fiscalYearEnd":"1231",
        "formerNames":[{"name":"Old Toy","from":"2001-02-03T00:00:00.000Z","to":null},{"name":""}],
        "filings":{"recent":{"accessionNumber":["0000000007-24-000001","0000000007-24-000003","0000000007-24-000001"],
        "filingDate":["2024-01-02","2024-03-04","2024-01-02"],"reportDate":["","2024-03-01",""],
        "acceptanceDateTime":["2024-01-02T17:00:00.000Z","2024-03-04T08:00:00.000Z",""],
        "form":["4","8-K","4"],"fileNumber":["","001-1",""],"items":["","3.01,9.01",""],"size":[10,"20",null],
        "primaryDocument":["xslF345X05/form4.xml","d8k.htm","xslF345X05/form4.xml"],
        "primaryDocDescription":["","8-K",""]},
        "files":[{"name":"CIK0000000007-submissions-001.json","filingCount":1,"filingFrom":"1999-01-01","filingTo":"1999-12-31"},
        {"name":"../evil.json"}]}}"#;

    #[test]
    fn a_company_and_its_filings_are_read() {
        let mut toy = read(TOY);
        assert_eq!(toy.company.tickers, ["TOY", "TOYW"]);
        assert_eq!(toy.company.exchanges, ["Nasdaq", ""]);
        assert_eq!((toy.company.sic, toy.company.category.as_str()), (Some(2834), "Emerging growth company"));
        assert_eq!(toy.company.former_names.len(), 1);
        assert_eq!(toy.company.former_names[0].from, Some("2001-02-03".parse().unwrap()));
        let accessions: Vec<&str> = toy.filings.iter().map(|filing| filing.accession.as_str()).collect();
        assert_eq!(accessions, ["0000000007-24-000003", "0000000007-24-000001"]);
        assert_eq!(toy.filings[0].items, ["3.01", "9.01"]);
        assert_eq!((toy.filings[0].size, toy.filings[0].file_number.as_str()), (20, "001-1"));
        assert_eq!(toy.filings[1].report_date, None);
        assert_eq!(toy.pages.len(), 1);
        assert_eq!(toy.gaps.len(), 1, "{:?}", toy.gaps);

        let page = r#"{"accessionNumber":["0000000007-99-000001","0000000007-24-000003","x"],
            "filingDate":["1999-05-06","2024-03-04","1999-01-01"],"form":["10-K","8-K","4"]}"#;
        toy.add("CIK0000000007-submissions-001.json", page.as_bytes()).unwrap();
        assert_eq!(toy.filings.len(), 3);
        assert_eq!(toy.filings[2].form, "10-K");
        assert!(toy.gaps[1].why.contains("1 of 3"), "{:?}", toy.gaps);
    }

    /// Lesson 58: persons, empty classification, no tickers, numbers for texts, nulls for lists, nothing filed.
    #[test]
    fn odd_shapes_are_unknown_not_wrong() {
        let odd = read(
            r#"{"cik":1462356,"name":"A Person","sic":"","tickers":null,"exchanges":[],"category":null,
            "fiscalYearEnd":null,"formerNames":null,"filings":{"recent":{},"files":null}}"#,
        );
        assert_eq!(odd.company.cik, Cik(1_462_356));
        assert_eq!((odd.company.sic, odd.company.fiscal_year_end), (None, None));
        assert!(odd.filings.is_empty() && odd.gaps.is_empty() && odd.pages.is_empty());
        assert_eq!(read(r#"{"cik":"7"}"#).gaps.len(), 1);
        assert_eq!(read(r#"{"cik":"7","filings":{}}"#).gaps.len(), 1);
        assert_eq!(read(r#"{"cik":7,"sic":"0000","fiscalYearEnd":"1331"}"#).company.fiscal_year_end, None);
    }

    #[test]
    fn columns_that_lost_their_alignment_are_not_read() {
        let odd = read(
            r#"{"cik":7,"filings":{"recent":{"accessionNumber":["0000000007-24-000001","0000000007-24-000002"],
            "filingDate":["2024-01-02","2024-01-03"],"form":["8-K"]}}}"#,
        );
        assert!(odd.filings.is_empty());
        assert!(odd.gaps[0].why.contains("different lengths"), "{:?}", odd.gaps);
    }

    #[test]
    fn what_is_no_index_is_refused() {
        for wrong in ["", "null", "[]", "{}", "<html>", r#"{"cik":"x"}"#, r#"{"cik":0}"#, r#"{"cik":7,"filings":3}"#] {
            assert!(Submissions::read(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let deep = format!("{{\"cik\":7,\"x\":{}", "[".repeat(100_000));
        assert!(Submissions::read(deep.as_bytes()).is_err());
    }

    #[test]
    fn days_are_read_or_unknown() {
        assert_eq!(day("2024-02-29"), Some("2024-02-29".parse().unwrap()));
        assert_eq!(day("2024-02-29T00:00:00.000Z"), Some("2024-02-29".parse().unwrap()));
        for wrong in ["", "2023-02-29", "2024-2-9", "20240229", "2024-02-29x", "२०२४-०१-०१"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
