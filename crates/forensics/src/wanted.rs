//! Which documents a reading needs: named here, fetched by somebody else.

use edgar::ids::{Accession, Cik};

/// A document that a signal wants to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wanted {
    /// The filer under whose folder it lies.
    pub cik: Cik,
    /// The submission it belongs to.
    pub accession: Accession,
    /// Its name within the submission's folder; for submissions without a named primary document, the
    /// full submission text (`0001094891-00-000193.txt`).
    pub name: String,
    /// The id of the signal that asks for it.
    pub why: &'static str,
}

impl Wanted {
    /// The document that EDGAR calls primary, as it is to be fetched: the directory of a rendering
    /// (`xslF345X05/form4.xml`) stripped, and the full submission text where no primary document is named.
    pub fn primary(cik: Cik, filing: &edgar::index::Filing, why: &'static str) -> Self {
        Self { cik, accession: filing.accession.clone(), name: primary_name(filing), why }
    }

    /// The whole submission with its exhibits: the only place of the text of a letter of the SEC's staff, whose primary
    /// document is a picture of it, and of exhibits whose names no index gives.
    pub fn whole(cik: Cik, filing: &edgar::index::Filing, why: &'static str) -> Self {
        Self { cik, accession: filing.accession.clone(), name: whole_name(filing), why }
    }
}

/// The name under which a whole submission is fetched; see [`Wanted::whole`].
pub fn whole_name(filing: &edgar::index::Filing) -> String {
    format!("{}.txt", filing.accession)
}

/// The name under which the primary document of a filing is fetched; see [`Wanted::primary`].
pub fn primary_name(filing: &edgar::index::Filing) -> String {
    // Only the renderings of EDGAR itself lie in a folder: `xslF345X05/`, `xsl144X01/`, `xslSCHEDULE_13D_X01/`.
    let name = match filing.primary_document.rsplit_once('/') {
        Some((_, name)) => name,
        None => &filing.primary_document,
    };
    if name.is_empty() { format!("{}.txt", filing.accession) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filing(primary_document: &str) -> edgar::index::Filing {
        edgar::index::Filing {
            accession: "0001094891-00-000193".parse().unwrap(),
            form: "4".to_owned(),
            filed: jiff::civil::date(2000, 3, 14),
            accepted: String::new(),
            report_date: None,
            items: Vec::new(),
            primary_document: primary_document.to_owned(),
            file_number: String::new(),
            description: String::new(),
            size: 0,
        }
    }

    /// Lesson 29: the index points to the rendering.
    #[test]
    fn the_rendering_of_an_ownership_form_is_not_what_is_fetched() {
        assert_eq!(primary_name(&filing("xslF345X05/form4.xml")), "form4.xml");
        assert_eq!(primary_name(&filing("d123d8k.htm")), "d123d8k.htm");
        assert_eq!(primary_name(&filing("")), "0001094891-00-000193.txt");
    }
}
