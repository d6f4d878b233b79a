//! EDGAR's full-text search: what is asked, and what comes back.

use jiff::civil::Date;
use serde::Deserialize;

use crate::ids::{Accession, Cik};

/// A question to the full-text search, which covers filings since 2001.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// The words. A phrase must stand in quotation marks, or every large prospectus matches:
    /// see [`Query::phrase`].
    pub words: String,
    /// Only these forms; all where empty.
    pub forms: Vec<String>,
    /// Only these filers; all where empty.
    pub ciks: Vec<Cik>,
    /// Filed on this day or later, and on this day or earlier.
    pub filed: Option<(Date, Date)>,
    /// Which hit to begin with; the search gives 100 at a time.
    pub from: u32,
}

impl Query {
    /// One that looks for a phrase as it stands, quoted.
    pub fn phrase(phrase: &str) -> Self {
        Self { words: format!("\"{}\"", phrase.replace('"', " ").trim()), ..Self::default() }
    }

    /// The query of its address.
    pub fn encoded(&self) -> String {
        let mut pairs = vec![format!("q={}", encoded(&self.words))];
        if !self.forms.is_empty() {
            pairs.push(format!("forms={}", encoded(&self.forms.join(","))));
        }
        if !self.ciks.is_empty() {
            let ciks: Vec<String> = self.ciks.iter().map(|cik| format!("{:010}", cik.0)).collect();
            pairs.push(format!("ciks={}", encoded(&ciks.join(","))));
        }
        if let Some((first, last)) = self.filed {
            pairs.push(format!("dateRange=custom&startdt={first}&enddt={last}"));
        }
        if self.from > 0 {
            pairs.push(format!("from={}", self.from));
        }
        pairs.join("&")
    }
}

/// A document that the search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The filing.
    pub accession: Accession,
    /// The document's name in the filing's folder.
    pub document: String,
    /// The filing's form.
    pub form: String,
    /// What the document is within the filing: `EX-99.1`, or the form itself.
    pub kind: String,
    /// The day of filing.
    pub filed: Date,
    /// Items of an 8-K.
    pub items: Vec<String>,
    /// The filers, first of them the one whose folder has the document.
    pub ciks: Vec<Cik>,
    /// The filers as the search names them.
    pub names: Vec<String>,
}

/// A page of hits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Documents found in all, as far as the search counts.
    pub total: u64,
    /// Whether there may be more than it counted: it stops at 10,000.
    pub more: bool,
    /// The hits of this page, in its order.
    pub hits: Vec<Hit>,
    /// How many hits of this page could not be read.
    pub unreadable: usize,
}

/// The search's answer cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the answer of the full-text search cannot be read: {0}")]
pub struct BadAnswer(String);

/// Reads the search's answer. A hit without accession number or day is counted, not guessed.
pub fn read(bytes: &[u8]) -> Result<Hits, BadAnswer> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|problem| BadAnswer(problem.to_string()))?;
    let outer = answer.hits.ok_or_else(|| match answer.error.or(answer.message) {
        Some(text) => BadAnswer(format!("it says {}", crate::source::plain(&text.to_string()))),
        None => BadAnswer("it has no hits".into()),
    })?;
    let found = outer.hits.len();
    let hits: Vec<Hit> = outer.hits.into_iter().filter_map(hit).collect();
    let (total, more) = match outer.total {
        Some(Total::Counted { value, relation }) => (value, relation == "gte"),
        Some(Total::Plain(value)) => (value, false),
        None => (found as u64, false),
    };
    Ok(Hits { total, more, unreadable: found - hits.len(), hits })
}

fn hit(raw: RawHit) -> Option<Hit> {
    let (accession, document) = raw.id.split_once(':').unwrap_or((&raw.id, ""));
    let source = raw.source;
    let accession = source.adsh.as_deref().unwrap_or(accession).parse().ok()?;
    let filed = source.file_date.as_deref()?.parse().ok()?;
    Some(Hit {
        accession,
        document: document.to_owned(),
        form: source.form.or_else(|| source.root_forms.into_iter().next())?,
        kind: source.file_type.unwrap_or_default(),
        filed,
        items: source.items.unwrap_or_default(),
        ciks: source.ciks.iter().filter_map(|cik| cik.parse().ok().map(Cik)).collect(),
        names: source.display_names,
    })
}

#[derive(Deserialize)]
struct Answer {
    hits: Option<RawHits>,
    error: Option<serde_json::Value>,
    message: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct RawHits {
    total: Option<Total>,
    #[serde(default)]
    hits: Vec<RawHit>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Total {
    Counted { value: u64, relation: String },
    Plain(u64),
}

#[derive(Deserialize)]
struct RawHit {
    #[serde(rename = "_id", default)]
    id: String,
    #[serde(rename = "_source")]
    source: RawSource,
}

#[derive(Deserialize)]
struct RawSource {
    #[serde(default)]
    ciks: Vec<String>,
    #[serde(default)]
    display_names: Vec<String>,
    #[serde(default)]
    root_forms: Vec<String>,
    file_date: Option<String>,
    form: Option<String>,
    file_type: Option<String>,
    adsh: Option<String>,
    items: Option<Vec<String>>,
}

/// As a form encodes a value, a space as `%20`.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,".contains(&byte) {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lesson 22: phrases must be quoted, or every large prospectus matches.
    #[test]
    fn a_phrase_is_quoted() {
        let mut query = Query::phrase("beneficial ownership limitation");
        query.forms = vec!["424B5".into(), "8-K".into()];
        query.ciks = vec![Cik(749_647)];
        query.filed = Some(("2024-01-02".parse().unwrap(), "2024-06-30".parse().unwrap()));
        assert_eq!(
            query.encoded(),
            "q=%22beneficial%20ownership%20limitation%22&forms=424B5,8-K&ciks=0000749647\
             &dateRange=custom&startdt=2024-01-02&enddt=2024-06-30"
        );
        assert_eq!(Query::phrase("a \"b\" & c=d").encoded(), "q=%22a%20%20b%20%20%26%20c%3Dd%22");
    }

    #[test]
    fn odd_answers_are_named() {
        for (bytes, says) in [
            (&b"[]"[..], "cannot be read"),
            (b"{}", "no hits"),
            (br#"{"error":"too many clauses"}"#, "too many clauses"),
            (br#"{"message":"Internal server error"}"#, "Internal server error"),
        ] {
            let problem = read(bytes).unwrap_err().to_string();
            assert!(problem.contains(says), "{problem}");
        }
        let hits = read(br#"{"hits":{"total":3,"hits":[{"_id":"x","_source":{}}]}}"#).unwrap();
        assert_eq!((hits.total, hits.hits.len(), hits.unreadable), (3, 0, 1));
    }
}
