//! The two numbers that name everything on EDGAR, and the addresses they give.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A central index key: who files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cik(pub u64);

impl fmt::Display for Cik {
    /// Without leading zeros, as addresses under `/Archives/edgar/data/` have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Cik {
    /// Ten digits, as `data.sec.gov` has it: `CIK0000320193`.
    pub fn padded(self) -> String {
        format!("CIK{:010}", self.0)
    }
}

/// An accession number: one submission to EDGAR, for ever the same. `0001193125-24-000123`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Accession(String);

/// What was given is no accession number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no accession number: ten digits, two and six, as in 0001193125-24-000123")]
pub struct NoAccession(String);

impl FromStr for Accession {
    type Err = NoAccession;

    /// Reads the form with dashes and the one without.
    fn from_str(given: &str) -> Result<Self, NoAccession> {
        let digits: String = given.chars().filter(|character| *character != '-').collect();
        let dashes =
            given.len() == 20 && given.as_bytes().get(10) == Some(&b'-') && given.as_bytes().get(13) == Some(&b'-');
        let plain = given.len() == 18;
        if digits.len() != 18 || !digits.bytes().all(|byte| byte.is_ascii_digit()) || !(dashes || plain) {
            return Err(NoAccession(given.chars().take(40).collect()));
        }
        Ok(Self(format!("{}-{}-{}", &digits[..10], &digits[10..12], &digits[12..])))
    }
}

impl TryFrom<String> for Accession {
    type Error = NoAccession;

    fn try_from(given: String) -> Result<Self, NoAccession> {
        given.parse()
    }
}

impl From<Accession> for String {
    fn from(accession: Accession) -> Self {
        accession.0
    }
}

impl fmt::Display for Accession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Accession {
    /// With dashes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without dashes, as folders have it.
    pub fn folder(&self) -> String {
        self.0.replace('-', "")
    }

    /// The page of the filing that a person opens.
    pub fn index_url(&self, cik: Cik) -> String {
        format!("https://www.sec.gov/Archives/edgar/data/{cik}/{}/{}-index.htm", self.folder(), self.0)
    }

    /// One document of the filing.
    pub fn document_url(&self, cik: Cik, document: &str) -> String {
        format!("https://www.sec.gov/Archives/edgar/data/{cik}/{}/{document}", self.folder())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_an_accession_number_are_one() {
        let dashed: Accession = "0001193125-24-000123".parse().unwrap();
        assert_eq!(dashed, "000119312524000123".parse().unwrap());
        assert_eq!(dashed.folder(), "000119312524000123");
        assert_eq!(
            dashed.index_url(Cik(320_193)),
            "https://www.sec.gov/Archives/edgar/data/320193/000119312524000123/0001193125-24-000123-index.htm"
        );
        for wrong in ["", "0001193125-24-00012", "00011931252400012x", "0001193125240001-23", "١".repeat(18).as_str()]
        {
            assert!(wrong.parse::<Accession>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cik_is_padded_where_the_api_wants_it() {
        assert_eq!((Cik(320_193).padded().as_str(), Cik(320_193).to_string().as_str()), ("CIK0000320193", "320193"));
    }
}
